"""The pictures of weights, by their data: how long and which way, and the tiles of what neurons look for."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots import style


def lines(ax, gid):
    return {line.get_label(): line for line in ax.get_lines() if line.get_gid() == gid}


def words(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


@pytest.fixture(scope="module")
def paths():
    """Two rules, five seeds, weights in three dimensions."""
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(5, 8, 3)) for name in ("Hebb", "Oja")}


# ---------------------------------------------------------------- growth


def test_lines_are_the_median_length_and_the_median_cosine(paths):
    component = np.array([0.0, 0.0, 4.0])
    left, right = hb.plots.growth(paths, component, every=10).axes
    for name, path in paths.items():
        length = np.linalg.norm(path, axis=2)
        t, y = lines(left, "rule")[name].get_data()
        np.testing.assert_array_equal(t, 10 * np.arange(8))
        np.testing.assert_allclose(y, np.median(length, axis=0))
        np.testing.assert_allclose(lines(right, "rule")[name].get_ydata(), np.median(np.abs(path[:, :, 2]) / length, 0))
    assert left.get_yscale() == "log" and right.get_ylim() == (0.0, 1.03)
    assert left.get_xlim() == right.get_xlim() == (0, 70)
    assert len([c for c in left.collections if c.get_gid() == "band"]) == 2
    assert words(left, "footnote") == ["median of 5 seeds, band: quartiles"]


def test_every_seed_may_have_its_own_component():
    """Each points along its own."""
    own = np.eye(3)[:2]
    along = np.repeat(own[:, None], 4, axis=1)
    line = lines(hb.plots.growth({"Oja": along}, own).axes[1], "rule")["Oja"]
    np.testing.assert_allclose(line.get_ydata(), 1.0)


def test_one_seed_has_no_band_and_says_so():
    left, _ = hb.plots.growth({"Hebb": np.ones((4, 2))}, [1.0, 0.0]).axes
    assert words(left, "footnote") == ["n = 1"] and not [c for c in left.collections if c.get_gid() == "band"]


def test_names_stand_at_the_ends_of_their_lines_on_a_logarithmic_scale(paths):
    """Also where a line has grown by many orders of magnitude."""
    grown = {"Hebb": 10.0 ** np.arange(8)[:, None] * np.ones(3), "Oja": np.ones((8, 3))}
    figure = hb.plots.growth(grown, [1.0, 0.0, 0.0])
    figure.canvas.draw()
    left = figure.axes[0]
    for text in left.texts:
        if text.get_gid() == "name":
            end = left.transData.transform((7, lines(left, "rule")[text.get_text()].get_ydata()[-1]))[1]
            box = text.get_window_extent()
            assert abs((box.y0 + box.y1) / 2 - end) < 15


def test_a_rule_keeps_its_look_and_all_differ_without_colour(paths):
    drawn = lines(hb.plots.growth(paths, np.ones(3)).axes[0], "rule")
    assert drawn["Hebb"].get_color() == style.RULES["Hebb"].colour
    looks = style.rule_looks([*style.RULES, "Gradient (softmax)", "mine", ""])
    assert looks["Gradient"] == style.RULES["Gradient"] != looks["Gradient (softmax)"]
    assert len({(look.colour, str(look.dashes), look.width) for look in looks.values()}) == len(style.RULES) + 3
    assert len({(str(look.dashes), look.width) for look in style.RULES.values()}) == len(style.RULES)


@pytest.mark.parametrize(("weights", "component", "message"), [
    ([1.0], [1.0], "expected a dict of at least one rule, got list"),
    ({}, [1.0], "expected a dict of at least one rule"),
    ({"Hebb": np.ones(3)}, np.ones(3), r"weights of Hebb: .* got shape \(3,\)"),
    ({"Hebb": np.full((3, 2), np.nan)}, np.ones(2), "weights of Hebb: expected finite numbers"),
    ({"Hebb": np.ones((3, 2)), "Oja": np.ones((4, 2))}, np.ones(2), "one shape for all rules"),
    ({"Hebb": np.ones((3, 2))}, np.ones(3), "component: expected 2 columns"),
    ({"Hebb": np.ones((3, 2))}, np.zeros(2), "none of length 0"),
    ({"Hebb": np.ones((5, 3, 2))}, np.ones((2, 2)), "one for each of 5 seeds"),
])
def test_growth_refuses_what_it_cannot_draw(weights, component, message):
    with pytest.raises(hb.InputError, match=message):
        hb.plots.growth(weights, component)
    assert not plt.get_fignums()


# ---------------------------------------------------------------- fields


def test_tiles_are_the_columns_of_the_weights():
    W = np.random.default_rng(0).normal(size=(6, 5))
    (ax,) = hb.plots.fields(W, (2, 3)).axes
    tiles = ax.images[0].get_array()
    assert tiles.shape == (2 * 2 + 1, 3 * 3 + 2)  # three across, two down, one pixel between
    for j in range(5):
        top, left = j // 3 * 3, j % 3 * 4
        np.testing.assert_allclose(tiles[top : top + 2, left : left + 3],
                                   W[:, j].reshape(2, 3) / np.abs(W[:, j]).max())
    assert tiles.mask[:, 3].all() and tiles.mask[2].all() and tiles.mask[3:, 8:].all()
    assert tiles.mask.sum() == tiles.size - 30


def test_several_layers_stand_below_their_names():
    figure = hb.plots.fields({"before": np.ones((4, 1)), "after $x$": np.zeros((4, 2))}, (2, 2))
    assert [ax.get_title() for ax in figure.axes] == ["before", "after $x$"]
    assert [float(ax.images[0].get_array().max()) for ax in figure.axes] == [1.0, 0.0]


def test_the_colours_grow_darker_without_colour():
    colours = hb.plots.fields(np.ones((1, 1)), (1, 1)).axes[0].images[0].get_cmap()(np.linspace(0, 1, 50))
    grey = colours[:, :3] @ [0.299, 0.587, 0.114]
    assert (np.diff(grey) < 0).all() and grey[0] - grey[25] > 0.15 < grey[25] - grey[-1]


@pytest.mark.parametrize(("weights", "shape", "message"), [
    (np.ones((6, 2)), (2, 2), "an image of 2 x 2 has 4 pixels, got weights of 6 inputs"),
    (np.ones(4), (2, 2), "weights: expected"), (np.ones((4, 2)), 4, r"shape: expected \(height, width\)"),
    (np.ones((4, 2)), (0, 4), "shape: expected a whole number of at least 1"),
    ({}, (2, 2), "there are no weights"),
])
def test_fields_refuses_what_it_cannot_draw(weights, shape, message):
    with pytest.raises(hb.InputError, match=message):
        hb.plots.fields(weights, shape)
    assert not plt.get_fignums()
