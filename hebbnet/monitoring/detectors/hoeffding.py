"""HDDM: the mean has left the place where a bound of Hoeffding's kind says that it must be.

Both detectors compare what came before a cut with what came after. The cut is where the mean, together with what it
may stray by chance, was lowest; the bound holds for any values in [0, 1], whatever their distribution.
"""

from __future__ import annotations

import math
from typing import Any

from ...engine import checks
from ...engine.kernel import kernel
from .basic import FIRED, FIRST, OWN, SEEN, WARNING, Detector, report, restart

DRIFT, WARN = 1, 2  # of the settings: the two confidences
TWO_SIDED_A, LAMBDA, TWO_SIDED_W = 3, 3, 4

ALARM, SUSPICION = 2.0, 1.0  # how far a test has gone


@kernel("rose f, fell f, state V")
def decide(rose, fell, state):
    """Alarm or warning, from what the tests of both sides say."""
    state[WARNING] = 1.0 if max(rose, fell) == SUSPICION else 0.0
    if max(rose, fell) == ALARM:
        state[FIRED] = 1.0 if rose == ALARM else -1.0


# ---------------------------------------------------------------- HDDM_A

N, MEAN, N_LOW, LOW, CUT_LOW, N_HIGH, HIGH, CUT_HIGH = range(OWN, OWN + 8)  # a CUT: the mean, and what it may stray


@kernel("n f, L f -> f")
def strays(n, L):
    """Hoeffding: the mean of n values strays so far or less, but for the probability exp(-L)."""
    return math.sqrt(1.0 / (2.0 * n) * L)


@kernel("n f, n0 f, L f -> f")
def apart(n, n0, L):
    """Hoeffding: the mean of all n values and that of the first n0 are so far apart or less, but for 2 exp(-L)."""
    return math.sqrt((n - n0) / n0 * (1.0 / n) / 2.0 * L)


@kernel("rise f, n f, n0 f, L_drift f, L_warn f -> f")
def level(rise, n, n0, L_drift, L_warn):
    """What a rise of the mean over that of the first n0 values says."""
    if n == n0:
        return 0.0
    if rise >= apart(n, n0, L_drift):
        return ALARM
    return SUSPICION if rise >= apart(n, n0, L_warn) else 0.0


@kernel(FIRST)
def hddm_a(xs, settings, state, memory):
    """Means of all values, since the last alarm and up to the cut."""
    L_cut, L_drift, L_warn = (math.log(1.0 / settings[DRIFT]), math.log(2.0 / settings[DRIFT]),
                              math.log(2.0 / settings[WARN]))
    least = 0.99 * min(L_drift, L_warn)  # what is below this bound needs no root, and most is
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        n = state[N] + 1.0
        mean = state[MEAN] + 1.0 / n * (xs[i] - state[MEAN])
        state[N], state[MEAN] = n, mean
        gap = state[CUT_LOW] - mean
        if n == 1.0 or (gap >= 0.0 and 2.0 * gap * gap * n >= 0.99 * L_cut
                        and state[CUT_LOW] >= mean + strays(n, L_cut)):
            state[N_LOW], state[LOW], state[CUT_LOW] = n, mean, mean + strays(n, L_cut)
        rise, n0, rose, fell = mean - state[LOW], state[N_LOW], 0.0, 0.0
        if rise > 0.0 and 2.0 * rise * rise * n * n0 >= least * (n - n0):
            rose = level(rise, n, n0, L_drift, L_warn)
        if settings[TWO_SIDED_A] != 0.0:
            if n == 1.0 or state[CUT_HIGH] <= mean - strays(n, L_cut):
                state[N_HIGH], state[HIGH], state[CUT_HIGH] = n, mean, mean - strays(n, L_cut)
            fell = level(state[HIGH] - mean, n, state[N_HIGH], L_drift, L_warn)
        state[WARNING] = 0.0
        if max(rose, fell) > 0.0:
            decide(rose, fell, state)
            if report(settings, state):
                return i
    return -1


