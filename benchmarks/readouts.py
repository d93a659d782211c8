"""What `benchmarks.unlearning` measures: linear read-outs, a world that changes its labels, and one run of one in the
other.

Every draw of a world is a function of its number alone, so that all methods learn the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

import hebbnet as hb
from hebbnet.engine import seeds
from hebbnet.learning.rules.base import Rule
from hebbnet.learning.schedules import surprised
from hebbnet.learning.signals import Signal

CLASSES, INPUTS, TESTED = 4, 10, 2_000  # and an 11th input that is always 1; clean rows in the test
EVERY, WITHIN, STEADY = 10, 0.03, 250  # rows between tests; recovered when so near; rows that say what it was before

Rows = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Method:
    """One way for a linear read-out to learn. `decay` is of the weights: rate * decay of each is lost at every row."""

    signal: Signal
    rate: float
    rule: Rule = field(default_factory=hb.Gradient)
    output: str = "identity"
    decay: float = 0.0

    def learner(self, gain: float = 0.0) -> hb.Learner:
        """The read-out, before its first row. The rate, and with it the decay, is gated where there is a gain."""
        network = hb.Network(INPUTS + 1, [hb.Dense(CLASSES, self.output, bias=False, init="zero")])
        return hb.Learner(network, signal=self.signal, rule=self.rule, optimizer=hb.SGD(self.decay),
                          rate=self.rate, standardize=False, surprise=hb.Surprise(gain=gain) if gain else None)


DELTA = hb.SquaredError(classes=True)

UNLEARNERS = {
    "RightWrong": Method(hb.RightWrong(), 1.0),  # its decisions do not depend on the rate
    "Hebb, no decay": Method(hb.SupervisedHebb(), 1.0),  # nor do these
    "Hebb, decay .01": Method(hb.SupervisedHebb(), 0.01, decay=1.0),
    "R - p": Method(hb.RewardPredictionError(), 0.1, output="softmax"),
    "softmax SGD": Method(hb.CrossEntropy(), 0.1, output="softmax"),
    "delta (LMS)": Method(DELTA, 0.01),
    "instar": Method(hb.Teacher(), 0.1, hb.rules.Prototype()),
}
GATED = {  # at rates so low that a lower one gains little accuracy
    "instar": Method(hb.Teacher(), 0.01, hb.rules.Prototype()),
    "Hebb with decay": Method(hb.SupervisedHebb(), 0.003, decay=1.0),
    "delta (LMS)": Method(DELTA, 0.001),  # |x|^2 is about 20 here: the same steps as
    "delta (normalized LMS)": Method(DELTA, 0.02, hb.rules.NormalizedLMS()),
    "softmax SGD": Method(hb.CrossEntropy(), 0.01, output="softmax"),
}


@dataclass(frozen=True)
class World:
    """Four Gaussian classes whose labels are swapped: every class gets the label of another.

    Rows until the change and after it, at most; the share of labels that are noise, in learning alone; rows over
    which the new labels take over; whether they do; the length of the class means.
    """

    taught: int = 2_000
    after: int = 2_000
    noise: float = 0.0
    width: int = 0
    changes: bool = True
    length: float = 3.0

    @property
    def counts_from(self) -> int:
        """From here on the new labels are the likelier ones."""
        return self.taught + self.width // 2


@lru_cache(maxsize=40)
def draw(world: World, k: int) -> tuple[Rows, Rows, np.ndarray]:
    """The k-th draw: rows to learn, rows to test with, and the new labels of the latter."""
    rng = seeds.child(0, "unlearning", k)
    means, swapped = class_means(world.length, rng), derangement(CLASSES, rng)
    if not world.changes:
        swapped = np.arange(CLASSES)
    (X, y), test = rows(means, world.taught + world.after, rng), rows(means, TESTED, rng)
    share = (np.arange(len(y)) - world.taught + 1) / max(1, world.width)
    y = np.where(rng.random(len(y)) < share, swapped[y], y)
    wrong = rng.random(len(y)) < world.noise
    y = np.where(wrong, (y + rng.integers(1, CLASSES, len(y))) % CLASSES, y)
    return (X, y), test, swapped[test[1]]


def class_means(length: float, rng: np.random.Generator) -> np.ndarray:
    """Drawn at random, then made to have their centre at 0 and this length each, by turns until both hold."""
    means = rng.standard_normal((CLASSES, INPUTS))
    while np.abs(means.sum(axis=0)).max() > 1e-9:
        means -= means.mean(axis=0)
        means *= length / np.linalg.norm(means, axis=1, keepdims=True)
    return means


def derangement(n: int, rng: np.random.Generator) -> np.ndarray:
    """A random order in which nothing stays where it was."""
    while True:
        order = rng.permutation(n)
        if np.all(order != np.arange(n)):
            return order


def rows(means: np.ndarray, n: int, rng: np.random.Generator) -> Rows:
    """n rows of unit variance around the means, a 1 behind each, and their classes."""
    y = rng.integers(len(means), size=n)
    return np.c_[means[y] + rng.standard_normal((n, means.shape[1])), np.ones(n)], y


# ---------------------------------------------------------------- one run


def run(method: Method, world: World, k: int, gain: float = 0.0) -> tuple[float, float]:
    """The accuracy before the change, and the rows until it is reached again, to 3 points; infinite if it never is."""
    (X, y), (X_test, y_test), y_new = draw(world, k)
    learner, first = method.learner(gain), world.taught - STEADY
    learner.learn(X[:first], y[:first])
    steady = np.mean(list(tested(learner, X[first : world.taught], y[first : world.taught], X_test, y_test)))
    for n, accuracy in enumerate(tested(learner, X[world.taught :], y[world.taught :], X_test, y_new), 1):
        seen = world.taught + n * EVERY - world.counts_from
        if seen > 0 and accuracy >= steady - WITHIN:
            return float(steady), float(seen)
    return float(steady), np.inf


def tested(learner: hb.Learner, X: np.ndarray, y: np.ndarray, X_test: np.ndarray, y_test: np.ndarray,
           ) -> Iterator[float]:
    """Learn the rows, and say after every tenth how accurate it is."""
    for start in range(0, len(X), EVERY):
        learner.learn(X[start : start + EVERY], y[start : start + EVERY])
        yield np.mean(learner.predict(X_test) == y_test)


def calm(method: Method, world: World, k: int, gain: float = 0.0) -> tuple[float, float]:
    """After the rows taught, in a world without change: the mean accuracy, and the share of rows at a raised rate."""
    (X, y), test, _ = draw(world, k)
    learner = method.learner(gain)
    mistakes = learner.copy().learn(X, y) != y
    learner.learn(X[: world.taught], y[: world.taught])
    accuracy = np.mean(list(tested(learner, X[world.taught :], y[world.taught :], *test)))
    return float(accuracy), float(np.mean(factors(mistakes, gain)[world.taught :] > 1.0))


def factors(mistakes: np.ndarray, gain: float) -> np.ndarray:
    """The factor M of the rate at each row, from the mistakes that were made."""
    memory, numbers = np.zeros(3), np.array(hb.Surprise(gain=gain).numbers)
    return np.array([surprised.plain(float(mistake), numbers, memory) for mistake in mistakes])
