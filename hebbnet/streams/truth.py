"""The rule that was best at some moment, asked about inputs of another: what a model of that age could know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine import checks
from .concepts import Concept
from .drift import Drift


def bayes_rule(recipe: Sequence[Concept], drifts: Sequence[Drift], X: Any, at: Any) -> np.ndarray:
    """The labels (n,) that the Bayes rule of row `at` (one row, or (n,) of them) gives to the inputs X (n, d).

    Where one concept rules, or one that moves, they are its labels; in the window of a gradual drift, those of the
    likelier concept, which is best where the two share p(x).
    """
    X = checks.matrix(X, columns=recipe[0].n_inputs, where="bayes_rule: X")
    at = _rows(at, len(X))
    labels = np.empty(len(X), np.int64 if recipe[0].classes else float)
    begun = np.searchsorted([drift.position for drift in drifts], at, side="right")  # how many drifts, by that row
    for k in np.unique(begun):
        inside = (begun == k) & (at < drifts[k - 1].stop) if k else np.zeros(len(X), dtype=bool)
        whole = (begun == k) & ~inside
        labels[whole] = recipe[k].label(X[whole])
        if inside.any():
            labels[inside] = drifts[k - 1].rule(at[inside], recipe[k - 1], recipe[k], X[inside])
    return labels


def _rows(at: Any, n: int) -> np.ndarray:
    """`at` as n rows of the stream."""
    if checks.dimensions(at) == 0:
        return np.full(n, checks.whole(at, "bayes_rule: at"))
    rows = np.asarray(at)
    if rows.shape != (n,) or rows.dtype.kind not in "iu" or (n and rows.min() < 0):
        raise checks.InputError(f"bayes_rule: at: expected one row of the stream, or one for each of the {n} inputs, "
                                f"got {at!r}")
    return rows
