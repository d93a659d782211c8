"""The clock equals a slow loop row by row; the same call is the same run, and as long as it says."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from learners import Means
from pairs import CYCLES, KINDS, WINDOWS, drifting, pair, plain, window

import hebbnet as hb
from hebbnet.training import clock, loop
from hebbnet.training.policy import Policy

# ---------------------------------------------------------------- equal to the naive loop


def numbers(most: int) -> st.SearchStrategy[dict[str, int]]:
    """Settings of a run; zeros and ones, where loops are wrong, are drawn often."""
    return st.fixed_dictionaries({
        "launch": st.integers(0, most), "window": st.integers(1, most),
        "label_delay": st.just(0) | st.integers(0, most // 2), "cycle_time": st.just(0) | st.integers(0, most),
        "arrival": st.just(1) | st.integers(1, 12), "epochs": st.integers(1, 3)})


HOW = {"launch": 10, "window": 5, "label_delay": 0, "cycle_time": 0, "arrival": 1, "epochs": 1}


ALSO = {"windows": "number", "cycle": "a number", "validate": 0, "busy": "drop"}


def also() -> st.SearchStrategy[dict[str, Any]]:
    """What may be asked for besides."""
    return st.just(ALSO) | st.fixed_dictionaries({
        "windows": st.sampled_from(WINDOWS), "cycle": st.sampled_from(list(CYCLES)),
        "validate": st.just(0) | st.integers(1, 30), "busy": st.sampled_from(["drop", "queue"])})


def both(kind: str, how: dict[str, Any], also: dict[str, Any], rows: int, number: int,
         asked: list[int]) -> tuple[Any, Any, dict[str, Any], dict[str, Any]]:
    """Policies and settings, ours and the naive loop's."""
    assume(kind != "random" or how["launch"] + how["label_delay"] + how["arrival"] + 4 < rows)
    cycle = CYCLES[also["cycle"]] or how["cycle_time"]
    windows = window(also["windows"], how["window"])
    more = [how | {"window": w, "cycle_time": cycle, "validate": also["validate"], "busy": also["busy"]}
            for w in windows]
    return *pair(kind, number, asked), *more  # type: ignore[return-value]


@given(kind=st.sampled_from(KINDS), how=numbers(40), also=also(), rows=st.integers(45, 220), warm_start=st.booleans(),
       number=st.integers(2, 50), batch_size=st.just(1) | st.integers(2, 9), asked=st.lists(st.integers(0, 220)),
       span=st.sampled_from([1, 5, 512]), chunk=st.sampled_from([7, 64, 8_192]), seed=st.integers(0, 5))
@settings(max_examples=400)
# a training is over at the moment of the next request: it is not under way any more
@example(kind="periodic", how=HOW | {"cycle_time": 20}, also=ALSO, rows=200, warm_start=True, number=20, batch_size=1,
         asked=[], span=512, chunk=8_192, seed=0)
# a cycle that is no multiple of the blocks: what a block's labels teach is not served before a whole cycle is over
@example(kind="always", how=HOW | {"cycle_time": 5, "arrival": 10}, also=ALSO, rows=200, warm_start=True, number=20,
         batch_size=1, asked=[], span=512, chunk=8_192, seed=0)
def test_equals_the_naive_loop(kind: str, how: dict[str, int], also: dict[str, Any], rows: int, warm_start: bool,
                               number: int, batch_size: int, asked: list[int], span: int, chunk: int,
                               seed: int) -> None:
    X, y = drifting(rows, seed, n_classes=2 + seed % 2)
    learner = Means(2 + seed % 2, 2)
    ours, theirs, our_how, their_how = both(kind, how, also, rows, number, asked)
    with pytest.MonkeyPatch.context() as patch:  # how far it looks ahead, and how much it reads, must not matter
        patch.setattr(clock, "SPAN", min(span, chunk))
        patch.setattr(clock, "CHUNK", chunk)
        run = hb.run(learner, hb.from_arrays(X, y), ours, batch_size=batch_size, warm_start=warm_start, **our_how)
    predicted, events, serving = naive.live(learner, X, y, theirs, batch_size=batch_size, warm_start=warm_start,
                                            **their_how)
    assert run.predictions.tolist() == predicted
    assert plain(run) == events
    if kind != "always":
        assert run.learner.learned == serving.learned
    assert not learner.learned


