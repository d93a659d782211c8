"""How one concept gives way to the next: at once, row by row more often, or by moving.

A drift has a window, the rows [position, position + width): before it the old concept rules, after it the new one.
What happens inside is the drift's own business: `blend` makes those rows, and says how far along they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..engine import checks
from .concepts import Concept


class Blend(NamedTuple):
    """Rows inside the window of a drift."""

    X: np.ndarray  # (n, d)
    clean: np.ndarray  # (n,) the label before noise
    is_new: np.ndarray  # (n,) whether the row counts as the new concept's
    p: np.ndarray  # (n,) P(new concept)
    doubt: np.ndarray  # (n,) probability that the less likely of the two concepts labels the row


@dataclass(frozen=True)
class Drift:
    """What all drifts have: the first row that is touched, and for how many rows the change lasts.

    Parameters
    ----------
    position, width : int
        In rows.

    Examples
    --------
    >>> import hebbnet as hb
    >>> drift = hb.Gradual(9_000, width=500)
    >>> drift.position, drift.stop
    (9000, 9500)
    """

    position: int
    width: int
    narrowest: ClassVar[int] = 1

    def __post_init__(self) -> None:
        kind = type(self).__name__
        object.__setattr__(self, "position", checks.whole(self.position, f"{kind}: position"))
        object.__setattr__(self, "width", checks.whole(self.width, f"{kind}: width", low=self.narrowest))

    @property
    def stop(self) -> int:
        """The first row that is wholly the new concept's."""
        return self.position + self.width

    def check(self, old: Concept, new: Concept) -> None:
        """Refuse a pair of concepts that this drift cannot lead from and to."""
        old.check_compatible(new)

    def between(self, old: Concept, new: Concept) -> Drift:
        """The drift as it goes from one concept to another: the same, where its width is known already."""
        return self

    def progress(self, t: np.ndarray) -> np.ndarray:
        """How much of the window has passed at the middle of row t: strictly between 0 and 1 inside it."""
        return np.asarray((t - self.position + 0.5) / self.width)

    def blend(self, t: np.ndarray, old: Concept, new: Concept, X_old: np.ndarray, X_new: np.ndarray,
              u: np.ndarray) -> Blend:
        """The rows t (n,) of the window, from inputs of both concepts (n, d) and uniform numbers u (n,)."""
        raise NotImplementedError

    def rule(self, t: np.ndarray, old: Concept, new: Concept, X: np.ndarray) -> np.ndarray:
        """The labels (n,) that the Bayes rule of each row t (n,) of the window gives to the inputs X (n, d)."""
        half = np.full(len(t), 0.5)  # so that the new concept answers wherever P(new) > 1/2
        return self.blend(t, old, new, X, X, half).clean


@dataclass(frozen=True)
class Abrupt(Drift):
    """From one row to the next: the first sample of the new concept has the index `position`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.DriftStream([hb.SEA(8), hb.SEA(9)], at=[hb.Abrupt(2)], rng=0).take(4).concept
    array([0, 0, 1, 1])
    """

    width: int = field(default=0, init=False)
    narrowest: ClassVar[int] = 0

    def __repr__(self) -> str:
        return f"Abrupt({self.position})"


def linear(u: np.ndarray) -> np.ndarray:
    """P(new) after the share u of the window: u itself."""
    return u


def sigmoid(u: np.ndarray) -> np.ndarray:
    """P(new) after the share u of the window: the logistic curve between .01 and .99, stretched to reach 0 and 1.

    Written with tanh, which cannot overflow.
    """
    steepness = np.log(99) / 2
    return np.asarray((1 + np.tanh(steepness * (2 * u - 1)) / np.tanh(steepness)) / 2)


SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {"linear": linear, "sigmoid": sigmoid}


@dataclass(frozen=True)
class Gradual(Drift):
    """Old and new concept alternate: inside the window each row is the new one's with a probability P(new) that rises.

    P(new) is 0 before the window, 1 after it, and 1/2 in its middle; nothing leaks out of [position, position + width).

    Parameters
    ----------
    position, width : int
        The window: the rows [position, position + width).
    shape : {"linear", "sigmoid"} or callable
        The course of P(new): a function of the share u of the window that has passed, (n,) in (0, 1), which gives
        probabilities (n,).

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.DriftStream([hb.SEA(8), hb.SEA(9)], at=[hb.Gradual(1, width=4)], rng=0).take(7).p
    array([0.   , 0.125, 0.375, 0.625, 0.875, 1.   , 1.   ])
    """

    shape: str | Callable[[np.ndarray], np.ndarray] = "linear"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.shape):
            checks.choice(self.shape, SHAPES, "shape of a gradual drift")
        self.chance(self.position + np.unique(np.linspace(0, self.width - 1, 1_000).astype(np.int64)))

    def chance(self, t: np.ndarray) -> np.ndarray:
        """P(new) for the rows t (n,) of the window."""
        curve = self.shape if callable(self.shape) else SHAPES[self.shape]
        p = checks.vector(curve(self.progress(t)), where="Gradual: shape(u)")
        if p.shape != t.shape or (p < 0).any() or (p > 1).any():
            raise checks.InputError("Gradual: shape(u) must give one probability in [0, 1] for each u in (0, 1)")
        return p

    def blend(self, t: np.ndarray, old: Concept, new: Concept, X_old: np.ndarray, X_new: np.ndarray,
              u: np.ndarray) -> Blend:
        """Toss a coin for each row."""
        p = self.chance(t)
        is_new = u < p
        X = np.where(is_new[:, None], X_new, X_old)
        clean = np.where(is_new, new.label(X), old.label(X))
        return Blend(X, clean, is_new, p, doubt=np.minimum(p, 1 - p))

    def __repr__(self) -> str:
        shape = "" if self.shape == "linear" else f", shape={getattr(self.shape, '__name__', repr(self.shape))}"
        return f"Gradual({self.position}, width={self.width}{shape})"


