"""Two samples side by side: the exact Kolmogorov-Smirnov test, and KSWIN, which applies it to a sliding window."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from ...engine import checks
from ...engine.kernel import kernel
from ...engine.seeds import child, root
from .basic import FIRED, FIRST, OWN, SEEN, Detector, report, restart

# ---------------------------------------------------------------- the test

AFFORDABLE = 20_000  # values in both samples


def ks_pvalue(k: int, n: int, m: int) -> float:
    """P(D >= k / lcm(n, m)): how often two samples of one continuous distribution differ so much.

    D is the largest distance between the empirical distributions of n and of m values. Sorted together, every order of
    the two samples is equally likely: a walk from (0, 0) to (n, m), which ends where |i / n - j / m| first reaches D.
    `p` holds the probability of being at i after t steps; what reaches D is taken out and summed up, so that nothing is
    lost where it is tiny. With ties among the values D tends to be smaller: the test is then on the careful side.

    Examples
    --------
    >>> round(ks_pvalue(14, 30, 30), 6)     # D = 14 / 30
    0.00253
    """
    together = math.lcm(n, m)
    i = np.arange(n + 1)
    p, reached = np.zeros(n + 1), 0.0
    p[0] = 1.0
    for t in range(n + m):
        step = p * (n - i) / (n + m - t)
        p *= (m - (t - i)) / (n + m - t)
        p[1:] += step[:-1]
        j = t + 1 - i
        out = (np.abs(i * (together // n) - j * (together // m)) >= k) & (j >= 0) & (j <= m)
        reached += float(p[out].sum())
        p[out] = 0.0
    return reached


@lru_cache
def ks_critical(alpha: float, n: int, m: int) -> int:
    """The least k with P(D >= k / lcm(n, m)) <= alpha; refused where even D = 1 is more likely."""
    if n + m > AFFORDABLE:
        raise checks.InputError(f"{n:,} and {m:,} values: the exact test takes minutes for more than {AFFORDABLE:,} "
                                "together; take smaller windows")
    low, high = 0, math.lcm(n, m)
    least = ks_pvalue(high, n, m)
    if least > alpha:
        raise checks.InputError(f"alpha: {alpha:g} is out of reach: of {n} and {m} values even the largest difference "
                                f"has the probability {least:.1e}; take more values or a larger alpha")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ks_pvalue(middle, n, m) <= alpha else (middle, high)
    return high


# ---------------------------------------------------------------- KSWIN

N, DISTANCE, DRAW = OWN, OWN + 1, OWN + 2  # values held or seen since the last alarm, last D, the generator's state
SIZE, RECENT = 2, 3  # of the settings; then SEED and CRITICAL, which were worked out from them
SEED, CRITICAL = 5, 6
MODULUS, FACTOR = 2147483647.0, 48271.0  # Park and Miller's generator: its whole state is one number below 2^31

# The memory: the window's values in ascending order; when each of them came, counted since the last alarm; and for
# each place of the window, the oldest first, whether it was drawn.
VALUES, CAME, DRAWN = 0, 1, 2


@kernel("x f, size i, state V, memory M")
def slide(x, size, state, memory):
    """Put a value into the sorted window; drop the oldest where it is full."""
    n = int(state[N])
    held = min(n, size)
    if n >= size:
        i = 0
        while memory[CAME, i] != float(n - size):
            i += 1
        held -= 1
        for j in range(i, held):
            memory[VALUES, j] = memory[VALUES, j + 1]
            memory[CAME, j] = memory[CAME, j + 1]
    i = held
    while i > 0 and memory[VALUES, i - 1] > x:
        memory[VALUES, i] = memory[VALUES, i - 1]
        memory[CAME, i] = memory[CAME, i - 1]
        i -= 1
    memory[VALUES, i], memory[CAME, i] = x, float(n)
    state[N] = float(n + 1)


@kernel("r i, older i, state V, memory M")
def draw(r, older, state, memory):
    """Mark r of the older places, all choices being equally likely (Floyd's method: r draws, none of them in vain)."""
    for place in range(older):
        memory[DRAWN, place] = 0.0
    for last in range(older - r, older):
        state[DRAW] = (FACTOR * state[DRAW]) % MODULUS
        place = int(state[DRAW] / MODULUS * float(last + 1))
        memory[DRAWN, last if memory[DRAWN, place] != 0.0 else place] = 1.0


@kernel("r i, size i, state V, memory M -> i")
def distance(r, size, state, memory):
    """r times D between the r latest values and those that were drawn."""
    oldest, recent = state[N] - float(size), state[N] - float(r)
    ahead, most = 0.0, 0.0
    for i in range(size):
        came = memory[CAME, i]
        if came >= recent:
            ahead += 1.0
        else:
            ahead -= memory[DRAWN, int(came - oldest)]
        if i == size - 1 or memory[VALUES, i + 1] != memory[VALUES, i]:  # equal values count as one step
            most = max(most, abs(ahead))
    return int(most)


@kernel("r i, size i, state V, memory M -> f")
def moved(r, size, state, memory):
    """1 if the r latest values have a higher mean than those before them, else -1."""
    recent, older = 0.0, 0.0
    for i in range(size):
        if memory[CAME, i] >= state[N] - float(r):
            recent += memory[VALUES, i]
        else:
            older += memory[VALUES, i]
    return 1.0 if recent * float(size - r) > older * float(r) else -1.0


@kernel(FIRST)
def kswin(xs, settings, state, memory):
    """Slide, draw, compare."""
    size, r = int(settings[SIZE]), int(settings[RECENT])
    for i in range(len(xs)):
        if state[FIRED] != 0.0:
            restart(state, memory)
        if state[DRAW] == 0.0:
            state[DRAW] = settings[SEED]
        state[SEEN] += 1.0
        slide(xs[i], size, state, memory)
        if state[N] < settings[SIZE]:
            continue
        draw(r, size - r, state, memory)
        most = distance(r, size, state, memory)
        state[DISTANCE] = float(most) / float(r)
        if float(most) >= settings[CRITICAL]:
            state[FIRED] = moved(r, size, state, memory)
        if report(settings, state):
            return i
    return -1


class KSWIN(Detector):
    """Kolmogorov-Smirnov windowing: the latest values of a window have another distribution than those before them.

    Of the last `window_size` values, the latest r = `stat_size` are compared with r others, drawn at random from those
    before them, at every step: with the largest distance D between the two empirical distributions,

        alarm:  P(D or more, if nothing changed) <= alpha,   and D > 0.1.

    P is exact, so that this is a bound on D: 14/30 by default, 17/30 at alpha = .0001, 11/30 at .05. After an alarm the
    window is empty: the next `window_size` - 1 values cannot raise one. It sees any change, not of the mean alone; but
    a test at every step is no test at the level alpha, and with errors (0 and 1) D is the difference of two rates.

    Parameters
    ----------
    alpha : float
        In (0, 1]: the smaller, the fewer alarms.
    window_size : int
        At least twice `stat_size`.
    stat_size : int
        r, at least 1.
    rng
        Of the draws: a whole number, a NumPy Generator, or None. They begin anew after each alarm, as in river.
    direction : {"both", "worse", "better"}
        Which alarms to report: all, those where the mean of the latest values is above the mean of the others, or those
        where it is not.

    Raises
    ------
    InputError
        A setting out of its range; an alpha that so few values cannot reach.

    Notes
    -----
    Source: Raab, Heusinger, Schleif (2020), Reactive soft prototype computing for concept drift streams,
    Neurocomputing. As river 0.26.1, whose code (an exact p-value) is not what its documentation says (D >
    sqrt(-ln(alpha) / r)); given the same draws, with the same alarms, index by index. River draws with Python's
    generator, and without a seed draws anew in each run.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> x = np.random.default_rng(0).normal(np.repeat([0.0, 2.0], 1_000))
    >>> hb.KSWIN(alpha=0.0001).run(x)
    array([1016])
    """

    kernel = kswin

    alpha: float
    window_size: int
    stat_size: int
    rng: int

    def __init__(self, *, alpha: float = 0.005, window_size: int = 100, stat_size: int = 30, rng: Any = 0,
                 direction: str = "both") -> None:
        r = checks.whole(stat_size, "stat_size", low=1)
        size = checks.whole(window_size, "window_size", low=2 * r, high=checks.MAX_SIZE)
        alpha, seed = checks.number(alpha, "alpha", above=0.0, high=1.0), root(rng)
        first = int(child(seed, "KSWIN").integers(1, int(MODULUS)))
        critical = max(ks_critical(alpha, r, r), r // 10 + 1)  # the least whole number above 0.1 r
        super().__init__(alpha=alpha, window_size=size, stat_size=r, rng=seed, direction=direction,
                         derived=(first, critical), numbers=3, memory=(3, size))
        self._critical = critical
        self.tuned = ("alpha", 1.0, ks_pvalue(r, r, r))

    @property
    def state(self) -> dict[str, float]:
        """`n` values since the last alarm, the `value` D at the latest, the `threshold` that is an alarm."""
        n, D, _ = map(float, self._state[OWN:])
        return {"n_seen": self.n_seen, "n": int(n), "value": D, "threshold": self._critical / self.stat_size}

    def _consistent(self, state: np.ndarray, memory: np.ndarray) -> bool:
        n, seed = state[N], state[DRAW]
        held = int(np.clip(n, 0, self.window_size)) if n == np.floor(n) else -1
        came = np.sort(memory[CAME, :max(held, 0)])
        return bool(held >= 0 and 0 <= n < 2**53 and np.array_equal(came, np.arange(n - held, n))
                    and np.all(np.diff(memory[VALUES, :held]) >= 0)
                    and seed == np.floor(seed) and 0 <= seed < MODULUS and (seed > 0 or n == 0))
