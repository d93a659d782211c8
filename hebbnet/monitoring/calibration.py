"""Whether probabilities are worth what they say."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks
from .baselines import labels_of

SMALLEST = 1e-15  # a probability of 0 for what then happens would make one row's loss infinite


def log_loss(y: Any, probabilities: Any) -> float:
    """The mean surprise at the labels, in nats: what cross-entropy learns to make small.

    Parameters
    ----------
    y : (n,) array of int
        The labels.
    probabilities : (n, K) array
        The probability of each class, as `learner.predict_proba` gives them.

    Returns
    -------
    float
        - 1/n sum_t ln p_t[y_t]; log(K) is guessing. Probabilities below 1e-15 count as 1e-15.

    Raises
    ------
    InputError
        No rows, labels outside 0 .. K - 1, or lines that are no probabilities.

    Notes
    -----
    Source: Good (1952), Rational decisions.

    Examples
    --------
    >>> import hebbnet as hb
    >>> round(hb.metrics.log_loss([0, 1], [[0.5, 0.5], [0.75, 0.25]]), 4)  # (ln 2 + ln 4) / 2
    1.0397
    """
    y, p = _accept(y, probabilities)
    return float(-np.mean(np.log(np.maximum(p[np.arange(len(y)), y], SMALLEST))))


def calibration_error(y: Any, probabilities: Any, bins: int = 10) -> float:
    """How far confidence and accuracy lie apart (the expected calibration error, ECE).

    Parameters
    ----------
    y : (n,) array of int
        The labels.
    probabilities : (n, K) array
        The probability of each class, as `learner.predict_proba` gives them.
    bins : int
        The confidence, the largest probability of a row, is sorted into so many bins of equal width,
        (k / bins, (k + 1) / bins]. The figure depends on them: state it with their number.

    Returns
    -------
    float
        sum_k n_k / n |accuracy_k - confidence_k|, over the bins; 0 is honest. Noise alone keeps it above 0, by
        sqrt(bins / n) / 2 at the most on average.

    Raises
    ------
    InputError
        No rows, labels outside 0 .. K - 1, or lines that are no probabilities.

    Notes
    -----
    Source: Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI.

    Examples
    --------
    >>> import hebbnet as hb
    >>> round(hb.metrics.calibration_error([0, 0, 1, 1], [[0.9, 0.1]] * 4), 4)  # says .9, is right half the time
    0.4
    """
    bins = checks.whole(bins, "bins", low=1)
    y, p = _accept(y, probabilities)
    confidence = p.max(axis=1)
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    too_sure = np.bincount(place, weights=confidence - (p.argmax(axis=1) == y), minlength=bins)  # n_k (conf. - acc.)
    return float(np.abs(too_sure).sum() / len(y))


def _accept(y: Any, probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    p = checks.matrix(probabilities, where="probabilities")
    if not p.size:
        raise checks.InputError("probabilities: expected at least one row, got none")
    wrong = (p < 0).any(axis=1) | (np.abs(p.sum(axis=1) - 1.0) > 1e-6)
    if wrong.any():
        row = int(wrong.argmax())
        raise checks.InputError(f"probabilities: expected rows of probabilities that sum to 1, got {p[row]} in row "
                                f"{row}; predict_proba gives them")
    labels = labels_of(y, "y", p.shape[1])
    if len(labels) != len(p):
        raise checks.InputError(f"y: expected as many rows as probabilities has, {len(p)}, got {len(labels)}")
    return labels, p
