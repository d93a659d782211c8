"""How cost grows: with samples, width, depth, classes, seeds and processes; and the memory of ten million rows.

    python -m benchmarks.growth [--quick] [--json FILE] [--out FILE.png] [--keep]

Each line is a power law, cost = c x^e, fitted by least squares on logarithms. Where a line bends (width: at first the
overhead of a sample, then all weights), the exponent at its end stands beside the fitted one, and where it turns.
"""

from __future__ import annotations

import os

from .machine import machine, threads

# One thread. Libraries read this while they are imported, so it stands before the first import.
os.environ.update(threads(1))

import argparse
import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

import hebbnet as hb

from . import memory
from . import results as kept

ROUNDS, QUICK_ROUNDS = 5, 2
CHUNK = 10_000  # rows taken from the stream at a time
SWEEP_ROWS, SWEEP_SEEDS = 20_000, 16
MOST_MEMORY = 300.0  # MB beyond the bare interpreter
ROWS, QUICK_ROWS = 10_000_000, 1_000_000
WORK = 4e7  # about so many multiplications are clocked at each point of width, depth and classes

Work = Callable[[], Any]


class Line(NamedTuple):
    """What is made larger, by which steps, what a point costs, and the work of one point: (work, samples in it)."""

    name: str
    unit: str
    xs: Sequence[int]
    cost: str
    work: Callable[[int], tuple[Work, int]]


# ---------------------------------------------------------------- the work


def samples(n: int) -> tuple[Work, int]:
    """A stream is made, taken in chunks, and learned from sample by sample, by a network 3-16-2."""
    def work() -> None:
        stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[n // 2], noise=0.1, rng=0)
        learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
        for _ in range(n // CHUNK):
            batch = stream.take(CHUNK)
            learner.learn(batch.X, batch.y)

    return work, 1


def net(n_in: int, hidden: list[int], classes: int) -> tuple[Work, int]:
    """Learning alone, sample by sample; so many samples that it takes a while."""
    weights = sum(a * b for a, b in zip([n_in, *hidden], [*hidden, classes], strict=True))
    n = int(min(max(WORK / (weights + 200), 30), 20_000))
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n, n_in)), rng.integers(classes, size=n)
    layers = [*(hb.Dense(h, "tanh") for h in hidden), hb.Dense(classes, "softmax")]
    learner = hb.Learner(hb.Network(n_in, layers, rng=0))
    return lambda: learner.learn(X, y), n


