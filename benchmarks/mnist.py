"""MNIST: backprop and Krotov-Hopfield, each with its controls, and what few labels are worth.

    python -m benchmarks.mnist --data FILE.npz [--seeds N] [--quick] [--json FILE]

FILE holds X, uint8 (70,000, 784), and y (70,000,), of which the last 10,000 rows are the test set. One thread. Every
network here is a hebbnet learner; only the read-out of the label table is scikit-learn's (the extra `bench`). Seconds
are of processor time: on one thread of an idle machine, those of the clock on the wall.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_threads, "1")

import numpy as np  # noqa: E402  the threads are counted when NumPy is loaded

import hebbnet as hb  # noqa: E402

from .machine import machine  # noqa: E402

TEST, CLASSES, BATCH = 10_000, 10, 100
RATE, DELTA, RANK = 0.02, 0.4, 2  # of Krotov-Hopfield
POWER = 8  # n of the features relu(z)^n
READOUT_EPOCHS = 6
PER_CLASS, DRAWS = (1, 5, 10, 50), 3
TIMED_BATCHES, TIMED_ROUNDS = 600, 3  # an epoch of 60,000

Array = np.ndarray


@dataclass(frozen=True)
class Sizes:
    """How much is done: in full, or for a first look."""

    hidden: int = 400
    backprop_epochs: int = 10
    units: int = 2_000
    epochs: int = 3
    few_label_units: int = 400
    few_label_epochs: int = 5


QUICK = Sizes(hidden=100, backprop_epochs=2, units=200, epochs=1, few_label_units=100, few_label_epochs=1)


@dataclass(frozen=True)
class Split:
    """Training and test rows, pixels from 0 to 1."""

    X: Array
    y: Array
    X_test: Array
    y_test: Array


def load(file: Path) -> Split:
    """The first rows to learn from, the last `TEST` to be tested on."""
    with np.load(file, allow_pickle=False) as data:
        X, y = data["X"] / 255.0, data["y"].astype(np.int64)
    return Split(X[:-TEST], y[:-TEST], X[-TEST:], y[-TEST:])


def unit(X: Array) -> Array:
    """The rows of X at length 1; an empty one stays."""
    length = np.linalg.norm(X, axis=1, keepdims=True)
    return X / np.where(length > 0.0, length, 1.0)


# ---------------------------------------------------------------- learners


def classifier(X: Array, y: Array, hidden: list[int], epochs: int, rng: int, *, falling: bool = True) -> hb.Learner:
    """Adam on cross-entropy; the rate falls linearly to 0 with the last update, or not at all."""
    # Above hidden neurons a read-out of zero would tell them nothing at first: .9807 in place of .9815.
    readout = hb.Dense(CLASSES, "softmax", init="lecun" if hidden else "zero")
    layers = [*(hb.Dense(units, "relu", init="he") for units in hidden), readout]
    updates = epochs * -(-len(X) // BATCH)
    learner = hb.Learner(hb.Network(X.shape[1], layers, rng=rng), optimizer=hb.Adam(), rate=0.001, standardize=False,
                         schedule=hb.schedules.Linear(updates) if falling else None)
    learner.learn(X, y, batch_size=BATCH, epochs=epochs, predictions=False)
    return learner


def competitors(X: Array, W: Array, *, rate: float = RATE, updates: int = 0) -> hb.Learner:
    """Neurons that begin with the weights W (d, m) and compete by Krotov-Hopfield; `updates` until the rate is 0."""
    network = hb.Network(X.shape[1], [hb.Dense(W.shape[1], "identity", bias=False)])
    network.layers[0].W[:] = W
    return hb.Learner(network, rule=hb.rules.KrotovHopfield(DELTA, RANK), rate=rate, standardize=False,
                      schedule=hb.schedules.Linear(updates) if updates else None)


def krotov_hopfield(X: Array, W: Array, epochs: int) -> Array:
    """The weights after `epochs`, of examples W and the unit inputs X."""
    learner = competitors(X, W, updates=epochs * -(-len(X) // BATCH))
    learner.learn(X, batch_size=BATCH, epochs=epochs, predictions=False)
    return learner.network.layers[0].W


def exemplars(X: Array, units: int, rng: int) -> Array:
    """Random rows of X as weights (d, units)."""
    return X[np.random.default_rng(rng).choice(len(X), units, replace=False)].T.copy()


def random_weights(d: int, units: int, rng: int) -> Array:
    """Weights (d, units) in random directions."""
    return np.random.default_rng(rng).standard_normal((d, units))


def features(X: Array, W: Array, power: int = POWER) -> Array:
    """relu(z)^power, where z is the cosine of each input with each neuron's weights."""
    return np.maximum(unit(X) @ unit(W.T).T, 0.0) ** power


