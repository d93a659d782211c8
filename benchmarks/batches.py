"""Big layers: one training step of MNIST's size at batch 1 to 512, beside PyTorch, on one thread and on two.

    python -m benchmarks.batches [--quick] [--json FILE] [--keep]

The rows are made up: 784 inputs, four in five of them 0, ten classes. Without PyTorch, hebbnet is measured by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import numpy as np

from . import results as kept
from .machine import machine, ratio, threads

N_IN, HIDDEN, N_OUT = 784, (100, 400), 10
BATCHES, THREADS = (1, 32, 128, 512), (1, 2)
RATE = 0.1
ROWS = 4_096
ONE_BY_ONE = 512  # rows a run at batch 1
CHECKED, ACCURACY = 3, 1e-9  # after so many updates, everybody in double precision must hold the same weights
SINGLE = 1e-3  # and those in single precision nearly the same
SQUARE = 2_048  # rows and columns of the product that is the machine's peak
PAUSE = 0.05  # seconds between two runs, in which the idle threads of either library fall asleep

OURS, PEER, PEER_SINGLE = "hebbnet", "PyTorch float64", "PyTorch float32"
FASTER = {100: 5.0, 400: 2.0}  # than PyTorch float64 at batch 1, by hidden neurons; no slower with more rows

Array = np.ndarray
Weights = tuple[Array, ...]  # W1 (784, h), b1 (h,), W2 (h, 10), b2 (10,)
Run = Callable[[Array, Array, int], tuple[float, Weights]]  # X, y, batch -> seconds, weights


# ---------------------------------------------------------------- the problem


def digits(n: int) -> tuple[Array, Array]:
    """n rows (n, 784) from 0 to 1, four in five inputs 0 as in MNIST, and labels (n,) of ten classes."""
    rng = np.random.default_rng(0)
    inked = rng.random((n, N_IN)) < 0.2
    return inked * rng.random((n, N_IN)), rng.integers(0, N_OUT, n)


def start(hidden: int) -> Weights:
    """The weights that everybody starts from."""
    rng = np.random.default_rng(1)
    W1, W2 = rng.normal(0, N_IN**-0.5, (N_IN, hidden)), rng.normal(0, hidden**-0.5, (hidden, N_OUT))
    return W1, np.zeros(hidden), W2, np.zeros(N_OUT)


def reference(hidden: int, X: Array, y: Array, batch: int) -> Weights:
    """The same learning in plain NumPy: what the contestants are checked against."""
    W1, b1, W2, b2 = start(hidden)
    for first in range(0, len(X), batch):
        x, labels = X[first : first + batch], y[first : first + batch]
        h = np.tanh(x @ W1 + b1)
        p = np.exp(h @ W2 + b2)
        signal = np.eye(N_OUT)[labels] - p / p.sum(axis=1, keepdims=True)
        below = (signal @ W2.T) * (1 - h**2)
        for w, dw in ((W1, x.T @ below), (b1, below.sum(axis=0)), (W2, h.T @ signal), (b2, signal.sum(axis=0))):
            w += RATE / len(x) * dw
    return W1, b1, W2, b2


def flops(hidden: int) -> float:
    """What one sample costs: forward and weight change of both layers, and what the hidden layer is told."""
    return 2.0 * (2 * N_IN * hidden + 3 * hidden * N_OUT)


# ---------------------------------------------------------------- the contestants


def hebbnet(hidden: int) -> Run:
    """One call of `learn` for all rows."""
    import hebbnet as hb

    network = hb.Network(N_IN, [hb.Dense(hidden, "tanh"), hb.Dense(N_OUT, "softmax")], rng=0)
    for layer, W, b in zip(network.layers, start(hidden)[::2], start(hidden)[1::2], strict=True):
        layer.W[:], layer.b[:] = W, b
    beginner = hb.Learner(network, rate=RATE, optimizer=hb.SGD(), standardize=False)

    def run(X: Array, y: Array, batch: int) -> tuple[float, Weights]:
        learner = beginner.copy()
        begin = perf_counter()
        learner.learn(X, y, batch_size=batch)
        seconds = perf_counter() - begin
        return seconds, tuple(array for layer in learner.network.layers for array in (layer.W, layer.b))

    return run


def pytorch(hidden: int, *, single: bool = False) -> Run:
    """PyTorch eager, as its users write it; it predicts from the same forward pass, as hebbnet does."""
    import torch
    from torch import nn

    torch.set_num_threads(allowed())
    kind = torch.float32 if single else torch.float64

    def run(X: Array, y: Array, batch: int) -> tuple[float, Weights]:
        model = nn.Sequential(nn.Linear(N_IN, hidden), nn.Tanh(), nn.Linear(hidden, N_OUT)).to(kind)
        with torch.no_grad():
            for parameter, w in zip(model.parameters(), start(hidden), strict=True):
                parameter.copy_(torch.from_numpy(w.T))
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        cross_entropy = nn.CrossEntropyLoss()
        inputs, labels = torch.from_numpy(X).to(kind), torch.from_numpy(y)
        predictions = []
        begin = perf_counter()
        for first in range(0, len(inputs), batch):
            z = model(inputs[first : first + batch])
            predictions.append(z.argmax(1))
            loss = cross_entropy(z, labels[first : first + batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds = perf_counter() - begin
        return seconds, tuple(parameter.detach().numpy().T for parameter in model.parameters())

    return run


CONTESTANTS: dict[str, Callable[[int], Run]] = {
    OURS: hebbnet, PEER: pytorch, PEER_SINGLE: partial(pytorch, single=True)}


# ---------------------------------------------------------------- the race


def allowed() -> int:
    """How many this process may use; libraries read it when they are loaded."""
    return int(os.environ.get("OPENBLAS_NUM_THREADS", "1"))


def race(rounds: int) -> dict[str, Any]:
    """In this process: everybody once a round; microseconds a sample of each, and the peak in flops a second."""
    runs, skipped = prepare()
    X, y = digits(ROWS)
    found: dict[str, Any] = {"skipped": skipped, "peak": [], "us": {}}
    for hidden in HIDDEN:
        for batch in BATCHES:
            check({name: makers[hidden] for name, makers in runs.items()}, hidden, X, y, batch)
    for round_number in range(rounds + 1):
        counts = round_number > 0  # the first warms up
        peak = product_flops()
        found["peak"] += [peak] * counts
        for hidden in HIDDEN:
            for batch in BATCHES:
                n = ONE_BY_ONE if batch == 1 else ROWS
                for name, makers in runs.items():
                    sleep(PAUSE)
                    seconds, _ = makers[hidden](X[:n], y[:n], batch)
                    us = found["us"].setdefault(f"{hidden} {batch}", {}).setdefault(name, [])
                    us += [1e6 * seconds / n] * counts
    return found


def prepare() -> tuple[dict[str, dict[int, Run]], dict[str, str]]:
    """Those that can run here; and why the others cannot."""
    runs, skipped = {}, {}
    for name, make in CONTESTANTS.items():
        try:
            runs[name] = {hidden: make(hidden) for hidden in HIDDEN}
        except ImportError as reason:
            skipped[name] = str(reason)
    return runs, skipped


def check(runs: dict[str, Run], hidden: int, X: Array, y: Array, batch: int) -> None:
    """Refuse to time those who do not compute what they should: a wrong answer is fast."""
    X, y = X[: CHECKED * batch], y[: CHECKED * batch]
    expected = reference(hidden, X, y, batch)
    for name, run in runs.items():
        error = max(np.abs(a - b).max() for a, b in zip(run(X, y, batch)[1], expected, strict=True))
        if not error <= (SINGLE if name == PEER_SINGLE else ACCURACY):
            raise SystemExit(f"{name}, {net(hidden)} at batch {batch}: its weights are {error:.1e} away from NumPy's")


def product_flops() -> float:
    """Flops a second of a large matrix product in float64, by NumPy."""
    A = np.ones((SQUARE, SQUARE))
    out = np.empty_like(A)
    begin = perf_counter()
    np.matmul(A, A, out=out)
    return 2.0 * SQUARE**3 / (perf_counter() - begin)


def net(hidden: int) -> str:
    """784-100-10"""
    return f"{N_IN}-{hidden}-{N_OUT}"


# ---------------------------------------------------------------- measured, read


def measure(quick: bool) -> dict[str, Any]:
    """The race in a process of its own for each number of threads, since BLAS counts them when it is loaded."""
    rounds = 2 if quick else 7
    found: dict[str, Any] = {"machine": machine(), "rounds": rounds, "threads": {}}
    for count in THREADS:
        done = subprocess.run([sys.executable, "-m", "benchmarks.batches", "--race", str(rounds)], text=True,
                              stdout=subprocess.PIPE, env=os.environ | threads(count), cwd=Path(__file__).parents[1])
        if done.returncode:
            raise SystemExit(f"the race on {count} threads failed")
        found["threads"][str(count)] = json.loads(done.stdout)
    return found


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """Our time over a peer's, the median of the rounds, by what was measured; lower is better."""
    return {f"{case(name, count)}: hebbnet / {peer}": ratio(us[OURS], us[peer])
            for count, found in results["threads"].items() for name, us in found["us"].items()
            for peer in (PEER, PEER_SINGLE) if peer in us}


