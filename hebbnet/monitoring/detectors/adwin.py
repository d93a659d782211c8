"""ADWIN: a window that grows as long as nothing changes, and is cut where its two parts have different means.

The window itself is never stored: it is summed up in buckets, of 1, 2, 4, 8 ... values, at most `max_buckets` of a
size, the oldest values in the largest. A million values thus are about a hundred buckets, and so many cuts to test.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from ...engine import checks
from ...engine.kernel import kernel
from .basic import FIRED, FIRST, OWN, SEEN, Detector, report, restart

WIDTH, TOTAL, SSD, LAST = OWN, OWN + 1, OWN + 2, OWN + 3  # of the window; SSD is the sum of squared deviations
DELTA, CLOCK, MAX_BUCKETS, MIN_WINDOW_LENGTH, GRACE_PERIOD, ON_DETECT = 1, 2, 3, 4, 5, 6

# Row r of the memory, up to row LAST, holds the buckets of 2^r values, the oldest first: how many there are (COUNT),
# then total and SSD of each.
ROWS, COUNT = 48, 0  # 48 rows of buckets are 2^48 values and more


@kernel("x f, max_buckets i, state V, memory M")
def insert(x, max_buckets, state, memory):
    """Let the window grow by one value; a row that is full merges its two oldest buckets into one of the next."""
    width = state[WIDTH]
    if width > 0.0:
        apart = width * x - state[TOTAL]
        state[SSD] += apart * apart / (width * (width + 1.0))
    state[WIDTH] = width + 1.0
    state[TOTAL] += x

    row, total, ssd = 0, x, 0.0  # the bucket to add
    count = int(memory[0, COUNT])
    while count == max_buckets:
        total0, ssd0, total1, ssd1 = memory[row, 1], memory[row, 2], memory[row, 3], memory[row, 4]
        for j in range(1, 2 * count - 3):
            memory[row, j] = memory[row, j + 4]
        memory[row, 2 * count - 3] = total
        memory[row, 2 * count - 2] = ssd
        memory[row, COUNT] = count - 1.0
        apart = total0 - total1
        total, ssd = total0 + total1, ssd0 + ssd1 + apart * apart / float(2 << row)
        row += 1
        count = int(memory[row, COUNT])
    memory[row, 2 * count + 1] = total
    memory[row, 2 * count + 2] = ssd
    memory[row, COUNT] = count + 1.0
    state[LAST] = max(state[LAST], float(row))


@kernel("state V, memory M")
def shrink(state, memory):
    """Cut the oldest bucket off the window. It is never all of it: a cut leaves W1."""
    row = int(state[LAST])
    size, total, ssd = float(1 << row), memory[row, 1], memory[row, 2]
    state[WIDTH] -= size
    state[TOTAL] -= total
    width = state[WIDTH]
    apart = total / size - state[TOTAL] / width
    state[SSD] -= ssd + size * width * apart * apart / (size + width)
    memory[row, COUNT] -= 1.0
    for j in range(1, 2 * int(memory[row, COUNT]) + 1):
        memory[row, j] = memory[row, j + 2]
    if memory[row, COUNT] == 0.0:
        state[LAST] -= 1.0


@kernel("settings V, state V, memory M -> i")
def differs(settings, state, memory):
    """Whether at some cut, tried from the oldest bucket on, the two parts W0 and W1 have different means."""
    width, total, ssd, shortest = state[WIDTH], state[TOTAL], state[SSD], settings[MIN_WINDOW_LENGTH]
    if width < 2.0 or ssd < 0.0:  # nothing to cut; below 0 by rounding, where all values are the same
        return 0
    L = math.log(2.0 * math.log(width) / settings[DELTA])
    n0, n1, total0, total1 = 0.0, width, 0.0, total
    for row in range(int(state[LAST]), -1, -1):
        size = float(1 << row)
        for k in range(int(memory[row, COUNT])):
            n0 += size
            n1 -= size
            total0 += memory[row, 2 * k + 1]
            total1 -= memory[row, 2 * k + 1]
            # Most cuts are ruled out without a division: |mu0 - mu1| <= sqrt(2 m v L) even with the least possible m,
            # width / (n0 n1), where v = ssd / width and mu0 - mu1 = apart / (n0 n1).
            apart = total0 * width - total * n0
            if apart * apart <= 2.0 * ssd * L * n0 * n1 or n0 < shortest or n1 < shortest:
                continue
            m = 1.0 / (n0 - shortest + 1.0) + 1.0 / (n1 - shortest + 1.0)
            if abs(total0 / n0 - total1 / n1) > math.sqrt(2.0 * m * (ssd / width) * L) + 2.0 / 3.0 * L * m:
                return 1
    return 0


@kernel(FIRST)
def adwin(xs, settings, state, memory):
    """Insert each value; every `clock` values shrink the window until no cut shows a difference."""
    clock, max_buckets, goes_on = int(settings[CLOCK]), int(settings[MAX_BUCKETS]), settings[ON_DETECT] == 1.0
    wait = clock - int(state[SEEN if goes_on else WIDTH]) % clock
    for i in range(len(xs)):
        if state[FIRED] != 0.0 and goes_on:
            state[FIRED] = 0.0
        elif state[FIRED] != 0.0:
            restart(state, memory)
            wait = clock
        state[SEEN] += 1.0
        insert(xs[i], max_buckets, state, memory)
        wait -= 1
        if wait > 0:
            continue
        wait = clock
        if state[WIDTH] <= settings[GRACE_PERIOD]:
            continue
        before = state[TOTAL] / state[WIDTH]
        while differs(settings, state, memory):
            shrink(state, memory)
            state[FIRED] = 1.0 if state[TOTAL] / state[WIDTH] > before else -1.0
        if report(settings, state):
            return i
    return -1


class ADWIN(Detector):
    """Adaptive windowing: an alarm when the window of the latest values falls into two unlike parts.

    The window, of length `width` and variance v, is cut in two, older values W0 (n0 of them, mean mu0) and newer W1
    (n1, mu1), wherever two buckets meet. A cut shows a change if

        |mu0 - mu1| > sqrt(2 m v L) + 2/3 m L,   L = ln(2 ln(width) / delta),
        m = 1 / (n0 - min_window_length + 1) + 1 / (n1 - min_window_length + 1);

    then the oldest bucket is dropped and all cuts are tried again, until none shows a change: that was one alarm.
    Fit for values in [0, 1] that do not depend on each other; others it reads too, without the guarantee.

    Parameters
    ----------
    delta : float
        Confidence, in (0, 1]: the smaller, the fewer false alarms and the later the true ones.
    clock : int
        The cuts are tried every so many values.
    max_buckets : int
        So many buckets of each size, at least 2: the more, the more cuts.
    min_window_length : int
        The shortest W0 and W1, at least 1.
    grace_period : int
        No cut is tried until more than so many values have been read.
    on_detect : {"restart", "shrink"}
        After an alarm: start afresh with the next value, as river does; or go on with W1, as the paper and MOA do,
        and raise an alarm at each later check that cuts again.
    direction : {"both", "worse", "better"}
        Which alarms to report: all; those where the mean of the window that is left is above the mean of the window
        before this check; or those where it is not.

    Raises
    ------
    InputError
        A setting out of its range.

    Notes
    -----
    Source: Bifet, Gavalda (2007), Learning from time-changing data with adaptive windowing, SDM. The paper has
    m = 1 / n0 + 1 / n1; the m above is MOA's and river's. By default as river 0.26.1, with the same alarms, index by
    index. With `on_detect="shrink"` as menelaus 0.2 with its `conservative_bound` off. MOA has `direction="worse"` in
    its detector. scikit-multiflow and frouros skip cuts by mistake.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> wrong = np.random.default_rng(0).random(2_000) < np.repeat([0.1, 0.4], 1_000)
    >>> hb.ADWIN().run(wrong)
    array([1055])
    >>> hb.ADWIN(direction="better").run(wrong)
    array([], dtype=int64)
    """

    kernel = adwin

    delta: float
    clock: int
    max_buckets: int
    min_window_length: int
    grace_period: int
    on_detect: str
    choices: ClassVar = {"on_detect": ("restart", "shrink")}
    tuned = ("delta", 1.0, 1e-100)

    def __init__(self, *, delta: float = 0.002, clock: int = 32, max_buckets: int = 5, min_window_length: int = 5,
                 grace_period: int = 10, on_detect: str = "restart", direction: str = "both") -> None:
        max_buckets = checks.whole(max_buckets, "max_buckets", low=2, high=checks.MAX_SIZE)
        super().__init__(
            delta=checks.number(delta, "delta", above=0.0, high=1.0),
            clock=checks.whole(clock, "clock", low=1),
            max_buckets=max_buckets,
            min_window_length=checks.whole(min_window_length, "min_window_length", low=1),
            grace_period=checks.whole(grace_period, "grace_period"), on_detect=on_detect,
            direction=direction, numbers=4, memory=(ROWS, 1 + 2 * max_buckets))

    @property
    def state(self) -> dict[str, float]:
        """The window as it is now: `n` values (its width), their `mean` and their `variance`."""
        width, total, ssd, _ = (float(number) for number in self._state[OWN:])
        n = max(width, 1.0)
        return {"n_seen": self.n_seen, "n": int(width), "mean": total / n, "variance": max(ssd, 0.0) / n}

    def _consistent(self, state: np.ndarray, memory: np.ndarray) -> bool:
        counts, last = memory[:, COUNT], state[LAST]
        whole = bool(np.all((counts >= 0) & (counts <= self.max_buckets) & (counts == np.floor(counts))))
        rows = np.flatnonzero(counts)
        largest = rows[-1] if rows.size else 0
        return bool(whole and counts @ 2.0 ** np.arange(ROWS) == state[WIDTH] and last == largest < ROWS - 1)
