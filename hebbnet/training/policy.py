"""What a policy is: somebody who is told what is known, as soon as it is known, and asks for trainings; and `a | b`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.checks import InputError
from ..streams.drift import Drift


class Policy:
    """Base of all policies.

    The clock calls `prepare` and `begin` once, `wants` with each label as it arrives, and `deployed` when a new model
    begins to serve. A subclass overrides what it needs; what it keeps between the calls is its own.

    Attributes
    ----------
    name : str
    online : bool
        Learns from every label at once, instead of asking for trainings.
    watches : frozenset of str
        What `notice` is to be told of a row before its label is known: "features", "confidence".
    needs_truth : bool
        Knows what nobody can know of real data.

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

    name: str = "policy"
    online: bool = False
    watches: frozenset[str] = frozenset()
    needs_truth: bool = False

    # ------------------------------------------------------------ before the run

    def prepare(self, rows: range, rng: np.random.Generator, drifts: list[Drift] | None) -> None:
        """A run is to come: a training may be asked for after the label of each of `rows`.

        `drifts` is None unless the policy `needs_truth`. What cannot be is refused here.
        """

    def begin(self, launch: int, window: int) -> None:
        """A run begins: the model is launched at row `launch`; a training wants `window` rows newer than an alarm."""

    # ------------------------------------------------------------ what it is told, and asks

    def wants(self, row: int, right: bool) -> bool:
        """Whether to train, now that it is known whether the prediction of `row` was right."""
        return False

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """`wants` for the rows from `start` on, up to the first yes: the row after whose label to train, or None.

        To be overridden for speed alone, and with care: the rows behind the answer are not to be looked at, since
        they would have been predicted by another model; they will be shown again.
        """
        return next((start + i for i, right in enumerate(correct) if self.wants(start + i, bool(right))), None)

    def notice(self, start: int, X: np.ndarray, confidence: np.ndarray | None) -> int | None:
        """The rows from `start` on were predicted, and no label is known: the row after which to train, or None.

        Called only where the policy `watches` something. X (n, d) holds the rows; `confidence` (n,), if it is watched,
        the model's probability of what it answered. As in `decide`, rows behind the answer are not to be looked at.
        """
        return None

    def alarms(self) -> list[int]:
        """The rows that raised an alarm since the last call."""
        return []

    # ------------------------------------------------------------ what becomes of it

    def start(self, row: int, cost: int) -> bool:
        """Whether the training that was asked for may start at `row`, at the price of `cost` rows to learn."""
        return True

    def deployed(self, row: int) -> None:
        """From `row` on a new model serves."""

    def dropped(self, row: int) -> None:
        """What was asked for comes to nothing: another training is under way, or it may not start."""

    def rejected(self, row: int) -> None:
        """The new model was no better, and is thrown away: the old one goes on."""

    # ------------------------------------------------------------ copies, and two together

    def copy(self) -> Policy:
        """The same policy, with a state of its own."""
        return copy.deepcopy(self)

    def __or__(self, other: Any) -> Either:
        return Either(self, other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Watcher(Policy):
    """Base of those that watch until an alarm, then rest until something comes of it, and begin anew with that."""

    def begin(self, launch: int, window: int) -> None:
        """Watch from the launch on."""
        self._alarms = list[int]()
        self._start_anew(launch)

    def _start_anew(self, row: int) -> None:
        """What lies before `row` is forgotten."""
        raise NotImplementedError

    def deployed(self, row: int) -> None:
        """Another model, other errors: forget the old ones, also those whose labels are still to come."""
        self._start_anew(row)

    def dropped(self, row: int) -> None:
        """No training came of it: watch again."""
        self._start_anew(row)

    def rejected(self, row: int) -> None:
        """Nothing came of it: watch again."""
        self._start_anew(row)

    def alarms(self) -> list[int]:
        """The rows that raised an alarm since the last call."""
        found, self._alarms = self._alarms, []
        return found


class Either(Policy):
    """Train whenever any of several policies, the `parts`, asks: `a | b`. A new model is news to all of them.

    Examples
    --------
    >>> import hebbnet as hb
    >>> policy = hb.OnDrift(hb.DDM()) | hb.Periodic(5_000)
    >>> policy.name
    'on-drift | periodic'
    """

    def __init__(self, *parts: Policy) -> None:
        for part in parts:
            if not isinstance(part, Policy):
                raise InputError(f"a | b: expected policies such as hb.Never(), got {part!r}")
            if part.online:
                raise InputError(f"{part!r} learns from every label and asks for no training: it can be part of no "
                                 "other policy; hb.Periodic(1) asks at every row")
        self.parts = [part.copy() for part in parts]
        self.name = " | ".join(part.name for part in self.parts)
        self.watches = frozenset[str]().union(*(part.watches for part in self.parts))
        self.needs_truth = any(part.needs_truth for part in self.parts)
        self._asked = set[int]()  # which parts want the training that is to come

    def prepare(self, rows: range, rng: np.random.Generator, drifts: list[Drift] | None) -> None:
        """Each part for itself; the truth only to those who need it."""
        for part in self.parts:
            part.prepare(rows, rng, drifts if part.needs_truth else None)

    def begin(self, launch: int, window: int) -> None:
        """Each part for itself."""
        for part in self.parts:
            part.begin(launch, window)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        """The first row after whose label a part asks."""
        return self._first(start, len(correct), lambda part, n: part.decide(start, correct[:n]))

    def notice(self, start: int, X: np.ndarray, confidence: np.ndarray | None) -> int | None:
        """The first row after which a part asks."""
        return self._first(start, len(X), lambda part, n: part.notice(
            start, X[:n], None if confidence is None else confidence[:n]))

    def _first(self, start: int, n: int, ask: Callable[[Policy, int], int | None]) -> int | None:
        """Copies look ahead for the first row after which any part asks; the parts are shown nothing behind it."""
        row = None
        if n > 1 and len(self.parts) > 1:
            ahead = [ask(part.copy(), n) for part in self.parts]
            row = min((answer for answer in ahead if answer is not None), default=None)
        n = n if row is None else row + 1 - start
        answers = [ask(part, n) for part in self.parts]
        self._asked |= {k for k, answer in enumerate(answers) if answer is not None}
        return next((answer for answer in answers if answer is not None), None)

    def alarms(self) -> list[int]:
        """Those of all parts, in order."""
        return sorted(row for part in self.parts for row in part.alarms())

    def start(self, row: int, cost: int) -> bool:
        """Whether any part that asked may have it; it is their training, and their price."""
        refused = {k for k in self._asked if not self.parts[k].start(row, cost)}
        if refused == self._asked:
            return False
        self._asked = refused
        self.dropped(row)
        return True

    def deployed(self, row: int) -> None:
        """All are told."""
        for part in self.parts:
            part.deployed(row)

    def dropped(self, row: int) -> None:
        """Those are told who asked."""
        for k in self._asked:
            self.parts[k].dropped(row)
        self._asked = set()

    def rejected(self, row: int) -> None:
        """All are told."""
        for part in self.parts:
            part.rejected(row)

    def __repr__(self) -> str:
        return f"({' | '.join(map(repr, self.parts))})"