def case(name: str, count: str) -> str:
    """'100 32' on one thread as a person reads it."""
    hidden, batch = name.split()
    return f"{net(int(hidden))}, batch {batch}, {count} thread{'s' * (count != '1')}"


def bound(name: str) -> float:
    """How many times as fast as PyTorch in float64 it has to be."""
    hidden, batch = map(int, name.split())
    return FASTER[hidden] if batch == 1 else 1.0


def report(results: dict[str, Any]) -> str:
    """Markdown: one table for each number of threads."""
    lines = []
    for count, found in results["threads"].items():
        peak = median(found["peak"])
        lines += [f"{count} thread{'s' * (count != '1')}, where a product of {SQUARE} x {SQUARE} matrices reaches "
                  f"{peak / 1e9:.0f} Gflop/s:", "",
                  f"| net | batch | hebbnet, us a sample | of the peak | {PEER} | {PEER_SINGLE} | {PEER} / hebbnet "
                  "| target | |", "|---|---:|---:|---:|---:|---:|---:|---|---|"]
        for name, us in found["us"].items():
            hidden, batch = name.split()
            share = 1e6 * flops(int(hidden)) / median(us[OURS]) / peak
            lines.append(f"| {net(int(hidden))} | {batch} | {span(us[OURS])} | {100 * share:.0f} % | "
                         f"{span(us.get(PEER))} | {span(us.get(PEER_SINGLE))} | {verdict(name, us)} |")
        lines += ["", *(f"{name}: not measured ({reason})" for name, reason in found["skipped"].items())]
    return "\n".join(lines)


def span(us: list[float] | None) -> str:
    """Median (least - most)."""
    return f"{median(us):.1f} ({min(us):.1f} - {max(us):.1f})" if us else "-"


def verdict(name: str, us: dict[str, list[float]]) -> str:
    """How many times as fast as PyTorch in float64, the target, and whether it is met: three cells."""
    if PEER not in us:
        return f"- | at least {bound(name):.1f} | not measured"
    times = ratio(us[PEER], us[OURS])
    return f"{times:.2f} | at least {bound(name):.1f} | {'met' if times >= bound(name) else 'MISSED'}"


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batches", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 rounds instead of 7: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every round, to FILE")
    parser.add_argument("--race", metavar="ROUNDS", type=int, help=argparse.SUPPRESS)
    kept.ask(parser)
    options = parser.parse_args()
    if options.race:
        print(json.dumps(race(options.race)))
        return
    results = measure(options.quick)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        kept.keep("batches", {"ratio": ratios(results)})


if __name__ == "__main__":
    main()
