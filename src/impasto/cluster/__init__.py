"""Work handed to others: processes of this machine, or the machines of a Dask cluster.

hiring.py   who works
crew.py     what they are asked to do, and what becomes of it
parcel.py   what travels to a worker: a call, and the files that it reads
worker.py   what a worker does with it
far_map.py  the map whose function they call, on what stays with them
packing.py  how objects travel there and back
deaf.py     what lets workers of this machine outlive Ctrl-C until they are told

This room knows nothing of paintings: it calls a function on parcels, somewhere, and gives back the
answers as they come. A worker that ends in the middle costs time, and nothing else.
"""

from impasto.cluster.crew import Answer, Crew, WorkerReport
from impasto.cluster.far_map import FarMap
from impasto.cluster.hiring import Hands
from impasto.cluster.parcel import Order
from impasto.cluster.worker import OF_THE_LIMIT, Wire

__all__ = ["OF_THE_LIMIT", "Answer", "Crew", "FarMap", "Hands", "Order", "Wire", "WorkerReport"]
