"""When to train again: never, from time to time, after an alarm, or all the time; and where to find the others."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from ..monitoring.detectors import ADWIN, DDM, Detector, FeatureDetector
from ..monitoring.detectors.basic import DIRECTIONS
from .budgets import All, Budgeted, Reservoir, SinceAlarm, Sliding, Window
from .policy import Either, Policy, Watcher
from .triggers import OnAccuracy, Oracle, Random

__all__ = ["All", "Always", "Budgeted", "Either", "Never", "OnAccuracy", "OnDrift", "Oracle", "Periodic", "Policy",
           "Random", "Reservoir", "SinceAlarm", "Sliding", "Window", "by_name", "instance"]


class Never(Policy):
    """Trained, launched, and left: what happens to it is the decay that all others are compared with.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Never()
    Never()
    """

    name = "never"

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """No."""
        return None


class Always(Policy):
    """Learn from every sample as soon as its label is there.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Always().online
    True
    """

    name = "always"
    online = True


class Periodic(Policy):
    """Train again every so many rows, whatever happens.

    Parameters
    ----------
    every : int
        Rows from one training to the next.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Periodic(every=3_000)
    Periodic(every=3000)
    """

    name = "periodic"

    def __init__(self, every: int) -> None:
        self.every = checks.whole(every, "Periodic: every", low=1)
        self._launch = 0

    def begin(self, launch: int, window: int) -> None:
        """Count from the launch on."""
        self._launch = launch

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """The next row that completes a period."""
        last = self._launch + ((start - self._launch) // self.every + 1) * self.every - 1
        return last if last < start + len(correct) else None

    def __repr__(self) -> str:
        return f"Periodic(every={self.every})"


class OnDrift(Watcher):
    """Train again after a detector's alarm.

    The training waits for `window` rows that are newer than the alarm: a window across the drift would mix two worlds,
    and the model would stay between them for good. From the deployment on the detector starts anew.

    Parameters
    ----------
    detector : Detector, or anything whose update(x) returns whether x raises an alarm
        It is copied; starting anew is being as it was given.
    on : str, optional
        What it watches; None is what the detector can read. "errors": 1 where the answer was wrong, known when the
        label is there. "confidence": one minus the model's own probability of its answer, known at once (needs
        predict_proba). "features": the rows of X, each a vector (d,), known at once. The last two are blind where only
        the labels' rule moves.
    direction : str
        The alarms that count: "worse" (more errors, less confidence), "better" or "both". Of a detector of features,
        or of your own, all do.

    Examples
    --------
    >>> import hebbnet as hb
    >>> policy = hb.OnDrift(hb.DDM())
    >>> policy.name
    'on-drift'
    """

    name = "on-drift"

    def __init__(self, detector: Any, *, on: str | None = None, direction: str = "worse") -> None:
        if isinstance(detector, type) or not callable(getattr(detector, "update", None)) or isinstance(detector, dict):
            raise InputError(f"OnDrift: expected a detector such as hb.ADWIN(), got {detector!r}")
        rows = isinstance(detector, FeatureDetector)
        on = ("features" if rows else "errors") if on is None else on
        self.on = checks.choice(on, ("errors", "confidence", "features"), "thing to watch, on=,")
        if isinstance(detector, Detector) and rows != (on == "features"):
            reads, fix = (("rows of inputs", "leave on= out") if rows else
                          ("single numbers", "use hb.detectors.KS(columns) or hb.detectors.PSI(columns)"))
            raise InputError(f"OnDrift: {detector!r} reads {reads}, and cannot watch {on}; {fix}")
        self.watches = frozenset() if on == "errors" else frozenset({on})
        checks.choice(direction, DIRECTIONS, "direction of OnDrift")
        if isinstance(detector, Detector) and not rows:
            self._unused: Any = type(detector)(**{**detector.settings, "direction": direction})
        else:
            self._unused = copy.deepcopy(detector)
        self.begin(0, 0)

    def begin(self, launch: int, window: int) -> None:
        """A fresh detector, watching from the launch on."""
        self._window = window
        super().begin(launch, window)

    def _start_anew(self, row: int) -> None:
        self.detector, self._from = copy.deepcopy(self._unused), row
        self._rests, self._train_after = False, -1

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """Watch; after an alarm, the row that completes the window."""
        if self.on == "errors":
            self._watch(start, 1.0 - correct)
        return self._train_after if start <= self._train_after < start + len(correct) else None

    def notice(self, start: int, X: np.ndarray, confidence: np.ndarray | None) -> int | None:
        """Watch what is known without the label; where nothing newer is waited for, the row of the alarm."""
        if self.on == "errors":
            return None
        alarm = self._watch(start, X if self.on == "features" else 1.0 - np.asarray(confidence))
        if alarm is None or self._window:
            return None
        self._train_after = -1  # asked for already
        return alarm

    def _watch(self, start: int, values: np.ndarray) -> int | None:
        """The row that raised an alarm; from then on the detector rests."""
        first = max(start, self._from)
        found = -1 if self._rests or first >= start + len(values) else self._first(values[first - start :])
        if found < 0:
            return None
        self._alarms.append(first + found)
        self._rests, self._train_after = True, first + found + self._window
        return first + found

    def _first(self, values: np.ndarray) -> int:
        if isinstance(self.detector, Detector):
            return self.detector.first(values)
        shown = values if values.ndim > 1 else map(float, values)
        return next((i for i, x in enumerate(shown) if self._alarmed(self.detector.update(x))), -1)

    def _alarmed(self, answer: Any) -> bool:
        if not isinstance(answer, (bool, np.bool_)):
            raise InputError(f"OnDrift: expected update(x) of {self.detector!r} to return whether x raised an alarm, "
                             f"True or False, got {answer!r}")
        return bool(answer)

    def __repr__(self) -> str:
        return f"OnDrift({self.detector!r}{'' if self.on == 'errors' else f', on={self.on!r}'})"


def instance(policy: Any) -> Policy:
    """`policy` as an object: `hb.Never` and `hb.Never()` are both understood, anything else is refused.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.policies.instance(hb.Always)
    Always()
    """
    if isinstance(policy, type) and issubclass(policy, (Never, Always)):
        policy = policy()
    if not isinstance(policy, Policy):
        known = "hb.Never(), hb.Periodic(every), hb.OnDrift(detector), hb.OnAccuracy(below), hb.Always(), hb.policies"
        raise InputError(f"unknown policy {policy!r}; known: {known}")
    return policy


def by_name(every: int = 2_000, detector: str = "adwin") -> dict[str, Policy]:
    """The policies that can be asked for by name alone, as on a command line.

    Parameters
    ----------
    every : int
        Of `Periodic`, in rows.
    detector : {"adwin", "ddm"}
        Of `OnDrift`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> list(hb.policies.by_name())
    ['never', 'periodic', 'on-drift', 'always']
    """
    made = {"adwin": ADWIN, "ddm": DDM}[checks.choice(detector, ("adwin", "ddm"), "detector")]()
    return {"never": Never(), "periodic": Periodic(every), "on-drift": OnDrift(made), "always": Always()}
