"""The map of a network, by its data: how wide each road is, and which it is."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots import style
from hebbnet.plots.roads import NARROWEST, WIDEST


@pytest.fixture
def network():
    return hb.Network(3, [hb.Dense(4, "tanh"), hb.Dense(2, "softmax", init="lecun")], rng=0)


def drawn(ax):
    return {line.get_gid(): line for line in ax.get_lines()}


def test_a_road_is_as_wide_as_its_weight(network):
    roads = drawn(hb.plots.roads(network))
    largest = max(np.abs(layer.W).max() for layer in network.layers)
    assert len(roads) == 12 + 8
    for number, layer in enumerate(network.layers, 1):
        for (i, j), w in np.ndenumerate(layer.W):
            line = roads[f"road {number} {i} {j}"]
            assert line.get_linewidth() == pytest.approx(max(NARROWEST, WIDEST * abs(w) / largest))
            assert line.get_color() == (style.PLUS if w > 0 else style.MINUS)
            assert (line.get_linestyle() == "-") == (w > 0)


def test_roads_join_their_neurons(network):
    ax = hb.plots.roads(network)
    at = [next(c for c in ax.collections if c.get_gid() == f"neurons {k}").get_offsets() for k in range(3)]
    assert [len(places) for places in at] == [3, 4, 2]
    x, y = drawn(ax)["road 2 3 1"].get_data()
    np.testing.assert_allclose([(x[0], y[0]), (x[1], y[1])], [at[1][3], at[2][1]])


def test_use_takes_the_place_of_the_weights_and_what_is_not_used_is_no_road(network):
    use = [np.zeros((3, 4)), np.zeros((4, 2))]
    use[0][1, 2], use[1][2, 0] = 30.0, 10.0
    roads = drawn(hb.plots.roads(network, use))
    assert {name: line.get_linewidth() for name, line in roads.items()} == {
        "road 1 1 2": WIDEST, "road 2 2 0": pytest.approx(WIDEST / 3)}


def test_pictures_with_the_same_most_can_be_compared(network):
    use = [np.ones((3, 4)), np.ones((4, 2))]
    assert {line.get_linewidth() for line in hb.plots.roads(network, use, most=2.0).get_lines()} == {WIDEST / 2}
    assert {line.get_linewidth() for line in hb.plots.roads(network, use, most=0.5).get_lines()} == {WIDEST}


def test_a_learner_a_network_without_weights_and_names(network):
    ax = hb.plots.roads(hb.Learner(network), names=(["a", "$b$", "c"], ["yes", "no"]))
    assert [text.get_text() for text in ax.texts] == ["a", "$b$", "c", "yes", "no"]
    assert not hb.plots.roads(hb.Network(2, [hb.Dense(2, init="zero")])).get_lines()


def test_ax_given_is_used_and_returned(network):
    _, ax = plt.subplots()
    before = plt.get_fignums()
    assert hb.plots.roads(network, ax=ax) is ax and plt.get_fignums() == before


@pytest.mark.parametrize(("options", "message"), [
    ({"use": [np.ones((3, 4))]}, "an array for each of 2 layers, got 1"),
    ({"use": [np.ones((2, 4)), np.ones((4, 2))]}, r"the shape of the weights, \(3, 4\), got \(2, 4\)"),
    ({"use": [np.full((3, 4), np.nan), np.ones((4, 2))]}, "roads: use: expected finite numbers"),
    ({"most": 0}, "most: expected a finite number greater than 0"),
    ({"names": (["a"], ["b"])}, "3 inputs and 2 outputs, got 1 and 1"),
    ({"ax": 3}, "ax: expected Axes"),
])
def test_what_does_not_fit_is_refused(network, options, message):
    with pytest.raises(hb.InputError, match=message):
        hb.plots.roads(network, **options)
    assert not plt.get_fignums()


@pytest.mark.parametrize(("given", "message"), [(3, "expected a Network or a Learner, got int"),
                                                (hb.Network(17, [hb.Dense(2)]), "at most 16 neurons .* has 17")])
def test_what_cannot_be_a_map_is_refused(given, message):
    with pytest.raises(hb.InputError, match=message):
        hb.plots.roads(given)
