"""How a change is applied: w <- w + something made of the change dw, at the given rate.

`moments` is what an optimizer remembers. dw points the right way already (a rule's change is added), so what the
literature writes with g = -dw and a minus sign stands here with a plus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..engine.arrays import each, vector
from ..engine.checks import number
from ..engine.kernel import OPTIMIZER, kernel
from .part import Part


@dataclass(frozen=True)
class Optimizer(Part):
    """Base of all optimizers."""

    noun: ClassVar[str] = "optimizer"
    default_rate: ClassVar[float] = 0.01
    rescales: ClassVar[bool] = False  # whether each weight gets a step size of its own

    def moments_size(self, n: int) -> int:
        """How many numbers it remembers for n weights."""
        return 0


@kernel(OPTIMIZER)
def sgd(w, dw, moments, rate, hyper):
    """w += rate dw"""
    for i in each(w.size):
        w[i] += rate * dw[i]


@kernel(OPTIMIZER)
def decaying_sgd(w, dw, moments, rate, hyper):
    """w += rate (dw - decay w)"""
    decay = hyper[0]
    for i in each(w.size):
        w[i] += rate * (dw[i] - decay * w[i])


@kernel(OPTIMIZER)
def momentum(w, dw, moments, rate, hyper):
    """m = beta m + dw;  w += rate m"""
    beta = hyper[0]
    for i in each(w.size):
        moments[i] = beta * moments[i] + dw[i]
        w[i] += rate * moments[i]


@kernel(OPTIMIZER)
def nesterov(w, dw, moments, rate, hyper):
    """m = beta m + dw;  w += rate (dw + beta m)"""
    beta = hyper[0]
    for i in each(w.size):
        moments[i] = beta * moments[i] + dw[i]
        w[i] += rate * (dw[i] + beta * moments[i])


@kernel(OPTIMIZER)
def rmsprop(w, dw, moments, rate, hyper):
    """v += (1 - beta) (dw^2 - v);  w += rate dw / (sqrt v + eps)"""
    beta, eps = hyper[0], hyper[1]
    for i in each(w.size):
        moments[i] += (1.0 - beta) * (dw[i] * dw[i] - moments[i])
        w[i] += rate * dw[i] / (np.sqrt(moments[i]) + eps)


@kernel(OPTIMIZER)
def adam(w, dw, moments, rate, hyper):
    """m, v: running means of dw and dw^2, corrected for their start at 0;  w += rate m / (sqrt v + eps)"""
    n = w.size
    m, v = vector(moments, 0, n), vector(moments, n, n)
    beta1, beta2, eps = hyper[0], hyper[1], hyper[2]
    moments[2 * n] += 1.0
    t = moments[2 * n]
    m_share, v_share = 1.0 / (1.0 - beta1**t), 1.0 / (1.0 - beta2**t)
    for i in each(n):
        m[i] += (1.0 - beta1) * (dw[i] - m[i])
        v[i] += (1.0 - beta2) * (dw[i] * dw[i] - v[i])
        w[i] += rate * m_share * m[i] / (np.sqrt(v_share * v[i]) + eps)


@kernel(OPTIMIZER)
def adamw(w, dw, moments, rate, hyper):
    """w += -rate decay w, untouched by the moments; then a step of Adam"""
    decay = hyper[3]
    for i in each(w.size):
        w[i] -= rate * decay * w[i]
    adam(w, dw, moments, rate, hyper)


@dataclass(frozen=True)
class SGD(Optimizer):
    """The plain step: w += rate dw.

    Parameters
    ----------
    decay : float
        Weight decay: w += rate (dw - decay w). It pulls every weight and bias towards 0, as the penalty
        decay / 2 sum w^2 on the loss does.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.SGD().default_rate
    0.05
    >>> hb.SGD(decay=0.01)
    SGD(decay=0.01)
    """

    decay: float = 0.0

    kernel = sgd
    default_rate = 0.05

    def __post_init__(self) -> None:
        if number(self.decay, "SGD: decay", low=0.0) > 0.0:  # the plain step has a kernel that knows of no decay
            object.__setattr__(self, "kernel", decaying_sgd)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Steps that keep rolling (Polyak 1964): m = beta m + dw, w += rate m.

    On data whose labels come in runs it pushes on after they have changed, and falls below repeating the last label.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Momentum(beta=0.5)
    Momentum(beta=0.5)
    """

    beta: float = 0.9

    kernel = momentum

    def __post_init__(self) -> None:
        number(self.beta, "Momentum: beta", low=0.0, high=0.999999)

    def moments_size(self, n: int) -> int:
        """One number a weight."""
        return n


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum that looks ahead (Nesterov 1983; Sutskever et al. 2013): m = beta m + dw, w += rate (dw + beta m).

    The change that comes is applied as if the next roll had been made already. Like `Momentum`, it is for data
    whose order says nothing.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Nesterov(beta=0.5)
    Nesterov(beta=0.5)
    """

    beta: float = 0.9

    kernel = nesterov

    def __post_init__(self) -> None:
        number(self.beta, "Nesterov: beta", low=0.0, high=0.999999)

    def moments_size(self, n: int) -> int:
        """One number a weight."""
        return n


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Each weight's step divided by the usual size of its changes (Tieleman and Hinton 2012).

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.RMSprop()
    RMSprop(beta=0.99, eps=1e-08)
    """

    beta: float = 0.99
    eps: float = 1e-8

    kernel = rmsprop
    default_rate = 0.005
    rescales = True

    def __post_init__(self) -> None:
        number(self.beta, "RMSprop: beta", low=0.0, high=0.999999)
        number(self.eps, "RMSprop: eps", above=0.0)

    def moments_size(self, n: int) -> int:
        """One number a weight."""
        return n


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum and RMSprop together, corrected for their start at zero (Kingma and Ba 2015).

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Adam(beta1=0.8)
    Adam(beta1=0.8, beta2=0.999, eps=1e-08)
    """

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    kernel = adam
    default_rate = 0.001
    rescales = True

    def __post_init__(self) -> None:
        number(self.beta1, "Adam: beta1", low=0.0, high=0.999999)
        number(self.beta2, "Adam: beta2", low=0.0, high=0.9999999)
        number(self.eps, "Adam: eps", above=0.0)

    def moments_size(self, n: int) -> int:
        """Two numbers a weight, and the time."""
        return 2 * n + 1


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weight decay beside it, not inside its moments (Loshchilov and Hutter 2019).

    Parameters
    ----------
    beta1, beta2, eps : float
        As in `Adam`.
    decay : float
        Every step also takes rate * decay of each weight and bias away.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.AdamW(decay=0.1)
    AdamW(beta1=0.9, beta2=0.999, eps=1e-08, decay=0.1)
    """

    decay: float = 0.01

    kernel = adamw

    def __post_init__(self) -> None:
        super().__post_init__()
        number(self.decay, "AdamW: decay", low=0.0)
