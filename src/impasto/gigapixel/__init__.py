"""One picture that is larger than a machine: its tiles are evaluated by others.

workers.py   a job whose tiles are evaluated by workers, which may come and go
forecast.py  what that will take: tiles, memory, time, traffic, and how many workers pay

This process keeps the image and the optimizer, about 280 bytes for each pixel; workers have the
memory of a few tiles.
"""

from impasto.gigapixel.forecast import Forecast, best_forecast
from impasto.gigapixel.workers import with_workers

__all__ = ["Forecast", "best_forecast", "with_workers"]
