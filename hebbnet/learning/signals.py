"""What the output layer is told: signal = -dL/dz, which way each neuron's potential should move.

The sign stands here, once: a signal points downhill already, so rules add and nothing else subtracts. A signal may
be given at the activity (-dL/da); the slope of the output's activation then turns it into one at the potential.
`labels` are the classes, `target` the wanted activities (one-hot for a classifier).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..engine.arrays import each
from ..engine.checks import number
from ..engine.kernel import SIGNAL, kernel
from .part import Part


@dataclass(frozen=True)
class Signal(Part):
    """Base of all signals.

    `outputs` names the output activations it is defined for (empty: any); `at_potential` says that it is -dL/dz
    already; `for_classes` that it is defined by labels, not by target activities; `takes_shares` that a classifier
    may be told a number from 0 to 1 for every output in place of a label.
    """

    noun: ClassVar[str] = "signal"
    outputs: ClassVar[tuple[str, ...]] = ()
    at_potential: ClassVar[bool] = True
    for_classes: ClassVar[bool] = True
    takes_shares: ClassVar[bool] = False


@kernel(SIGNAL)
def cross_entropy(a, labels, target, noise, hyper, state, signal):
    """L = -log a_label; with softmax below it, -dL/dz = onehot(label) - a"""
    for r in each(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = -a[r, j]
    for r in range(len(a)):
        signal[r, labels[r]] += 1.0


@kernel(SIGNAL)
def squared_error(a, labels, target, noise, hyper, state, signal):
    """L = 1/2 sum_j (target_j - a_j)^2; -dL/da = target - a"""
    for r in range(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = target[r, j] - a[r, j]


@kernel(SIGNAL)
def binary_cross_entropy(a, labels, target, noise, hyper, state, signal):
    """L = -sum_j (target_j log a_j + (1 - target_j) log(1 - a_j)); with sigmoid below it, -dL/dz = target - a"""
    for r in range(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = target[r, j] - a[r, j]


@kernel(SIGNAL)
def huber(a, labels, target, noise, hyper, state, signal):
    """e = target - a; L = sum_j (e_j^2 / 2 up to |e_j| = delta, a straight line beyond); -dL/da = e, at most delta"""
    delta = hyper[0]
    for r in range(len(a)):
        for j in each(a.shape[1]):
            signal[r, j] = np.maximum(np.minimum(target[r, j] - a[r, j], delta), -delta)


@kernel(SIGNAL)
def right_wrong(a, labels, target, noise, hyper, state, signal):
    """The chosen neuron alone: +1 when it was right, -1 when it was wrong"""
    for r in range(len(a)):
        chosen = a[r].argmax()
        right = 1.0 if chosen == labels[r] else 0.0
        for j in each(a.shape[1]):
            signal[r, j] = 0.0
        signal[r, chosen] = 2.0 * right - 1.0


@kernel(SIGNAL)
def reward_prediction_error(a, labels, target, noise, hyper, state, signal):
    """The chosen neuron alone: R - p, reward (1 right, 0 wrong) minus the reward expected, its own probability"""
    for r in range(len(a)):
        chosen = a[r].argmax()
        reward = 1.0 if chosen == labels[r] else 0.0
        expected = a[r, chosen]
        for j in each(a.shape[1]):
            signal[r, j] = 0.0
        signal[r, chosen] = reward - expected


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
    outputs = ("softmax",)


@dataclass(frozen=True)
class SquaredError(Signal):
    """Half the squared distance to the target; the target of a classifier is one-hot.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(1, [hb.Dense(1, "identity", init="zero")])
    >>> hb.Learner(network, signal=hb.SquaredError()).trace([1.0], [3.0]).layers[0].signal
    array([[3.]])
    """

    kernel = squared_error
    at_potential = False
    for_classes = False


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

    kernel = binary_cross_entropy
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
    at_potential = False
    for_classes = False

    def __post_init__(self) -> None:
        number(self.delta, "Huber: delta", above=0.0)


@dataclass(frozen=True)
class RightWrong(Signal):
    """The simple rule: wrong, the chosen neuron's weights are reduced; right, they are increased (+1 or -1).

    With two classes this is supervised Hebb, whatever the network guesses: half true as a story of learning.
    Widrow, Gupta and Maitra (1973) call it learning with a critic.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "softmax")])  # it starts without an opinion, and chooses class 0
    >>> hb.Learner(network, signal=hb.RightWrong()).trace([1.0, 1.0], 1).layers[0].signal
    array([[-1.,  0.]])
    """

    kernel = right_wrong


@dataclass(frozen=True)
class RewardPredictionError(Signal):
    """R - p: the same rule, told how right it expected to be. The chosen row of the cross-entropy gradient, exactly.

    Frémaux, Sprekeler and Gerstner (2010) show why the expectation must be that of the stimulus at hand.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "softmax")])  # it chooses class 0, with probability 1/2
    >>> hb.Learner(network, signal=hb.RewardPredictionError()).trace([1.0, 1.0], 1).layers[0].signal
    array([[-0.5,  0. ]])
    """

    kernel = reward_prediction_error
    outputs = ("softmax", "sigmoid")


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
class _Silence(Signal):
    """No signal at all: every rule is unsupervised."""

    public = False
    kernel = silence


def one_hot(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """(n, n_classes): 1 at the label, 0 elsewhere."""
    target = np.zeros((len(labels), n_classes))
    target[np.arange(len(labels)), labels] = 1.0
    return target
