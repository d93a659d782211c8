"""After a drift: how deep accuracy falls, how long it takes to come back, and what was lost meanwhile.

Accuracy is taken in bins counted from the drift, averaged over the seeds. A trailing window would still hold rows from
before the drift, or from the time of the fall, and would report a recovery that is longer than it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ..engine import checks, seeds

BIN = 100  # rows
BEFORE = 2_000  # rows before the drift that say how good it was
LEAST = 500  # fewer rows before the drift say too little
IN_A_ROW = 3  # bins at the level again: one alone may be luck
DIP_BINS = 5  # the dip is the worst stretch of so many bins: the worst single bin is mostly noise


@dataclass(frozen=True)
class AfterDrift:
    """What a drift did to accuracy.

    Attributes
    ----------
    drift : int
        Its first row.
    observed : int
        Rows from there that were looked at, whole bins up to the next drift.
    level : float
        The accuracy to come back to.
    dip : float
        The level less the accuracy of the worst 500 rows in a row.
    recovery : int or None
        Rows from the drift until accuracy is back; None is censored: it was not back within the rows observed.
    interval : (low, high) or None
        95 % of the recoveries when the seeds are drawn anew; a bound is None where they are censored. None for one
        seed, which says nothing about others.
    lost : float
        The area between level and accuracy until it is back (or until the end): right answers missed, for each seed.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> right = np.repeat([1.0, 0.0, 1.0], [3_000, 700, 2_000])  # wrong for 700 rows after a drift
    >>> found = hb.metrics.after_drift(right, 3_000)
    >>> found.level, found.dip, found.lost
    (1.0, 1.0, 700.0)
    """

    drift: int
    observed: int
    level: float
    dip: float
    recovery: int | None
    interval: tuple[int | None, int | None] | None
    lost: float


def after_drift(correct: Any, drift: int, *, until: int | None = None, width: int = 0, level: float | None = None,
                share: float = 0.97, resamples: int = 1_000, rng: Any = 0) -> AfterDrift | None:
    """How deep accuracy falls after a drift, after how many rows it is back, and what that cost.

    Parameters
    ----------
    correct : (n,) or (seeds, n) array
        Per row 1 = right, 0 = wrong; one line for each seed.
    drift : int
        The first row of the drift, counted in `correct`.
    until : int, optional
        Where the next drift begins, and observation ends. None is the end of the record.
    width : int
        Rows that the change itself lasts. While it does, nothing counts as back, unless accuracy never falls.
    level : float, optional
        The accuracy before, or that of Bayes. None is the mean of the last 2,000 rows before the drift.
    share : float
        Back is at or above share x level.
    resamples : int
        Times that the seeds are drawn anew for the interval.
    rng
        Of the resampling.

    Returns
    -------
    AfterDrift, or None
        Recovery is the start of the first of 3 consecutive bins of 100 rows, counted from the drift, in which the mean
        accuracy of all seeds is back. None where there are fewer than 500 rows before the drift or after it.

    Raises
    ------
    InputError
        A record with other numbers than 0 .. 1, or numbers that cannot be.

    Notes
    -----
    The interval is the percentile bootstrap over seeds. Source: Efron (1979), Bootstrap methods. With one seed a bin's
    standard error is up to .05, so that recovery may be seen some bins too early or too late.

    Examples
    --------
    >>> import hebbnet as hb
    >>> correct = [1] * 2_000 + [0, 1] * 400 + [1] * 1_200  # half right for 800 rows
    >>> after = hb.metrics.after_drift(correct, drift=2_000)
    >>> after.recovery, after.dip, after.lost
    (800, 0.5, 400.0)
    """
    record = _record(correct)
    drift, width = checks.whole(drift, "drift"), checks.whole(width, "width")
    end = record.shape[1] if until is None else min(checks.whole(until, "until"), record.shape[1])
    share, resamples = checks.number(share, "share", low=0.0, high=1.0), checks.whole(resamples, "resamples", low=1)
    n = (end - drift) // BIN
    if drift < LEAST or n < DIP_BINS:
        return None
    bins = record[:, drift : drift + n * BIN].reshape(len(record), n, BIN).mean(axis=2)
    before = record[:, max(drift - BEFORE, 0) : drift].mean(axis=1)
    if level is not None:
        before = np.full(len(record), checks.number(level, "level", low=0.0, high=1.0))
    accuracy, height = bins.mean(axis=0), float(before.mean())
    back = int(_back(accuracy[None], np.array([share * height]), width)[0])
    interval = None
    if len(record) > 1:
        drawn = seeds.child(seeds.root(rng), "after drift").multinomial(
            len(record), np.full(len(record), 1 / len(record)), size=resamples) / len(record)
        found = _back(drawn @ bins, share * (drawn @ before), width)
        low, high = np.percentile(found, [2.5, 97.5], method="inverted_cdf").tolist()
        interval = _rows(low, n), _rows(high, n)
    worst = np.convolve(accuracy, np.ones(DIP_BINS) / DIP_BINS, "valid").min()
    return AfterDrift(drift, n * BIN, height, height - float(worst), _rows(back, n), interval,
                      float(np.sum(height - accuracy[:back]) * BIN))


def after_drifts(correct: Any, spans: Sequence[tuple[int, int]], first: int = 0, levels: Any = None,
                 **how: Any) -> list[AfterDrift]:
    """`after_drift` for each drift of a run, up to the next; those that leave no room to measure are left out.

    `spans` are the drifts' (position, width) in the stream, whose row `first` is the first of `correct`; `levels` (n,)
    is the accuracy to come back to, row by row (None: that before the drift).
    """
    found = []
    edges = [position - first for position, _ in spans] + [np.shape(correct)[-1]]
    for (drift, until), (position, width) in zip(pairwise(edges), spans, strict=True):
        if 0 <= drift < until:
            level = None if levels is None else float(np.mean(levels[drift:until]))
            after = after_drift(correct, drift, until=until, width=width, level=level, **how)
            if after is not None:
                found.append(replace(after, drift=position))
    return found


def over_drifts(found: Sequence[AfterDrift]) -> dict[str, float | None]:
    """The mean dip, the median recovery (None, a censored one, counts as the largest), and the mean area lost."""
    if not found:
        return {"dip": None, "recovery": None, "lost": None}
    times = sorted(float("inf") if after.recovery is None else float(after.recovery) for after in found)
    middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
    return {"dip": float(np.mean([after.dip for after in found])), "recovery": middle if middle < np.inf else None,
            "lost": float(np.mean([after.lost for after in found]))}


def _back(accuracy: np.ndarray, wanted: np.ndarray, width: int) -> np.ndarray:
    """For each line of bins, the first of IN_A_ROW at or above what is wanted, once the change is over; n if none is.

    It is 0 if nothing fell before, as while a slow change has not begun to hurt.
    """
    lines, n = accuracy.shape
    good = accuracy >= wanted[:, None] - 1e-12
    runs = np.zeros((lines, n + 1), dtype=bool)
    runs[:, : n - IN_A_ROW + 1] = np.lib.stride_tricks.sliding_window_view(good, IN_A_ROW, axis=1).all(axis=2)
    runs[:, : -(-width // BIN)] = False
    runs[:, n] = True
    back: np.ndarray = runs.argmax(axis=1)
    fell = np.where(good.all(axis=1), n, (~good).argmax(axis=1))  # the first bin that is below
    back[(back < n) & (fell >= back)] = 0
    return back


def _rows(back: int, n: int) -> int | None:
    """Bins as rows; all n of them are a recovery that never came."""
    return back * BIN if back < n else None


def _record(correct: Any) -> np.ndarray:
    """`correct` as (seeds, n)."""
    if checks.dimensions(correct) == 1:
        return checks.bounded(correct, low=0.0, high=1.0, where="correct")[None]
    lines = checks.matrix(correct, where="correct")
    if not len(lines):
        raise checks.InputError("correct: expected one line for each seed, got none")
    return checks.bounded(lines.ravel(), low=0.0, high=1.0, where="correct").reshape(lines.shape)
