"""Small runs worked by hand: exams, queues, cycles that grow, windows, `a | b`, budgets, the oracle and chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pairs import AtRows, Tide
from test_policies import Recorded, live, story

import hebbnet as hb
from hebbnet import policies
from hebbnet.training.past import Past
from hebbnet.training.policy import Policy

ROWS = 120


class Generations:
    """What it answers depends on how often it was trained: `wrong[g]` lists the rows that generation g gets wrong."""

    def __init__(self, wrong: list[list[int]], generation: int = -1, told: list[list[int]] | None = None) -> None:
        self.wrong, self.generation, self.told = wrong, generation, [] if told is None else told

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        self.generation += 1
        self.told.append(sorted(X[:, 0].astype(int).tolist()))

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.isin(X[:, 0].astype(int), self.wrong[min(self.generation, len(self.wrong) - 1)]).astype(int)

    def copy(self) -> Generations:
        return Generations(self.wrong, self.generation, self.told)

    def fresh(self, rng: Any) -> Generations:
        return Generations(self.wrong, -1, self.told)


def lives(policy: Policy, wrong: list[list[int]] | None = None, **how: Any) -> tuple[hb.Run, list[list[int]]]:
    """A run whose labels are 0, and the rows of each of its trainings."""
    X = np.arange(ROWS, dtype=float)[:, None]
    told: list[list[int]] = []
    stream = hb.from_arrays(X, np.eye(1, ROWS, dtype=int)[0])
    run = hb.run(Generations(wrong or [[]], told=told), stream, policy,
                 **{"launch": 10, "window": 20, "epochs": 1} | how)
    return run, told


def details(run: hb.Run, kind: str) -> list[tuple[int, dict[str, Any]]]:
    return [(event.t, event.detail) for event in run.events if event.kind == kind]


def trained(run: hb.Run) -> list[int]:
    return [event.t for event in run.events if event.kind == "train"]


# ---------------------------------------------------------------- exams


@pytest.mark.parametrize("delay", [0, 4])
def test_the_exam_is_on_the_labels_that_arrived(delay: int) -> None:
    """Of ten, the champion gets two wrong, the challenger three: rejected. The next one gets all of ten right."""
    first, second = 40, 70
    wrong = [[first, first + 5, second, second + 1], [first + 2, first + 3, first + 9], [second + 8, second + 9]]
    run, told = lives(hb.Periodic(30), wrong, cycle_time=10, validate=5, label_delay=delay, steps=95 + delay)
    at = 40 + delay
    assert story(run)[1:] == [(at, "train"), (at + 10, "rejected"), (at + 30, "train"), (at + 40, "deploy")]
    assert details(run, "rejected") == [(at + 10, {"rows": 10, "champion": 0.8, "challenger": 0.7})]
    assert told[1] == list(range(20, 40)) and run.learner.generation == 1  # nothing was held back
    # The rejected one is gone: the second challenger is a copy of the champion again, generation 1.
    assert details(run, "deploy")[0][1] == {"rows": 10, "champion": 0.8, "challenger": 1.0}
    assert run.summary()["retrainings"] == 1


def test_a_tie_is_deployed() -> None:
    run, _ = lives(hb.Periodic(30), [[41], [45]], cycle_time=10, validate=5, steps=60)
    assert details(run, "deploy") == [(50, {"rows": 10, "champion": 0.9, "challenger": 0.9})]


@pytest.mark.parametrize("worse", [False, True])
def test_the_exam_is_on_a_tail_held_back_where_too_few_arrived(worse: bool) -> None:
    run, told = lives(hb.Periodic(30), [[34], [35, 36] if worse else []], cycle_time=5, validate=6, steps=60)
    assert told[1] == list(range(20, 34))
    assert details(run, "train") == [(40, {"rows": 14, "held": 6})]
    scores = {"rows": 6, "champion": 5 / 6, "challenger": 4 / 6 if worse else 1.0}
    assert details(run, "rejected" if worse else "deploy") == [(45, scores)]
    assert run.summary()["updates"] == 10 + 14
    if not worse:
        assert run.served[-1] == (45, 34)  # it knows nothing of its exam


def test_the_exam_leaves_out_what_the_champion_has_learned() -> None:
    """Three labels after the launch: of the six rows that are held back, three belong to the launch."""
    run, told = lives(hb.Periodic(3), [[10], []], validate=6, steps=15)
    assert told[1] == list(range(7)) and details(run, "deploy") == [(13, {"rows": 3, "champion": 2 / 3,
                                                                         "challenger": 1.0})]


@pytest.mark.parametrize("warm_start", [True, False])
def test_a_warm_start_knows_what_its_beginning_knew(warm_start: bool) -> None:
    """Trained on the rows before the launch again, it goes on from the launched model, which knew them all."""
    run, _ = lives(hb.Periodic(1), validate=6, steps=13, warm_start=warm_start)
    assert [event.detail["rows"] for event in run.events if event.kind == "deploy"] == [1, 2 if warm_start else 6]
    assert run.served == [(10, 10), (11, 10 if warm_start else 6), (12, 10 if warm_start else 6)]


def test_nothing_to_compare_on_is_a_tie() -> None:
    run, _ = lives(hb.Periodic(1), validate=6, launch=9, window=20, steps=12)
    assert details(run, "deploy")[0] == (10, {"rows": 1, "champion": 1.0, "challenger": 1.0})
    run, _ = lives(hb.Periodic(1), validate=6, launch=0, window=20, steps=3)
    assert details(run, "deploy")[0] == (1, {"rows": 0}) and details(run, "train")[0] == (1, {"rows": 1})


def test_after_a_rejection_the_detector_begins_anew() -> None:
    """Else it would rest for ever."""
    wrong = [30, 31, 32, 70, 71, 72]
    run, _ = lives(hb.OnDrift(Recorded(3)), [wrong, list(range(ROWS))], validate=5, cycle_time=5)
    assert story(run)[1:] == [(33, "alarm"), (53, "train"), (58, "rejected"), (73, "alarm"), (93, "train"),
                              (98, "rejected")]


# ---------------------------------------------------------------- requests that overlap, and how long a training takes


def test_what_is_asked_while_a_training_is_under_way() -> None:
    dropped, _ = lives(hb.Periodic(30), cycle_time=45)
    assert story(dropped)[1:] == [(40, "train"), (70, "dropped"), (85, "deploy"), (100, "train")]
    assert details(dropped, "dropped") == [(70, {"why": "a training is under way"})]
    queued, told = lives(hb.Periodic(30), cycle_time=45, busy="queue")
    assert story(queued)[1:] == [(40, "train"), (70, "queued"), (85, "deploy"), (85, "train"), (100, "queued")]
    assert told[2] == list(range(65, 85))  # what is known when it starts, not when it was asked for


def test_what_waits_together_is_one_training() -> None:
    run, _ = lives(AtRows([19, 24, 29, 34]), cycle_time=20, busy="queue", steps=100)
    assert story(run)[1:] == [(20, "train"), (25, "queued"), (30, "queued"), (35, "queued"), (40, "deploy"),
                              (40, "train"), (60, "deploy")]
    at_the_end, _ = lives(AtRows([19, 24, 39]), cycle_time=20, busy="queue", steps=100)
    assert story(at_the_end)[-3:] == [(40, "deploy"), (40, "train"), (60, "deploy")]


def test_a_training_takes_as_long_as_its_rows_ask_for() -> None:
    run, _ = lives(hb.Periodic(8), cycle_time=lambda rows: rows // 4, window=20, steps=40)
    assert story(run)[1:] == [(18, "train"), (22, "deploy"), (26, "train"), (31, "deploy"), (34, "train"),
                              (39, "deploy")]
    assert run.settings["cycle_time"] == "<lambda>"
    with pytest.raises(hb.InputError, match=r"cycle_time\(20\): expected a whole number of at least 0, got 2.5"):
        lives(hb.Periodic(30), cycle_time=lambda rows: rows / 8)
    always, _ = lives(hb.Always(), cycle_time=lambda rows: 3 * rows, batch_size=2)
    assert always.settings["cycle_time"] == 6


# ---------------------------------------------------------------- windows


def test_a_window_larger_than_what_was_seen_takes_what_there_is() -> None:
    for window in (10**6, policies.Sliding(10**6), policies.SinceAlarm(10**6, most=10**7), policies.All()):
        run, told = lives(hb.Periodic(30), window=window, label_delay=3)
        assert told[1] == list(range(40)) and details(run, "train")[0] == (43, {"rows": 40})


def test_the_rows_of_each_window() -> None:
    """An alarm at row 32, and a training every 30 rows."""
    def rows(window: Any, policy: Policy) -> list[list[int]]:
        return lives(policy, [[30, 31, 32]], window=window)[1][1:]

    alarmed = hb.OnDrift(Recorded(3))
    assert rows(20, alarmed) == rows(policies.Sliding(20), alarmed) == [list(range(33, 53))]
    assert rows(policies.SinceAlarm(20), alarmed) == [list(range(33, 53))]
    assert rows(policies.All(), alarmed) == [list(range(33))]  # it need not wait
    grows = rows(policies.SinceAlarm(15, most=50), AtRows([24, 34, 60, 100]) | alarmed)
    assert grows == [list(range(25)), list(range(20, 35)), list(range(33, 61)), list(range(51, 101))]
    alarm_first = rows(policies.SinceAlarm(15, most=50), hb.OnDrift(Recorded(3)) | AtRows([70]))
    assert alarm_first == [list(range(33, 48)), list(range(33, 71))]


def test_every_row_has_the_same_chance_to_be_in_a_reservoir() -> None:
    n, N, times = 5, 40, 2_000
    past = Past(1, keep=N)
    past.add(np.arange(N, dtype=float)[:, None], np.arange(N))
    counts = np.zeros(N)
    for k in range(times):
        window = policies.Reservoir(n, rng=k)
        window.begin(np.random.default_rng(0))
        for stop in (3, 4, 17, N):
            window.see(past, stop)
        t, X, y = window.take(past, N)
        assert t.tolist() == X[:, 0].tolist() == y.tolist() == sorted(set(t.tolist())) and len(t) == n
        counts[t] += 1
    spread = np.sqrt(times * n / N * (1 - n / N))
    assert (abs(counts - times * n / N) < 4.5 * spread).all()


def test_a_window_is_not_used_up() -> None:
    window = policies.Reservoir(10)
    a, b = (lives(hb.Periodic(30), window=window)[1] for _ in range(2))
    assert a == b and a != lives(hb.Periodic(30), window=window, rng=1)[1]
    assert lives(hb.Periodic(30), window=window)[0].settings["window"] == "Reservoir(10)"


# ---------------------------------------------------------------- policies


@pytest.mark.parametrize(("delay", "again"), [(0, 36), (30, 73)])
def test_on_drift_sees_rows_before_their_labels(delay: int, again: int) -> None:
    """Rows 10 .. 19 of every 20 are high: the alarm is at row 12, whenever labels come; the training needs labels."""
    run, _ = lives(hb.OnDrift(Tide(), on="features"), label_delay=delay, steps=50 + delay)
    assert story(run)[1:] == [(13, "alarm"), (33 + delay, "train"), (33 + delay, "deploy"), (again, "alarm")]


def test_either() -> None:
    run, _ = lives(hb.Periodic(30) | AtRows([44, 69]))
    assert trained(run) == [40, 45, 70, 100]
    three = hb.Periodic(30) | AtRows([44]) | AtRows([50])
    assert trained(lives(three)[0]) == [40, 45, 51, 70, 100]
    assert three.name == "periodic | at rows | at rows"
    assert repr(three) == "((Periodic(every=30) | AtRows()) | AtRows())"


def test_a_deployment_is_news_to_both() -> None:
    """The other's training makes the detector begin anew: its three errors are not counted together."""
    run, _ = lives(hb.OnDrift(Recorded(3)) | AtRows([31]), [[30, 31, 40]])
    assert story(run)[1:] == [(32, "train"), (32, "deploy")]


