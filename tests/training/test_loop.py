"""The clock: equal to a slow loop row by row, and no label before its time."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from learners import Means, Screamer, TooEarly, Watch

import hebbnet as hb
from hebbnet.training import loop
from hebbnet.training.policies import Policy

# ---------------------------------------------------------------- streams and policies in pairs: ours, and the naive one


def drifting(rows: int, seed: int, n_classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers whose labels turn round half way; the last column is the row's number."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, 20, (rows, 2)), np.arange(rows)]).astype(np.float64)
    y = (X[:, 0] * n_classes // 20).astype(np.int64)
    y[rows // 2 :] = n_classes - 1 - y[rows // 2 :]
    y[rng.random(rows) < 0.1] = 0
    y[:n_classes] = np.arange(n_classes)
    return X, y


class ThreeOfEight:
    """A detector as a user would write it: nothing but update(x). Alarms when 3 of the last 8 were wrong."""

    def __init__(self) -> None:
        self.last: list[float] = []

    def update(self, x: float) -> bool:
        self.last = [*self.last, x][-8:]
        return sum(self.last) >= 3


class AtRows(Policy):
    """Asks after rows that were fixed beforehand."""

    name = "at rows"

    def __init__(self, rows: list[int]) -> None:
        self.rows = sorted(rows)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        return next((row for row in self.rows if start <= row < start + len(correct)), None)


class Impatient(Policy):
    """Asks after three mistakes in a row, and begins to count again after each request and deployment."""

    name = "impatient"

    def begin(self, launch: int, window: int) -> None:
        self.wrong = 0

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        for i, right in enumerate(correct):
            self.wrong = 0 if right else self.wrong + 1
            if self.wrong == 3:
                self.wrong = 0
                return start + i
        return None

    def deployed(self, row: int) -> None:
        self.wrong = 0


class NaiveImpatient(naive.Never):
    wrong = 0

    def sees(self, row: int, right: bool) -> bool:
        self.wrong = 0 if right else self.wrong + 1
        if self.wrong == 3:
            self.wrong = 0
            return True
        return False

    def deployed(self, moment: int) -> None:
        self.wrong = 0


def ddm(**settings: Any) -> hb.DDM:
    return hb.DDM(warm_start=8, warning_threshold=1.0, drift_threshold=1.5, **settings)


def adwin(**settings: Any) -> hb.ADWIN:
    return hb.ADWIN(delta=0.9, clock=2, min_window_length=2, grace_period=4, **settings)


def pair(kind: str, number: int, rows: list[int]) -> tuple[Policy, naive.Never]:
    """A policy, and what it promises."""
    return {
        "never": lambda: (hb.Never(), naive.Never()),
        "always": lambda: (hb.Always(), naive.Always()),
        "periodic": lambda: (hb.Periodic(number), naive.Periodic(number)),
        "every row": lambda: (hb.Periodic(1), naive.Periodic(1)),
        "ddm": lambda: (hb.OnDrift(ddm()), naive.OnDrift(ddm)),
        "adwin": lambda: (hb.OnDrift(adwin()), naive.OnDrift(lambda: adwin(direction="worse"))),
        "own detector": lambda: (hb.OnDrift(ThreeOfEight()), naive.OnDrift(ThreeOfEight)),
        "at rows": lambda: (AtRows(rows), naive.AtRows(rows)),
        "impatient": lambda: (Impatient(), NaiveImpatient()),
    }[kind]()


KINDS = ["never", "always", "periodic", "every row", "ddm", "adwin", "own detector", "at rows", "impatient"]


def plain(run: hb.Run) -> list[tuple[int, str, Any]]:
    """The events as the naive loop tells them."""
    detail = {"alarm": "row", "train": "rows"}
    return [(event.t, event.kind, event.detail.get(detail.get(event.kind, ""))) for event in run.events
            if event.kind != "drift"]


def numbers(most: int) -> st.SearchStrategy[dict[str, int]]:
    """Settings of a run; zeros and ones, where loops are wrong, are drawn often."""
    return st.fixed_dictionaries({
        "launch": st.integers(0, most), "window": st.integers(1, most),
        "label_delay": st.just(0) | st.integers(0, most // 2), "cycle_time": st.just(0) | st.integers(0, most),
        "arrival": st.just(1) | st.integers(1, 12), "epochs": st.integers(1, 3)})


@given(kind=st.sampled_from(KINDS), how=numbers(40), rows=st.integers(45, 220), warm_start=st.booleans(),
       number=st.integers(2, 50), batch_size=st.just(1) | st.integers(2, 9), asked=st.lists(st.integers(0, 220)),
       span=st.sampled_from([1, 5, 512]), chunk=st.sampled_from([7, 64, 8_192]), seed=st.integers(0, 5))
@settings(max_examples=300)
# a training is over at the moment of the next request: it is not under way any more
@example(kind="periodic", how={"launch": 10, "window": 5, "label_delay": 0, "cycle_time": 20, "arrival": 1, "epochs": 1},
         rows=200, warm_start=True, number=20, batch_size=1, asked=[], span=512, chunk=8_192, seed=0)
# a cycle that is no multiple of the blocks: what a block's labels teach is not served before a whole cycle is over
@example(kind="always", how={"launch": 10, "window": 5, "label_delay": 0, "cycle_time": 5, "arrival": 10, "epochs": 1},
         rows=200, warm_start=True, number=20, batch_size=1, asked=[], span=512, chunk=8_192, seed=0)
def test_equals_the_naive_loop(kind: str, how: dict[str, int], rows: int, warm_start: bool, number: int,
                               batch_size: int, asked: list[int], span: int, chunk: int, seed: int) -> None:
    X, y = drifting(rows, seed, n_classes=2 + seed % 2)
    learner = Means(2 + seed % 2, 2)
    ours, theirs = pair(kind, number, asked)
    with pytest.MonkeyPatch.context() as patch:  # how far it looks ahead, and how much it reads, must not matter
        patch.setattr(loop, "SPAN", min(span, chunk))
        patch.setattr(loop, "CHUNK", chunk)
        run = hb.run(learner, hb.from_arrays(X, y), ours, batch_size=batch_size, warm_start=warm_start, **how)
    predicted, events, serving = naive.live(learner, X, y, theirs, batch_size=batch_size, warm_start=warm_start, **how)
    assert run.predicted.tolist() == predicted
    assert plain(run) == events
    if kind != "always":
        assert run.learner.learned == serving.learned
    assert not learner.learned


SEA = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[170], noise=0.1, rng=3)


@given(kind=st.sampled_from(KINDS), how=numbers(60), rows=st.integers(80, 300), warm_start=st.booleans(),
       number=st.integers(20, 80), batch_size=st.just(1) | st.integers(2, 9), chunk=st.sampled_from([7, 64, 8_192]))
@settings(max_examples=60)
def test_equals_the_naive_loop_with_a_network(kind: str, how: dict[str, int], rows: int, warm_start: bool, number: int,
                                              batch_size: int, chunk: int) -> None:
    """Bit for bit: every prediction, and the weights at the end."""
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1), rate=0.05)
    before = learner.network.theta.copy()
    ours, theirs = pair("periodic" if kind == "every row" else kind, number, list(range(80, 300, number)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "SPAN", min(loop.SPAN, chunk))
        patch.setattr(loop, "CHUNK", chunk)
        run = hb.run(learner, SEA, ours, steps=rows, batch_size=batch_size, warm_start=warm_start, **how)
    SEA.restart()
    batch = SEA.take(rows)
    predicted, events, serving = naive.live(learner, batch.X, batch.y, theirs, batch_size=batch_size,
                                            warm_start=warm_start, seed=learner.seed, whole=True, **how)
    assert run.predicted.tolist() == predicted
    assert plain(run) == events
    if kind != "always":
        assert np.array_equal(run.learner.network.theta, serving.network.theta)
    assert np.array_equal(learner.network.theta, before) and learner.n_seen == 0