class _HDDM(Detector):
    """What both have in common."""

    low, high = 0.0, 1.0
    tuned = ("drift_confidence", 0.9, 1e-100)  # beyond, HDDM_A becomes slower again

    drift_confidence: float
    warning_confidence: float
    two_sided_test: bool

    def _prepare(self, drift_confidence: float, warning_confidence: float, direction: str, two_sided_test: bool,
                 **settings: float) -> dict[str, Any]:
        """The settings, checked."""
        two_sided_test = checks.truth(two_sided_test, "two_sided_test")
        checks.choice(direction, self.directions, f"direction of {type(self).__name__}")
        if direction == "better" and not two_sided_test:
            raise checks.InputError(f"{type(self).__name__}: direction 'better' needs two_sided_test=True; "
                                    "one-sided it sees rises only")
        drift = checks.number(drift_confidence, "drift_confidence", above=0.0, high=1.0)
        warning = checks.number(warning_confidence, "warning_confidence", above=0.0, high=1.0)
        return {"drift_confidence": drift, "warning_confidence": warning, **settings, "two_sided_test": two_sided_test}


class HDDM_A(_HDDM):
    """Hoeffding's bound on plain means: the mean has risen above what it was up to its best moment.

    With the mean of all n values since the last alarm, and eps(n) = sqrt(ln(1 / drift_confidence) / (2 n)), remember
    the n0 and mean0 of the last moment at which mean + eps(n) was lowest; then, with a confidence c of either kind,

        warning or alarm:  mean - mean0 >= sqrt((1 / n0 - 1 / n) / 2 ln(2 / c)).

    Two-sided it does the same with the highest mean - eps(n), and mean0 - mean. The mean is that of a whole life: the
    longer all was well, the later it notices.

    Parameters
    ----------
    drift_confidence, warning_confidence : float
        In (0, 1]: the smaller, the fewer alarms.
    two_sided_test : bool
        Whether to watch for falls too.
    direction : {"both", "worse", "better"}
        Which alarms to report: all, those of a rise, or those of a fall.

    Raises
    ------
    InputError
        A setting out of its range; a value to read outside [0, 1].

    Notes
    -----
    Source: Frias-Blanco, del Campo-Avila, Ramos-Jimenez, Morales-Bueno, Ortiz-Diaz, Caballero-Mota (2015), Online and
    non-parametric drift detection methods based on Hoeffding's bounds, IEEE TKDE. As river 0.26.1 (corrected in 2023),
    with the same alarms, index by index. MOA's default is `two_sided_test=True, direction="worse"`: a fall restarts it
    in silence. frouros has ln(1 / c) in place of ln(2 / c), and so fires a little earlier.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.HDDM_A().run(wrong)
    array([1017])
    """

    kernel = hddm_a

    def __init__(self, *, drift_confidence: float = 0.001, warning_confidence: float = 0.005,
                 two_sided_test: bool = False, direction: str = "both") -> None:
        super().__init__(**self._prepare(drift_confidence, warning_confidence, direction, two_sided_test),
                         direction=direction, numbers=8)

    @property
    def state(self) -> dict[str, float]:
        """`n` values since the last alarm, their `mean`, the `value` mean - mean0, the `threshold` it must not reach.

        There is no threshold (infinity) at the best moment itself.
        """
        n, mean, n_low, low = map(float, self._state[OWN:CUT_LOW])
        threshold = apart(n, n_low, math.log(2.0 / self.drift_confidence)) if n > n_low else math.inf
        return {"n_seen": self.n_seen, "n": int(n), "mean": mean, "value": mean - low, "threshold": threshold}


# ---------------------------------------------------------------- HDDM_W

# Weighted means, each with its sum of squared weights c behind it, 0 before the first value: TOTAL of all values;
# AFTER, those behind the cut; BEFORE, those up to it, and behind c the mean and what it may stray. For falls, again.
TOTAL, AFTER, BEFORE, AFTER_FALL, BEFORE_FALL = OWN, OWN + 2, OWN + 4, OWN + 7, OWN + 9


@kernel("x f, weight f, at i, state V")
def weigh(x, weight, at, state):
    """Let a weighted mean read one value."""
    mean, c = state[at], state[at + 1]
    state[at] = x if c == 0.0 else weight * x + (1.0 - weight) * mean
    state[at + 1] = weight * weight + (1.0 - weight) * (1.0 - weight) * (1.0 if c == 0.0 else c)


@kernel("c f, L f -> f")
def mcdiarmid(c, L):
    """McDiarmid: a weighted mean strays so far or less, but for the probability exp(-L)."""
    return math.sqrt(c * L / 2.0)


