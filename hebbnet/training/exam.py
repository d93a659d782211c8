"""The exam: champion and challenger answer the same rows, and it is decided whether the challenger is to serve."""

from __future__ import annotations

from typing import Any

import numpy as np


def compare(y: np.ndarray, champion: np.ndarray, challenger: np.ndarray, sure: float) -> dict[str, Any]:
    """The accuracy of both on these rows, and whether the challenger `passed`.

    With `sure` S = 0 it must not do worse than the champion. Otherwise two things are asked. It must be better by S
    standard errors of the difference. And its answers must have to do with the labels: its accuracy must differ, by S
    standard errors, from that of `chance`, which is Cohen's kappa from 0 (Cohen 1960). Where labels mean nothing, as
    shuffled ones do, whoever always says the commonest beats a good champion; but nobody's answers have to do with
    them.

    Parameters
    ----------
    y, champion, challenger : array (n,), n > 0
        The labels, and both models' answers, as classes 0, 1, ...
    sure : float
        How many standard errors.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([0, 1, 1, 1] * 25)
    >>> compare(y, np.array([0, 1, 0, 0] * 25), np.ones(100, int), sure=0.0)
    {'rows': 100, 'champion': 0.5, 'challenger': 0.75, 'passed': True}
    >>> compare(y, np.array([0, 1, 0, 0] * 25), np.ones(100, int), sure=2.0)["passed"]
    False
    """
    n, classes = len(y), int(max(y.max(), challenger.max())) + 1
    old, new = (float(np.mean(answers == y)) for answers in (champion, challenger))
    scores: dict[str, Any] = {"rows": n, "champion": old, "challenger": new}
    if not sure:
        return {**scores, "passed": new >= old}
    better = (challenger == y).astype(float) - (champion == y)
    needed = old + sure * float(np.std(better)) / n**0.5
    p, error = chance(*(np.bincount(of, minlength=classes) for of in (y, challenger)))
    return {**scores, "needed": needed, "chance": p, "passed": new >= needed and abs(new - p) >= sure * error}


def chance(labels: np.ndarray, answers: np.ndarray) -> tuple[float, float]:
    """The accuracy of answers that have nothing to do with the labels, and its standard error.

        p = sum_k (share of labels k) (share of answers k),    sqrt(p (1 - p) / n)

    Parameters
    ----------
    labels, answers : array (K,)
        How many of the n rows have each label, and how many were answered so.

    Examples
    --------
    >>> import numpy as np
    >>> chance(np.array([60, 40]), np.array([50, 50]))
    (0.5, 0.05)
    """
    n = float(labels.sum())
    p = float(labels @ answers) / n**2
    return p, (p * (1.0 - p) / n) ** 0.5
