"""What a run remembers: its numbers against hand-worked ones, and its file."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_policies import Says, live

import hebbnet as hb
from hebbnet.monitoring.recovery import LEAST
from hebbnet.training.record import Event

Y = [0, 1, 1, 0, 0, 1, 1, 1]
ANSWERS = [0, 0, 1, 1, 1, 0, 1, 1]  # the rows 2, 6, 7 are right


def tiny(policy: Any = None, **how: Any) -> hb.Run:
    stream = hb.from_arrays(np.arange(8.0)[:, None], Y)
    return hb.run(Says(ANSWERS), stream, policy or hb.Never(), **{"launch": 2, "window": 4, "epochs": 3} | how)


def made(correct: Any, drifts: list[int], *, launch: int = 0, bayes: float = 0.9) -> hb.Run:
    """A run that was right where `correct` says so, about labels 0 and 1 in turn."""
    correct = np.asarray(correct)
    y = np.arange(launch + len(correct)) % 2
    truth = {"y": y, "clean": y, "bayes": np.full(len(y), bayes)}
    settings = {"launch": launch, "steps": len(y), "label_delay": 0, "cycle_time": 0, "arrival": 1, "batch_size": 1}
    return hb.Run(policy="<b>", recipe="?", online=False, settings=settings,
                  predictions=np.where(correct, y[launch:], 1 - y[launch:]), truth=truth, events=[],
                  spans=[(position, 0) for position in drifts], classes=["0", "1"], concepts=[],
                  served=[(launch, launch)], updates=0)


# ---------------------------------------------------------------- numbers, worked by hand


def test_summary() -> None:
    s = tiny().summary()
    assert s["accuracy"] == 3 / 6
    assert s["no_change"] == 4 / 6  # it says 1 1 0 0 1 1 about 1 0 0 1 1 1
    assert s["majority"] == 2 / 6  # it says 0 1 0 0 0 1
    assert s["chance"] == 1 / 2
    assert s["kappa_t"] == pytest.approx((3 / 6 - 4 / 6) / (1 - 4 / 6))
    assert s["rows"] == 8 and s["scored"] == 6 and s["policy"] == "never"
    assert s["updates"] == 2 * 3 and s["alarms"] == s["retrainings"] == 0
    assert s["staleness"] == (0 + 1 + 2 + 3 + 4 + 5) / 6
    assert s["bayes"] is s["regret"] is s["dip"] is s["recovery"] is None


def test_summary_without_a_launch() -> None:
    run = tiny(launch=0)
    s = run.summary()
    assert s["accuracy"] == 4 / 8 and s["rows"] == s["scored"] == 8 and s["updates"] == 0
    assert s["no_change"] == 4 / 7 and len(run.baseline("no_change")) == 7  # the first row has nothing to repeat
    assert s["majority"] == 3 / 8  # it says 0 0 0 1 0 0 0 1
    assert s["staleness"] == 28 / 8


def test_baselines_know_the_launch() -> None:
    """A launch full of ones: no-change begins with the last of them, the majority with all of them."""
    stream = hb.from_arrays(np.arange(8.0)[:, None], [1, 1, 1, 1, 1, 0, 0, 1])
    run = hb.run(Says([0] * 8), stream, hb.Never(), launch=4)
    assert run.baseline("no_change").tolist() == [True, False, True, False]
    assert run.baseline("majority").tolist() == [True, False, False, True]
    assert all(run.baseline(name).dtype == bool for name in ("no_change", "majority"))


def test_one_row() -> None:
    s = tiny(launch=7).summary()
    assert (s["accuracy"], s["scored"], s["kappa_t"]) == (1.0, 1, None)


def test_staleness_and_updates_of_a_periodic_run() -> None:
    """Trainings start before the rows 4 and 6, and serve one row later."""
    run = tiny(hb.Periodic(2), cycle_time=1)
    assert [(e.t, e.kind) for e in run.events] == [(2, "launch"), (4, "train"), (5, "deploy"), (6, "train"),
                                                   (7, "deploy")]
    s = run.summary()
    assert s["staleness"] == (0 + 1 + 2 + 1 + 2 + 1) / 6
    assert run.learned_until().tolist() == [2, 2, 2, 4, 4, 6]
    assert s["updates"] == 3 * (2 + 4 + 4) and s["retrainings"] == 2


@pytest.mark.parametrize(("how", "unknown"), [
    ({}, [0, 0, 0, 0, 0, 0]),
    ({"label_delay": 1, "cycle_time": 1}, [0, 1, 2, 2, 2, 2]),
    ({"arrival": 3}, [0, 1, 2, 0, 1, 2]),
    ({"arrival": 3, "label_delay": 1}, [0, 1, 2, 1, 2, 3]),
    ({"arrival": 3, "cycle_time": 1}, [0, 1, 2, 3, 4, 5]),
    ({"batch_size": 2}, [0, 1, 0, 1, 0, 1]),
])
def test_staleness_of_always(how: dict[str, int], unknown: list[int]) -> None:
    s = tiny(hb.Always(), **how).summary()
    assert s["staleness"] == sum(unknown) / 6
    assert s["retrainings"] == 0


def test_alarms_are_counted() -> None:
    from test_policies import Recorded
    s = live([30, 31, 32], hb.OnDrift(Recorded(3))).summary()
    assert (s["alarms"], s["retrainings"]) == (1, 1)


def test_regret_and_the_true_rule() -> None:
    run = made([True] * 6 + [False] * 4, [], launch=5, bayes=0.8)
    assert run.summary()["regret"] == pytest.approx(0.8 - 0.6)
    assert run.baseline("true_rule").all()
    with pytest.raises(hb.InputError, match="real data hold no truth"):
        tiny().baseline("true_rule")
    with pytest.raises(hb.InputError, match="unknown baseline"):
        tiny().baseline("best")


def test_dip_and_recovery() -> None:
    """300 wrong rows after the drift: the 500 rows from it on are 2/5 right; the three bins after them are back."""
    correct = np.ones(4_000, dtype=bool)
    correct[1_000:1_300] = False
    s = made(correct, [1_200], launch=200).summary()
    assert s["dip"] == pytest.approx(1 - 200 / 500) and s["recovery"] == s["lost"] == 300
    correct[2_500:2_900] = False
    run = made(correct, [1_000, 2_500])
    s = run.summary()
    # the level before the second holds what the first cost
    assert s["dip"] == pytest.approx((1 - 200 / 500 + 1 - 300 / 2_000 - 100 / 500) / 2) and s["recovery"] == 350
    assert [(after.drift, after.recovery, after.observed) for after in run.after_drifts()] == [
        (1_000, 300, 1_500), (2_500, 400, 1_500)]
    assert [after.level for after in run.after_drifts()] == pytest.approx([1, 1 - 300 / 2_000])


def test_a_recovery_that_never_comes() -> None:
    correct = np.ones(4_000, dtype=bool)
    correct[1_000:] = np.arange(3_000) % 10 > 0
    s = made(correct, [1_000]).summary()
    assert s["dip"] == pytest.approx(0.1) and s["recovery"] is None and s["lost"] == pytest.approx(300)
    correct[2_000:] = True  # back, but only after the next drift
    assert [after.recovery for after in made(correct, [1_000, 2_000]).after_drifts()] == [None, 0]
    correct[1_000:1_100] = False  # the median of 100, 0 and one that never comes
    correct[1_100:] = True
    correct[3_000:] = False
    assert made(correct, [1_000, 2_000, 3_000]).summary()["recovery"] == 100


def test_back_to_bayes() -> None:
    """Nine in ten are right after the drift: never 97 % of what was right before, but of what is possible now."""
    correct = np.ones(4_000, dtype=bool)
    correct[1_000:1_500] = False
    correct[1_500:] = np.arange(2_500) % 10 > 0
    run = made(correct, [1_000], bayes=0.9)
    assert run.after_drifts()[0].recovery is None
    after, = run.after_drifts("bayes")
    assert after.recovery == 500 and after.level == pytest.approx(0.9) and after.lost == pytest.approx(450)
    assert run.after_drifts("bayes", share=0.0)[0].recovery == 0
    with pytest.raises(hb.InputError, match="unknown level 'best'"):
        run.after_drifts("best")
    with pytest.raises(hb.InputError, match="real data hold no truth"):
        tiny().after_drifts("bayes")


def test_without_a_dip_recovery_takes_no_time() -> None:
    """A ripple of a point, deepest long after the drift, is nothing to recover from."""
    correct = np.ones(4_000, dtype=bool)
    assert made(correct, [1_000]).summary()["recovery"] == 0
    correct[3_000:3_005] = False
    s = made(correct, [1_000]).summary()
    assert s["dip"] == pytest.approx(0.01) and s["recovery"] == 0


def test_a_drift_that_takes_its_time_is_not_over_before_its_end() -> None:
    correct = np.ones(4_000, dtype=bool)
    correct[1_500:1_900] = False
    run = made(correct, [1_000])
    assert run.summary()["recovery"] == 0
    assert dataclasses.replace(run, spans=[(1_000, 800)]).summary()["recovery"] == 900


def test_drifts_that_leave_no_room_are_not_measured() -> None:
    ones = np.ones(2_000, dtype=bool)
    assert made(ones, [LEAST - 1]).summary()["dip"] is None  # nothing before it to compare with
    assert made(ones, [2_000 - LEAST + 1]).summary()["dip"] is None
    assert made(ones, [2_000 - LEAST]).summary()["dip"] == 0
    assert made(ones[:100], [50]).summary()["dip"] is None
    assert made(ones[:1_500], [700]).summary()["dip"] == 0  # compared with the 700 rows that there are
    assert made(ones, [100], launch=300).summary()["dip"] is None  # during the launch


def test_accuracy_over_a_window() -> None:
    run = tiny()
    assert run.correct.tolist() == [True, False, False, False, True, True]
    assert run.accuracy(2).tolist() == [1, 0.5, 0, 0, 0.5, 1]
    assert run.accuracy().tolist() == [1 / 1, 1 / 2, 1 / 3, 1 / 4, 2 / 5, 3 / 6]
    assert run.t.tolist() == [2, 3, 4, 5, 6, 7] and run.y.tolist() == Y[2:]
    with pytest.raises(hb.InputError):
        run.accuracy(0)


def test_events_and_truth_of_a_made_stream() -> None:
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13), hb.SEA(7)], at=[500, hb.Gradual(800, width=100)], noise=0.1, rng=0)
    run = hb.run(Says(np.zeros(11)), stream, hb.Never(), launch=100, steps=850)
    assert run.events == [Event(100, "launch"), Event(500, "drift", {"width": 0}), Event(800, "drift", {"width": 100})]
    assert run.spans == [(500, 0), (800, 100)] and run.concepts == ["SEA(7)", "SEA(13)"]
    stream.restart()
    batch = stream.take(850)
    for name in ("y", "concept", "p", "bayes", "clean"):
        assert np.array_equal(run.truth[name], getattr(batch, name))
    assert hb.run(Says(np.zeros(11)), stream, hb.Never(), launch=100, steps=800).spans == [(500, 0)]


# ---------------------------------------------------------------- shown, saved, loaded


@pytest.mark.peers
def test_a_row_of_the_table_for_each_scored_row() -> None:
    pytest.importorskip("pandas")
    frame = tiny().to_dataframe()
    assert frame.columns.tolist() == ["t", "y", "prediction", "correct"]
    assert frame["t"].tolist() == [2, 3, 4, 5, 6, 7] and frame["y"].tolist() == Y[2:]
    assert frame["correct"].mean() == tiny().summary()["accuracy"]
    truth = made([True] * 6, [], launch=2).to_dataframe()
    assert len(truth) == 6 and truth.columns.tolist()[4:] == ["clean", "bayes"]


def test_without_pandas_there_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(hb.InputError, match=r"to_dataframe needs pandas: pip install pandas; run\.predictions"):
        tiny().to_dataframe()


def test_shown_as_text_and_as_a_table() -> None:
    assert repr(tiny(hb.Periodic(2))) == "Run(periodic: accuracy 0.500 over 6 rows, 2 retrainings)"
    html = made([True], [])._repr_html_()
    assert "<th>policy</th><td>&lt;b&gt;</td>" in html and "<b>" not in html


@pytest.mark.parametrize("policy", [hb.Never(), hb.Periodic(100), hb.OnDrift(hb.DDM()), hb.Always()])
def test_saved_and_loaded(policy: Any, tmp_path: Path) -> None:
    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[500], noise=0.1, rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[4], rng=0))
    run = hb.run(learner, stream, policy, launch=200, window=100, cycle_time=30, epochs=1)
    again = hb.Run.load(run.save(tmp_path / "run.npz"))
    for field in dataclasses.fields(hb.Run):
        ours, theirs = getattr(run, field.name), getattr(again, field.name)
        if field.name == "predictions":
            assert np.array_equal(ours, theirs) and ours.dtype == theirs.dtype
        elif field.name == "truth":
            assert list(ours) == list(theirs)
            assert all(np.array_equal(ours[name], theirs[name]) and ours[name].dtype == theirs[name].dtype
                       for name in ours)
        elif field.name in ("learner", "stream"):
            assert theirs is None
        else:
            assert ours == theirs and type(ours) is type(theirs), field.name
    assert again.summary() == run.summary() and again._repr_html_() == run._repr_html_()


def test_files_that_are_no_run_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    with pytest.raises(hb.InputError, match="no such file"):
        hb.Run.load(path)
    FITS = hb.Learner(hb.mlp(hb.from_arrays([[0.0], [1.0]], [0, 1]), hidden=[2], rng=0))
    with pytest.raises(hb.InputError, match="expected a saved Run, got a saved Learner"):
        hb.Run.load(FITS.save(path))
    whole = tiny().save(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(hb.InputError, match="damaged"):
        hb.Run.load(path)
    with pytest.raises(hb.InputError, match="cannot write"):
        tiny().save(tmp_path / "nowhere" / "run.npz")


def test_files_with_something_missing_are_refused(tmp_path: Path) -> None:
    path = tiny().save(tmp_path / "run.npz")
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    meta = json.loads(str(arrays.pop("__meta__")))

    def load(meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        np.savez(path, __meta__=np.array(json.dumps(meta)), **arrays)
        hb.Run.load(path)

    load(meta, arrays)
    for name in meta:
        with pytest.raises(hb.InputError):
            load({key: value for key, value in meta.items() if key != name}, arrays)
    for name in arrays:
        with pytest.raises(hb.InputError):
            load(meta, {key: value for key, value in arrays.items() if key != name})
    for bad in ({**arrays, "predictions": arrays["predictions"][1:]}, {**arrays, "truth_bayes": np.ones(3)},
                {**arrays, "truth_y": np.array(1)}):
        with pytest.raises(hb.InputError):
            load(meta, bad)
    for key, value in (("events", 3), ("events", ["train"]), ("settings", []), ("settings", {}), ("served", 3)):
        with pytest.raises(hb.InputError):
            load({**meta, key: value}, arrays)
