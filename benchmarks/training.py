"""Continuous training: what the clock costs beside the learning itself.

    python -m benchmarks.training [--rounds N]

The policy Always, without delay, against the same learner's bare `learn` on the same rows, in turns; before that, their
predictions and weights must be equal. Then a sweep, serial and in two processes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from math import ceil, pi
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import hebbnet as hb

from .machine import machine

ROWS, HIDDEN = 200_000, 16
LIMIT = 1.3


def seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def always_beside_learn(batch_size: int, rounds: int) -> dict[str, float]:
    """The seconds of a run and of `learn`, and their ratio, each the median over the rounds."""
    batch = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[ROWS // 2], noise=0.1, rng=0).take(ROWS)
    table = hb.from_arrays(batch.X, batch.y)  # both read the same arrays: making the rows is nobody's business here
    learner = hb.Learner(hb.mlp(table, hidden=[HIDDEN], rng=0))

    def clocked() -> hb.Run:
        return hb.run(learner, table, hb.Always(), launch=0, batch_size=batch_size)

    def bare() -> tuple[hb.Learner, np.ndarray]:
        twin = learner.copy()
        return twin, twin.learn(batch.X, batch.y, batch_size=batch_size)

    run, (twin, predicted) = clocked(), bare()
    assert np.array_equal(run.predictions, predicted)
    assert np.array_equal(run.learner.network.theta, twin.network.theta)
    pairs = [(seconds(clocked), seconds(bare)) for _ in range(rounds)]
    return {"always": median(a for a, _ in pairs), "learn": median(b for _, b in pairs),
            "ratio": median(a / b for a, b in pairs)}


def measure(quick: bool) -> dict[str, Any]:
    """The clock at both batch sizes; a sweep of few seeds, here and in two processes."""
    found: dict[str, Any] = {"machine": machine(), "rounds": 3 if quick else 15, "seeds": 5 if quick else 20}
    found["clock"] = {str(size): always_beside_learn(size, found["rounds"]) for size in (1, 32)}
    a_sweep(1, None)
    with ProcessPoolExecutor(2) as two:
        a_sweep(1, two)
        found["sweep"] = {"here": a_sweep(found["seeds"], None), "two": a_sweep(found["seeds"], two)}
    return found


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """A run over the bare `learn`, and two processes over one; the lower the better."""
    return {**{f"Always / learn, batch {size}": one["ratio"] for size, one in results["clock"].items()},
            "a sweep in two processes / in one": results["sweep"]["two"] / results["sweep"]["here"]}


def report(results: dict[str, Any]) -> str:
    """The clock, and the sweep, in Markdown."""
    lines = [f"{ROWS:,} rows of SEA, 3-{HIDDEN}-2, medians of {results['rounds']} rounds.", "",
             "| batch | Always, s | `learn`, s | ratio | at most | |", "|---:|---:|---:|---:|---:|---|"]
    lines += [f"| {size} | {one['always']:.3f} | {one['learn']:.3f} | {one['ratio']:.2f} | {LIMIT:g} | "
              f"{'met' if one['ratio'] <= LIMIT else '**MISSED**'} |" for size, one in results["clock"].items()]
    here, two = results["sweep"]["here"], results["sweep"]["two"]
    lines += ["", f"A sweep of {len(POLICIES)} policies x 3 streams x {results['seeds']} seeds x 20,000 rows: "
              f"{here:.1f} s here, {two:.1f} s in two processes, {here / two:.2f} x, of {os.cpu_count()} processors."]
    return "\n".join(lines)


def a_sweep(seeds: int, executor: Executor | None) -> float:
    """The seconds of a sweep over 4 policies and 3 streams of 20,000 rows."""
    steps = [hb.RotatingBoundary(k * pi / 4) for k in range(4)]
    streams = {"SEA": hb.DriftStream([hb.SEA(7), hb.SEA(9), hb.SEA(11)], [7_000, 14_000], noise=0.1, rng=0),
               "STAGGER": hb.DriftStream([hb.STAGGER(k) for k in (1, 2, 3)], [7_000, 14_000], rng=0),
               "turning": hb.DriftStream(steps, [5_000, 10_000, 15_000], noise=0.1, rng=0)}
    learners = {name: hb.Learner(hb.mlp(stream, hidden=[HIDDEN], rng=0)) for name, stream in streams.items()}
    begin = perf_counter()
    for name, stream in streams.items():  # each has its own number of inputs, and so its own learner
        result = hb.sweep(learners[name], stream, POLICIES, seeds, executor=executor, steps=20_000, launch=2_000,
                          window=1_000)
        assert len(result.cells) == len(POLICIES) * seeds
    return perf_counter() - begin


POLICIES = {"never": hb.Never(), "periodic": hb.Periodic(2_000), "alarm": hb.OnDrift(hb.ADWIN()), "always": hb.Always()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"{ROWS:,} rows of SEA, 3-{HIDDEN}-2, medians of {rounds} rounds")
    print("batch   Always, s   learn, s   ratio")
    for batch_size in (1, 32):
        found = always_beside_learn(batch_size, rounds)
        print(f"{batch_size:5}   {found['always']:9.4f}   {found['learn']:8.4f}   {found['ratio']:5.2f}   "
              f"({verdict(found['ratio'] <= LIMIT, f'at most {LIMIT}')})")
    a_sweep(1, None)
    with ProcessPoolExecutor(2) as two:
        a_sweep(1, two)  # the workers are there, and have loaded what they need
        took = a_sweep(10, two)
        print(f"4 policies x 3 streams x 10 seeds x 20,000 rows, two processes: {took:.1f} s "
              f"({verdict(took <= 20, 'at most 20')})")
        seeds = max(10, ceil(45 / (a_sweep(10, None) / 10)))
        serial, parallel = a_sweep(seeds, None), a_sweep(seeds, two)
        print(f"{seeds} seeds: {serial:.1f} s here, {parallel:.1f} s in two processes, {serial / parallel:.2f} x "
              f"({verdict(serial >= 40 and serial / parallel >= 1.7, 'at least 1.7 where it takes 40 s')})")


def verdict(met: bool, target: str) -> str:
    return f"{target}: {'met' if met else 'not met'}"


if __name__ == "__main__":
    main()
