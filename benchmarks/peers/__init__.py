"""The contestants of `benchmarks.online`, one file for each kind, and the task that all of them are given.

A contestant is a function `make(task) -> run`. A `run(X, y)` starts afresh from the same weights, predicts each sample
before it learns it, and clocks that alone. What a contestant needs is imported when it is made.
"""

from __future__ import annotations

import os

from ..machine import threads

# One thread for everybody. Libraries read this while they are imported, so it stands before the first import.
os.environ.update(threads(1))
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