def scaled(train: Array, test: Array) -> tuple[Array, Array]:
    """Each feature divided by its spread over the training rows, in place; one that never varies stays."""
    spread = train.std(axis=0)
    spread[spread == 0.0] = 1.0
    train /= spread
    test /= spread
    return train, test


def readout_accuracy(data: Split, W: Array | None, rng: int, power: int = POWER) -> float:
    """The test accuracy of a softmax on the features of W, or on the pixels themselves."""
    train, test = (data.X, data.X_test) if W is None else scaled(features(data.X, W, power),
                                                                 features(data.X_test, W, power))
    return classifier(train, data.y, [], READOUT_EPOCHS, rng).accuracy(test, data.y_test)


# ---------------------------------------------------------------- what is measured


def accuracies(data: Split, sizes: Sizes, rng: int) -> dict[str, dict[str, float]]:
    """Test accuracy and seconds, features and read-out included, of everybody."""
    def backprop(falling: bool) -> float:
        return classifier(data.X, data.y, [sizes.hidden], sizes.backprop_epochs, rng,
                          falling=falling).accuracy(data.X_test, data.y_test)

    def competition() -> float:
        X = unit(data.X)
        return readout_accuracy(data, krotov_hopfield(X, exemplars(X, sizes.units, rng), sizes.epochs), rng)

    chance = random_weights(data.X.shape[1], sizes.units, rng)
    contestants: dict[str, Callable[[], float]] = {
        "backprop": lambda: backprop(True),
        "backprop, rate not falling": lambda: backprop(False),
        "Krotov-Hopfield": competition,
        "exemplars, not learned": lambda: readout_accuracy(data, exemplars(data.X, sizes.units, rng), rng),
        "random features": lambda: readout_accuracy(data, chance, rng, power=1),
        f"random features, n = {POWER}": lambda: readout_accuracy(data, chance, rng),
        "raw pixels": lambda: readout_accuracy(data, None, rng)}
    found = {}
    for name, measure in contestants.items():
        begin = process_time()
        accuracy = measure()
        found[name] = {"accuracy": accuracy, "seconds": process_time() - begin}
    return found


def few_labels(data: Split, sizes: Sizes, rng: int) -> dict[str, list[float]]:
    """Test accuracy with 1, 5, 10, 50 labels a class, means over the draws; features never see a label."""
    from sklearn.linear_model import LogisticRegression

    X, units = unit(data.X), sizes.few_label_units
    start = exemplars(X, units, rng)
    weights = {"Krotov-Hopfield": krotov_hopfield(X, start, sizes.few_label_epochs), "exemplars": start,
               "random features": random_weights(X.shape[1], units, rng)}
    inputs = {name: scaled(*(features(part, W, 1 if name == "random features" else POWER)
                             for part in (data.X, data.X_test))) for name, W in weights.items()}
    inputs["raw pixels"] = data.X, data.X_test
    draws = [[labelled(data.y, n, 1_000 * rng + draw) for draw in range(DRAWS)] for n in PER_CLASS]
    return {name: [mean(LogisticRegression(C=0.1, max_iter=1_000).fit(train[rows], data.y[rows])
                        .score(test, data.y_test) for rows in drawn) for drawn in draws]
            for name, (train, test) in inputs.items()}


