"""Bad input to `run`: refused in one line, before anything has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners import Means
from pairs import drifting

import hebbnet as hb

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
