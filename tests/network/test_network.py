"""A network is one flat theta: every W and b is a view of it, and stays one through copies and pickles."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import hebbnet as hb

LAYERS = [hb.Dense(4, "tanh"), hb.Dense(3, "relu"), hb.Dense(2, "softmax")]


def make(rng: object = 0) -> hb.Network:
    return hb.Network(5, LAYERS, rng=rng)


WAYS = {"new": lambda net: net, "copy": lambda net: net.copy(), "copy.copy": copy.copy, "deepcopy": copy.deepcopy,
        "pickle": lambda net: pickle.loads(pickle.dumps(net)), "fresh": lambda net: net.fresh(3)}


@pytest.mark.parametrize("way", WAYS)
def test_layers_are_views_of_theta(way):
    original = make()
    net = WAYS[way](original)
    assert net.theta.size == 5 * 4 + 4 + 4 * 3 + 3 + 3 * 2 + 2 and net.theta.dtype == np.float64
    net.theta[:] = np.arange(net.theta.size)
    assert np.array_equal(net.layers[0].W, np.arange(20).reshape(5, 4))
    assert np.array_equal(net.layers[0].b, [20, 21, 22, 23])
    assert np.array_equal(net.layers[2].b, [net.theta.size - 2, net.theta.size - 1])
    net.layers[1].W[2, 1] = -7.0
    net.layers[1].b[0] = -8.0
    assert net.theta[24 + 2 * 3 + 1] == -7.0 and net.theta[24 + 12] == -8.0
    assert way == "new" or not np.array_equal(original.theta, net.theta)  # memory of its own


@pytest.mark.parametrize("way", ["copy", "copy.copy", "deepcopy", "pickle"])
def test_twins_are_equal(way):
    original = make()
    original.theta[:] = np.random.default_rng(0).normal(size=original.theta.size)
    twin = WAYS[way](original)
    assert np.array_equal(twin.theta, original.theta) and twin.seed == original.seed and twin.recipe == original.recipe


def test_first_weights():
    net = hb.Network(400, [hb.Dense(300), hb.Dense(200, "relu"), hb.Dense(10, "softmax")], rng=1)
    for layer, n_in in zip(net.layers[:2], (400, 300), strict=True):
        assert layer.W.std() == pytest.approx(n_in**-0.5, rel=0.02) and abs(layer.W.mean()) < 5e-4
        assert np.all(layer.b == 0.0)
    assert np.all(net.layers[2].W == 0.0)  # a softmax read-out begins without an opinion
    assert np.allclose(net.outputs(np.ones((2, 400))), 0.1)
    assert np.any(hb.Network(3, [hb.Dense(2, "softmax", init="lecun")], rng=0).layers[0].W)
    assert not np.any(hb.Network(3, [hb.Dense(2, "tanh", init="zero")], rng=0).layers[0].W)
    assert np.any(hb.Network(3, [hb.Dense(2, "identity")], rng=0).layers[0].W)


@pytest.mark.parametrize(("init", "variance"), [
    ("lecun", 1 / 400), ("glorot", 2 / 700), ("he", 2 / 400), ("orthogonal", 1 / 400),
])
def test_first_weights_have_their_variance(init, variance):
    """120,000 weights of mean 0: their mean square is the variance, give or take 5 standard errors of sqrt(2/n)."""
    W = hb.Network(400, [hb.Dense(300, "relu", init=init)], rng=2).layers[0].W
    assert np.mean(W**2) == pytest.approx(variance, rel=5 * (2 / W.size) ** 0.5)
    assert abs(W.mean()) < 5 * (variance / W.size) ** 0.5


@pytest.mark.parametrize("shape", [(7, 7), (20, 6), (6, 20), (1, 4), (4, 1)])
def test_orthogonal_weights(shape):
    n_in, n_out = shape
    W = hb.Network(n_in, [hb.Dense(n_out, "tanh", init="orthogonal")], rng=5).layers[0].W
    square = W.T @ W if n_in >= n_out else W @ W.T
    assert np.allclose(square, np.eye(min(shape)), rtol=0, atol=1e-12)


def test_orthogonal_weights_favour_no_sign():
    """As QR leaves them, the signs depend on the algorithm, and the mean and trace are far from those of chance."""
    drawn = [hb.Network(3, [hb.Dense(3, init="orthogonal")], rng=seed).layers[0].W for seed in range(1000)]
    mean = np.mean(drawn, axis=0)  # of entries whose variance is 1/3
    assert np.abs(mean).max() < 4.5 * (1 / 3 / 1000) ** 0.5
    assert np.mean(np.trace(drawn, axis1=1, axis2=2) ** 2) == pytest.approx(1.0, abs=0.2)  # of Haar measure on O(3)


def test_he_keeps_the_size_of_relu_activities():
    """Through ten relu layers the mean square stays what it was; LeCun's halves in each."""
    X = np.random.default_rng(0).normal(size=(50, 200))
    through = {init: np.mean(hb.Network(200, [hb.Dense(200, "relu", init=init)] * 10, rng=0).outputs(X) ** 2)
               for init in ("he", "lecun")}
    assert 1 / 3 < through["he"] < 3 and through["lecun"] < 0.01


