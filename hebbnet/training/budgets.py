"""What a training takes, and how much is allowed: windows of labelled rows, and budgets of trainings."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..engine import checks, seeds
from ..engine.checks import InputError
from .past import Past
from .policy import Either, Policy

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]  # t (n,), in order; X (n, d); y (n,)


class Window:
    """Base of all windows: which labelled rows a training takes. One of your own says `keep`, and `first` or `take`.

    Attributes
    ----------
    wait : int
        So many rows have to be newer than an alarm, before `OnDrift` asks for a training.

    Examples
    --------
    >>> import hebbnet as hb
    >>> class EverySecond(hb.policies.Window):
    ...     def keep(self, steps):
    ...         return 1_000
    ...     def first(self, stop):
    ...         return stop - 1_000
    ...     def take(self, past, stop):
    ...         t, X, y = super().take(past, stop)
    ...         return t[::2], X[::2], y[::2]
    >>> stream = hb.DriftStream([hb.SEA(7)], rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, [4], rng=0))
    >>> run = hb.run(learner, stream, hb.Periodic(900), steps=3_000, window=EverySecond())
    >>> run.summary()["retrainings"], run.updates == 5 * (2_000 + 500)
    (1, True)
    """

    wait: int = 0

    def keep(self, steps: int) -> int:
        """How many of the last labelled rows it may ask for, in a run of so many steps."""
        raise NotImplementedError

    def begin(self, chance: np.random.Generator) -> None:
        """A run begins."""

    def see(self, past: Past, stop: int) -> None:
        """The labels of the rows before `stop` are known."""

    def alarm(self, row: int) -> None:
        """The policy raised an alarm at this row."""

    def first(self, stop: int) -> int:
        """The first row to take, when the labels before `stop` are known."""
        raise NotImplementedError

    def take(self, past: Past, stop: int) -> Rows:
        """The rows of a training that starts when the labels before `stop` are known."""
        start = max(self.first(stop), 0)
        return np.arange(start, stop), *past.rows(start, stop)


class Sliding(Window):
    """The last `n` labelled rows; fewer where fewer are known. A number for `window` means this.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.Sliding(500)
    Sliding(500)
    """

    def __init__(self, n: int) -> None:
        self.n = self.wait = checks.whole(n, "window", low=1)

    def keep(self, steps: int) -> int:
        """n"""
        return self.n

    def first(self, stop: int) -> int:
        """n rows back."""
        return stop - self.n

    def __repr__(self) -> str:
        return f"Sliding({self.n})"


class All(Window):
    """Every labelled row there ever was. Its memory and the price of a training grow with the stream.

    It mixes worlds anyway, so that `OnDrift` asks at the alarm.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.All()
    All()
    """

    def keep(self, steps: int) -> int:
        """The whole run."""
        return steps

    def first(self, stop: int) -> int:
        """The first there is."""
        return 0

    def __repr__(self) -> str:
        return "All()"


class SinceAlarm(Window):
    """The labelled rows since the last alarm: at least the last `least`, at most the last `most`.

    Alone, `OnDrift` waits for `least`. With a second policy, `OnDrift(...) | Periodic(...)`, the window grows from one
    training to the next, and begins anew at each alarm.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.SinceAlarm(500, most=5_000)
    SinceAlarm(500, most=5000)
    """

    def __init__(self, least: int, most: int = 100_000) -> None:
        self.least = self.wait = checks.whole(least, "SinceAlarm: least", low=1)
        self.most = checks.whole(most, "SinceAlarm: most", low=self.least)
        self._alarm = -1

    def keep(self, steps: int) -> int:
        """`most`, if there are so many."""
        return min(self.most, steps)

    def begin(self, chance: np.random.Generator) -> None:
        """No alarm yet: everything is since."""
        self._alarm = -1

    def alarm(self, row: int) -> None:
        """Remember it."""
        self._alarm = row

    def first(self, stop: int) -> int:
        """The row behind the alarm."""
        return max(min(self._alarm + 1, stop - self.least), stop - self.most)

    def __repr__(self) -> str:
        return f"SinceAlarm({self.least}, most={self.most})"


class Reservoir(Window):
    """`n` rows drawn evenly from all labelled ones so far (algorithm R, Vitter 1985): the whole past in bounded memory.

    It mixes worlds anyway, so that `OnDrift` asks at the alarm.

    Parameters
    ----------
    n : int
    rng : optional
        None follows from the run's own.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.Reservoir(500)
    Reservoir(500)
    """

    def __init__(self, n: int, rng: Any = None) -> None:
        self.n = checks.whole(n, "Reservoir: n", low=1)
        self._seed = None if rng is None else seeds.root(rng)

    def keep(self, steps: int) -> int:
        """None: it has copies of its own."""
        return 0

    def begin(self, chance: np.random.Generator) -> None:
        """An empty reservoir."""
        self._chance = chance if self._seed is None else seeds.child(self._seed, "reservoir")
        self._t, self._y, self._seen = np.empty(self.n, np.int64), np.empty(self.n, np.int64), 0
        self._X = np.empty((self.n, 0))

    def see(self, past: Past, stop: int) -> None:
        """Row t goes to a random one of t + 1 places, and is forgotten if there is no such place."""
        if stop <= self._seen:
            return
        t, (X, y) = np.arange(self._seen, stop), past.rows(self._seen, stop)
        if not self._seen:
            self._X = np.empty((self.n, X.shape[1]))
        place = np.where(t < self.n, t, (self._chance.random(len(t)) * (t + 1)).astype(np.int64))
        kept = place < self.n  # the last of several that go to one place stays there
        self._t[place[kept]], self._X[place[kept]], self._y[place[kept]] = t[kept], X[kept], y[kept]
        self._seen = stop

    def take(self, past: Past, stop: int) -> Rows:
        """What is in it, in order of time."""
        order = np.argsort(self._t[: min(self._seen, self.n)])
        return self._t[order], self._X[order], self._y[order]

    def __repr__(self) -> str:
        return f"Reservoir({self.n})"


class Budgeted(Either):
    """A policy under a budget: what it asks for beyond it is dropped, and the log says so.

    Parameters
    ----------
    policy : Policy
    most : int, optional
        At most so many trainings.
    cost : int, optional
        At most so many rows learned in all trainings together, each epoch counted.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.Budgeted(hb.Periodic(100), most=3)
    Budgeted(Periodic(every=100), most=3)
    """

    def __init__(self, policy: Policy, *, most: int | None = None, cost: int | None = None) -> None:
        super().__init__(policy)
        if most is None and cost is None:
            raise InputError("Budgeted: expected most= (trainings) or cost= (rows learned), or both")
        self.most = None if most is None else checks.whole(most, "Budgeted: most (hb.Never() trains never)", low=1)
        self.cost = None if cost is None else checks.whole(cost, "Budgeted: cost (hb.Never() costs nothing)", low=1)
        self.name = f"budgeted {self.name}"

    def begin(self, launch: int, window: int) -> None:
        """Nothing is spent yet."""
        self._trainings, self._spent = 0, 0
        super().begin(launch, window)

    def start(self, row: int, cost: int) -> bool:
        """Whether it can be paid for; then it is."""
        if ((self.most is not None and self._trainings == self.most)
                or (self.cost is not None and self._spent + cost > self.cost) or not super().start(row, cost)):
            return False
        self._trainings, self._spent = self._trainings + 1, self._spent + cost
        return True

    def __repr__(self) -> str:
        budget = [f"{name}={value}" for name, value in (("most", self.most), ("cost", self.cost)) if value is not None]
        return f"Budgeted({self.parts[0]!r}, {', '.join(budget)})"


def window(given: Any) -> Window:
    """A window with a state of its own; a number is `Sliding`."""
    return copy.deepcopy(given) if isinstance(given, Window) else Sliding(given)
