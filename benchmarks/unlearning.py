"""Unlearning: how long each rule stays wrong after the world has changed, and what a rate gated by surprise saves.

    python -m benchmarks.unlearning [--quick] [--json FILE] [--keep]

A linear read-out, from zero, learns four Gaussian classes row by row until their labels are swapped. Every 10 rows it
is tested on clean rows of the concept that holds; it has recovered when it is within 3 points of what it was.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hebbnet.engine.progress import Progress

from . import results
from .defaults import markdown
from .machine import machine
from .readouts import GATED, UNLEARNERS, WITHIN, Method, World, calm, run

TAUGHT = (500, 2_000, 8_000, 32_000)
GAINS = (0.0, 10.0, 30.0, 100.0)
GAIN = 30.0  # of hb.Surprise()
EQUAL = 0.002  # steady accuracies that count as equal
RATES = (0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 16.0)  # fixed ones, as multiples of a method's own
SEEDS, GATE_SEEDS, QUICK = 10, 30, 3
WORLDS = {
    "Abrupt": World(),
    "Abrupt, 10 % label noise": World(noise=0.1),
    "Gradual, over 2,000 rows, counted from their middle": World(width=2_000, after=4_000),
    "Abrupt, class means of length 2": World(length=2.0),
    "Abrupt, class means of length 4": World(length=4.0),
}

Cell = dict[str, list[float]]  # steady accuracy and recovery, a number for each draw


# ---------------------------------------------------------------- what is measured


def measure(method: Method, world: World, n: int, gain: float = 0.0) -> Cell:
    """The same n draws for whoever is measured: differences are within a draw."""
    steady, recovery = zip(*(run(method, world, k, gain) for k in range(n)), strict=True)
    return {"steady": list(steady), "recovery": list(recovery)}


def unlearning(n: int, progress: Progress) -> dict[str, list[Cell]]:
    """Each method, taught for each length of time."""
    found: dict[str, list[Cell]] = {name: [] for name in UNLEARNERS}
    for i, (name, method) in enumerate(UNLEARNERS.items()):
        for taught in TAUGHT:
            found[name].append(measure(method, World(taught, max(2_000, 2 * taught)), n))
        progress(0.3 * (i + 1) / len(UNLEARNERS), "unlearning")
    return found


def surprise(n: int, progress: Progress) -> dict[str, dict[str, dict[str, Any]]]:
    """In each world, each method at each gain, and at each fixed rate."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for i, (title, world) in enumerate(WORLDS.items()):
        found[title] = {}
        for name, method in GATED.items():
            gains = {f"{gain:g}": measure(method, world, n, gain) for gain in GAINS}
            fixed = {f"{times * method.rate:.3g}": measure(replace(method, rate=times * method.rate), world, n)
                     for times in RATES}
            best = best_fixed(fixed, gains[f"{GAIN:g}"])
            both = measure(replace(method, rate=float(best)), world, n, GAIN)
            found[title][name] = {"gains": gains, "fixed": fixed, "best": best, "best gated": both}
        progress(0.3 + 0.6 * (i + 1) / len(WORLDS), "surprise")
    return found


def false_alarms(n: int, progress: Progress) -> dict[str, dict[str, Any]]:
    """Without any change: what the gate costs, and how often it opens."""
    found: dict[str, dict[str, Any]] = {}
    for noise in (0.0, 0.1):
        world = World(1_000, 4_000, noise, changes=False)
        for name, method in GATED.items():
            free, gated = (np.array([calm(method, world, k, gain) for k in range(n)]) for gain in (0.0, GAIN))
            found[f"{name}, {noise:.0%} noise"] = {"lead": (gated - free)[:, 0].tolist(), "open": gated[:, 1].tolist()}
        progress(0.9 + noise, "false alarms")
    return found


# ---------------------------------------------------------------- what it comes to


def slope(taught: Sequence[float], recovery: Sequence[float]) -> float:
    """Of log recovery over log taught: 1 where it takes as long to unlearn as it took to learn, 0 where it is all one.

    NaN where it never recovered.
    """
    if not np.all(np.isfinite(recovery)):
        return float("nan")
    return float(np.polyfit(np.log(taught), np.log(recovery), 1)[0])


def best_fixed(fixed: dict[str, Cell], wanted: Cell) -> str:
    """The fixed rate that recovers soonest, of those as accurate before the change as what is `wanted`."""
    least = np.mean(wanted["steady"]) - EQUAL
    equal = [rate for rate, cell in fixed.items() if np.mean(cell["steady"]) >= least]
    return min(equal, key=lambda rate: float(np.median(fixed[rate]["recovery"])))


def saving(slow: Cell, fast: Cell) -> float:
    """How many times sooner, the median over the draws of the ratio within a draw; never against never is 1."""
    one, other = np.array(slow["recovery"]), np.array(fast["recovery"])
    both = np.isinf(one) & np.isinf(other)
    return float(np.median(np.where(both, 1.0, one / np.where(both, 1.0, other))))