@kernel("x f, weight f, sign f, before i, after i, L_drift f, L_warn f, state V -> f")
def shifted(x, weight, sign, before, after, L_drift, L_warn, state):
    """Move the cut, or read x behind it and test. `sign` is 1 to watch for rises, -1 for falls."""
    total, c, lowest = sign * state[TOTAL], state[TOTAL + 1], state[before + 2]
    if state[before + 1] == 0.0 or (total < lowest and total + mcdiarmid(c, L_drift) < lowest):
        state[before], state[before + 1], state[before + 2] = state[TOTAL], c, total + mcdiarmid(c, L_drift)
        state[after], state[after + 1] = 0.0, 0.0
        return 0.0
    weigh(x, weight, after, state)
    rise, c = sign * (state[after] - state[before]), state[before + 1] + state[after + 1]
    if rise <= 0.0 or 2.0 * rise * rise < 0.99 * c * min(L_drift, L_warn):  # what mostly is, without a root
        return 0.0
    if rise > mcdiarmid(c, L_drift):
        return ALARM
    return SUSPICION if rise > mcdiarmid(c, L_warn) else 0.0


@kernel(FIRST)
def hddm_w(xs, settings, state, memory):
    """Weighted means, up to the cut and behind it."""
    weight, L_drift, L_warn = settings[LAMBDA], math.log(1.0 / settings[DRIFT]), math.log(1.0 / settings[WARN])
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        weigh(xs[i], weight, TOTAL, state)
        rose, fell = shifted(xs[i], weight, 1.0, BEFORE, AFTER, L_drift, L_warn, state), 0.0
        if settings[TWO_SIDED_W] != 0.0:
            fell = shifted(xs[i], weight, -1.0, BEFORE_FALL, AFTER_FALL, L_drift, L_warn, state)
        state[WARNING] = 0.0
        if max(rose, fell) > 0.0:
            decide(rose, fell, state)
            if report(settings, state):
                return i
    return -1


class HDDM_W(_HDDM):
    """McDiarmid's bound on weighted means: those of the latest values have risen above those of the best moment.

    A weighted mean m reads m <- lambda x + (1 - lambda) m; its squared weights sum up to c <- lambda^2 + (1 - lambda)^2
    c, from c = 1. The cut is the last moment at which m + sqrt(c ln(1 / drift_confidence) / 2) was lower than ever;
    with m1, c1 of all values up to it and m2, c2 of those behind it, and a confidence p of either kind,

        warning or alarm:  m2 - m1 > sqrt((c1 + c2) ln(1 / p) / 2).

    Two-sided it does the same for a mean that falls. It is quick, since it forgets; but m2 - m1 never exceeds 1, and
    the bound alone is about 0.4: small rises it cannot see.

    Parameters
    ----------
    drift_confidence, warning_confidence : float
        In (0, 1]: the smaller, the fewer alarms.
    lambda_val : float
        lambda, the weight of the newest value, in (0, 1].
    two_sided_test : bool
        Whether to watch for falls too.
    direction : {"both", "worse", "better"}
        Which alarms to report: all, those of a rise, or those of a fall.

    Raises
    ------
    InputError
        A setting out of its range; a value to read outside [0, 1].

    Notes
    -----
    Source: as `HDDM_A`. As river 0.26.1 (corrected in 2023), with the same alarms, index by index: the first value
    already takes c from 1 to lambda^2 + (1 - lambda)^2. In MOA c is 1 with the first value, and as in `HDDM_A` a fall
    restarts it in silence where it is two-sided.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.HDDM_W().run(wrong)
    array([1017, 1839])
    """

    kernel = hddm_w

    lambda_val: float

    def __init__(self, *, drift_confidence: float = 0.001, warning_confidence: float = 0.005, lambda_val: float = 0.05,
                 two_sided_test: bool = False, direction: str = "both") -> None:
        weight = checks.number(lambda_val, "lambda_val", above=0.0, high=1.0)
        super().__init__(**self._prepare(drift_confidence, warning_confidence, direction, two_sided_test,
                                         lambda_val=weight), direction=direction, numbers=12)

    @property
    def state(self) -> dict[str, float]:
        """The weighted `mean` of all values since the last alarm, `value` m2 - m1, the `threshold` it must not exceed.

        There is neither value (0) nor threshold (infinity) at the cut itself.
        """
        mean, _, after, c2, before, c1 = map(float, self._state[OWN:BEFORE + 2])
        threshold = mcdiarmid(c1 + c2, math.log(1.0 / self.drift_confidence)) if c2 else math.inf
        return {"n_seen": self.n_seen, "mean": mean, "value": after - before if c2 else 0.0, "threshold": threshold}
