"""The picture of decay and recovery, by its data: what is drawn is what the runs hold."""

import subprocess
import sys
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots import style
from hebbnet.training.record import Event, Run
from hebbnet.training.results import Sweep

LAUNCH, END = 1_000, 7_000
DRIFTS = [3_000, 5_000]


def made(policy="on-drift", recipe="OnDrift(ADWIN())", *, seed=0, events=(), spans=((3_000, 0), (5_000, 0)), real=False,
         n=END, launch=LAUNCH, right=0.9):
    """A run as `hb.run` leaves it, made by hand."""
    rng = np.random.default_rng(seed)
    clean = (rng.random(n) < 0.5).astype(np.int32)
    predicted = np.where(rng.random(n) < right, clean, 1 - clean)[launch:].astype(np.int32)
    truth = {"y": clean}
    if not real:
        concept = np.searchsorted([position for position, _ in spans], np.arange(n), side="right").astype(np.int32)
        truth.update(concept=concept, clean=clean, bayes=np.full(n, 0.95), p=np.zeros(n))
    settings = {"launch": launch, "steps": n, "label_delay": 0, "cycle_time": 0, "arrival": 1}
    return Run(policy=policy, recipe=recipe, online=False, settings=settings, predictions=predicted, truth=truth,
               events=[Event(t, kind) for t, kind in events], spans=[] if real else list(spans), classes=["0", "1"],
               concepts=[] if real else ["SEA(7)", "SEA(9)", "SEA(11)"], served=[(launch, launch)], updates=0)


EVENTS = [(3_200, "alarm"), (4_200, "train"), (4_700, "deploy"), (5_100, "alarm"), (6_100, "deploy")]


@pytest.fixture(scope="module")
def sweep():
    """Four policies, three seeds."""
    runs = {}
    for name, recipe, right in (("frozen", "Never()", 0.6), ("periodic", "Periodic(every=500)", 0.85),
                                ("alarm", "OnDrift(ADWIN())", 0.9), ("always", "Always()", 0.92)):
        events = EVENTS if name == "alarm" else []
        runs[name] = [made(name, recipe, seed=seed, right=right, events=events) for seed in range(3)]
    return Sweep.of(runs)


def lines(ax, gid):
    return [line for line in ax.get_lines() if line.get_gid() == gid]


def words(ax, gid="name"):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


# ---------------------------------------------------------------- lines


def test_the_line_of_a_run_is_its_windowed_accuracy():
    run = made()
    (line,) = lines(hb.plots.accuracy(run, window=300), "policy")
    t, y = line.get_data()
    at = t.astype(int) - LAUNCH
    assert len(t) > 500 and at[0] == 60 and at[-1] == END - LAUNCH - 1
    np.testing.assert_array_equal(y, run.accuracy(300)[at])
    assert line.get_label() == "on-drift"


def test_a_sweep_has_a_line_for_each_policy_which_is_the_mean_over_its_seeds(sweep):
    ax = hb.plots.accuracy(sweep, window=500)
    found = {line.get_label(): line for line in lines(ax, "policy")}
    assert list(found) == ["frozen", "periodic", "alarm", "always"]
    for name, line in found.items():
        at = line.get_xdata().astype(int) - LAUNCH
        np.testing.assert_allclose(line.get_ydata(), sweep.accuracy(name, 500).mean(axis=0)[at], rtol=0, atol=1e-14)


def test_the_band_is_one_standard_error_to_either_side(sweep):
    ax = hb.plots.accuracy(sweep, window=500)
    bands = [c for c in ax.collections if c.get_gid() == "band"]
    assert len(bands) == 4
    curves = sweep.accuracy("frozen", 500)
    mean, error = curves.mean(axis=0), curves.std(axis=0, ddof=1) / np.sqrt(3)
    at = lines(ax, "policy")[0].get_xdata().astype(int) - LAUNCH
    t, y = bands[0].get_paths()[0].vertices.T
    corners = {(int(a), round(b, 12)) for a, b in zip(t, y, strict=True)}
    wanted = {(int(i + LAUNCH), round(edge[i], 12)) for edge in (mean - error, mean + error) for i in at}
    assert wanted <= corners
    assert not [c for c in hb.plots.accuracy(made()).collections if c.get_gid() == "band"]


