"""The bench on which a stream is tried: its rows, taken in one way and another, and how they compare."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import NoReturn

import numpy as np

from ..streams import Batch, Stream
from .report import Fault

COLUMNS = tuple(field.name for field in fields(Batch))
TRUTH = COLUMNS[2:]


class StreamFault(Fault):
    """A stream does not keep what streams promise. `fault` is the name of what is wrong with it."""


@dataclass(frozen=True)
class Trial:
    """A stream, and the rows of it that are looked at."""

    stream: Stream
    rows: int

    def again(self, *chunks: int) -> Batch:
        """From the first row on, in chunks."""
        self.stream.restart()
        batches = [self.stream.take(n) for n in chunks]
        return Batch(**{name: np.concatenate([getattr(batch, name) for batch in batches])
                        for name in COLUMNS if getattr(batches[0], name) is not None})

    def first(self, n: int) -> Batch:
        """The first of all rows."""
        return Batch(**{name: getattr(self.whole, name)[:n] for name in ("X", "y", *self.truth)})

    @cached_property
    def whole(self) -> Batch:
        """All rows, taken at once."""
        return self.again(self.rows)

    @cached_property
    def truth(self) -> dict[str, np.ndarray]:
        """The truth about them; empty where nobody knows it."""
        return {name: getattr(self.whole, name) for name in TRUTH if getattr(self.whole, name) is not None}

    def in_window(self, kind: type | None = None) -> np.ndarray:
        """Which rows lie in the window of a drift (of a kind): bool (rows,)."""
        t, inside = np.arange(len(self.whole)), np.zeros(len(self.whole), dtype=bool)
        for drift in self.stream.drifts:
            if kind is None or isinstance(drift, kind):
                inside |= (drift.position <= t) & (t < drift.stop)
        return inside

    def same(self, found: Batch, expected: Batch, fault: str, what: str) -> None:
        """Raise the fault unless both hold the same rows."""
        for name in COLUMNS:
            a, b = getattr(found, name), getattr(expected, name)
            if (a is None) != (b is None) or (a is not None and not np.array_equal(a, b)):
                where = "" if a is None or b is None or a.shape != b.shape else (
                    f" from row {int(np.argmax((a != b).reshape(len(a), -1).any(axis=1)))} on")
                self.fault(fault, f"{name} differs{where} {what}")

    def fault(self, name: str, what: str) -> NoReturn:
        """Raise the fault of this name."""
        raise StreamFault(f"{type(self.stream).__name__}: {name}: {what}", name)
