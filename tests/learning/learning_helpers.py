"""Small networks with random weights, their data, and the losses written down once more, independently."""

from __future__ import annotations

import numpy as np

import hebbnet as hb

HIDDEN = ("identity", "relu", "leaky_relu", "softplus", "tanh", "sigmoid")
OUTPUTS = (*HIDDEN, "softmax")
N_IN, N_OUT = 3, 4


def network(hidden: str, output: str, depth: int, *, seed: int = 0, n_in: int = N_IN, n_out: int = N_OUT) -> hb.Network:
    """`depth` layers; every weight and bias random, since a softmax read-out would start at zero."""
    layers = [hb.Dense((9, 5, 2)[k], hidden) for k in range(depth - 1)]  # wide, narrow, and two: each has its own loop
    made = hb.Network(n_in, [*layers, hb.Dense(n_out, output)], rng=seed)
    made.theta[:] = np.random.default_rng([seed, depth]).normal(0.0, 0.6, made.theta.size)
    return made


def data(output: str, n: int, *, seed: int = 0, n_in: int = N_IN, n_out: int = N_OUT) -> tuple[np.ndarray, np.ndarray]:
    """X, and labels where the output is a class, else targets."""
    rng = np.random.default_rng([seed, n])
    X = rng.normal(size=(n, n_in))
    return X, rng.integers(n_out, size=n) if output in ("softmax", "sigmoid") else rng.normal(size=(n, n_out))


def blobs(n: int, *, n_in: int = 3, classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A classification that can be learned: `classes` Gaussians around random centres."""
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=n)
    return 2.0 * rng.normal(size=(classes, n_in))[y] + rng.normal(size=(n, n_in)), y


def onehot(y: np.ndarray, n_out: int = N_OUT) -> np.ndarray:
    return np.eye(n_out)[y]


def mean_loss(net: hb.Network, signal: object, X: np.ndarray, y: np.ndarray) -> float:
    """The mean over the batch of the loss that the signal goes down."""
    a = net.outputs(X)
    if isinstance(signal, hb.CrossEntropy):
        return float(np.mean([-np.log(a[r, label]) for r, label in enumerate(y)]))
    target = onehot(y, a.shape[1]) if y.ndim == 1 else y
    if isinstance(signal, hb.BinaryCrossEntropy):
        return float(np.mean(-np.sum(np.log(np.where(target == 1.0, a, 1.0 - a)), axis=1)))
    if isinstance(signal, hb.Huber):
        e, delta = np.abs(target - a), signal.delta
        return float(np.mean(np.sum(np.where(e <= delta, 0.5 * e**2, delta * (e - 0.5 * delta)), axis=1)))
    return float(np.mean(0.5 * np.sum((target - a) ** 2, axis=1)))


def parts(network: hb.Network, hidden_rule: object, top_rule: object) -> list[object]:
    """One rule for all hidden layers, another for the output."""
    return [*[hidden_rule] * (len(network.layers) - 1), top_rule]
