"""Live data beside frozen weights: the latest labelled samples are asked where the model has been wrong lately."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError

CHUNK = 1_024  # rows whose distances to the memory are taken at a time


class LiveData:
    """A learner whose weights are frozen, and beside them the latest labelled samples; it softens drift untrained.

    Until it is first asked to predict, it learns as the learner in it does. From then on `learn` only remembers: the
    latest `size` samples, their labels, and whether the frozen model is right about each. For an input, with N its k
    nearest remembered samples,

        trust  = share of N that the model is right about
        agree  = share of N that have the label commonest among them
        answer = the model's           where trust >= agree
                 that commonest label  elsewhere

    so the neighbours speak only where the model has been wrong near there, and where they agree more than it was right.
    Under `hb.Always()` every label is remembered as soon as it is there, and nothing is trained.

    Parameters
    ----------
    learner : anything with learn(X, y), predict(X), copy()
        Copied. With fresh(rng), this too has it.
    k : int
        How many neighbours are asked.
    size : int
        How many samples are remembered, at least k. A drift is over for the memory after so many labels.

    Attributes
    ----------
    learner
        The one whose weights are frozen.
    frozen : bool
        Whether it has been asked to predict.

    Notes
    -----
    Distances are Euclidean, each input in units of its spread in the memory. Every prediction looks at the whole
    memory, size x n_inputs numbers; nothing is approximate. Source: asking a model where it was right nearby, Woods,
    Kegelmeyer, Bowyer (1997), Combination of multiple classifiers using local accuracy estimates; the memory of the
    latest samples, Aha, Kibler, Albert (1991), Instance-based learning algorithms.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[2_000], noise=0.1, rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    >>> frozen = hb.run(learner, stream, hb.Never(), launch=1_000)
    >>> live = hb.run(hb.LiveData(learner, k=15, size=500), stream, hb.Always(), launch=1_000)
    >>> bool(live.correct.mean() > frozen.correct.mean() + 0.1)
    True
    """

    def __init__(self, learner: Any, k: int = 15, size: int = 500) -> None:
        if isinstance(learner, type) or not all(hasattr(learner, verb) for verb in ("learn", "predict", "copy")):
            raise InputError(f"LiveData: expected a learner (learn, predict, copy), got {learner!r}")
        self.k, self.size = checks.whole(k, "LiveData: k", low=1), checks.whole(size, "LiveData: size", low=1)
        if self.size < self.k:
            raise InputError(f"LiveData: size: expected at least k = {self.k}, got {self.size}")
        self.learner, self.frozen = learner.copy(), False
        self._X, self._y, self._right = np.empty((0, 0)), np.empty(0, np.int64), np.empty(0, bool)

    def learn(self, X: Any, y: Any) -> None:
        """Before the first prediction, train the weights; from then on, remember the rows X (n, d), labels y (n,)."""
        if not self.frozen:
            self.learner.learn(X, y)
            return
        X = checks.matrix(X, columns=self._X.shape[1] or None, where="LiveData: X")
        y = checks.labels(y, n_classes=checks.MAX_CLASSES, rows=len(X), where="LiveData: y")
        if not len(X):
            return
        right = self._model(X) == y
        kept = slice(max(len(self._y) + len(y) - self.size, 0), None)
        self._X = np.concatenate([self._X.reshape(-1, X.shape[1]), X])[kept]
        self._y, self._right = np.concatenate([self._y, y])[kept], np.concatenate([self._right, right])[kept]

    def predict(self, X: Any) -> np.ndarray:
        """The label of each row (n,), by the model or by its neighbours; from the first call on, weights are frozen."""
        X = checks.matrix(X, columns=self._X.shape[1] or None, where="LiveData: X")
        answer, self.frozen = self._model(X), True
        if len(self._y):
            for start in range(0, len(X), CHUNK):
                rows = slice(start, start + CHUNK)
                near = self._nearest(X[rows])
                votes = (self._y[near][:, :, None] == np.arange(self._y.max() + 1)).sum(axis=1)
                overruled = self._right[near].sum(axis=1) < votes.max(axis=1)
                answer[rows][overruled] = votes.argmax(axis=1)[overruled]
        return answer

    def _model(self, X: np.ndarray) -> np.ndarray:
        """What the frozen model says."""
        said = checks.labels(self.learner.predict(X.copy()), n_classes=checks.MAX_CLASSES, rows=len(X),
                             where=f"predict of {type(self.learner).__name__}")
        return said.copy()

    def _nearest(self, X: np.ndarray) -> np.ndarray:
        """The places in the memory of the k samples nearest to each row, in no order."""
        spread = self._X.std(axis=0)
        unit = np.where(spread > 0, spread, 1.0)
        A, B = X / unit, self._X / unit
        distance = (B**2).sum(axis=1) - 2 * A @ B.T  # squared, less what is the same for all samples
        k = min(self.k, len(B))
        near: np.ndarray = np.argpartition(distance, k - 1, axis=1)[:, :k]
        return near

    def copy(self) -> LiveData:
        """The same learner and memory, on memory of its own."""
        twin = self._like(self.learner.copy())
        twin.frozen, twin._X, twin._y, twin._right = self.frozen, self._X, self._y, self._right  # replaced, not changed
        return twin

    def _like(self, learner: Any) -> LiveData:
        twin = LiveData(learner, self.k, self.size)
        twin.learner = learner  # already a copy
        return twin

    def __getattr__(self, name: str) -> Any:
        if name == "fresh" and hasattr(self.__dict__.get("learner"), "fresh"):
            return lambda rng: self._like(self.learner.fresh(rng))
        raise AttributeError(f"LiveData has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"LiveData({self.learner!r}, k={self.k}, size={self.size})"