def test_budgets() -> None:
    run, _ = lives(policies.Budgeted(hb.Periodic(30), most=2))
    assert trained(run) == [40, 70] and details(run, "dropped") == [(100, {"why": "the budget is spent"})]
    run, _ = lives(policies.Budgeted(hb.Periodic(30), cost=100), epochs=2)  # 40 each
    assert trained(run) == [40, 70] and run.summary()["updates"] == 2 * (10 + 20 + 20)
    run, _ = lives(policies.Budgeted(hb.Periodic(30), cost=39), epochs=2)
    assert trained(run) == []


def test_a_budget_pays_for_its_own_trainings_alone() -> None:
    one = policies.Budgeted(hb.Periodic(30), most=1)
    assert trained(lives(one | AtRows([20, 50]))[0]) == [21, 40, 51]  # 70 is beyond the budget
    assert trained(lives(one | AtRows([39, 69]))[0]) == [40, 70]
    busy, _ = lives(one | AtRows([35]), cycle_time=10)  # what is dropped costs nothing
    assert story(busy)[1:] == [(36, "train"), (40, "dropped"), (46, "deploy"), (70, "train"), (80, "deploy"),
                               (100, "dropped")]


def test_beyond_its_budget_a_detector_goes_on_watching() -> None:
    run, _ = lives(policies.Budgeted(hb.OnDrift(Recorded(3)), most=1), [[20, 21, 22, 60, 61, 62, 90, 91, 92]])
    assert [t for t, _ in details(run, "alarm")] == [23, 63, 93] and trained(run) == [43]


