"""What drives the engine for a learner: the flat vectors, the tables of functions, the choice of execution."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..engine import loop
from ..engine.kernel import jit_available
from ..network.network import Network
from . import assembly
from .assembly import Memory
from .recipe import Recipe

COMPILED_UP_TO = 300_000  # batch x weights: beyond, NumPy's matrix products are faster than compiled loops
COMPILED_ROWS = 3  # but so few rows at once only wait for the weights, which a loop reads as fast as BLAS
FEW_ROWS = 64  # up to so many are predicted compiled: a call of NumPy costs more than they do
FEW_NUMBERS = 4_096  # up to so many BLAS sums up in one thread
PREDICT_ROWS = 4_096  # predicted at a time
CHUNK_WORK = 2e7  # weights x rows in one engine call: about 50 ms, so that Ctrl-C and memory behave
PACE = {"compiled": 1, "mixed": 40, "plain": 1 / 200}  # how much faster, about; for the size of chunks alone

Array = np.ndarray
CALM = np.empty(0)  # no noise


class Diverged(ArithmeticError):
    """What learns grew beyond all numbers.

    Attributes
    ----------
    update : int
        In which update, counted as `learner.n_updates` is; the learner stands right behind it.
    """

    def __init__(self, message: str, update: int = 0) -> None:
        super().__init__(message)
        self.update = update

    def __reduce__(self) -> tuple[Any, ...]:
        return Diverged, (str(self), self.update)


class Infinite(NamedTuple):
    """What is infinite, and what to do about it."""

    what: str
    advice: str


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
        self._shakes = recipe.credit.draws(sum(network.sizes[1:]))  # random numbers a row
        self._tables: dict[str, tuple[Any, ...]] = {}
        self._buffers: dict[int, tuple[Array, ...]] = {}
        self._kept: tuple[Array, ...] = ()

    def take(self, other: Machine) -> None:
        """Go on from where a machine of the same recipe stands."""
        self.memory, self._tables = other.memory.copy(), dict(other._tables)

    def execution(self, batch: int) -> str:
        """How a batch of this size runs: "compiled", "mixed" or "plain"."""
        if self.compiled is False or not jit_available():
            return "plain"
        big = batch > COMPILED_ROWS and batch * self.network.theta.size > COMPILED_UP_TO
        return "mixed" if big and self.compiled is None else "compiled"

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
              updates: int, rng: np.random.Generator, keep: bool = True) -> Array:
        """One engine call: the outputs (n, n_outputs) before each update, for `served` if it has rows, else for X.

        `updates` is how many there were before; `rng` draws what the recipe asks of chance. Unless outputs are to be
        kept there are none, (0, n_outputs).
        """
        out, noise = np.empty((len(X) if keep else 0, self.network.n_outputs)), self._noise(len(X), rng)
        paces = np.ones(len(X) // batch)
        if self.recipe.schedule:
            paces *= self.recipe.schedule.factors(updates + np.arange(len(paces)))
        work = X, served, labels, target, noise, paces, out
        with np.errstate(over="ignore", invalid="ignore"):  # overflow shows in what learns, and is said there
            if len(paces) > 1:
                self._keep()
            self._run(batch, first_time, *work)
            if self._overflowed():
                self._stop_at_the_first(batch, first_time, work, updates)
        return out

    def _run(self, batch: int, first_time: bool, X: Array, served: Array, labels: Array, target: Array, noise: Array,
             paces: Array, out: Array) -> None:
        """The engine, on these rows."""
        execution, memory = self.execution(batch), self.memory
        run = loop.learn.compiled if execution == "compiled" else loop.learn.plain
        run(*self._table(execution), self._layout, self.network.theta, self.change, memory.feedback, memory.state,
            memory.moments, self._hyper, memory.scaler, int(first_time), X, served, labels, target, noise, paces,
            *self.buffers(batch), out, batch)

    def _noise(self, n: int, rng: np.random.Generator) -> Array:
        """All the random numbers that n rows ask for: the same ones, however the rows are cut into calls."""
        if self._shakes:
            return rng.standard_normal(n * self._shakes)
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

    # ------------------------------------------------------------ beyond all numbers

    def _learns(self) -> tuple[Array, ...]:
        memory = self.memory
        return self.network.theta, memory.feedback, memory.state, memory.moments, memory.scaler

    def _keep(self) -> None:
        """Remember where learning stands, to find out later in which update it overflowed."""
        if not self._kept:
            self._kept = tuple(map(np.empty_like, self._learns()))
        for kept, now in zip(self._kept, self._learns(), strict=True):
            kept[:] = now

    def _overflowed(self) -> bool:
        """Whether a number that learns is not finite: then their sum is not, and each is looked at."""
        for vector in self._learns():  # BLAS is quick with few numbers, and wakes its threads for many
            total = vector.dot(vector) if len(vector) < FEW_NUMBERS else vector.sum()
            if not math.isfinite(total) and not np.isfinite(vector).all():
                return True
        return False

    def _stop_at_the_first(self, batch: int, first_time: bool, work: tuple[Array, ...], updates: int) -> None:
        """Go back, and run to the first update that overflows, by halves: the same numbers come again."""
        first = 0
        stop = several = len(work[0]) // batch

        def run(stop: int) -> None:
            self._go_back()
            self._run(batch, first_time, *(part[first * len(part) // several : stop * len(part) // several]
                                           for part in work))

        while stop - first > 1:
            middle = (first + stop) // 2
            run(middle)
            if self._overflowed():
                stop = middle
            else:
                self._keep()
                first = middle
        if several > 1:
            run(stop)
        wrong = self.what_is_infinite()
        assert wrong is not None
        raise Diverged(f"update {updates + stop}: {wrong.what} became infinite; {wrong.advice}", updates + stop)

    def _go_back(self) -> None:
        for kept, now in zip(self._kept, self._learns(), strict=True):
            now[:] = kept

    def what_is_infinite(self) -> Infinite | None:
        """The first that is, from the inputs up; None where all is finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            if not self._overflowed():
                return None
        memory = self.memory
        if not np.isfinite(memory.scaler).all():
            return Infinite("the statistics of the inputs", "numbers as large as these cannot be standardized; divide "
                            "them first")
        for number, (layer, row) in enumerate(zip(self.network.layers, self._layout, strict=True), 1):
            parts = {"weights": (layer.W, layer.b),
                     "moments of the optimizer": (_part(memory.moments, row, loop.MOMENTS, loop.N_MOMENTS),),
                     "memories of the rule": (_part(memory.state, row, loop.STATE, loop.N_STATE),)}
            for name, arrays in parts.items():
                if not all(np.isfinite(array).all() for array in arrays):
                    rule, rate = self.recipe.rules[number - 1].name, self.recipe.rates[number - 1]
                    return Infinite(f"the {name} of layer {number}", f"rule {rule} at rate {rate:g} has no bounds "
                                    "here; use a smaller rate, or a rule that keeps them")
        return Infinite("the memories of the signal or the feedback weights", "use a smaller rate")

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


def _part(vector: Array, row: Array, start: int, size: int) -> Array:
    """What is one layer's of a vector for all layers."""
    return vector[row[start] : row[start] + row[size]]
