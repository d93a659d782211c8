"""Memories that complete: a damaged pattern comes in, and the stored pattern nearest to it comes out.

A pattern is a vector of n signs, +1 or -1. What was kept is measured by the overlap m = x . pattern / n: 1 is all of
it, 0 nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks, seeds


class Hopfield:
    """n neurons, all connected; patterns are valleys of the energy E = -1/2 s W s (Hopfield 1982).

    Stored by Hebb, W = X^T X / n with a diagonal of zeros, it holds about 0.138 n random patterns; past that, they
    melt into each other all at once (Amit, Gutfreund & Sompolinsky 1985).

    Attributes
    ----------
    counts : ndarray (n, n)
        n W: how often two neurons agreed, less how often they did not. Whole numbers: an input of 0 is exactly 0.

    Examples
    --------
    >>> import hebbnet as hb
    >>> memory = hb.Hopfield(6)
    >>> memory.store([[1, 1, 1, -1, -1, -1], [1, -1, 1, -1, 1, -1]])
    >>> memory.recall([1, 1, 1, -1, -1, 0])
    array([ 1.,  1.,  1., -1., -1., -1.])
    """

    def __init__(self, n: int) -> None:
        self.n = checks.whole(n, "n", low=1, high=checks.MAX_SIZE)
        self.counts = np.zeros((self.n, self.n))

    @property
    def W(self) -> np.ndarray:
        """The weights (n, n), symmetric."""
        return self.counts / self.n

    def store(self, patterns: Any) -> None:
        """Add patterns, one (n,) or several (P, n), of +1 and -1: W += X^T X / n, the diagonal stays 0."""
        X = _signs(patterns, self.n, "patterns", allowed=(-1.0, 1.0))
        self.counts += X.T @ X
        np.fill_diagonal(self.counts, 0.0)

    def recall(self, cue: Any, steps: int = 100, *, mode: str = "async", rng: Any = None) -> np.ndarray:
        """Let s_i <- sign(s . W_i) run from `cue` until nothing changes, for at most `steps` sweeps over all neurons.

        Parameters
        ----------
        cue : array (n,) or (r, n)
            Of +1, -1 and 0, which says that an entry is not known.
        steps : int
            A sweep updates every neuron once.
        mode : {"async", "sync"}
            "async": one neuron after the other, in random order; the energy never rises. "sync": all at once, which
            can end in a cycle of two states.
        rng : seed
            Draws the order of "async".

        Returns
        -------
        ndarray of the cue's shape
            A neuron whose input is exactly 0 keeps its state.
        """
        states = _signs(cue, self.n, "cue", allowed=(-1.0, 0.0, 1.0)).copy()
        steps = checks.whole(steps, "steps")
        if checks.choice(mode, ("async", "sync"), "mode") == "sync":
            states = self._all_at_once(states, steps)
        else:
            order = np.random.default_rng(seeds.root(rng))
            for state in states:
                self._one_by_one(state, steps, order)
        return states if np.ndim(cue) == 2 else states[0]

    def energy(self, state: Any) -> Any:
        """E = -1/2 s W s: a number for one state (n,), a vector (r,) for several."""
        S = _signs(state, self.n, "state", allowed=(-1.0, 0.0, 1.0))
        E = -0.5 / self.n * ((S @ self.counts) * S).sum(axis=1)
        return E if np.ndim(state) == 2 else float(E[0])

    def __repr__(self) -> str:
        return f"Hopfield({self.n})"

    def _all_at_once(self, states: np.ndarray, steps: int) -> np.ndarray:
        for _ in range(steps):
            before, states = states, _sign(states @ self.counts, states)
            if np.array_equal(before, states):
                break
        return states

    def _one_by_one(self, state: np.ndarray, steps: int, order: np.random.Generator) -> None:
        """In place; `field` is n s W, kept up to date as neurons flip, which few do."""
        field = state @ self.counts
        for _ in range(steps):
            flipped = False
            for i in order.permutation(self.n).tolist():
                change = (1.0 if field[i] > 0.0 else -1.0 if field[i] < 0.0 else state[i]) - state[i]
                if change:
                    state[i] += change
                    field += change * self.counts[i]
                    flipped = True
            if not flipped:
                break


class DenseHopfield:
    """A Hopfield network whose energy is so steep that it holds exponentially many patterns (Ramsauer et al. 2020).

    It keeps the patterns themselves, X (P, n), and answers with their mean, weighted by their likeness to the cue:
    s <- softmax(beta s X^T) X. This is the attention of a transformer, with the patterns as keys and as values.

    Parameters
    ----------
    n : int
        Length of a pattern.
    beta : float
        How sharply the most alike pattern is preferred; towards 0, all are averaged.

    Attributes
    ----------
    X : ndarray (P, n)
        The patterns.

    Examples
    --------
    >>> import hebbnet as hb
    >>> memory = hb.DenseHopfield(4, beta=8.0)
    >>> memory.store([[1, 1, -1, -1], [1, -1, 1, -1], [-1, 1, 1, -1]])
    >>> memory.recall([1, 1, -1, 0]).round(3)
    array([ 1.,  1., -1., -1.])
    """

    def __init__(self, n: int, *, beta: float = 0.8) -> None:
        self.n = checks.whole(n, "n", low=1, high=checks.MAX_SIZE)
        self.beta = checks.number(beta, "beta", above=0.0)
        self.X = np.zeros((0, self.n))

    def store(self, patterns: Any) -> None:
        """Keep patterns, one (n,) or several (P, n), of any finite numbers."""
        self.X = np.concatenate([self.X, _rows(patterns, self.n, "patterns")])

    def recall(self, cue: Any, steps: int = 1) -> np.ndarray:
        """`steps` times s <- softmax(beta s X^T) X from `cue` (n,) or (r, n); the same shape comes back."""
        states = _rows(cue, self.n, "cue")
        self._filled()
        for _ in range(checks.whole(steps, "steps")):
            likeness = self.beta * states @ self.X.T
            weights = np.exp(likeness - likeness.max(axis=1, keepdims=True))
            states = (weights / weights.sum(axis=1, keepdims=True)) @ self.X
        return states if np.ndim(cue) == 2 else states[0]

    def energy(self, state: Any) -> Any:
        """E = 1/2 s . s - log(sum_p exp(beta s . x_p)) / beta, which `recall` never raises."""
        S = _rows(state, self.n, "state")
        self._filled()
        likeness = self.beta * S @ self.X.T
        top = likeness.max(axis=1)
        E = 0.5 * (S**2).sum(axis=1) - (top + np.log(np.exp(likeness - top[:, None]).sum(axis=1))) / self.beta
        return E if np.ndim(state) == 2 else float(E[0])

    def __repr__(self) -> str:
        return f"DenseHopfield({self.n}, beta={self.beta:g}): {len(self.X)} patterns"

    def _filled(self) -> None:
        if not len(self.X):
            raise checks.InputError("DenseHopfield: nothing is stored yet; store(patterns) first")


def _sign(field: np.ndarray, states: np.ndarray) -> np.ndarray:
    """The field's sign; where it is 0, the old state."""
    return np.where(field == 0.0, states, np.sign(field))


def _rows(patterns: Any, n: int, where: str) -> np.ndarray:
    """One pattern or several as a matrix (r, n)."""
    if checks.dimensions(patterns) == 1:
        patterns = checks.vector(patterns, where=where)[None]
    return checks.matrix(patterns, columns=n, where=where)


def _signs(patterns: Any, n: int, where: str, allowed: tuple[float, ...]) -> np.ndarray:
    """The same, and every entry one of those allowed."""
    X = _rows(patterns, n, where)
    strange = ~np.isin(X, allowed)
    if strange.any():
        names = ", ".join(f"{value:+g}" if value else "0" for value in allowed)
        raise checks.InputError(f"{where}: expected entries of {names}, got {X[strange][0]:g}; "
                                "np.where(X > 0, 1, -1) turns others into signs")
    return X
