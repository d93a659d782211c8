"""Baselines: how right one can be without learning anything.

Each gives the record that its predictor would have earned test-then-train on the same labels: per row 1 if the answer,
made from the labels before that row alone, was right, else 0. The mean of a record is an accuracy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks
from ..engine.kernel import kernel


def no_change(y: Any, before: int | None = None) -> np.ndarray:
    """The record of repeating the last label: what autocorrelation alone is worth.

    Parameters
    ----------
    y : (n,) array of int
        The labels, in the order of the stream.
    before : int, optional
        The label just before the first row. Without it the first row has nothing to repeat and is not scored.

    Returns
    -------
    (n,) array of int64, or (n - 1,) without `before`
        Per scored row 1 if its label is the one before it, else 0.

    Raises
    ------
    InputError
        Labels that are no whole numbers from 0 on.

    Notes
    -----
    Source: Zliobaite (2013), How good is the electricity benchmark for evaluating concept drift adaptation.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.no_change([0, 0, 1, 1])
    array([1, 0, 1])
    >>> hb.metrics.no_change([0, 0, 1, 1], before=1)
    array([0, 1, 0, 1])
    """
    record = _to_overwrite(y)
    first = record[:1].copy()
    record[1:] = record[1:] == record[:-1]
    if before is None:
        return record[1:]
    record[:1] = first == checks.whole(before, "before")
    return record


def majority(y: Any, n_classes: int, before: Any = ()) -> np.ndarray:
    """The record of always answering with the commonest label so far; of equally common ones, with the smallest.

    Parameters
    ----------
    y : (n,) array of int
        The labels, 0 .. n_classes - 1, in the order of the stream.
    n_classes : int
        How many labels there are.
    before : (m,) array of int
        The labels that were known before the first row. With none, the first answer is 0.

    Returns
    -------
    (n,) array of int64
        Per row 1 if its label is the commonest of all labels before it, else 0.

    Raises
    ------
    InputError
        A label outside 0 .. n_classes - 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.majority([1, 1, 0, 0, 0, 0], n_classes=2)  # it answers 0 1 1 1 0 0, with a tie at the fifth row
    array([0, 1, 0, 0, 1, 1])
    """
    n_classes = checks.whole(n_classes, "n_classes", low=1)
    record = _to_overwrite(y, n_classes)
    counts = np.bincount(labels_of(before, "before", n_classes), minlength=n_classes).astype(np.int64)
    _majority.compiled(record, counts, int(np.argmax(counts)))
    return record


@kernel("record I, counts I, answer i")
def _majority(record, counts, answer):
    for t in range(len(record)):
        label = record[t]
        record[t] = 1 if label == answer else 0
        counts[label] += 1
        if counts[label] > counts[answer] or (counts[label] == counts[answer] and label < answer):
            answer = label


def chance(n_classes: int) -> float:
    """The accuracy of guessing with equal chances, 1 / n_classes.

    Parameters
    ----------
    n_classes : int
        How many labels there are, at least 1.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If n_classes is no whole number of at least 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.chance(4)
    0.25
    """
    return 1.0 / checks.whole(n_classes, "n_classes", low=1)


def _to_overwrite(y: Any, n_classes: int = checks.MAX_CLASSES) -> np.ndarray:
    """The labels on memory of their own, where the record is then written: of ten million rows two would be much."""
    labels = labels_of(y, "y", n_classes)
    return labels.copy() if np.may_share_memory(labels, np.asarray(y)) else labels


def labels_of(y: Any, where: str, n_classes: int = checks.MAX_CLASSES) -> np.ndarray:
    """`y` as an int64 vector of labels 0 .. n_classes - 1 that compiled code can take; refused otherwise."""
    try:
        values = np.asarray(y)
    except ValueError:
        raise checks.InputError(f"{where}: expected a vector of labels, got rows of different lengths") from None
    if not values.size:
        return np.zeros(0, dtype=np.int64)
    if values.ndim == 1 and values.dtype.kind in "iuf" and not (values.min() >= 0 and values.max() < n_classes):
        row = int(np.argmin((values >= 0) & (values < n_classes)))
        raise checks.InputError(f"{where}: expected labels 0 .. {n_classes - 1}, got {values[row]:g} in row {row}")
    return checks.labels(values, n_classes=n_classes, rows=values.shape[0] if values.ndim else 0, where=where)
