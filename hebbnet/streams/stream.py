"""A stream of labelled rows, and a batch of it: what a learner sees, and beside it what only the world knows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import checks
from .concepts import Concept
from .drift import Drift


@dataclass(frozen=True, eq=False, repr=False)
class Batch:
    """The next rows of a stream. What only the world knows stands beside them, or is None for real data.

    Attributes
    ----------
    X : float64 (n, d)
        The inputs.
    y : int64 (n,)
        The labels, indices into `stream.classes`; numbers, float64, where a stream has no classes.
    concept : int64 (n,) or None
        Which of `stream.concepts` each row belongs to.
    p : float64 (n,) or None
        P(new concept): 0 before the first drift; in the window of a drift how far it has come; 1 after it, until the
        window of the next begins.
    bayes : float64 (n,) or None
        The accuracy that nobody can exceed on average, who knows the rules and p, but not the noise. Of numbers, the
        mean squared error that nobody can go below.
    clean : int64 (n,) or None
        The label before noise: what the rule that holds says, `label` of the row's concept. Where its classes overlap,
        y is drawn, and differs from this even without noise.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.DriftStream([hb.SEA(8)], rng=0).take(5)
    Batch(X (5, 3), y (5,), with concept, p, bayes and clean)
    """

    X: np.ndarray
    y: np.ndarray
    concept: np.ndarray | None = None
    p: np.ndarray | None = None
    bayes: np.ndarray | None = None
    clean: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        truth = "" if self.concept is None else ", with concept, p, bayes and clean"
        return f"Batch(X {self.X.shape}, y {self.y.shape}{truth})"


class Stream(ABC):
    """What every stream has; the defaults are those of real data, where nobody knows the truth.

    Attributes
    ----------
    n_inputs : int
        Number of input columns d.
    classes : tuple
        The names of the classes; a label is an index into it. Empty where y is a number to predict.
    n_rows : int or None
        How many rows there are in all; None for a stream without an end.
    position : int
        How many rows have been taken.
    concepts : tuple of Concept
        The distinct concepts, in order of appearance.
    noise : float or None
        The share of labels that are replaced by another, or the standard deviation of what is added to numbers; None
        where nobody knows.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(8)], rng=0)
    >>> isinstance(stream, hb.concepts.Concept), len(stream.take(5)), stream.position
    (False, 5, 5)
    """

    n_inputs: int
    classes: tuple[Any, ...]
    n_rows: int | None = None
    position: int = 0
    concepts: tuple[Concept, ...] = ()
    noise: float | None = None

    @abstractmethod
    def take(self, n: int) -> Batch:
        """The next `n` rows; fewer where the stream ends, and none after that."""

    @abstractmethod
    def restart(self) -> None:
        """Go back to the first row: the very same rows come again."""

    @abstractmethod
    def fresh(self, rng: Any = None) -> Stream:
        """A new stream of the same recipe, at its first row; real data give the same rows again."""

    def twin(self) -> Stream:
        """The same stream without drift. Real data have none."""
        raise checks.InputError(f"{type(self).__name__} holds real data, and nobody knows what they would be without "
                                "drift; only a DriftStream has a twin")

    def bayes_rule(self, X: Any, at: Any) -> np.ndarray:
        """The labels (n,) that the best rule of row `at`, an int or (n,), gives to the inputs X (n, d)."""
        raise checks.InputError(f"{type(self).__name__} holds real data, and nobody knows their true rule")

    @property
    def drifts(self) -> list[Drift]:
        """The drifts in order, as far as anybody knows."""
        return []

    @property
    def drift_points(self) -> list[int]:
        """The first row of each drift."""
        return [drift.position for drift in self.drifts]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the input columns."""
        return tuple(f"x{j + 1}" for j in range(self.n_inputs))

    def describe(self) -> str:
        """The recipe in a few readable lines."""
        rows = "no end" if self.n_rows is None else f"{self.n_rows:,} rows"
        names = ", ".join(map(str, self.classes[:10])) + (", ..." if len(self.classes) > 10 else "")
        target = f"{len(self.classes)} classes ({names})" if self.classes else "a number to predict"
        return f"{type(self).__name__}: {rows}, {self.n_inputs} inputs, {target}"
