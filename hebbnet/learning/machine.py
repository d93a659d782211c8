"""What drives the engine for a learner: the flat vectors, the tables of functions, the choice of execution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..engine import loop
from ..engine.kernel import jit_available
from ..network.network import Network
from . import assembly
from .assembly import Memory
from .recipe import Recipe

COMPILED_UP_TO = 500_000  # batch x weights: beyond, NumPy's matrix products are faster than compiled loops
FEW_ROWS = 64  # up to so many are predicted compiled: a call of NumPy costs more than they do
PREDICT_ROWS = 4_096  # predicted at a time
CHUNK_WORK = 2e7  # weights x rows in one engine call: about 50 ms, so that Ctrl-C and memory behave
PACE = {"compiled": 1, "mixed": 20, "plain": 1 / 200}  # how much faster, about; for the size of chunks alone

Array = np.ndarray
CALM = np.empty(0)  # no noise


class Diverged(ArithmeticError):
    """The weights grew beyond all numbers."""


class Machine:
    """Runs the engine on one network, in one of three executions of the same source.

    Every array that comes in has been checked: inside, a wrong shape or label would be an access out of bounds.
    `compiled` None compiles small work and leaves large products to BLAS ("mixed"); True always compiles; False is
    plain Python.
    """

    def __init__(self, network: Network, recipe: Recipe, *, standardize: bool, compiled: bool | None,
                 seed: int) -> None:
        self.network, self.recipe, self.compiled = network, recipe, compiled
        self.memory: Memory = assembly.first_memory(network, recipe, standardize, seed)
        self.change = np.zeros_like(network.theta)  # dW and db of the last update
        self._layout, self._hyper = assembly.layout(network, recipe), assembly.hyper(network, recipe)
        self._tables: dict[str, tuple[Any, ...]] = {}
        self._buffers: dict[int, tuple[Array, ...]] = {}

    def take(self, other: Machine) -> None:
        """Go on from where a machine of the same recipe stands."""
        self.memory, self._tables = other.memory.copy(), dict(other._tables)

    def execution(self, batch: int) -> str:
        """How a batch of this size runs: "compiled", "mixed" or "plain"."""
        if self.compiled is False or not jit_available():
            return "plain"
        if self.compiled is None and batch * self.network.theta.size > COMPILED_UP_TO:
            return "mixed"
        return "compiled"

    def chunks(self, n: int, batch: int) -> Iterator[tuple[int, int, int]]:
        """(start, stop, batch) of each engine call through n rows; a last smaller batch takes what is left."""
        work = CHUNK_WORK * PACE[self.execution(batch)]
        step = max(1, int(work / (self.network.theta.size + 200) / batch)) * batch
        whole = n - n % batch
        for start in range(0, whole, step):
            yield start, min(start + step, whole), batch
        if whole < n:
            yield whole, n, n - whole

    def learn(self, X: Array, labels: Array, target: Array, batch: int, *, served: Array, first_time: bool,
              updates: int, rng: np.random.Generator) -> Array:
        """One engine call: the outputs (n, n_outputs) before each update, for `served` if it has rows, else for X.

        `updates` is how many there were before; `rng` draws what the recipe asks of chance.
        """
        execution, memory = self.execution(batch), self.memory
        out, noise = np.empty((len(X), self.network.n_outputs)), self._noise(len(X), rng)
        paces = np.ones(len(X) // batch)
        if self.recipe.schedule:
            paces *= self.recipe.schedule.factors(updates + np.arange(len(paces)))
        run = loop.learn.compiled if execution == "compiled" else loop.learn.plain
        with np.errstate(over="ignore", invalid="ignore"):  # overflow shows in the weights, and is said there
            run(*self._table(execution), self._layout, self.network.theta, self.change, memory.feedback, memory.state,
                memory.moments, self._hyper, memory.scaler, int(first_time), X, served, labels, target, noise,
                paces, *self.buffers(batch), out, batch)
        return out

    def _noise(self, n: int, rng: np.random.Generator) -> Array:
        """All the random numbers that n rows ask for: the same ones, however the rows are cut into calls."""
        for_credit = self.recipe.credit.draws(sum(self.network.sizes[1:]))
        if for_credit:
            return rng.standard_normal(n * for_credit)
        return rng.random(n * self.recipe.signal.draws)

    def outputs(self, X: Array) -> Array:
        """The activity of the output layer for every row of X; changes nothing."""
        compiled = len(X) <= FEW_ROWS and self.execution(len(X)) == "compiled"
        table = self._table("compiled" if compiled else self.execution(len(X)).replace("compiled", "mixed"))
        predict = loop.predict.compiled if compiled else loop.predict.plain
        standardize = loop.standardize.compiled if compiled else loop.standardize.plain
        out = np.empty((len(X), self.network.n_outputs))
        for start in range(0, len(X), PREDICT_ROWS):
            x = X[start : start + PREDICT_ROWS]
            if self.memory.scaler.size:
                raw, x = x, np.empty_like(x)
                standardize(raw, self.memory.scaler, x)
            z, a = np.empty((2, sum(self.network.sizes[1:]) * len(x)))
            with np.errstate(over="ignore", invalid="ignore"):
                predict(table[0], self._layout, self.network.theta, self.memory.state, self._hyper, x, CALM, z, a)
            out[start : start + len(x)] = a[-len(x) * self.network.n_outputs :].reshape(len(x), -1)
        return out

    def check_finite(self, start: int, stop: int) -> None:
        """Refuse to go on with weights beyond all numbers, after the rows start .. stop - 1."""
        if np.isfinite(self.network.theta).all():
            return
        for number, layer in enumerate(self.network.layers, 1):
            if not (np.isfinite(layer.W).all() and np.isfinite(layer.b).all()):
                rule, rate = self.recipe.rules[number - 1].name, self.recipe.rates[number - 1]
                raise Diverged(f"the weights of layer {number} became infinite between rows {start} and {stop}: "
                               f"rule {rule} at rate {rate:g} has no bounds here; use a smaller rate, or a rule that "
                               "keeps them")

    def buffers(self, batch: int) -> tuple[Array, Array, Array, Array]:
        """Room for one batch: inputs (batch, d); z, a and signal of all layers, flat. Of the last size asked for."""
        if batch not in self._buffers:
            units = sum(self.network.sizes[1:]) * batch
            self._buffers = {batch: (np.empty((batch, self.network.n_inputs)), np.empty(units), np.empty(units),
                                     np.zeros(units))}
        return self._buffers[batch]  # type: ignore[return-value]

    def _table(self, execution: str) -> tuple[Any, ...]:
        if execution not in self._tables:
            self._tables[execution] = assembly.tables(self.network, self.recipe, execution)
        return self._tables[execution]
