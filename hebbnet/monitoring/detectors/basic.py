"""What a drift detector is, and the simplest one that is much used: DDM.

A detector reads numbers, most often errors (1 = the model was wrong, 0 = it was right), and raises an alarm when it no
longer believes that they come from one distribution. All of them are built alike: one kernel, which reads values up
to the first alarm, and three faces of it, `update` (one value), `first` (until an alarm) and `run` (all values).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from ...engine import checks
from ...engine.kernel import Kernel, kernel

# A kernel of this signature reads xs up to and including its first alarm; the alarm's index, or -1, is the result.
FIRST = "xs V, settings V, state V, memory M -> i"

# The first places of every detector's `state`; its own numbers begin at OWN. Zeros: it has seen nothing yet.
SEEN, FIRED, WARNING, OWN = 0, 1, 2, 3  # FIRED after an alarm: 1 the mean rose, -1 it fell
DIRECTION = 0  # the first place of every detector's `settings`: the sign of the alarms that are asked for, 0 = both
DIRECTIONS = {"both": 0.0, "worse": 1.0, "better": -1.0}


@kernel("state V, memory M")
def restart(state, memory):
    """Forget everything but how many values were ever seen."""
    for i in range(1, len(state)):
        state[i] = 0.0
    for i in range(memory.shape[0]):
        for j in range(memory.shape[1]):
            memory[i, j] = 0.0


@kernel("settings V, state V -> i")
def report(settings, state):
    """Whether there is an alarm, of a direction that was asked for."""
    return 1 if state[FIRED] != 0.0 and state[FIRED] * settings[DIRECTION] >= 0.0 else 0


class Detector:
    """What all drift detectors share: three faces, settings, copies, and a state that can be saved.

    After an alarm a detector starts afresh with the next value. A subclass names its `kernel` (of signature `FIRST`),
    the range `low` .. `high` of the values it reads, and tells `__init__` its settings, in the kernel's order.

    Parameters
    ----------
    direction : {"both", "worse", "better"}
        Which alarms are reported: all, those after which the mean is higher ("worse": more errors), or lower. This
        filters the signal only: an alarm that is not reported restarts the detector all the same.
    numbers, memory : int, tuple of int
        How many numbers of its own it keeps in `state`, and the shape of the matrix beside them.
    derived : sequence of float
        Numbers that the kernel finds behind its settings, worked out from them once.
    **settings : float, int or str
        Checked by the subclass (words, here: they are `choices`); fixed from here on, and readable as attributes.

    Raises
    ------
    InputError
        A direction that is unknown, or that this detector cannot see.

    Examples
    --------
    >>> isinstance(DDM(), Detector)
    True
    """

    kernel: ClassVar[Kernel]
    directions: ClassVar[tuple[str, ...]] = tuple(DIRECTIONS)
    low: ClassVar[float] = -1e100  # squares must not overflow
    high: ClassVar[float] = 1e100
    choices: ClassVar[dict[str, tuple[str, ...]]] = {}  # settings that are words; the kernel is given a word's place
    tuned: tuple[str, float, float] | None = None  # the setting that trades delay for false alarms: quick .. careful

    settings: dict[str, Any]
    direction: str

    def __init__(self, *, direction: str, numbers: int, memory: tuple[int, int] = (0, 0),
                 derived: Sequence[float] = (), **settings: Any) -> None:
        kind = type(self).__name__
        checks.choice(direction, self.directions, f"direction of {kind}")
        words = {name: known.index(checks.choice(settings[name], known, f"{name} of {kind}"))
                 for name, known in self.choices.items()}
        self.__dict__.update(settings, direction=direction)
        self._numbers = np.array([DIRECTIONS[direction], *(settings | words).values(), *derived], dtype=np.float64)
        self._state, self._memory = np.zeros(OWN + numbers), np.zeros(memory)
        self._one = np.zeros(1)
        self.settings = {**settings, "direction": direction}

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("settings", ()):
            kind = type(self).__name__
            raise AttributeError(f"{name} is fixed when a detector is made: make a new one, {kind}({name}={value!r})")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.settings.items())})"

    # ---------------------------------------------------------------- reading values

    def update(self, x: float) -> bool:
        """Read one value.

        Parameters
        ----------
        x : float
            Between `low` and `high`; of an error, 1 means wrong.

        Returns
        -------
        bool
            Whether this value raised an alarm.

        Raises
        ------
        InputError
            If x is no finite number in that range; nothing has changed then.
        """
        self._one[0] = self._value(x)
        return self._first(self._one) == 0

    def first(self, xs: Any) -> int:
        """Read values up to and including the first alarm, and none behind it.

        Parameters
        ----------
        xs : (n,) array

        Returns
        -------
        int
            Index of the alarm; -1 if there was none, and then all values have been read.

        Raises
        ------
        InputError
            If any value is no finite number between `low` and `high`; nothing has changed then.
        """
        return self._first(self._values(xs))

    def run(self, xs: Any) -> np.ndarray:
        """Read all values.

        Parameters
        ----------
        xs : (n,) array

        Returns
        -------
        (k,) array of int64
            The indices of the alarms, the same that `update` would have raised value by value.

        Raises
        ------
        InputError
            If any value is no finite number between `low` and `high`; nothing has changed then.
        """
        xs = self._values(xs)
        alarms: list[int] = []
        start = 0
        while (i := self._first(xs[start:])) >= 0:
            alarms.append(start + i)
            start += i + 1
        return np.array(alarms, dtype=np.int64)

    def _first(self, xs: np.ndarray) -> int:
        return int(self.kernel.compiled(xs, self._numbers, self._state, self._memory)) if len(xs) else -1

    def _value(self, x: Any) -> float:
        return checks.number(x, "x", low=self.low, high=self.high)

    def _values(self, xs: Any) -> np.ndarray:
        return checks.bounded(xs, low=self.low, high=self.high, where="xs")

    # ---------------------------------------------------------------- looking at it

    @property
    def n_seen(self) -> int:
        """How many values were read since the detector was made or reset."""
        return int(self._state[SEEN])

    @property
    def warning(self) -> bool:
        """Whether it suspects a drift, without an alarm yet; always False for detectors that know no warning."""
        return bool(self._state[WARNING])

    @property
    def state(self) -> dict[str, float]:
        """What it believes now, as readable numbers."""
        return {"n_seen": self.n_seen}

    # ---------------------------------------------------------------- copies and files

    def reset(self) -> None:
        """Forget everything."""
        self._state[:] = 0.0
        self._memory[:] = 0.0

    def fresh(self) -> Self:
        """A new detector with the same settings, which has seen nothing."""
        return type(self)(**self.settings)

    def copy(self) -> Self:
        """An independent detector in the same state."""
        return copy.deepcopy(self)

    def get_state(self) -> dict[str, np.ndarray]:
        """All that it remembers, as vectors: with `settings`, enough to go on to the bit."""
        return {"state": self._state.copy(), "memory": self._memory.ravel().copy()}

    def set_state(self, saved: dict[str, Any]) -> None:
        """Go on from what `get_state` of a detector with the same settings gave.

        Raises
        ------
        InputError
            If it is not the state of such a detector; nothing has changed then.
        """
        parts, there = {}, saved if isinstance(saved, dict) else {}
        for name, own in (("state", self._state), ("memory", self._memory)):
            if name not in there:
                raise checks.InputError(f"saved: expected {name!r} in it, got {checks.listed([*there]) or 'nothing'}")
            parts[name] = checks.vector(saved[name], where=f"saved {name}")
            if parts[name].size != own.size:
                raise checks.InputError(f"saved {name}: expected {own.size} numbers, got {parts[name].size}; "
                                        f"was it saved from {self!r}?")
        state, memory = parts["state"], parts["memory"].reshape(self._memory.shape)
        if not self._consistent(state, memory):
            raise checks.InputError(f"saved state: its numbers contradict each other; was it saved from {self!r}?")
        self._state[:], self._memory[:] = state, memory

    def _consistent(self, state: np.ndarray, memory: np.ndarray) -> bool:
        """Whether the kernel can go on from these numbers (a wrong index in it would read foreign memory)."""
        return True


# ---------------------------------------------------------------- DDM

N, P, P_MIN, S_MIN = OWN, OWN + 1, OWN + 2, OWN + 3
WARM_START, WARNING_THRESHOLD, DRIFT_THRESHOLD = 1, 2, 3


@kernel(FIRST)
def ddm(xs, settings, state, memory):
    """Gama's rule, value by value."""
    warm_start = settings[WARM_START]
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        n = state[N] + 1.0
        p = state[P] + 1.0 / n * (xs[i] - state[P])
        s = math.sqrt(p * (1.0 - p) / n)
        state[N], state[P] = n, p
        if n <= warm_start:
            continue
        if n == warm_start + 1.0 or p + s <= state[P_MIN] + state[S_MIN]:
            state[P_MIN], state[S_MIN] = p, s
        drift = p + s > state[P_MIN] + settings[DRIFT_THRESHOLD] * state[S_MIN]
        warning = p + s > state[P_MIN] + settings[WARNING_THRESHOLD] * state[S_MIN]
        state[WARNING] = 1.0 if warning and not drift else 0.0
        if drift:
            state[FIRED] = 1.0
            return i
    return -1


