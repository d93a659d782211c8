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

    def prepare(self, rows: list[int], rng: np.random.Generator) -> None:
        pass

    def begin(self, launch: int, window: int) -> None:
        self.launch, self.window = launch, window

    def notices(self, row: int, x: np.ndarray, confidence: float) -> bool:
        return False

    def sees(self, row: int, right: bool) -> bool:
        return False

    def start(self, moment: int, cost: int) -> bool:
        return True

    def deployed(self, moment: int) -> None:
        pass

    def dropped(self, moment: int) -> None:
        pass

    def rejected(self, moment: int) -> None:
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
    """`make` gives a new detector, whose update(x) says whether it alarms."""

    def __init__(self, make: Callable[[], Any], on: str = "errors") -> None:
        super().__init__()
        self.make, self.on = make, on

    def begin(self, launch: int, window: int) -> None:
        super().begin(launch, window)
        self.anew(launch)

    def anew(self, moment: int) -> None:
        self.detector, self.train_after, self.served_from = self.make(), -1, moment
        self.resting = False

    def shown(self, row: int, x: Any) -> bool:
        if not self.resting and row >= self.served_from and self.detector.update(x):
            self.alarms.append(row)
            self.resting, self.train_after = True, row + self.window
            return True
        return False

    def notices(self, row: int, x: np.ndarray, confidence: float) -> bool:
        if self.on == "errors":
            return False
        if self.shown(row, x if self.on == "features" else 1.0 - confidence) and self.window == 0:
            self.train_after = -1
            return True
        return False

    def sees(self, row: int, right: bool) -> bool:
        if self.on == "errors":
            self.shown(row, 0.0 if right else 1.0)
        return row == self.train_after

    deployed = dropped = rejected = anew


class OnAccuracy(Never):
    def __init__(self, below: float, over: int) -> None:
        super().__init__()
        self.below, self.over = below, over

    def begin(self, launch: int, window: int) -> None:
        self.anew(launch)

    def anew(self, moment: int) -> None:
        self.served_from, self.last, self.resting = moment, list[bool](), False

    def sees(self, row: int, right: bool) -> bool:
        if row < self.served_from or self.resting:
            return False
        self.last = [*self.last, right][-self.over :]
        if len(self.last) < self.over or sum(self.last) / self.over >= self.below:
            return False
        self.resting = True
        self.alarms.append(row)
        return True

    deployed = dropped = rejected = anew


class Random(AtRows):
    """So many rows, drawn as hebbnet says it draws them."""

    def __init__(self, trainings: int) -> None:
        super().__init__([])
        self.trainings = trainings

    def prepare(self, rows: list[int], rng: np.random.Generator) -> None:
        self.rows = {rows[place] for place in rng.choice(len(rows), self.trainings, replace=False)}


class Either(Never):
    def __init__(self, *parts: Any) -> None:
        super().__init__()
        self.parts, self.asked = parts, list[Any]()

    def prepare(self, rows: list[int], rng: np.random.Generator) -> None:
        for part in self.parts:
            part.prepare(rows, rng)

    def begin(self, launch: int, window: int) -> None:
        for part in self.parts:
            part.begin(launch, window)

    def who(self, answers: list[bool]) -> bool:
        self.asked += [part for part, asks in zip(self.parts, answers, strict=True) if asks and part not in self.asked]
        for part in self.parts:
            self.alarms += part.alarms
            part.alarms.clear()
        return any(answers)

    def notices(self, row: int, x: np.ndarray, confidence: float) -> bool:
        return self.who([part.notices(row, x, confidence) for part in self.parts])

    def sees(self, row: int, right: bool) -> bool:
        return self.who([part.sees(row, right) for part in self.parts])

    def start(self, moment: int, cost: int) -> bool:
        granted = [part for part in self.asked if part.start(moment, cost)]
        if not granted:
            return False
        self.asked = [part for part in self.asked if part not in granted]
        self.dropped(moment)
        return True

    def deployed(self, moment: int) -> None:
        for part in self.parts:
            part.deployed(moment)

    def dropped(self, moment: int) -> None:
        for part in self.asked:
            part.dropped(moment)
        self.asked = []

    def rejected(self, moment: int) -> None:
        for part in self.parts:
            part.rejected(moment)


