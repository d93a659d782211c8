"""Online learning, sample by sample: what one test-then-train step costs in hebbnet and in its peers.

    python -m benchmarks.online [--quick] [--json FILE] [--keep]

Three nets x five rules. All learn the same stream in the same order; the slow ones see its beginning only. Peers that
are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from . import results as kept
from .machine import machine, ratio
from .peers import in_c, in_hebbnet, in_jax, in_sklearn_river, in_torch
from .peers.task import ALONE, NETS, RULES, Array, Run, Task, distance, reference, stream

CHECKED = 1_000  # after so many samples, all who compute the same must hold the same weights, to ACCURACY
ACCURACY = 1e-9
ROUNDS, QUICK_ROUNDS = 7, 3
SMALL = NETS[:1]


class Contestant(NamedTuple):
    """Who takes part, in which nets and rules, with how many samples a run in each net."""

    name: str
    make: Callable[[Task], Run]
    samples: tuple[int, ...]
    rules: tuple[str, ...] = RULES
    nets: tuple[tuple[int, int, int], ...] = NETS
    same: bool = True  # whether it must arrive at the reference's weights


OURS, C, SCAN, EAGER = "hebbnet", "C program", "JAX lax.scan", "PyTorch eager"
STUDENT, BY_CALL, PARTIAL_FIT = "hebbnet, student's rule", "hebbnet, call per sample", "scikit-learn partial_fit"
MANY = 200_000, 50_000, 10_000

CONTESTANTS = (
    Contestant(OURS, in_hebbnet.hebbnet, MANY),
    Contestant(C, in_c.c_program, MANY),
    Contestant(STUDENT, partial(in_hebbnet.hebbnet, student=True), MANY, ("SGD", "Oja"), SMALL),
    Contestant(SCAN, in_jax.scan, MANY),
    Contestant("JAX lax.scan, tuned", partial(in_jax.scan, tuned=True), MANY, ("SGD",)),
    Contestant(BY_CALL, partial(in_hebbnet.hebbnet, one_by_one=True), (5_000,), ("SGD",), SMALL),
    Contestant("JAX, call per sample", in_jax.one_by_one, (3_000,), ("SGD",), SMALL),
    Contestant(EAGER, in_torch.eager, (500,) * 3),
    Contestant("PyTorch compiled", in_torch.compiled, (1_000,) * 3),
    Contestant(PARTIAL_FIT, in_sklearn_river.partial_fit, (150,) * 3, ("SGD", "Adam"), same=False),
    Contestant("River regression", partial(in_sklearn_river.river, model="regression"), (10_000, 5_000, 500),
               ("SGD",), same=False),
    Contestant("River Hoeffding tree", partial(in_sklearn_river.river, model="Hoeffding tree"), (5_000, 2_000, 500),
               ("SGD",), same=False),
)

# one's time over the other's ("": in microseconds), in which cell, and the bound
TARGETS: list[tuple[str, str, str, str, float]] = [
    ("3-16-2 SGD", OURS, C, "at most", 2),
    ("3-16-2 SGD", SCAN, OURS, "at least", 2),
    ("3-16-2 SGD", EAGER, OURS, "at least", 300),
    ("3-16-2 SGD", PARTIAL_FIT, OURS, "at least", 1_000),
    ("3-16-2 SGD", STUDENT, OURS, "at most", 1.5),
    ("3-16-2 Oja", STUDENT, OURS, "at most", 1.5),
    ("3-16-2 SGD", BY_CALL, "", "at most", 40),
]

Cells = dict[str, dict[str, dict[str, Any]]]  # "3-16-2 SGD", then who


def measure(quick: bool) -> dict[str, Any]:
    """The whole race."""
    return race(QUICK_ROUNDS if quick else ROUNDS)


def race(repetitions: int) -> dict[str, Any]:
    """Run everybody once a round, so that whatever the machine does meets all; microseconds per sample of each."""
    streams = {net: stream(net, n) for net, n in zip(NETS, MANY, strict=True)}
    entries, skipped = prepare(streams)
    cells: Cells = {}
    for repetition in range(repetitions + 1):
        for task, name, samples, run in entries:
            X, y = streams[task.net]
            outcome = run(X[:samples], y[:samples])
            cell = cells.setdefault(str(task), {})
            if repetition == 0:  # compiles and warms up; not counted
                cell[name] = {"samples": samples, "us": [], "correct": outcome.correct}
            else:
                cell[name]["us"].append(1e6 * outcome.seconds / samples)
    return {"machine": machine(), "repetitions": repetitions, "skipped": skipped, "cells": cells,
            "targets": [target(cells, *wanted) for wanted in TARGETS]}


def prepare(streams: dict[Any, tuple[Array, Array]]) -> tuple[list[tuple[Task, str, int, Run]], dict[str, str]]:
    """Those that can run here, checked: task, name, samples, run; and why the others cannot."""
    entries, skipped = [], {}
    for net in NETS:
        X, y = (part[:CHECKED] for part in streams[net])
        for task in (Task(net, rule) for rule in RULES):
            wanted = reference(task, X, y)
            for one in CONTESTANTS:
                if net not in one.nets or task.rule not in one.rules:
                    continue
                try:
                    run = one.make(task)
                except (ImportError, FileNotFoundError, subprocess.CalledProcessError) as reason:
                    skipped[one.name] = str(reason)
                    continue
                if one.same:
                    check(f"{task}, {one.name}", distance(run(X, y).weights, wanted))
                entries.append((task, one.name, one.samples[NETS.index(net)], run))
    return entries, skipped


def check(name: str, error: float) -> None:
    """Refuse to time those who do not compute what they should: a wrong answer is fast."""
    if not error <= ACCURACY:
        raise SystemExit(f"{name}: after {CHECKED:,} samples its weights are {error:.1e} away from plain NumPy's")


def target(cells: Cells, cell: str, one: str, other: str, sense: str, bound: float) -> dict[str, Any]:
    """One ratio, and whether it keeps to its bound (None: one of the two was not measured)."""
    found = cells.get(cell, {})
    wanted: dict[str, Any] = {"cell": cell, "ratio": f"{one} / {other}" if other else f"{one}, us",
                              "target": f"{sense} {bound:,g}", "measured": None, "met": None}
    if one in found and (not other or other in found):
        measured = ratio(found[one]["us"], found[other]["us"]) if other else median(found[one]["us"])
        wanted |= {"measured": measured, "met": measured >= bound if sense == "at least" else measured <= bound}
    return wanted


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """hebbnet over a peer, where both are steady: the lower the better; for who compares one state with another."""
    found = {}
    for cell, who in results["cells"].items():
        for one, other in ((OURS, C), (OURS, SCAN), (STUDENT, OURS), (BY_CALL, OURS)):
            if one in who and other in who:
                found[f"{cell}: {one} / {other}"] = ratio(who[one]["us"], who[other]["us"])
    return found


# ---------------------------------------------------------------- what a person reads, and what prose quotes


def report(results: dict[str, Any]) -> str:
    """The results as tables in Markdown: a net each, then the targets."""
    cells = results["cells"]
    parts = [", ".join(f"{name} {what}" for name, what in results["machine"].items()),
             f"Batch 1, float64, one thread; {results['repetitions']} rounds, taken in turns. Microseconds a sample: "
             "the median, and in brackets how many times hebbnet's."]
    for net in NETS:
        name = "-".join(map(str, net))
        heads = [f"{rule} ({net[0]}-{net[1]})" if rule in ALONE else rule for rule in RULES]
        rows = [[one.name, *(entry(cells.get(f"{name} {rule}", {}), one.name) for rule in RULES)]
                for one in CONTESTANTS]
        parts.append(table([name, *heads], [row for row in rows if any(row[1:])]))
    verdicts = {True: "met", False: "**missed**", None: "not measured"}
    rows = [[wanted["cell"], wanted["ratio"], "-" if wanted["measured"] is None else figure(wanted["measured"]),
             wanted["target"], verdicts[wanted["met"]]] for wanted in results["targets"]]
    parts.append(table(["", "ratio, median of the rounds", "measured", "target", ""], rows))
    parts += [f"{name}: not measured ({reason})" for name, reason in results["skipped"].items()]
    return "\n\n".join(parts)


def entry(cell: dict[str, Any], name: str) -> str:
    """One contestant in one cell."""
    if name not in cell:
        return ""
    us = cell[name]["us"]
    times = f" ({figure(ratio(us, cell[OURS]['us']))})" if name != OURS and OURS in cell else ""
    return figure(median(us)) + times


def figure(number: float) -> str:
    """A number with about three digits."""
    return f"{number:,.{2 if number < 10 else 1 if number < 100 else 0}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, its numbers to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def quoted(results: dict[str, Any]) -> dict[str, Any]:
    """What prose quotes."""
    cells = results["cells"]
    return {"us": {cell: {name: median(one["us"]) for name, one in who.items()} for cell, who in cells.items()},
            "times": {cell: {name: ratio(one["us"], who[OURS]["us"]) for name, one in who.items()}
                      for cell, who in cells.items()},
            "ratio": {f"{wanted['cell']}, {wanted['ratio']}": wanted["measured"] for wanted in results["targets"]},
            "weights": {"-".join(map(str, net)): sum(w.size for w in Task(net, "SGD").start()) for net in NETS}}


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.online", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds instead of {ROUNDS}: a first look")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every repetition, to FILE")
    kept.ask(parser)
    options = parser.parse_args()
    results = measure(options.quick)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        kept.keep("online", quoted(results))


if __name__ == "__main__":
    main()
