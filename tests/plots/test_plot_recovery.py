"""Recovery aligned at the drift, by its data."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots.recovery import aligned
from hebbnet.training.record import Run

LAUNCH, N, DRIFTS = 1_000, 8_000, (3_000, 5_500)


def made(policy="mine", recipe="Mine()", *, down=600, share=0.5, spans=None, seed=0, n=N):
    """Right on 9 of 10 rows, after each drift on `share` of them for `down` rows."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.5).astype(np.int32)
    right = rng.random(n) < 0.9
    for drift in DRIFTS:
        right[drift : drift + down] = rng.random(len(right[drift : drift + down])) < share
    truth = {"y": y, "concept": np.zeros(n, np.int32), "clean": y, "bayes": np.full(n, 0.95), "p": np.zeros(n)}
    return Run(policy=policy, recipe=recipe, online=False, settings={"launch": LAUNCH, "steps": n, "label_delay": 0},
               predictions=np.where(right, y, 1 - y)[LAUNCH:].astype(np.int32), truth=truth, events=[],
               spans=[(drift, 0) for drift in DRIFTS] if spans is None else spans, classes=["0", "1"],
               concepts=["SEA(7)"], served=[(LAUNCH, LAUNCH)], updates=0)


@pytest.fixture(scope="module")
def sweep():
    return hb.Sweep.of({"quick": [made(seed=k) for k in range(4)],
                        "never": [made("never", "Never()", down=N, seed=k) for k in range(4)]})


def marks(ax, gid):
    return [line for line in ax.get_lines() if line.get_gid() == gid]


def test_lines_are_the_median_over_drifts_and_seeds_in_bins_counted_from_the_drift(sweep):
    ax = hb.plots.recovery(sweep)
    quick = next(line for line in marks(ax, "policy") if line.get_label() == "quick")
    runs = sweep.runs["quick"]
    for x, y in zip(*quick.get_data(), strict=True):
        rows = [slice(int(drift + x - 50) - LAUNCH, int(drift + x + 50) - LAUNCH) for drift in DRIFTS]
        assert y == np.median([run.correct[row].mean() for row in rows for run in runs])
    assert len(marks(ax, "policy")) == len([c for c in ax.collections if c.get_gid() == "band"]) == 2


def test_no_bin_holds_rows_of_before_and_after():
    run = made()
    for size in (100, 300):
        at, lines = aligned([run], run.after_drifts(), -1_000, 2_500, size)
        assert lines.shape == (2, len(at))
        assert ((np.abs(at) + 1e-9) % size > size / 2 - 1).all()  # middles, half a bin from the drift
        assert lines[:, at > 0][:, 0].max() < 0.7 < lines[:, at < 0].min()


def test_marks_stand_at_what_the_summary_says(sweep):
    ax = hb.plots.recovery(sweep)
    drifts = sweep.after_drifts("quick")
    back = sorted((line.get_xdata()[0], line.get_ydata()[0]) for line in marks(ax, "back")
                  if line.get_label() == "_quick")
    assert back == sorted((drift.recovery, 0.97 * drift.level) for drift in drifts)
    (dip,) = [line for line in marks(ax, "dip") if line.get_label() == "_quick"]
    assert dip.get_ydata()[0] == pytest.approx(np.mean([drift.level - drift.dip for drift in drifts]))
    assert 0 < dip.get_xdata()[0] < 600
    names = [text.get_text() for text in ax.texts if text.get_gid() == "name"]
    summary = sweep.summary()["quick"]
    assert f"quick\ndip {summary['dip']:.2f}, back after {summary['recovery']:,.0f}" in names


def test_what_does_not_come_back_is_marked_at_the_edge_and_said(sweep):
    ax = hb.plots.recovery(sweep, rows=2_000)
    censored = [line for line in marks(ax, "not back") if line.get_label() == "_never"]
    assert censored and {line.get_xdata()[0] for line in censored} == {2_000} and ax.get_xlim()[1] == 2_000
    assert any(text.get_text().startswith("never") and "not back" in text.get_text() for text in ax.texts)


def test_limits_chance_and_the_drift(sweep):
    ax = hb.plots.recovery(sweep)
    assert ax.get_xlim() == (-1_000, 2_500) and ax.get_ylim()[1] == 1.0
    assert [line.get_xdata()[0] for line in marks(ax, "drift")] == [0]
    assert marks(ax, "chance")[0].get_ydata()[0] == 0.5
    assert ax.get_ylabel() == "accuracy in bins of 100 samples"
    (note,) = [text.get_text().replace("\n", " ") for text in ax.texts if text.get_gid() == "footnote"]
    assert "2 drifts x 4 seeds" in note and "97%" in note


def test_a_drift_with_a_width_is_a_span():
    ax = hb.plots.recovery(made(spans=[(3_000, 400), (5_500, 400)]))
    assert [(p.get_x(), p.get_width()) for p in ax.patches if p.get_gid() == "drift"] == [(0, 400)]


def test_ax_given_is_used():
    _, ax = plt.subplots()
    assert hb.plots.recovery(made(), ax=ax) is ax and len(plt.get_fignums()) == 1


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.recovery("run"), "recovery: expected a Run or a Sweep, got str"),
    (lambda: hb.plots.recovery(made(spans=[])), "met no drift with 500 scored rows"),
    (lambda: hb.plots.recovery(made(), rows=10), "recovery: rows"),
    (lambda: hb.plots.recovery(made(), share=2), "recovery: share"),
])
def test_bad_input_is_refused_and_no_figure_is_made(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    assert not plt.get_fignums()
