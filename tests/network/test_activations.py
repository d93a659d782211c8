"""Activations against NumPy's own functions, their slopes against differences, and both at the ends of the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebbnet.network.activations import ACTIVATIONS, activation_named


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


ORACLES = {
    "identity": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1.0 + np.tanh(0.5 * z)),
    "softmax": softmax,
}
HYPER, STATE = np.zeros(4), np.zeros(0)
WAYS = ["plain", pytest.param("compiled", marks=pytest.mark.compiler)]


def activity(name: str, way: str, z: np.ndarray) -> np.ndarray:
    a = np.full_like(z, np.nan)
    with np.errstate(over="ignore"):
        getattr(ACTIVATIONS[name].function, way)(z, HYPER, STATE, a)
    return a


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ORACLES)
@given(seed=st.integers(0, 10**6), units=st.integers(1, 11), scale=st.sampled_from([1e-8, 1.0, 30.0]))
def test_functions(name, way, seed, units, scale):
    z = scale * np.random.default_rng(seed).normal(size=(3, units))
    assert np.allclose(activity(name, way, z), ORACLES[name](z), rtol=1e-14, atol=5e-16)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ORACLES)
def test_nothing_overflows(name, way):
    z = np.array([[1e3, -1e3, 0.0], [1e308, -1e308, 1e308], [-1e308, -1e308, -1e308], [710.0, 709.0, -750.0]])
    a = activity(name, way, z)
    assert np.all(np.isfinite(a))
    if name != "identity" and name != "relu":
        assert np.all(np.abs(a) <= 1.0)
    if name == "softmax":
        assert np.allclose(a.sum(axis=1), 1.0) and np.allclose(a[1], [0.5, 0.0, 0.5]) and np.allclose(a[2], 1.0 / 3.0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ORACLES)
def test_nothing_is_made_of_nan(name, way):
    with np.errstate(invalid="ignore"):
        assert np.all(np.isnan(activity(name, way, np.full((2, 3), np.nan))))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ORACLES)
def test_slopes_are_the_derivatives(name, way):
    """The slope turns d = -dL/da into -dL/dz; for softmax, through the whole Jacobian."""
    rng = np.random.default_rng(0)
    z, d, h = rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), 1e-6
    z = np.where(np.abs(z) < 1e-2, 0.5, z)
    numeric = np.empty_like(z)
    for j in range(4):
        step = h * np.eye(4)[j]
        numeric[:, j] = (d * (ORACLES[name](z + step) - ORACLES[name](z - step))).sum(axis=1) / (2 * h)
    got = d.copy()
    getattr(ACTIVATIONS[name].slope, way)(z, activity(name, way, z), HYPER, got)
    assert np.all(np.abs(got - numeric) <= 1e-8 + 1e-6 * np.abs(numeric))


def test_relu_is_flat_at_zero():
    d = np.ones((1, 3))
    ACTIVATIONS["relu"].slope(np.array([[-1.0, 0.0, 1.0]]), np.zeros((1, 3)), HYPER, d)
    assert np.array_equal(d, [[0.0, 0.0, 1.0]])


def test_names():
    for name, activation in ACTIVATIONS.items():
        assert activation_named(name) is activation and activation.name == name
