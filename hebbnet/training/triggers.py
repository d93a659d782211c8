"""Further policies: after too many mistakes, by chance, and by knowing the truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks, seeds
from ..engine.checks import InputError
from ..streams.drift import Drift
from .policy import Policy, Watcher


class OnAccuracy(Watcher):
    """Train again when the model that serves is right too seldom, over its last `window` labels.

    It does not wait for new data, as `OnDrift` does: soon after a drift a training may take rows of the old world too,
    and is asked for again as soon as `window` labels of the new model are known.

    Parameters
    ----------
    below : float
        The accuracy that is too low, in (0, 1].
    window : int
        In labels of the model that serves.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.OnAccuracy(0.8)
    OnAccuracy(below=0.8, window=500)
    """

    name = "on-accuracy"

    def __init__(self, below: float, window: int = 500) -> None:
        self.below = checks.number(below, "OnAccuracy: below", above=0.0, high=1.0)
        self.window = checks.whole(window, "OnAccuracy: window", low=1)
        self.begin(0, 0)

    def _start_anew(self, row: int) -> None:
        self._from, self._last, self._rests = row, np.empty(0), False

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """The first label with which the accuracy is too low; then it rests until something comes of it."""
        first = max(start, self._from)
        if self._rests or first >= start + len(correct):
            return None
        known = np.concatenate([self._last, correct[first - start :]])
        sums = np.concatenate([[0.0], np.cumsum(known)])
        low = (sums[self.window :] - sums[: -self.window]) / self.window < self.below
        if not low.any():
            self._last = known[max(len(known) - self.window + 1, 0) :]
            return None
        row = first - len(self._last) + int(low.argmax()) + self.window - 1
        self._rests = True
        self._alarms.append(row)
        return row

    def __repr__(self) -> str:
        return f"OnAccuracy(below={self.below:g}, window={self.window})"


class _AtRows(Policy):
    """Asks after the labels of rows that are fixed before the run."""

    _rows: np.ndarray = np.empty(0, np.int64)  # in order

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """The next of the rows."""
        place = int(np.searchsorted(self._rows, start))
        return int(self._rows[place]) if place < len(self._rows) and self._rows[place] < start + len(correct) else None


class Random(_AtRows):
    """Train again at random: what a policy that looks at anything has to beat at the same number of trainings.

    Parameters
    ----------
    trainings : int, optional
        So many, after rows drawn evenly from the run.
    rate : float, optional
        Or after each row with this probability.
    rng : optional
        None follows from the run's own.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.Random(5), hb.policies.Random(rate=0.001)
    (Random(5), Random(rate=0.001))
    """

    name = "random"

    def __init__(self, trainings: int | None = None, *, rate: float | None = None, rng: Any = None) -> None:
        if (trainings is None) == (rate is None):
            raise InputError("Random: expected a number of trainings or a rate, one of the two: Random(5) or "
                             "Random(rate=0.001)")
        self.trainings = None if trainings is None else checks.whole(
            trainings, "Random: trainings (hb.Never() trains never)", low=1)
        self.rate = None if rate is None else checks.number(rate, "Random: rate", low=0.0, high=1.0)
        self._seed = None if rng is None else seeds.root(rng)

    def prepare(self, rows: range, rng: np.random.Generator, drifts: list[Drift] | None) -> None:
        """Draw the rows."""
        rng = rng if self._seed is None else seeds.child(self._seed, "random")
        if self.rate is not None:
            drawn = np.flatnonzero(rng.random(len(rows)) < self.rate)
        elif self.trainings is not None and self.trainings <= len(rows):
            drawn = np.sort(rng.choice(len(rows), self.trainings, replace=False))
        else:
            raise InputError(f"{self!r}: there are only {len(rows):,} rows after whose label a training could begin")
        self._rows = rows.start + drawn

    def __repr__(self) -> str:
        return f"Random({self.trainings})" if self.rate is None else f"Random(rate={self.rate:g})"


class Oracle(_AtRows):
    """Train again after each drift, as soon as a whole window is of the new concept alone. It needs the truth.

    What a perfect detector would make of the same window: no policy that waits for a pure window can be earlier.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[500], rng=0)
    >>> run = hb.run(hb.Learner(hb.mlp(stream, [4], rng=0)), stream, hb.policies.Oracle(), launch=200, window=100)
    >>> [event.t for event in run.events if event.kind == "train"]
    [600]
    """

    name = "oracle"
    needs_truth = True

    def prepare(self, rows: range, rng: np.random.Generator, drifts: list[Drift] | None) -> None:
        """Where each drift is over."""
        self._over = np.array([drift.stop for drift in drifts or []], np.int64)

    def begin(self, launch: int, window: int) -> None:
        """Nothing is to be done about what was over before the launch."""
        rows = np.unique(self._over + max(window, 1) - 1)
        self._rows = rows[rows >= launch]
