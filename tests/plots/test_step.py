"""The picture of one update, by its data: every number of the trace stands where it belongs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots import style
from hebbnet.plots.step import _short

X, Y = np.array([0.5, -1.0, 2.0]), 0


def learner(*sizes, **options):
    layers = [*(hb.Dense(m, "tanh") for m in sizes[1:-1]), hb.Dense(sizes[-1], "softmax", init="lecun")]
    return hb.Learner(hb.Network(sizes[0], layers, rng=0), standardize=False, **options)


def cells(figure):
    """What is written in each cell, by its name."""
    ax = figure.axes[0]
    at = {tuple(np.round(t.get_position(), 6)): t.get_text() for t in ax.texts if t.get_gid() == "number"}
    middles = {p.get_gid(): (p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2) for p in ax.patches}
    return {name: at[tuple(np.round(middle, 6))] for name, middle in middles.items()}


def test_every_number_of_the_trace_is_there():
    trace = learner(3, 4, 2).trace(X, Y)
    found = cells(hb.plots.step(trace))
    wanted = {f"pre 0 {i}": value for i, value in enumerate(X)}
    for number, layer in enumerate(trace.layers, 1):
        for kind in ("z", "post", "signal"):
            wanted |= {f"{kind} {number} {j}": value for j, value in enumerate(getattr(layer, kind)[0])}
        wanted |= {f"told {number} {j}": value for j, value in enumerate(layer.signal[0])}
        wanted |= {f"saw {number} {i}": value for i, value in enumerate(layer.pre[0])}
        wanted |= {f"dW {number} {i} {j}": layer.dW[i, j] for i, j in np.ndindex(layer.dW.shape)}
    assert found == {name: _short(value) for name, value in wanted.items()}
    assert len(found) == 3 + 3 * 6 + 6 + 7 + 12 + 8


def test_a_sign_has_its_colour_and_its_edge():
    trace = learner(3, 4, 2).trace(X, Y)
    patches = {p.get_gid(): p for p in hb.plots.step(trace).axes[0].patches}
    minus, plus = patches["pre 0 1"], patches["pre 0 2"]
    assert minus.get_linestyle() != "-" and plus.get_linestyle() in ("-", "solid")
    assert plus.get_facecolor()[:3] == pytest.approx(style.signed(2.0, 2.0))
    assert minus.get_facecolor()[:3] == pytest.approx(style.signed(-1.0, 2.0))


def test_signs_differ_in_grey_and_stronger_is_darker():
    def grey(value):
        return float(np.dot(style.signed(value, 1.0), (0.299, 0.587, 0.114)))

    assert grey(-1.0) - grey(1.0) > 0.2
    assert grey(0.0) == pytest.approx(1.0)
    for sign in (1, -1):
        shades = [grey(sign * size) for size in (0.1, 0.4, 0.7, 1.0)]
        assert shades == sorted(shades, reverse=True)


def test_lines_are_the_weights():
    trace = learner(3, 4, 2).trace(X, Y)
    lines = {line.get_gid(): line for line in hb.plots.step(trace).axes[0].get_lines()}
    assert len(lines) == 12 + 8
    W = trace.layers[0].W
    thick = {(i, j): lines[f"W 1 {i} {j}"].get_linewidth() for i, j in np.ndindex(W.shape)}
    assert max(thick, key=thick.get) == np.unravel_index(np.abs(W).argmax(), W.shape)
    assert all((lines[f"W 1 {i} {j}"].get_color() == style.PLUS) == (W[i, j] > 0) for i, j in np.ndindex(W.shape))


def test_of_a_batch_the_first_sample_is_drawn_and_that_is_said():
    figure = hb.plots.step(learner(3, 2).trace(np.array([X, -X]), [0, 1]))
    assert cells(figure)["pre 0 0"] == "+0.50"
    (note,) = [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "footnote"]
    assert "the first of 2 samples, dW their mean" in note


def test_without_a_signal_no_arrow_runs_back():
    def ways(figure):
        return [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "way"]

    assert ways(hb.plots.step(learner(3, 2).trace(X, Y))) == ["forward: z, post", "back: signal"]
    alone = hb.Learner(hb.Network(3, [hb.Dense(2, "identity")], rng=0), rule=hb.Hebb(), rate=0.1)
    assert ways(hb.plots.step(alone.trace(X))) == ["forward: z, post"]


@pytest.mark.parametrize("sizes", [(1, 2), (8, 8), (3, 4, 2), (2, 3, 3, 2)])
def test_numbers_fit_their_cells_and_can_be_read(sizes):
    figure = hb.plots.step(learner(*sizes).trace(np.linspace(-2, 99.99, sizes[0]), 1))
    figure.canvas.draw()
    cell = next(p for p in figure.axes[0].patches).get_window_extent()
    numbers = [text for text in figure.axes[0].texts if text.get_gid() == "number"]
    assert min(text.get_fontsize() for text in numbers) >= style.SMALL
    assert all(text.get_window_extent().width <= cell.width for text in numbers)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 for box in boxes)


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.5, "+0.50"), (-1.234, "−1.23"), (0.003, "+0.003"),
                                             (-1e-5, "≈0"), (512.0, "+512")])
def test_numbers_are_short(value, text):
    assert _short(value) == text


@pytest.mark.parametrize(("given", "message"), [
    (3, "step: expected a Trace, got int"),
    (learner(9, 2).trace(np.ones(9), 0), "8 inputs or neurons in a layer, .* got 9"),
    (learner(8, 8, 8, 8).trace(np.ones(8), 0), "15 numbers side by side, can be read, got 8 and 30"),
])
def test_what_cannot_be_read_is_refused_and_no_figure_is_made(given, message):
    with pytest.raises(hb.InputError, match=message):
        hb.plots.step(given)
    assert not plt.get_fignums()
