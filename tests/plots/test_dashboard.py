"""A run on one page: the panels are those of accuracy, world and detector, over the same samples."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.training.record import Run

STREAM = hb.DriftStream([hb.SEA(6), hb.SEA(14), hb.SEA(6)], at=[2_000, hb.Gradual(3_500, width=500)], noise=0.1, rng=0)


def lived(policy):
    return hb.run(hb.LeastSquares(), STREAM, policy, launch=1_000, window=300, cycle_time=100, steps=5_000)


def panels(figure):
    return {ax.get_label(): ax for ax in figure.axes}


def test_the_panels_show_the_same_rows_and_the_same_drifts():
    run = lived(hb.OnDrift(hb.DDM()))
    there = panels(hb.plots.dashboard(run))
    assert list(there) == ["accuracy", "world", "errors", "statistic", "events"]
    assert {ax.get_xlim() for ax in there.values()} == {(1_000, 4_999)}
    sudden = [line.get_xdata()[0] for line in there["accuracy"].get_lines() if line.get_gid() == "drift"]
    spans = [p.get_x() for p in there["accuracy"].patches if p.get_gid() == "drift"]
    marked = [p.get_x() for p in there["world"].patches if p.get_gid() == "drift"]
    assert sudden + spans == marked == STREAM.drift_points
    deployed = sum(event.kind == "deploy" for event in run.events)
    assert there["accuracy"].get_title(loc="left") == (f"on-drift: {run.correct.mean():.2f} right, {deployed} new "
                                                       f"model{'s' * (deployed != 1)}")


def test_a_run_that_no_detector_watched_has_no_number_of_one_unless_it_is_given():
    run = lived(hb.Never())
    assert list(panels(hb.plots.dashboard(run))) == ["accuracy", "world", "errors", "events"]
    assert list(panels(hb.plots.dashboard(run, hb.ADWIN())))[3] == "statistic"


def test_where_nobody_knows_the_truth_the_world_is_left_out(tmp_path):
    X = np.random.default_rng(0).normal(size=(800, 2))
    real = hb.run(hb.LeastSquares(), hb.from_arrays(X, (X[:, 0] > 0).astype(int)), hb.Never(), launch=200)
    loaded = Run.load(lived(hb.Never()).save(tmp_path / "run.npz"))
    for run in (real, loaded):
        assert list(panels(hb.plots.dashboard(run))) == ["accuracy", "errors", "events"]


def test_size_and_window_are_taken_and_rcparams_are_untouched():
    before = dict(matplotlib.rcParams)
    figure = hb.plots.dashboard(lived(hb.Never()), window=100, size=(16, 9))
    assert figure.get_size_inches().tolist() == [16, 9]
    there = panels(figure)
    assert "100" in there["accuracy"].get_ylabel() and "100" in there["errors"].get_ylabel()
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.dashboard(3), "dashboard: expected a run with scored rows, got 3"),
    (lambda: hb.plots.dashboard(lived(hb.Never()), watch="ADWIN"), "expected a detector of errors"),
    (lambda: hb.plots.dashboard(lived(hb.Never()), window=0), "window"),
])
def test_bad_input_is_refused(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    plt.close("all")
