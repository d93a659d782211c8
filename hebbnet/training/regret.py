"""Why a model is worse than the best rule of its moment: the world moved on, labels came late, learning fell short.

With f*_s the Bayes rule of row s, the regret at row t, (f*_t right) - (model right) on the very same x_t and y_t, is

    drift     f*_t     - f*_s0(t)    the last training began at row s0; since then the rule has changed
    latency   f*_s0(t) - f*_s1(t)    the model that serves used no label later than row s1
    learning  f*_s1(t) - model       even of that rule it is only an estimate, from rows that may be older still

where each term stands for 1 if that rule is right about (x_t, y_t), else 0. The terms telescope: they sum to the regret
exactly, row by row. Needs the truth.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..streams import Stream

if TYPE_CHECKING:
    from .record import Run

CHUNK = 8_192  # rows that are lived through again at a time


@dataclass(frozen=True, eq=False, repr=False)
class RegretSplit:
    """The regret to the Bayes rule and its three parts, each (n,) of -1, 0 or 1; their means are shares of the rows.

    Attributes
    ----------
    regret : (n,) array
        Of each scored row: the Bayes rule of its moment right, less the model right.
    drift, latency, learning : (n,) array
        Its parts. Single rows may well be negative: an old rule is now and then right where the new one is not.
    began, known : (n,) array of int
        s0 and s1: where the last training began (a launch is one; 0 if there was none; t of a policy that always
        learns), and the last row whose label the model used.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[3_000], rng=0)
    >>> run = hb.run(hb.Learner(hb.mlp(stream, [8], rng=0)), stream, hb.Never())
    >>> split = run.regret_split()
    >>> bool(split.drift.mean() > 0.3 > 0.1 > split.learning.mean()), float(split.latency.mean())
    (True, 0.0)
    """

    regret: np.ndarray
    drift: np.ndarray
    latency: np.ndarray
    learning: np.ndarray
    began: np.ndarray
    known: np.ndarray

    def summary(self) -> dict[str, float]:
        """The means: regret, drift, latency, learning."""
        return {name: float(np.mean(getattr(self, name))) for name in ("regret", "drift", "latency", "learning")}

    def __repr__(self) -> str:
        means = self.summary()
        parts = " + ".join(f"{name} {means[name]:.3f}" for name in ("drift", "latency", "learning"))
        return f"RegretSplit(regret {means['regret']:.3f} = {parts})"


def split(run: Run, stream: Any) -> RegretSplit:
    """Live through the rows of the run again, and ask the Bayes rules of three moments about each."""
    if not isinstance(stream, Stream):
        raise checks.InputError("regret_split: a run that was loaded, or that lived in real data, holds no stream that "
                                "knows the truth; give the stream it lived in")
    if not len(run.predictions):
        raise checks.InputError("regret_split: the run was interrupted before its first prediction")
    t, known = run.t, np.maximum(run.learned_until() - 1, 0)
    began = t if run.online else _began(run)
    right = {name: np.empty(len(t), np.int64) for name in ("now", "began", "known")}
    for start, X, y in _again(run, stream):
        rows = slice(start, start + len(y))
        for name, at in (("now", t), ("began", began), ("known", known)):
            right[name][rows] = stream.bayes_rule(X, at[rows]) == y
    model = run.correct.astype(np.int64)
    return RegretSplit(right["now"] - model, right["now"] - right["began"], right["began"] - right["known"],
                       right["known"] - model, began, known)


def _began(run: Run) -> np.ndarray:
    """s0: where the last training began, for each scored row."""
    starts = [run.launch if run.launch else 0] + [event.t for event in run.events if event.kind == "train"]
    began: np.ndarray = np.array(starts)[np.searchsorted(starts, run.t, side="right") - 1]
    return began


def _again(run: Run, stream: Stream) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """The scored rows as the stream hands them out: (place among them, X, y), piece by piece."""
    stream, row, stop = copy.deepcopy(stream), 0, run.launch + len(run.predictions)
    stream.restart()
    while row < stop:
        batch = stream.take(min(CHUNK, stop - row))
        if not len(batch) or not np.array_equal(batch.y, run.truth["y"][row : row + len(batch)]):
            raise checks.InputError("regret_split: this is not the stream that the run lived in: its labels differ")
        skip = max(run.launch - row, 0)
        if skip < len(batch):
            yield row + skip - run.launch, batch.X[skip:], batch.y[skip:]
        row += len(batch)
