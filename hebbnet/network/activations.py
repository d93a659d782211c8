"""What a neuron makes of its potential: a = f(z), and the slope that turns a signal at a into a signal at z.

Each activation is a pair of kernels. The function writes a; the slope multiplies d (n, units), in place, by the
derivative da/dz (for softmax, whose units hang together, by the Jacobian).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..engine.arrays import dot_t, each, exp, largest, matrix, sum_product, total, vector
from ..engine.checks import choice
from ..engine.kernel import ACTIVATION, SLOPE, Kernel, kernel


@dataclass(frozen=True)
class Activation:
    """A named activation: its function, its slope, and its numbers (for leaky relu, what is left below 0).

    `settles`: whether its neurons inhibit each other, by weights that a rule keeps in its `state`.
    """

    name: str
    function: Kernel
    slope: Kernel
    hyper: tuple[float, ...] = ()
    settles: bool = False


@kernel(ACTIVATION)
def identity(z, hyper, state, a):
    """a = z"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            a[r, j] = z[r, j]


@kernel(SLOPE)
def identity_slope(z, a, hyper, d):
    """da/dz = 1"""


@kernel(ACTIVATION)
def relu(z, hyper, state, a):
    """a = max(z, 0)"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            a[r, j] = np.maximum(z[r, j], 0.0)


@kernel(SLOPE)
def relu_slope(z, a, hyper, d):
    """da/dz = 1 where z > 0, else 0"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            d[r, j] *= z[r, j] > 0.0


@kernel(ACTIVATION)
def leaky_relu(z, hyper, state, a):
    """a = max(z, leak z), 0 < leak < 1: relu whose neurons never fall silent for good"""
    leak = hyper[0]
    for r in each(len(z)):
        for j in each(z.shape[1]):
            a[r, j] = np.maximum(z[r, j], leak * z[r, j])


@kernel(SLOPE)
def leaky_relu_slope(z, a, hyper, d):
    """da/dz = 1 where z > 0, else leak"""
    leak = hyper[0]
    for r in each(len(z)):
        for j in each(z.shape[1]):
            above = z[r, j] > 0.0
            d[r, j] *= above + leak * (1.0 - above)


@kernel(ACTIVATION)
def softplus(z, hyper, state, a):
    """a = log(1 + exp(z)), relu with its kink rounded; written so that exp only sees numbers below 0"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            a[r, j] = np.maximum(z[r, j], 0.0) + np.log1p(exp(-np.abs(z[r, j])))


@kernel(SLOPE)
def softplus_slope(z, a, hyper, d):
    """da/dz = 1 / (1 + exp(-z))"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            d[r, j] *= 1.0 / (1.0 + exp(-z[r, j]))


@kernel(ACTIVATION)
def tanh(z, hyper, state, a):
    """a = tanh(z), written with exp, which costs half as much; exact to 1e-16"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            a[r, j] = 1.0 - 2.0 / (exp(2.0 * z[r, j]) + 1.0)


@kernel(SLOPE)
def tanh_slope(z, a, hyper, d):
    """da/dz = 1 - a^2"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            d[r, j] *= 1.0 - a[r, j] * a[r, j]


@kernel(ACTIVATION)
def sigmoid(z, hyper, state, a):
    """a = 1 / (1 + exp(-z))"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            a[r, j] = 1.0 / (1.0 + exp(-z[r, j]))


@kernel(SLOPE)
def sigmoid_slope(z, a, hyper, d):
    """da/dz = a (1 - a)"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            d[r, j] *= a[r, j] * (1.0 - a[r, j])


@kernel(ACTIVATION)
def softmax(z, hyper, state, a):
    """a_j = exp(z_j) / sum_k exp(z_k), shifted by the largest z so that nothing overflows"""
    for r in each(len(z)):
        top = largest(z, r)
        for j in each(z.shape[1]):
            a[r, j] = exp(z[r, j] - top)
        whole = total(a, r)
        for j in each(z.shape[1]):
            a[r, j] /= whole


@kernel(SLOPE)
def softmax_slope(z, a, hyper, d):
    """d_j <- a_j (d_j - sum_k a_k d_k)"""
    for r in each(len(z)):
        mean = sum_product(a, d, r)
        for j in each(z.shape[1]):
            d[r, j] = a[r, j] * (d[r, j] - mean)


@kernel(ACTIVATION, arrays=True)
def settling(z, hyper, state, a):
    """a += step (sigmoid(gain (z + a Q - theta)) - a), some times, from 0; then a = 1 where a > 1/2, else 0"""
    m = z.shape[1]
    gain, steps, step = hyper[0], int(hyper[1]), hyper[2]
    Q, theta = matrix(state, 0, m, m), vector(state, m * m, m)  # Q = Q^T, as the rule that changes it leaves it
    inhibition = np.empty_like(z)
    for r in each(len(z)):
        for j in each(m):
            a[r, j] = 0.0
    for _ in range(steps):
        dot_t(a, Q, inhibition)
        for r in each(len(z)):
            for j in each(m):
                excited = 1.0 / (1.0 + exp(-gain * (z[r, j] + inhibition[r, j] - theta[j])))
                a[r, j] += step * (excited - a[r, j])
    for r in each(len(z)):
        for j in each(m):
            a[r, j] = 1.0 * (a[r, j] > 0.5)


@kernel(SLOPE)
def settling_slope(z, a, hyper, d):
    """da/dz = 0: a neuron is on or off"""
    for r in each(len(z)):
        for j in each(z.shape[1]):
            d[r, j] = 0.0


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("identity", identity, identity_slope),
        Activation("relu", relu, relu_slope),
        Activation("leaky_relu", leaky_relu, leaky_relu_slope, (0.01,)),  # Maas, Hannun and Ng 2013
        Activation("softplus", softplus, softplus_slope),  # Dugas et al. 2001
        Activation("tanh", tanh, tanh_slope),
        Activation("sigmoid", sigmoid, sigmoid_slope),
        Activation("softmax", softmax, softmax_slope),
        Activation("settling", settling, settling_slope, (10.0, 40.0, 0.25), settles=True),  # Földiák 1990
    )
}
SECOND_NAMES = {"linear": "identity"}


def activation_named(name: str) -> Activation:
    """The activation of this name, or second name; an unknown one is refused with the known ones."""
    return ACTIVATIONS[choice(SECOND_NAMES.get(str(name), name), ACTIVATIONS, "activation")]