def sweep(seeds: int, executor: Any = None) -> Work:
    """Two policies, so many seeds."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[SWEEP_ROWS // 2], noise=0.1, rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    policies = {"always": hb.Always(), "periodic": hb.Periodic(2_000)}
    return lambda: hb.sweep(learner, stream, policies, seeds=seeds, executor=executor, steps=SWEEP_ROWS)


def in_processes(count: int) -> tuple[Work, int]:
    """The same sweep; with one, without any other process."""
    if count == 1:
        return sweep(SWEEP_SEEDS), 1
    pool = ProcessPoolExecutor(count)
    sweep(2 * count, pool)()  # the workers are there, and have loaded what they need
    return sweep(SWEEP_SEEDS, pool), 1


LINES = [
    Line("samples", "samples", [10**4, 10**5, 10**6, 10**7], "seconds", samples),
    Line("width", "neurons: w inputs, w hidden", [8, 16, 32, 64, 128, 256, 512, 1_024], "us a sample",
         lambda w: net(w, [w], 2)),
    Line("depth", "hidden layers of 32", list(range(1, 9)), "us a sample", lambda d: net(32, [32] * d, 2)),
    Line("classes", "classes, of a net 32-32-K", [2, 4, 8, 16, 32, 64, 128, 256, 512], "us a sample",
         lambda k: net(32, [32], k)),
    Line("seeds", f"seeds of a sweep, {SWEEP_ROWS:,} rows each", [1, 2, 4, 8, 16], "seconds",
         lambda k: (sweep(k), 1)),
    Line("processes", f"processes, {SWEEP_SEEDS} seeds", [1, 2], "seconds", in_processes),
]

# What a person writes to learn online from ROWS rows of a drifting stream.
BEGIN = """
import hebbnet as hb
stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[{rows} // 2], noise=0.1, rng=0)
learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
"""
PROGRAMS = {
    "python -c pass": "pass",
    "import hebbnet": "import hebbnet",
    "one sample learned": BEGIN + "batch = stream.take(1); learner.learn(batch.X, batch.y)",
    "stream.take and learn, in chunks": BEGIN + """
for _ in range({rows} // 10_000):
    batch = stream.take(10_000)
    learner.learn(batch.X, batch.y)
0""",
    "hb.run with Always": BEGIN + "run = hb.run(learner, stream, hb.Always(), launch=0, steps={rows})",
    "the same, and its summary": BEGIN + "run = hb.run(learner, stream, hb.Always(), launch=0, steps={rows}); "
                                         "run.summary()",
}
BOUNDED = ("stream.take and learn, in chunks", "hb.run with Always")  # by MOST_MEMORY


# ---------------------------------------------------------------- measuring


def measure(quick: bool) -> dict[str, Any]:
    """Every point of every line, round after round; then the memory."""
    rounds, rows = (QUICK_ROUNDS, QUICK_ROWS) if quick else (ROUNDS, ROWS)
    found: dict[str, Any] = {"machine": machine(), "rounds": rounds, "rows": rows, "lines": {}}
    for line in LINES:
        xs = [x for x in line.xs if line.name != "samples" or x <= rows]
        found["lines"][line.name] = {"x": xs, "unit": line.unit, "cost": line.cost, "found": clocked(line, xs, rounds)}
    found["memory"] = {name: memory.of(program.format(rows=rows)) for name, program in PROGRAMS.items()}
    return found


def clocked(line: Line, xs: Sequence[int], rounds: int) -> list[list[float]]:
    """The cost of each point, once a round: in turns, so that whatever the machine does meets all."""
    works = [line.work(x) for x in xs]
    taken: list[list[float]] = [[] for _ in xs]
    works[0][0]()  # compiles, and warms up
    for _ in range(rounds):
        for costs, (work, n) in zip(taken, works, strict=True):
            begin = perf_counter()
            work()
            seconds = perf_counter() - begin
            costs.append(1e6 * seconds / n if line.cost == "us a sample" else seconds)
    return taken


# ---------------------------------------------------------------- exponents


def exponent(xs: Sequence[float], costs: Sequence[float]) -> float:
    """e of cost = c x^e, by least squares on logarithms."""
    return float(np.polyfit(np.log(xs), np.log(costs), 1)[0])


def at_the_end(xs: Sequence[float], costs: Sequence[float]) -> float:
    """The exponent between the last two points."""
    return exponent(xs[-2:], costs[-2:])


def turn(xs: Sequence[float], costs: Sequence[float]) -> float | None:
    """Where the exponent from point to point passes 1, half-way from overhead (0) to quadratic (2); None: nowhere."""
    points = [(math.log(xs[i] * xs[i + 1]) / 2, exponent(xs[i : i + 2], costs[i : i + 2])) for i in range(len(xs) - 1)]
    for (x, e), (x_next, e_next) in pairwise(points):
        if e < 1 <= e_next:
            return math.exp(x + (x_next - x) * (1 - e) / (e_next - e))
    return None


def fitted(results: dict[str, Any]) -> dict[str, dict[str, float | None]]:
    """The exponents of every line, by its name."""
    found = {}
    for name, line in results["lines"].items():
        costs = [median(costs) for costs in line["found"]]
        found[name] = {"fit": exponent(line["x"], costs), "end": at_the_end(line["x"], costs),
                       "turn": turn(line["x"], costs)}
    return found


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """The last point over the first, per unit of work where that should stay the same; the lower the better."""
    found = {}
    for name, line in results["lines"].items():
        first, last = line["found"][0], line["found"][-1]
        per = line["x"][-1] / line["x"][0] if name in ("samples", "seeds") else 1.0
        found[f"{name}: {line['x'][-1]:,} / {line['x'][0]:,}"] = median(
            b / a for a, b in zip(first, last, strict=True)) / per
    return found


# ---------------------------------------------------------------- what a person reads


def report(results: dict[str, Any]) -> str:
    """The exponents, the points and the memory, as tables in Markdown."""
    lines = [f"Batch 1, float64, one thread; medians of {results['rounds']} rounds.", "",
             "| what grows | from | to | cost there | cost | exponent | at the end | turns at |",
             "|---|---:|---:|---|---|---:|---:|---:|"]
    exponents = fitted(results)
    for name, line in results["lines"].items():
        costs, one = [median(costs) for costs in line["found"]], exponents[name]
        turning = f"{one['turn']:,.0f}" if name == "width" and one["turn"] else ""
        lines.append(f"| {name} ({line['unit']}) | {line['x'][0]:,} | {line['x'][-1]:,} | {costs[0]:.3g} to "
                     f"{costs[-1]:.3g} | {line['cost']} | {one['fit']:.2f} | {one['end']:.2f} | {turning} |")
    held = results["memory"]
    bare = held["python -c pass"]
    lines += ["", f"Memory of an online run of {results['rows']:,} rows: the peak of a fresh process.", "",
              f"| | MB | beyond the interpreter | at most {MOST_MEMORY:g} beyond it |", "|---|---:|---:|---|"]
    for name, most in held.items():
        verdict = ("met" if most - bare < MOST_MEMORY else "**MISSED**") if name in BOUNDED else ""
        lines.append(f"| {name} | {most:.0f} | {most - bare:.0f} | {verdict} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, draw, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 rounds, up to a million rows: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every repetition, to FILE")
    parser.add_argument("--from", metavar="FILE", type=Path, dest="earlier", help="not measured: what --json wrote")
    parser.add_argument("--out", type=Path, metavar="FILE", help="draw it there, as PNG")
    kept.ask(parser)
    options = parser.parse_args()
    results = json.loads(options.earlier.read_text(encoding="utf-8")) if options.earlier else measure(options.quick)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.out:
        from .growth_figure import draw

        draw(results, fitted(results), options.out)
    if options.keep:
        kept.keep("growth", {"exponent": fitted(results), "memory": results["memory"]})


if __name__ == "__main__":
    main()
