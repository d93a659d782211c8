"""The contestants of `benchmarks.online`, and the problem that all of them are given.

A contestant is a function that returns its `run(X, y)`. A run starts afresh from the same weights, predicts each
sample before it learns it, and clocks that alone. What a contestant needs is imported when it is made.
"""

from __future__ import annotations

import os

# One thread for everybody. Libraries read this while they are imported, so it stands before the first import.
os.environ.update({f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMBA")})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

N_IN, N_HIDDEN, N_OUT = 3, 16, 2
RATE, OJA_RATE = 0.05, 0.005

Weights = tuple[np.ndarray, ...]  # W1 (3, 16), b1 (16,), W2 (16, 2), b2 (2,)


@dataclass
class Outcome:
    """One run: the seconds it took, the share of right predictions, and the weights at the end."""

    seconds: float
    correct: float | None = None
    weights: Weights = ()


Run = Callable[[np.ndarray, np.ndarray], Outcome]


# ---------------------------------------------------------------- the problem


def sea(n: int) -> tuple[np.ndarray, np.ndarray]:
    """SEA, one concept: x uniform in [0, 10]^3, class 1 where x1 + x2 <= 8, 10 % of the labels turned; x scaled."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, (n, N_IN))
    y = (x[:, 0] + x[:, 1] <= 8) ^ (rng.random(n) < 0.1)
    return (x - 5) / np.sqrt(100 / 12), y.astype(np.int64)


def start() -> Weights:
    """The weights that everybody starts from, drawn anew (and alike) at each call."""
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(0, N_IN**-0.5, (N_IN, N_HIDDEN)), rng.normal(0, N_HIDDEN**-0.5, (N_HIDDEN, N_OUT))
    return W1, np.zeros(N_HIDDEN), W2, np.zeros(N_OUT)


def reference(X: np.ndarray, y: np.ndarray) -> Weights:
    """The same learning in plain NumPy: what the contestants are checked against."""
    W1, b1, W2, b2 = start()
    for x, label in zip(X, y, strict=True):
        h = np.tanh(x @ W1 + b1)
        z = h @ W2 + b2
        p = np.exp(z - z.max())
        signal = np.eye(N_OUT)[label] - p / p.sum()
        below = (W2 @ signal) * (1 - h**2)
        W2 += RATE * np.outer(h, signal)
        b2 += RATE * signal
        W1 += RATE * np.outer(x, below)
        b1 += RATE * below
    return W1, b1, W2, b2


def share(predictions: Any, y: np.ndarray) -> float:
    """The share of right predictions."""
    return float(np.mean(np.asarray(predictions) == y))


def distance(ours: Weights, theirs: Weights) -> float:
    """The largest difference between two sets of weights; NaN if there is one."""
    return float(np.max([np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)]))


# ---------------------------------------------------------------- hebbnet


def hebbnet(*, student: bool = False, one_by_one: bool = False) -> Run:
    """The built-in gradient or a student's own; one call for all samples, or one call per sample."""
    import hebbnet as hb

    @hb.synapse
    def gradient(w, pre, post, signal):  # type: ignore[no-untyped-def]
        return pre * signal

    network = hb.Network(N_IN, [hb.Dense(N_HIDDEN, "tanh"), hb.Dense(N_OUT, "softmax")], rng=0)
    for layer, W, b in zip(network.layers, start()[::2], start()[1::2], strict=True):
        layer.W[:], layer.b[:] = W, b
    rule = gradient if student else None
    beginner = hb.Learner(network, rate=RATE, rule=rule, optimizer=hb.SGD(), standardize=False)

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        learner = beginner.copy()
        begin = perf_counter()
        if one_by_one:
            predictions = np.concatenate([learner.learn(X[i : i + 1], y[i : i + 1]) for i in range(len(X))])
        else:
            predictions = learner.learn(X, y)
        seconds = perf_counter() - begin
        weights = tuple(array for layer in learner.network.layers for array in (layer.W, layer.b))
        return Outcome(seconds, share(predictions, y), weights)

    return run


def hebbnet_oja(*, student: bool = False) -> Run:
    """Oja's rule on one linear layer, without labels: the built-in one or a student's own."""
    import hebbnet as hb

    @hb.synapse
    def oja(w, pre, post, signal):  # type: ignore[no-untyped-def]
        return post * (pre - post * w)

    network = hb.Network(N_IN, [hb.Dense(N_HIDDEN, "identity")], rng=0)
    rule = oja if student else hb.rules.Oja()
    beginner = hb.Learner(network, rate=OJA_RATE, rule=rule, optimizer=hb.SGD(), standardize=False)

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        learner = beginner.copy()
        begin = perf_counter()
        learner.learn(X)
        seconds = perf_counter() - begin
        return Outcome(seconds, weights=(learner.network.layers[0].W,))

    return run


# ---------------------------------------------------------------- C, JAX, PyTorch


def c_program() -> Run:
    """`online.c`, compiled here. Its own clock runs around its loop alone, without reading and writing files."""
    folder = tempfile.TemporaryDirectory()
    program, given, answer = (Path(folder.name) / name for name in ("online", "given.bin", "answer.bin"))
    source = Path(__file__).with_name("online.c")
    subprocess.run(["cc", "-O3", "-march=native", source, "-o", program, "-lm"], check=True)

    def run(X: np.ndarray, y: np.ndarray, _folder: Any = folder) -> Outcome:  # the folder lives as long as the run
        sizes = np.array([len(X), N_IN, N_HIDDEN, N_OUT], dtype=np.int64)
        given.write_bytes(b"".join(a.tobytes() for a in (sizes, np.array([RATE]), *start(), X, y)))
        printed = subprocess.run([program, given, answer], check=True, capture_output=True, text=True).stdout
        nanoseconds, correct = map(float, printed.split())
        parts = np.split(np.fromfile(answer), np.cumsum([w.size for w in start()])[:-1])
        weights = tuple(part.reshape(w.shape) for part, w in zip(parts, start(), strict=True))
        return Outcome(nanoseconds * len(X) / 1e9, correct, weights)

    return run


def jax_parts() -> tuple[Any, Any, Any]:
    """JAX in double precision, and the step `(weights, sample) -> weights, prediction`, by autodiff and by hand."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(weights: Any, x: Any, label: Any) -> Any:
        W1, b1, W2, b2 = weights
        z = jnp.tanh(x @ W1 + b1) @ W2 + b2
        return -jax.nn.log_softmax(z)[label], jnp.argmax(z)

    def by_autodiff(weights: Any, sample: Any) -> Any:
        gradient, prediction = jax.grad(loss, has_aux=True)(weights, *sample)
        return jax.tree.map(lambda w, g: w - RATE * g, weights, gradient), prediction

    def by_hand(weights: Any, sample: Any) -> Any:
        (W1, b1, W2, b2), (x, label) = weights, sample
        h = jnp.tanh(x @ W1 + b1)
        z = h @ W2 + b2
        signal = jax.nn.one_hot(label, N_OUT) - jax.nn.softmax(z)
        below = (W2 @ signal) * (1 - h**2)
        changes = jnp.outer(x, below), below, jnp.outer(h, signal), signal
        return tuple(w + RATE * dw for w, dw in zip(weights, changes, strict=True)), jnp.argmax(z)

    return jax, by_autodiff, by_hand


def jax_scan(*, tuned: bool = False) -> Run:
    """One compiled loop over all samples: as users write it, or the gradient by hand and the loop unrolled."""
    jax, by_autodiff, by_hand = jax_parts()
    loop = jax.jit(partial(jax.lax.scan, by_hand, unroll=4) if tuned else partial(jax.lax.scan, by_autodiff))

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        given = jax.block_until_ready(jax.device_put((start(), (X, y))))
        begin = perf_counter()
        weights, predictions = jax.block_until_ready(loop(*given))
        seconds = perf_counter() - begin
        return Outcome(seconds, share(predictions, y), tuple(map(np.asarray, weights)))

    return run


def jax_per_step() -> Run:
    """One compiled step, called from Python for every sample: the price where samples come one by one."""
    jax, by_autodiff, _ = jax_parts()
    step = jax.jit(by_autodiff)

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        weights, predictions = jax.device_put(start()), []
        begin = perf_counter()
        for i in range(len(X)):
            weights, prediction = step(weights, (X[i], y[i]))
            predictions.append(prediction)
        jax.block_until_ready((weights, predictions))
        seconds = perf_counter() - begin
        return Outcome(seconds, share(predictions, y), tuple(map(np.asarray, weights)))

    return run


def pytorch() -> Run:
    """PyTorch eager, as its users write it."""
    import torch
    from torch import nn

    torch.set_num_threads(1)

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        model = nn.Sequential(nn.Linear(N_IN, N_HIDDEN), nn.Tanh(), nn.Linear(N_HIDDEN, N_OUT)).double()
        with torch.no_grad():
            for parameter, w in zip(model.parameters(), start(), strict=True):
                parameter.copy_(torch.from_numpy(w.T))
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        cross_entropy = nn.CrossEntropyLoss()
        inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
        predictions = []
        begin = perf_counter()
        for i in range(len(inputs)):
            z = model(inputs[i : i + 1])
            predictions.append(z.argmax(1))
            loss = cross_entropy(z, labels[i : i + 1])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds = perf_counter() - begin
        weights = tuple(parameter.detach().numpy().T for parameter in model.parameters())
        return Outcome(seconds, share(torch.cat(predictions), y), weights)

    return run


# ---------------------------------------------------------------- scikit-learn, River


def sklearn_mlp() -> Run:
    """scikit-learn's network of the same size; its own weights, and one logistic output instead of a softmax of two."""
    from sklearn.neural_network import MLPClassifier

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        model = MLPClassifier((N_HIDDEN,), activation="tanh", solver="sgd", alpha=0, batch_size=1,
                              learning_rate_init=RATE, momentum=0, nesterovs_momentum=False, random_state=0)
        predictions = []
        begin = perf_counter()
        for i in range(len(X)):
            predictions.append(model.predict(X[i : i + 1])[0] if i else 0)  # it cannot predict before its first sample
            model.partial_fit(X[i : i + 1], y[i : i + 1], classes=[0, 1])
        seconds = perf_counter() - begin
        return Outcome(seconds, share(predictions, y))

    return run


def river_model(name: str) -> Run:
    """A model of River, one dictionary a sample: another model, here to show what a library for streams costs."""
    from river import linear_model, optim, tree

    makers: dict[str, Callable[[], Any]] = {
        "logistic regression": lambda: linear_model.LogisticRegression(optimizer=optim.SGD(RATE)),
        "Hoeffding tree": tree.HoeffdingTreeClassifier,
    }

    def run(X: np.ndarray, y: np.ndarray) -> Outcome:
        model = makers[name]()
        samples = [(dict(enumerate(x)), label) for x, label in zip(X.tolist(), y.tolist(), strict=True)]
        predictions = []
        begin = perf_counter()
        for x, label in samples:
            predictions.append(model.predict_one(x) or 0)
            model.learn_one(x, label)
        seconds = perf_counter() - begin
        return Outcome(seconds, share(predictions, y))

    return run