def targets(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What is claimed, what was measured, and whether it holds."""
    claims: list[tuple[str, float, str, float]] = []
    medians = {name: [float(np.median(cell["recovery"])) for cell in cells]
               for name, cells in found["unlearning"].items()}
    claims.append(("RightWrong: slope", slope(TAUGHT, medians["RightWrong"]), "at least", 0.8))
    claims += [(f"{name}: longest taught / shortest", medians[name][-1] / medians[name][0], "at most", 1.5)
               for name in ("delta (LMS)", "instar")]
    for name in list(GATED)[:4]:
        gains = found["surprise"]["Abrupt"][name]["gains"]
        free, gated = gains["0"], gains[f"{GAIN:g}"]
        lead = abs(np.mean(gated["steady"]) - np.mean(free["steady"]))
        claims += [(f"{name}: times sooner with the gate", saving(free, gated), "at least", 3.0),
                   (f"{name}: accuracy gained or lost by it", float(lead), "at most", EQUAL)]
    return [{"claim": claim, "measured": measured, "target": f"{sense} {bound:g}",
             "met": bool(measured >= bound if sense == "at least" else measured <= bound)}
            for claim, measured, sense, bound in claims]


# ---------------------------------------------------------------- reporting


def rows_text(cell: Cell) -> str:
    """Median and interquartile band of the rows it took."""
    low, high = np.percentile(cell["recovery"], (25, 75), method="nearest")
    return f"{count(np.median(cell['recovery']))} ({count(low)} - {count(high)})"


def count(value: float | np.floating) -> str:
    """A number of rows."""
    return f"{value:,.0f}" if np.isfinite(value) else "never"


def report(found: dict[str, Any]) -> str:
    """All tables, in Markdown."""
    lines = [", ".join(f"{name} {what}" for name, what in found["machine"].items()), "",
             f"Rows until within {100 * WITHIN:g} points of the accuracy before the change: median of "
             f"{found['seeds'][0]} draws (interquartile band)", ""]
    unlearned = []
    for name, cells in found["unlearning"].items():
        medians = [float(np.median(cell["recovery"])) for cell in cells]
        unlearned.append([name, *map(rows_text, cells), f"{slope(TAUGHT, medians):.2f}".replace("nan", "–"),
                          f"{np.mean(cells[-1]['steady']):.3f}"])
    lines += markdown(["taught for", *(f"{taught:,} rows" for taught in TAUGHT), "slope", "accuracy before"], unlearned)
    for title, methods in found["surprise"].items():
        cells = []
        for name, one in methods.items():
            gains, best = one["gains"], one["best"]
            free, gated, both = gains["0"], gains[f"{GAIN:g}"], one["best gated"]
            cells.append([f"{name}, rate {GATED[name].rate:g}", *(rows_text(gains[f"{gain:g}"]) for gain in GAINS),
                          f"{saving(free, gated):.1f} x", f"{np.mean(free['steady']):.4f}",
                          f"{np.mean(gated['steady']) - np.mean(free['steady']):+.4f}",
                          f"{best}: {rows_text(one['fixed'][best])}", rows_text(both)])
        lines += [f"**{title}** (medians of {found['seeds'][1]} draws)", ""]
        lines += markdown(["", *(f"gain {gain:g}" for gain in GAINS), f"sooner at {GAIN:g}", "accuracy before",
                           "with the gate", "best fixed rate of equal accuracy", "that rate, gated"], cells)
    quiet = [[name, f"{np.mean(one['lead']):+.5f}", f"{min(one['lead']):+.5f}", f"{100 * np.mean(one['open']):.2f} %",
              f"{100 * max(one['open']):.2f} %"] for name, one in found["false alarms"].items()]
    lines += markdown(["no change at all", "accuracy with the gate", "worst draw", "rows at a raised rate", "most"],
                      quiet)
    lines += markdown(["claim", "measured", "target", ""],
                      [[one["claim"], f"{one['measured']:.4g}", one["target"], "met" if one["met"] else "MISSED"]
                    for one in found["targets"]])
    return "\n".join(lines)


def quoted(found: dict[str, Any]) -> dict[str, Any]:
    """What prose quotes: median rows by how long it was taught, and how many times sooner with the gate."""
    medians = {name: [float(np.median(cell["recovery"])) for cell in cells]
               for name, cells in found["unlearning"].items()}
    taught = {name: {**dict(zip(TAUGHT, rows, strict=True)), "slope": slope(TAUGHT, rows),
                     "accuracy": float(np.mean(found["unlearning"][name][-1]["steady"]))}
              for name, rows in medians.items()}
    sooner = {name: saving(one["gains"]["0"], one["gains"][f"{GAIN:g}"])
              for name, one in found["surprise"]["Abrupt"].items()}
    return {"taught": taught, "sooner": sooner}


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unlearning", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} seeds everywhere: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every draw, to FILE")
    results.ask(parser)
    options = parser.parse_args()
    few, many = (QUICK, QUICK) if options.quick else (SEEDS, GATE_SEEDS)
    with Progress("measuring") as progress:
        found: dict[str, Any] = {"machine": machine(), "seeds": [few, many], "unlearning": unlearning(few, progress),
                                 "surprise": surprise(many, progress), "false alarms": false_alarms(many, progress)}
    found["targets"] = targets(found)
    print(report(found))
    if options.json:
        written = json.loads(json.dumps(found), parse_constant=lambda name: None)  # never, in JSON, is null
        options.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        results.keep("unlearning", quoted(found))


if __name__ == "__main__":
    main()
