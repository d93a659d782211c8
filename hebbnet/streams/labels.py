"""From the rule to what is seen: labels drawn where classes overlap, then disturbed; and the best score there is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .concepts import Concept


def draw(y: np.ndarray, concept: Concept, rows: np.ndarray, X: np.ndarray, rng: np.random.Generator) -> None:
    """The rows of y (n,) become labels drawn from P(class | x) of their concept."""
    u = rng.random(len(y))
    y[rows] = concept.draw_labels(X[rows], u[rows])


def disturb(y: np.ndarray, noise: float, n_classes: int, rng: np.random.Generator) -> None:
    """The share `noise` of the labels becomes one of the K - 1 others, each as likely; numbers get N(0, noise^2)."""
    if not n_classes:
        y += noise * rng.standard_normal(len(y))
        return
    wrong = rng.random(len(y)) < noise
    if n_classes == 2:
        y ^= wrong
    else:
        y[wrong] = (y[wrong] + rng.integers(1, n_classes, np.count_nonzero(wrong))) % n_classes


def best(concept: Concept, noise: float) -> float:
    """The accuracy that nobody can exceed where one concept rules alone; the least mean squared error, of numbers."""
    return concept.bayes_accuracy(noise) if concept.classes else noise**2


@lru_cache(maxsize=1_024)
def disagreement(old: Concept, new: Concept) -> float:
    """How much two concepts disagree; worked out when it is first asked for, since it may be an estimate."""
    return old.disagreement(new)


def best_between(old: Concept, new: Concept, noise: float, p: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """The same where rows are the new concept's with probability p (n,), and the old one's otherwise.

    `doubt` (n,) is the probability that the less likely one labels the row. `DriftStream` explains the formulas.
    """
    if not old.classes:  # the variance of one number or the other, over that of the noise
        return np.asarray(noise**2 + np.where(doubt > 0, p * (1 - p) * disagreement(old, new), 0.0))
    if old.overlap or new.overlap or not old.shares_inputs(new):
        return np.asarray((1 - p) * best(old, noise) + p * best(new, noise))
    lost = disagreement(old, new) * (1 - noise - noise / (len(old.classes) - 1))
    return np.asarray(best(new, noise) - doubt * lost)
