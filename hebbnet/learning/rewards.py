"""What the output layer is told by a critic, who says how good the choice was and not what was right.

The reward R is 1 for a right choice and 0 for a wrong one. Signs are those of `signals.py`: which way a neuron's
potential should move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..engine.arrays import each
from ..engine.checks import choice, number
from ..engine.kernel import SIGNAL, kernel
from .signals import Signal


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


@kernel(SIGNAL, arrays=True)
def reinforce(a, labels, target, noise, hyper, state, signal):
    """(R - baseline) (onehot(chosen) - p), chosen ~ p: the slope of log p(chosen), by how good the choice turned out"""
    stimulus, running = hyper[0] == 1.0, hyper[0] == 2.0
    for r in range(len(a)):
        chosen, passed = 0, a[r, 0]
        while passed < noise[r, 0] and chosen < a.shape[1] - 1:
            chosen += 1
            passed += a[r, chosen]
        reward, baseline = target[r, chosen], 0.0
        if stimulus:
            baseline = np.sum(a[r] * a[r])
        elif running:
            baseline = state[0]
            state[1] += 1.0
            state[0] += max(1.0 / state[1], hyper[1]) * (reward - state[0])
        for j in each(a.shape[1]):
            signal[r, j] = -(reward - baseline) * a[r, j]
        signal[r, chosen] += reward - baseline


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


BASELINES = ("none", "stimulus", "running")


@dataclass(frozen=True)
class Reinforce(Signal):
    """Try an answer, and make it likelier by how much better it went than expected (Williams 1992).

    The answer is drawn, chosen ~ p; the signal is (R - baseline) (onehot(chosen) - p). In the mean over the draws it is
    the slope of the expected reward, sum_k p_k R_k, whatever the baseline, if that does not depend on the choice; a
    good baseline makes the mean visible sooner. `predict` gives the likeliest answer, as ever, and draws nothing.

    y may be labels, whose choice is worth 1, or (n, K) numbers from 0 to 1: the reward of every choice, of which it is
    told that of its own choice alone.

    Parameters
    ----------
    baseline : {"stimulus", "running", "none"}
        "stimulus": sum_k p_k^2, how often a drawn answer is right if p means what it says; a baseline of this stimulus
        alone, as Frémaux, Sprekeler and Gerstner (2010) find it is needed. "running": the mean of the last rewards,
        whatever was asked. "none": 0.
    tau : float
        For how many rows the running mean remembers.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "softmax")], rng=0)  # it tries either class with probability 1/2
    >>> hb.Learner(network, signal=hb.Reinforce()).trace([1.0, 1.0], 1).layers[0].signal
    array([[-0.25,  0.25]])
    """

    baseline: str = "stimulus"
    tau: float = 100.0

    kernel = reinforce
    outputs = ("softmax",)
    for_classes = False
    takes_shares = True
    wants = "a reward: the right label of each row, or the reward of each choice, (n, K) numbers from 0 to 1"
    draws = 1

    def __post_init__(self) -> None:
        choice(self.baseline, BASELINES, "Reinforce: baseline")
        number(self.tau, "Reinforce: tau", low=1.0)

    @property
    def numbers(self) -> tuple[float, ...]:
        """Which baseline, and the share of the newest reward in a running one."""
        return float(BASELINES.index(self.baseline)), 1.0 / self.tau

    def state_size(self, n_outputs: int) -> int:
        """The mean reward, and how many there were."""
        return 2
