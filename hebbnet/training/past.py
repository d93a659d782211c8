"""The last rows of a stream, as many as somebody may still ask for."""

from __future__ import annotations

import numpy as np


class Past:
    """The last rows of the stream, enough for the next training; rows are named by their place in the stream."""

    def __init__(self, n_inputs: int, keep: int) -> None:
        self.keep, self.start, self.stop = keep, 0, 0
        self.X, self.y = np.empty((0, n_inputs)), np.empty(0, np.int64)

    def add(self, X: np.ndarray, y: np.ndarray) -> None:
        """The next rows."""
        if self.stop + len(y) - self.start > len(self.y):
            self._make_room(len(y))
        place = slice(self.stop - self.start, self.stop - self.start + len(y))
        self.X[place], self.y[place] = X, y
        self.stop += len(y)

    def _make_room(self, n: int) -> None:
        """Forget what nobody will ask for; with room for twice as many rows as are kept, a row is seldom moved."""
        first = max(self.start, self.stop - self.keep)
        X, y = self.rows(first, self.stop)
        room = 2 * len(y) + n
        self.X, self.y = np.empty((room, X.shape[1])), np.empty(room, np.int64)
        self.X[: len(y)], self.y[: len(y)] = X, y
        self.start = first

    def rows(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """X and y of the rows start .. stop - 1, as copies: no learner can change the past."""
        cut = slice(start - self.start, stop - self.start)
        return self.X[cut].copy(), self.y[cut].copy()
