"""One check for each way a stream can be wrong. A check raises the fault, or gives a reason why it does not apply."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..engine.checks import InputError
from ..streams import Batch, Incremental
from .trial import COLUMNS, TRUTH, Trial

SPLITS = ((1, 2), (7, 0, 64, 1), (1_000, 3, 997), (4_095, 2, 4_097))  # around the blocks that streams are made in
SIGMAS = 5.0  # a share further off than so many standard errors is no accident
NOBODY = "nobody knows the truth about it"


def _batch(trial: Trial) -> None:
    stream, K = trial.stream, len(trial.stream.classes)
    label = np.dtype(np.int64 if K else np.float64)
    kinds = {"X": np.dtype(np.float64), "y": label, "concept": np.dtype(np.int64), "p": np.dtype(np.float64),
             "bayes": np.dtype(np.float64), "clean": label}
    for n in (0, 1, 5, trial.rows):
        stream.restart()
        batch = stream.take(n)
        if not isinstance(batch, Batch):
            trial.fault("no batch", f"take({n}) gives {type(batch).__name__}, expected a hb.streams.Batch(X, y)")
        expected = n if stream.n_rows is None else min(n, stream.n_rows)
        for name in COLUMNS:
            values = getattr(batch, name)
            if values is None and name in TRUTH:
                continue
            shape = (expected, stream.n_inputs) if name == "X" else (expected,)
            if np.shape(values) != shape:
                trial.fault("wrong shape", f"take({n}) gives {name} of shape {np.shape(values)}, expected {shape}; "
                            "fewer rows only where the stream ends, which n_rows says")
            if values.dtype != kinds[name]:
                trial.fault("wrong type", f"{name} is {values.dtype}, expected {kinds[name]}; "
                            f"use .astype({kinds[name]})")
        if not np.isfinite(batch.X).all():
            row, column = np.argwhere(~np.isfinite(batch.X))[0]
            trial.fault("not finite", f"X[{row}, {column}] is {batch.X[row, column]}, expected a finite number; fill "
                        "in or leave out what is missing")
        if K and len(batch) and (batch.y.min() < 0 or batch.y.max() >= K):
            trial.fault("unknown label", f"y goes from {batch.y.min()} to {batch.y.max()}, expected indices into "
                        f"classes, 0 .. {K - 1}; is a class missing, or does counting begin at 1?")
        if stream.position != expected:
            trial.fault("wrong position", f"after restart and take({n}), position is {stream.position}, expected "
                        f"{expected}; add the rows taken in take, and set it to 0 in restart")


def _restart(trial: Trial) -> None:
    for before in (0, 13):
        trial.stream.restart()
        trial.stream.take(before)
        trial.same(trial.again(trial.rows), trial.whole, "restart forgets the seed", "after restart(), expected the "
                   "very same rows; draw a seed once, in __init__, and make each generator from it anew")


def _chunks(trial: Trial) -> None:
    for split in SPLITS:
        if sum(split) <= trial.rows:
            trial.same(trial.again(*split), trial.again(sum(split)), "depends on chunks",
                       f"when {sum(split)} rows are taken as {split}, expected the same as at once; does one draw give "
                       "other numbers when it is made in two? Make the rows in blocks, each with a seed of its own")
    n = min(trial.rows, 40)
    trial.same(trial.again(*[1] * n), trial.again(n), "depends on chunks", f"when {n} rows are taken one by one")


def _memory(trial: Trial) -> None:
    trial.stream.restart()
    handed_out = trial.stream.take(20)
    for name in ("X", "y", *trial.truth):
        getattr(handed_out, name)[:] = 0
    trial.same(trial.again(20), trial.first(20), "shares its memory", "after rows that had been handed out were "
               "overwritten; hand out copies")


def _fresh(trial: Trial) -> None:
    stream, n = trial.stream, min(trial.rows, 1_000)
    stream.restart()
    stream.take(5)
    one, again, other = (Trial(stream.fresh(rng), n) for rng in (1, 1, 2))
    if one.stream is stream or one.stream.position or stream.position != min(5, len(trial.whole)):
        trial.fault("fresh is not new", "fresh() gives a stream that is not at its first row, or moves this one; "
                    "expected a new object, and this one untouched")
    trial.same(again.whole, one.whole, "fresh ignores its seed", "between two fresh(1), expected the same rows; "
               "use rng for all that is random")
    if trial.truth and np.array_equal(one.whole.X, other.whole.X) and np.array_equal(one.whole.y, other.whole.y):
        trial.fault("fresh repeats", f"fresh(1) and fresh(2) give the same {n} rows, expected others; pass rng on")


def _truth(trial: Trial) -> str | None:
    if not trial.truth:
        return NOBODY
    missing = [name for name in TRUTH if name not in trial.truth] + ["concepts"] * (not trial.stream.concepts)
    if missing:
        trial.fault("half the truth", f"there is {', '.join(trial.truth)} but not {', '.join(missing)}; give all of "
                    "them, or none: concept, p, bayes and clean in the batch, and concepts of the stream")
    bayes_high = 1.0 if trial.stream.classes else np.inf  # of numbers, the best mean squared error
    for name, high in (("concept", len(trial.stream.concepts) - 1), ("p", 1.0), ("bayes", bayes_high)):
        low, top = trial.truth[name].min(), trial.truth[name].max()
        if low < 0 or top > high:
            trial.fault("out of range", f"{name} goes from {low:g} to {top:g}, expected 0 to {high:g}")
    return None


def _labels(trial: Trial) -> str | None:
    if not trial.truth:
        return NOBODY
    alone = ~trial.in_window(Incremental)  # where the concept itself moves, it is none of them
    for k, concept in enumerate(trial.stream.concepts):
        rows = np.flatnonzero(alone & (trial.truth["concept"] == k))
        said, given = concept.label(trial.whole.X[rows]), trial.truth["clean"][rows]
        if not np.array_equal(said, given):
            i = int(np.argmax(said != given))
            trial.fault("labels are not the concept's", f"clean is {given[i]} in row {rows[i]}, where {concept} says "
                        f"{said[i]} ({np.mean(said != given):.1%} of its rows differ); is the label taken before "
                        "noise, from the same X, by the concept that `concept` names?")
    return None


def _noise(trial: Trial) -> str | None:
    if not trial.truth:
        return NOBODY
    if not trial.stream.classes:
        return "its labels are numbers"
    calm = ~trial.in_window()
    for k, concept in enumerate(trial.stream.concepts):
        rows = calm & (trial.truth["concept"] == k)
        n = int(rows.sum())
        if not n:
            continue
        wrong = float(np.mean(trial.whole.y[rows] != trial.truth["clean"][rows]))
        said = float(np.mean(1 - trial.truth["bayes"][rows]))
        if abs(wrong - said) > SIGMAS * np.sqrt(said * (1 - said) / n) + 1e-9:
            trial.fault("noise is not what bayes says", f"of {n:,} rows of {concept}, {wrong:.4f} of the labels are "
                        f"wrong, and bayes says {said:.4f}; is noise drawn from all classes (the right one too), or "
                        "counted twice?")
    return None


def _drifts(trial: Trial) -> str | None:
    if not trial.truth:
        return NOBODY
    concept, stream = trial.truth["concept"], trial.stream
    calm = ~trial.in_window()
    said = ~calm
    said[[t for drift in stream.drifts for t in (drift.position, drift.stop) if t < len(said)]] = True
    unsaid = [int(t) for t in np.flatnonzero(np.diff(concept)) + 1 if not said[t]]
    if unsaid:
        trial.fault("a change without a drift", f"the concept changes in row {unsaid[0]}, and drift_points are "
                    f"{stream.drift_points[:10]}; expected changes there and in windows alone: is a position off by "
                    "one?")
    p = trial.truth["p"]
    outside = np.flatnonzero(calm & (p > 0) & (p < 1))
    if outside.size:
        trial.fault("a change without a drift", f"p is {p[outside[0]]:.4g} in row {outside[0]}, outside of all windows "
                    "[position, position + width), where it is 0 or 1")
    for drift in stream.drifts:
        before, after = drift.position - 1, drift.stop
        known = before >= 0 and after < len(calm) and calm[before] and calm[after]  # and no other drift touches it
        if known and concept[before] == concept[after] and stream.drift_points.count(after) == (drift.width == 0):
            trial.fault("a drift that changes nothing", f"the concept is {concept[after]} before and after {drift}; is "
                        "its position the first row that is touched?")
    return None


def _twin(trial: Trial) -> str | None:
    if not trial.truth:
        return NOBODY
    try:
        twin = Trial(trial.stream.twin(), trial.rows)
    except InputError:
        return "it has none"
    until = min([trial.rows, *trial.stream.drift_points])
    trial.same(twin.first(until), trial.first(until), "the twin is another world", "between twin() and the stream in "
               f"the first {until} rows, where nothing has drifted yet; expected the same: give the twin the same seed")
    if twin.stream.drift_points or np.ptp(twin.truth["concept"]):
        trial.fault("the twin drifts", "twin() is the stream without drift, and its concept changes")
    return None


CHECKS: dict[str, Callable[[Trial], str | None]] = {
    "batch": _batch, "restart": _restart, "chunks": _chunks, "memory": _memory, "fresh": _fresh, "truth": _truth,
    "labels": _labels, "noise": _noise, "drifts": _drifts, "twin": _twin,
}
