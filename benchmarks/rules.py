"""The rule table: one network, one task, every rule and credit, beside the controls that they have to beat.

    python -m benchmarks.rules [--quick] [--json FILE] [--keep]

Digits 8x8 (scikit-learn, extra `bench`; nothing is fetched), 1,347 images to learn and 450 to be asked about, 16 hidden
neurons, one thread. Every row learns the same splits in the same batches, so that differences are taken within a seed.
"""

from __future__ import annotations

import os

from .machine import machine, threads

# One thread: read by NumPy's library of matrices while it is imported.
os.environ.update(threads(1))

import argparse
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean, median, stdev
from time import perf_counter
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.engine.progress import Progress
from hebbnet.learning.learner import Diverged
from hebbnet.training.compare import student_t

from . import results as kept
from .zoo import BACKPROP, CONTROL, ROWS, Row

Array = np.ndarray
BATCH = 20
SLACK = 0.03  # recovered: within so much of the accuracy before the swap


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    seeds: int = 10  # 0 .. seeds - 1
    extra: int = 3  # seeds after them, which are asked for the rates
    epochs: int = 40
    batches: int = 10  # for the cosine
    recovery: int = 20  # epochs after the swap, at most
    test: int = 450  # rows not learned


QUICK = Plan(seeds=2, extra=1, epochs=3, batches=2, recovery=2)

# the accuracy of one, less that of the other if there is one, and its bound
TARGETS: list[tuple[str, str, str, float]] = [
    (BACKPROP, "", "at least", 0.965),
    ("CrossEntropy x FeedbackAlignment", BACKPROP, "at least", -0.010),
    ("CrossEntropy x KolenPollack", BACKPROP, "at least", -0.010),
    ("RewardPredictionError x DirectFeedback", BACKPROP, "at least", -0.03),
    ("RewardPredictionError x Broadcast", BACKPROP, "at least", -0.03),
    ("RightWrong x Backprop", CONTROL, "below", 0.0),
    ("RightWrong x DirectFeedback", CONTROL, "below", 0.0),
    ("RightWrong x Broadcast", CONTROL, "below", 0.0),
]


# ---------------------------------------------------------------- the task


@dataclass(frozen=True)
class Task:
    """One seed's split, and what each class is called after the swap."""

    seed: int
    X: Array
    y: Array
    test_X: Array
    test_y: Array
    renamed: Array


def digits() -> tuple[Array, Array]:
    """The 1,797 images as rows of 64 pixels from 0 to 1, and their labels."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise SystemExit("the digits come with scikit-learn: pip install 'hebbnet[bench]'") from None
    X, y = load_digits(return_X_y=True)
    return X / 16.0, y.astype(np.int64)


def split(X: Array, y: Array, seed: int, test: int) -> Task:
    """Rows to learn and rows to be asked about, all less the mean of those to learn."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(X))
    ask, learn = order[:test], order[test:]
    center = X[learn].mean(axis=0)
    return Task(seed, X[learn] - center, y[learn], X[ask] - center, y[ask], derangement(int(y.max()) + 1, rng))


def derangement(n: int, rng: np.random.Generator) -> Array:
    """A permutation of 0 .. n - 1 that leaves none in its place, every one equally likely."""
    while True:
        order: Array = rng.permutation(n)
        if not np.any(order == np.arange(n)):
            return order


# ---------------------------------------------------------------- measuring


@dataclass
class Found:
    """What was measured of a row; the lists hold one number for each seed."""

    told: str
    tried: dict[float, float]  # the accuracy at each rate, mean over the extra seeds
    rate: float
    accuracy: list[float] = field(default_factory=list)
    cosines: list[tuple[float | None, float | None]] = field(default_factory=list)  # after one epoch, after the last
    us: list[float] = field(default_factory=list)
    recovery: list[int | None] = field(default_factory=list)  # samples; None: not within the plan
    reached: list[float] = field(default_factory=list)  # the accuracy then, or where the plan ends