def labelled(y: Array, n: int, rng: int) -> Array:
    """n rows of each class, drawn without replacement."""
    chance = np.random.default_rng(rng)
    return np.concatenate([chance.choice(np.flatnonzero(y == label), n, replace=False) for label in np.unique(y)])


# ---------------------------------------------------------------- the speed of one epoch


def plain_epoch(X: Array, W: Array) -> Array:
    """The formula as its authors write it, in NumPy: two entries of G in each row, the rest is products of matrices."""
    W, every = W.copy(), np.arange(BATCH)
    for start in range(0, len(X), BATCH):
        x = X[start : start + BATCH]
        z = x @ W
        top = np.argpartition(z, -RANK, axis=1)[:, -RANK:]
        G = np.zeros_like(z)
        G[every, top[:, 0]] = -DELTA
        G[every, z.argmax(axis=1)] = 1.0
        dW = x.T @ G - (G * z).sum(axis=0) * W
        W += RATE / np.abs(dW).max() * dW
    return W


def careful_epoch(X: Array, W: Array) -> Array:
    """The same with no temporary of the size of W but the product: what someone writes who has profiled it."""
    W, every = W.copy(), np.arange(BATCH)
    dW, decay, z, G = np.empty_like(W), np.empty_like(W), np.empty((BATCH, W.shape[1])), np.empty((BATCH, W.shape[1]))
    for start in range(0, len(X), BATCH):
        x = X[start : start + BATCH]
        np.matmul(x, W, out=z)
        top = np.argpartition(z, -RANK, axis=1)[:, -RANK:]
        G[:] = 0.0
        G[every, top[:, 0]] = -DELTA
        G[every, z.argmax(axis=1)] = 1.0
        np.matmul(x.T, G, out=dW)
        G *= z
        dW -= np.multiply(G.sum(axis=0), W, out=decay)
        dW *= RATE / max(dW.max(), -dW.min())
        W += dW
    return W


def hebbnet_epoch(X: Array, W: Array) -> Array:
    """The same by the learner; the outputs of a whole epoch would be a gigabyte, and nobody asks for them."""
    learner = competitors(X, W)
    learner.learn(X, batch_size=BATCH, predictions=False)
    return learner.network.layers[0].W


def product_alone(X: Array, W: Array) -> Array:
    """X W, batch by batch: what no way to write it is spared."""
    z = np.empty((BATCH, W.shape[1]))
    for start in range(0, len(X), BATCH):
        np.matmul(X[start : start + BATCH], W, out=z)
    return W


EPOCHS = {"hebbnet": hebbnet_epoch, "plain NumPy": plain_epoch, "careful NumPy": careful_epoch,
          "X W alone": product_alone}


