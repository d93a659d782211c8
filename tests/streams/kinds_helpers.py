"""What the tests of drifts by kind share: a small concept of four classes, one whose classes overlap, and bands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbnet.streams import Concept


@dataclass(frozen=True)
class Quarters(Concept):
    """Four classes by the quarters of the first of two inputs."""

    n_inputs = 2
    classes = ("a", "b", "c", "d")

    def sample(self, n: int, rng: Any) -> np.ndarray:
        return np.random.default_rng(rng).random((n, 2))

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        return np.clip(np.asarray(X)[:, 0] * 4, 0, 3).astype(np.int64)

    def density(self, X: np.ndarray) -> np.ndarray:
        return np.all((X >= 0) & (X <= 1), axis=1).astype(float)


@dataclass(frozen=True)
class Coin(Concept):
    """Class 1 with probability x: classes that overlap; the best rule, x > 1/2, is right on 3/4 of the rows."""

    n_inputs = 1

    @property
    def overlap(self) -> float:
        return 0.25

    def sample(self, n: int, rng: Any) -> np.ndarray:
        return np.random.default_rng(rng).random((n, 1))

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        return np.asarray(np.asarray(X)[:, 0] > 0.5, dtype=np.int64)

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        return np.asarray(u < X[:, 0], dtype=np.int64)


def in_band(hits: np.ndarray, share: float, error: float = 0.0) -> bool:
    """Whether a share is what was measured, within four standard errors, and four more of an estimated share."""
    return bool(abs(np.mean(hits) - share) <= 4 * math.sqrt(share * (1 - share) / len(hits)) + 4 * error + 1e-12)


def same_distribution(a: np.ndarray, b: np.ndarray) -> bool:
    """Two samples of numbers, by Kolmogorov and Smirnov at four sigma (p = 6e-5)."""
    both = np.sort(np.concatenate([a, b]))
    gap = np.abs(np.searchsorted(np.sort(a), both, "right") / len(a) - np.searchsorted(np.sort(b), both, "right")
                 / len(b)).max()
    return bool(gap <= math.sqrt(-math.log(6e-5 / 2) / 2 * (1 / len(a) + 1 / len(b))))
