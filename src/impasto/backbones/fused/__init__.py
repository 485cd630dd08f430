"""Fused and private operators of torch, with gradients of our own."""
