"""The cycle-time law beside what is measured, and what the learner adds to it in more dimensions.

    python -m benchmarks.law [--seeds N] [--rows N] [--out FILE] [--keep]

A boundary turns once in 5,000 rows; `LeastSquares` is retrained on it through `hb.run` with `Periodic`. Every number is
a mean over seeds. The term `learning` holds what the age of the window alone costs, (1 - 2 noise) omega W / (2 pi), in
the column `of it, window`; what is left of that term is the gap between the law and the measurement.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

import hebbnet as hb
from hebbnet.figures.policies import OMEGA

from . import results

POINTS = [(100, 100, 0, 0.0), (100, 100, 100, 0.0), (100, 200, 100, 0.1), (200, 100, 50, 0.0), (500, 500, 500, 0.0)]
DIMENSIONS = (2, 5, 10)


def measure(point: tuple[int, int, int, float], d: int, rows: int, seed: int) -> dict[str, float]:
    """One run: its accuracy, and the parts of its regret."""
    window, period, cycle_time, noise = point
    concepts = [hb.RotatingBoundary(phi, n_inputs=d) for phi in (0, OMEGA * rows)]
    stream = hb.DriftStream(concepts, at=[hb.Incremental(0, width=rows)], noise=noise, rng=seed)
    run = hb.run(hb.LeastSquares(), stream, hb.Periodic(period), launch=window, window=window, cycle_time=cycle_time,
                 epochs=1)
    return {"accuracy": float(run.correct.mean()), **run.regret_split().summary()}


def points(rows: int, seeds: int) -> list[dict[str, float]]:
    """Every point in every dimension: the law, the means over the seeds, and the standard error of the accuracy."""
    found = []
    for window, period, cycle_time, noise in POINTS:
        law = hb.cycle_time_law(OMEGA, window=window, period=period, cycle_time=cycle_time, noise=noise)
        for d in DIMENSIONS:
            runs = [measure((window, period, cycle_time, noise), d, rows, seed) for seed in range(seeds)]
            error = np.std([run["accuracy"] for run in runs], ddof=1) / math.sqrt(len(runs)) if len(runs) > 1 else 0.0
            found.append({"window": window, "period": period, "cycle_time": cycle_time, "noise": noise, "inputs": d,
                          "law": law, **{name: float(np.mean([run[name] for run in runs])) for name in runs[0]},
                          "error": float(error), "aged": (1 - 2 * noise) * OMEGA * window / (2 * math.pi)})
    return found


def draw(found: list[dict[str, float]], file: Path, seeds: int, rows: int) -> None:
    """The picture of all points."""
    import matplotlib

    matplotlib.use("Agg")
    ax = hb.plots.law(found, OMEGA)
    ax.set_title(f"The cycle-time law: mean of {seeds} seeds of {rows:,} rows", fontsize=14)
    ax.figure.savefig(file, dpi=120, metadata={"Software": None})


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.law", description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10, metavar="N")
    parser.add_argument("--rows", type=int, default=50_000, metavar="N", help="of each run")
    parser.add_argument("--out", type=Path, metavar="FILE", help="draw it there, as PNG")
    results.ask(parser)
    options = parser.parse_args()
    found = points(options.rows, options.seeds)
    print("| W, T, L, noise | inputs | law | measured | drift | latency | learning | of it, window | gap |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for point in found:
        w, t, l, noise, d = (point[name] for name in ("window", "period", "cycle_time", "noise", "inputs"))
        parts = " | ".join(f"{100 * point[name]:.1f}" for name in ("drift", "latency", "learning", "aged"))
        print(f"| {w}, {t}, {l}, {noise:g} | {d} | {100 * point['law']:.1f} | {100 * point['accuracy']:.1f} ± "
              f"{100 * point['error']:.1f} | {parts} | {100 * (point['law'] - point['accuracy']):.1f} |")
    if options.out:
        draw(found, options.out, options.seeds, options.rows)
    if options.keep:
        setting = ("window", "period", "cycle_time", "noise", "inputs")
        results.keep("law", {" ".join(f"{point[name]:g}" for name in setting): point for point in found})


if __name__ == "__main__":
    main()