def test_long_runs_are_thinned():
    run = made(n=200_000, launch=0, spans=[(1, 0), (5, 0)])
    (line,) = lines(hb.plots.accuracy(run, window=1_000), "policy")
    t, y = line.get_data()
    assert len(t) <= 2_000 and t[-1] == 199_999
    np.testing.assert_array_equal(y, run.accuracy(1_000)[t.astype(int)])


def test_policies_look_different_without_colour_and_keep_their_colour_under_another_name(sweep):

    drawn = lines(hb.plots.accuracy(sweep), "policy")
    assert [line.get_color() for line in drawn] == [style.POLICIES[kind].colour
                                                    for kind in ("Never", "Periodic", "OnDrift", "Always")]
    assert len({(line.get_linestyle(), line.get_linewidth()) for line in drawn}) == 4
    assert len({str(line._dash_pattern) for line in drawn}) == 3  # two are solid, one of them twice as wide
    (alone,) = lines(hb.plots.accuracy(made()), "policy")
    assert alone.get_color() == style.POLICIES["OnDrift"].colour and alone.get_linestyle() == "-"


def test_any_number_of_policies_of_any_name_look_different():

    kinds = {f"p{k}": kind for k, kind in enumerate(["Never", "Mine", "Periodic", "Periodic", "Always"] + ["Odd"] * 15)}
    looks = style.looks(kinds)
    assert len({(look.colour, look.dashes) for look in looks.values()}) == 20
    assert looks["p2"] == style.POLICIES["Periodic"] != looks["p3"]


# ---------------------------------------------------------------- what they are compared with


def test_baselines_are_drawn_in_the_same_window():
    run = made()
    ax = hb.plots.accuracy(run, window=400)
    at = lines(ax, "policy")[0].get_xdata().astype(int) - LAUNCH
    (majority,), (chance,), (best,) = lines(ax, "majority"), lines(ax, "chance"), lines(ax, "best")
    np.testing.assert_array_equal(majority.get_ydata(), hb.metrics.windowed_accuracy(run.baseline("majority"), 400)[at])
    assert set(chance.get_ydata()) == {0.5}
    np.testing.assert_allclose(best.get_ydata(), 0.95)
    assert not lines(ax, "no-change")  # labels that do not depend on each other: no better than chance
    assert "best possible\n(needs the truth)" in words(ax)


def test_baselines_that_coincide_are_named_once():
    names = [name for name in words(hb.plots.accuracy(made())) if "chance" in name or "majority" in name]
    assert [name.removesuffix(" ↓") for name in names] == ["chance, majority"]
    assert any(name.startswith("chance, majority,\nno-change") for name in words(hb.plots.accuracy(made(real=True))))


def test_no_change_is_drawn_where_it_beats_chance_and_always_on_real_data():
    run = made()
    run.truth["y"][:] = np.arange(END) // 50 % 2  # 98 % of the labels repeat the one before
    (line,) = lines(hb.plots.accuracy(run), "no-change")
    assert line.get_ydata()[-1] == pytest.approx(0.98, abs=0.01)
    ax = hb.plots.accuracy(made(real=True))
    assert len(lines(ax, "no-change")) == 1 and not lines(ax, "best")


def test_a_run_without_launch_compares_no_change_row_by_row():
    run = made(real=True, launch=0)
    ax = hb.plots.accuracy(run, window=100)
    at = lines(ax, "policy")[0].get_xdata().astype(int)
    wanted = hb.metrics.windowed_accuracy(run.baseline("no_change"), 100)[np.maximum(at - 1, 0)]
    np.testing.assert_array_equal(lines(ax, "no-change")[0].get_ydata(), wanted)


# ---------------------------------------------------------------- marks


def test_sudden_drifts_are_lines_at_their_places():
    ax = hb.plots.accuracy(made())
    assert [line.get_xdata()[0] for line in lines(ax, "drift")] == DRIFTS
    assert [label.get_text() for label in ax.child_axes[0].get_xticklabels()] == ["drift", "drift"]


