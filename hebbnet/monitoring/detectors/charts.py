"""Control charts, as on a factory floor: CUSUM and EWMA, with limits in standard deviations of the process."""

from __future__ import annotations

import math

from ...engine import checks
from ...engine.kernel import kernel
from .basic import FIRED, FIRST, OWN, SEEN, WARNING, Detector, report, restart

# ---------------------------------------------------------------- CUSUM

N, MEAN, SSD, SD, UP, DOWN = range(OWN, OWN + 6)
WARM_START, ALLOWANCE, LIMIT = 1, 2, 3


@kernel(FIRST)
def cusum(xs, settings, state, memory):
    """Learn mean and standard deviation, then hold every value against them."""
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        if state[N] < settings[WARM_START] or state[SD] == 0.0:
            state[N] += 1.0
            deviation = xs[i] - state[MEAN]
            state[MEAN] += deviation / state[N]
            state[SSD] += deviation * (xs[i] - state[MEAN])
            state[SD] = math.sqrt(state[SSD] / max(state[N] - 1.0, 1.0))
            continue
        z = (xs[i] - state[MEAN]) / state[SD]
        state[UP] = max(0.0, state[UP] + z - settings[ALLOWANCE])
        state[DOWN] = max(0.0, state[DOWN] - z - settings[ALLOWANCE])
        if max(state[UP], state[DOWN]) > settings[LIMIT]:
            state[FIRED] = 1.0 if state[UP] > settings[LIMIT] else -1.0
            if report(settings, state):
                return i
    return -1


class CUSUM(Detector):
    """Cumulative sums: the values have been too far above (or below) a mean that was learned once and is kept.

    With the mean and the standard deviation sd of the first `warm_start` values, and z = (x - mean) / sd of each later

        U <- max(0, U + z - k),    alarm: U > h    (the mean has risen)
        D <- max(0, D - z - k),    alarm: D > h    (it has fallen)

    Page-Hinkley does the same with a mean that goes on learning. With a mean and sd that are known, normal values and
    the textbook's k = .5, h = 5 there is a false alarm in 465 values; with a mean of 30 values there are more: give it
    a longer warm start, or let `hb.calibrate` find the h.

    Parameters
    ----------
    warm_start : int
        At least 2. It takes longer where all values are the same, until one differs.
    k : float
        Allowance, at least 0, in standard deviations: half the shift that matters.
    h : float
        Limit, greater than 0, in standard deviations.
    direction : {"both", "worse", "better"}
        Which alarms to report: all, those of U, or those of D.

    Raises
    ------
    InputError
        A setting out of its range.

    Notes
    -----
    Source: Page (1954), Continuous inspection schemes, Biometrika; the two-sided form is that of Montgomery,
    Introduction to statistical quality control. River has none; in MOA CusumDM is Page-Hinkley without forgetting.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.detectors.CUSUM(warm_start=500, h=15).run(wrong)
    array([1011])
    """

    kernel = cusum
    tuned = ("h", 0.01, 1e4)

    warm_start: int
    k: float
    h: float

    def __init__(self, *, warm_start: int = 30, k: float = 0.5, h: float = 5.0, direction: str = "both") -> None:
        super().__init__(
            warm_start=checks.whole(warm_start, "warm_start", low=2), k=checks.number(k, "k", low=0.0),
            h=checks.number(h, "h", above=0.0), direction=direction, numbers=6)

    @property
    def state(self) -> dict[str, float]:
        """`mean` and `sd` that were learned, the larger `value` of U and D, its `threshold` h."""
        _, mean, _, sd, up, down = map(float, self._state[OWN:])
        return {"n_seen": self.n_seen, "mean": mean, "sd": sd, "value": max(up, down), "threshold": self.h}


# ---------------------------------------------------------------- ECDD

P, Z = OWN + 1, OWN + 2  # behind N
MIN_INSTANCES, SCALE = 1, 2
WEIGHT = 0.2  # lambda; the limit was fitted for it


@kernel("p f -> f")
def limit(p):
    """L as Ross et al. fitted it: for p up to 1/2."""
    p = min(p, 0.5)
    return 3.97 - 6.56 * p + 48.73 * p**3 - 330.13 * p**5 + 848.18 * p**7


@kernel("n f, p f, settings V -> f")
def reach(n, p, settings):
    """L standard deviations of the weighted mean of n errors."""
    s = math.sqrt(p * (1.0 - p) * WEIGHT / (2.0 - WEIGHT) * (1.0 - (1.0 - WEIGHT) ** (2.0 * n)))
    return settings[SCALE] * limit(p) * s


@kernel(FIRST)
def ecdd(xs, settings, state, memory):
    """Hold the weighted mean against the mean."""
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        state[N] += 1.0
        state[P] += (xs[i] - state[P]) / state[N]
        state[Z] += WEIGHT * (xs[i] - state[Z])
        if state[N] < settings[MIN_INSTANCES]:
            continue
        above, far = state[Z] - state[P], reach(state[N], state[P], settings)
        state[WARNING] = 1.0 if far >= above > 0.5 * far else 0.0
        if above > far:
            state[FIRED] = 1.0
            return i
    return -1


class ECDD(Detector):
    """EWMA for concept drift detection: the latest errors are more than L standard deviations above the mean.

    With the error rate p of the n values since the last alarm, and the weighted mean Z <- (1 - lambda) Z + lambda x
    from Z = 0, lambda = .2, whose standard deviation is s = sqrt(p (1 - p) lambda / (2 - lambda) (1 - (1 -
    lambda)^(2n))),

        warning:  Z > p + scale L s / 2
        alarm:    Z > p + scale L s

    where L is a polynomial in p, fitted such that a false alarm comes every 400 values, whatever p is: measured, one in
    290 at p = .05, in 360 at .2, in 420 at .4; at 1/2 the limit is above 1, and there is none.

    Parameters
    ----------
    min_instances : int
        Neither warning nor alarm before so many values.
    scale : float
        Times L, greater than 0: the larger, the fewer alarms.
    direction : {"both", "worse"}
        The same here: ECDD sees errors rise only, so "better" is refused.

    Raises
    ------
    InputError
        A setting out of its range; a value to read outside [0, 1].

    Notes
    -----
    Source: Ross, Adams, Tasoulis, Hand (2012), Exponentially weighted moving average charts for detecting concept
    drift, Pattern Recognition Letters. Alarms as MOA's EWMAChartDM by its source, but above p = 1/2,
    where no L was fitted and the polynomial runs away, L stays as it is there. The polynomials for a false alarm in 100
    or in 1,000 values, which MOA's source has too, become negative for p below 1/2: use `scale`. River has no ECDD.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.detectors.ECDD(scale=1.2).run(wrong)
    array([ 675, 1008])
    """

    kernel = ecdd
    directions = ("both", "worse")
    low, high = 0.0, 1.0
    tuned = ("scale", 0.01, 100.0)

    min_instances: int
    scale: float

    def __init__(self, *, min_instances: int = 30, scale: float = 1.0, direction: str = "both") -> None:
        super().__init__(
            min_instances=checks.whole(min_instances, "min_instances", low=1),
            scale=checks.number(scale, "scale", above=0.0), direction=direction, numbers=3)

    @property
    def state(self) -> dict[str, float]:
        """`n` values since the last alarm, their `mean` p, the `value` Z, the `threshold` it must not exceed."""
        n, p, z = map(float, self._state[OWN:])
        threshold = p + reach(n, p, self._numbers) if n >= self.min_instances else math.inf
        return {"n_seen": self.n_seen, "n": int(n), "mean": p, "value": z, "threshold": threshold}
