"""Online learning, sample by sample: what one test-then-train step costs in hebbnet and in its peers.

    python -m benchmarks.online [--quick] [--json FILE] [--keep]

All learn the same stream in the same order; the slow ones see its beginning only. Peers that are not installed are
named and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from . import contestants as who
from . import results as kept
from .machine import machine

CHECKED = 1_000  # after so many samples, all who compute the same must hold the same weights, to ACCURACY
ACCURACY = 1e-9

# name, how to make it, samples a run, and whose weights it must arrive at ("": its own)
CONTESTANTS: list[tuple[str, Callable[[], who.Run], int, str]] = [
    ("hebbnet", who.hebbnet, 200_000, "reference"),
    ("C program", who.c_program, 200_000, "reference"),
    ("hebbnet, student's rule", partial(who.hebbnet, student=True), 200_000, "reference"),
    ("JAX lax.scan", who.jax_scan, 200_000, "reference"),
    ("JAX lax.scan, tuned", partial(who.jax_scan, tuned=True), 200_000, "reference"),
    ("hebbnet, Oja", who.hebbnet_oja, 20_000, ""),
    ("hebbnet, student's Oja", partial(who.hebbnet_oja, student=True), 20_000, "hebbnet, Oja"),
    ("hebbnet, call per sample", partial(who.hebbnet, one_by_one=True), 10_000, "reference"),
    ("JAX, call per sample", who.jax_per_step, 5_000, "reference"),
    ("PyTorch eager", who.pytorch, 3_000, "reference"),
    ("scikit-learn partial_fit", who.sklearn_mlp, 1_000, ""),
    ("River logistic regression", partial(who.river_model, "logistic regression"), 20_000, ""),
    ("River Hoeffding tree", partial(who.river_model, "Hoeffding tree"), 10_000, ""),
]

# one's time over the other's ("": in microseconds), and the bound
TARGETS: list[tuple[str, str, str, float]] = [
    ("PyTorch eager", "hebbnet", "at least", 300),
    ("scikit-learn partial_fit", "hebbnet", "at least", 1_000),
    ("JAX lax.scan", "hebbnet", "at least", 1.5),
    ("hebbnet", "C program", "at most", 2),
    ("hebbnet, student's rule", "hebbnet", "at most", 1.5),
    ("hebbnet, student's Oja", "hebbnet, Oja", "at most", 1.5),
    ("hebbnet, call per sample", "", "at most", 40),
]


def race(repetitions: int) -> dict[str, Any]:
    """Run everybody once a round, so that whatever the machine does meets all; microseconds per sample of each."""
    X, y = who.sea(max(samples for _, _, samples, _ in CONTESTANTS))
    runs, skipped = prepare()
    check(runs, X[:CHECKED], y[:CHECKED])
    found: dict[str, dict[str, Any]] = {}
    for repetition in range(repetitions + 1):
        for name, _, samples, _ in CONTESTANTS:
            if name not in runs:
                continue
            outcome = runs[name](X[:samples], y[:samples])
            if repetition == 0:  # compiles and warms up; not counted
                found[name] = {"samples": samples, "us": [], "correct": outcome.correct}
            else:
                found[name]["us"].append(1e6 * outcome.seconds / samples)
    return {"machine": machine(), "repetitions": repetitions, "skipped": skipped, "contestants": found,
            "targets": [target(found, *wanted) for wanted in TARGETS]}


def prepare() -> tuple[dict[str, who.Run], dict[str, str]]:
    """Those that can run here; and why the others cannot."""
    runs, skipped = {}, {}
    for name, make, _, _ in CONTESTANTS:
        try:
            runs[name] = make()
        except (ImportError, FileNotFoundError, subprocess.CalledProcessError) as reason:
            skipped[name] = str(reason)
    return runs, skipped


def check(runs: dict[str, who.Run], X: Any, y: Any) -> None:
    """Refuse to time those who do not compute what they should: a wrong answer is fast."""
    weights = {"reference": who.reference(X, y)}
    for name, _, _, twin in CONTESTANTS:
        if name not in runs:
            continue
        weights[name] = runs[name](X, y).weights
        if twin:
            error = who.distance(weights[name], weights[twin])
            if not error <= ACCURACY:
                raise SystemExit(f"{name}: after {len(X):,} samples its weights are {error:.1e} away from: {twin}")


def target(found: dict[str, Any], one: str, other: str, sense: str, bound: float) -> dict[str, Any]:
    """One ratio, and whether it keeps to its bound (None: one of the two was not measured)."""
    title = f"{one} / {other}" if other else f"{one}, us"
    wanted: dict[str, Any] = {"ratio": title, "target": f"{sense} {bound:g}", "measured": None, "met": None}
    if one in found and (not other or other in found):
        measured = ratio(found[one]["us"], found[other]["us"]) if other else median(found[one]["us"])
        wanted |= {"measured": measured, "met": measured >= bound if sense == "at least" else measured <= bound}
    return wanted


def ratio(ones: list[float], others: list[float]) -> float:
    """The median of the ratios within a round: it feels less of the machine's moods than the ratio of the medians."""
    return median(one / other for one, other in zip(ones, others, strict=True))


def report(results: dict[str, Any]) -> str:
    """The results as a person reads them."""
    found = results["contestants"]
    lines = [", ".join(f"{name} {what}" for name, what in results["machine"].items()),
             f"net {who.N_IN}-{who.N_HIDDEN}-{who.N_OUT}, SEA, SGD, batch 1, float64, one thread, predict then learn; "
             f"{results['repetitions']} interleaved repetitions", "",
             f"{'contestant':27}{'samples':>9}{'us per sample: median (min - max)':>38}{'/ hebbnet':>11}{'correct':>9}"]
    for name, one in found.items():
        us = one["us"]
        span = f"{median(us):,.3f} ({min(us):,.3f} - {max(us):,.3f})"
        times = f"{ratio(us, found['hebbnet']['us']):,.2f}" if "hebbnet" in found else "-"
        correct = "-" if one["correct"] is None else f"{one['correct']:.3f}"
        lines.append(f"{name:27}{one['samples']:>9,}{span:>38}{times:>11}{correct:>9}")
    lines += [f"{name}: not measured ({reason})" for name, reason in results["skipped"].items()]
    lines += ["", f"{'ratio (median of the rounds)':40}{'measured':>10}   target"]
    for wanted in results["targets"]:
        verdict = {True: "met", False: "MISSED", None: "not measured"}[wanted["met"]]
        measured = "-" if wanted["measured"] is None else f"{wanted['measured']:,.2f}"
        lines.append(f"{wanted['ratio']:40}{measured:>10}   {wanted['target']}: {verdict}")
    return "\n".join(lines)


def quoted(results: dict[str, Any]) -> dict[str, Any]:
    """What prose quotes."""
    found = results["contestants"]
    return {"us": {name: median(one["us"]) for name, one in found.items()},
            "times": {name: ratio(one["us"], found["hebbnet"]["us"]) for name, one in found.items()},
            "ratio": {wanted["ratio"]: wanted["measured"] for wanted in results["targets"]},
            "weights": who.N_HIDDEN * (who.N_IN + 1) + who.N_OUT * (who.N_HIDDEN + 1)}


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.online", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="3 repetitions instead of 7: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every repetition, to FILE")
    kept.ask(parser)
    options = parser.parse_args()
    results = race(repetitions=3 if options.quick else 7)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        kept.keep("online", quoted(results))


if __name__ == "__main__":
    main()