def measure(X: Array, y: Array, plan: Plan, rows: list[Row] = ROWS) -> dict[str, Found]:
    """Choose every row's rate on the extra seeds; then take all rows through each seed, none at a better hour."""
    found = {}
    extra = [split(X, y, plan.seeds + k, plan.test) for k in range(plan.extra)]
    with Progress("learning") as progress:
        for place, row in enumerate(rows):
            tried = {rate: mean(accuracy_at(row, rate, task, plan) for task in extra) for rate in row.rates}
            found[row.name] = Found(row.told, tried, max(tried, key=tried.__getitem__))
            progress(0.4 * (place + 1) / len(rows), "at every rate")
        for seed in range(plan.seeds):
            task = split(X, y, seed, plan.test)
            for place, row in enumerate(rows):
                examine(row, found[row.name], task, plan)
                progress(0.4 + 0.6 * (seed + (place + 1) / len(rows)) / plan.seeds, f"seed {seed}")
    return found


def accuracy_at(row: Row, rate: float, task: Task, plan: Plan) -> float:
    """On the rows to be asked about, after all epochs; 0 if it diverged."""
    learner = begin(row, rate, task)
    try:
        learner.learn(task.X, task.y, batch_size=BATCH, epochs=plan.epochs)
    except Diverged:
        return 0.0
    return learner.accuracy(task.test_X, task.test_y)


def begin(row: Row, rate: float, task: Task) -> hb.Learner:
    """The learner of this row, before the first sample."""
    return row.learner(rate, task.X, len(task.renamed), task.seed)


def examine(row: Row, found: Found, task: Task, plan: Plan) -> None:
    """One row on one seed: learn, clocked; compare with the gradient on the way; then rename the classes."""
    learner, seconds, cosines = begin(row, found.rate, task), 0.0, []
    for epochs in (1, plan.epochs - 1):
        start = perf_counter()
        learner.learn(task.X, task.y, batch_size=BATCH, epochs=epochs)
        seconds += perf_counter() - start
        cosines.append(None if row.frozen else cosine(learner, task, plan.batches))
    found.us.append(1e6 * seconds / (plan.epochs * len(task.X)))
    found.cosines.append((cosines[0], cosines[1]))
    found.accuracy.append(learner.accuracy(task.test_X, task.test_y))
    samples, reached = recovery(learner, task, plan.recovery * len(task.X))
    found.recovery.append(samples)
    found.reached.append(reached)


def cosine(learner: hb.Learner, task: Task, batches: int) -> float | None:
    """Between the hidden layer's change and minus the gradient, mean over batches; None where nothing changes."""
    angles = [hb.alignment(learner, task.X[k : k + BATCH], task.y[k : k + BATCH])[0]
              for k in range(0, batches * BATCH, BATCH)]
    known = [float(np.cos(np.radians(angle))) for angle in angles if not np.isnan(angle)]
    return mean(known) if known else None


def recovery(learner: hb.Learner, task: Task, most: int) -> tuple[int | None, float]:
    """Samples under the new names until the accuracy is first within SLACK of the old, or None by `most`; and it."""
    goal = learner.accuracy(task.test_X, task.test_y) - SLACK
    rng, order = np.random.default_rng(task.seed), np.empty(0, dtype=np.int64)
    labels, asked, seen, reached = task.renamed[task.y], task.renamed[task.test_y], 0, 0.0
    for look in looks(most):
        while len(order) < look:
            order = np.concatenate([order, rng.permutation(len(task.X))])
        rows = order[seen:look]
        learner.learn(task.X[rows], labels[rows], batch_size=BATCH)
        seen, reached = look, learner.accuracy(task.test_X, asked)
        if reached >= goal:
            return seen, reached
    return None, reached


