"""Policies alone, and what OnDrift promises: it waits for rows newer than the alarm, and forgets the old model."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.training.policies import Policy, instance


class Recorded:
    """A detector with nothing but update(x): alarms at its `n`-th error, and keeps all values that it is shown."""

    lives: ClassVar[list[list[float]]] = []  # of every detector that was ever begun

    def __init__(self, n: int) -> None:
        self.n, self.values = n, list[float]()

    def update(self, x: float) -> bool:
        if not self.values:
            Recorded.lives.append(self.values)
        self.values.append(x)
        return sum(self.values) == self.n


class Says:
    """Answers what a table says about each row."""

    def __init__(self, answers: Any) -> None:
        self.answers = np.asarray(answers)

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        pass

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.answers[X[:, 0].astype(int)]

    def copy(self) -> Says:
        return self


def live(wrong: list[int], policy: Policy, rows: int = 120, **how: Any) -> hb.Run:
    """A run over labels 0, where just the rows `wrong` are predicted wrongly."""
    y = np.zeros(rows, dtype=int)
    y[0] = 1  # a second class must be there
    answers = np.zeros(rows, dtype=int)
    answers[wrong] = 1
    stream = hb.from_arrays(np.arange(rows, dtype=float)[:, None], y)
    Recorded.lives = []
    return hb.run(Says(answers), stream, policy, **{"launch": 10, "window": 20, "epochs": 1} | how)


def story(run: hb.Run) -> list[tuple[int, str]]:
    return [(event.t, event.kind) for event in run.events]


# ---------------------------------------------------------------- OnDrift


@pytest.mark.parametrize(("delay", "cycle"), [(0, 0), (5, 0), (0, 7), (5, 7)])
def test_on_drift_waits_for_a_window_newer_than_the_alarm(delay: int, cycle: int) -> None:
    run = live([30, 31, 32], hb.OnDrift(Recorded(3)), label_delay=delay, cycle_time=cycle)
    alarm, train = 33 + delay, 32 + 20 + 1 + delay
    assert story(run) == [(10, "launch"), (alarm, "alarm"), (train, "train"), (train + cycle, "deploy")]
    assert run.events[1].detail == {"row": 32} and run.events[2].detail == {"rows": 20}


def test_on_drift_trains_on_nothing_older_than_the_alarm() -> None:
    class Told(Says):
        told: ClassVar[list[list[int]]] = []

        def learn(self, X: np.ndarray, y: np.ndarray) -> None:
            Told.told.append(sorted(X[:, 0].astype(int).tolist()))

    y = np.arange(120) % 2
    stream = hb.from_arrays(np.arange(120, dtype=float)[:, None], y)
    hb.run(Told(np.where(np.arange(120) < 40, y, 0)), stream, hb.OnDrift(Recorded(3)), launch=10, window=20, epochs=1)
    assert Told.told[:2] == [list(range(10)), list(range(46, 66))]  # 41, 43, 45 were wrong


@pytest.mark.parametrize(("delay", "cycle"), [(0, 0), (5, 0), (0, 7), (5, 7)])
def test_on_drift_starts_anew_with_the_new_model(delay: int, cycle: int) -> None:
    """After the alarm the detector rests; the next one sees the errors of the new model only, and all of them."""
    wrong = [30, 31, 32, 40, 41, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 100, 101]
    run = live(wrong, hb.OnDrift(Recorded(9)), label_delay=delay, cycle_time=cycle)
    errors = np.isin(np.arange(120), wrong).astype(float)
    alarm = 55
    served = alarm + 20 + 1 + delay + cycle
    assert story(run)[1:] == [(alarm + 1 + delay, "alarm"), (served - cycle, "train"), (served, "deploy")]
    assert Recorded.lives == [errors[10 : alarm + 1].tolist(), errors[served : 120 - delay].tolist()]


def test_on_drift_may_alarm_again() -> None:
    run = live([*range(20, 23), *range(60, 63), 118, 119], hb.OnDrift(Recorded(3)))
    assert [event.detail["row"] for event in run.events if event.kind == "alarm"] == [22, 62]
    assert [event.t for event in run.events if event.kind == "deploy"] == [43, 83]


def test_an_alarm_at_the_end_trains_nothing() -> None:
    assert story(live([110, 111, 112], hb.OnDrift(Recorded(3))))[1:] == [(113, "alarm")]
    assert story(live([97, 98, 99], hb.OnDrift(Recorded(3))))[1:] == [(100, "alarm")]  # 120 would be the first row
    assert story(live([96, 97, 98], hb.OnDrift(Recorded(3))))[1:] == [(99, "alarm"), (119, "train"), (119, "deploy")]


def test_runs_do_not_leak_through_the_policy() -> None:
    """Neither the detector nor the policy that was given is used up."""
    detector = Recorded(3)
    policy = hb.OnDrift(detector)
    runs = [story(live([30, 31, 32], policy)) for _ in range(2)]
    assert runs[0] == runs[1] and detector.values == []


def test_direction() -> None:
    """Errors that become fewer are an alarm only for those who ask for it."""
    better = (np.random.default_rng(0).random(3_000) < np.repeat([0.6, 0.1], 1_500)).astype(float)
    expected = {"worse": [], "better": hb.ADWIN(direction="better").run(better)[:1].tolist(),
                "both": hb.ADWIN().run(better)[:1].tolist()}
    assert expected["both"] == expected["better"] != []
    for direction, alarms in expected.items():
        policy = hb.OnDrift(hb.ADWIN(direction="both"), direction=direction)
        policy.begin(0, 100)
        policy.decide(0, 1.0 - better)
        assert policy.alarms() == alarms and policy.alarms() == []
    default = hb.OnDrift(hb.ADWIN())
    assert default.detector.direction == "worse" and default.detector.delta == hb.ADWIN().delta


def test_settings_of_the_detector_are_kept() -> None:
    detector = hb.ADWIN(delta=0.1, clock=7)
    detector.run(np.ones(100))
    policy = hb.OnDrift(detector)
    assert policy.detector.settings == {**detector.settings, "direction": "worse"}
    assert policy.detector.n_seen == 0 and detector.n_seen == 100


@given(st.integers(0, 300), st.lists(st.integers(1, 40)), st.integers(1, 60))
def test_blocks_do_not_matter(launch: int, blocks: list[int], number: int) -> None:
    """However the labels are cut into blocks, a policy asks after the same rows."""
    errors = np.random.default_rng(0).random(sum(blocks)) < np.linspace(0, 1, sum(blocks))
    correct = 1.0 - errors

    def asked(policy: Policy, cuts: list[int]) -> list[int]:
        policy.begin(launch, 5)
        rows, start = [], launch
        for stop in launch + np.cumsum(cuts, dtype=int):
            while start < stop:
                row = policy.decide(start, correct[start - launch : stop - launch])
                start = stop if row is None else row + 1
                rows += [] if row is None else [row]
        return rows

    for make in (hb.Never, lambda: hb.Periodic(number), lambda: hb.OnDrift(Recorded(3)), lambda: hb.OnDrift(hb.DDM())):
        assert asked(make(), blocks) == asked(make(), [1] * sum(blocks))


def test_periodic_counts_from_the_launch() -> None:
    run = live([], hb.Periodic(30), launch=7, label_delay=2)
    assert [event.t for event in run.events if event.kind == "train"] == [7 + 30 + 2, 7 + 60 + 2, 7 + 90 + 2]


def test_a_training_that_is_over_is_not_under_way() -> None:
    """Every 30 rows, 30 rows long: one after the other. One row longer, and every second request is dropped."""
    kinds = [event.kind for event in live([], hb.Periodic(30), cycle_time=30).events]
    assert (kinds.count("train"), kinds.count("dropped")) == (3, 0)
    run = live([], hb.Periodic(30), cycle_time=31)
    assert story(run)[1:] == [(40, "train"), (70, "dropped"), (71, "deploy"), (100, "train")]


# ---------------------------------------------------------------- bad input


def test_refused() -> None:
    for every in (0, -1, 1.5, "7", None):
        with pytest.raises(hb.InputError, match="Periodic: every"):
            hb.Periodic(every)  # type: ignore[arg-type]
    for detector in ("adwin", hb.ADWIN, None, 3, {}, object()):
        with pytest.raises(hb.InputError, match=r"OnDrift: expected a detector such as hb.ADWIN\(\)"):
            hb.OnDrift(detector)  # type: ignore[arg-type]
    for own in (hb.ADWIN(), Recorded(3)):
        with pytest.raises(hb.InputError, match="worse"):
            hb.OnDrift(own, direction="sideways")  # type: ignore[arg-type]
    with pytest.raises(hb.InputError, match="direction"):
        hb.OnDrift(hb.DDM(), direction="better")


def test_a_detector_must_say_whether_it_alarmed() -> None:
    """Silence is no answer: it would never alarm, and an object that is always true would alarm at every row."""
    class Silent:
        def update(self, x: float) -> None:
            return None

    with pytest.raises(hb.InputError, match="True or False, got None"):
        live([], hb.OnDrift(Silent()))  # type: ignore[arg-type]


def test_policies_by_class_or_object() -> None:
    assert isinstance(instance(hb.Never), hb.Never) and isinstance(instance(hb.Always), hb.Always)
    policy = hb.Periodic(3)
    assert instance(policy) is policy
    assert [repr(p) for p in (hb.Never(), hb.Always(), hb.Periodic(3))] == ["Never()", "Always()", "Periodic(every=3)"]
    assert repr(hb.OnDrift(hb.DDM())).startswith("OnDrift(DDM(warm_start=30")
