"""Concepts made from a concept: each changes one thing about it, so that a drift from one to the other has a name.

    drift from `a` to        kind             what moves                   what stays
    b                        real             p(y | x)                     what `a` and `b` share
    Shifted(a, by)           covariate-only   p(x)                         p(y | x)
    Reweighted(a, shares)    prior-only       P(y)                         P(x | y)
    Relabelled(a, order)     label-swap       which class is which         p(x)
    Noisy(a, noise)          noise-level      the share of wrong labels    p(x), and the rule
    Local(a, b, where)       local            p(y | x) in one region       p(x), and all outside of the region
    Permuted(a, order)       feature-swap     which column is which        P(y)

They nest, and they come in every shape in time: what they make is a concept like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ...engine import checks
from .basic import ESTIMATE_ROWS, Concept

LONGEST = 10  # an order of more entries is not printed


@dataclass(frozen=True)
class Derived(Concept):
    """A concept made from another, `concept`; what it does not change is that one's.

    Examples
    --------
    >>> import hebbnet as hb
    >>> flipped = hb.concepts.Relabelled(hb.SEA(8), (1, 0))
    >>> isinstance(flipped, hb.concepts.Derived), flipped.concept
    (True, SEA(8))
    """

    concept: Concept
    kind: ClassVar[str]

    def __post_init__(self) -> None:
        if not isinstance(self.concept, Concept):
            raise checks.InputError(f"{type(self).__name__}: expected a concept such as hb.SEA(8), got "
                                    f"{self.concept!r}")
        self._set(n_inputs=self.concept.n_inputs, classes=self.concept.classes)
        self._accept()

    def _accept(self) -> None:
        """Check the fields of its own, and keep them in their final form."""

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs, as the concept does."""
        return self.concept.sample(n, rng)

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The concept's class of each row of X."""
        return self.concept.label(self._inputs(X, moved))

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """What happens at each row of X, drawn with the uniform numbers u, as in the concept."""
        return self.concept.draw_labels(X, u)

    def density(self, X: np.ndarray) -> np.ndarray | None:
        """p(x), as the concept has it."""
        return self.concept.density(X)

    def probe(self) -> np.ndarray:
        """Inputs that stand for all of them."""
        return self.concept.probe()

    @property
    def overlap(self) -> float:
        """The concept's share of rows that the best rule gets wrong before any noise."""
        return self.concept.overlap

    @cached_property
    def _estimated_overlap(self) -> float:
        """The same, where it depends on which inputs come."""
        X, u = self.sample(ESTIMATE_ROWS, 0), np.random.default_rng(1).random(ESTIMATE_ROWS)
        return float(np.mean(self.draw_labels(X, u) != self.label(X)))

    def _inputs(self, X: Any, moved: Any) -> np.ndarray:
        """X, checked; refused where a number should move."""
        self.check_still(moved)
        return checks.matrix(X, columns=self.n_inputs)

    def _n_classes(self) -> int:
        if len(self.classes) < 2:
            raise checks.InputError(f"{type(self).__name__}: {self.concept} has no classes")
        return len(self.classes)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


def kind_of_drift(old: Concept, new: Concept) -> str:
    """What a drift from the concept `old` to `new` changes, by name.

    Examples
    --------
    >>> import hebbnet as hb
    >>> kind_of_drift(hb.SEA(8), hb.concepts.Noisy(hb.concepts.Shifted(hb.SEA(8), 2), 0.1))
    'noise-level and covariate'
    >>> kind_of_drift(hb.SEA(8), hb.concepts.Shifted(hb.SEA(8), 2)), kind_of_drift(hb.SEA(8), hb.SEA(9))
    ('covariate-only', 'real')
    """
    for concept in (old, new):
        if not isinstance(concept, Concept):
            raise checks.InputError(f"kind_of_drift: expected concepts such as hb.SEA(8), got {checks.shown(concept)}")
    name = " and ".join(dict.fromkeys(_kinds(old, new))) or "none"
    return f"{name}-only" if name in ("covariate", "prior") else name


def _kinds(old: Concept, new: Concept) -> Iterator[str]:
    """Layer by layer: what `new` was made by and `old` was not, and the other way round, then what lies below."""
    if old == new:
        return
    if isinstance(old, Derived) and isinstance(new, Derived) and type(old) is type(new):
        if replace(old, concept=new.concept) != new:
            yield new.kind
        yield from _kinds(old.concept, new.concept)
    elif isinstance(new, Derived):
        yield new.kind
        yield from _kinds(old, new.concept)
    elif isinstance(old, Derived):
        yield old.kind
        yield from _kinds(old.concept, new)
    else:
        if new.disagreement(old) > 0:
            yield "real"
        if not new.shares_inputs(old):
            yield "covariate"


def order_of(order: Any, n: int, where: str) -> tuple[int, ...]:
    """The numbers 0 .. n - 1 in another order; given so, or as a dict of the pairs to exchange."""
    try:
        if isinstance(order, Mapping):
            partner = {**order, **{b: a for a, b in order.items()}}
            fits = len(partner) == 2 * len(order) > 0 and set(partner) <= set(range(n))
            found = [partner.get(k, k) for k in range(n)]
        else:
            found = list(order)
            fits = sorted(found) == list(range(n))
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise checks.InputError(f"{where}: expected the numbers 0 .. {n - 1} in another order, or a dict of pairs to "
                                f"exchange such as {{0: 1}}, got {order!r}")
    return tuple(int(k) for k in found)


def short(order: tuple[int, ...]) -> str:
    """An order as it is printed."""
    return str(list(order)) if len(order) <= LONGEST else f"<an order of {len(order)}>"
