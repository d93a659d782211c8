"""What the output layer is told: signal = -dL/dz, which way each neuron's potential should move.

The sign stands here, once: a signal points downhill already, so rules add and nothing else subtracts. A signal may
be given at the activity (-dL/da); the slope of the output's activation then turns it into one at the potential.
`labels` are the classes, `target` the wanted activities (one-hot for a classifier). Signals that hear of a reward only
stand in `rewards.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..engine.arrays import each
from ..engine.checks import InputError, number
from ..engine.kernel import LOSS, SIGNAL, Kernel, kernel
from .part import Part


@dataclass(frozen=True)
class Signal(Part):
    """Base of all signals.

    `outputs` names the output activations it is defined for (empty: any); `at_potential` says that it is -dL/dz
    already; `for_classes` that it is defined by labels, not by target activities; `takes_shares` that a classifier
    may be told a number from 0 to 1 for every output in place of a label. `loss` is L, where there is one. `wants` is
    what y is to it, in messages; `draws` how many random numbers, uniform in [0, 1), it uses for each row.
    """

    noun: ClassVar[str] = "signal"
    outputs: ClassVar[tuple[str, ...]] = ()
    at_potential: ClassVar[bool] = True
    for_classes: ClassVar[bool] = True
    takes_shares: ClassVar[bool] = False
    loss: ClassVar[Kernel | None] = None
    wants: ClassVar[str] = "y"
    draws: ClassVar[int] = 0

    @property
    def asks_for_classes(self) -> bool:
        """Whether y is labels, and so the outputs classes, whatever their activation."""
        return self.for_classes

    def state_size(self, n_outputs: int) -> int:
        """How many numbers it remembers."""
        return 0


@kernel(SIGNAL)
def cross_entropy(a, labels, target, noise, hyper, state, signal):
    """With softmax below it, -dL/dz = onehot(label) - a"""
    for r in each(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = -a[r, j]
    for r in range(len(a)):
        signal[r, labels[r]] += 1.0


@kernel(LOSS)
def cross_entropy_loss(a, labels, target, hyper, loss):
    """L = -log a_label"""
    for r in range(len(a)):
        loss[r] = -np.log(a[r, labels[r]])


@kernel(SIGNAL)
def squared_error(a, labels, target, noise, hyper, state, signal):
    """-dL/da = target - a"""
    for r in range(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = target[r, j] - a[r, j]


@kernel(LOSS, arrays=True)
def squared_error_loss(a, labels, target, hyper, loss):
    """L = 1/2 sum_j (target_j - a_j)^2"""
    for r in range(len(a)):
        loss[r] = 0.5 * np.sum((target[r] - a[r]) ** 2)


@kernel(LOSS, arrays=True)
def binary_cross_entropy_loss(a, labels, target, hyper, loss):
    """L = -sum_j (target_j log a_j + (1 - target_j) log(1 - a_j))"""
    for r in range(len(a)):
        loss[r] = -np.sum(target[r] * np.log(a[r]) + (1.0 - target[r]) * np.log(1.0 - a[r]))


@kernel(SIGNAL)
def huber(a, labels, target, noise, hyper, state, signal):
    """-dL/da = target - a, at most delta"""
    delta = hyper[0]
    for r in range(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = np.maximum(np.minimum(target[r, j] - a[r, j], delta), -delta)


@kernel(LOSS, arrays=True)
def huber_loss(a, labels, target, hyper, loss):
    """L = sum_j (1/2 e_j^2 up to delta, delta (e_j - delta / 2) beyond),  e = |target - a|"""
    for r in range(len(a)):
        e = np.abs(target[r] - a[r])
        near = np.minimum(e, hyper[0])
        loss[r] = np.sum(near * (e - 0.5 * near))


@kernel(SIGNAL)
def perceptron_error(a, labels, target, noise, hyper, state, signal):
    """onehot(label) - onehot(chosen): 0 when it was right"""
    for r in range(len(a)):
        chosen = a[r].argmax()
        for j in each(a.shape[1]):
            signal[r, j] = 0.0
        signal[r, labels[r]] += 1.0
        signal[r, chosen] -= 1.0


@kernel(SIGNAL)
def supervised_hebb(a, labels, target, noise, hyper, state, signal):
    """onehot(label) - 1 / K of K neurons, whatever they say"""
    for r in each(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = -1.0 / a.shape[1]
    for r in range(len(a)):
        signal[r, labels[r]] += 1.0


@kernel(SIGNAL)
def teacher(a, labels, target, noise, hyper, state, signal):
    """onehot(label), whatever they say"""
    for r in each(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = 0.0
    for r in range(len(a)):
        signal[r, labels[r]] = 1.0


@kernel(SIGNAL)
def silence(a, labels, target, noise, hyper, state, signal):
    """Nobody says anything"""
    for r in each(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = 0.0


@dataclass(frozen=True)
class CrossEntropy(Signal):
    """How surprised a classifier was: L = -log p(label), signal = onehot(label) - p. Needs a softmax output.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "softmax")])
    >>> hb.Learner(network, signal=hb.CrossEntropy()).trace([1.0, 1.0], 1).layers[0].signal
    array([[-0.5,  0.5]])
    """

    kernel = cross_entropy
    loss = cross_entropy_loss
    outputs = ("softmax",)


@dataclass(frozen=True)
class SquaredError(Signal):
    """Half the squared distance to the target; the target of a classifier is one-hot.

    Parameters
    ----------
    classes : bool
        Every output stands for a class, y is labels, and the largest output is the answer, also of a linear layer: the
        delta rule of Widrow and Hoff (1960) as a classifier. False leaves it to the activation, as ever.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(1, [hb.Dense(1, "identity", init="zero")])
    >>> hb.Learner(network, signal=hb.SquaredError()).trace([1.0], [3.0]).layers[0].signal
    array([[3.]])
    >>> network = hb.Network(1, [hb.Dense(2, "identity", init="zero")])
    >>> hb.Learner(network, signal=hb.SquaredError(classes=True)).trace([1.0], 1).layers[0].signal
    array([[0., 1.]])
    """

    classes: bool = False

    kernel = squared_error
    loss = squared_error_loss
    at_potential = False
    for_classes = False

    def __post_init__(self) -> None:
        if not isinstance(self.classes, bool):
            raise InputError(f"SquaredError: classes: expected True or False, got {self.classes!r}")

    @property
    def asks_for_classes(self) -> bool:
        """As it was told."""
        return self.classes


@dataclass(frozen=True)
class BinaryCrossEntropy(Signal):
    """Every output answers a yes-or-no question of its own: signal = target - p. Needs a sigmoid output.

    Told labels, the question is "is it this class?", and a network of one output has the classes 0 and 1. Told
    numbers from 0 to 1, (n, n_outputs), any of them may be a yes at once; `learner.outputs(X)` are the answers.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "sigmoid", init="zero")])
    >>> learner = hb.Learner(network, signal=hb.BinaryCrossEntropy())
    >>> learner.trace([1.0, 1.0], 1).layers[0].signal
    array([[-0.5,  0.5]])
    >>> learner.trace([1.0, 1.0], [1.0, 1.0]).layers[0].signal
    array([[0.5, 0.5]])
    """

    kernel = squared_error  # the same difference, where sigmoid stands below it: the slope is in it already
    loss = binary_cross_entropy_loss
    outputs = ("sigmoid",)
    for_classes = False
    takes_shares = True


@dataclass(frozen=True)
class Huber(Signal):
    """Squared error up to a distance of delta, absolute error beyond: an outlier shouts no louder (Huber 1964).

    Parameters
    ----------
    delta : float
        The largest signal at the activity, in units of the target.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(1, [hb.Dense(1, "identity", init="zero")])
    >>> hb.Learner(network, signal=hb.Huber()).trace([1.0], [3.0]).layers[0].signal
    array([[1.]])
    """

    delta: float = 1.0

    kernel = huber
    loss = huber_loss
    at_potential = False
    for_classes = False

    def __post_init__(self) -> None:
        number(self.delta, "Huber: delta", above=0.0)


@dataclass(frozen=True)
class PerceptronError(Signal):
    """Learn from mistakes alone: +1 for the right neuron, -1 for the one chosen in its place (Rosenblatt 1958).

    A read-out that begins at zero makes at most (R / gamma)^2 mistakes on two classes, in however many rows, if the
    inputs are no longer than R and some line keeps them all at least gamma away on the right side (Novikoff 1962).

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3, "softmax")])  # it starts without an opinion, and chooses class 0
    >>> hb.Learner(network, signal=hb.PerceptronError()).trace([1.0, 1.0], 2).layers[0].signal
    array([[-1.,  0.,  1.]])
    """

    kernel = perceptron_error


@dataclass(frozen=True)
class SupervisedHebb(Signal):
    """The label itself, centred: 1 - 1/K for the right neuron, -1/K for the others, whatever the network says.

    A linear read-out comes to W = rate * sum of x (onehot - 1/K): it adds up the inputs of each class, and never stops.
    With two classes it decides as `RightWrong()` does, from zero on.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(4, "softmax")])
    >>> hb.Learner(network, signal=hb.SupervisedHebb()).trace([1.0, 1.0], 1).layers[0].signal
    array([[-0.25,  0.75, -0.25, -0.25]])
    """

    kernel = supervised_hebb


@dataclass(frozen=True)
class Teacher(Signal):
    """The label itself: 1 for the right neuron, 0 for the others, as if a teacher held it active.

    For rules that decide by themselves what to make of it, such as `hb.rules.Prototype()`; under the gradient, weights
    would only ever be added to.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "softmax")])
    >>> hb.Learner(network, signal=hb.Teacher(), rule=hb.rules.Prototype()).trace([1.0, 1.0], 1).layers[0].signal
    array([[0., 1.]])
    """

    kernel = teacher


@dataclass(frozen=True)
class _Silence(Signal):
    """No signal at all: every rule is unsupervised."""

    public = False
    kernel = silence


def one_hot(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """(n, n_classes): 1 at the label, 0 elsewhere."""
    target = np.zeros((len(labels), n_classes))
    target[np.arange(len(labels)), labels] = 1.0
    return target
