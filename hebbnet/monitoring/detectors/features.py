"""Detectors that need no labels: they watch the inputs, column by column, against a reference.

The first `reference` rows are kept as they are; then each `window` of rows that follows is compared with them, once it
is complete, in one test a column. Windows do not overlap, and the level of a test is divided by the number of columns
(Bonferroni): where nothing changes, a window raises an alarm with probability alpha or less, however many columns
there are. A shift of the inputs need not harm a model, and one that harms need not show in them.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from ...engine import checks
from ...engine.kernel import kernel
from .basic import FIRED, OWN, SEEN, Detector, restart
from .windows import ks_critical

FIRST_ROW = "X M, settings V, state V, memory M -> i"  # as FIRST, for rows

N, VALUE, COLUMN, THRESHOLD = range(OWN, OWN + 4)  # rows held; of the worst column: statistic, which, its bound
COLUMNS, REFERENCE, WINDOW = 1, 2, 3  # of the settings


@kernel("x V, settings V, state V, memory M -> i")
def collect(x, settings, state, memory):
    """Keep one row, each column in ascending order, reference or window behind it; whether the window is complete."""
    if int(state[N]) == memory.shape[0]:  # the window before is done with
        state[N] = settings[REFERENCE]
    held = int(state[N])
    first = int(settings[REFERENCE]) if state[N] >= settings[REFERENCE] else 0
    for column in range(memory.shape[1]):
        i = held
        while i > first and memory[i - 1, column] > x[column]:
            memory[i, column] = memory[i - 1, column]
            i -= 1
        memory[i, column] = x[column]
    state[N] = float(held + 1)
    return 1 if held + 1 == memory.shape[0] else 0


class FeatureDetector(Detector):
    """What detectors on inputs, `KS` and `PSI`, have in common: rows instead of single values, no direction.

    `numbers`, `memory`, `derived` and `settings` are those of `Detector`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> isinstance(hb.detectors.KS(columns=3), hb.detectors.FeatureDetector), hb.detectors.KS(columns=3).direction
    (True, 'both')
    """

    directions = ("both",)

    columns: int
    reference: int
    window: int
    alpha: float

    def _prepare(self, columns: Any, reference: Any, window: Any, alpha: Any) -> dict[str, Any]:
        """The settings, checked."""
        return {"columns": checks.whole(columns, "columns", low=1, high=checks.MAX_SIZE),
                "reference": checks.whole(reference, "reference", low=2, high=checks.MAX_SIZE),
                "window": checks.whole(window, "window", low=2, high=checks.MAX_SIZE),
                "alpha": checks.number(alpha, "alpha", above=0.0, high=0.5)}

    def update(self, x: Any) -> bool:
        """Read one row, (d,).

        Returns
        -------
        bool
            Whether this row raised an alarm.

        Raises
        ------
        InputError
            If x is no row of d finite numbers; nothing has changed then.
        """
        row = checks.bounded(x, low=self.low, high=self.high)
        return self._first(self._values(row[None])) == 0

    def _values(self, xs: Any) -> np.ndarray:
        rows = checks.matrix(xs, columns=self.columns)
        checks.bounded(rows.ravel(), low=self.low, high=self.high, where="X, row by row")
        return rows

    @property
    def state(self) -> dict[str, float]:
        """`n` rows held; of the worst column of the last window: which `column`, its `value`, its `threshold`."""
        n, value, column, threshold = map(float, self._state[OWN:OWN + 4])
        return {"n_seen": self.n_seen, "n": int(n), "column": int(column), "value": value, "threshold": threshold}

    def _consistent(self, state: np.ndarray, memory: np.ndarray) -> bool:
        n = state[N]
        return bool(n == np.floor(n) and 0 <= n <= self.reference + self.window)


# ---------------------------------------------------------------- Kolmogorov-Smirnov

CRITICAL = 5  # behind alpha: D must reach it


@kernel("n i, column i, memory M -> f")
def largest_distance(n, column, memory):
    """The largest distance D between the empirical distributions of a column's first n values and of the others."""
    m = memory.shape[0] - n
    i, j, most = 0, 0, 0.0
    while i < n and j < m:
        x = min(memory[i, column], memory[n + j, column])
        while i < n and memory[i, column] == x:
            i += 1
        while j < m and memory[n + j, column] == x:
            j += 1
        most = max(most, abs(i / n - j / m))
    return most


