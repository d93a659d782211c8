"""Bad input to `run`: refused in one line, before anything has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners import Means
from pairs import drifting

import hebbnet as hb
from hebbnet import policies

TABLE = hb.from_arrays(*drifting(50, 0))
FITS = hb.Learner(hb.mlp(TABLE, hidden=[2], rng=0))


@pytest.mark.parametrize(("change", "says"), [
    ({"stream": np.zeros((3, 3))}, "from_arrays"),
    ({"stream": None}, "expected a stream"),
    ({"learner": hb.mlp(TABLE)}, "expected a learner"),
    ({"learner": hb.Learner}, "expected a learner"),
    ({"learner": "never"}, "expected a learner"),
    ({"learner": hb.Learner(hb.mlp(hb.DriftStream([hb.STAGGER(1)]), rng=0))}, "9 inputs|does not fit"),
    ({"learner": hb.Learner(hb.Network(3, [hb.Dense(3, "softmax")], rng=0))}, "2 classes"),
    ({"learner": hb.Learner(hb.Network(3, [hb.Dense(2)], rng=0))}, "predicts numbers"),
    ({"policy": "never"}, r"unknown policy 'never'.*hb.Never\(\), hb.Periodic\(every\), hb.OnDrift"),
    ({"policy": hb.Periodic}, "unknown policy.*known"),
    ({"policy": hb.ADWIN()}, "unknown policy.*known"),
    ({"policy": None}, "unknown policy"),
    ({"launch": 50}, "fewer rows than the 50"),
    ({"launch": 2_000}, "fewer rows than the 50"),
    ({"steps": 51}, "the stream has 50 rows, got 51"),
    ({"steps": 0}, "at least 1"),
    ({"steps": 10}, "fewer rows than the 10"),
    ({"steps": 20.5}, "steps"),
    ({"rng": "x"}, "rng"),
    ({"rng": -1}, "rng"),
    *[({name: bad}, name) for bad in (-1, 1.5, "7", None, True, np.nan) for name in
      ("launch", "window", "epochs", "batch_size", "label_delay", "cycle_time", "arrival")],
    *[({name: 0}, f"{name}.*at least 1") for name in ("window", "epochs", "batch_size", "arrival")],
    *[({name: 50}, f"{name}: expected fewer rows than the 50 of the run, got 50")
      for name in ("label_delay", "cycle_time")],
    *[({"validate": bad}, "validate") for bad in (-1, 1.5, "7", None, True)],
    ({"busy": "wait"}, "unknown busy= 'wait'; known: drop, queue"),
    ({"optimizer": hb.Adam()}, "unknown optimizer= .*; known: keep, fresh"),
    ({"optimizer": "fresh", "learner": Means(2, 2)}, r"needs a learner with restart_optimizer\(\)"),
    ({"policy": policies.Oracle()}, "real data hold no truth"),
    ({"policy": hb.Periodic(9) | policies.Budgeted(policies.Oracle(), most=3)}, "real data hold no truth"),
    ({"policy": policies.Random(40)}, r"Random\(40\): there are only 39 rows"),
    ({"policy": policies.Random(30), "label_delay": 20}, "there are only 19 rows"),
    ({"policy": hb.OnDrift(hb.DDM(), on="confidence"), "learner": hb.Learner(hb.Network(
        3, [hb.Dense(2, "sigmoid")], rng=0))}, "predict_proba"),
])
def test_refused_before_anything_has_changed(change: dict[str, Any], says: str) -> None:
    TABLE.restart()
    TABLE.take(7)
    before = FITS.network.theta.copy()
    call = {"learner": FITS, "stream": TABLE, "policy": hb.Never(), "launch": 10, **change}
    with pytest.raises(hb.InputError, match=says) as refused:
        hb.run(call.pop("learner"), call.pop("stream"), call.pop("policy"), **call)
    assert "\n" not in str(refused.value)
    assert TABLE.position == 7 and FITS.n_seen == 0 and np.array_equal(FITS.network.theta, before)


def test_a_stream_that_ends_too_early_says_so() -> None:
    table = hb.from_arrays(*drifting(50, 0))
    table.n_rows = 60
    with pytest.raises(hb.InputError, match="ended after 50 rows, 60 were promised"):
        hb.run(Means(2, 2), table, hb.Never(), launch=10)


@pytest.mark.parametrize(("make", "says"), [
    (lambda: policies.Budgeted(hb.Periodic(9)), "most= .*or cost="),
    (lambda: policies.Budgeted(hb.Periodic(9), most=0), r"most \(hb.Never\(\) trains never\).*at least 1, got 0"),
    (lambda: policies.Budgeted(hb.Periodic(9), cost=0), "cost .*at least 1, got 0"),
    (lambda: policies.Budgeted(hb.Always(), most=3), r"asks for no training.*hb.Periodic\(1\)"),
    (lambda: hb.Periodic(9) | hb.Always(), r"Always\(\) .*asks for no training"),
    (lambda: hb.Periodic(9) | hb.Never, r"expected policies such as hb.Never\(\)"),
    (lambda: hb.Periodic(9) | 3, "expected policies .*got 3"),
    (lambda: policies.Random(), "a number of trainings or a rate"),
    (lambda: policies.Random(3, rate=0.1), "a number of trainings or a rate"),
    (lambda: policies.Random(0), r"hb.Never\(\) trains never.*at least 1"),
    (lambda: policies.Random(rate=1.1), "rate.*at most 1"),
    (lambda: policies.Random(3, rng="x"), "rng"),
    (lambda: hb.OnAccuracy(0.0), "below.*greater than 0"),
    (lambda: hb.OnAccuracy(1.1), "below"),
    (lambda: hb.OnAccuracy(0.5, window=0), "window.*at least 1"),
    (lambda: hb.OnDrift(hb.DDM(), on="labels"), "known: errors, confidence, features"),
    (lambda: policies.Sliding(0), "at least 1"),
    (lambda: policies.SinceAlarm(0), "least.*at least 1"),
    (lambda: policies.SinceAlarm(20, most=19), "most.*at least 20"),
    (lambda: policies.Reservoir(0), "at least 1"),
    (lambda: policies.Reservoir(3, rng=-1), "rng"),
])
def test_policies_and_windows_that_cannot_be(make: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says) as refused:
        make()
    assert "\n" not in str(refused.value)


def test_an_unknown_keyword_is_named() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'windw'"):
        hb.run(FITS, TABLE, hb.Never(), windw=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'windw'"):
        hb.sweep(FITS, TABLE, [hb.Never()], windw=3)


def test_a_confidence_that_cannot_be_read_is_refused() -> None:
    class Odd(Means):
        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            return np.ones((len(X), 3))

    with pytest.raises(hb.InputError, match="predict_proba: expected 2 columns, got 3"):
        hb.run(Odd(2, 2), TABLE, hb.OnDrift(hb.DDM(), on="confidence"), launch=10)
