"""Concepts whose inputs are others than those of the concept they are made from: moved, reweighted, permuted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import checks
from .basic import ESTIMATE_ROWS
from .derived import Derived, order_of, short

MOST_ROUNDS = 1_000  # of drawing inputs, until each class has as many as it needs


@dataclass(frozen=True)
class Shifted(Derived):
    """Other inputs under the same rule: every input moves by a number, p(y | x) stays. Covariate-only drift.

    Nothing that was learned becomes wrong; but the model is asked about places where it has seen little.

    Parameters
    ----------
    concept : Concept
    by : float
        How far the inputs move; the number that an `Incremental` drift moves.
    column : int or None
        The column that moves, counted from 0; None for all.

    Examples
    --------
    >>> import hebbnet as hb
    >>> moved = hb.concepts.Shifted(hb.SEA(8), 2)
    >>> float(moved.sample(1_000, rng=0).min().round()), moved.disagreement(hb.SEA(8))
    (2.0, 0.0)
    """

    by: float
    column: int | None = None
    moves = "by"
    kind = "covariate"

    def _accept(self) -> None:
        self._set(by=checks.number(self.by, "Shifted: by"))
        if self.column is None:
            return
        self._set(column=checks.whole(self.column, "Shifted: column"))
        if self.column >= self.n_inputs:
            raise checks.InputError(f"Shifted: column: {self.concept} has the columns 0 .. {self.n_inputs - 1}, got "
                                    f"{self.column}")

    def __repr__(self) -> str:
        return f"Shifted({self.concept}, {self.by:g}{'' if self.column is None else f', column={self.column}'})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs of the concept, and move them."""
        return self._move(self.concept.sample(n, rng), self.by)

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The concept's class of each row: it does not depend on where the inputs come from."""
        return self.concept.label(X)

    def follow(self, X: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The inputs, moved by another number each, and their classes."""
        X = self._move(X, (moved - self.by)[:, None])
        return X, self.label(X)

    def density(self, X: np.ndarray) -> np.ndarray | None:
        """The concept's, moved."""
        return self.concept.density(self._move(X, -self.by))

    def probe(self) -> np.ndarray:
        """The concept's, moved."""
        return self._move(self.concept.probe(), self.by)

    @property
    def overlap(self) -> float:
        """Estimated, unless it is 0: other inputs, other mistakes."""
        return self._estimated_overlap if self.concept.overlap else 0.0

    def _move(self, X: np.ndarray, by: Any) -> np.ndarray:
        X = X.copy()
        X[:, slice(None) if self.column is None else [self.column]] += by
        return X


@dataclass(frozen=True)
class Reweighted(Derived):
    """Other shares of the classes, each of which looks as it did: P(y) moves, P(x | y) stays. Prior-only drift.

    The class of each input is drawn first, then an input of that class. In the window of a `Gradual` drift the shares
    lie between the old and the new, so that it is an incremental drift as well.

    Parameters
    ----------
    concept : Concept
        Its classes must not overlap.
    shares : sequence of float, one for each class
        The new prior; 1 in all. A class that never occurs cannot be given a share.

    Examples
    --------
    >>> import hebbnet as hb
    >>> rare = hb.concepts.Reweighted(hb.SEA(8), [0.9, 0.1])
    >>> rare.prior, float(rare.label(rare.sample(10_000, rng=0)).mean().round(2))
    ((0.9, 0.1), 0.1)
    """

    shares: Sequence[float]
    kind = "prior"

    def _accept(self) -> None:
        if self.concept.overlap:
            raise checks.InputError(f"Reweighted: the classes of {self.concept} overlap, and the class of an input is "
                                    "needed; reweight first, as in Noisy(Reweighted(hb.SEA(8), [0.9, 0.1]), 0.2)")
        shares = checks.bounded(self.shares, low=0.0, high=1.0, where="Reweighted: shares")
        if len(shares) != self._n_classes() or abs(shares.sum() - 1) > 1e-9:
            raise checks.InputError(f"Reweighted: shares: expected {len(self.classes)} numbers, one for each class, "
                                    f"that are 1 in all; got {shares.tolist()}")
        never = np.flatnonzero((shares > 0) & (np.array(self.concept.prior) == 0))
        if never.size:
            raise checks.InputError(f"Reweighted: shares: class {self.classes[never[0]]!r} of {self.concept} never "
                                    "occurs; give it the share 0")
        self._set(shares=tuple(shares.tolist()))

    def __repr__(self) -> str:
        return f"Reweighted({self.concept}, [{', '.join(f'{share:g}' for share in self.shares)}])"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` classes by their shares, and for each an input of the concept that has this class."""
        rng = np.random.default_rng(rng)
        wanted = rng.choice(len(self.shares), size=n, p=self.shares)
        X, missing = np.empty((n, self.n_inputs)), [np.flatnonzero(wanted == k) for k in range(len(self.shares))]
        for _ in range(MOST_ROUNDS):
            if not any(map(len, missing)):
                return X
            found = self.concept.sample(max(n, 100), rng)
            labels = self.concept.label(found)
            for k, rows in enumerate(missing):
                of_class = found[labels == k][: len(rows)]
                X[rows[: len(of_class)]] = of_class
                missing[k] = rows[len(of_class) :]
        raise checks.InputError(f"{self}: in {MOST_ROUNDS * max(n, 100):,} inputs of {self.concept} there were not "
                                "enough of each class; choose shares nearer to its prior")

    @property
    def prior(self) -> tuple[float, ...]:
        """The shares."""
        return tuple(self.shares)

    def density(self, X: np.ndarray) -> np.ndarray | None:
        """The concept's, times new prior / old prior of the class."""
        before = self.concept.density(X)
        old = np.array(self.concept.prior)
        ratio = np.divide(self.shares, old, out=np.zeros_like(old), where=old > 0)
        return None if before is None else before * ratio[self.concept.label(X)]

    def probe(self) -> np.ndarray:
        """Samples of its own."""
        return self.sample(ESTIMATE_ROWS, 0)


@dataclass(frozen=True)
class Permuted(Derived):
    """The same world seen through other wires: column j is now the concept's column order[j]. Feature-swap drift.

    Parameters
    ----------
    concept : Concept
    order : sequence of int, or dict
        Which column each one shows; a dict names pairs to be exchanged: {0: 2}.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.concepts.Permuted(hb.SEA(8), {0: 2}).label([[9, 2, 3]]), hb.SEA(8).label([[9, 2, 3]])
    (array([1]), array([0]))
    """

    order: Any
    kind = "feature-swap"

    def _accept(self) -> None:
        self._set(order=order_of(self.order, self.n_inputs, "Permuted: order"))

    def __repr__(self) -> str:
        return f"Permuted({self.concept}, {short(self.order)})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` inputs of the concept, and exchange their columns."""
        return self._there(self.concept.sample(n, rng))

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The concept's class of each row, once its columns are back in place."""
        return self.concept.label(self._home(self._inputs(X, moved)))

    def draw_labels(self, X: np.ndarray, u: np.ndarray) -> np.ndarray:
        """What happens at each row, once its columns are back in place."""
        return self.concept.draw_labels(self._home(X), u)

    def density(self, X: np.ndarray) -> np.ndarray | None:
        """The concept's, once the columns are back in place."""
        return self.concept.density(self._home(X))

    def probe(self) -> np.ndarray:
        """The concept's, with the columns exchanged."""
        return self._there(self.concept.probe())

    @property
    def prior(self) -> tuple[float, ...]:
        """The concept's."""
        return self.concept.prior

    def _there(self, X: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(X[:, self.order])

    def _home(self, X: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(X[:, np.argsort(self.order)])
