"""Activations against NumPy's own functions, their slopes against differences, and both at the ends of the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.network.activations import ACTIVATIONS, activation_named


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


ORACLES = {
    "identity": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softplus": lambda z: np.logaddexp(0.0, z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1.0 + np.tanh(0.5 * z)),
    "softmax": softmax,
}
STATE = np.zeros(0)
WAYS = ["plain", pytest.param("compiled", marks=pytest.mark.compiler)]


def numbers(name: str) -> np.ndarray:
    """The activation's numbers as the engine hands them to it: four, the unused ones 0."""
    hyper = np.zeros(4)
    hyper[: len(ACTIVATIONS[name].hyper)] = ACTIVATIONS[name].hyper
    return hyper


def activity(name: str, way: str, z: np.ndarray) -> np.ndarray:
    a = np.full_like(z, np.nan)
    with np.errstate(over="ignore"):
        getattr(ACTIVATIONS[name].function, way)(z, numbers(name), STATE, a)
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
    if name in ("tanh", "sigmoid", "softmax"):
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
    getattr(ACTIVATIONS[name].slope, way)(z, activity(name, way, z), numbers(name), got)
    assert np.all(np.abs(got - numeric) <= 1e-8 + 1e-6 * np.abs(numeric))


def test_relu_is_flat_at_zero():
    d = np.ones((1, 3))
    ACTIVATIONS["relu"].slope(np.array([[-1.0, 0.0, 1.0]]), np.zeros((1, 3)), numbers("relu"), d)
    assert np.array_equal(d, [[0.0, 0.0, 1.0]])


@pytest.mark.parametrize("way", WAYS)
def test_leaky_relu_keeps_its_slope_below_zero(way):
    d, hyper = np.ones((1, 3)), np.array([0.25, 0.0, 0.0, 0.0])
    getattr(ACTIVATIONS["leaky_relu"].slope, way)(np.array([[-1.0, 0.0, 1.0]]), np.zeros((1, 3)), hyper, d)
    assert np.array_equal(d, [[0.25, 0.25, 1.0]])  # whatever its number
    assert ACTIVATIONS["leaky_relu"].hyper == (0.01,)


@pytest.mark.parametrize("way", WAYS)
def test_softplus_far_out(way):
    """z itself on the right, exp(z) on the left, to the last digit; log 2 in the middle."""
    z = np.array([[1e308, 800.0, 0.0, -40.0, -700.0]])
    expected = [[1e308, 800.0, np.log(2.0), np.exp(-40.0), np.exp(-700.0)]]
    assert np.allclose(activity("softplus", way, z), expected, rtol=1e-12, atol=0.0)
    d, z = np.ones((1, 3)), np.array([[-1e308, 0.0, 1e308]])
    with np.errstate(over="ignore"):
        getattr(ACTIVATIONS["softplus"].slope, way)(z, z, numbers("softplus"), d)
    assert np.allclose(d, [[0.0, 0.5, 1.0]], rtol=0, atol=1e-15)


def test_linear_is_a_second_name_of_identity():
    assert activation_named("linear") is ACTIVATIONS["identity"] and "linear" not in ACTIVATIONS
    assert hb.Dense(2, "linear") == hb.Dense(2, "identity")


def test_names():
    for name, activation in ACTIVATIONS.items():
        assert activation_named(name) is activation and activation.name == name
