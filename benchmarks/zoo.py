"""Who takes part in `benchmarks.rules`: controls, every signal and credit, and Hebbian features under a read-out.

All begin as one network, 16 hidden neurons and a softmax, from the same first weights, and learn by the plain step,
SGD: what differs is what a row's name says. A row brings the rates that it may choose from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.learning.credit import Credit
from hebbnet.learning.rules.base import Rule
from hebbnet.learning.signals import Signal

HIDDEN = 16
ERRORS = (0.03, 0.1, 0.3, 1.0, 3.0)  # rates for signals that fall silent when all is well
ALWAYS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # for those that never do
FEATURES = (0.003, 0.01, 0.03, 0.1, 0.3)  # for a hidden layer that learns by itself, below a read-out at rate READOUT
READOUT = 1.0
CROSS_ENTROPY, GRADIENT = hb.CrossEntropy(), hb.Gradient()
STABLE_BCM = (0.0003, 0.001, 0.003)  # above, its weights grow without end on these inputs
DECAY = 0.001  # of Kolen-Pollack's W and F
TOLD = {  # what a synapse of the hidden layer hears, beside pre, post and its own weight
    hb.Backprop: "signal, through W above",
    hb.FeedbackAlignment: "signal, through random F",
    hb.DirectFeedback: "signal, through random F",
    hb.KolenPollack: "signal, through F that learns",
    hb.SignSymmetric: "signal, through signs of W above",
    hb.NodePerturbation: "one number, and its own noise",
    hb.Broadcast: "one number, the same for all",
}


@hb.synapse
def student(w, pre, post, signal):  # type: ignore[no-untyped-def]
    """The gradient, as a student writes it."""
    return pre * signal


@dataclass(frozen=True)
class Row:
    """One way to learn. Without a credit the hidden layer learns `features` by itself, or stays as it begins."""

    name: str
    rates: tuple[float, ...] = ERRORS  # of all that learns; under `features`, of the hidden layer
    signal: Signal = CROSS_ENTROPY
    credit: Credit | None = None
    features: Rule | None = None
    rule: Rule = GRADIENT  # of every layer that is told something
    hidden: str = "tanh"  # "": none
    from_images: bool = False  # whether the hidden weights begin as rows of the training set, of length 1
    decay: float = 0.0

    @property
    def frozen(self) -> bool:
        """Whether there is no hidden layer that learns."""
        return self.credit is None and self.features is None

    @property
    def told(self) -> str:
        """What a synapse of the hidden layer hears."""
        if self.credit:
            return TOLD[type(self.credit)]
        return "-" if self.frozen else "nothing" if self.features.local else "nothing; sees its neighbours"

    def learner(self, rate: float, X: np.ndarray, n_classes: int, seed: int) -> hb.Learner:
        """A learner that has seen nothing; X are the training inputs, should it begin from some."""
        layers = [hb.Dense(HIDDEN, self.hidden)] if self.hidden else []
        network = hb.Network(X.shape[1], [*layers, hb.Dense(n_classes, "softmax")], rng=seed)
        if self.from_images:
            images = X[np.random.default_rng(seed).choice(len(X), HIDDEN, replace=False)]
            network.layers[0].W[:] = (images / np.linalg.norm(images, axis=1, keepdims=True)).T
        credit, rule, rates = self.credit, self.rule, rate
        if isinstance(credit, hb.KolenPollack):
            credit = replace(credit, rate=rate)
        if self.hidden and not credit:
            rule = [self.features or hb.Hebb(), self.rule]
            rates = [rate, READOUT] if self.features else [0.0, rate]
        return hb.Learner(network, rate=rates, rule=rule, signal=self.signal, credit=credit, standardize=False,
                          optimizer=hb.SGD(self.decay), rng=seed)


def taught(signal: Signal, credit: Credit, rates: tuple[float, ...] = ERRORS, note: str = "", **more: Any) -> Row:
    """Every layer learns the gradient's product, pre times what it is told."""
    return Row(f"{signal.name} x {credit.name}{note}", rates, signal, credit, **more)


def untaught(features: Rule, hidden: str = "identity", rates: tuple[float, ...] = FEATURES, *,
             from_images: bool = False) -> Row:
    """The hidden layer learns by itself, the read-out above it by the gradient, in one pass."""
    name = f"{features.name}, {'linear' if hidden == 'identity' else hidden}{', from images' * from_images}"
    return Row(name, rates, features=features, hidden=hidden, from_images=from_images)


BACKPROP, CONTROL = "CrossEntropy x Backprop", "read-out only: hidden layer frozen"

ROWS = [
    Row(CONTROL),
    Row("random features, linear", hidden="identity"),
    Row("16 images as features, linear", hidden="identity", from_images=True),
    Row("no hidden layer: softmax regression", hidden=""),
    taught(CROSS_ENTROPY, hb.Backprop()),
    taught(CROSS_ENTROPY, hb.Backprop(), note=", student's rule", rule=student),
    taught(CROSS_ENTROPY, hb.FeedbackAlignment()),
    taught(CROSS_ENTROPY, hb.DirectFeedback()),
    taught(CROSS_ENTROPY, hb.KolenPollack(decay=DECAY), decay=DECAY),
    taught(CROSS_ENTROPY, hb.SignSymmetric()),
    taught(CROSS_ENTROPY, hb.NodePerturbation()),
    taught(CROSS_ENTROPY, hb.NodePerturbation(trials=10), note=", 10 trials"),
    taught(hb.RewardPredictionError(), hb.Backprop()),
    taught(hb.RewardPredictionError(), hb.DirectFeedback()),
    taught(hb.RewardPredictionError(), hb.Broadcast()),
    taught(hb.Reinforce(), hb.Backprop()),
    taught(hb.Reinforce(), hb.DirectFeedback()),
    taught(hb.PerceptronError(), hb.Backprop()),
    taught(hb.PerceptronError(), hb.DirectFeedback()),
    taught(hb.RightWrong(), hb.Backprop(), ALWAYS),
    taught(hb.RightWrong(), hb.DirectFeedback(), ALWAYS),
    taught(hb.RightWrong(), hb.Broadcast(), ALWAYS),
    Row("RightWrong, read-out only", ALWAYS, hb.RightWrong()),
    taught(hb.SupervisedHebb(), hb.Backprop(), ALWAYS),
    taught(hb.SupervisedHebb(), hb.DirectFeedback(), ALWAYS),
    Row("SupervisedHebb, read-out only", ALWAYS, hb.SupervisedHebb()),
    untaught(hb.rules.Subspace()),
    untaught(hb.rules.Subspace(), "tanh"),
    untaught(hb.rules.Sanger()),
    untaught(hb.rules.Oja()),
    untaught(hb.rules.Covariance(decay=0.1), "tanh"),
    untaught(hb.rules.BCM(), rates=STABLE_BCM),
    untaught(hb.rules.Instar()),
    untaught(hb.rules.SoftHebb(temperature=0.2)),
    untaught(hb.rules.KrotovHopfield()),
    untaught(hb.rules.KrotovHopfield(), from_images=True),
]
