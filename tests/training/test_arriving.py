"""Rows that arrive in blocks: the scores, events and weights of `run`; and saved between any two blocks, to the bit."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.training import arriving, loop, state

N, LAUNCH, BLOCK = 1_050, 200, 100
STREAM = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[500], noise=0.1, rng=0)
BATCH = STREAM.take(N)
KINDS: dict[str, Any] = {
    "never": (hb.Never(), {}),
    "periodic": (hb.Periodic(150), {"window": 250}),
    "exam": (hb.Periodic(150), {"window": 250, "validate": 60, "sure": 1.0}),
    "on-drift": (hb.OnDrift(hb.DDM()), {"window": 100}),
    "adwin": (hb.OnDrift(hb.ADWIN()), {"window": 150, "warm_start": False}),
    "either": (hb.OnDrift(hb.ADWIN()) | hb.OnAccuracy(0.8, 50), {"window": 120}),
    "since alarm": (hb.OnDrift(hb.DDM()) | hb.Periodic(200), {"window": hb.policies.SinceAlarm(50, 400)}),
    "reservoir": (hb.policies.Budgeted(hb.Periodic(100), most=4), {"window": hb.policies.Reservoir(150)}),
    "all": (hb.Periodic(200), {"window": hb.policies.All()}),
    "always": (hb.Always(), {}),
}


def learner() -> hb.Learner:
    return hb.Learner(hb.mlp(STREAM, [4], rng=0))


def begin(kind: str, model: Any, launch: int = LAUNCH, rng: Any = None) -> arriving.ArrivingClock:
    policy, settings = KINDS[kind]
    checked = loop.settings(model, launch=launch, **settings)
    return arriving.ArrivingClock.of(model, policy.copy(), checked, 3, (0, 1), rng)


def blocks() -> list[slice]:
    return [slice(start, min(start + BLOCK, N)) for start in range(LAUNCH, N, BLOCK)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_loop_of_run(kind: str) -> None:
    policy, settings = KINDS[kind]
    run = hb.run(learner(), hb.from_arrays(BATCH.X, BATCH.y), policy, launch=LAUNCH, arrival=BLOCK, **settings)
    clock = begin(kind, learner())
    clock.begin(BATCH.X[:LAUNCH], BATCH.y[:LAUNCH])
    for rows in blocks():
        clock.live_through(BATCH.X[rows], BATCH.y[rows])
    assert np.array_equal(clock.recorder.predictions[LAUNCH:], run.predictions)
    assert [event for event in clock.recorder.events if event.t < N] == [e for e in run.events if e.t < N]
    kept = clock.recorder.recent(clock.recorder.events, clock.serving)
    assert kept.summary()["accuracy"] == run.summary()["accuracy"] and np.array_equal(kept.y, run.y)
    assert len(clock.judged) == sum(event.kind in ("deploy", "rejected") for event in clock.recorder.events)


@pytest.mark.parametrize("kind", KINDS)
def test_saved_between_any_two_blocks(kind: str, tmp_path: Any) -> None:
    """The clock made anew goes on from JSON and arrays alone, with a model read from its file."""
    whole, piecewise = begin(kind, learner()), begin(kind, learner())
    for clock in (whole, piecewise):
        clock.begin(BATCH.X[:LAUNCH], BATCH.y[:LAUNCH])
    events = []
    for rows in blocks():
        whole.live_through(BATCH.X[rows], BATCH.y[rows])
        meta, arrays = piecewise.state()
        events += piecewise.recorder.events
        meta, arrays = json.loads(json.dumps(meta)), {name: array.copy() for name, array in arrays.items()}
        model = hb.Learner.load(piecewise.serving.save(tmp_path / "model.npz"))
        piecewise = begin(kind, model, meta["launch"], meta["seed"])
        piecewise.recorder.events.clear()
        piecewise.go_on_from(meta, arrays)
        piecewise.live_through(BATCH.X[rows], BATCH.y[rows])
    assert np.array_equal(piecewise.recorder.predictions, whole.recorder.predictions)
    assert events + piecewise.recorder.events == whole.recorder.events
    assert np.array_equal(piecewise.serving.network.theta, whole.serving.network.theta)
    assert piecewise.recorder.updates == whole.recorder.updates
    assert {**piecewise.state()[0], "served": 0} == {**whole.state()[0], "served": 0}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "KEPT", 150)
    clock = begin("periodic", learner())
    clock.begin(BATCH.X[:LAUNCH], BATCH.y[:LAUNCH])
    whole = hb.run(learner(), hb.from_arrays(BATCH.X, BATCH.y), hb.Periodic(150), launch=LAUNCH, arrival=BLOCK,
                   window=250)
    for rows in blocks():
        clock.live_through(BATCH.X[rows], BATCH.y[rows])
    kept = clock.recorder.recent(clock.recorder.events, clock.serving)
    assert len(clock.recorder.predictions) <= 150 + BLOCK and len(clock.state()[1]["X"]) == 250
    assert np.array_equal(kept.predictions, whole.predictions[-len(kept.predictions) :])
    assert [event.t + clock.recorder.start for event in kept.events][-1] == clock.recorder.events[-1].t


def test_labels_that_mean_nothing_depose_nobody() -> None:
    """Without `sure`, the exam on rows with shuffled labels is a coin; two standard errors make it one in forty."""
    deposed = {0.0: 0, 2.0: 0}
    for seed in range(10):
        y = BATCH.y[:600].copy()
        np.random.default_rng(seed).shuffle(y[300:])
        for sure in deposed:
            run = hb.run(learner(), hb.from_arrays(BATCH.X[:600], y), hb.Periodic(150), launch=300, window=150,
                         arrival=150, validate=70, sure=sure)
            deposed[sure] += sum(event.kind == "deploy" for event in run.events)
    assert deposed[0.0] >= 3 and deposed[2.0] <= 1


def test_what_cannot_be_kept_or_fits_not() -> None:
    with pytest.raises(hb.InputError, match=r"policy\.own: <function"):
        state.take_down(test_memory_is_bounded, {}, "policy.own")
    saved = state.take_down(hb.Periodic(3), {}, "policy")
    with pytest.raises(hb.InputError, match=r"state is that of a Periodic, not of Never\(\)"):
        state.set_into(hb.Never(), saved, {})
    with pytest.raises(hb.InputError, match="do not come again"):
        arriving.Arrivals(2, (0, 1)).restart()
