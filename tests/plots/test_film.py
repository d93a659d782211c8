"""Stills and film of a drift, by their data; and the bytes of the film, which are the same each time."""

import math
import warnings
from copy import copy

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.animation import PillowWriter

import hebbnet as hb
from hebbnet.plots.film import shoot

STREAM = hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(math.pi / 2)], at=600, rng=0)
MOMENTS = [400, 600, 700, 1_600]


class Follower:
    """Believes the rule of the last row it has learned: what it says shows what it was shown."""

    def __init__(self):
        self.rows, self.X, self.y = 0, np.empty((0, 2)), np.empty(0, int)

    def learn(self, X, y):
        self.rows += len(X)
        self.X, self.y = X, y

    def copy(self):
        return copy(self)

    def predict(self, X):
        return np.full(len(X), int(self.rows > 600))


def contour(ax, gid):
    return np.concatenate([p.vertices for c in ax.collections if c.get_gid() == gid for p in c.get_paths()])


def test_each_still_is_taken_before_its_row_is_learned():
    rows = []

    class Counting(Follower):
        def predict(self, X):
            rows.append(self.rows)
            return super().predict(X)

    reel = shoot(Counting(), STREAM, MOMENTS, 50, (0, 1), "film")
    assert sorted(set(rows)) == MOMENTS
    taken = copy(STREAM)
    for still in reel.stills:
        taken.restart()
        taken.take(still.t)
        batch = taken.take(50)
        np.testing.assert_array_equal(still.X, batch.X)
        np.testing.assert_array_equal(still.y, batch.y)
        assert still.right == np.mean(batch.y == int(still.t > 600))


def test_the_learner_and_the_stream_are_left_as_they_were():
    learner, stream = Follower(), copy(STREAM)
    stream.take(7)
    hb.plots.filmstrip(learner, stream, MOMENTS)
    assert learner.rows == 0 and stream.position == 7


def test_a_strip_has_a_panel_for_each_moment_with_one_scale_and_the_rule_that_holds():
    figure = hb.plots.filmstrip(hb.LeastSquares(), STREAM, MOMENTS)
    assert [ax.get_title().split(":")[0] for ax in figure.axes] == ["−200", "drift", "+100", "+1,000"]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in figure.axes}) == 1
    before, at = (contour(figure.axes[k], "truth") for k in (0, 1))
    assert np.abs(before[:, 0]).max() < 0.05 and np.abs(at[:, 1]).max() < 0.05  # upright, then level
    believed = contour(figure.axes[1], "boundary")
    assert np.abs(believed[:, 0]).max() < 0.5  # it still believes the old one
    rights = [float(ax.get_title().split()[1]) for ax in figure.axes]
    assert rights[0] > 0.9 and 0.35 < rights[1] < 0.65 and rights[3] > rights[1]
    classes = [c.get_gid() for c in figure.axes[0].collections if "class" in (c.get_gid() or "")]
    assert classes == ["class 0", "class 1"]


def test_the_rule_of_a_concept_that_moves_is_where_it_has_come_to():
    turning = hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(math.pi / 2)], at=hb.Incremental(100, 1_000),
                             rng=0)
    figure = hb.plots.filmstrip(hb.LeastSquares(), turning, [50, 600])
    points = contour(figure.axes[1], "truth")
    angle = (500.5 / 1_000) * math.pi / 2
    assert np.abs(points @ [math.cos(angle), math.sin(angle)]).max() < 0.06


def test_without_moments_it_looks_around_the_first_drift():
    figure = hb.plots.filmstrip(Follower(), STREAM)
    assert [ax.get_title().split(":")[0] for ax in figure.axes] == ["−200", "drift", "+100", "+1,000"]
    early = hb.DriftStream([hb.SEA(7), hb.SEA(9)], at=50, rng=0)  # there is no row 200 before
    assert len(hb.plots.filmstrip(hb.LeastSquares(), early).axes) == 3


def test_real_data_are_drawn_without_a_rule_and_by_row():
    X = np.random.default_rng(0).normal(size=(300, 2))
    figure = hb.plots.filmstrip(hb.LeastSquares(), hb.from_arrays(X, (X[:, 0] > 0).astype(int)), [100, 200], samples=30)
    assert [ax.get_title().split(":")[0] for ax in figure.axes] == ["row 100", "row 200"]
    assert not [c for ax in figure.axes for c in ax.collections if c.get_gid() == "truth"]


