"""Live data beside frozen weights, against training: how right, and at what cost.

    python -m benchmarks.live [--seeds N] [--keep]

A network 16 wide is launched after 2,000 rows, the world drifts at 5,000, and the run ends at 10,000; 10 % of the
labels are wrong. All contestants meet the same streams, each from the same learner. `trained` counts the rows that the
weights learned after the launch; `seconds` is the whole run, predictions included.
"""

from __future__ import annotations

import argparse
import math
from time import perf_counter
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.figures.live import DRIFT, LAUNCH, ROWS

from . import results


def worlds() -> dict[str, hb.DriftStream]:
    def turned(d: int, at: Any) -> hb.DriftStream:
        return hb.DriftStream([hb.RotatingBoundary(phi, n_inputs=d) for phi in (0, math.pi / 2)], at=[at], noise=0.1)

    sea = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[DRIFT], noise=0.1)
    slowly = hb.Incremental(DRIFT, width=ROWS - DRIFT)
    return {"SEA 7 to 13": sea, "boundary, a quarter turn": turned(2, DRIFT), "the same, 10 inputs": turned(10, DRIFT),
            "a quarter turn, slowly": turned(2, slowly), "no drift (SEA 7)": sea.twin()}


def contestants(learner: hb.Learner) -> dict[str, tuple[Any, hb.policies.Policy, dict[str, Any]]]:
    """A learner, a policy, and how it trains."""
    return {"never": (learner, hb.Never(), {}),
            "live data, k = 15, size = 500": (hb.LiveData(learner, k=15, size=500), hb.Always(), {}),
            "retrained each 1,000": (learner, hb.Periodic(1_000), {"window": 1_000}),
            "the same, 500 rows late": (learner, hb.Periodic(1_000), {"window": 1_000, "cycle_time": 500}),
            "always": (learner, hb.Always(), {})}


def measure(learner: Any, stream: hb.DriftStream, policy: hb.policies.Policy, **how: Any) -> list[float]:
    """Accuracy before the drift, in the 1,000 rows after it, and later; rows trained after the launch; seconds."""
    begin = perf_counter()
    run = hb.run(learner, stream, policy, steps=ROWS, launch=LAUNCH, **how)
    taken = perf_counter() - begin
    parts = np.split(run.correct, [DRIFT - LAUNCH, DRIFT - LAUNCH + 1_000])
    trained = 0 if isinstance(learner, hb.LiveData) else run.updates - 5 * LAUNCH
    return [*(100 * float(part.mean()) for part in parts), trained, taken]


def main() -> None:
    """Measure and print one table for each world."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    results.ask(parser)
    options = parser.parse_args()
    kept: dict[str, dict[str, dict[str, float]]] = {}
    print("| | | before | first 1,000 after | later | trained | seconds |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for world, recipe in worlds().items():
        found: dict[str, list[list[float]]] = {}
        for seed in range(options.seeds):
            stream = recipe.fresh(seed)
            learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=seed))
            for name, (who, policy, how) in contestants(learner).items():
                found.setdefault(name, []).append(measure(who, stream, policy, **how))
        for name, runs in found.items():
            mean, spread = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1) / math.sqrt(len(runs))
            shares = " | ".join(f"{mean[i]:.1f} ± {spread[i]:.1f}" for i in range(3))
            kept.setdefault(world, {})[name] = dict(zip(("before", "first", "later", "trained"), mean, strict=False))
            print(f"| {world} | {name} | {shares} | {mean[3]:,.0f} | {np.median([run[4] for run in runs]):.2f} |",
                  flush=True)
    if options.keep:
        results.keep("live", kept)


if __name__ == "__main__":
    main()