def looks(most: int, batch: int = BATCH) -> list[int]:
    """After how many samples to look: every batch at first, later whenever there are a twentieth more."""
    found = []
    seen = batch
    while seen <= most:
        found.append(seen)
        seen += batch * max(1, seen // (20 * batch))
    return found


def interval(values: list[float]) -> tuple[float, float]:
    """The mean over the seeds, and half the width of its 95 % interval (Student's t)."""
    return mean(values), student_t(0.975, len(values) - 1) * stdev(values) / len(values) ** 0.5


def less(ones: list[float], others: list[float]) -> list[float]:
    """Differences within a seed."""
    return [one - other for one, other in zip(ones, others, strict=True)]


def target(found: dict[str, Found], one: str, other: str, sense: str, bound: float) -> dict[str, Any]:
    """One claim, what was measured, and whether it holds for the mean over the seeds."""
    values = less(found[one].accuracy, found[other].accuracy) if other else found[one].accuracy
    measured, half = interval(values)
    return {"claim": f"{one} - {other}" if other else one, "target": f"{sense} {bound:g}", "measured": measured,
            "half": half, "met": measured >= bound if sense == "at least" else measured < bound}


# ---------------------------------------------------------------- reporting


def report(found: dict[str, Found], plan: Plan, targets: list[dict[str, Any]]) -> str:
    """The results as a person reads them: three tables, in Markdown."""
    backprop = found[BACKPROP].accuracy
    head = ["", "a hidden synapse is told", "rate", "accuracy", "- backprop", "cosine", "us", "recovery"]
    rows = [[name, one.told, f"{one.rate:g}", f"{mean(one.accuracy):.3f} ± {stdev(one.accuracy):.3f}",
             "" if name == BACKPROP else "{:+.3f} ± {:.3f}".format(*interval(less(one.accuracy, backprop))),
             first_and_last(one.cosines), f"{median(one.us):.2f}", typical(one.recovery, one.reached)]
            for name, one in found.items()]
    claims = [[one["claim"], f"{one['measured']:.4f} ± {one['half']:.4f}", one["target"],
               "met" if one["met"] else "not met"] for one in targets]
    tried = [[name, ", ".join(f"{rate:g}: {accuracy:.3f}" for rate, accuracy in one.tried.items()), f"{one.rate:g}"]
             for name, one in found.items()]
    return "\n".join([*table(head, rows), "", *table(["claim", "measured", "target", ""], claims), "",
                      *table(["", f"accuracy at each rate, other seeds: {plan.extra}", "chosen"], tried)])


def first_and_last(cosines: list[tuple[float | None, float | None]]) -> str:
    """The means over the seeds after one epoch and after the last."""
    parts = [[one for one in column if one is not None] for column in zip(*cosines, strict=True)]
    return ", ".join(f"{mean(part):.2f}" if part else "-" for part in parts) if any(parts) else ""


def typical(recovery: list[int | None], reached: list[float]) -> str:
    """The median, those who never recovered being the slowest; how many these are, and the median they reach."""
    never = [accuracy for samples, accuracy in zip(recovery, reached, strict=True) if samples is None]
    middle = median(float("inf") if one is None else one for one in recovery)
    text = "" if middle == float("inf") else f"{middle:,.0f}; " if never else f"{middle:,.0f}"
    return text + (f"never in {len(never)} (to {median(never):.2f})" if never else "")


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table, padded so that it can be read as it is."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return ["| " + " | ".join(map(str.ljust, cells, widths)) + " |" for cells in lines]


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 seeds, 3 epochs: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every seed, to FILE")
    kept.ask(parser)
    options = parser.parse_args()
    plan, start = QUICK if options.quick else Plan(), perf_counter()
    found = measure(*digits(), plan)
    targets, taken = [target(found, *claim) for claim in TARGETS], perf_counter() - start
    on = machine()
    print(", ".join(f"{name} {what}" for name, what in on.items()))
    print(f"{len(found)} rows x {plan.seeds} seeds x {plan.epochs} epochs, SGD, batch {BATCH}, float64, one thread: "
          f"{taken:.0f} s\n\n{report(found, plan, targets)}")
    if options.json:
        results = {"machine": on, "plan": asdict(plan), "seconds": taken, "targets": targets,
                   "rows": {name: asdict(one) for name, one in found.items()}}
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        below = {name: interval(less(one.accuracy, found[BACKPROP].accuracy)) for name, one in found.items()}
        kept.keep("rules", {name: {"accuracy": mean(one.accuracy), "over-backprop": below[name][0],
                                   "half": below[name][1], "reached": median(one.reached),
                                   "never": one.recovery.count(None)} for name, one in found.items()})


if __name__ == "__main__":
    main()