def test_gradual_drifts_are_spans_cut_to_what_is_scored():
    ax = hb.plots.accuracy(made(spans=[(800, 400), (5_000, 9_000)]))
    spans = [patch for patch in ax.patches if patch.get_gid() == "drift"]
    assert [(p.get_x(), p.get_x() + p.get_width()) for p in spans] == [(1_000, 1_200), (5_000, END - 1)]
    assert not lines(ax, "drift")


def test_drift_marks_of_a_real_run_stand_at_the_drift_points_of_its_stream():
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(9), hb.SEA(11)], at=[1_500, hb.Gradual(2_500, width=500)], rng=0)
    run = hb.run(hb.Learner(hb.mlp(stream, hidden=[4], rng=0)), stream, hb.Periodic(400), launch=1_000, window=200)
    ax = hb.plots.accuracy(run)
    spans = [patch.get_x() for patch in ax.patches if patch.get_gid() == "drift"]
    assert [lines(ax, "drift")[0].get_xdata()[0], *spans] == stream.drift_points
    (deployed,) = lines(ax, "deploy")
    assert list(deployed.get_xdata()) == [event.t for event in run.events if event.kind == "deploy"]


def test_alarms_and_new_models_stand_at_their_events_in_the_colour_of_the_policy(sweep):

    ax = hb.plots.accuracy(made(events=EVENTS))
    (alarms,), (deployed,) = lines(ax, "alarm"), lines(ax, "deploy")
    assert list(alarms.get_xdata()) == [3_200, 5_100] and list(deployed.get_xdata()) == [4_700, 6_100]
    assert deployed.get_color() == style.POLICIES["OnDrift"].colour
    assert "▽ alarm\n▲ new model" in words(ax)
    ax = hb.plots.accuracy(sweep)
    assert [len(line.get_xdata()) for line in lines(ax, "alarm")] == [6]  # of all three seeds
    assert not any("alarm" in word for word in words(hb.plots.accuracy(made())))


def test_the_strip_names_the_concept_that_rules():
    ax = hb.plots.accuracy(made(spans=[(3_000, 0), (5_000, 600)]))
    bars = [patch.get_xy() for patch in ax.patches if patch.get_gid() == "concept"]
    assert [(bar[:, 0].min(), bar[:, 0].max()) for bar in bars] == [(1_000, 3_000), (3_000, 5_600), (5_000, 7_000)]
    assert words(ax, "concept") == ["SEA(7)", "SEA(9)", "SEA(11)"]
    assert not [patch for patch in hb.plots.accuracy(made(real=True)).patches if patch.get_gid() == "concept"]


def test_a_gradual_drift_passes_to_the_concept_that_wins_in_the_end():
    run = made(spans=[(3_000, 1_000), (5_000, 5_000)])
    run.truth["concept"][3_000:4_000:2] = 0  # old and new alternate; the last window is not over at the end
    run.truth["concept"][5_000::2] = 1
    ax = hb.plots.accuracy(run)
    assert words(ax, "concept") == ["SEA(7)", "SEA(9)"]
    colours = [patch.get_facecolor() for patch in ax.patches if patch.get_gid() == "concept"]
    assert len(set(colours)) == 3


def test_a_concept_that_comes_back_has_its_colour_again():
    run = made()
    run.truth["concept"][5_000:] = 0
    bars = [patch for patch in hb.plots.accuracy(run).patches if patch.get_gid() == "concept"]
    assert bars[0].get_facecolor() == bars[2].get_facecolor() != bars[1].get_facecolor()


# ---------------------------------------------------------------- frame and words


def test_limits_run_from_the_launch_and_from_below_chance_to_1():
    ax = hb.plots.accuracy(made())
    assert ax.get_xlim() == (LAUNCH, END - 1)
    assert ax.get_ylim() == (pytest.approx(0.47), 1.0)
    low = hb.plots.accuracy(made(right=0.3)).get_ylim()[0]
    assert 0.1 < low < 0.28  # what does worse than chance is not cut off


