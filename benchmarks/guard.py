"""The guard: what got slower since a baseline was kept. It compares ratios, never times.

    python -m benchmarks.guard [--from FILE.json] [--keep] [--rounds N]

A ratio is hebbnet's time over a peer's, taken in turns in one run: the lower the better. Without `--from`, a cheap set
is measured: the same work as a NumPy loop, and as C where there is a compiler. `--from` reads the ratios of a whole
run, `python -m benchmarks --json FILE.json`. Exit code 1 says that something got slower than its tolerance allows.

A ratio moves less between machines than a time does, but it moves: processors differ in what they are good at, and
NumPy and compilers get faster too. The baseline says where it was taken; on another machine look first, then keep one.
"""

from __future__ import annotations

import os

from .machine import machine, threads

# One thread. Libraries read this while they are imported, so it stands before the first import.
os.environ.update(threads(1))

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import hebbnet as hb

BASELINE = Path(__file__).with_name("baseline.json")
LEAST = 0.15  # the least tolerance: what a virtual machine with neighbours does to a ratio
SPREADS = 2.0  # the tolerance in spreads: half the interquartile range of the rounds' ratios, over their median
ROUNDS = 9

Work = Callable[[], Any]
Kept = dict[str, dict[str, Any]]  # by name: ratio, the tolerance as a share of it, and the date it was measured


# ---------------------------------------------------------------- the cheap set


def online() -> dict[str, tuple[Work, int]]:
    """3-16-2, SGD, sample by sample."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50_000, 3))
    y = (X[:, 0] + X[:, 1] > 0).astype(np.int64)
    learner = hb.Learner(hb.Network(3, [hb.Dense(16), hb.Dense(2, "softmax")], rng=0), rate=0.05, optimizer=hb.SGD(),
                         standardize=False)
    weights = [part for layer in learner.network.layers for part in (layer.W.copy(), layer.b.copy())]
    return {"hebbnet": (lambda: learner.copy().learn(X, y), len(X)),
            "NumPy": (lambda: descend(weights, X[:2_000], y[:2_000], 1), 2_000), **in_c(X, y)}


def batches() -> dict[str, tuple[Work, int]]:
    """784-100-10, SGD, batches of 128."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1_280, 784)), rng.integers(10, size=1_280)
    learner = hb.Learner(hb.Network(784, [hb.Dense(100), hb.Dense(10, "softmax")], rng=0), rate=0.05,
                         optimizer=hb.SGD(), standardize=False)
    weights = [part for layer in learner.network.layers for part in (layer.W.copy(), layer.b.copy())]
    return {"hebbnet": (lambda: learner.copy().learn(X, y, batch_size=128), len(X)),
            "NumPy": (lambda: descend(weights, X, y, 128), len(X))}


def rows() -> dict[str, tuple[Work, int]]:
    """SEA with noise, beside the numbers alone that it takes."""
    n = 200_000
    rng = np.random.default_rng(0)
    return {"hebbnet": (lambda: hb.DriftStream([hb.SEA(8)], noise=0.1, rng=0).take(n), n),
            "NumPy": (lambda: (rng.random((n, 3)), rng.random(n)), n)}


def alarms() -> dict[str, tuple[Work, int]]:
    """DDM, beside the same formula value by value in Python."""
    errors = (np.random.default_rng(0).random(1_000_000) < 0.2).astype(float)
    few = errors[:20_000].tolist()
    return {"hebbnet": (lambda: hb.DDM().run(errors), len(errors)), "Python": (lambda: minima(few), len(few))}


def clock() -> dict[str, tuple[Work, int]]:
    """A whole run with Always, beside the bare `learn` of the same rows."""
    n = 50_000
    batch = hb.DriftStream([hb.SEA(8)], noise=0.1, rng=0).take(n)
    table = hb.from_arrays(batch.X, batch.y)
    learner = hb.Learner(hb.mlp(table, hidden=[16], rng=0))
    return {"hebbnet": (lambda: hb.run(learner, table, hb.Always(), launch=0), n),
            "learn": (lambda: learner.copy().learn(batch.X, batch.y), n)}


CASES: dict[str, Callable[[], dict[str, tuple[Work, int]]]] = {
    "online 3-16-2": online, "batch 128, 784-100-10": batches, "rows of SEA": rows, "DDM": alarms, "the clock": clock}


def descend(start: list[np.ndarray], X: np.ndarray, y: np.ndarray, size: int) -> None:
    """Gradient descent of a network with one hidden layer (tanh, softmax), as NumPy has it."""
    W1, b1, W2, b2 = (part.copy() for part in start)
    told = np.eye(len(b2))[y]
    for i in range(0, len(X), size):
        x = X[i : i + size]
        h = np.tanh(x @ W1 + b1)
        z = h @ W2 + b2
        p = np.exp(z - z.max(axis=1, keepdims=True))
        signal = told[i : i + size] - p / p.sum(axis=1, keepdims=True)
        below = (signal @ W2.T) * (1 - h**2)
        rate = 0.05 / len(x)
        W2 += rate * (h.T @ signal)
        b2 += rate * signal.sum(axis=0)
        W1 += rate * (x.T @ below)
        b1 += rate * below.sum(axis=0)


