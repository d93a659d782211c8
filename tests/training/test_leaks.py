"""No label before its time: labels that say their row's number, and everybody who reads one too early screams."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learners import Means, Screamer, TooEarly, Watch
from pairs import CYCLES, KINDS, WINDOWS, AtRows, drifting, pair, plain, window

import hebbnet as hb
from hebbnet.training import clock, online
from hebbnet.training.policy import Policy

ROWS = 400  # whose labels are their own numbers: whoever answers with a label says what was known


def numbered() -> hb.streams.Stream:
    return hb.from_arrays(np.arange(ROWS, dtype=np.float64)[:, None], np.arange(ROWS))


class Spy(Policy):
    """Another policy, and a scream where it is shown what cannot be known yet."""

    name = "spy"

    def __init__(self, watch: Watch, policy: Policy) -> None:
        self.watch, self.policy, self.online, self.watches = watch, policy, policy.online, policy.watches

    def prepare(self, rows: range, rng: np.random.Generator, drifts: Any) -> None:
        assert drifts is None  # nobody is told the truth unasked
        self.policy.prepare(rows, rng, drifts)

    def begin(self, launch: int, window: int) -> None:
        self.policy.begin(launch, window)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        if start + len(correct) > self.watch.predictions - self.watch.delay:
            raise TooEarly(f"shown rows up to {start + len(correct)} of {self.watch.predictions}")
        return self.policy.decide(start, correct)

    def notice(self, start: int, X: np.ndarray, confidence: np.ndarray | None) -> int | None:
        if start + len(X) > self.watch.predictions:
            raise TooEarly(f"shown rows up to {start + len(X)} of {self.watch.predictions}")
        return self.policy.notice(start, X, confidence)

    def alarms(self) -> list[int]:
        return self.policy.alarms()

    def start(self, row: int, cost: int) -> bool:
        return self.policy.start(row, cost)

    def deployed(self, row: int) -> None:
        self.policy.deployed(row)

    def dropped(self, row: int) -> None:
        self.policy.dropped(row)

    def rejected(self, row: int) -> None:
        self.policy.rejected(row)

    def copy(self) -> Policy:
        return Spy(self.watch, self.policy.copy())


def spied(kind: str, *, launch: int = 30, label_delay: int = 0, cycle_time: int = 0, **how: Any) -> hb.Run:
    """A run in which everybody screams."""
    watch = Watch(launch, label_delay, cycle_time)
    policy = pair(kind, 17, [5, 33, 34, 60, 61, 200, 390])[0]
    return hb.run(Screamer(watch), numbered(), Spy(watch, policy), launch=launch, label_delay=label_delay,
                  cycle_time=cycle_time, **how)


# Nobody is ever right about such a stream: a detector that waits for a rise has nothing to see.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if "ddm" not in kind and kind != "adwin"])
@pytest.mark.parametrize("arrival", [1, 7])
@pytest.mark.parametrize(("label_delay", "cycle_time"), [(0, 0), (1, 0), (0, 1), (13, 0), (0, 20), (13, 20)])
def test_no_label_before_its_time(kind: str, label_delay: int, cycle_time: int, arrival: int) -> None:
    how: dict[str, Any] = {"label_delay": label_delay, "cycle_time": cycle_time, "window": 25}
    for windows in WINDOWS[1:]:
        spied(kind, arrival=arrival, epochs=1, busy="queue", **how | {"window": window(windows, 25)[0]})
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


# ---------------------------------------------------------------- what comes later changes nothing before it


Log = list[tuple[int, str, Any]]


def until(run: hb.Run, moment: int) -> tuple[list[int], Log]:
    """What was said and what happened by then."""
    said = run.predictions[: max(moment - run.launch, 0)].tolist()
    return said, [event for event in plain(run) if event[0] <= moment]


def future(kind: str | Policy, how: dict[str, Any], row: int, seed: int) -> list[hb.Run]:
    """The same run three times: as it is; with other labels from `row` on; with other rows from `row` on."""
    X, y = drifting(150, seed)
    other_X, other_y = X.copy(), y.copy()
    other_y[row:] = 1 - y[row:]
    other_X[row:, :2] = 19 - X[row:, :2]
    how = how | {"window": window(how["window"], 15)[0], "cycle_time": CYCLES[how["cycle_time"]] or 9}
    policy = kind if isinstance(kind, Policy) else pair(kind, 12, [20, 31, 50, 51, 90])[0]
    return [hb.run(Means(2, 2), hb.from_arrays(*data), policy, launch=12, epochs=1, **how)
            for data in ((X, y), (X, other_y), (other_X, y))]


HOW = {"window": "number", "cycle_time": "a number", "label_delay": 7, "validate": 0, "busy": "drop", "arrival": 1}


def leaks(kind: str | Policy, row: int, **how: Any) -> bool:
    """Whether anything of before depends on what comes later, the labels from `row` on or the rows; or is refused."""
    try:
        run, labels, rows = future(kind, HOW | how, row, seed=0)
    except hb.InputError:
        return True
    return until(run, row + 7) != until(labels, row + 7) or until(run, row) != until(rows, row)


@given(kind=st.sampled_from(KINDS), row=st.integers(12, 149), seed=st.integers(0, 3), how=st.fixed_dictionaries({
    "window": st.sampled_from(WINDOWS), "cycle_time": st.sampled_from(list(CYCLES)),
    "label_delay": st.just(0) | st.integers(1, 30), "validate": st.just(0) | st.integers(1, 14),
    "busy": st.sampled_from(["drop", "queue"]), "arrival": st.just(1) | st.integers(1, 8)}))
@settings(max_examples=150)
def test_the_future_changes_nothing(kind: str, how: dict[str, Any], row: int, seed: int) -> None:
    """The label of row t is not known before t + label_delay + 1, the row itself not before t: exams included."""
    run, other_labels, other_rows = future(kind, how, row, seed)
    assert until(run, row + how["label_delay"]) == until(other_labels, row + how["label_delay"])
    assert until(run, row) == until(other_rows, row)


def leak_labels_to_the_exam(patch: pytest.MonkeyPatch) -> None:
    def examine(self: Any, challenger: Any) -> dict[str, Any]:
        X, y = self.past.rows(self.now - 5, self.now)  # not known yet
        champion, better = (float(np.mean(model.predict(X) == y)) for model in (self.serving, challenger))
        return {"rows": 5, "champion": champion, "challenger": better}

    patch.setattr(clock.Clock, "examine", examine)


def leak_rows_to_the_policy(patch: pytest.MonkeyPatch) -> None:
    def show_rows(self: Any, stop: int) -> Any:
        self.policy.notice(stop, self.past.rows(stop, min(stop + 3, self.past.stop))[0], None)
        return honest(self, stop)

    honest = clock.Clock.show_rows
    patch.setattr(clock.Clock, "show_rows", show_rows)


@pytest.mark.parametrize(("leak", "kind", "validate"), [(leak_labels_to_the_exam, "periodic", 5),
                                                        (leak_rows_to_the_policy, "on features", 0)])
def test_a_leak_from_the_future_is_noticed(leak: Any, kind: str, validate: int,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    leak(monkeypatch)
    assert any(leaks(kind, row, validate=validate) for row in range(20, 140, 3))


# ---------------------------------------------------------------- whoever leaks is caught


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


@pytest.mark.parametrize("leak", [None, leak_labels_to_training])
def test_in_a_sweep_too(leak: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(30, 13, 20)
    call = {"launch": 30, "label_delay": 13, "cycle_time": 20, "window": 25}
    policies = {"spied": Spy(watch, hb.Periodic(17))}
    if leak is None:
        run = hb.sweep(Screamer(watch), numbered(), policies, seeds=1, **call).runs["spied"][0]
        assert run.summary()["retrainings"] > 0 and (run.predictions <= np.maximum(run.t - 34, 29)).all()
    else:
        leak(monkeypatch)
        with pytest.raises(RuntimeError, match=r"1 of 1 runs failed.*TooEarly"):
            hb.sweep(Screamer(watch), numbered(), policies, seeds=1, **call)


@pytest.mark.parametrize("ask", [lambda start, n: start - 1, lambda start, n: start + n, lambda start, n: 10**9,
                                 lambda start, n: float(start), lambda start, n: True, lambda start, n: "now"])
def test_a_policy_cannot_ask_after_rows_that_it_was_not_shown(ask: Any) -> None:
    class Leaking(Policy):
        def decide(self, start: int, correct: np.ndarray) -> Any:
            return ask(start, len(correct))

    with pytest.raises(hb.InputError, match=r"rows 10 .. 99; expected one of these rows or None, got"):
        hb.run(Means(2, 2), hb.from_arrays(*drifting(100, 0)), Leaking(), launch=10)


@pytest.mark.parametrize("row", [9, 41, 100, 20.0, True, "now"])
def test_an_alarm_is_raised_by_a_row_that_was_shown_and_not_behind_the_answer(row: Any) -> None:
    class Leaking(Policy):
        def decide(self, start: int, correct: np.ndarray) -> int | None:
            return 40 if start <= 40 < start + len(correct) else None

        def alarms(self) -> list[Any]:
            return [row]

    with pytest.raises(hb.InputError, match=r"alarms can be raised by the rows 10 .. 40; expected one of these rows"):
        hb.run(Means(2, 2), hb.from_arrays(*drifting(100, 0)), Leaking(), launch=10)


def test_a_policy_that_looks_behind_its_answer_is_caught() -> None:
    class Peeking(Policy):
        """Asks five rows before the world is going to turn against the model."""

        def decide(self, start: int, correct: np.ndarray) -> int | None:
            wrong = np.flatnonzero(correct == 0)
            return start + int(wrong[0]) - 5 if len(wrong) and wrong[0] >= 5 else None

    assert any(leaks(Peeking(), row) for row in range(20, 140, 3))
    assert not any(leaks(AtRows([31, 50]), row) for row in range(20, 140, 3))