SEA = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[170], noise=0.1, rng=3)


# Softmax in batches and row by row may differ in the last bit, which is enough for a detector.
@given(kind=st.sampled_from([kind for kind in KINDS if "confidence" not in kind]), how=numbers(60), also=also(),
       rows=st.integers(80, 300), warm_start=st.booleans(), optimizer=st.sampled_from(["keep", "fresh"]),
       number=st.integers(20, 80), batch_size=st.just(1) | st.integers(2, 9), chunk=st.sampled_from([7, 64, 8_192]))
@settings(max_examples=80)
def test_equals_the_naive_loop_with_a_network(kind: str, how: dict[str, int], also: dict[str, Any], rows: int,
                                              warm_start: bool, optimizer: str, number: int, batch_size: int,
                                              chunk: int) -> None:
    """Bit for bit: every prediction, and the weights at the end."""
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1), rate=0.05, schedule=hb.schedules.Inverse(tau=200))
    before = learner.network.theta.copy()
    kind = "periodic" if kind == "every row" else kind
    ours, theirs, our_how, their_how = both(kind, how, also, rows, number, list(range(80, 300, number)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "SPAN", min(clock.SPAN, chunk))
        patch.setattr(clock, "CHUNK", chunk)
        run = hb.run(learner, SEA, ours, steps=rows, batch_size=batch_size, warm_start=warm_start, optimizer=optimizer,
                     **our_how)
    SEA.restart()
    batch = SEA.take(rows)
    predicted, events, serving = naive.live(learner, batch.X, batch.y, theirs, batch_size=batch_size,
                                            warm_start=warm_start, optimizer=optimizer, seed=learner.seed, whole=True,
                                            **their_how)
    assert run.predictions.tolist() == predicted
    assert plain(run) == events
    if kind != "always":
        assert np.array_equal(run.learner.network.theta, serving.network.theta)
    assert np.array_equal(learner.network.theta, before) and learner.n_seen == 0


@pytest.mark.parametrize("batch_size", [1, 5])
@pytest.mark.parametrize("arrival", [1, 4])
@pytest.mark.parametrize(("label_delay", "cycle_time"), [(0, 0), (3, 0), (0, 6), (10, 7)])
def test_always_equals_copies_of_the_weights(label_delay: int, cycle_time: int, arrival: int, batch_size: int,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit for bit: the weights that serve are those of `cycle_time` rows ago, which knew what was labelled then."""
    monkeypatch.setattr(clock, "SPAN", 8)
    monkeypatch.setattr(clock, "CHUNK", 8)  # neither a multiple of the batch nor a divisor of the launch
    how = {"launch": 21, "window": 5, "label_delay": label_delay, "cycle_time": cycle_time, "arrival": arrival,
           "batch_size": batch_size, "epochs": 2}
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1), rate=0.05)
    run = hb.run(learner, SEA, hb.Always(), steps=250, **how)
    SEA.restart()
    batch = SEA.take(250)
    predicted = naive.live(learner, batch.X, batch.y, naive.Always(), seed=learner.seed, whole=True, **how)[0]
    assert run.predictions.tolist() == predicted


def test_the_past_is_kept_as_long_as_somebody_may_ask_and_no_longer() -> None:
    past = clock.Past(2, keep=50)
    for n in [0, 30, 1, *[13] * 200]:
        rows = np.arange(past.stop, past.stop + n)
        past.add(np.column_stack([rows, -rows]).astype(float), rows)
        X, y = past.rows(max(past.stop - 50, 0), past.stop)
        assert y.tolist() == X[:, 0].tolist() == (-X[:, 1]).tolist() == list(range(max(past.stop - 50, 0), past.stop))
        assert len(past.y) <= 2 * 50 + 30
        assert past.start <= max(past.stop - 50, 0)
    assert past.stop == 31 + 13 * 200


# ---------------------------------------------------------------- the same call, the same run


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_call_is_the_same_run(kind: str) -> None:
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1))
    learner.learn(SEA.take(50).X, np.arange(50) % 2)  # not a new one: what it knows is where it begins
    before, seen, chance = learner.network.theta.copy(), learner.n_seen, str(learner._rng.bit_generator.state)
    policy = pair(kind, 60, [100, 200])[0]
    how = {"steps": 400, "launch": 50, "window": 50, "epochs": 2, "cycle_time": 5}
    first = hb.run(learner, SEA, policy, **how)
    for other in KINDS:
        hb.run(learner, SEA, pair(other, 70, [150])[0], **how)
    SEA.take(13)
    again = hb.run(learner, SEA, policy, **how)
    assert np.array_equal(first.predictions, again.predictions) and first.events == again.events
    assert np.array_equal(first.learner.network.theta, again.learner.network.theta)
    assert first.learner is not again.learner and first.learner is not learner
    assert np.array_equal(learner.network.theta, before) and learner.n_seen == seen
    assert str(learner._rng.bit_generator.state) == chance


def test_a_policy_that_never_resets_itself_begins_anew_all_the_same() -> None:
    class Once(Policy):
        asked = False

        def decide(self, start: int, correct: np.ndarray) -> int | None:
            if self.asked:
                return None
            self.asked = True
            return start

    policy, table = Once(), hb.from_arrays(*drifting(100, 0))
    runs = [hb.run(Means(2, 2), table, policy, launch=10) for _ in range(2)]
    assert plain(runs[0]) == plain(runs[1]) == [(10, "launch", None), (11, "train", 11), (11, "deploy", None)]
    assert not policy.asked


def test_rng_shuffles() -> None:
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1))
    a, b, c = (hb.run(learner, SEA, hb.Never(), launch=100, rng=rng).learner.network.theta for rng in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_always_is_learning_with_that_delay() -> None:
    """Of delay and cycle only the sum matters to it; without either, a run is `learn`."""
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1))
    runs = [hb.run(learner, SEA, hb.Always(), launch=60, steps=400, label_delay=delay, cycle_time=30 - delay)
            for delay in (0, 13, 30)]
    assert all(np.array_equal(run.predictions, runs[0].predictions) for run in runs)
    assert all(np.array_equal(run.learner.network.theta, runs[0].learner.network.theta) for run in runs)
    SEA.restart()
    batch, bare = SEA.take(400), learner.copy()
    for size in (1, 32):
        run = hb.run(learner, SEA, hb.Always(), launch=0, steps=400, batch_size=size)
        bare = learner.copy()
        assert np.array_equal(run.predictions, bare.learn(batch.X, batch.y, batch_size=size))
        assert np.array_equal(run.learner.network.theta, bare.network.theta)


def test_how_long_a_run_is() -> None:
    """To the end; without an end, as long after the last drift as the concept before it ruled."""
    def steps(stream: Any, **how: Any) -> int:
        return hb.run(Means(2, stream.n_inputs - 1), stream, hb.Never(), **how).settings["steps"]

    def drifts(*at: Any) -> Any:
        return hb.DriftStream([hb.SEA(7 + k) for k in range(len(at) + 1)], at=at, rng=0)

    assert steps(drifts(300, 500), launch=10) == 700
    assert steps(drifts(300), launch=10) == 600
    assert steps(drifts(300, hb.Gradual(500, width=90)), launch=10) == 700
    assert steps(drifts(), launch=10) == 10 + loop.DEFAULT_STEPS
    assert steps(drifts(300), launch=10, steps=11) == 11
    assert steps(hb.from_arrays(*drifting(80, 0)), launch=79) == 80
