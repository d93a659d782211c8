"""The booster: what the time from data to production costs, and what a small change to something old is worth.

    python -m benchmarks.booster [--quick] [--json FILE] [--keep]

A world changes every block of rows; a model is retrained all the time, and each training takes `cycle_time` rows until
its model serves. Two questions. The booster curve: how does accuracy fall with the cycle time? Warm start: is it better
to go on from the weights that serve, or to begin from scratch, on the same rows?
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.engine.progress import Progress
from hebbnet.figures.policies import ROWS as BLOCK
from hebbnet.figures.policies import changing as world
from hebbnet.training.results import align

from . import results

BLOCKS = 12
SCORED_FROM = 4 * BLOCK  # before, the launched model is younger than any that a long cycle could bring
EVERY, WINDOW, LAUNCH = 250, 500, 1_000
CYCLES = (0, 125, 250, 500, 1_000, 2_000, 3_000, 4_000)
EPOCHS = (1, 5, 20)
SEEDS, QUICK = 10, 3
CURVES = ("abrupt", "gradual", "recurring")
KINDS = ("abrupt", "gradual", "incremental", "recurring")


def accuracies(kind: str, seeds: int, **settings: Any) -> np.ndarray:
    """The share of right predictions behind SCORED_FROM, of each seed.

    A trainer that is busy for a whole block marches in step with the drifts, and where in a block it begins decides
    everything. So each seed has its own phase, and together they have all.
    """
    found = []
    for k in range(seeds):
        stream = world(kind, (k + 0.5) / seeds, k, BLOCKS)
        learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=k))
        run = hb.run(learner, stream, hb.Periodic(EVERY), steps=BLOCK * BLOCKS, launch=LAUNCH, window=WINDOW,
                     **settings)
        found.append(run.correct[run.t >= SCORED_FROM].mean())
    return np.array(found)


def booster_curve(seeds: int, tell: Progress) -> dict[str, list[dict[str, float]]]:
    """For each world, accuracy (mean and standard error) at each cycle time."""
    curves: dict[str, list[dict[str, float]]] = {}
    for i, kind in enumerate(CURVES):
        before, curves[kind] = None, []
        for j, cycle in enumerate(CYCLES):
            tell((i + j / len(CYCLES)) / len(CURVES), f"{kind}, cycle {cycle:,}")
            found = accuracies(kind, seeds, cycle_time=cycle)
            rise = found - (found if before is None else before)
            curves[kind].append({"cycle_time": cycle, "accuracy": float(found.mean()), "se": error(found),
                                 "rise": float(rise.mean()), "rise_se": error(rise)})
            before = found
    return curves


def error(values: np.ndarray) -> float:
    """The standard error of their mean."""
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def largest_rise(curve: list[dict[str, float]], up_to: int = BLOCK) -> float:
    """The largest rise from a cycle time to the next, up to a block, in standard errors of it; paired over seeds."""
    return max(point["rise"] / point["rise_se"] for point in curve[1:] if point["cycle_time"] <= up_to)


def warm_start(seeds: int, tell: Progress) -> dict[str, list[dict[str, float]]]:
    """For each world and number of epochs: accuracy warm and from scratch, and their paired difference."""
    table: dict[str, list[dict[str, float]]] = {}
    for i, name in enumerate(KINDS):
        table[name] = []
        for j, epochs in enumerate(EPOCHS):
            tell((i + j / len(EPOCHS)) / len(KINDS), f"{name}, {epochs} epochs")
            warm, scratch = (accuracies(name, seeds, cycle_time=250, epochs=epochs, warm_start=warm)
                             for warm in (True, False))
            compared = hb.Comparison.of("warm", "scratch", warm.tolist(), scratch.tolist())
            table[name].append({"epochs": epochs, "warm": float(warm.mean()), "scratch": float(scratch.mean()),
                                "difference": compared.difference, "low": compared.low, "high": compared.high})
    return table


def show(curves: dict[str, list[dict[str, float]]], warm: dict[str, list[dict[str, float]]], seeds: int) -> str:
    """Both tables as text."""
    head = ["cycle time", *(f"{cycle:,}" for cycle in CYCLES)]
    rows = [[name, *(f"{point['accuracy']:.3f}" for point in curve)] for name, curve in curves.items()]
    errors = max(point["se"] for curve in curves.values() for point in curve)
    said = f"a block is {BLOCK:,} rows; {seeds} seeds, standard errors up to {errors:.4f}"
    lines = [f"Accuracy by cycle time, rows; {said}", *align([head, *rows])]
    lines += [f"largest rise up to a block, in standard errors: {name} {largest_rise(curve):+.1f}"
              for name, curve in curves.items() if name != "recurring"]
    at = {point["cycle_time"]: point["accuracy"] for point in curves["recurring"]}
    lowest = min(at, key=at.__getitem__)
    lines += [f"recurring: lowest at {lowest:,}; from there to two blocks {at[2 * BLOCK] - at[lowest]:+.3f}", "",
              f"Warm start against scratch: {WINDOW:,} rows a training, cycle time 250, {seeds} seeds, 95 % of pairs"]
    head = ["drift", "epochs", "warm", "scratch", "difference"]
    rows = [[name, f"{row['epochs']:.0f}", f"{row['warm']:.3f}", f"{row['scratch']:.3f}",
             f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]"]
            for name, table in warm.items() for row in table]
    return "\n".join(lines + align([head, *rows]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.booster", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} seeds in place of {SEEDS}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    results.ask(parser)
    options = parser.parse_args()
    seeds = QUICK if options.quick else SEEDS
    with Progress("booster", show=None) as tell:
        curves = booster_curve(seeds, tell)
        warm = warm_start(seeds, tell)
    print(show(curves, warm, seeds))
    if options.json:
        options.json.write_text(json.dumps({"seeds": seeds, "booster": curves, "warm_start": warm}, indent=2) + "\n")
    if options.keep:
        results.keep("booster", {
            "seeds": seeds,
            "curve": {kind: {one["cycle_time"]: one["accuracy"] for one in curve} for kind, curve in curves.items()},
            "warm": {kind: {row["epochs"]: row for row in rows} for kind, rows in warm.items()}})


if __name__ == "__main__":
    main()