class DDM(Detector):
    """Drift detection method: the error rate has risen significantly above the lowest it ever had.

    With the error rate p of the n values since the last alarm, and its standard deviation s = sqrt(p (1 - p) / n),
    keep the p and s of the moment when p + s was lowest, p_min and s_min; then

        warning:  p + s > p_min + warning_threshold s_min
        alarm:    p + s > p_min + drift_threshold s_min

    It is quick on a young model, but p is the mean of a whole life: the longer all was well, the later it notices.
    And where the first `warm_start` + 1 values are all 0, s_min is 0, and a single error is an alarm.

    Parameters
    ----------
    warm_start : int
        Neither warning nor alarm until more than so many values have been read.
    warning_threshold, drift_threshold : float
        In standard deviations.
    direction : {"both", "worse"}
        The same here: DDM sees errors rise only, so "better" is refused.

    Raises
    ------
    InputError
        A setting out of its range; a value to read outside [0, 1].

    Notes
    -----
    Source: Gama, Medas, Castillo, Rodrigues (2004), Learning with drift detection, SBIA. In details (strictly greater,
    the warm start, the fresh start after an alarm) as river 0.26.1, with the same alarms, index by index. MOA, which
    counts from 1, is `DDM(warm_start=28)`: its minimum begins with the 29th value.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.DDM().run(wrong)
    array([1041])
    """

    kernel = ddm
    directions = ("both", "worse")
    low, high = 0.0, 1.0
    tuned = ("drift_threshold", 0.1, 100.0)

    warm_start: int
    warning_threshold: float
    drift_threshold: float

    def __init__(self, *, warm_start: int = 30, warning_threshold: float = 2.0, drift_threshold: float = 3.0,
                 direction: str = "both") -> None:
        super().__init__(
            warm_start=checks.whole(warm_start, "warm_start"),
            warning_threshold=checks.number(warning_threshold, "warning_threshold", low=0.0),
            drift_threshold=checks.number(drift_threshold, "drift_threshold", low=0.0),
            direction=direction, numbers=4)

    @property
    def state(self) -> dict[str, float]:
        """`n` values since the last alarm, their `mean` p, the `value` p + s, the `threshold` it must not exceed.

        There is no threshold (infinity) during the warm start.
        """
        n, p, p_min, s_min = (float(number) for number in self._state[OWN:])
        s = math.sqrt(p * (1.0 - p) / n) if n else 0.0
        threshold = p_min + self.drift_threshold * s_min if n > self.warm_start else math.inf
        return {"n_seen": self.n_seen, "n": int(n), "mean": p, "value": p + s, "threshold": threshold}