def minima(errors: list[float]) -> int:
    """DDM's statistic, p + s against the smallest p + s so far; how often it passed three of the smallest s."""
    p, low_p, low_s, seen = 0.0, float("inf"), float("inf"), 0
    for n, error in enumerate(errors, 1):
        p += (error - p) / n
        s = (p * (1 - p) / n) ** 0.5
        if n >= 30 and p + s <= low_p + low_s:
            low_p, low_s = p, s
        seen += n >= 30 and p + s > low_p + 3 * low_s
    return seen


def in_c(X: np.ndarray, y: np.ndarray) -> dict[str, tuple[Any, int]]:
    """The C program of `benchmarks.online`, which clocks itself; nothing where it cannot be compiled."""
    try:
        from .peers.in_c import c_program
        from .peers.task import Task

        run = c_program(Task((3, 16, 2), "SGD"))
    except (ImportError, FileNotFoundError, subprocess.CalledProcessError) as reason:
        print(f"C program: not measured ({reason})", file=sys.stderr)
        return {}
    return {"C": (lambda: run(X, y).seconds, len(X))}


def measure(rounds: int) -> dict[str, list[float]]:
    """The ratios of every round, by name; all take turns, and a first round, which compiles, is not counted."""
    cases = {case: make() for case, make in CASES.items()}
    found: dict[str, list[float]] = {}
    for k in range(rounds + 1):
        for case, works in cases.items():
            us = {who: seconds(work) / n for who, (work, n) in works.items()}
            for peer in list(us)[1:] if k else []:
                found.setdefault(f"{case}: hebbnet / {peer}", []).append(us["hebbnet"] / us[peer])
    return found


def seconds(work: Work) -> float:
    """Wall time of one call, or what it says of itself."""
    begin = perf_counter()
    said = work()
    return said if isinstance(said, float) else perf_counter() - begin


# ---------------------------------------------------------------- comparing


def keep(found: dict[str, list[float]], day: str) -> Kept:
    """The baseline: the median of the rounds, how much slower counts as slower, and since when that is so."""
    return {name: {"ratio": median(ratios), "tolerance": tolerance(ratios), "date": day}
            for name, ratios in found.items()}


def tolerance(ratios: list[float]) -> float:
    """As a share of the median: SPREADS times half the interquartile range of the rounds, and LEAST at the least."""
    low, high = np.percentile(ratios, [25, 75])
    return max(LEAST, SPREADS * float(high - low) / 2 / median(ratios))


def ratios_of(run: dict[str, Any]) -> dict[str, list[float]]:
    """Those of a run of all suites, `suite: name`, one a round."""
    return {f"{suite}: {name}": [ratio] for suite, one in run["suites"].items()
            for name, ratio in one.get("ratios", {}).items()}


def compare(baseline: Kept, found: dict[str, list[float]]) -> list[tuple[str, float, float, float]]:
    """(name, ratio kept, ratio found, tolerance) of all that both have; the one that lost most comes first."""
    both = [(name, baseline[name]["ratio"], median(found[name]), baseline[name]["tolerance"])
            for name in baseline if name in found]
    return sorted(both, key=lambda row: -row[2] / row[1])


def slower(row: tuple[str, float, float, float]) -> bool:
    """Whether it got slower by more than its tolerance."""
    _, kept, now, allowed = row
    return now > kept * (1 + allowed)


def report(compared: list[tuple[str, float, float, float]], baseline: Kept, found: dict[str, list[float]]) -> str:
    """What got slower, what did not, and what could not be compared."""
    lines = [f"{'ratio':58}{'kept':>9}{'now':>9}{'change':>9}{'allowed':>9}"]
    for row in compared:
        name, kept, now, allowed = row
        lines.append(f"{name:58}{kept:9.3g}{now:9.3g}{now / kept - 1:+9.0%}{allowed:+9.0%}"
                     f"{'  SLOWER' if slower(row) else ''}")
    lines += [f"{name}: not measured here" for name in baseline if name not in found]
    lines += [f"{name}: not in the baseline" for name in found if name not in baseline]
    worse = sum(map(slower, compared))
    return "\n".join([*lines, f"{worse} of {len(compared)} got slower than their tolerance allows"])


def main() -> None:
    """Compare, or keep a new baseline; exit code 1 if something got slower."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guard", description=__doc__.partition("\n")[0])
    parser.add_argument("--from", dest="run", metavar="FILE", type=Path, help="of `python -m benchmarks --json`")
    parser.add_argument("--keep", action="store_true", help=f"store them as {BASELINE.name}, beside those it has")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    options = parser.parse_args()
    run = json.loads(options.run.read_text(encoding="utf-8")) if options.run else None
    found = ratios_of(run) if run else measure(options.rounds)
    stored = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {"ratios": {}}
    if options.keep:
        merged = stored["ratios"] | keep(found, run["date"] if run else str(date.today()))
        BASELINE.write_text(json.dumps({"machine": machine(), "ratios": merged}, indent=1) + "\n", encoding="utf-8")
        print(f"kept {len(found)} ratios in {BASELINE.name}")
        return
    days = sorted({one["date"] for one in stored["ratios"].values()}) or ["nobody"]
    until = f" to {days[-1]}" if len(days) > 1 else ""
    print(f"baseline of {days[0]}{until}: {stored.get('machine', {}).get('processor', '')}")
    compared = compare(stored["ratios"], found)
    print(report(compared, stored["ratios"], found))
    sys.exit(any(map(slower, compared)))


if __name__ == "__main__":
    main()
