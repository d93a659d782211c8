"""What the world knew about every row of a run, in little memory: most of it stays the same for thousands of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np


class Column:
    """One number a row, taken down piece by piece; a piece in which nothing changes is kept as one number."""

    def __init__(self, dtype: type) -> None:
        self.dtype = dtype
        self.pieces: list[tuple[np.ndarray, int]] = []  # values, or the only one, and for how many rows

    def add(self, values: np.ndarray) -> None:
        """The next rows."""
        values, n = values.astype(self.dtype), len(values)
        same = n > 0 and bool((values == values[0]).all())
        self.pieces.append((values[:1].copy() if same else values, n))

    def read(self, stop: int) -> np.ndarray:
        """The rows before `stop`, written out."""
        written: np.ndarray = np.empty(sum(n for _, n in self.pieces), self.dtype)
        start = 0
        for values, n in self.pieces:
            written[start : start + n] = values  # the only one fills its piece
            start += n
        return written[:stop]


class Truth(Mapping[str, np.ndarray]):
    """Arrays by name, (rows,) each, to be read; those kept as a `Column` are written out when they are asked for."""

    def __init__(self, kept: Mapping[str, np.ndarray | Column], stop: int) -> None:
        self._kept = {name: one if isinstance(one, Column) else one[:stop] for name, one in kept.items()}
        self._stop = stop

    def __getitem__(self, name: str) -> np.ndarray:
        kept = self._kept[name]
        values = (kept.read(self._stop) if isinstance(kept, Column) else kept).view()
        values.flags.writeable = False
        return values

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


__all__ = ["Column", "Truth"]