def race(X: Array, W: Array, batches: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of one epoch of everybody, in turns; refused where the weights do not agree."""
    X = X[: batches * BATCH]
    few = X[: 3 * BATCH]  # also compiles
    expected = plain_epoch(few, W)
    for name in ("hebbnet", "careful NumPy"):
        if not np.abs(EPOCHS[name](few, W) - expected).max() < 1e-9:
            raise SystemExit(f"{name}: not the weights of plain NumPy after three batches")
    seconds: dict[str, list[float]] = {name: [] for name in EPOCHS}
    for _ in range(rounds):
        for name, epoch in EPOCHS.items():
            begin = process_time()
            epoch(X, W)
            seconds[name].append(process_time() - begin)
    return seconds


# ---------------------------------------------------------------- the report


def targets(results: dict[str, Any]) -> list[tuple[str, float, str, bool]]:
    """What it must show: what, measured in the worst seed, bound, whether it is met."""
    lines = []
    for name, accuracy in (("backprop", 0.981), ("Krotov-Hopfield", 0.974)):
        worst = min(found[name]["accuracy"] for found in results["accuracies"])
        slowest = max(found[name]["seconds"] for found in results["accuracies"])
        lines += [(f"{name}, accuracy", worst, f"at least {accuracy}", worst >= accuracy),
                  (f"{name}, seconds", slowest, "at most 60", slowest <= 60.0)]
    times = times_over_hebbnet(results["epoch"])
    return [*lines, ("plain NumPy / hebbnet, epoch", times["plain NumPy"], "at least 2", times["plain NumPy"] >= 2.0)]


def times_over_hebbnet(seconds: dict[str, list[float]]) -> dict[str, float]:
    """The median over the rounds of each one's time over hebbnet's in the same round."""
    return {name: median(a / b for a, b in zip(own, seconds["hebbnet"], strict=True)) for name, own in seconds.items()}


def report(results: dict[str, Any]) -> str:
    """The results as a person reads them."""
    seeds, found = results["seeds"], results["accuracies"]
    lines = [", ".join(f"{name} {what}" for name, what in results["machine"].items()),
             f"one thread, float64; seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}; {results['sizes']}", "",
             f"{'contestant':28}{'test accuracy':>14}{'worst - best':>18}{'seconds':>9}"]
    for name in found[0]:
        scores, seconds = [one[name]["accuracy"] for one in found], [one[name]["seconds"] for one in found]
        lines.append(f"{name:28}{mean(scores):>14.4f}{min(scores):>10.4f} - {max(scores):.4f}{median(seconds):>8.1f}")
    if results["few labels"]:
        lines += ["", f"{'labels a class':28}" + "".join(f"{n:>8}" for n in PER_CLASS)]
        lines += [f"{name:28}" + "".join(f"{score:>8.3f}" for score in scores)
                  for name, scores in results["few labels"].items()]
        lines.append(first_column(results["few labels"]))
    lines += ["", f"{'one Krotov-Hopfield epoch':28}{'seconds':>9}{'/ hebbnet':>11}"]
    times = times_over_hebbnet(results["epoch"])
    lines += [f"{name:28}{median(seconds):>9.2f}{times[name]:>11.2f}" for name, seconds in results["epoch"].items()]
    lines += ["", *(f"{what:32}{measured:>9.4g}   {bound}: {'met' if met else 'MISSED'}"
                    for what, measured, bound, met in targets(results))]
    return "\n".join(lines)


def first_column(found: dict[str, list[float]]) -> str:
    """Who is ahead with one label a class, said in words."""
    own, pixels = found["Krotov-Hopfield"][0], found["raw pixels"][0]
    return (f"with {PER_CLASS[0]} label a class Krotov-Hopfield is {'WORSE' if own < pixels else 'better'} than raw "
            f"pixels: {own:.3f} and {pixels:.3f}")


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mnist", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", metavar="FILE", type=Path, required=True, help="an .npz file with X and y")
    parser.add_argument("--seeds", metavar="N", type=int, default=1, help="how many seeds, from 0 on (1)")
    parser.add_argument("--quick", action="store_true", help="fewer units and epochs: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results to FILE")
    options = parser.parse_args()
    data, sizes = load(options.data), QUICK if options.quick else Sizes()
    X = unit(data.X)
    results: dict[str, Any] = {
        "machine": machine(), "seeds": list(range(options.seeds)), "sizes": vars(sizes),
        "epoch": race(X, exemplars(X, sizes.units, 0), TIMED_BATCHES, 1 if options.quick else TIMED_ROUNDS)}
    del X
    results["accuracies"] = [accuracies(data, sizes, seed) for seed in results["seeds"]]
    try:
        results["few labels"] = few_labels(data, sizes, 0)
    except ImportError as reason:
        results["few labels"] = {}
        print(f"few labels: not measured ({reason})")
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