def test_the_window_and_the_seeds_are_said(sweep):
    ax = hb.plots.accuracy(sweep)
    assert ax.get_ylabel() == "accuracy over the last 200 samples" and ax.get_xlabel() == "samples"
    (note,) = words(ax, "footnote")
    assert "launched after 1,000" in note and "3 seeds, band ±1 s.e." in note.replace("\n", " ")
    ax = hb.plots.accuracy(made(), window=10_000)
    assert "all samples so far (window 10,000)" in ax.get_ylabel()
    assert "n = 1" in words(ax, "footnote")[0]


@pytest.mark.parametrize(("about", "window"), [(1_400, 1_000), (1_500, 2_000), (0.1, 1), (240, 200), (40_000, 50_000)])
def test_the_default_window_is_a_round_number(about, window):
    assert style.window(None, about, "accuracy") == window


def test_names_stand_at_the_line_ends_and_do_not_overlap(sweep):
    ax = hb.plots.accuracy(sweep)
    ax.figure.canvas.draw()
    names = [text for text in ax.texts if text.get_gid() == "name"]
    assert {"frozen", "periodic", "alarm", "always"} <= {text.get_text() for text in names}
    boxes = sorted((text.get_window_extent() for text in names), key=lambda box: box.y0)
    assert all(lower.y1 <= upper.y0 + 4 for lower, upper in pairwise(boxes))
    assert all(box.x1 <= ax.figure.bbox.x1 for box in boxes)


def test_odd_names_are_drawn_as_they_are():
    runs = {name: [made(name, "Mine()", seed=k)] for k, name in enumerate(["$x_1$", "$x^$", "_hidden", "a" * 60, "ü"])}
    ax = hb.plots.accuracy(Sweep.of(runs))
    ax.figure.canvas.draw()  # $x^$ is no formula that could be set
    assert {"$x_1$", "$x^$", "_hidden", "ü"} <= set(words(ax)) and max(map(len, words(ax))) < 40


@pytest.mark.parametrize("n", [1, 2, 30])
def test_very_short_runs_are_drawn(n):
    ax = hb.plots.accuracy(made(n=LAUNCH + n, spans=[]))
    ax.figure.canvas.draw()
    assert len(lines(ax, "policy")[0].get_xdata()) == n


# ---------------------------------------------------------------- manners


def test_ax_given_is_used_and_returned_and_no_figure_is_made():
    figure, ax = plt.subplots()
    before = plt.get_fignums()
    assert hb.plots.accuracy(made(events=EVENTS), ax=ax) is ax
    assert plt.get_fignums() == before and figure.axes == [ax]
    first, second = hb.plots.accuracy(made()), hb.plots.accuracy(made())
    assert first.figure is not second.figure


def test_in_a_figure_without_layout_everything_stays_inside():
    figure, axes = plt.subplots(1, 2, figsize=(12, 5))
    for ax in axes:
        hb.plots.accuracy(made(events=EVENTS), ax=ax)
    figure.canvas.draw()
    assert axes[0].get_tightbbox().x1 < axes[1].bbox.x0
    assert axes[1].get_tightbbox().x1 <= figure.bbox.x1 and axes[1].get_tightbbox().y0 >= 0


def test_rcparams_are_untouched(sweep):
    before = dict(matplotlib.rcParams)
    hb.plots.accuracy(sweep)
    assert dict(matplotlib.rcParams) == before


def test_importing_the_chapter_does_not_import_matplotlib():
    code = "import sys, hebbnet.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.accuracy([0.5]), "accuracy: expected a Run or a Sweep, got list"),
    (lambda: hb.plots.accuracy(made(n=LAUNCH)), "no row was scored"),
    (lambda: hb.plots.accuracy(Sweep.of({})), "no row was scored"),
    (lambda: hb.plots.accuracy(made(), window=0), "window: expected a whole number of at least 1, got 0"),
    (lambda: hb.plots.accuracy(made(), ax=plt), "ax: expected Axes of matplotlib, got module"),
    (lambda: hb.plots.accuracy(Sweep.of({"a": [made()], "b": [made(n=6_000)]})),
     "expected runs that score the same rows, got 1000 to 6000, 1000 to 7000"),
])
def test_bad_input_is_refused_and_no_figure_is_made(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    assert not plt.get_fignums()
