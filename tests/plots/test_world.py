"""What the world did, by its data; and the diagram of the loop, by its names."""

import inspect
from copy import copy

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import hebbnet as hb
from hebbnet.plots import diagram, style
from hebbnet.plots.world import shares

A, B, C = hb.SEA(7), hb.SEA(10), hb.SEA(13)
SLOW = hb.DriftStream([A, B, C, A], at=[1_000, hb.Gradual(2_000, width=600), hb.Incremental(4_000, width=1_000)], rng=0)


def areas(ax, k):
    """The corners of the area of concept k."""
    (area,) = [c for c in ax.collections if c.get_gid() == f"concept {k}"]
    return np.concatenate([path.vertices for path in area.get_paths()])


def drifts(ax):
    return [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches if p.get_gid() == "drift"]


def test_shares_are_what_the_stream_says():
    share, batch = shares(SLOW, 6_000), copy(SLOW).take(6_000)
    np.testing.assert_allclose(share.sum(axis=0), 1.0)
    for k in range(3):
        alone = batch.p % 1 == 0
        np.testing.assert_array_equal(share[k, alone], batch.concept[alone] == k)
    np.testing.assert_array_equal(share[2, 2_000:2_600], batch.p[2_000:2_600])
    np.testing.assert_array_equal(share[0, 4_000:5_000], batch.p[4_000:5_000])
    assert SLOW.position == 0  # it is looked at, and not used up


def test_a_concept_that_gives_way_to_itself_keeps_its_share():
    np.testing.assert_array_equal(shares(hb.DriftStream([A, A], at=hb.Gradual(100, width=50)), 300), 1.0)


def test_drifts_are_marked_at_the_drift_points():
    ax = hb.plots.world(SLOW)
    assert [start for start, _ in drifts(ax)] == SLOW.drift_points
    assert drifts(ax) == [(drift.position, drift.stop) for drift in SLOW.drifts]
    assert ax.get_xlim() == (0, 6_249) and ax.get_ylim() == (0, 1)
    assert [start for start, _ in drifts(hb.plots.world(SLOW, 3_000))] == [1_000, 2_000]


def test_the_border_of_a_gradual_drift_is_slanted_and_that_of_a_sudden_one_upright():
    ax = hb.plots.world(SLOW)
    x, y = areas(ax, 2).T
    slanted = (x > 2_000) & (x < 2_600) & (y < 1)
    np.testing.assert_allclose(y[slanted], 1 - (x[slanted] - 2_000 + 0.5) / 600, atol=1e-12)
    x, y = areas(ax, 0).T
    assert x[(y > 0) & (x < 2_000)].max() == 999


def test_a_concept_that_moves_changes_its_colour_and_nothing_else_does():
    ax = hb.plots.world(SLOW)
    bars = [p for p in ax.patches if p.get_gid() == "moving"]
    assert bars[0].get_x() == 4_000 and bars[-1].get_x() + bars[-1].get_width() == 5_000
    assert all(bar.get_height() == 1 for bar in bars)
    np.testing.assert_allclose(bars[0].get_facecolor()[:3], to_rgb(style.VARIANTS[2]))
    np.testing.assert_allclose(bars[-1].get_facecolor()[:3], to_rgb(style.VARIANTS[0]))
    still = hb.plots.world(hb.DriftStream([A, B], at=1_000, rng=0))
    assert not [p for p in still.patches if p.get_gid() == "moving"]


def test_concepts_are_named_where_they_rule_alone():
    ax = hb.plots.world(SLOW)
    names = [(text.get_text(), text.get_position()[0]) for text in ax.texts if text.get_gid() == "name"]
    assert names == [("SEA(7)", 500), ("SEA(10)", 1_500), ("SEA(13)", 3_300), ("SEA(7)", 5_625)]
    ax = hb.plots.world(SLOW, first=1_200)
    assert ax.get_xlim()[0] == 1_200 and min(t.get_position()[0] for t in ax.texts if t.get_gid() == "name") == 1_600


def test_worlds_shows_each_stream_between_its_two_concepts():
    noisy = hb.concepts.Noisy(A, 0.3)
    figure = hb.plots.worlds({"sudden": hb.DriftStream([A, C], at=500, rng=0), "none": hb.DriftStream([A], rng=0),
                              "noise": hb.DriftStream([A, noisy], at=500, rng=0)})
    assert len(figure.axes) == 9 and [ax.get_title() for ax in figure.axes[1::3]] == ["sudden", "none", "noise"]
    letters = [ax.texts[0].get_text() for ax in figure.axes if ax.texts and ax.get_title() == ""]
    assert letters == ["A", "B", "A", "A", "A", "B"]

    def points(ax, k):
        (found,) = [c for c in ax.collections if c.get_gid() == f"class {k}"]
        return np.asarray(found.get_offsets())

    left, right = figure.axes[0], figure.axes[2]
    assert left.get_xlim() == right.get_xlim() and left.get_ylim() == right.get_ylim()
    for ax, theta in ((left, 7), (right, 13)):
        assert (points(ax, 1).sum(axis=1) <= theta).all() and (points(ax, 0).sum(axis=1) > theta).all()
    wrong = points(figure.axes[8], 1).sum(axis=1) > 7  # noise is seen as samples on the wrong side
    assert wrong.mean() > 0.05


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.world(hb.SEA(7)), "world: expected a DriftStream, which knows what it did, got SEA"),
    (lambda: hb.plots.world(SLOW, 1), "world: steps"),
    (lambda: hb.plots.world(SLOW, 500, first=499), "world: first"),
    (lambda: hb.plots.worlds([SLOW]), "worlds: expected a dict"),
    (lambda: hb.plots.worlds({"a": 3}), "worlds: a: expected a DriftStream"),
    (lambda: hb.plots.worlds({"a": hb.DriftStream([hb.concepts.Friedman()])}), "at least two inputs, and classes"),
])
def test_bad_input_is_refused_and_no_figure_is_made(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    assert not plt.get_fignums()


# ---------------------------------------------------------------- the loop


def test_every_name_in_the_loop_is_one_of_the_package():
    known = set(inspect.signature(hb.run).parameters)
    for words in (name for step in diagram.STEPS for name in step.names):
        for name in words.removesuffix(" ...").split(", "):
            if name.startswith("hb."):
                thing = hb
                for part in name.split(".")[1:]:
                    thing = getattr(thing, part)
            elif name.endswith("="):
                assert name[:-1] in known
            else:
                assert name == "Event 'deploy'"
    assert any("cycle_time=" in text.get_text() for text in hb.plots.loop().texts) and "cycle_time" in known


def test_the_loop_goes_round():
    ax = hb.plots.loop()
    steps = [text.get_text().split()[1] for text in ax.texts if text.get_gid() == "step"]
    assert steps == ["stream", "predict", "score", "monitor", "decide", "train", "validate", "deploy"]
    assert len([text for text in ax.texts if text.get_gid() == "arrow"]) == 7 + 3 + 1  # on, back, and the cycle time
    assert len([p for p in ax.patches if p.get_gid() == "box"]) == 8


def test_the_loop_is_drawn_where_it_is_asked_for():
    _, ax = plt.subplots()
    assert hb.plots.loop(ax=ax) is ax
