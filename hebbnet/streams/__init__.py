"""Streams: a world that drifts, and knows the truth about itself; or your own table, read row after row."""

from __future__ import annotations

from .concepts import SEA, STAGGER, Concept, RotatingBoundary
from .csv import CsvStream, from_csv
from .drift import Abrupt, Drift, Gradual, Incremental
from .drifting import DriftStream
from .facts import Fact, Facts
from .recipes import blip, recurring
from .stream import Batch, Stream
from .tables import ArrayStream, from_arrays, from_npz

__all__ = [
    "SEA",
    "STAGGER",
    "Abrupt",
    "ArrayStream",
    "Batch",
    "Concept",
    "CsvStream",
    "Drift",
    "DriftStream",
    "Fact",
    "Facts",
    "Gradual",
    "Incremental",
    "RotatingBoundary",
    "Stream",
    "blip",
    "from_arrays",
    "from_csv",
    "from_npz",
    "recurring",
]