def test_on_accuracy() -> None:
    """Below 3 of 4 for the first time with row 31; a new model is judged by four labels of its own."""
    run = live([20, 30, 31, 40, 50, 51, 52], hb.OnAccuracy(0.75, window=4))
    assert [(event.t, event.kind) for event in run.events][1:] == [
        (32, "alarm"), (32, "train"), (32, "deploy"), (52, "alarm"), (52, "train"), (52, "deploy")]
    assert trained(live([], hb.OnAccuracy(1.0, window=1))) == []


def test_the_oracle_knows_when_a_window_is_pure() -> None:
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13), hb.SEA(7)], at=[300, hb.Gradual(500, width=50)], rng=0)
    learner = hb.Learner(hb.mlp(stream, [2], rng=0))
    run = hb.run(learner, stream, policies.Oracle(), launch=100, window=60, epochs=1)
    assert trained(run) == [360, 610]
    assert trained(hb.run(learner, stream, policies.Oracle(), launch=330, window=60, epochs=1)) == [360, 610]
    assert trained(hb.run(learner, stream, policies.Oracle(), launch=360, window=60, epochs=1)) == [610]
    assert trained(hb.run(learner, stream, policies.Oracle(), launch=100, window=60, epochs=1, label_delay=7)) == [
        367, 617]
    assert trained(hb.run(learner, stream.twin(), policies.Oracle(), launch=100, epochs=1, steps=900)) == []
    both = policies.Oracle() | hb.Periodic(400)
    assert both.needs_truth and trained(hb.run(learner, stream, both, launch=100, window=60, epochs=1)) == [
        360, 500, 610]
    assert policies.Oracle().needs_truth and not hb.Periodic(3).needs_truth