class Budgeted(Either):
    def __init__(self, part: Any, most: float = np.inf, cost: float = np.inf) -> None:
        super().__init__(part)
        self.most, self.cost = most, cost

    def start(self, moment: int, cost: int) -> bool:
        if self.most < 1 or self.cost < cost or not super().start(moment, cost):
            return False
        self.most, self.cost = self.most - 1, self.cost - cost
        return True


# ---------------------------------------------------------------- windows: which of the known rows a training takes


class Sliding:
    def __init__(self, n: int) -> None:
        self.wait = self.n = n

    def begin(self, chance: np.random.Generator) -> None:
        pass

    def label(self, row: int) -> None:
        pass

    def take(self, known: list[int], alarms: list[int]) -> list[int]:
        return known[-self.n :]


class All(Sliding):
    def __init__(self) -> None:
        self.wait = 0

    def take(self, known: list[int], alarms: list[int]) -> list[int]:
        return known


class SinceAlarm(Sliding):
    def __init__(self, least: int, most: int) -> None:
        self.wait, self.most = least, most

    def take(self, known: list[int], alarms: list[int]) -> list[int]:
        since = [row for row in known if not alarms or row > alarms[-1]]
        return (since if len(since) > self.wait else known[-self.wait :])[-self.most :]


class Reservoir(Sliding):
    """Algorithm R, row by row."""

    def __init__(self, n: int) -> None:
        self.wait, self.n = 0, n

    def begin(self, chance: np.random.Generator) -> None:
        self.chance, self.places = chance, dict[int, int]()

    def label(self, row: int) -> None:
        u = self.chance.random()
        place = row if row < self.n else int(u * (row + 1))
        if place < self.n:
            self.places[place] = row

    def take(self, known: list[int], alarms: list[int]) -> list[int]:
        return sorted(self.places.values())


# ---------------------------------------------------------------- the loop


