"""The same on another device as on the processor: `make gpu-check`.

Skipped unless IMPASTO_DEVICE names a device, like cuda, cuda:1 or mps; cpu tries the tests
themselves.
"""
