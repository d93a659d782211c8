"""The picture of a detector at work, by its data: statistic, thresholds, events, delays."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots.detector import noticed, rows

STREAM = hb.DriftStream([hb.SEA(7), hb.SEA(13), hb.SEA(7)], at=[2_500, hb.Gradual(5_000, width=400)], noise=0.1, rng=0)


def lived(policy: Any, **settings: Any) -> Any:
    learner = hb.Learner(hb.mlp(STREAM, hidden=[8], rng=0))
    usual = {"launch": 1_000, "window": 400, "cycle_time": 200, "steps": 7_500}
    return hb.run(learner, STREAM, policy, **usual | settings)


@pytest.fixture(scope="module")
def run() -> Any:
    return lived(hb.OnDrift(hb.DDM()))


def marks(ax: Any, gid: str) -> list[Any]:
    return [line for line in ax.lines if line.get_gid() == gid]


def events(run: Any, kind: str) -> list[int]:
    return [event.t for event in run.events if event.kind == kind]


def test_three_rows_over_the_same_samples(run: Any) -> None:
    figure = hb.plots.detector(run, window=300)
    errors, statistic, raster = figure.axes
    assert errors.get_xlim() == statistic.get_xlim() == raster.get_xlim() == (1_000, 7_499)
    (line,) = marks(errors, "errors")
    at = line.get_xdata().astype(int) - 1_000
    np.testing.assert_allclose(line.get_ydata(), 1 - run.accuracy(300)[at])
    assert errors.get_ylabel() == "errors,\nlast 300" and statistic.get_ylabel() == "DDM:\np + s"


def test_the_drifts_go_through_all_rows(run: Any) -> None:
    for ax in hb.plots.detector(run).axes:
        (line,), spans = marks(ax, "drift"), [patch for patch in ax.patches if patch.get_gid() == "drift"]
        assert [line.get_xdata()[0], spans[0].get_x()] == STREAM.drift_points and spans[0].get_width() == 400


@pytest.mark.parametrize("detector", [hb.DDM(), hb.ADWIN(), hb.HDDM_A(), hb.EDDM()], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("settings", [{}, {"label_delay": 150, "validate": 100}, {"arrival": 64}], ids=str)
def test_the_detector_that_is_replayed_is_the_one_that_lived(detector: Any, settings: dict[str, Any]) -> None:
    from hebbnet.plots.detector import _replayed, _seen

    run = lived(hb.OnDrift(detector), **settings)
    _, alarms = _replayed(*_seen(run, None))
    found = [event.detail["row"] for event in run.events if event.kind == "alarm"]
    assert found and [run.launch + row for row in alarms] == found


def test_the_statistic_crosses_the_threshold_at_the_alarms_and_rests_until_the_next_model(run: Any) -> None:
    ax = hb.plots.detector(run).axes[1]
    (bound,) = marks(ax, "alarm")
    threshold = dict(zip(bound.get_xdata(), bound.get_ydata(), strict=True))
    pieces = marks(ax, "statistic")
    shown = np.concatenate([piece.get_xdata() for piece in pieces])
    crossed = [x for piece in pieces for x, y in zip(*piece.get_data(), strict=True) if y > threshold[x]]
    assert crossed == [t - 1 for t in events(run, "alarm")]
    for alarm in events(run, "alarm"):
        model = min([t for t in events(run, "deploy") if t >= alarm], default=7_500)
        assert not ((shown >= alarm) & (shown < model)).any()
    assert len(marks(ax, "warning")) == 1 and {text.get_text() for text in ax.texts} == {"alarm", "warning"}


def test_alarms_are_hollow_where_no_drift_came_before(run: Any) -> None:
    ax = hb.plots.detector(run).axes[-1]
    alarms = events(run, "alarm")
    wanted = noticed(alarms, STREAM.drift_points, 7_500)
    (true,), (false,) = marks(ax, "alarm"), marks(ax, "false alarm")
    assert list(true.get_xdata()) == list(wanted.values()) and false.get_markerfacecolor() == "white"
    assert sorted([*true.get_xdata(), *false.get_xdata()]) == alarms
    delays = [text.get_text() for text in ax.texts if text.get_gid() == "delay"]
    assert delays == [f"+{alarm - drift:,}" for drift, alarm in wanted.items()]
    assert [list(line.get_xdata()) for line in marks(ax, "delay")] == [list(pair) for pair in wanted.items()]


def test_trainings_and_new_models_stand_at_their_events(run: Any) -> None:
    ax = hb.plots.detector(run).axes[-1]
    assert [line.get_xdata()[0] for line in marks(ax, "train")] == events(run, "train")
    assert [tuple(line.get_xdata()) for line in marks(ax, "training")] == [
        (t, t + 200) for t in events(run, "train") if t + 200 < 7_500]
    assert list(marks(ax, "deploy")[0].get_xdata()) == events(run, "deploy")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["drift", "alarm", "training", "new model"]


@pytest.mark.parametrize(("alarms", "within", "found"), [
    ([90, 101, 150, 250], 500, {100: 101, 200: 250}), ([100, 201], 500, {200: 201}), ([160, 320], 50, {}),
    ([], 500, {}), ([151], 50, {}), ([150], 50, {100: 150})])
def test_the_first_alarm_in_time_notices_a_drift(alarms: list[int], within: int, found: dict[int, int]) -> None:
    """As `evaluate_detector` counts: an alarm at t was raised by the row before t."""
    assert noticed(alarms, [100, 200], within) == found


def test_delays_are_those_of_the_laboratory() -> None:
    wrong = hb.lab.ErrorStream([(1_000, 0.1), (800, 0.4), (800, 0.6)]).draw(0)
    ax = hb.plots.detector((wrong, [1_000, 1_800]), hb.ADWIN(), within=500).axes[-1]
    found = hb.evaluate_detector(hb.ADWIN(), (wrong, [1_000, 1_800]), within=500)
    delays = [int(text.get_text()[1:]) - 1 for text in ax.texts if text.get_gid() == "delay"]
    assert delays == found.delays.tolist() and len(delays) == 2


@pytest.mark.parametrize("policy", [hb.Periodic(1_000), hb.Always(), hb.OnDrift(hb.DDM(), on="confidence"),
                                    hb.OnDrift(hb.detectors.KS(3)), hb.OnAccuracy(0.8)], ids=lambda one: one.name)
def test_who_watches_no_errors_has_no_statistic(policy: Any) -> None:
    run = lived(policy)
    figure = hb.plots.detector(run)
    assert len(figure.axes) == 2 == len(rows(run))
    figure.canvas.draw()


def test_a_detector_can_be_let_read_any_run() -> None:
    run = lived(hb.Never())
    figure = hb.plots.detector(run, hb.HDDM_A())
    alarms = hb.HDDM_A().run(1.0 - run.correct) + run.launch + 1
    shown = sorted(int(x) for gid in ("alarm", "false alarm") for line in marks(figure.axes[2], gid)
                   for x in line.get_xdata())
    assert shown == alarms.tolist() and len(rows(run, hb.HDDM_A())) == 3
    assert "nobody acts on the alarms" in figure.axes[2].texts[-1].get_text()


def test_a_policy_of_several_parts_shows_its_detector() -> None:
    run = lived(hb.OnDrift(hb.DDM()) | hb.Periodic(3_000))
    assert hb.plots.detector(run).axes[1].get_ylabel().startswith("DDM")


def test_without_truth_no_alarm_is_called_false() -> None:
    STREAM.restart()
    batch = STREAM.take(6_000)
    stream = hb.from_arrays(batch.X, batch.y)
    run = hb.run(hb.Learner(hb.mlp(stream, [8], rng=0)), stream, hb.OnDrift(hb.DDM()), launch=1_000, window=400)
    errors, _, raster = hb.plots.detector(run).axes
    assert not marks(raster, "false alarm") and not marks(errors, "best") and not marks(raster, "true drift")
    assert list(marks(raster, "alarm")[0].get_xdata()) == events(run, "alarm")
    assert "no truth" in raster.texts[-1].get_text()


def test_axes_given_are_drawn_into(run: Any) -> None:
    figure, axes = plt.subplots(3, 1, layout="constrained")
    assert hb.plots.detector(run, axes=axes) is figure and plt.get_fignums() == [figure.number]


def test_a_run_from_a_file_is_drawn_the_same(run: Any, tmp_path: Any) -> None:
    loaded = hb.Run.load(run.save(tmp_path / "run.npz"))
    one, other = (hb.plots.detector(which).axes[1] for which in (run, loaded))
    assert [line.get_ydata().tolist() for line in marks(one, "statistic")] == [
        line.get_ydata().tolist() for line in marks(other, "statistic")]


@pytest.mark.parametrize(("call", "says"), [
    (lambda run: hb.plots.detector(3), "expected a Run or \\(errors, drifts\\), got int"),
    (lambda run: hb.plots.detector(([0.0, 1.0], [1])), "come without a detector"),
    (lambda run: hb.plots.detector(([0.0, 2.0], [1]), hb.DDM()), "errors: expected numbers from 0 to 1"),
    (lambda run: hb.plots.detector(run, hb.detectors.KS(3)), "watch: expected a detector of errors"),
    (lambda run: hb.plots.detector(run, window=0), "detector: window"),
    (lambda run: hb.plots.detector(run, axes=[plt]), "expected 3, for errors, statistic, events, got 1")])
def test_what_cannot_be_drawn_is_refused(run: Any, call: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        call(run)
    assert not plt.get_fignums()