def live(learner: Any, X: np.ndarray, y: np.ndarray, policy: Any, *, launch: int, window: Any, epochs: int = 1,
         batch_size: int = 1, label_delay: int = 0, cycle_time: Any = 0, arrival: int = 1, warm_start: bool = True,
         optimizer: str = "keep", validate: int = 0, busy: str = "drop", seed: int = 0,
         whole: bool = False) -> tuple[list[int], list[tuple[int, str, Any]], Any]:
    """Go through the rows: (the prediction of each row from the launch on, the events, the model that served last).

    `whole` is for hb.Learner, which takes batch_size= and epochs= and shuffles later epochs itself.
    """
    steps = len(y)
    shuffles = child(seed, "run")
    events: list[tuple[int, str, Any]] = [(launch, "launch", None)]
    window = Sliding(window) if isinstance(window, int) else window

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

    def block_end(moment: int) -> int:
        """The first moment from then on at which a block is complete."""
        return min(next(end for end in range(launch, steps + moment + arrival, arrival) if end >= moment), steps)

    def labelled(moment: int) -> int:
        """How many labels are known then."""
        return max(launch, moment - label_delay)

    if policy.always and callable(cycle_time):
        cycle_time = cycle_time(max(batch_size, arrival))
    policy.prepare([row for row in range(launch, steps) if block_end(row + 1 + label_delay) < steps],
                   child(seed, "policy"))
    window.begin(child(seed, "window"))

    serving = learner.copy()
    if launch:
        train(serving, list(range(launch)))
    policy.begin(launch, window.wait)

    predicted: dict[int, int] = {}
    confidence: dict[int, float] = {}
    known: list[int] = list(range(launch))  # rows whose labels somebody may have seen
    for row in known:
        window.label(row)
    alarms: list[int] = []
    waiting: list[int] = []  # Always: known, and not yet learned, because a batch must fill
    newest = serving.copy()  # Always: knows every label that is there; served only cycle_time later
    history = [(launch, newest.copy())]  # Always: what it was at each moment
    training: dict[str, Any] | None = None  # ready (when), model, exam (rows), until (what it knows)
    queued = False
    trainings, serves_until = 0, launch

    def start() -> None:
        nonlocal training, trainings
        rows = window.take(known, alarms)
        ready = now + (cycle_time(len(rows)) if callable(cycle_time) else cycle_time)
        arriving = labelled(block_end(ready)) - len(known)
        held = 0 if arriving >= validate else min(validate, len(rows) // 2)
        learned, tail = rows[: len(rows) - held], rows[len(rows) - held :]
        if not learned or not policy.start(now, epochs * len(learned)):
            events.append((now, "dropped", None))
            policy.dropped(now)
            return
        trainings += 1
        model = serving.copy() if warm_start else serving.fresh(child(seed, "from scratch", trainings))
        if warm_start and optimizer == "fresh":
            model.restart_optimizer()
        events.append((now, "train", len(learned)))
        train(model, learned)
        exam = [row for row in tail if row >= serves_until] if held else list(range(len(known), len(known) + arriving))
        until = max(tail[0] if held else len(known), serves_until if warm_start else 0)
        training = {"ready": ready, "model": model, "exam": exam, "until": until}

    def finish() -> None:
        nonlocal training, serving, serves_until
        assert training is not None
        model, exam, until = training["model"], training["exam"], training["until"]
        training, scores = None, None
        if validate:
            assert all(row in known for row in exam)
            scores = tuple(sum(int(m.predict(X[row : row + 1])[0]) == y[row] for row in exam) / len(exam)
                           for m in (serving, model)) if exam else ()
        if scores and scores[1] < scores[0]:
            events.append((now, "rejected", scores))
            policy.rejected(now)
        else:
            serving, serves_until = model, until
            events.append((now, "deploy", scores))
            policy.deployed(now)

    now = launch
    while now < steps:
        # A block comes, and is predicted whole.
        block = list(range(now, min(now + arrival, steps)))
        for row in block:
            if policy.always:
                serving = [model for moment, model in history if moment <= max(now - cycle_time, launch)][-1]
            predicted[row] = int(serving.predict(X[row : row + 1])[0])
            if hasattr(serving, "predict_proba"):
                confidence[row] = float(serving.predict_proba(X[row : row + 1])[0][predicted[row]])
        now += len(block)

        # The labels that are there now, and were not before.
        new = [row for row in range(len(known), steps) if row + label_delay < now]
        known += new
        for row in new:
            window.label(row)
        if policy.always:
            waiting += new
            if arrival > 1 or len(waiting) == batch_size:
                if waiting:
                    learn(newest, waiting)
                waiting = []
            history.append((now, newest.copy()))
            history = [pair for pair in history if pair[0] >= now - cycle_time - arrival]
            continue

        # The rows, and then the labels, are shown to the policy; one training at a time.
        finished = training is not None and training["ready"] <= now
        wanted = False
        for look in [*((policy.notices, row, X[row], confidence.get(row, 0.0)) for row in block),
                     *((policy.sees, row, predicted[row] == y[row]) for row in new)]:
            asks = look[0](*look[1:])
            events += [(now, "alarm", alarm) for alarm in policy.alarms]
            alarms += policy.alarms
            policy.alarms.clear()
            if asks and now < steps:  # at the end nothing begins any more
                if training is None or finished:
                    wanted = True
                elif busy == "queue":
                    events.append((now, "queued", None))
                    queued = True
                else:
                    events.append((now, "dropped", None))
                    policy.dropped(now)

        # What is ready is deployed, if it is good enough; what was asked for begins, and may be ready at once.
        if finished and now < steps:
            finish()
            wanted, queued = wanted or queued, False
        if wanted:
            start()
            if training is not None and training["ready"] <= now:
                finish()
    return [predicted[row] for row in range(launch, steps)], sorted(events, key=lambda event: event[0]), serving
