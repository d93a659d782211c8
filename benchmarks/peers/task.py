"""What every contestant is given: a net, a rule, a stream and first weights; and the same learning in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

NETS = ((3, 16, 2), (10, 32, 2), (54, 64, 7))
TOLD = ("SGD", "Adam", "RPE")  # of the net, tanh and softmax: by the gradient, or by what a reward tells the chosen one
ALONE = ("Hebb", "Oja")  # of one linear layer, n_in-n_hidden, without labels
RULES = TOLD + ALONE
RATES = {"SGD": 0.15, "Adam": 0.015, "RPE": 0.15, "Hebb": 0.015, "Oja": 0.015}  # over the number of inputs
CLIP = 1.0  # Hebb's soft bound: without one its weights grow beyond all numbers
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # Adam's, which are everybody's defaults

Array = np.ndarray
Weights = tuple[Array, ...]  # W1 (n_in, n_hidden), b1 (n_hidden,), W2 (n_hidden, n_out), b2 (n_out,); alone, W1


@dataclass(frozen=True)
class Task:
    """A net and the rule that it learns by."""

    net: tuple[int, int, int]
    rule: str

    @property
    def rate(self) -> float:
        """The step size, so that a sample moves a neuron as far in every net."""
        return RATES[self.rule] / self.net[0]

    @property
    def alone(self) -> bool:
        """Whether it learns without labels, and only one layer."""
        return self.rule in ALONE

    def __str__(self) -> str:
        return f"{'-'.join(map(str, self.net))} {self.rule}"

    def start(self) -> Weights:
        """The weights that everybody starts from, drawn anew (and alike) at each call."""
        rng, (n_in, n_hidden, n_out) = np.random.default_rng(1), self.net
        W1, W2 = rng.normal(0, n_in**-0.5, (n_in, n_hidden)), rng.normal(0, n_hidden**-0.5, (n_hidden, n_out))
        return (W1,) if self.alone else (W1, np.zeros(n_hidden), W2, np.zeros(n_out))


@dataclass
class Outcome:
    """One run: the seconds it took, the weights at the end, and the share of right predictions."""

    seconds: float
    weights: Weights = ()
    correct: float | None = None


Run = Callable[[Array, Array], Outcome]


def stream(net: tuple[int, int, int], n: int) -> tuple[Array, Array]:
    """n rows, uniform with variance 1. Three inputs: SEA, 10 % of its labels turned; else the largest of K sums.

    SEA: class 1 where x1 + x2 <= 8, before x in [0, 10]^3 is scaled. Else y = argmax x A, A normal, 10 % drawn anew.
    """
    rng, (n_in, _, n_out) = np.random.default_rng(0), net
    if n_in == 3:
        x = rng.uniform(0, 10, (n, n_in))
        y = (x[:, 0] + x[:, 1] <= 8) ^ (rng.random(n) < 0.1)
        return (x - 5) / np.sqrt(100 / 12), y.astype(np.int64)
    A = rng.normal(size=(n_in, n_out))
    X = rng.uniform(-(3**0.5), 3**0.5, (n, n_in))
    return X, np.where(rng.random(n) < 0.1, rng.integers(n_out, size=n), (X @ A).argmax(axis=1))


def share(predictions: Any, y: Array) -> float:
    """The share of right predictions."""
    return float(np.mean(np.asarray(predictions) == y))


def distance(ours: Weights, theirs: Weights) -> float:
    """The largest difference between two sets of weights; NaN if there is one."""
    return float(np.max([np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)]))


# ---------------------------------------------------------------- the same learning in plain NumPy


def reference(task: Task, X: Array, y: Array) -> Weights:
    """The weights after these rows: what the contestants are checked against."""
    weights = task.start()
    m, v = ([np.zeros_like(w) for w in weights] for _ in range(2))
    for t, (x, label) in enumerate(zip(X, y, strict=True), 1):
        changes = alone(task.rule, *weights, x) if task.alone else told(task.rule, *weights, x, label)
        for i, dw in enumerate(changes):
            if task.rule == "Adam":
                m[i] = BETA1 * m[i] + (1 - BETA1) * dw
                v[i] = BETA2 * v[i] + (1 - BETA2) * dw**2
                dw = m[i] / (1 - BETA1**t) / (np.sqrt(v[i] / (1 - BETA2**t)) + EPS)
            weights[i][:] += task.rate * dw
    return weights


def told(rule: str, W1: Array, b1: Array, W2: Array, b2: Array, x: Array, label: int) -> Weights:
    """The changes that one labelled sample asks for: backpropagation of what the output is told."""
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    signal = np.eye(len(p))[label] - p
    if rule == "RPE":  # the chosen neuron alone: reward minus the reward expected
        signal *= np.eye(len(p))[p.argmax()]
    below = (W2 @ signal) * (1 - h**2)
    return np.outer(x, below), below, np.outer(h, signal), signal


def alone(rule: str, W: Array, x: Array) -> Weights:
    """The change that one sample without a label asks for."""
    post = x @ W
    product = np.outer(x, post)
    return (product - np.abs(product) * W / CLIP if rule == "Hebb" else product - post**2 * W,)
