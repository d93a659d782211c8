"""The picture of what a learner believes, by its data."""

import math

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb


class Rule:
    """A learner that believes in a concept."""

    def __init__(self, concept):
        self.concept = concept

    def predict(self, X):
        return self.concept.label(X)


class Believer:
    """P(class 1) = 1/2 + x1 / 10, whatever else it is told."""

    def predict(self, X):
        return (X[:, 0] > 0).astype(int)

    def predict_proba(self, X):
        P = np.clip(0.5 + X[:, 0] / 10, 0, 1)
        return np.column_stack([1 - P, P])


class Nearest:
    """Three classes, by the nearest of three places."""

    PLACES = np.array([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])

    def predict(self, X):
        return ((X[:, None] - self.PLACES) ** 2).sum(axis=2).argmin(axis=1)


@pytest.fixture
def plane():
    rng = np.random.default_rng(0)
    X = rng.uniform(-3, 3, (1_500, 2))
    return X, (X[:, 0] > 0).astype(int)


def contours(ax, gid):
    """The points of all lines with this name."""
    found = [c for c in ax.collections if c.get_gid() == gid]
    return np.concatenate([path.vertices for c in found for path in c.get_paths()]) if found else np.empty((0, 2))


def test_the_line_stands_where_p_is_one_half(plane):
    points = contours(hb.plots.boundary(Believer(), *plane), "boundary")
    assert len(points) and np.abs(points[:, 0]).max() < 1e-9


def test_the_truth_is_dashed_and_where_the_concept_says(plane):
    truth = hb.RotatingBoundary(math.pi / 3)
    ax = hb.plots.boundary(Believer(), *plane, truth=truth)
    points = contours(ax, "truth")
    distance = points @ [math.cos(math.pi / 3), math.sin(math.pi / 3)]
    assert len(points) and np.abs(distance).max() < 0.03
    (drawn,) = [c for c in ax.collections if c.get_gid() == "truth"]
    assert drawn.get_linestyle()[0][1] is not None  # dashes
    (solid,) = [c for c in ax.collections if c.get_gid() == "boundary"]
    assert solid.get_linestyle()[0][1] is None


def test_a_learner_without_probabilities_shows_the_class_that_wins(plane):
    X, _ = plane
    ax = hb.plots.boundary(Nearest(), X, Nearest().predict(X))
    (shade,) = [c for c in ax.collections if type(c).__name__ == "QuadMesh"]
    across, up = np.meshgrid(*(np.linspace(*limits, 301) for limits in (ax.get_xlim(), ax.get_ylim())))
    at = np.column_stack([across.ravel(), up.ravel()])
    assert np.mean(shade.get_array().ravel() == Nearest().predict(at)) > 0.99
    points = contours(ax, "boundary")
    nearest = np.sort(np.linalg.norm(points[:, None] - Nearest.PLACES, axis=2), axis=1)
    assert len(points) and (nearest[:, 1] - nearest[:, 0]).max() < 0.05
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1", "class 2", "learner"]


def test_points_have_the_colour_and_the_marker_of_their_class(plane):
    X, y = plane
    ax = hb.plots.boundary(Believer(), X, y)
    zero, one = (next(c for c in ax.collections if c.get_gid() == f"class {k}") for k in (0, 1))
    assert len(zero.get_offsets()) + len(one.get_offsets()) == 1_000
    assert (zero.get_offsets()[:, 0] <= 0).all() and (one.get_offsets()[:, 0] > 0).all()
    assert tuple(zero.get_facecolor()[0]) != tuple(one.get_facecolor()[0])
    assert not np.array_equal(zero.get_paths()[0].vertices, one.get_paths()[0].vertices)


def test_other_columns_are_held_at_their_mean():
    class Third:
        seen = None

        def predict(self, X):
            Third.seen = X
            return (X[:, 2] > 0.5).astype(int)

    X = np.random.default_rng(0).random((50, 4))
    ax = hb.plots.boundary(Third(), X, np.arange(50) % 2, columns=(2, 0))
    np.testing.assert_allclose(Third.seen[:, [1, 3]], np.broadcast_to(X[:, [1, 3]].mean(axis=0), (len(Third.seen), 2)))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x3", "x1")
    assert np.abs(contours(ax, "boundary")[:, 0] - 0.5).max() < 0.01
    (note,) = [text.get_text() for text in ax.texts if text.get_gid() == "footnote"]
    assert "other inputs at their mean" in note


def test_a_trained_learner_and_the_truth_nearly_agree():
    batch = hb.DriftStream([hb.SEA(8)], rng=0).take(3_000)
    learner = hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(8)]), hidden=[8], rng=0))
    learner.learn(batch.X, batch.y, epochs=3)
    ax = hb.plots.boundary(learner, batch.X, batch.y, truth=hb.SEA(8))
    assert np.abs(contours(ax, "boundary").sum(axis=1) - 8).max() < 1
    assert np.abs(contours(ax, "truth").sum(axis=1) - 8).max() < 0.1
    assert [text.get_text() for text in ax.get_legend().get_texts()][2:] == ["P(class 1) = 1/2", "truth"]


def test_where_one_class_wins_everywhere_there_is_no_line(plane):
    X, y = plane
    ax = hb.plots.boundary(Rule(hb.RotatingBoundary(0)), np.abs(X) + 1, y)
    assert not len(contours(ax, "boundary"))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1"]


def test_ax_given_is_used_and_returned_and_rcparams_are_untouched(plane):
    _, ax = plt.subplots()
    figures, before = plt.get_fignums(), dict(matplotlib.rcParams)
    assert hb.plots.boundary(Believer(), *plane, ax=ax) is ax
    assert plt.get_fignums() == figures and dict(matplotlib.rcParams) == before


X2, Y2 = np.zeros((3, 2)), np.array([0, 1, 0])
NUMBERS = hb.Learner(hb.Network(2, [hb.Dense(1, "identity")], rng=0))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.plots.boundary(3, X2, Y2), "expected a learner, got int"),
    (lambda: hb.plots.boundary(NUMBERS, X2, Y2), "predicts numbers"),
    (lambda: hb.plots.boundary(Believer(), X2, Y2[:2]), "as many labels as X has rows"),
    (lambda: hb.plots.boundary(Believer(), X2[:, :1], Y2), "two columns"),
    (lambda: hb.plots.boundary(Believer(), X2[:0], Y2[:0]), "at least one row"),
    (lambda: hb.plots.boundary(Believer(), X2, Y2, columns=(0, 2)), "X has the columns 0 .. 1, got 2"),
    (lambda: hb.plots.boundary(Believer(), X2, Y2, columns=(1, 1)), "two different column numbers"),
    (lambda: hb.plots.boundary(Believer(), X2, Y2, truth=hb.SEA(8)), "truth: expected a concept with 2 inputs"),
    (lambda: hb.plots.boundary(Believer(), X2 * np.nan, Y2), "finite"),
])
def test_bad_input_is_refused_and_no_figure_is_made(call, message):
    with pytest.raises(hb.InputError, match=message):
        call()
    assert not plt.get_fignums()