def test_chance() -> None:
    runs = [lives(policies.Random(7), rng=seed)[0] for seed in (1, 1, 2)]
    assert [len(trained(run)) for run in runs] == [7] * 3
    assert trained(runs[0]) == trained(runs[1]) != trained(runs[2])
    fixed = [trained(lives(policies.Random(7, rng=5), rng=seed)[0]) for seed in (1, 2)]
    assert fixed[0] == fixed[1]
    everywhere = list(range(11, ROWS))
    assert trained(lives(policies.Random(109))[0]) == trained(lives(policies.Random(rate=1.0))[0]) == everywhere
    assert trained(lives(policies.Random(rate=0.0))[0]) == []
    both = policies.Random(7) | policies.Random(7)  # each draws for itself
    assert len(trained(lives(both)[0])) > 7
    starts = np.concatenate([trained(lives(policies.Random(20), rng=seed)[0]) for seed in range(100)])
    assert abs(np.mean(starts) - np.mean(everywhere)) < 4 * np.std(everywhere) / np.sqrt(2_000)


# ---------------------------------------------------------------- the optimizer at a warm start


def test_the_optimizer_begins_anew_where_it_is_asked_to() -> None:
    stream = hb.DriftStream([hb.SEA(7)], rng=0)
    learner = hb.Learner(hb.mlp(stream, [3], rng=0), optimizer=hb.Adam(), schedule=hb.schedules.Linear(500))
    kept, fresh = (hb.run(learner, stream, hb.Periodic(100), launch=100, window=100, steps=250, optimizer=how).learner
                   for how in ("keep", "fresh"))
    assert (kept.n_updates, fresh.n_updates) == (1_000, 500) and kept.n_seen == fresh.n_seen == 1_000
    batch = stream.take(50)
    fresh.restart_optimizer()
    assert not fresh._memory.moments.any() and fresh.n_updates == 0
    new = hb.Learner(fresh.network, optimizer=hb.Adam(), schedule=hb.schedules.Linear(500))
    new._memory.scaler[:] = fresh._memory.scaler
    assert np.array_equal(fresh.learn(batch.X, batch.y), new.learn(batch.X, batch.y))
    assert np.array_equal(fresh.network.theta, new.network.theta)
    assert not np.array_equal(kept.network.theta, fresh.network.theta)


def test_however_long_a_training_takes_the_rows_of_its_exam_are_kept() -> None:
    n = 40_000
    stream = hb.from_arrays(np.arange(n, dtype=float)[:, None], np.eye(1, n, dtype=int)[0])
    run = hb.run(Generations([[51, 30_000], [25_000]]), stream, AtRows([49]), launch=10, window=20, epochs=1,
                 cycle_time=lambda rows: 30_000, validate=5)
    assert details(run, "deploy") == [(30_050, {"rows": 30_000, "champion": 1 - 2 / 30_000,
                                                "challenger": 1 - 1 / 30_000})]


def test_a_batch_larger_than_what_is_read_at_once_is_learned_whole() -> None:
    n = 45_000
    told: list[list[int]] = []
    stream = hb.from_arrays(np.arange(n, dtype=float)[:, None], np.eye(1, n, dtype=int)[0])
    hb.run(Generations([[]], told=told), stream, hb.Always(), launch=10, window=10, epochs=1, batch_size=20_000)
    assert told[1:3] == [list(range(10, 20_010)), list(range(20_010, 40_010))]


def test_every_part_of_a_policy_hears_of_a_candidate_that_was_rejected() -> None:
    class Told(Policy):
        rows: tuple[int, ...] = ()

        def rejected(self, row: int) -> None:
            self.rows += (row,)

    both = Told() | Told()
    both.rejected(7)
    assert [part.rows for part in both.parts] == [(7,), (7,)]
