"""Small learners that know nothing of hebbnet. The last column of their inputs is the number of the row."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np


class Means:
    """The nearest class mean. Inputs are whole numbers, so that sums are exact and the order of rows does not matter.

    `learned` counts how often each row was learned.
    """

    def __init__(self, n_classes: int, n_inputs: int) -> None:
        self.sums, self.counts = np.zeros((n_classes, n_inputs)), np.zeros(n_classes)
        self.learned: Counter[int] = Counter()

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        for x, label in zip(X, y, strict=True):
            self.sums[label] += x[:-1]
            self.counts[label] += 1
            self.learned[int(x[-1])] += 1

    def predict(self, X: np.ndarray) -> np.ndarray:
        if not self.counts.any():
            return np.zeros(len(X), dtype=np.int64)
        means = self.sums / np.maximum(self.counts, 1)[:, None]
        distance = ((X[:, None, :-1] - means) ** 2).sum(axis=2)
        distance[:, self.counts == 0] = np.inf
        return distance.argmin(axis=1)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Numbers that add up to 1, and change with the row and with what was learned: no more is asked of them."""
        share = 1.0 / (1.0 + self.counts + X[:, :1] % 7)
        return share / share.sum(axis=1, keepdims=True)

    def copy(self) -> Means:
        twin = type(self)(*self.sums.shape)
        twin.sums, twin.counts, twin.learned = self.sums.copy(), self.counts.copy(), self.learned.copy()
        return twin

    def fresh(self, rng: Any) -> Means:
        return type(self)(*self.sums.shape)


class TooEarly(Exception):
    """A label was used before its time."""


class Watch:
    """What all copies of a `Screamer` share: how far the predictions have come, and how late a label may be used."""

    def __init__(self, launch: int, label_delay: int, cycle_time: int, classes: int = 400) -> None:
        self.launch, self.delay, self.cycle, self.classes = launch, label_delay, cycle_time, classes
        self.predictions = 0  # the row behind the last one that was ever predicted


class Screamer:
    """Answers each row with the newest row whose label it knows. The label of a row is its number.

    It raises where a label is given that is not visible yet, or where it is asked to predict a row while it knows a
    label of which nothing that serves then may know.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch, self.newest = watch, -1

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        assert np.array_equal(X[:, -1], y)
        self.newest = max(self.newest, int(y.max()))
        if self.newest >= max(self.watch.predictions - self.watch.delay, self.watch.launch):
            raise TooEarly(f"learned row {self.newest}, when {self.watch.predictions} rows had been predicted")

    def predict(self, X: np.ndarray) -> np.ndarray:
        first = int(X[0, -1])
        if self.newest >= max(first - self.watch.delay - self.watch.cycle, self.watch.launch):
            raise TooEarly(f"row {first} was predicted by a model that knows row {self.newest}")
        self.watch.predictions = max(self.watch.predictions, int(X[-1, -1]) + 1)
        return np.full(len(X), max(self.newest, 0))

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.full((len(X), self.watch.classes), 0.1)

    def copy(self) -> Screamer:
        twin = Screamer(self.watch)
        twin.newest = self.newest
        return twin

    def fresh(self, rng: Any) -> Screamer:
        return Screamer(self.watch)