# ---------------------------------------------------------------- the film


def test_two_films_have_the_same_bytes_and_their_pictures_differ(tmp_path):
    made = []
    for name in ("a.gif", "b.gif"):
        moving = hb.plots.film(hb.LeastSquares(), STREAM, MOMENTS[1:])
        moving.save(tmp_path / name, writer=PillowWriter(fps=8), dpi=40)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    from PIL import Image

    with Image.open(tmp_path / "a.gif") as image:
        pictures = []
        for k in range(image.n_frames):
            image.seek(k)
            pictures.append(image.convert("RGB").tobytes())
    assert len(set(pictures)) == 3


def test_the_film_runs_in_jupyter_without_any_other_program(monkeypatch):
    monkeypatch.setenv("PATH", "")
    moving = hb.plots.film(hb.LeastSquares(), STREAM, MOMENTS[:2])
    html = moving.to_jshtml(default_mode="once")
    assert html.count("data:image/png;base64") == 2


def test_each_picture_shows_its_moment():
    moving = hb.plots.film(hb.LeastSquares(), STREAM, MOMENTS)
    plane, curve = moving._fig.axes
    lines = {line.get_gid(): line for line in curve.get_lines()}
    rights = [still.right for still in shoot(hb.LeastSquares(), STREAM, MOMENTS, 200, (0, 1), "film").stills]
    for k, t in enumerate(MOMENTS):
        moving._func(k)
        assert plane.get_title(loc="left") == f"row {t:,}"
        np.testing.assert_array_equal(lines["right"].get_xdata(), MOMENTS[: k + 1])
        np.testing.assert_array_equal(lines["right"].get_ydata(), rights[: k + 1])
        assert lines["now"].get_xdata()[0] == t
    assert curve.get_xlim() == (400, 1_600) and curve.get_ylim()[1] == 1.0
    assert [p.get_x() for p in curve.patches if p.get_gid() == "drift"] == STREAM.drift_points


def test_a_film_that_nobody_shows_is_dropped_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        moving = hb.plots.film(hb.LeastSquares(), STREAM, MOMENTS[:2])
        assert moving._draw_was_started
        del moving


def test_the_usual_moments_are_denser_just_after_the_drift():
    moving = hb.plots.film(Follower(), STREAM)
    frames = list(moving.new_frame_seq())
    assert len(frames) == 32
    _, curve = moving._fig.axes
    assert curve.get_xlim() == (200, 2_600)


def test_rcparams_are_untouched():
    before = dict(matplotlib.rcParams)
    hb.plots.filmstrip(Follower(), STREAM, [10])
    hb.plots.film(Follower(), STREAM, [10])
    assert dict(matplotlib.rcParams) == before


NUMBERS = hb.DriftStream([hb.concepts.Friedman()], rng=0)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.filmstrip(3, STREAM), "filmstrip: expected a learner"),
    (lambda: hb.plots.film(Follower(), 3), "film: expected a stream with classes, got 3"),
    (lambda: hb.plots.film(Follower(), NUMBERS), "film: expected a stream with classes"),
    (lambda: hb.plots.film(Follower(), hb.DriftStream([hb.SEA(7)], rng=0)), "the stream has no drift"),
    (lambda: hb.plots.filmstrip(Follower(), STREAM, [200, 100]), "rows that do not fall"),
    (lambda: hb.plots.filmstrip(Follower(), STREAM, []), "rows that do not fall"),
    (lambda: hb.plots.filmstrip(Follower(), STREAM, [-1]), "filmstrip: moments"),
    (lambda: hb.plots.filmstrip(Follower(), STREAM, [1], samples=0), "filmstrip: samples"),
    (lambda: hb.plots.filmstrip(Follower(), STREAM, [1], columns=(0, 2)), "columns"),
    (lambda: hb.plots.filmstrip(Follower(), hb.from_arrays(np.eye(2), [0, 1]), [5]), "the stream ends before row 5"),
])
def test_bad_input_is_refused_and_no_figure_is_made(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    assert not plt.get_fignums()
