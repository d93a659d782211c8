"""What a detector thought on the way: its number at each value, and the bounds that this number must not cross."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .adwin import ADWIN, CLOCK, DELTA, LAST, MIN_WINDOW_LENGTH, SSD, TOTAL, WIDTH, insert
from .basic import DIRECTION, FIRED, Detector, restart


class Statistic(NamedTuple):
    """How a detector's number is written in its docstring, and the settings under which its alarm is its warning."""

    formula: str
    warns: Callable[[dict[str, Any]], dict[str, Any]] | None = None


STATISTICS = {
    "ADWIN": Statistic("rise / bound"),
    "DDM": Statistic("p + s", lambda s: {"drift_threshold": s["warning_threshold"]}),
    "EDDM": Statistic("p + 2 s", lambda s: {"beta": s["alpha"]}),
    "PageHinkley": Statistic("U - min U"),
    "HDDM_A": Statistic("mean - mean0", lambda s: {"drift_confidence": s["warning_confidence"]}),
    "HDDM_W": Statistic("m2 - m1", lambda s: {"drift_confidence": s["warning_confidence"]}),
    "KSWIN": Statistic("D"),
    "CUSUM": Statistic("max(U, D)"),
    "ECDD": Statistic("Z", lambda s: {"scale": s["scale"] / 2}),
}


class Trail(NamedTuple):
    """What `trail` found: each (n,), `value` and the bounds of `warning` and alarm, `threshold`; (k,) indices `alarms`.

    A number that is not defined is nan.
    """

    value: np.ndarray
    warning: np.ndarray
    threshold: np.ndarray
    alarms: np.ndarray


def trail(detector: Detector, xs: Any) -> Trail:
    """Read all values, as `detector.run(xs)` does, and note after each what the detector compares with what.

    Parameters
    ----------
    detector : Detector
        One of hb.detectors that reads single numbers; it is changed as by `run`.
    xs : (n,) array

    Returns
    -------
    Trail
        An alarm is where `value` has crossed `threshold`, in the one direction that the detector knows. Of ADWIN,
        `value` is the largest (mu1 - mu0) / bound of all cuts (its size alone, where falls count too), known each
        `clock` values, and its threshold is 1.

    Raises
    ------
    InputError
        If any value is no finite number in the detector's range; nothing has changed then.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> found = trail(hb.DDM(), wrong)
    >>> int(found.alarms[0]), bool(found.value[1041] > found.threshold[1041] > found.warning[1041])
    (1041, True)
    """
    xs = detector._values(xs)
    found = np.full((3, len(xs)), np.nan)
    warns = STATISTICS[type(detector).__name__].warns
    careless = None
    if warns is not None:  # the same memory, looked at with other eyes
        careless = type(detector)(**{**detector.settings, **warns(detector.settings)})
        careless._state, careless._memory = detector._state, detector._memory
    alarms = []
    for i, x in enumerate(xs.tolist()):
        if isinstance(detector, ADWIN):
            found[0, i], found[2, i] = _tension(detector, x), 1.0
        if detector.update(x):
            alarms.append(i)
        if not isinstance(detector, ADWIN):
            now = detector.state
            found[0, i], found[2, i] = now["value"], now["threshold"]
        if careless is not None:
            found[1, i] = careless.state["threshold"]
    found[~np.isfinite(found)] = np.nan
    found[1:, (found[1:] == 0.0).any(axis=0)] = np.nan  # EDDM: none yet
    return Trail(found[0], found[1], found[2], np.array(alarms, np.int64))


def _tension(detector: ADWIN, x: float) -> float:
    """The largest difference of means in bounds, of all cuts that the next value, x, will make ADWIN try."""
    settings, state, memory = detector._numbers, detector._state.copy(), detector._memory.copy()
    if state[FIRED] != 0.0 and detector.on_detect == "restart":
        restart(state, memory)
    insert(x, detector.max_buckets, state, memory)
    seen = state[WIDTH] if detector.on_detect == "restart" else detector.n_seen + 1
    n = state[WIDTH]
    if seen % settings[CLOCK] or n <= max(detector.grace_period, 1.0) or state[SSD] < 0.0:
        return math.nan
    sizes, totals = [], []
    for row in range(int(state[LAST]), -1, -1):
        count = int(memory[row, 0])
        sizes += [float(1 << row)] * count
        totals += memory[row, 1 : 2 * count + 1 : 2].tolist()
    n0, total0 = np.cumsum(sizes)[:-1], np.cumsum(totals)[:-1]
    shortest = settings[MIN_WINDOW_LENGTH]
    fit = (n0 >= shortest) & (n - n0 >= shortest)
    if not fit.any():
        return math.nan
    n0, total0 = n0[fit], total0[fit]
    rise = (state[TOTAL] - total0) / (n - n0) - total0 / n0
    L = math.log(2.0 * math.log(n) / settings[DELTA])
    m = 1.0 / (n0 - shortest + 1.0) + 1.0 / (n - n0 - shortest + 1.0)
    bound = np.sqrt(2.0 * m * (state[SSD] / n) * L) + 2.0 / 3.0 * L * m
    apart = np.abs(rise) if settings[DIRECTION] == 0.0 else settings[DIRECTION] * rise
    return float(np.max(apart / bound))
