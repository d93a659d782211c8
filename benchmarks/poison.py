"""Poison: files whose labels were shuffled. Who notices, which challengers come through, and what the exam costs.

    python -m benchmarks.poison [--quick] [--elec2 FILE]

Each world comes in files of 1,000 rows, as to `hebbnet watch`, whose defaults hold. Some files in a row are poisoned:
their labels are permuted. A challenger is poisoned where it learned some of those rows.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.engine import seeds
from hebbnet.engine.progress import Progress
from hebbnet.pipeline import DEFAULTS
from hebbnet.pipeline.monitor import SUSPECT
from hebbnet.streams.stream import Stream
from hebbnet.training import exam, policies

from .defaults import markdown
from .worlds import WORLDS, draw

FILE, SLICE = 1_000, 12_000  # rows of a file, and of a slice of elec2
EXAMS: dict[str, dict[str, Any]] = {
    "no exam": {"validate": 0}, "sure 0": {"validate": 500, "sure": 0.0}, "sure 2": {"validate": 500, "sure": 2.0}}
Rows = tuple[np.ndarray, np.ndarray]


def worlds(n: int, elec2: str | None) -> Iterator[tuple[str, int, Rows]]:
    """The first n draws of each made world, or n slices of the table that is given."""
    if elec2:
        with np.load(elec2) as table:
            X, y = table["X"].astype(float), table["y"].astype(np.int64)
        for k in range(n):
            start = int(seeds.child(0, "slice", k).integers(len(y) - SLICE))
            yield "elec2", k, (X[start : start + SLICE], y[start : start + SLICE])
        return
    for name in WORLDS:
        for k in range(n):
            batch = draw(name, k).take(1 << 30)
            yield name, k, (batch.X, batch.y)


def poisoned(rows: Rows, files: int, rng: np.random.Generator) -> tuple[Stream, range]:
    """The stream, and the rows whose labels were permuted."""
    X, y = rows[0], rows[1].copy()
    first = FILE * int(rng.integers(3, len(y) // FILE - files - 1))
    bad = range(first, first + FILE * files)
    y[bad.start : bad.stop] = rng.permutation(y[bad.start : bad.stop])
    return hb.from_arrays(X, y), bad


def live(stream: Stream, policy: str, k: int, settings: dict[str, Any]) -> hb.Run:
    """As the watch would, row for row."""
    learner = hb.Learner(hb.mlp(stream, DEFAULTS["hidden"], rng=k))
    return hb.run(learner, stream, policies.by_name()[policy], arrival=FILE, **settings)


def fate(run: hb.Run, bad: range) -> Counter[str]:
    """What became of the poisoned challengers, by the last rows of their windows, which are those of the exam."""
    found = Counter[str]()
    found["alarm"] = any(event.kind == "alarm" and event.detail["row"] in bad for event in run.events)
    for start in range(run.launch, len(run.truth["y"]) - FILE + 1, FILE):
        kind = "bad" if start in bad else "good"
        found[kind] += 1
        found[f"{kind} suspect"] += suspect(run, slice(start - run.launch, start - run.launch + FILE))
    fates = [event for event in run.events if event.kind in ("train", "deploy", "rejected")]
    for train, end in zip(fates[::2], fates[1::2], strict=False):
        stop = train.t - train.detail.get("held", 0)
        if stop - train.detail["rows"] < bad.stop and bad.start < stop:
            last = "poisoned" if stop in bad or train.t - 1 in bad else "clean"
            found[last] += 1
            found[f"{last} deploy"] += end.kind == "deploy"
    return found


def suspect(run: hb.Run, rows: slice) -> bool:
    """Whether the watch would say that the labels of these rows have nothing to do with the answers."""
    y, answers = run.y[rows], run.predictions[rows]
    p, error = exam.chance(*(np.bincount(of, minlength=len(run.classes)) for of in (y, answers)))
    return bool(abs(np.mean(y == answers) - p) < SUSPECT[1] * error)


def table(n: int, files: int, elec2: str | None) -> list[str]:
    """One line for each policy and exam, over all worlds and draws."""
    total, runs = dict[tuple[str, str], Counter[str]](), 0
    accuracy: dict[tuple[str, str], list[float]] = {}
    with Progress(f"{files} poisoned files") as tell:
        every = n * (1 if elec2 else len(WORLDS))
        for name, k, rows in worlds(n, elec2):
            clean = hb.from_arrays(*rows)
            stream, bad = poisoned(rows, files, seeds.child(0, "poison", k))
            for policy in ("on-drift", "periodic"):
                for examined, settings in EXAMS.items():
                    key = policy, examined
                    total.setdefault(key, Counter()).update(fate(live(stream, policy, k, settings), bad))
                    accuracy.setdefault(key, []).append(float(live(clean, policy, k, settings).correct.mean()))
            runs += 1
            tell(runs / every, name)
    lines = [[*key, f"{of['alarm']} of {runs}", *(f"{of[f'{kind} suspect']} of {of[kind]}" for kind in ("bad", "good")),
              f"{of['poisoned deploy']} of {of['poisoned']}",
              f"{of['clean deploy']} of {of['clean']}", f"{np.mean(accuracy[key]):.4f}"] for key, of in total.items()]
    return markdown(["policy", "exam", "alarm", "poison suspect", "others suspect", "last rows poisoned",
                     "last rows clean", "accuracy, no poison"], lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.poison", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one draw of each world")
    parser.add_argument("--elec2", metavar="FILE", help="an .npz with X and y, in place of the made worlds")
    options = parser.parse_args(arguments)
    n = 1 if options.quick else 10
    for files in (1, 3):
        print(f"{files:,},000 poisoned rows, {n} draws of each world\n")
        print("\n".join(table(n, files, options.elec2)) + "\n")


if __name__ == "__main__":
    main()
