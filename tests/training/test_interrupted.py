"""Ctrl-C at any moment: what was done so far is there, in order, and can be saved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners import Means
from pairs import drifting, pair

import hebbnet as hb
from hebbnet.training import clock
from hebbnet.training.loop import Interrupted


class Stops(Means):
    """Means that are interrupted at the n-th call of learn or predict, counted over all copies."""

    calls, stop_at = 0, 10**9

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        Stops.count()
        super().learn(X, y)

    def predict(self, X: np.ndarray) -> np.ndarray:
        Stops.count()
        return super().predict(X)

    @staticmethod
    def count() -> None:
        Stops.calls += 1
        if Stops.calls == Stops.stop_at:
            raise KeyboardInterrupt


@pytest.mark.parametrize("kind", ["never", "periodic", "ddm", "always"])
def test_what_was_done_survives_ctrl_c(kind: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "SPAN", 4)
    monkeypatch.setattr(clock, "CHUNK", 8)
    X, y = drifting(120, 0)

    def live(stop_at: int) -> hb.Run:
        Stops.calls, Stops.stop_at = 0, stop_at
        return hb.run(Stops(2, 2), hb.from_arrays(X, y), pair(kind, 25, [])[0], launch=30, window=20, cycle_time=4,
                      epochs=2)

    whole = live(10**9)
    for stop_at in range(1, Stops.calls + 1):
        with pytest.raises(Interrupted) as stopped:
            live(stop_at)
        run = stopped.value.run
        n = len(run.predictions)
        assert np.array_equal(run.predictions, whole.predictions[:n]) and len(run.t) == len(run.y) == n
        assert run.events == [event for event in whole.events if event.t <= run.settings["steps"]][: len(run.events)]
        assert run.summary()["scored"] == n and repr(run) and run._repr_html_()
        if stop_at % 10 == 1:
            assert hb.Run.load(run.save(tmp_path / "run.npz")).summary() == pytest.approx(run.summary(), nan_ok=True)
    assert n >= 80


def test_drifts_that_never_came_are_not_told() -> None:
    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14), hb.SEA(6)], at=[300, 500], rng=0)
    Stops.calls, Stops.stop_at = 0, 250
    with pytest.raises(Interrupted) as stopped:
        hb.run(Stops(2, 2), stream, hb.Always(), launch=200)
    run = stopped.value.run
    assert run.settings["steps"] == len(run.truth["y"]) == 200 + len(run.predictions) == 200 + (250 - 6) // 2
    assert run.spans == [(300, 0)] and [event.t for event in run.events] == [200, 300]
    assert run.summary()["bayes"] == 1.0


@pytest.mark.parametrize("rows_read", [0, 40, 80])
def test_ctrl_c_while_the_launch_is_read(rows_read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "CHUNK", 40)
    table = hb.from_arrays(*drifting(200, 0))
    honest = table.take

    def take(n: int) -> Any:
        if table.position == rows_read:
            raise KeyboardInterrupt
        return honest(n)

    monkeypatch.setattr(table, "take", take)
    with pytest.raises(KeyboardInterrupt) as stopped:
        hb.run(Means(2, 2), table, hb.Never(), launch=100)
    run = stopped.value.run
    assert len(run.predictions) == len(run.t) == len(run.y) == 0 and not run.events
    assert run.summary()["scored"] == 0 and len(run.baseline("no_change")) == 0 and repr(run) and run._repr_html_()
