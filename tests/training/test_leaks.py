"""No label before its time: labels that say their row's number, and everybody who reads one too early screams."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners import Means, Screamer, TooEarly, Watch
from pairs import KINDS, drifting, pair

import hebbnet as hb
from hebbnet.training import clock, online
from hebbnet.training.policies import Policy

ROWS = 400  # whose labels are their own numbers: whoever answers with a label says what was known


def numbered() -> hb.streams.Stream:
    return hb.from_arrays(np.arange(ROWS, dtype=np.float64)[:, None], np.arange(ROWS))


class Spy(Policy):
    """Another policy, and a scream where it is shown what cannot be known yet."""

    name = "spy"

    def __init__(self, watch: Watch, policy: Policy) -> None:
        self.watch, self.policy, self.online = watch, policy, policy.online  # type: ignore[misc]

    def begin(self, launch: int, window: int) -> None:
        self.policy.begin(launch, window)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        if start + len(correct) > self.watch.predictions - self.watch.delay:
            raise TooEarly(f"shown rows up to {start + len(correct)} of {self.watch.predictions}")
        return self.policy.decide(start, correct)

    def deployed(self, row: int) -> None:
        self.policy.deployed(row)

    def copy(self) -> Policy:
        return Spy(self.watch, self.policy.copy())


def spied(kind: str, *, launch: int = 30, label_delay: int = 0, cycle_time: int = 0, **how: Any) -> hb.Run:
    """A run in which everybody screams."""
    watch = Watch(launch, label_delay, cycle_time)
    policy = pair(kind, 17, [5, 33, 34, 60, 61, 200, 390])[0]
    return hb.run(Screamer(watch), numbered(), Spy(watch, policy), launch=launch, label_delay=label_delay,
                  cycle_time=cycle_time, **how)


# Nobody is ever right about such a stream: a detector that waits for a rise has nothing to see.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("ddm", "adwin")])
@pytest.mark.parametrize("arrival", [1, 7])
@pytest.mark.parametrize(("label_delay", "cycle_time"), [(0, 0), (1, 0), (0, 1), (13, 0), (0, 20), (13, 20)])
def test_no_label_before_its_time(kind: str, label_delay: int, cycle_time: int, arrival: int) -> None:
    how = {"label_delay": label_delay, "cycle_time": cycle_time, "window": 25}
    for launch in (0, 30):
        run = spied(kind, launch=launch, arrival=arrival, epochs=1, **how)
        latest = np.maximum(run.t - 1 - label_delay - cycle_time, max(launch - 1, 0))
        assert (run.predictions <= latest).all()
        if kind == "always" and arrival == 1:
            assert (run.predictions == latest).all()
        if kind == "every row" and arrival == 1 and cycle_time == 0:
            assert (run.predictions == latest).all()
    if kind not in ("never", "always"):
        assert run.summary()["retrainings"] > 0
    for batch_size in (1, 10):
        assert (spied("always", arrival=arrival, batch_size=batch_size, **how).predictions >= 0).all()


def leak_labels_to_training(patch: pytest.MonkeyPatch) -> None:
    honest = clock.Clock.start_training

    def start_training(self: Any) -> None:
        self.delay, delay = 0, self.delay
        honest(self)
        self.delay = delay

    patch.setattr(clock.Clock, "start_training", start_training)


def leak_a_model_that_is_not_ready(patch: pytest.MonkeyPatch) -> None:
    honest = clock.Clock.start_training

    def start_training(self: Any) -> None:
        honest(self)
        self.deploy_at = self.now

    patch.setattr(clock.Clock, "start_training", start_training)


def leak_labels_to_the_policy(patch: pytest.MonkeyPatch) -> None:
    honest = clock.Clock.ask

    def ask(self: Any, stop: int) -> Any:
        self.delay, delay = 0, self.delay
        try:
            return honest(self, stop)
        finally:
            self.delay = delay

    patch.setattr(clock.Clock, "ask", ask)


def leak_labels_to_the_online_learner(patch: pytest.MonkeyPatch) -> None:
    honest = online.OnlineClock.learn_rows
    patch.setattr(online.OnlineClock, "learn_rows", lambda self, start, stop: honest(self, start, stop + 1))


@pytest.mark.parametrize(("leak", "kind"), [(leak_labels_to_training, "periodic"),
                                            (leak_labels_to_training, "own detector"),
                                            (leak_a_model_that_is_not_ready, "at rows"),
                                            (leak_labels_to_the_policy, "never"),
                                            (leak_labels_to_the_online_learner, "always")])
def test_a_leak_is_noticed(leak: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leak(monkeypatch)
    with pytest.raises(TooEarly):
        spied(kind, label_delay=13, cycle_time=20, window=25)


@pytest.mark.parametrize("away", [-1, 3, 10_000])
def test_a_policy_cannot_ask_after_rows_that_it_was_not_shown(away: int) -> None:
    class Leaking(Policy):
        def decide(self, start: int, correct: np.ndarray) -> int | None:
            return start - 1 if away < 0 else start + len(correct) + away

    with pytest.raises(hb.InputError, match="expected one of these rows or None"):
        hb.run(Means(2, 2), hb.from_arrays(*drifting(100, 0)), Leaking(), launch=10)
