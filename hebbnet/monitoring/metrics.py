"""How good is it: accuracy over time and by class, and the kappas, which put it beside what needs no learning.

`correct` is always the record of a test-then-train run: per row 1 if it was predicted rightly before its label was
shown, else 0. Labels that depend on the labels before them (Elec2) make no-change hard to beat: a model's accuracy
alone says little there, and a kappa says how much of the way from a baseline to perfection it went.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks
from ..engine.kernel import kernel
from .baselines import chance, labels_of, majority, no_change
from .calibration import calibration_error, log_loss
from .plasticity import dormant, effective_rank
from .recovery import AfterDrift, after_drift

__all__ = ["AfterDrift", "after_drift", "balanced_accuracy", "calibration_error", "chance", "dormant",
           "effective_rank", "fading_accuracy", "kappa", "kappa_m", "kappa_t", "log_loss", "majority", "no_change",
           "windowed_accuracy"]

# ---------------------------------------------------------------- accuracy over time


def windowed_accuracy(correct: Any, window: int) -> np.ndarray:
    """The accuracy over the last `window` rows, at each row; at the start, over those that there are.

    Parameters
    ----------
    correct : (n,) array
        Per row 1 = right, 0 = wrong.
    window : int
        At least 1.

    Returns
    -------
    (n,) array
        a_t = mean of correct[max(0, t - window + 1) .. t]. After a sudden change it lags by half a window.

    Raises
    ------
    InputError
        A record with other numbers than 0 .. 1, or a window below 1.

    Notes
    -----
    Source: Gama, Sebastiao, Rodrigues (2013), On evaluating stream learning algorithms, Machine Learning 90.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.windowed_accuracy([1, 0, 0, 1], window=2)
    array([1. , 0.5, 0. , 0.5])
    """
    record, window = _record(correct), checks.whole(window, "window", low=1)
    accuracy = np.cumsum(record)
    accuracy[window:] -= accuracy[:-window].copy()
    accuracy[window:] /= window
    accuracy[:window] /= np.arange(1, min(window, len(record)) + 1)
    return accuracy


def fading_accuracy(correct: Any, alpha: float = 0.999) -> np.ndarray:
    """The accuracy over all rows so far, in which a row counts `alpha` times as much as the next one.

    Parameters
    ----------
    correct : (n,) array
        Per row 1 = right, 0 = wrong.
    alpha : float
        In [0, 1]. Rows count about 1 / (1 - alpha) steps long; 1 is the mean of all, 0 the last row alone.

    Returns
    -------
    (n,) array
        S_t / B_t, where S_t = correct_t + alpha S_(t-1) and B_t = 1 + alpha B_(t-1).

    Raises
    ------
    InputError
        A record with other numbers than 0 .. 1, or an alpha outside [0, 1].

    Notes
    -----
    Source: Gama, Sebastiao, Rodrigues (2013), On evaluating stream learning algorithms, Machine Learning 90.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.fading_accuracy([1, 0], alpha=0.5)  # (0 + 0.5 x 1) / (1 + 0.5)
    array([1.        , 0.33333333])
    """
    record, alpha = _record(correct), checks.number(alpha, "alpha", low=0.0, high=1.0)
    accuracy = np.empty_like(record)
    _fade.compiled(record, alpha, accuracy)
    return accuracy


@kernel("record V, alpha f, accuracy V")
def _fade(record, alpha, accuracy):
    S = B = 0.0
    for t in range(len(record)):
        S = record[t] + alpha * S
        B = 1.0 + alpha * B
        accuracy[t] = S / B


# ---------------------------------------------------------------- accuracy for each class


def balanced_accuracy(y: Any, predicted: Any) -> float:
    """The mean over the classes of the share of their rows predicted rightly: a rare class counts as much as any.

    Parameters
    ----------
    y, predicted : (n,) array of int
        The labels, and what was predicted.

    Returns
    -------
    float
        1/K sum_c P(predicted = c | y = c), over the K classes that occur in y. A constant answer gets 1/K.

    Raises
    ------
    InputError
        No rows, different lengths, or labels that are no whole numbers from 0 on.

    Notes
    -----
    Source: Brodersen, Ong, Stephan, Buhmann (2010), The balanced accuracy and its posterior distribution, ICPR.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.balanced_accuracy([0, 0, 0, 1], [0, 0, 0, 0])  # accuracy 3/4
    0.5
    """
    y, predicted = labels_of(y, "y"), labels_of(predicted, "predicted")
    _same_rows(y, predicted, "predicted")
    rows = np.bincount(y)
    right = np.bincount(y[y == predicted], minlength=len(rows))
    return float(np.mean(right[rows > 0] / rows[rows > 0]))


# ---------------------------------------------------------------- kappas: accuracy beyond a baseline


def kappa(y: Any, predicted: Any) -> float:
    """Cohen's kappa: the accuracy beyond that of guessing with the same frequencies.

    Parameters
    ----------
    y, predicted : (n,) array of int
        The labels, and what was predicted.

    Returns
    -------
    float
        (p0 - pc) / (1 - pc): p0 is the accuracy, and pc, the sum over the classes of the label's frequency times the
        prediction's, is what it would be if they had nothing to do with each other. 1 is perfect, 0 no better than
        that; 0 by definition where pc = 1 (one class only, which leaves nothing to gain).

    Raises
    ------
    InputError
        No rows, different lengths, or labels that are no whole numbers from 0 on.

    Notes
    -----
    Source: Cohen (1960), A coefficient of agreement for nominal scales.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.kappa([0, 0, 1, 1], [0, 1, 1, 1])  # p0 = 3/4, pc = 1/2 1/4 + 1/2 3/4 = 1/2
    0.5
    """
    y, predicted = labels_of(y, "y"), labels_of(predicted, "predicted")
    _same_rows(y, predicted, "predicted")
    n_classes = int(max(y.max(), predicted.max())) + 1
    share_y, share_predicted = (np.bincount(labels, minlength=n_classes) / len(y) for labels in (y, predicted))
    return beyond(float(np.mean(y == predicted)), float(share_y @ share_predicted))


def kappa_t(y: Any, correct: Any, before: int | None = None) -> float:
    """The accuracy beyond that of repeating the last label; below 0, the model loses to it.

    Parameters
    ----------
    y : (n,) array of int
        The labels, in the order of the stream.
    correct : (n,) array
        The model's record on them: per row 1 = right, 0 = wrong.
    before : int, optional
        The label just before the first row, as in `no_change`.

    Returns
    -------
    float
        (p0 - pc) / (1 - pc): p0 is the model's accuracy, pc that of `no_change`; 0 by definition where pc = 1, or
        where no row has a label before it.

    Raises
    ------
    InputError
        No rows, different lengths, a record with other numbers than 0 .. 1, or labels that are no whole numbers.

    Notes
    -----
    Source: Zliobaite, Bifet, Read, Pfahringer, Holmes (2015), Evaluation methods and decision theory for
    classification of streaming data with temporal dependence, Machine Learning 98.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.kappa_t([0, 0, 1, 1], [1, 1, 1, 1], before=1)  # no-change has 2 of 4, the model all
    1.0
    """
    y, record = labels_of(y, "y"), _record(correct)
    baseline = no_change(y, before)
    _same_rows(y, record, "correct")
    return beyond(float(record.mean()), float(baseline.mean()) if baseline.size else 1.0)


def kappa_m(y: Any, correct: Any, before: Any = ()) -> float:
    """The accuracy beyond that of answering with the commonest label so far.

    Parameters
    ----------
    y : (n,) array of int
        The labels, in the order of the stream.
    correct : (n,) array
        The model's record on them: per row 1 = right, 0 = wrong.
    before : (m,) array of int
        The labels that were known before the first row, as in `majority`.

    Returns
    -------
    float
        (p0 - pc) / (1 - pc): p0 is the model's accuracy, pc that of `majority`; 0 by definition where pc = 1.

    Raises
    ------
    InputError
        No rows, different lengths, a record with other numbers than 0 .. 1, or labels that are no whole numbers.

    Notes
    -----
    Source: Bifet, de Francisci Morales, Read, Holmes, Pfahringer (2015), Efficient online evaluation of big data
    stream classifiers, KDD.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.kappa_m([0, 0, 1, 1], [1, 0, 1, 1])  # the majority, always 0 here, has 2 of 4; the model 3 of 4
    0.5
    """
    y, before, record = labels_of(y, "y"), labels_of(before, "before"), _record(correct)
    _same_rows(y, record, "correct")
    n_classes = int(max(y.max(), before.max(initial=0))) + 1
    return beyond(float(record.mean()), float(majority(y, n_classes, before).mean()))


def beyond(p0: float, pc: float) -> float:
    """How much of the way from the baseline pc to perfection p0 is."""
    return (p0 - pc) / (1.0 - pc) if pc < 1.0 else 0.0


# ---------------------------------------------------------------- what comes in


def _record(correct: Any) -> np.ndarray:
    return checks.bounded(correct, low=0.0, high=1.0, where="correct")


def _same_rows(y: np.ndarray, other: np.ndarray, where: str) -> None:
    if not y.size:
        raise checks.InputError("y: expected at least one row, got none")
    if len(other) != len(y):
        raise checks.InputError(f"{where}: expected as many rows as y has, {len(y)}, got {len(other)}")
