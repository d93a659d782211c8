"""How large a step is at this moment: rates that change with time, and rates that change with surprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..engine.checks import number, whole
from ..engine.kernel import GATE, kernel
from .part import Part


@dataclass(frozen=True)
class Schedule(Part):
    """Base of all schedules: a factor of the rate for each update.

    What learns from a stream without an end is better off with a rate that stays: one that has fallen to 0 cannot
    follow what changes later.
    """

    noun: ClassVar[str] = "schedule"

    def factors(self, t: np.ndarray) -> np.ndarray:
        """The factor (n,) of the rate at the updates t (n,), of which 0 is the first ever."""
        raise NotImplementedError


@dataclass(frozen=True)
class Linear(Schedule):
    """The rate falls in a straight line to `end` times what it was, and stays there.

    Parameters
    ----------
    updates : int
        After so many it is there. An epoch has n / batch_size of them, rounded up.
    end : float

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> hb.schedules.Linear(4).factors(np.arange(6))
    array([1.  , 0.75, 0.5 , 0.25, 0.  , 0.  ])
    """

    updates: int
    end: float = 0.0

    def __post_init__(self) -> None:
        whole(self.updates, "Linear: updates", low=1)
        number(self.end, "Linear: end", low=0.0)

    def factors(self, t: np.ndarray) -> np.ndarray:
        """1 - (1 - end) t / updates"""
        return np.asarray(1.0 - (1.0 - self.end) * np.minimum(t / self.updates, 1.0))


@dataclass(frozen=True)
class Cosine(Schedule):
    """The rate falls along half a wave, slowly at both ends, and stays at `end` (Loshchilov and Hutter 2017).

    Parameters
    ----------
    updates : int
        After so many it has reached `end` times what it was.
    end : float

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> hb.schedules.Cosine(4).factors(np.arange(6)).round(2)
    array([1.  , 0.85, 0.5 , 0.15, 0.  , 0.  ])
    """

    updates: int
    end: float = 0.0

    def __post_init__(self) -> None:
        whole(self.updates, "Cosine: updates", low=1)
        number(self.end, "Cosine: end", low=0.0)

    def factors(self, t: np.ndarray) -> np.ndarray:
        """end + (1 - end) (1 + cos(pi t / updates)) / 2"""
        wave = 0.5 + 0.5 * np.cos(np.pi * np.minimum(t / self.updates, 1.0))
        return np.asarray(self.end + (1.0 - self.end) * wave)


@dataclass(frozen=True)
class Exponential(Schedule):
    """The rate halves every `half_life` updates.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> hb.schedules.Exponential(half_life=2).factors(np.arange(0, 5, 2))
    array([1.  , 0.5 , 0.25])
    """

    half_life: float

    def __post_init__(self) -> None:
        number(self.half_life, "Exponential: half_life", above=0.0)

    def factors(self, t: np.ndarray) -> np.ndarray:
        """2^(-t / half_life)"""
        return np.asarray(np.exp2(-t / self.half_life))


@dataclass(frozen=True)
class Inverse(Schedule):
    """The rate falls as 1 / (1 + t / tau): fast enough to settle, slow enough to arrive (Robbins and Monro 1951).

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> hb.schedules.Inverse(tau=2).factors(np.arange(0, 5, 2))
    array([1.        , 0.5       , 0.33333333])
    """

    tau: float

    def __post_init__(self) -> None:
        number(self.tau, "Inverse: tau", above=0.0)

    def factors(self, t: np.ndarray) -> np.ndarray:
        """1 / (1 + t / tau)"""
        return np.asarray(1.0 / (1.0 + t / self.tau))


@kernel(GATE)
def surprised(wrong, hyper, memory):
    """M = 1 + gain max(0, e_fast - 2 e_slow - 0.05); e_fast and e_slow are running means of the share of mistakes"""
    gain, tau_fast, tau_slow = hyper[0], hyper[1], hyper[2]
    memory[0] += 1.0
    for i, tau in ((1, tau_fast), (2, tau_slow)):
        memory[i] += max(1.0 / memory[0], 1.0 / tau) * (wrong - memory[i])  # a plain mean at first: nothing is unusual
    return 1.0 + gain * max(0.0, memory[1] - 2.0 * memory[2] - 0.05)


@dataclass(frozen=True)
class Surprise(Part):
    """Learn faster while more goes wrong than usual: every rate is M times what it was, up to `most`.

    M = 1 + gain max(0, e_fast - 2 e_slow - 0.05), where e_fast and e_slow are the share of mistakes lately and for
    long. It is a third factor, as a neuromodulator would be: any rule's rate, and with it its decay, is gated. While
    nothing is unusual M is 1, so that what was gained is kept; after an abrupt change M is large for some tens of
    rows. It is no help against slow change, which never surprises, and little where many labels are noise.

    Parameters
    ----------
    gain : float
    most : float
        No rate is raised beyond; the rule's stable range says how far that may be.
    fast, slow : float
        For how many updates each mean remembers, at least 1.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(2, "identity", init="zero")])
    >>> learner = hb.Learner(network, optimizer=hb.SGD(), rate=0.01, signal=hb.SupervisedHebb(), surprise=hb.Surprise())
    >>> learner.recipe.surprise
    Surprise(gain=30.0, most=0.5, fast=20.0, slow=500.0)
    """

    gain: float = 30.0
    most: float = 0.5
    fast: float = 20.0
    slow: float = 500.0

    noun = "surprise"
    kernel = surprised

    def __post_init__(self) -> None:
        number(self.gain, "Surprise: gain", low=0.0)
        number(self.most, "Surprise: most", above=0.0)
        number(self.fast, "Surprise: fast", low=1.0)
        number(self.slow, "Surprise: slow", low=1.0)

    @property
    def numbers(self) -> tuple[float, ...]:
        """Gain and both memories; `most` is read by the engine."""
        return self.gain, self.fast, self.slow
