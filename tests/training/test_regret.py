"""Regret to the Bayes rule: its three parts sum to it row by row, and each catches what it is named for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import AtRows

import hebbnet as hb


class Knows:
    """A model without error: it answers by the rule of the newest row that it was given (the last input column)."""

    def __init__(self, stream: hb.DriftStream) -> None:
        self.stream, self.newest = stream, 0

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        self.newest = int(X[:, -1].max())

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.stream.bayes_rule(X, self.newest)

    def copy(self) -> Knows:
        twin = Knows(self.stream)
        twin.newest = self.newest
        return twin


class Numbered(hb.DriftStream):
    """A boundary that turns, whose last input is the number of the row, which no rule looks at."""

    def take(self, n: int) -> Any:
        start = self.position
        batch = super().take(n)
        batch.X[:, -1] = np.arange(start, start + n)
        return batch


def turning(rows: int = 3_000, turns: float = 1.0, noise: float = 0.1) -> Numbered:
    concepts = [hb.RotatingBoundary(phi, n_inputs=3) for phi in (0, 2 * math.pi * turns)]
    return Numbered(concepts, at=[hb.Incremental(0, width=rows)], noise=noise, rng=0)


def telescopes(run: hb.Run, split: Any) -> bool:
    """Row by row, and in the mean: the regret is that to the rule of the moment on the rows that came."""
    clean = run.truth["clean"][run.launch :] == run.y
    assert np.array_equal(split.regret, split.drift + split.latency + split.learning)
    assert np.array_equal(split.regret, clean.astype(int) - run.correct)
    means = split.summary()
    return abs(means["regret"] - means["drift"] - means["latency"] - means["learning"]) < 1e-12


@given(st.integers(1, 400), st.integers(0, 150), st.integers(0, 300), st.sampled_from([1, 7]),
       st.sampled_from(["never", "periodic", "always"]), st.booleans())
@settings(max_examples=25)
def test_the_parts_sum_to_the_regret(launch: int, delay: int, cycle: int, arrival: int, kind: str,
                                     batches: bool) -> None:
    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14), hb.SEA(5)], at=[300, hb.Incremental(500, width=300)], noise=0.1,
                            rng=1)
    learner = hb.Learner(hb.mlp(stream, hidden=[2], rng=0))
    policy = {"never": hb.Never(), "periodic": hb.Periodic(90), "always": hb.Always()}[kind]
    run = hb.run(learner, stream, policy, launch=launch, window=80, label_delay=delay, cycle_time=cycle,
                 arrival=arrival, batch_size=5 if batches else 1, epochs=1, steps=1_000)
    split = run.regret_split()
    assert telescopes(run, split)
    assert (split.known < np.maximum(split.began, 1)).all() and (split.began <= run.t).all()
    if kind == "always":
        assert not split.drift.any()


def test_a_perfect_model_has_nothing_to_learn() -> None:
    """It knows the rule of the last row that it was told of: all of its regret is drift and latency."""
    stream = turning()
    run = hb.run(Knows(stream), stream, hb.Periodic(200), launch=100, cycle_time=50, label_delay=20, window=10)
    split = run.regret_split()
    assert telescopes(run, split) and not split.learning.any()
    before, after = run.t < 320, run.t >= 370  # the label of row 299 arrives, a training begins, its model serves
    assert set(split.began[before]) == {100} and set(split.known[before]) == {99}
    since = (run.t[after] - 120) % 200  # the age of the last training that began
    assert np.array_equal(split.began[after], run.t[after] - since)
    late = np.where(since < 50, 220, 20)  # the old model serves while the new one is made
    assert np.array_equal(split.known[after], run.t[after] - since - late - 1)


def test_what_each_part_costs_when_the_boundary_turns() -> None:
    """One turn in 5,000 rows: a rule s rows old is wrong on 2 s / 5,000 of the inputs, times 1 - 2 noise."""
    stream = turning(30_000, turns=6)
    run = hb.run(Knows(stream), stream, hb.Periodic(200), launch=100, cycle_time=100, label_delay=50, window=10)
    means = run.regret_split().summary()
    assert means["drift"] == pytest.approx(0.8 * 2 * 100 / 5_000, abs=0.006)  # half a period on average
    # 50 rows of delay, and for half of the time a whole period more
    assert means["latency"] == pytest.approx(0.8 * 2 * (50 + 100) / 5_000, abs=0.006)
    assert means["learning"] == 0


def test_never_and_always() -> None:
    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[1_000], rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[4], rng=0))
    never, always = (hb.run(learner, stream, policy, launch=400).regret_split() for policy in (hb.Never(), hb.Always()))
    assert set(never.began) == {400} and not never.latency.any() and not never.drift[:600].any()
    assert never.drift[600:].mean() == pytest.approx(hb.SEA(6).disagreement(hb.SEA(14)), abs=0.05)
    assert np.array_equal(always.began, np.arange(400, 2_000)) and not always.drift.any()
    assert np.flatnonzero(always.latency).tolist() in ([], [600])  # the first row that nobody could foresee
    late = hb.run(learner, stream, hb.Always(), launch=400, label_delay=300).regret_split()
    assert not late.latency[:600].any() and late.latency[600:901].mean() > 0.4 and not late.latency[901:].any()


def test_where_nothing_was_ever_learned() -> None:
    stream = turning()
    run = hb.run(Knows(stream), stream, AtRows([]), launch=0, steps=500)
    split = run.regret_split()
    assert not split.began.any() and not split.known.any() and telescopes(run, split)


def test_the_row_at_which_a_training_begins_counts_as_begun() -> None:
    stream = turning()
    run = hb.run(Knows(stream), stream, AtRows([699]), launch=100, steps=1_000)
    assert [event.t for event in run.events if event.kind == "train"] == [700]
    assert run.regret_split().began[[599, 600]].tolist() == [100, 700]


def test_of_a_loaded_run_and_of_real_data(tmp_path: Path) -> None:
    stream = turning(1_000)
    run = hb.run(Knows(stream), stream, hb.Periodic(100), launch=100)
    place = stream.position
    assert repr(run.stream) == repr(stream) and repr(run.regret_split()).startswith("RegretSplit(regret 0.0")
    assert stream.position == place
    again = hb.Run.load(run.save(tmp_path / "run.npz"))
    with pytest.raises(hb.InputError, match="give the stream it lived in"):
        again.regret_split()
    assert np.array_equal(again.regret_split(stream).drift, run.regret_split().drift)
    with pytest.raises(hb.InputError, match="not the stream that the run lived in"):
        again.regret_split(stream.fresh(1))
    table = hb.from_arrays(np.arange(400.0)[:, None], np.arange(400) % 2)
    real = hb.run(Knows(stream), hb.from_arrays(np.ones((400, 3)), np.arange(400) % 2), hb.Never(), launch=100)
    assert real.stream is None
    for what in (None, table):
        with pytest.raises(hb.InputError, match=r"give the stream|not the stream|nobody knows"):
            real.regret_split(what)


def test_the_seconds_are_counted() -> None:
    stream = turning(1_000)
    runs = [hb.run(Knows(stream), stream, policy, launch=100) for policy in (hb.Never(), hb.Always())]
    assert all(run.seconds > 0 for run in runs) and "seconds" not in runs[0].summary()
