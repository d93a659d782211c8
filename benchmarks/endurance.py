"""The long run: a hundred million samples in one process. Memory, speed and accuracy are to stay what they were.

    python -m benchmarks.endurance [--quick] [--rows N] [--json FILE]

A network 3-16-2 learns online from SEA with 10 % of its labels turned, so that nobody can be right in more than .9:
once where nothing ever drifts, and (a tenth of the rows) where the boundary moves a hundred times. Each tenth of
the way its time, its memory and its accuracy are written down.
"""

from __future__ import annotations

import os

from .machine import machine, threads

# One thread. Libraries read this while they are imported, so it stands before the first import.
os.environ.update(threads(1))

import argparse
import json
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import hebbnet as hb

from . import memory

ROWS, QUICK_ROWS = 100_000_000, 2_000_000
CHUNK, TENTHS, DRIFTS = 10_000, 10, 100
WARM_UP = 50_000  # rows before anything is written down: what is loaded once is there, and the beginner's mistakes over
NOISE = 0.1
FLAT_MEMORY, FLAT_SPEED, FLAT_ACCURACY = 2.0, 1.15, 0.002  # MB; one half of the way over the other; accuracy


def worlds(rows: int) -> dict[str, tuple[hb.DriftStream, int]]:
    """The two worlds, and how many rows of each are lived through."""
    part = rows // TENTHS
    thresholds = [hb.SEA((7, 13)[k % 2]) for k in range(DRIFTS + 1)]
    return {"nothing drifts": (hb.DriftStream([hb.SEA(8)], noise=NOISE, rng=0), rows),
            f"{DRIFTS} drifts": (hb.DriftStream(thresholds, at=[WARM_UP + (2 * k + 1) * part // (2 * DRIFTS)
                                                                for k in range(DRIFTS)], noise=NOISE, rng=0), part)}


def live(stream: hb.DriftStream, rows: int) -> list[dict[str, float]]:
    """Each tenth: us a sample of learning and of making rows, MB held at its end, accuracy and the Bayes accuracy."""
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    for _ in range(WARM_UP // CHUNK):
        batch = stream.take(CHUNK)
        learner.learn(batch.X, batch.y)
    found = []
    for _ in range(TENTHS):
        learning = making = right = best = 0.0
        chunks = rows // TENTHS // CHUNK
        for _ in range(chunks):
            begin = perf_counter()
            batch = stream.take(CHUNK)
            made = perf_counter()
            predicted = learner.learn(batch.X, batch.y)
            learning, making = learning + perf_counter() - made, making + made - begin
            right, best = right + float(np.mean(predicted == batch.y)), best + float(np.mean(batch.bayes))
        n = chunks * CHUNK
        found.append({"us": 1e6 * learning / n, "us_rows": 1e6 * making / n, "mb": memory.now(),
                      "accuracy": right / chunks, "bayes": best / chunks})
    return found


def measure(quick: bool, rows: int | None = None) -> dict[str, Any]:
    """Both worlds, one after the other, in this process."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    found = {name: {"rows": n, "tenths": live(stream, n)} for name, (stream, n) in worlds(rows).items()}
    return {"machine": machine(), "worlds": found}


def flatness(tenths: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """(measured, bound) of: MB that it grew after the first tenth, time of the second half over the first, and how much
    further below Bayes the last tenth is than the first."""
    half = TENTHS // 2
    halves = [median(tenth["us"] for tenth in part) for part in (tenths[:half], tenths[half:])]
    behind = [tenth["bayes"] - tenth["accuracy"] for tenth in tenths]
    return {"memory, last tenth less first, MB": (tenths[-1]["mb"] - tenths[0]["mb"], FLAT_MEMORY),
            "time, second half over first": (halves[1] / halves[0], FLAT_SPEED),
            "accuracy lost, last tenth to first": (behind[-1] - behind[0], FLAT_ACCURACY)}


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """The second half of the way over the first; the lower the better."""
    return {f"{name}: second half / first": flatness(world["tenths"])["time, second half over first"][0]
            for name, world in results["worlds"].items()}


def report(results: dict[str, Any]) -> str:
    """A table for each world, and whether it stayed flat."""
    lines = [f"Batch 1, net 3-16-2, one thread; SEA with {100 * NOISE:.0f} % of the labels turned."]
    for name, world in results["worlds"].items():
        lines += ["", f"{world['rows']:,} samples, {name}:", "",
                  "| tenth | us a sample | us a row made | MB | accuracy | below Bayes |",
                  "|---:|---:|---:|---:|---:|---:|"]
        lines += [f"| {k} | {tenth['us']:.3f} | {tenth['us_rows']:.3f} | {tenth['mb']:.1f} | {tenth['accuracy']:.4f} | "
                  f"{tenth['bayes'] - tenth['accuracy']:.4f} |" for k, tenth in enumerate(world["tenths"], 1)]
        lines += ["", "| flat? | measured | at most | |", "|---|---:|---:|---|"]
        lines += [f"| {what} | {measured:.4g} | {bound:g} | {'met' if measured <= bound else '**MISSED**'} |"
                  for what, (measured, bound) in flatness(world["tenths"]).items()]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS:,} rows: for a first look only")
    parser.add_argument("--rows", type=int, metavar="N", help=f"instead of {ROWS:,}")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results to FILE")
    options = parser.parse_args()
    results = measure(options.quick, options.rows)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
