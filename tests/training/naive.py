"""The loop again, slow and obvious: one row at a time, plain lists, a copy of the model wherever one is kept.

Nothing here is shared with hebbnet.training: the policies too are written down anew, from what they promise. A policy
of this file is shown one label at a time and answers whether to train now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zlib import crc32

import numpy as np


def child(seed: int, name: str, k: int = 0) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(name.encode()), k)))


# ---------------------------------------------------------------- policies


class Never:
    always = False

    def __init__(self) -> None:
        self.alarms: list[int] = []

    def begin(self, launch: int, window: int) -> None:
        self.launch, self.window = launch, window

    def sees(self, row: int, right: bool) -> bool:
        return False

    def deployed(self, moment: int) -> None:
        pass


class Always(Never):
    always = True


class Periodic(Never):
    def __init__(self, every: int) -> None:
        super().__init__()
        self.every, self.seen = every, 0

    def sees(self, row: int, right: bool) -> bool:
        self.seen += 1
        return self.seen % self.every == 0


class AtRows(Never):
    def __init__(self, rows: Iterable[int]) -> None:
        super().__init__()
        self.rows = set(rows)

    def sees(self, row: int, right: bool) -> bool:
        return row in self.rows


class OnDrift(Never):
    """`make` gives a new detector, whose update(error) says whether it alarms."""

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        self.make, self.detector = make, make()
        self.newer: int | None = None  # how many labels newer than the alarm were seen
        self.served_from = 0

    def sees(self, row: int, right: bool) -> bool:
        if self.newer is not None:
            self.newer += 1
            return self.newer == self.window
        if row >= self.served_from and self.detector.update(0.0 if right else 1.0):
            self.alarms.append(row)
            self.newer = 0
        return False

    def deployed(self, moment: int) -> None:
        self.detector, self.newer, self.served_from = self.make(), None, moment


# ---------------------------------------------------------------- the loop


def live(learner: Any, X: np.ndarray, y: np.ndarray, policy: Any, *, launch: int, window: int, epochs: int = 1,
         batch_size: int = 1, label_delay: int = 0, cycle_time: int = 0, arrival: int = 1, warm_start: bool = True,
         seed: int = 0, whole: bool = False) -> tuple[list[int], list[tuple[int, str, Any]], Any]:
    """Go through the rows: (the prediction of each row from the launch on, the events, the model that served last).

    `whole` is for hb.Learner, which takes batch_size= and epochs= and shuffles later epochs itself.
    """
    steps = len(y)
    shuffles = child(seed, "run")
    events: list[tuple[int, str, Any]] = [(launch, "launch", None)]

    def learn(model: Any, rows: list[int]) -> None:
        if whole:
            model.learn(X[rows], y[rows], batch_size=batch_size)
        else:
            model.learn(X[rows], y[rows])

    def train(model: Any, rows: list[int]) -> None:
        if whole:
            order = [rows[i] for i in shuffles.permutation(len(rows))]
            model.learn(X[order], y[order], batch_size=batch_size, epochs=epochs)
        else:
            for _ in range(epochs):
                learn(model, [rows[i] for i in shuffles.permutation(len(rows))])

    serving = learner.copy()
    if launch:
        train(serving, list(range(launch)))
    policy.begin(launch, window)

    predicted: dict[int, int] = {}
    known: list[int] = list(range(launch))  # rows whose labels somebody may have seen
    waiting: list[int] = []  # Always: known, and not yet learned, because a batch must fill
    newest = serving.copy()  # Always: knows every label that is there; served only cycle_time later
    history = [(launch, newest.copy())]  # Always: what it was at each moment
    training: tuple[int, Any] | None = None  # (ready at, model)
    trainings = 0

    now = launch
    while now < steps:
        # A block comes, and is predicted whole.
        block = list(range(now, min(now + arrival, steps)))
        for row in block:
            if policy.always:
                serving = [model for moment, model in history if moment <= max(now - cycle_time, launch)][-1]
            predicted[row] = int(serving.predict(X[row : row + 1])[0])
        now += len(block)

        # The labels that are there now, and were not before.
        new = [row for row in range(len(known), steps) if row + label_delay < now]
        known += new
        if policy.always:
            waiting += new
            if arrival > 1 or len(waiting) == batch_size:
                if waiting:
                    learn(newest, waiting)
                waiting = []
            history.append((now, newest.copy()))
            history = [pair for pair in history if pair[0] >= now - cycle_time - arrival]
            continue

        # Each of them is shown to the policy; one training at a time.
        finished = training is not None and training[0] <= now
        wanted = False
        for row in new:
            asks = policy.sees(row, predicted[row] == y[row])
            events += [(now, "alarm", alarm) for alarm in policy.alarms]
            policy.alarms.clear()
            if asks and now < steps:  # at the end nothing begins any more
                if training is not None and not finished:
                    events.append((now, "dropped", None))
                else:
                    wanted = True

        # What is ready is deployed; what was asked for begins, and may be ready at once.
        if finished and now < steps:
            assert training is not None
            serving, training = training[1], None
            events.append((now, "deploy", None))
            policy.deployed(now)
        if wanted:
            rows = known[-window:]
            trainings += 1
            model = serving.copy() if warm_start else serving.fresh(child(seed, "from scratch", trainings))
            events.append((now, "train", len(rows)))
            train(model, rows)
            training = (now + cycle_time, model)
            if cycle_time == 0:
                serving, training = model, None
                events.append((now, "deploy", None))
                policy.deployed(now)
    return [predicted[row] for row in range(launch, steps)], sorted(events, key=lambda event: event[0]), serving
