"""What the world knew about every row of a run, in little memory: most of it stays the same for thousands of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np


class Column:
    """One number a row, taken down piece by piece; a piece in which nothing changes is kept as one number."""

    def __init__(self, dtype: type) -> None:
        self.dtype, self.pieces = dtype, list[np.ndarray]()

    def add(self, values: np.ndarray) -> None:
        """The next rows."""
        values = values.astype(self.dtype)
        if len(values) and bool((values == values[0]).all()):
            values = np.broadcast_to(values[:1].copy(), len(values))
        self.pieces.append(values)

    def read(self, stop: int) -> np.ndarray:
        """The rows before `stop`, written out: whoever wants to change them takes a copy."""
        values: np.ndarray = np.concatenate([np.empty(0, self.dtype), *self.pieces])[:stop]
        values.flags.writeable = False
        return values


class Truth(Mapping[str, np.ndarray]):
    """Arrays by name, (rows,) each; those that are kept as a `Column` are written out when they are asked for."""

    def __init__(self, kept: Mapping[str, np.ndarray | Column], stop: int) -> None:
        self._kept, self._stop = dict(kept), stop

    def __getitem__(self, name: str) -> np.ndarray:
        kept = self._kept[name]
        return kept.read(self._stop) if isinstance(kept, Column) else kept[: self._stop]

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


__all__ = ["Column", "Truth"]
