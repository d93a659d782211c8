"""A learner: a network, the way its weights change, and what it has seen. It predicts before it learns."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import checks, loop, seeds
from ..engine.checks import InputError
from ..network.network import Network
from . import assembly, saved
from .answers import Answers
from .machine import Diverged, Machine
from .recipe import Recipe, compose, own_rules
from .trace import Trace


class Learner:
    """A network that learns, sample by sample, predicting each before it learns from it.

    The network given is copied; the one that learns is `learner.network`.

    Parameters
    ----------
    network : Network
    rate : float, or one for each layer, optional
        The plain step of the rule. None is what suits the optimizer.
    rule : Rule, `@hb.synapse` or `@hb.rule`, or one for each layer, optional
        What a synapse does: None is `Gradient()`.
    signal : Signal, optional
        What the output is told. None is `CrossEntropy()` for a softmax output, else `SquaredError()`.
    credit : Credit, optional
        How hidden layers hear of it. None is `Backprop()` if a hidden rule asks for a signal, else `Unsupervised()`.
    optimizer : Optimizer, or one for each layer, optional
        How a change is applied. None is `RMSprop()` for `Gradient()`, else (and under Kolen-Pollack) the plain step,
        `SGD()`.
    schedule : Schedule, optional
        How the rate changes with time: `hb.schedules.Linear(updates=1_000)`. None leaves it as it is.
    surprise : Surprise, optional
        Raise the rate while more goes wrong than usual: `hb.Surprise()`.
    clip : float, optional
        The largest length of one change, over all layers; a longer one is shortened to it, before the optimizer.
    standardize : bool
        Turn inputs into z-scores by the mean and spread of what was learned from so far, never of what is to come.
    compiled : bool, optional
        False runs the same source as plain Python, to step through. None compiles, and leaves large batches through big
        layers to NumPy.
    rng
        Seeds shuffling and feedback weights. None follows from the network's own seed.

    Attributes
    ----------
    network : Network
        The network that learns.
    n_seen, n_updates : int
        How many rows it has learned from (a row learned twice counts twice); and in how many updates, since
        `restart_optimizer`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> batch = hb.DriftStream([hb.SEA(8)], rng=0).take(2_000)
    >>> learner = hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(8)]), hidden=[16], rng=0))
    >>> before = learner.learn(batch.X, batch.y)
    >>> bool(learner.accuracy(batch.X, batch.y) > 0.9)
    True
    """

    def __init__(self, network: Network, *, rate: Any = None, rule: Any = None, signal: Any = None, credit: Any = None,
                 optimizer: Any = None, schedule: Any = None, surprise: Any = None, clip: Any = None,
                 standardize: bool = True, compiled: bool | None = None, rng: Any = None) -> None:
        if not isinstance(network, Network):
            raise InputError(f"Learner: expected a Network, got {type(network).__name__}; hb.mlp(stream) makes one")
        compiled = compiled if compiled is None else checks.truth(compiled, "Learner: compiled", "True, False or None")
        recipe = compose(network, rate, rule, signal, credit, optimizer, schedule, surprise, clip)
        if compiled is not False:
            for own in own_rules(recipe):
                own.kernel.compiled  # noqa: B018  a rule that cannot be compiled is refused here, before anything runs
        self._begin(network.copy(), recipe, standardize=checks.truth(standardize, "standardize"), compiled=compiled,
                    seed=network.seed if rng is None else seeds.root(rng))

    def _begin(self, network: Network, recipe: Recipe, *, standardize: bool, compiled: bool | None,
               seed: int) -> Learner:
        self.network, self.recipe, self.seed, self.n_seen, self.n_updates = network, recipe, seed, 0, 0
        self._rng, self._answers = seeds.child(seed, "learner"), Answers(network, recipe)
        self._machine = Machine(network, recipe, standardize=standardize, compiled=compiled, seed=seed)
        return self

    # ------------------------------------------------------------ what it is

    @property
    def compiled(self) -> bool | None:
        """Whether to compile; None decides by the size of the work."""
        return self._machine.compiled

    @compiled.setter
    def compiled(self, how: bool | None) -> None:
        self._machine.compiled = how

    @property
    def standardize(self) -> bool:
        """Whether inputs are turned into z-scores."""
        return self._memory.scaler.size > 0

    @property
    def _memory(self) -> assembly.Memory:
        return self._machine.memory

    @property
    def is_classifier(self) -> bool:
        """Whether it predicts classes (else numbers)."""
        return self._answers.classes

    def __repr__(self) -> str:
        def names(parts: tuple[Any, ...]) -> str:
            return ", ".join(dict.fromkeys(part.name for part in parts))

        r = self.recipe
        signal = r.signal.name if r.needs_labels else "no signal"
        return (f"Learner({self.network!r}: {signal} x {r.credit.name} x {names(r.rules)} x {names(r.optimizers)}, "
                f"rate {', '.join(dict.fromkeys(f'{rate:g}' for rate in r.rates))})")

    # ------------------------------------------------------------ learning

    def learn(self, X: Any, y: Any = None, *, batch_size: int = 1, epochs: int = 1,
              predictions: bool = True) -> np.ndarray:
        """Learn from the rows of X, in their order, predicting each before the update it takes part in.

        Parameters
        ----------
        X : (n, d) array
        y : (n,) labels 0 .. K-1, or numbers (n,) or (n, n_outputs) for a regressor; None if no rule asks for a signal
        batch_size : int
            Rows in one update; the change is the mean of theirs.
        epochs : int
            How often to go through X: the first time in order, then in shuffled order.
        predictions : bool
            False keeps none, and returns an empty array: the outputs of a wide layer for many rows fill the memory.

        Returns
        -------
        (n,) labels, or outputs
            The predictions made before each update of the first epoch; (0,) if none are kept.

        Raises
        ------
        InputError
            For rows, labels or numbers that cannot be used; nothing has been changed.
        Diverged
            In the first update after which a number that learns is infinite; the rest of X is not learned.
        """
        batch_size = checks.whole(batch_size, "learn: batch_size", low=1)
        epochs = checks.whole(epochs, "learn: epochs", low=1)
        X, labels, target = self._accept(X, y)
        predicted = self._pass(X, labels, target, batch_size, keep=checks.truth(predictions, "learn: predictions"))
        for _ in range(epochs - 1):
            self._pass(X, labels, target, batch_size, order=self._rng.permutation(len(X)), keep=False)
        return predicted

    def learn_late(self, served: Any, X: Any, y: Any) -> np.ndarray:
        """Learn from the rows of X one by one, predicting the row of `served` beside each before its update.

        This is `learn` where labels come late: the rows that are learned are older than those that are served.

        Returns
        -------
        (n,) labels, or outputs
            The predictions for `served`.
        """
        X, labels, target = self._accept(X, y)
        served = checks.matrix(served, columns=self.network.n_inputs, where="learn_late: served")
        if len(served) != len(X):
            raise InputError(f"learn_late: expected as many rows to serve as to learn, {len(X)}, got {len(served)}")
        return self._pass(X, labels, target, 1, served=served)

    def _accept(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        X = checks.matrix(X, columns=self.network.n_inputs, where=f"learn: X for {self.network!r}")
        if not len(X):
            raise InputError("learn: X has no rows; give at least one")
        if y is None:
            if self.recipe.needs_labels:
                signal = self.recipe.signal
                raise InputError(f"learn: y is missing, and signal {signal.name} needs {signal.wants}; give y, or use "
                                 "a rule that needs no signal, such as hb.Oja()")
            return X, np.zeros(len(X), np.int64), np.zeros((len(X), 0))
        return X, *self._answers.told(y, len(X))

    def _pass(self, X: np.ndarray, labels: np.ndarray, target: np.ndarray, batch: int, *,
              order: np.ndarray | None = None, served: np.ndarray | None = None, keep: bool = True) -> np.ndarray:
        """Once through X, in engine calls of bounded size; the predictions, if they are to be kept."""
        predictions = np.empty(0)
        for start, stop, size in self._machine.chunks(len(X), batch):
            rows = slice(start, stop) if order is None else order[start:stop]
            try:
                out = self._machine.learn(X[rows], labels[rows], target[rows], size, first_time=order is None,
                                          served=X[:0] if served is None else served[rows], updates=self.n_updates,
                                          rng=self._rng, keep=keep)
            except Diverged as error:
                self.n_updates = error.update
                raise
            self.n_updates += (stop - start) // size
            if keep:
                decided = self._answers.decide(out)
                if start == 0:  # room for all: joining the parts at the end would copy them once more
                    predictions = np.empty((len(X), *decided.shape[1:]), decided.dtype)
                predictions[start:stop] = decided
        self.n_seen += len(X)
        return predictions

    def restart_optimizer(self) -> None:
        """Forget the optimizer's moments, and begin the schedule anew; weights and z-scores stay as they are."""
        self._memory.moments[:] = 0.0
        self.n_updates = 0

    # ------------------------------------------------------------ predicting

    def outputs(self, X: Any) -> np.ndarray:
        """The activity of the output layer, (n, n_outputs). Changes nothing, not even the z-scores' statistics."""
        return self._machine.outputs(checks.matrix(X, columns=self.network.n_inputs,
                                                   where=f"predict: X for {self.network!r}"))

    def predict(self, X: Any) -> np.ndarray:
        """The predicted labels (n,), or numbers of a regressor: (n,) for one output, else (n, n_outputs)."""
        return self._answers.decide(self.outputs(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (n, K); needs a softmax output."""
        if not self.network.is_classifier:
            raise InputError(f"predict_proba: {self.network!r} gives no probabilities; end it in softmax")
        return self.outputs(X)

    def accuracy(self, X: Any, y: Any) -> float:
        """The share of rows whose label is predicted rightly."""
        if not self.is_classifier:
            raise InputError("accuracy: this learner predicts numbers, not labels; compare predict(X) with y instead")
        predicted = self.predict(X)
        if not len(predicted):
            raise InputError("accuracy: X has no rows; give at least one")
        labels = checks.labels(y, n_classes=self._answers.n_classes, rows=len(predicted), where="accuracy: y")
        return float(np.mean(predicted == labels))

    def trace(self, x: Any, y: Any = None) -> Trace:
        """One update in slow motion, without learning: pre, z, post, signal and dW of every layer.

        Parameters
        ----------
        x : (d,) or (n, d) array
            One sample, or a batch.
        y : label(s), optional

        Returns
        -------
        Trace
            A table where it is shown, arrays in `trace.layers`.
        """
        if checks.dimensions(x) == 1:
            x = np.reshape(x, (1, -1))
            if y is not None:
                y = self._answers.told_of_one(y)
        X, labels, target = self._accept(x, y)
        twin = self.copy()
        twin.compiled = False  # the plain execution leaves everything where it can be read
        before, pre = self.network.copy(), X
        if self.standardize:
            pre = np.empty_like(X)
            loop.standardize(X, self._memory.scaler, pre)
        out = twin._machine.learn(X, labels, target, len(X), served=X[:0], first_time=True, updates=self.n_updates,
                                  rng=twin._rng)
        _, z, a, told = twin._machine.buffers(len(X))
        return Trace.read(before, pre, z, a, told, twin._machine.change, self._answers.decide(out))

    # ------------------------------------------------------------ copies and files

    def copy(self) -> Learner:
        """The same learner at the same point, on memory of its own: it goes on exactly as this one would."""
        twin = self._begin_again(self.network.copy(), self.seed)
        twin._machine.take(self._machine)
        twin.n_seen, twin.n_updates = self.n_seen, self.n_updates
        twin._rng.bit_generator.state = self._rng.bit_generator.state
        return twin

    def fresh(self, rng: Any) -> Learner:
        """A learner of the same recipe that has learned nothing, its first weights drawn from `rng`."""
        seed = seeds.root(rng)
        return self._begin_again(self.network.fresh(seed), seed)

    def _begin_again(self, network: Network, seed: int) -> Learner:
        return object.__new__(Learner)._begin(network, self.recipe, standardize=self.standardize,
                                              compiled=self.compiled, seed=seed)

    def __deepcopy__(self, memo: dict[int, Any]) -> Learner:
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        # Addresses and buffers belong to this process; theta's views are made anew.
        return {**saved.describe(self), "arrays": self._arrays(), "recipe": self.recipe}

    def __setstate__(self, state: dict[str, Any]) -> None:
        saved.restore(self, state["recipe"], state, state["arrays"])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write everything it takes to go on as if never stopped: weights, memories, statistics, recipe, and chance.

        A learner that has diverged is refused, and the file stays as it was.
        """
        return saved.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, rule: Any = None) -> Learner:
        """Read what `save` wrote. Rules of one's own are code, which no file holds: give them again as `rule=`."""
        return saved.load(object.__new__(cls), path, rule)

    def _arrays(self) -> dict[str, np.ndarray]:
        return {"theta": self.network.theta, **vars(self._memory)}


__all__ = ["Diverged", "Learner"]
