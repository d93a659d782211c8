"""Is an alarm worth more than a calendar? Policies of equal budget, on worlds that drift, that do not, and real ones.

    python -m benchmarks.policies [--data FOLDER] [--quick] [--json FILE] [--keep]

A policy that trains more often does better, whatever makes it train. So the policy that waits for alarms is compared,
seed by seed, with a periodic and a random one that complete as many trainings as it did: a number known in hindsight
only. FOLDER may hold sea_50k.npz and elec2.npz (X, y, and `meta` with the names of the columns).
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.engine.progress import Progress
from hebbnet.streams import Stream
from hebbnet.training.results import align

from . import results

SETTINGS: dict[str, Any] = {"launch": 2_000, "window": 1_000, "cycle_time": 200, "busy": "queue"}
SEEDS, QUICK, REAL_SEEDS = 20, 3, 5
World = Callable[[int], Stream]


def sea(rng: int) -> hb.DriftStream:
    """Three drifts, a block of 5,000 rows each."""
    return hb.DriftStream([hb.SEA(theta) for theta in (7, 9, 11, 13)], [5_000, 10_000, 15_000], noise=0.1, rng=rng)


def turning(rng: int) -> hb.DriftStream:
    """Four drifts by 60 degrees."""
    concepts = [hb.RotatingBoundary(k * math.pi / 3) for k in range(5)]
    return hb.DriftStream(concepts, [4_000 * k for k in range(1, 5)], noise=0.1, rng=rng)


class AtRows(hb.policies.Policy):
    """Train after the labels of these rows."""

    name = "at rows"

    def __init__(self, rows: list[int]) -> None:
        self.rows = set(rows)

    def wants(self, row: int, right: bool) -> bool:
        """Whether it is one of them."""
        return row in self.rows


def at_a_phase(k: int, first: int, stop: int, rng: np.random.Generator) -> list[int]:
    """k rows at even distances, the first at a random phase: from row 0 on they would march in step with the drifts."""
    gap = (stop - first) / k
    return [int(first + gap * (j + phase)) for phase in [rng.random()] for j in range(k)]


def at_random(k: int, first: int, stop: int, rng: np.random.Generator) -> list[int]:
    """k rows, each as likely as any other."""
    return sorted(int(row) for row in first + rng.choice(stop - first, k, replace=False))


def life(stream: Any, policy: Any, seed: int) -> Any:
    """A run of the usual network."""
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=seed))
    return hb.run(learner, stream, policy, **SETTINGS)


def completed(run: Any) -> int:
    """How many trainings came to serve."""
    return sum(event.kind == "deploy" for event in run.events)


def equal_budgets(world: World, seeds: int) -> dict[str, Any]:
    """Accuracy of each policy for each seed, and how many trainings each completed."""
    found: dict[str, Any] = {name: [] for name in ("on-drift", "periodic", "random", "never", "trainings", "others")}
    for seed in range(seeds):
        stream = world(seed)
        alarmed, never = life(stream, hb.OnDrift(hb.ADWIN()), seed), life(stream, hb.Never(), seed)
        k, rng = completed(alarmed), np.random.default_rng([seed, 1])
        rows = SETTINGS["launch"], alarmed.settings["steps"] - SETTINGS["cycle_time"] - 1
        others = {name: life(stream, AtRows(place(k, *rows, rng)), seed) if k else never
                  for name, place in (("periodic", at_a_phase), ("random", at_random))}
        for name, run in {"on-drift": alarmed, "never": never, **others}.items():
            found[name].append(float(run.correct.mean()))
        found["trainings"].append(k)
        found["others"].append([completed(run) for run in others.values()])
    return found


def show_budgets(name: str, found: dict[str, Any]) -> list[str]:
    """The differences that a budget leaves."""
    means = [f"{policy} {np.mean(found[policy]):.3f}" for policy in ("never", "random", "periodic", "on-drift")]
    trainings = f"{np.mean(found['trainings']):.1f} trainings (the others {np.mean(found['others']):.1f})"
    lines = [f"{name}: {', '.join(means)}; {trainings}"]
    for other in ("periodic", "random"):
        lines.append(f"  {hb.Comparison.of('on-drift', other, found['on-drift'], found[other])}")
    return lines


KEPT_UP: dict[str, Any] = {
    "never": hb.Never(), "periodic 2,000": hb.Periodic(2_000), "on-drift, ADWIN": hb.OnDrift(hb.ADWIN()),
    "on-drift, DDM": hb.OnDrift(hb.DDM()), "accuracy below .85": hb.OnAccuracy(0.85), "always": hb.Always()}


def without_drift(world: Callable[[int], hb.DriftStream], seeds: int, tell: Progress) -> hb.Sweep:
    """Every policy in a world that does not move: what it wastes."""
    stream = world(0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    return hb.sweep(learner, stream.twin(), KEPT_UP, seeds, steps=20_000, **SETTINGS)


def show_waste(result: hb.Sweep) -> list[str]:
    """Trainings that nothing called for, and what they did to accuracy."""
    rows = [["policy", "accuracy", "against never", "trainings"]]
    for name, numbers in result.summary().items():
        gain = "" if name == "never" else f"{result.compare(name, 'never').difference:+.3f}"
        rows.append([name, f"{numbers['accuracy']:.3f}", gain, f"{numbers['retrainings']:.1f}"])
    return align(rows)


def elec2(file: Path, leave_out: tuple[str, ...], seeds: int) -> tuple[hb.Sweep, dict[str, float]]:
    """Every policy on the electricity market, without some of its columns; and what needs no model."""
    with np.load(file, allow_pickle=False) as table:
        columns = json.loads(str(table["meta"]))["columns"]
        X, y = table["X"][:, [name not in leave_out for name in columns]], table["y"]
    stream = hb.from_arrays(X, y)
    result = hb.sweep(hb.Learner(hb.mlp(stream, hidden=[32], rng=0)), stream, KEPT_UP, seeds, launch=2_000,
                      window=2_000)
    numbers = next(iter(result.cells.values())).summary()
    return result, {name: numbers[name] for name in ("no_change", "majority")}


def quoted(numbers: dict[str, Any]) -> dict[str, Any]:
    """What prose quotes: the means, and what an alarm is worth over the others of its budget."""
    budgets = {}
    for name, found in numbers["budgets"].items():
        budgets[name] = {policy: float(np.mean(found[policy])) for policy in ("never", "random", "periodic", "on-drift",
                                                                            "trainings")}
        for other in ("periodic", "random"):
            compared = hb.Comparison.of("on-drift", other, found["on-drift"], found[other])
            budgets[name][f"over {other}"] = {"difference": compared.difference, "low": compared.low,
                                              "high": compared.high}
    real = {said: {policy: row["accuracy"] if isinstance(row, dict) else row for policy, row in rows.items()}
            for said, rows in numbers["elec2"].items()}
    return {"budgets": budgets, "elec2": real}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policies", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where sea_50k.npz and elec2.npz are")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} seeds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    results.ask(parser)
    options = parser.parse_args()
    seeds, real = (QUICK, QUICK) if options.quick else (SEEDS, REAL_SEEDS)
    worlds: dict[str, World] = {"SEA": sea, "RotatingBoundary": turning}
    files = {name: options.data / f"{name}.npz" for name in ("sea_50k", "elec2")} if options.data else {}
    if files and files["sea_50k"].exists():
        worlds["sea_50k"] = lambda seed: hb.from_npz(files["sea_50k"])
    numbers: dict[str, Any] = {"seeds": seeds, "budgets": {}, "without drift": {}, "elec2": {}}
    with Progress("policies", show=None) as tell:
        print(f"Equal budgets: {seeds} seeds, paired; {SETTINGS}")
        for name, world in worlds.items():
            tell(0.1, name)
            numbers["budgets"][name] = equal_budgets(world, seeds)
            print("\n".join(show_budgets(name, numbers["budgets"][name])), flush=True)
        for name, drifting in (("SEA", sea), ("RotatingBoundary", turning)):
            tell(0.6, f"{name} without drift")
            result = without_drift(drifting, seeds, tell)
            numbers["without drift"][name] = result.summary()
            print("\n".join([f"\n{name} without drift: 18,000 rows, what each policy wastes", *show_waste(result)]))
        for leave_out in ((), ("nswprice",), ("nswprice", "date")) if files and files["elec2"].exists() else ():
            tell(0.8, "elec2")
            said = f"elec2 without {' and '.join(leave_out)}" if leave_out else "elec2, all columns"
            result, baselines = elec2(files["elec2"], leave_out, real)
            numbers["elec2"][said] = {**result.summary(), **baselines}
            print(f"\n{said}: {real} seeds; repeating the last label {baselines['no_change']:.3f}, the commonest label "
                  f"{baselines['majority']:.3f}")
            print("\n".join(align(result.table(("accuracy", "kappa_t", "alarms", "retrainings", "updates")))))
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=2) + "\n")
    if options.keep:
        results.keep("policies", quoted(numbers))


if __name__ == "__main__":
    main()
