"""The bench on which a rule is tried: small random layers, the change it makes of them, and how changes compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..engine import seeds
from ..learning.part import MOST_NUMBERS
from ..learning.rules.base import Rule
from .report import Fault

Array = np.ndarray
CLOSE = 1e-9  # relative: two ways to sum the same numbers


class RuleFault(Fault):
    """A rule does not keep what rules promise. `fault` is the name of what is wrong with it."""


class Layer(NamedTuple):
    """All that a rule sees: W (n_in, n_out), pre (n, n_in), z, post and signal (n, n_out)."""

    W: Array
    pre: Array
    z: Array
    post: Array
    signal: Array

    def rows(self, order: Any) -> Layer:
        """The same layer, given these rows of the batch."""
        return Layer(self.W, *(np.ascontiguousarray(part[order]) for part in self[1:]))

    def singly(self) -> Iterator[Layer]:
        """Its rows, one by one."""
        return (self.rows([r]) for r in range(len(self.pre)))


@dataclass(frozen=True)
class Bench:
    """A rule, and layers to try it on."""

    rule: Rule
    n_in: int
    n_out: int
    seed: int

    @property
    def batch(self) -> int:
        """Unlike both widths, so that a factor tells where it comes from."""
        return next(n for n in (5, 6, 7) if n not in (self.n_in, self.n_out))

    def layer(self, name: str, batch: int | None = None) -> Layer:
        """A random layer, always the same one by this name."""
        n, rng = batch or self.batch, seeds.child(self.seed, name)
        return Layer(rng.normal(size=(self.n_in, self.n_out)), rng.normal(size=(n, self.n_in)),
                      *rng.normal(size=(3, n, self.n_out)))

    def memory(self) -> Array:
        """The rule's own memory, as it begins."""
        return np.zeros(self.rule.state_size(self.n_in, self.n_out))

    def change(self, layer: Layer, state: Array | None = None, kernel: Any = None) -> Array:
        """dW, from copies of all inputs; a rule that writes into one is refused."""
        hyper, dW = np.zeros(MOST_NUMBERS), np.full((self.n_in, self.n_out), np.nan)
        hyper[: len(self.rule.numbers)] = self.rule.numbers
        given = Layer(*(part.copy() for part in layer))
        with np.errstate(all="ignore"):
            (kernel or self.rule.kernel.plain)(*given, hyper, self.memory() if state is None else state, dW)
        for name, before, after in zip(Layer._fields, layer, given, strict=True):
            if not np.array_equal(before, after):
                self.fault("inputs overwritten", f"it changes {name} itself; a rule gives the change of W and touches "
                           "nothing else: work on a copy, and leave out += and *= on its arguments")
        return dW

    def fault(self, name: str, what: str, cause: Exception | None = None) -> NoReturn:
        """Raise the fault of this name."""
        raise RuleFault(f"{self.rule.name}: {name}: {what}", name) from cause


def differ(a: Array, b: Array, tolerance: float = CLOSE) -> bool:
    """Whether they differ by more than rounding; NaN differs from everything."""
    return not bool(np.all(np.abs(a - b) <= tolerance * (1.0 + np.abs(b).max(initial=0.0))))


def worst(a: Array, b: Array) -> tuple[str, float, float]:
    """Where two changes differ most, and both numbers."""
    i, j = np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(a - b), nan=np.inf))), a.shape)
    return f"W[{i}, {j}]", float(a[i, j]), float(b[i, j])


def multiple(a: Array, b: Array) -> float | None:
    """c, where a = c b; None where a is no multiple of b."""
    c = float(np.sum(a * b) / np.sum(b * b)) if np.any(b) else 0.0
    return None if c == 0.0 or differ(a / c, b) else c