@kernel(FIRST_ROW)
def ks(X, settings, state, memory):
    """Compare each column of a complete window with the reference, by D."""
    for i in range(len(X)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        if not collect(X[i], settings, state, memory):
            continue
        state[VALUE], state[THRESHOLD] = -1.0, settings[CRITICAL]
        for column in range(memory.shape[1]):
            D = largest_distance(int(settings[REFERENCE]), column, memory)
            if state[VALUE] < D:
                state[VALUE], state[COLUMN] = D, float(column)
        if state[VALUE] >= settings[CRITICAL]:
            state[FIRED] = 1.0
            return i
    return -1


class KS(FeatureDetector):
    """Two-sample Kolmogorov-Smirnov test of every column: any change of any column's distribution.

    D is the largest distance between the empirical distributions of n = `reference` and of m = `window` values;

        alarm:  P(D or more, if nothing changed) <= alpha / columns,  in any column.

    P is exact; with ties (whole numbers, categories) it errs on the careful side. After an alarm the rows that follow
    become the new reference. Blind to what changes between columns and in none of them.

    Parameters
    ----------
    columns : int
        d.
    reference, window : int
        Rows, at least 2 each.
    alpha : float
        The probability, at most 1/2, that a window raises an alarm where nothing changes.

    Raises
    ------
    InputError
        A setting out of its range; an alpha that so few rows cannot reach; rows of another width, or not finite.

    Notes
    -----
    Source: Smirnov (1939), On the estimation of the discrepancy between empirical curves of distribution for two
    independent samples; Bonferroni's correction, for one rejection the same as Holm's. The p-value is SciPy's
    `ks_2samp(method="exact")`. River has no such detector.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> X = np.random.default_rng(0).normal(size=(3_000, 2))
    >>> X[2_000:, 1] += 0.5                                 # the second column moves
    >>> detector = hb.detectors.KS(2)
    >>> detector.first(X), detector.state["column"]
    (2299, 1)
    """

    kernel = ks

    def __init__(self, columns: int, *, reference: int = 500, window: int = 200, alpha: float = 0.001,
                 direction: str = "both") -> None:
        given = self._prepare(columns, reference, window, alpha)
        n, m = given["reference"], given["window"]
        critical = ks_critical(given["alpha"] / given["columns"], n, m) / math.lcm(n, m)
        super().__init__(**given, direction=direction, derived=[critical * (1 - 1e-12)], numbers=4,
                         memory=(n + m, given["columns"]))


# ---------------------------------------------------------------- population stability index

BINS, Z = 5, 6  # behind alpha: bins, and the standard normal quantile of 1 - alpha / columns


@kernel("k f, z f -> f")
def chi2_quantile(k, z):
    """Wilson and Hilferty: the quantile of chi-squared, k degrees of freedom, at the level where the normal's is z."""
    return k * (1.0 - 2.0 / (9.0 * k) + z * math.sqrt(2.0 / (9.0 * k))) ** 3


@kernel("n i, column i, bins i, memory M, found V")
def stability(n, column, bins, memory, found):
    """The PSI of a column's first n values and the others, over bins that hold equally many of the first; how many."""
    m, i, j, psi, used = memory.shape[0] - n, 0, 0, 0.0, 0
    for k in range(1, bins + 1):
        edge = memory[(k * n) // bins - 1, column] if k < bins else np.inf
        i0, j0 = i, j
        while i < n and memory[i, column] <= edge:
            i += 1
        while j < m and memory[n + j, column] <= edge:
            j += 1
        if i > i0 or j > j0:  # ties may fill several bins at once, and leave none for the next
            p, q = (i - i0 + 0.5) / (n + 0.5 * bins), (j - j0 + 0.5) / (m + 0.5 * bins)
            psi += (q - p) * math.log(q / p)
            used += 1
    found[0], found[1] = psi, float(used)


@kernel(FIRST_ROW, arrays=True)
def psi(X, settings, state, memory):
    """Compare each column of a complete window with the reference, by the counts of its bins."""
    n, bins = int(settings[REFERENCE]), int(settings[BINS])
    found = np.zeros(2)
    for i in range(len(X)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        state[SEEN] += 1.0
        if not collect(X[i], settings, state, memory):
            continue
        state[VALUE], state[THRESHOLD] = 0.0, np.inf
        worst = -1.0
        for column in range(memory.shape[1]):
            stability(n, column, bins, memory, found)
            free = max(found[1] - 1.0, 1.0)
            threshold = (1.0 / settings[REFERENCE] + 1.0 / settings[WINDOW]) * chi2_quantile(free, settings[Z])
            if found[0] / threshold > worst:
                worst = found[0] / threshold
                state[VALUE], state[THRESHOLD], state[COLUMN] = found[0], threshold, float(column)
        if worst > 1.0:
            state[FIRED] = 1.0
            return i
    return -1


class PSI(FeatureDetector):
    """Population stability index of every column, with a threshold that knows how many rows there are.

    The reference is cut into B bins that hold equally many of its n = `reference` values, the share p_b each; of the m
    = `window` values the share q_b falls into them:

        PSI = sum_b (q_b - p_b) ln(q_b / p_b),
        alarm:  PSI > (1 / n + 1 / m) chi2_{B - 1},  in any column,

    where chi2_{B - 1} is the quantile at 1 - alpha / columns: that is how PSI is distributed if nothing changed. The
    customary bound of 0.1 or 0.2, whatever n and m, fires at nearly every window of 100 rows and at none of 10,000.
    Half a value is added to every bin, so that none is empty. After an alarm the rows that follow become the new
    reference.

    Parameters
    ----------
    columns : int
        d.
    reference, window : int
        Rows, at least 2 each; the approximation wants 5 in a bin.
    bins : int
        B, at least 2. Ties share a bin, and a column with fewer values has fewer bins.
    alpha : float
        The probability, at most 1/2, that a window raises an alarm where nothing changes.

    Raises
    ------
    InputError
        A setting out of its range; rows of another width, or not finite.

    Notes
    -----
    Source: Yurdakul, Naranjo (2020), Statistical properties of the population stability index, Journal of Risk Model
    Validation. The quantile is Wilson and Hilferty's (1931): at .001 less than 1 % too high for 10 bins, 3 % for two. A
    column that is constant in the reference shows a change upwards only: ties share the bin with all that is below.
    River has no PSI.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> X = np.random.default_rng(0).normal(size=(3_000, 2))
    >>> X[2_000:, 1] += 0.5                                 # the second column moves
    >>> detector = hb.detectors.PSI(2)
    >>> detector.first(X), detector.state["column"]
    (2299, 1)
    """

    kernel = psi

    bins: int

    def __init__(self, columns: int, *, reference: int = 500, window: int = 200, bins: int = 10, alpha: float = 0.001,
                 direction: str = "both") -> None:
        given = self._prepare(columns, reference, window, alpha)
        bins = checks.whole(bins, "bins", low=2)
        if bins > given["reference"]:
            raise checks.InputError(f"bins: expected at most as many as the reference has rows, {given['reference']}, "
                                    f"got {bins}")
        level = 1.0 - given["alpha"] / given["columns"]
        if level == 1.0:
            raise checks.InputError(f"alpha: {alpha:g} for {columns} columns is beyond what float64 can tell from 0; "
                                    "take a larger alpha")
        z = NormalDist().inv_cdf(level)
        super().__init__(**given, bins=bins, direction=direction, derived=[z], numbers=4,
                         memory=(given["reference"] + given["window"], given["columns"]))
