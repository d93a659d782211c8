"""From the rule to what is seen: labels drawn where classes overlap, then disturbed; and the best score there is."""

from __future__ import annotations

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
