"""Making rows: `stream.take(1_000_000)` beside the generators of River, and whether the time is linear in n.

    python -m benchmarks.streams [--quick] [--json FILE]

A ratio is River's time per row over hebbnet's. River's generators are drained one row at a time, as they are used; of
hebbnet's streams, the whole ground truth is made too.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections import deque
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import hebbnet as hb

from .machine import machine

ROWS, RIVER_ROWS = 1_000_000, 20_000  # a River row costs the same wherever it stands
SIZES = (10_000, 100_000, 1_000_000, 4_000_000)
LINEAR = 2.0  # the most that a row of the largest may cost, in rows of the 100,000: fresh memory costs a half more
TARGET = 25.0
RIVER = importlib.util.find_spec("river") is not None

# name, the concept, its label noise, River's name for it and its arguments; a target where one is set
CONTESTS: list[tuple[str, Any, float, str, dict[str, Any], float | None]] = [
    ("SEA", hb.SEA(8), 0.0, "SEA", {}, TARGET),
    ("SEA, 10 % noise", hb.SEA(8), 0.1, "SEA", {"noise": 0.1}, TARGET),
    ("Hyperplane, 10 inputs", hb.Hyperplane.random(10, rng=0), 0.0, "Hyperplane", {"noise_percentage": 0.0}, TARGET),
    ("Hyperplane, 5 % noise", hb.Hyperplane.random(10, rng=0), 0.05, "Hyperplane", {}, TARGET),
    ("STAGGER", hb.STAGGER(1), 0.0, "STAGGER", {}, None),
    ("Sine", hb.concepts.Sine(1), 0.0, "Sine", {}, None),
    ("Mixed", hb.concepts.Mixed(), 0.0, "Mixed", {}, None),
    ("LED, 24 inputs", hb.concepts.LED(0.1), 0.0, "LED", {"noise_percentage": 0.11, "irrelevant_features": True}, None),
    ("Agrawal", hb.concepts.Agrawal(0), 0.0, "Agrawal", {}, None),
    ("RandomRBF, 50 centroids", hb.concepts.RandomRBF(0), 0.0, "RandomRBF", {"seed_model": 0, "seed_sample": 0}, None),
    ("Friedman", hb.concepts.Friedman(), 1.0, "Friedman", {}, None),
]


def seconds(make: Callable[[], Any]) -> float:
    """How long it takes."""
    begin = perf_counter()
    make()
    return perf_counter() - begin


def taken(concept: Any, noise: float, rows: int) -> Callable[[], Any]:
    """To take so many rows of a stream that is made anew."""
    return lambda: hb.DriftStream([concept], noise=noise, rng=0).take(rows)


def drained(name: str, settings: dict[str, Any]) -> Callable[[], Any]:
    """To draw RIVER_ROWS rows from one of River's generators, keeping none."""
    from river.datasets import synth

    seed = {} if "seed_model" in settings else {"seed": 0}
    return lambda: deque(islice(iter(getattr(synth, name)(**seed, **settings)), RIVER_ROWS), maxlen=0)


def measure(quick: bool) -> dict[str, Any]:
    """One repetition of each, then the next round; microseconds per row."""
    repetitions = 3 if quick else 7
    ours: dict[str, list[float]] = {name: [] for name, *_ in CONTESTS}
    theirs: dict[str, list[float]] = {name: [] for name, *_ in CONTESTS}
    sizes: dict[int, list[float]] = {n: [] for n in SIZES}
    for repetition in range(repetitions + 1):
        for name, concept, noise, river, settings, _ in CONTESTS:
            us = 1e6 * seconds(taken(concept, noise, ROWS)) / ROWS
            other = 1e6 * seconds(drained(river, settings)) / RIVER_ROWS if RIVER else None
            if repetition:  # the first round warms up
                ours[name].append(us)
                theirs[name] += [other] if other else []
        for n in SIZES:
            us = 1e6 * seconds(taken(hb.SEA(8), 0.1, n)) / n
            if repetition:
                sizes[n].append(us)
    return {"machine": machine(), "repetitions": repetitions, "hebbnet": ours, "river": theirs, "sizes": sizes}


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """A row of ours over one of River's, the median of the rounds; the lower the better."""
    return {f"{name}: hebbnet / River": median(our / their for our, their in zip(ours, results["river"][name],
                                                                                 strict=True))
            for name, ours in results["hebbnet"].items() if results["river"][name]}


def report(results: dict[str, Any]) -> str:
    """The results as tables in Markdown."""
    lines = [f"{results['repetitions']} rounds, taken in turns; {ROWS:,} rows of ours and {RIVER_ROWS:,} of River's.",
             "", "| us a row | hebbnet | River | River / hebbnet | target | |", "|---|---:|---:|---:|---|---|"]
    times = {name.partition(":")[0]: 1 / ratio for name, ratio in ratios(results).items()}
    for name, *_, target in CONTESTS:
        ours, theirs = results["hebbnet"][name], results["river"][name]
        beside = f"{median(theirs):.2f} | {times[name]:.1f}" if theirs else "- | -"
        verdict = "" if not target or not theirs else "met" if times[name] >= target else "**MISSED**"
        bound = f"at least {target:g}" if target else ""
        lines.append(f"| {name} | {median(ours):.3f} | {beside} | {bound} | {verdict} |")
    per_row = {n: median(found) for n, found in results["sizes"].items()}
    grows = per_row[SIZES[-1]] / per_row[100_000]
    sizes = ", ".join(f"{us:.3f} in {n:,}" for n, us in per_row.items())
    lines += ["", f"us a row of SEA, 10 % noise: {sizes}.", "",
              f"A row in {SIZES[-1]:,} over one in 100,000: {grows:.2f}, at most {LINEAR:g}: "
              f"{'met' if grows <= LINEAR else '**MISSED**'}."]
    return "\n".join(lines if RIVER else [*lines, "", "River: not measured (it is not installed)"])


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 7: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every repetition, to FILE")
    options = parser.parse_args()
    results = measure(options.quick)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
