"""The clock: predict, see the label when it arrives, let the policy decide, train, examine, deploy.

Time is counted in rows. Row t is predicted by the model that serves at t, before anybody sees a label of it; its label
arrives `label_delay` rows later. A training that starts at t takes `cycle_time` rows, and the old model serves until
then. With `arrival` k, rows come in blocks of k, each predicted whole before any of its labels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Any

import numpy as np

from ..engine import checks, seeds
from ..engine.checks import InputError
from ..engine.progress import Progress
from ..learning.learner import Learner
from ..streams import Stream
from . import budgets, exam
from .past import Past
from .policy import Policy
from .recorder import Recorder

CHUNK = 8_192  # rows asked from the stream at a time
SPAN = 512  # rows predicted at a time, at first; doubled while nothing happens, cut back where a training is asked for


def clocked(work: Callable[..., None]) -> Callable[..., None]:
    """A method of the clock whose time goes into the price of the run."""
    @wraps(work)
    def timed(clock: Any, *arguments: Any) -> None:
        begin = perf_counter()
        work(clock, *arguments)
        clock.recorder.seconds += perf_counter() - begin
    return timed


class Clock:
    """One run, while it runs. Times are rows: `now` is the next row to be predicted."""

    def __init__(self, learner: Any, stream: Stream, policy: Policy, settings: dict[str, Any], rng: Any) -> None:
        self.serving, self.stream, self.policy = learner, stream, policy
        self.steps: int = settings["steps"]
        self.first: int = settings["launch"]
        self.epochs: int = settings["epochs"]
        self.batch_size: int = settings["batch_size"]
        self.delay: int = settings["label_delay"]
        self.arrival: int = settings["arrival"]
        self.warm_start, self.optimizer = settings["warm_start"], settings["optimizer"]
        self.validate, self.sure, self.busy = settings["validate"], settings["sure"], settings["busy"]
        self.window, self.cycle_time = budgets.window(settings["window"]), settings["cycle_time"]
        if policy.online and callable(self.cycle_time):
            self.cycle_time = self.cycle(max(self.batch_size, self.arrival))
        own_seed = learner.seed if isinstance(learner, Learner) else 0
        self.seed = own_seed if rng is None else seeds.root(rng)
        self.chance = seeds.child(self.seed, "run")
        rows = range(self.first, max(self.last_block_end(self.steps - 1) - self.delay, self.first))
        policy.prepare(rows, seeds.child(self.seed, "policy"), stream.drifts if policy.needs_truth else None)
        self.window.begin(seeds.child(self.seed, "window"))
        plain = {name: value if isinstance(value, (int, float, str)) else getattr(value, "__name__", repr(value))
                 for name, value in {**settings, "cycle_time": self.cycle_time}.items()}
        self.recorder = self.record(stream, policy, plain)
        kept, longest = self.window.keep(self.steps), self.cycle_time if isinstance(self.cycle_time, int) else 0
        self.past = Past(stream.n_inputs, max(kept, self.first) + self._unfinished(longest))
        self.keep = kept + self._unfinished(longest)
        self.confidence = np.zeros(self.steps if "confidence" in policy.watches else 0)
        self.now, self.trainings = 0, 0
        self.candidate: Any = None  # trained, and to serve from row `deploy_at` on
        self.deploy_at = -1
        self.waiting = False  # whether another training is to start when this one is over

    def record(self, stream: Stream, policy: Policy, settings: dict[str, Any]) -> Recorder:
        """Who takes everything down."""
        return Recorder(stream, policy, settings)

    @property
    def end(self) -> int:
        """The row to live until."""
        return self.steps

    def cycle(self, rows: int) -> int:
        """How long a training on so many rows takes."""
        if not callable(self.cycle_time):
            return int(self.cycle_time)
        return checks.whole(self.cycle_time(rows), f"cycle_time({rows})")

    def _unfinished(self, cycle: int) -> int:
        """At most so many rows lie between the last row that may be learned and the last row read."""
        return self.delay + cycle + 2 * self.arrival + self.batch_size + CHUNK

    def known(self, row: int) -> int:
        """Before row `row` is predicted, the labels of the rows before this one are known."""
        return max(row - self.delay, self.first)

    # ------------------------------------------------------------ launch

    def launch(self) -> None:
        """The first rows train the model. With none of them, an untrained model is launched."""
        self.read_until(self.first)
        if self.first:
            self.train(self.serving, *self.past.rows(0, self.first))
        self.now = self.seen = self.noticed = self.first  # the policy was shown the labels, the rows before these
        self.window.see(self.past, self.first)
        self.past.keep = self.keep
        self.recorder.log(self.first, "launch")
        self.recorder.serves_what_it_learned_until(self.first, self.first)
        self.policy.begin(self.first, self.window.wait)

    def read_until(self, stop: int) -> None:
        """Read on in the stream, until the rows before `stop` are there."""
        while self.past.stop < stop:
            batch = self.stream.take(min(CHUNK, self.steps - self.past.stop))
            if not len(batch):
                raise InputError(f"the stream ended after {self.past.stop:,} rows, {self.steps:,} were promised")
            self.past.add(batch.X, batch.y)
            self.recorder.add_truth(batch)

    # ------------------------------------------------------------ life

    def live(self, tell: Progress) -> None:
        """From the launch to the end, stretch by stretch."""
        self.span = SPAN
        while self.now < self.end:
            self.read_until(self.now + 1)
            self.go_on()
            tell((self.now - self.first) / (self.end - self.first))

    def block_end(self, row: int) -> int:
        """The first moment from `row` on at which a block of arrivals is complete: then, things are decided."""
        return min(self.first - (self.first - row) // self.arrival * self.arrival, self.steps)

    def last_block_end(self, row: int) -> int:
        """The last such moment up to `row`."""
        return row if row == self.steps else self.first + (row - self.first) // self.arrival * self.arrival

    def predict(self, start: int, stop: int) -> None:
        """The model that serves predicts the rows start .. stop - 1."""
        self.read_until(stop)
        predicted = self.answers(self.serving, self.past.rows(start, stop)[0])
        if len(self.confidence):
            proba = checks.matrix(self.serving.predict_proba(self.past.rows(start, stop)[0]),
                                  columns=len(self.stream.classes), where="predict_proba")
            self.confidence[start:stop] = np.clip(proba[np.arange(stop - start), predicted], 0.0, 1.0)
        self.recorder.predict(start, predicted)

    def answers(self, model: Any, X: np.ndarray) -> np.ndarray:
        """What a model says about the rows of X, checked if it is not ours."""
        predicted: np.ndarray = model.predict(X)
        if isinstance(model, Learner):
            return predicted
        return checks.labels(predicted, n_classes=len(self.stream.classes), rows=len(X),
                             where=f"predict of {type(model).__name__}")

    def go_on(self) -> None:
        """Predict up to `span` rows with the model that serves, then show the policy what becomes known.

        If the policy asks for a training in between, what was predicted behind that moment is forgotten, and less is
        predicted at a time.
        """
        self.finish()
        start, stop = self.now, min(self.now + self.span, self.steps)
        if self.candidate is not None:
            stop = min(stop, self.deploy_at)
        stop = self.block_end(stop)
        self.predict(start, stop)
        request = self.ask(stop)
        self.now = stop if request is None else request  # what was predicted behind it will be predicted again
        self.window.see(self.past, self.known(self.now))
        if request is None:
            self.span = min(2 * self.span, CHUNK)
            return
        self.span, self.waiting = request - start, True
        if self.candidate is None:  # else it has finished at this very moment
            self.start_training()

    # ------------------------------------------------------------ what the policy is shown, and asks

    def ask(self, stop: int) -> int | None:
        """Show what becomes known up to `stop`; None, or the moment at which a training is to start."""
        if not self.policy.watches:
            return self.show_labels(stop)
        while self.noticed < stop:  # block by block: first its rows, then the labels that come with it
            moment = self.block_end(self.noticed + 1)
            if any([self.show_rows(moment) is not None, self.show_labels(moment) is not None]):
                return moment
        return None

    def show_labels(self, stop: int) -> int | None:
        """Show which predictions proved right, of the rows whose labels arrive before `stop`."""
        moment = None
        while self.seen < (moment or stop) - self.delay:
            shown = (moment or stop) - self.delay
            asked = self.policy.decide(self.seen, self.recorder.correct(self.seen, shown))
            wanted = self.answer("decide was shown the labels of", asked, self.seen, shown, self.delay)
            self.seen, moment = shown if asked is None else asked + 1, wanted or moment
        return moment

    def show_rows(self, stop: int) -> int | None:
        """Show the rows before `stop` themselves, and how sure the model was."""
        moment = None
        while self.noticed < stop:
            start, X = self.noticed, self.past.rows(self.noticed, stop)[0]
            asked = self.policy.notice(start, X, self.confidence[start:stop].copy() if len(self.confidence) else None)
            wanted = self.answer("notice was shown", asked, start, stop, 0)
            self.noticed, moment = stop if asked is None else asked + 1, wanted or moment
        return moment

    def answer(self, shown: str, asked: int | None, start: int, stop: int, late: int) -> int | None:
        """What the policy said to the rows start .. stop - 1, known `late` rows later: the moment it asks for, or None.

        What is asked for together is one training.
        """
        if asked is not None:
            asked = self.one_of(asked, start, stop, shown, " or None")
        for alarm in self.policy.alarms():
            row = self.one_of(alarm, start, stop if asked is None else asked + 1, "alarms can be raised by")
            self.recorder.log(self.block_end(row + 1 + late), "alarm", row=row)
            self.window.alarm(row)
        if asked is None:
            return None
        wanted = self.block_end(asked + 1 + late)
        if self.candidate is None or wanted >= self.deploy_at:
            return wanted if wanted < self.steps else None
        if self.busy == "queue":
            self.recorder.log(wanted, "queued")
            self.waiting = True
        else:
            self.drop(wanted, "a training is under way")
        return None

    def one_of(self, row: Any, start: int, stop: int, said: str, or_none: str = "") -> int:
        """A row that the policy named; refused unless it is one of start .. stop - 1."""
        if isinstance(row, bool) or not isinstance(row, (int, np.integer)) or not start <= row < stop:
            raise InputError(f"{self.policy!r}: {said} the rows {start} .. {stop - 1}; expected one of these rows"
                             f"{or_none}, got {row!r}")
        return int(row)

    def drop(self, moment: int, why: str) -> None:
        """No training comes of what was asked for."""
        self.recorder.log(moment, "dropped", why=why)
        self.policy.dropped(moment)

    # ------------------------------------------------------------ training

    def start_training(self) -> None:
        """Train a candidate on what is labelled by now; it is ready `cycle_time` rows later."""
        self.waiting = False
        stop = self.known(self.now)
        t, X, y = self.window.take(self.past, stop)
        cycle = self.cycle(len(y))
        deploy_at = self.block_end(self.now + cycle)
        held = 0 if self.known(deploy_at) - stop >= self.validate else min(self.validate, len(y) // 2)
        learned = len(y) - held
        if not learned:
            self.drop(self.now, "no label is known yet")
        elif not self.policy.start(self.now, self.epochs * learned):
            self.drop(self.now, "the budget is spent")
        else:
            self.trainings += 1
            self.candidate, self.deploy_at = self.beginner(), deploy_at
            self.recorder.log(self.now, "train", rows=learned, **({"held": held} if held else {}))
            self.train(self.candidate, X[:learned], y[:learned])
            old = self.recorder.served[-1][1]
            self.learned_until = max(int(t[learned]) if held else stop, old if self.warm_start else 0)
            fair = t[learned:] >= old  # what neither of the two has learned
            self.exam = (X[learned:][fair], y[learned:][fair]) if held else None
            self.past.keep = max(self.past.keep, self.window.keep(self.steps) + self._unfinished(cycle))

    def beginner(self) -> Any:
        """A model to be trained: as the one that serves, or from scratch."""
        if not self.warm_start:
            return self.serving.fresh(seeds.child(self.seed, "from scratch", self.trainings))
        model = self.serving.copy()
        if self.optimizer == "fresh":
            model.restart_optimizer()
        return model

    def finish(self) -> None:
        """A candidate that is ready serves, unless it failed its exam; what waited for it starts."""
        while self.candidate is not None and self.now >= self.deploy_at:
            candidate, self.candidate = self.candidate, None
            scores = self.examine(candidate) if self.validate else {}
            if not scores.pop("passed", True):
                self.recorder.log(self.now, "rejected", **scores)
                self.policy.rejected(self.now)
            else:
                self.serving = candidate
                self.recorder.log(self.now, "deploy", **scores)
                self.recorder.serves_what_it_learned_until(self.now, self.learned_until)
                self.policy.deployed(self.now)
            if self.waiting:
                self.start_training()

    def examine(self, challenger: Any) -> dict[str, Any]:
        """The accuracy of both models on the labels that arrived while one was trained, or on the tail held back."""
        X, y = self.exam or self.past.rows(self.learned_until, self.known(self.now))
        if not len(y):
            return {"rows": 0}
        return exam.compare(y, self.answers(self.serving, X.copy()), self.answers(challenger, X.copy()), self.sure)

    @clocked
    def train(self, model: Any, X: np.ndarray, y: np.ndarray) -> None:
        """`epochs` shuffled passes."""
        if isinstance(model, Learner):
            order = self.chance.permutation(len(X))
            model.learn(X[order], y[order], batch_size=self.batch_size, epochs=self.epochs)
        else:
            for _ in range(self.epochs):
                order = self.chance.permutation(len(X))
                model.learn(X[order], y[order])
        self.recorder.updates += self.epochs * len(X)