@dataclass(frozen=True)
class Incremental(Drift):
    """The concept itself moves: its number (theta, phi) goes in a straight line from the old value to the new.

    There is one rule at any time, so that nothing is ambiguous: the Bayes accuracy stays at 1 - noise. `p` is the share
    of the way covered; a row counts as the concept's that is nearer.

    Parameters
    ----------
    position, width : int
        The window: the rows [position, position + width).
    rate : float
        Instead of a width: how far the number goes in one row, in its own units; its sign follows from the concepts.
        The window is then as long as it takes.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[hb.Incremental(5_000, width=10_000)], noise=0.1, rng=0)
    DriftStream([SEA(7), SEA(13)], at=[Incremental(5000, width=10000)], noise=0.1)
    >>> hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=hb.Incremental(5_000, rate=0.01)).drifts[0].stop
    5600
    """

    width: int = 0
    rate: float | None = field(default=None, kw_only=True)
    narrowest: ClassVar[int] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rate is not None:
            object.__setattr__(self, "rate", checks.number(self.rate, "Incremental: rate", above=0.0))
        if bool(self.width) == (self.rate is not None):
            raise checks.InputError("Incremental: expected either a width of at least 1 row or a rate above 0 per row, "
                                    f"got width={self.width} and rate={self.rate}")

    def between(self, old: Concept, new: Concept) -> Drift:
        """The drift as it goes from one concept to another: with the width that its rate asks for."""
        if self.rate is None:
            return self
        bound = copy(self)
        object.__setattr__(bound, "width", ceil(self._distance(old, new) / self.rate - 1e-9))
        return bound

    def check(self, old: Concept, new: Concept) -> None:
        """Refuse concepts that have no number to move, or that differ in more than it."""
        super().check(old, new)
        if type(old) is not type(new) or not old.moves or _moved(old, getattr(new, old.moves)) != new:
            raise checks.InputError(f"{self}: there is no number that could move from {old} to {new}; "
                                    f"use Gradual({self.position}, width={self.width or 1_000}) instead")
        if self.rate is not None and old == new:
            raise checks.InputError(f"{self}: from {old} to {new} there is no way to go; give a width")

    def blend(self, t: np.ndarray, old: Concept, new: Concept, X_old: np.ndarray, X_new: np.ndarray,
              u: np.ndarray) -> Blend:
        """Inputs and labels of the concept as it stands at that moment."""
        p, moved = self._underway(t, old, new)
        X, clean = old.follow(X_old, moved)
        return Blend(X, clean, is_new=p >= 0.5, p=p, doubt=np.zeros(len(t)))

    def rule(self, t: np.ndarray, old: Concept, new: Concept, X: np.ndarray) -> np.ndarray:
        """The concept's labels as it stands at that moment: the inputs are what they are, even where p(x) moves."""
        return old.label(X, self._underway(t, old, new)[1])

    def _underway(self, t: np.ndarray, old: Concept, new: Concept) -> tuple[np.ndarray, np.ndarray]:
        """The share of the way covered by the rows t, and the number that moves, there."""
        p = self.progress(t)
        if self.rate is not None:  # the last row may be less than one step away
            p = np.minimum(p * self.width * self.rate / self._distance(old, new), 1.0)
        start, end = getattr(old, old.moves), getattr(new, new.moves)
        return p, start + p * (end - start)

    def __repr__(self) -> str:
        return f"Incremental({self.position}, {f'width={self.width}' if self.rate is None else f'rate={self.rate:g}'})"

    @staticmethod
    def _distance(old: Concept, new: Concept) -> float:
        return abs(float(getattr(new, new.moves) - getattr(old, old.moves)))


def _moved(concept: Any, value: float) -> Any:
    """The concept with its number at another value."""
    return replace(concept, **{concept.moves: value})


def as_drift(at: Any) -> Drift:
    """An entry of `at=`: a drift as it is, a row number as `Abrupt`."""
    if isinstance(at, Drift):
        return at
    return Abrupt(checks.whole(at, "at"))


def fitted(recipe: tuple[Concept, ...], changes: Sequence[Drift]) -> list[Drift]:
    """The drifts of a recipe; refused where concepts do not fit together, or windows do not follow each other."""
    if not recipe:
        raise checks.InputError("concepts: expected at least one concept such as hb.SEA(8), got none")
    for k, concept in enumerate(recipe):
        if not isinstance(concept, Concept):
            raise checks.InputError(f"concepts[{k}]: expected a concept such as hb.SEA(8), got {concept!r}")
    if len(changes) != len(recipe) - 1:
        raise checks.InputError(f"at: {len(recipe)} concepts need {len(recipe) - 1} change(s), got {len(changes)}")
    drifts: list[Drift] = []
    for change, old, new in zip(changes, recipe, recipe[1:], strict=False):
        change.check(old, new)
        drift = change.between(old, new)
        if drifts and drift.position < drifts[-1].stop + (drifts[-1].width == 0):
            raise checks.InputError(f"at: {drift} begins before {drifts[-1]} is over; positions must rise, and the "
                                    "windows [position, position + width) must not overlap")
        drifts.append(drift)
    return drifts