def test_second_names():
    net = hb.Network(3, [hb.Dense(2, "linear")], rng=0)
    assert repr(net) == "Network 3-2 (identity), 8 parameters"
    assert np.array_equal(net.theta, hb.Network(3, [hb.Dense(2, "identity")], rng=0).theta)


def test_seeds():
    assert np.array_equal(make(1).theta, make(1).theta) and not np.array_equal(make(1).theta, make(2).theta)
    assert np.array_equal(make().fresh(2).theta, make(2).theta)
    assert not np.array_equal(make(None).theta, make(None).theta)
    rng = np.random.default_rng(0)
    assert not np.array_equal(make(rng).theta, make(rng).theta)


def test_outputs_by_hand():
    # x = (1, 2); hidden relu: z = (1 - 2, 1 + 2) + (0, 1) = (-1, 4), a = (0, 4); output z = 2 * 4 - 1 = 7.
    net = hb.Network(2, [hb.Dense(2, "relu"), hb.Dense(1, "identity")], rng=0)
    net.layers[0].W[:], net.layers[0].b[:] = [[1.0, 1.0], [-1.0, 1.0]], [0.0, 1.0]
    net.layers[1].W[:], net.layers[1].b[:] = [[3.0], [2.0]], [-1.0]
    assert np.array_equal(net.outputs([[1.0, 2.0]]), [[7.0]])


def test_what_it_is():
    net = make()
    assert repr(net) == "Network 5-4-3-2 (tanh, relu, softmax), 47 parameters"
    assert (net.n_inputs, net.n_outputs, net.is_classifier) == (5, 2, True)
    assert not hb.Network(5, [hb.Dense(2, "sigmoid")]).is_classifier


def test_mlp_fits_its_source():
    class Source:
        n_inputs, classes = 7, ("a", "b", "c")

    assert repr(hb.mlp(Source(), rng=0)).startswith("Network 7-32-3 (tanh, softmax)")
    assert repr(hb.mlp(Source(), hidden=[], rng=0)).startswith("Network 7-3 (softmax)")
    assert repr(hb.mlp(Source(), (8, 4), activation="relu", rng=0)).startswith("Network 7-8-4-3 (relu, relu, softmax)")
    with pytest.raises(hb.InputError, match=r"mlp: hidden: expected a list.*such as \[16\], got 16"):
        hb.mlp(Source(), hidden=16)
    with pytest.raises(hb.InputError, match=r"mlp: expected a stream .*got int; hb.from_arrays"):
        hb.mlp(5)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: hb.Dense(0), "Dense: units: expected a whole number of at least 1, got 0"),
    (lambda: hb.Dense(2.5), "Dense: units"),
    (lambda: hb.Dense("16"), "Dense: units"),
    (lambda: hb.Dense(2, "Tanh"), "unknown activation 'Tanh'; known: identity, relu, .*softmax.*; did you mean 'tanh'"),
    (lambda: hb.Dense(2, None), "unknown activation None"),
    (lambda: hb.Dense(2, init="xavier"), "unknown init 'xavier'; known: lecun, zero, glorot, he, orthogonal"),
    (lambda: hb.Network(0, LAYERS), "Network: n_inputs: expected a whole number of at least 1, got 0"),
    (lambda: hb.Network(2, []), "a list of at least one hb.Dense"),
    (lambda: hb.Network(2, hb.Dense(2)), "a list of at least one hb.Dense"),
    (lambda: hb.Network(2, [16, 2]), "a list of at least one hb.Dense"),
    (lambda: hb.Network(2, [hb.Dense(2, "softmax"), hb.Dense(2)]), "layer 1 is softmax, which only the output layer"),
    (lambda: hb.Network(2, LAYERS, rng="x"), "rng: expected a whole number"),
    (lambda: make().outputs(np.zeros((2, 4))), "Network 5-4-3-2 .*: X: expected 5 columns, got 4"),
])
def test_bad_networks_are_refused(build, message):
    with pytest.raises(hb.InputError, match=message) as refused:
        build()
    assert "\n" not in str(refused.value)


def test_whole_floats_are_whole_numbers():
    assert hb.Network(np.int64(2), [hb.Dense(3.0), hb.Dense(np.int8(2), "softmax")], rng=0).sizes == (2, 3, 2)
