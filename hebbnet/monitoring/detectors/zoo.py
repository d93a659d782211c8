"""Two classics beside DDM: EDDM, which watches the distances between errors, and Page-Hinkley, which sums up."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from ...engine import checks
from ...engine.kernel import kernel
from .basic import FIRED, FIRST, OWN, SEEN, WARNING, Detector, report, restart

# ---------------------------------------------------------------- EDDM

N, ERRORS, LAST, DISTANCE, SSD, HIGHEST = range(OWN, OWN + 6)
EDDM_WARM_START, ALPHA, BETA, EDDM_VARIANT = 1, 2, 3, 4


@kernel(FIRST)
def eddm(xs, settings, state, memory):
    """Look at the distances each time an error completes one."""
    warm_start, moa = settings[EDDM_WARM_START], settings[EDDM_VARIANT] == 1.0
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        state[N] += 1.0
        if xs[i] == 0.0:
            continue
        n, errors = state[N], state[ERRORS] + 1.0
        distance, before = n - state[LAST], state[DISTANCE]
        mean = before + 1.0 / errors * (distance - before)
        state[LAST], state[ERRORS], state[DISTANCE] = n, errors, mean
        state[SSD] += (distance - before) * (distance - mean)
        if n < warm_start or (n == warm_start and not moa):
            continue
        reach = mean + 2.0 * math.sqrt(state[SSD] / (errors if moa else max(errors - 1.0, 1.0)))
        state[WARNING] = 0.0
        if reach > state[HIGHEST]:
            state[HIGHEST] = reach
        elif errors > warm_start:
            level = reach / state[HIGHEST]
            if level < settings[BETA]:
                state[FIRED] = 1.0
                return i
            if level < settings[ALPHA]:
                state[WARNING] = 1.0
    return -1


class EDDM(Detector):
    """Early drift detection method: errors follow each other more closely than they once did.

    With p the mean of the distances between successive errors, and s their standard deviation, keep the largest p + 2 s
    there ever was; then, after more than `warm_start` errors,

        warning:  (p + 2 s) / (p + 2 s)_max < alpha
        alarm:    (p + 2 s) / (p + 2 s)_max < beta

    The first distance is counted from the start. It sees a slow rise early, and pays for it: where nothing changes it
    raises 10 to 20 alarms in 10,000 values.

    Parameters
    ----------
    warm_start : int
        So many errors must have been seen, and more than so many values read.
    alpha, beta : float
        For warning and alarm, in (0, 1], beta at most alpha.
    variant : {"river", "moa"}
        s with divisor k - 1 for k distances, as in river; or k, as in MOA and frouros (and the maximum is taken from
        the value number `warm_start` on, not from the next).
    direction : {"both", "worse"}
        The same here: EDDM sees errors rise only, so "better" is refused.

    Raises
    ------
    InputError
        A setting out of its range; a value to read other than 0 and 1.

    Notes
    -----
    Source: Baena-Garcia, del Campo-Avila, Fidalgo, Bifet, Gavalda, Morales-Bueno (2006), Early drift detection method,
    IWKDDS. The paper does not say which s. By default as river 0.26.1, with the same alarms, index by index; only the
    warning also ends, here as in MOA, when p + 2 s reaches a new maximum.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.EDDM(alpha=0.8, beta=0.75).run(wrong)
    array([1151])
    """

    kernel = eddm
    directions = ("both", "worse")
    low, high = 0.0, 1.0
    choices: ClassVar = {"variant": ("river", "moa")}

    warm_start: int
    alpha: float
    beta: float
    variant: str

    def __init__(self, *, warm_start: int = 30, alpha: float = 0.95, beta: float = 0.9, variant: str = "river",
                 direction: str = "both") -> None:
        alpha = checks.number(alpha, "alpha", above=0.0, high=1.0)
        super().__init__(
            warm_start=checks.whole(warm_start, "warm_start"), alpha=alpha,
            beta=checks.number(beta, "beta", above=0.0, high=alpha), variant=variant, direction=direction, numbers=6)
        self.tuned = ("beta", alpha, 1e-6)

    def _value(self, x: Any) -> float:
        return _error(super()._value(x), "x")

    def _values(self, xs: Any) -> np.ndarray:
        values = super()._values(xs)
        strange = values[(values != 0.0) & (values != 1.0)]
        if strange.size:
            _error(strange[0], "xs")
        return values

    @property
    def state(self) -> dict[str, float]:
        """`n` values since the last alarm, the mean `distance` of their errors, `value` p + 2 s, its lower `threshold`.

        There is no threshold (0) during the warm start.
        """
        n, errors, _, distance, ssd, highest = map(float, self._state[OWN:])
        s = math.sqrt(ssd / (errors if self.variant == "moa" else max(errors - 1.0, 1.0))) if errors else 0.0
        threshold = self.beta * highest if errors > self.warm_start else 0.0
        return {"n_seen": self.n_seen, "n": int(n), "distance": distance, "value": distance + 2.0 * s,
                "threshold": threshold}


def _error(x: float, where: str) -> float:
    """`x` if it is 0 or 1: what counts the values between errors must know what an error is."""
    if x not in (0.0, 1.0):
        raise checks.InputError(f"{where}: EDDM counts the values between errors: expected 0 (right) or 1 (wrong), "
                                f"got {x:g}")
    return x


# ---------------------------------------------------------------- Page-Hinkley

MEAN, UP, LOWEST, DOWN, HIGHEST_DOWN = range(OWN + 1, OWN + 6)  # behind N
MIN_INSTANCES, DELTA, THRESHOLD, FORGETTING, MODE, VARIANT = 1, 2, 3, 4, 5, 6
BOTH, ONLY_UP, ONLY_DOWN = 0.0, 1.0, 2.0
RIVER, SKMULTIFLOW, FROUROS = 0.0, 1.0, 2.0


@kernel(FIRST)
def page_hinkley(xs, settings, state, memory):
    """Sum up what is above the mean, and what is below."""
    delta, alpha, threshold, mode, variant = (settings[DELTA], settings[FORGETTING], settings[THRESHOLD],
                                              settings[MODE], settings[VARIANT])
    if state[FIRED] != 0.0:
        restart(state, memory)
    # In variables of their own, and back at the end, these numbers are read and written twice as fast.
    n, mean, up, lowest = state[N], state[MEAN], state[UP], state[LOWEST]
    down, highest = state[DOWN], state[HIGHEST_DOWN]
    alarm = -1
    for i in range(len(xs)):
        state[SEEN] += 1.0
        n += 1.0
        mean += 1.0 / n * (xs[i] - mean)
        up = alpha * up + (xs[i] - mean) - delta
        down = alpha * down + (xs[i] - mean) + delta
        if variant == SKMULTIFLOW:
            up, down = max(up, 0.0), min(down, 0.0)
        if variant != FROUROS:
            if up < lowest or n == 1.0:
                lowest = up
            if down > highest or n == 1.0:
                highest = down
        if n < settings[MIN_INSTANCES]:
            continue
        rose, fell = mode != ONLY_DOWN and up - lowest > threshold, mode != ONLY_UP and highest - down > threshold
        if rose or fell:
            state[FIRED] = 1.0 if rose else -1.0
            if report(settings, state):
                alarm = i
                break
            restart(state, memory)
            n, mean, up, lowest, down, highest = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    state[N], state[MEAN], state[UP], state[LOWEST] = n, mean, up, lowest
    state[DOWN], state[HIGHEST_DOWN] = down, highest
    return alarm


class PageHinkley(Detector):
    """Page-Hinkley test: the values have been above (or below) their mean for too long.

    With the mean of all n values x since the last alarm, the newest included, sum up

        U <- alpha U + (x - mean - delta),    alarm: U - min U > threshold    (the mean has risen)
        D <- alpha D + (x - mean + delta),    alarm: max D - D > threshold    (it has fallen)

    The threshold is in units of x: with errors, so many more than usual. It reads any numbers, and knows no warning.

    Parameters
    ----------
    min_instances : int
        No alarm before so many values.
    delta : float
        The change of the mean that shall be overlooked, at least 0.
    threshold : float
        Greater than 0; often called lambda.
    alpha : float
        Forgetting, in (0, 1]: 1 forgets nothing.
    mode : {"both", "up", "down"}
        What to watch for. A side that is not watched raises no alarm, and so restarts nothing: `direction` differs.
    variant : {"river", "skmultiflow", "frouros"}
        As above; or with U kept at 0 or more (D at 0 or less); or without taking off the least U: the alarm is U >
        threshold (-D > threshold), and a long good stretch buries it.
    direction : {"both", "worse", "better"}
        Which alarms to report: all, those of U, or those of D.

    Raises
    ------
    InputError
        A setting out of its range; a direction that `mode` does not watch.

    Notes
    -----
    Source: Page (1954), Continuous inspection schemes, Biometrika; Hinkley (1971), Inference about the change-point
    from cumulative sum tests, Biometrika; the forgetting is a later addition. By default as river 0.26.1, with the same
    alarms, index by index. The others watch for rises alone, `mode="up"`: scikit-multiflow and MOA with
    `min_instances` one less than here, MOA in the variant "river" (before its correction, in the variant "frouros").

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.PageHinkley().run(wrong)
    array([1141])
    """

    kernel = page_hinkley
    choices: ClassVar = {"mode": ("both", "up", "down"), "variant": ("river", "skmultiflow", "frouros")}
    tuned = ("threshold", 0.01, 1e6)

    min_instances: int
    delta: float
    threshold: float
    alpha: float
    mode: str
    variant: str

    def __init__(self, *, min_instances: int = 30, delta: float = 0.005, threshold: float = 50.0,
                 alpha: float = 0.9999, mode: str = "both", variant: str = "river", direction: str = "both") -> None:
        super().__init__(
            min_instances=checks.whole(min_instances, "min_instances"),
            delta=checks.number(delta, "delta", low=0.0),
            threshold=checks.number(threshold, "threshold", above=0.0),
            alpha=checks.number(alpha, "alpha", above=0.0, high=1.0),
            mode=mode, variant=variant, direction=direction, numbers=6)
        if {"up": "better", "down": "worse"}.get(mode) == direction:
            raise checks.InputError(f"PageHinkley: mode={mode!r} sees nothing of direction={direction!r}; "
                                    f"leave out one of the two")

    @property
    def state(self) -> dict[str, float]:
        """`n` values since the last alarm, their `mean`, the larger `value` of U - min U and max D - D, `threshold`."""
        n, mean, up, lowest, down, highest = map(float, self._state[OWN:])
        sides = {"both": [up - lowest, highest - down], "up": [up - lowest], "down": [highest - down]}
        return {"n_seen": self.n_seen, "n": int(n), "mean": mean, "value": max(sides[self.mode]),
                "threshold": self.threshold}
