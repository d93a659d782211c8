"""Concepts whose labels are not those of the concept they are made from: exchanged, noisy, other in one region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import checks
from .basic import Concept
from .derived import Derived, order_of, short


@dataclass(frozen=True)
class Relabelled(Derived):
    """The same inputs under other names: class k is now class order[k]. Label-swap drift.

    Parameters
    ----------
    concept : Concept
    order : sequence of int, or dict
        What each class becomes; a dict names pairs to be exchanged: {0: 1}.

    Examples
    --------
    >>> import hebbnet as hb
    >>> upside_down = hb.concepts.Relabelled(hb.SEA(8), {0: 1})
    >>> upside_down.disagreement(hb.SEA(8)), upside_down.prior[0]
    (1.0, 0.32)
    """

    order: Any
    kind = "label-swap"

    def _accept(self) -> None:
        self._set(order=order_of(self.order, self._n_classes(), "Relabelled: order"))

    def __repr__(self) -> str:
        return f"Relabelled({self.concept}, {short(self.order)})"

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """What the concept's class of each row has become."""
        return np.take(self.order, super().label(X, moved))

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """What the drawn class of each row has become."""
        return np.take(self.order, super().draw_labels(X, u))

    @property
    def prior(self) -> tuple[float, ...]:
        """The concept's, in another order."""
        prior = self.concept.prior
        return tuple(prior[k] for k in np.argsort(self.order))

    def _disagreement(self, other: Concept) -> float:
        if other != self.concept:
            return super()._disagreement(other)
        return sum(share for k, share in enumerate(other.prior) if self.order[k] != k)


@dataclass(frozen=True)
class Noisy(Derived):
    """The same rule told less reliably: a share of the labels is replaced by another. Noise-level drift.

    It adds to the label noise of the stream. The model is still right, and only seems to decay: the Bayes accuracy
    falls with it. In the window of a `Gradual` drift the noise lies between the old and the new.

    Parameters
    ----------
    concept : Concept
    noise : float
        The share of labels that become one of the K - 1 others, each as likely; at most 1 - 1 / K.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.DriftStream([hb.SEA(8), hb.concepts.Noisy(hb.SEA(8), 0.3)], at=2, rng=0).take(4).bayes
    array([1. , 1. , 0.7, 0.7])
    """

    noise: float
    kind = "noise-level"

    def _accept(self) -> None:
        self._set(noise=checks.number(self.noise, "Noisy: noise", low=0.0, high=1 - 1 / self._n_classes()))

    def __repr__(self) -> str:
        return f"Noisy({self.concept}, {self.noise:g})"

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """What the concept says, replaced where u < noise; what is left of u then draws the other class."""
        K, wrong = len(self.classes), u < self.noise
        left = np.where(wrong, u, u - self.noise) / np.where(wrong, self.noise or 1.0, 1.0 - self.noise)
        shift, rest = np.divmod(left * (K - 1), 1)
        drawn = self.concept.draw_labels(X, np.where(wrong, rest, left))
        return np.where(wrong, (drawn + 1 + shift.astype(np.int64)) % K, drawn)

    @property
    def prior(self) -> tuple[float, ...]:
        """The concept's, before noise."""
        return self.concept.prior

    def _disagreement(self, other: Concept) -> float:
        return self.concept.disagreement(other.concept if isinstance(other, Noisy) else other)

    @property
    def overlap(self) -> float:
        """The noise, and what was wrong before and is not put right by it."""
        return 1.0 - self.concept.bayes_accuracy(self.noise)


@dataclass(frozen=True)
class Local(Derived):
    """One concept, but in a region another one rules. Local drift: outside of the region nothing changes.

    Parameters
    ----------
    concept : Concept
        Rules outside, and says which inputs come.
    other : Concept
        Rules inside.
    where : dict
        The region, a box: for each column that bounds it, counted from 0, the numbers (low, high) between which
        low <= x < high.

    Examples
    --------
    >>> import hebbnet as hb
    >>> corner = hb.concepts.Local(hb.SEA(8), hb.SEA(14), where={0: (0, 5)})
    >>> corner.label([[4, 6, 0], [6, 4, 0]])
    array([1, 0])
    """

    other: Concept
    where: Any
    kind = "local"

    def _accept(self) -> None:
        self.concept.check_compatible(self.other)
        self._set(where=_box(self.where, self.n_inputs))

    def __repr__(self) -> str:
        box = ", ".join(f"{column}: ({low:g}, {high:g})" for column, low, high in self.where)
        return f"Local({self.concept}, {self.other}, where={{{box}}})"

    def inside(self, X: np.ndarray) -> np.ndarray:
        """Which rows of X lie in the region: bool (n,)."""
        sides = [(low <= X[:, column]) & (X[:, column] < high) for column, low, high in self.where]
        return np.asarray(np.all(sides, axis=0))

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The class of each row of X, by the concept that rules there."""
        X = self._inputs(X, moved)
        return np.where(self.inside(X), self.other.label(X), self.concept.label(X))

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """What happens at each row of X, by the concept that rules there."""
        return np.where(self.inside(X), self.other.draw_labels(X, u), self.concept.draw_labels(X, u))

    @property
    def overlap(self) -> float:
        """Estimated, unless it is 0."""
        return self._estimated_overlap if self.concept.overlap or self.other.overlap else 0.0


def _box(where: Any, n_inputs: int) -> tuple[tuple[int, float, float], ...]:
    """The region as (column, low, high) by column; given so, or as a dict."""
    try:
        sides = [(column, *side) for column, side in where.items()] if isinstance(where, Mapping) else [*where]
        box = sorted((checks.whole(column, "Local: where: column"), float(low), float(high))
                     for column, low, high in sides)
    except (TypeError, ValueError) as error:
        raise checks.InputError(f"Local: where: expected (low, high) for each column that bounds the region, as in "
                                f"{{0: (0, 5)}}, got {where!r}") from error
    if not box or box[-1][0] >= n_inputs or not all(low < high for _, low, high in box):
        raise checks.InputError(f"Local: where: expected columns 0 .. {n_inputs - 1}, and low < high for each, got "
                                f"{where!r}")
    return tuple(box)
