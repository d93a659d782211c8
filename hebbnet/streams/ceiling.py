"""The best accuracy in the window of a drift, for whoever knows both concepts, but not which of them rules a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .concepts import Concept
from .concepts.derived_labels import Noisy


@dataclass(frozen=True)
class Ceiling:
    """The Bayes accuracy while a row is the new concept's with probability p, else the old one's.

    Whoever answers for the new concept is right on its rows with g_new = 1 - noise, and on the old one's rows by luck,
    h_old = noise / (K - 1), wherever the two disagree. So the best is

        p g_new + (1 - p) g_old - L(p s_new, (1 - p) s_old),    s = g - h,
        L(u, v) = integral of min(u f_new(x), v f_old(x)) over all x on which they disagree,

    with f = p(x). Where both have the same f, L(u, v) = D min(u, v), D their disagreement. Where f differs, the
    input itself tells something about who rules: L is then summed over `probe` of both concepts, if both know
    their `density`. If one does not, or if classes overlap unevenly, L is taken as 0: nobody reaches more than that.
    """

    old: Concept
    new: Concept
    noise: float

    def at(self, p: np.ndarray, mixed: np.ndarray) -> np.ndarray:
        """The Bayes accuracy for each P(new) in p (n,); without L in rows that are not mixed, but in between."""
        if not self.new.classes:  # the variance of one number or the other, over that of the noise
            return self.noise**2 + np.where(mixed, p * (1 - p) * self.new.disagreement(self.old), 0.0)
        (g_old, s_old), (g_new, s_new) = self._rates(self.old), self._rates(self.new)
        lost = self._lost(p * s_new, (1 - p) * s_old) if mixed.any() else np.zeros(len(p))
        return np.asarray(p * g_new + (1 - p) * g_old - np.where(mixed, lost, 0.0))

    def _rates(self, concept: Concept) -> tuple[float, float]:
        g = concept.bayes_accuracy(self.noise)
        return g, max(0.0, g - (1 - g) / (len(concept.classes) - 1))

    def _lost(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """L(u, v)."""
        if not (_even(self.old) and _even(self.new)):
            return np.zeros(len(u))
        if self._disagreement is not None:
            return np.asarray(self._disagreement * np.minimum(u, v))
        share, of_new, of_old = self._sums
        k = np.searchsorted(share, u / np.maximum(u + v, 1e-300))  # 0 / 0 where labels mean nothing
        return np.asarray(u * (of_new[-1] - of_new[k]) + v * of_old[k])

    @cached_property
    def _disagreement(self) -> float | None:
        """D, where both have the same p(x)."""
        return self.new.disagreement(self.old) if self.new.shares_inputs(self.old) else None

    @cached_property
    def _sums(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of the inputs on which they disagree, sorted: f_old / (f_old + f_new), and running sums of f_new, of f_old.

        The inputs are drawn from the half-and-half mixture of both, and each is weighed by f over that of the mixture.
        """
        probes = [self.old.probe(), self.new.probe()]
        X, weight = np.concatenate(probes), np.concatenate([np.full(len(probe), 1 / len(probe)) for probe in probes])
        differ = self.old.label(X) != self.new.label(X)
        X, weight = X[differ], weight[differ]
        f_old, f_new = self.old.density(X), self.new.density(X)
        if f_old is None or f_new is None:
            return np.empty(0), np.zeros(1), np.zeros(1)
        share = f_old / (f_old + f_new)
        order = np.argsort(share)
        share, weight = share[order], weight[order]
        return share, *(np.concatenate([[0.0], np.cumsum(weight * part)]) for part in (1 - share, share))


def _even(concept: Concept) -> bool:
    """Whether wrong labels are equally likely everywhere."""
    return not concept.overlap or (isinstance(concept, Noisy) and not concept.concept.overlap)
