"""When to train again. A policy sees which predictions proved right, in the order in which their labels arrive."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from ..monitoring.detectors import Detector, FeatureDetector
from ..monitoring.detectors.basic import DIRECTIONS


class Policy:
    """Base of all policies.

    The clock calls `begin` once, `wants` with each label as it arrives, and `deployed` when a new model begins to
    serve. A subclass overrides what it needs; what it keeps between the calls is its own.

    Examples
    --------
    >>> import hebbnet as hb
    >>> class AfterTenMistakes(hb.policies.Policy):
    ...     name = "ten mistakes"
    ...     mistakes = 0
    ...     def wants(self, row, right):
    ...         self.mistakes += not right
    ...         return self.mistakes == 10
    ...     def deployed(self, row):
    ...         self.mistakes = 0
    """

    name: ClassVar[str] = "policy"
    online: ClassVar[bool] = False  # learns from every label at once, instead of asking for trainings

    def begin(self, launch: int, window: int) -> None:
        """A run begins: the model is launched at row `launch`; a training takes the last `window` labelled rows."""

    def wants(self, row: int, right: bool) -> bool:
        """Whether to train, now that it is known whether the prediction of `row` was right."""
        return False

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """`wants` for the rows from `start` on, up to the first yes: the row after whose label to train, or None.

        To be overridden for speed alone, and with care: the rows behind the answer are not to be looked at, since
        they would have been predicted by another model; they will be shown again.
        """
        return next((start + i for i, right in enumerate(correct) if self.wants(start + i, bool(right))), None)

    def deployed(self, row: int) -> None:
        """From `row` on a new model serves."""

    def alarms(self) -> list[int]:
        """The rows whose labels raised an alarm since the last call."""
        return []

    def copy(self) -> Policy:
        """The same policy, with a state of its own."""
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


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


class OnDrift(Policy):
    """Train again after a detector's alarm.

    The training waits for `window` rows that are newer than the alarm: a window across the drift would mix two worlds,
    and the model would stay between them for good. From the deployment on the detector starts anew.

    Parameters
    ----------
    detector : Detector, or anything whose update(x) returns whether x raises an alarm
        Watches the errors (1 = wrong). It is copied; starting anew is being as it was given.
    direction : str
        The alarms that count: "worse", "better" or "both". Of a detector of your own, all do.

    Examples
    --------
    >>> import hebbnet as hb
    >>> policy = hb.OnDrift(hb.DDM())
    >>> policy.name
    'on-drift'
    """

    name = "on-drift"

    def __init__(self, detector: Detector, *, direction: str = "worse") -> None:
        if isinstance(detector, type) or not callable(getattr(detector, "update", None)) or isinstance(detector, dict):
            raise InputError(f"OnDrift: expected a detector such as hb.ADWIN(), got {detector!r}")
        if isinstance(detector, FeatureDetector):
            raise InputError(f"OnDrift: expected a detector of errors such as hb.ADWIN(), got {detector!r}, which "
                             "watches inputs")
        checks.choice(direction, DIRECTIONS, "direction of OnDrift")
        if isinstance(detector, Detector):
            self._unused = type(detector)(**{**detector.settings, "direction": direction})
        else:
            self._unused = copy.deepcopy(detector)
        self.begin(0, 0)

    def begin(self, launch: int, window: int) -> None:
        """A fresh detector, watching from the launch on."""
        self._window, self._alarms = window, list[int]()
        self._start_anew(launch)

    def _start_anew(self, row: int) -> None:
        self.detector, self._from, self._train_after = copy.deepcopy(self._unused), row, -1

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """Watch; after an alarm, the row that completes the window."""
        stop = start + len(correct)
        if self._train_after < 0:
            first = max(start, self._from)
            found = self._watch(1.0 - correct[first - start :]) if first < stop else -1
            if found >= 0:
                alarm = first + found
                self._alarms.append(alarm)
                self._train_after = alarm + self._window
        return self._train_after if start <= self._train_after < stop else None

    def _watch(self, errors: np.ndarray) -> int:
        if isinstance(self.detector, Detector):
            return self.detector.first(errors)
        return next((i for i, error in enumerate(errors) if self._alarmed(self.detector.update(float(error)))), -1)

    def _alarmed(self, answer: Any) -> bool:
        if not isinstance(answer, (bool, np.bool_)):
            raise InputError(f"OnDrift: expected update(x) of {self.detector!r} to return whether x raised an alarm, "
                             f"True or False, got {answer!r}")
        return bool(answer)

    def deployed(self, row: int) -> None:
        """Another model, other errors: forget the old ones, also those whose labels are still to come."""
        self._start_anew(row)

    def alarms(self) -> list[int]:
        """The rows whose labels raised an alarm since the last call."""
        found, self._alarms = self._alarms, []
        return found

    def __repr__(self) -> str:
        return f"OnDrift({self.detector!r})"


def instance(policy: Any) -> Policy:
    """`policy` as an object: `hb.Never` and `hb.Never()` are both understood, anything else is refused."""
    if isinstance(policy, type) and issubclass(policy, (Never, Always)):
        policy = policy()
    if not isinstance(policy, Policy):
        known = "hb.Never(), hb.Periodic(every), hb.OnDrift(detector), hb.Always()"
        raise InputError(f"unknown policy {policy!r}; known: {known}")
    return policy
