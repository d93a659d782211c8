"""The clock: predict, see the label when it arrives, let the policy decide, train, deploy.

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
from .policies import Policy
from .record import Recorder

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
        self.window: int = settings["window"]
        self.delay: int = settings["label_delay"]
        self.cycle: int = settings["cycle_time"]
        self.arrival: int = settings["arrival"]
        self.warm_start = settings["warm_start"]
        own_seed = learner.seed if isinstance(learner, Learner) else 0
        self.seed = own_seed if rng is None else seeds.root(rng)
        self.chance = seeds.child(self.seed, "run")
        self.recorder = Recorder(stream, policy, settings)
        self.past = Past(stream.n_inputs, max(self.window, self.first) + self._unfinished())
        self.now, self.trainings = 0, 0
        self.candidate: Any = None  # trained, and to serve from row `deploy_at` on
        self.deploy_at = -1

    def _unfinished(self) -> int:
        """At most so many rows lie between the last row that may be learned and the last row read."""
        return self.delay + self.cycle + 2 * self.arrival + self.batch_size + CHUNK

    # ------------------------------------------------------------ launch

    def launch(self) -> None:
        """The first rows train the model. With none of them, an untrained model is launched."""
        self.read_until(self.first)
        if self.first:
            self.train(self.serving, *self.past.rows(0, self.first))
        self.now = self.first
        self.past.keep = self.window + self._unfinished()
        self.recorder.log(self.first, "launch")
        self.recorder.serves_what_it_learned_until(self.first, self.first)
        self.policy.begin(self.first, self.window)

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
        self.seen = self.first  # labels of the rows before were shown to the policy (or learned from) already
        span = SPAN
        while self.now < self.steps:
            self.read_until(self.now + 1)
            if self.policy.online:
                self.learn_online()
            else:
                span = self.serve(span)
            tell((self.now - self.first) / (self.steps - self.first))

    def block_end(self, row: int) -> int:
        """The first moment from `row` on at which a block of arrivals is complete: then, things are decided."""
        return min(self.first - (self.first - row) // self.arrival * self.arrival, self.steps)

    def last_block_end(self, row: int) -> int:
        """The last such moment up to `row`."""
        return row if row == self.steps else self.first + (row - self.first) // self.arrival * self.arrival

    def predict(self, start: int, stop: int) -> None:
        """The model that serves predicts the rows start .. stop - 1."""
        self.read_until(stop)
        predicted = self.serving.predict(self.past.rows(start, stop)[0])
        if not isinstance(self.serving, Learner):
            predicted = checks.labels(predicted, n_classes=len(self.stream.classes), rows=stop - start,
                                      where=f"predict of {type(self.serving).__name__}")
        self.recorder.predict(start, predicted)

    def serve(self, span: int) -> int:
        """Predict up to `span` rows with the model that serves, then show their labels to the policy.

        If the policy asks for a training in between, what was predicted behind that moment is forgotten. Returns the
        span to try next.
        """
        if self.candidate is not None and self.now >= self.deploy_at:
            self.deploy()
        start, stop = self.now, min(self.now + span, self.steps)
        if self.candidate is not None:
            stop = min(stop, self.deploy_at)
        stop = self.block_end(stop)
        self.predict(start, stop)
        request = self.ask(stop)
        if request is None:
            self.now = stop
            return min(2 * span, CHUNK)
        self.now = request  # what was predicted behind it will be predicted again
        if self.candidate is not None:  # finished at this very moment
            self.deploy()
        self.start_training()
        return request - start

    def ask(self, stop: int) -> int | None:
        """Show the labels that arrive before `stop`; None, or the moment at which a training is to start."""
        moment = None
        while self.seen < (moment or stop) - self.delay:
            shown = (moment or stop) - self.delay
            asked = self.policy.decide(self.seen, self.recorder.correct(self.seen, shown))
            for row in self.policy.alarms():
                self.recorder.log(self.block_end(row + 1 + self.delay), "alarm", row=row)
            if asked is None:
                self.seen = shown
            elif not self.seen <= asked < shown:
                raise InputError(f"{self.policy!r}: decide was shown the labels of the rows {self.seen} .. "
                                 f"{shown - 1}; expected one of these rows or None, got {asked!r}")
            else:
                self.seen = asked + 1
                wanted = self.block_end(asked + 1 + self.delay)
                if self.candidate is not None and wanted < self.deploy_at:
                    self.recorder.log(wanted, "dropped", why="a training is under way")
                elif wanted < self.steps:  # labels that arrive together make one request
                    moment = wanted
        return moment

    def start_training(self) -> None:
        """Train a copy on what is labelled by now; it serves `cycle_time` rows later."""
        stop = self.now - self.delay
        X, y = self.past.rows(max(stop - self.window, self.past.start), stop)
        self.trainings += 1
        if self.warm_start:
            self.candidate = self.serving.copy()
        else:
            self.candidate = self.serving.fresh(seeds.child(self.seed, "from scratch", self.trainings))
        self.recorder.log(self.now, "train", rows=len(X))
        self.train(self.candidate, X, y)
        self.deploy_at = self.block_end(self.now + self.cycle)
        self.learned_until = stop

    def deploy(self) -> None:
        """The candidate serves."""
        self.serving, self.candidate = self.candidate, None
        self.recorder.log(self.now, "deploy")
        self.recorder.serves_what_it_learned_until(self.now, self.learned_until)
        self.policy.deployed(self.now)

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

    # ------------------------------------------------------------ learning from every label

    @clocked
    def learn_online(self) -> None:
        """Predict the next rows, and learn from each label as soon as it is there and the cycle is over."""
        late = self.delay + self.cycle
        first = self.now
        if not isinstance(self.serving, Learner) or self.arrival > 1 or (late and self.batch_size > 1):
            stop = self.learn_in_turns()
        elif late == 0:
            stop = self.whole_batches()
            predicted = self.serving.learn(*self.past.rows(first, stop), batch_size=self.batch_size)
            self.recorder.predict(first, predicted)
            self.recorder.updates += stop - first
        elif first < self.first + late:  # nothing new is known yet
            stop = min(self.past.stop, self.first + late)
            self.predict(first, stop)
        else:
            stop = self.past.stop
            X, y = self.past.rows(first - late, stop - late)
            self.recorder.predict(first, self.serving.learn_late(self.past.rows(first, stop)[0], X, y))
            self.recorder.updates += stop - first
        self.now = stop

    def whole_batches(self) -> int:
        """As far as the rows that were read hold whole batches, so that reading in chunks changes nothing."""
        stop = self.now + max((self.past.stop - self.now) // self.batch_size, 1) * self.batch_size
        self.read_until(min(stop, self.steps))
        return self.steps if self.past.stop == self.steps else stop

    def learn_in_turns(self) -> int:
        """Predict a block, or until a batch of labels is full; then learn what the next rows' model may know."""
        if self.arrival > 1:
            stop = min(self.now + self.arrival, self.steps)
            known = self.last_block_end(stop - self.cycle) - self.delay
        else:
            stop = min(self.seen + self.batch_size + self.delay + self.cycle, self.steps)
            known = stop - self.delay - self.cycle
        self.predict(self.now, stop)
        if known > self.seen:
            self.learn_rows(self.seen, known)
            self.seen = known
        return stop

    def learn_rows(self, start: int, stop: int) -> None:
        """Learn from labels that arrived together."""
        X, y = self.past.rows(start, stop)
        self.recorder.updates += len(X)
        if isinstance(self.serving, Learner):
            self.serving.learn(X, y, batch_size=self.batch_size)
        else:
            self.serving.learn(X, y)


class Past:
    """The last rows of the stream, enough for the next training; rows are named by their place in the stream."""

    def __init__(self, n_inputs: int, keep: int) -> None:
        self.keep, self.start, self.stop = keep, 0, 0
        self.X, self.y = np.empty((0, n_inputs)), np.empty(0, np.int64)

    def add(self, X: np.ndarray, y: np.ndarray) -> None:
        """The next rows."""
        if self.stop + len(y) - self.start > len(self.y):
            self._make_room(len(y))
        place = slice(self.stop - self.start, self.stop - self.start + len(y))
        self.X[place], self.y[place] = X, y
        self.stop += len(y)

    def _make_room(self, n: int) -> None:
        """Forget what nobody will ask for; with room for twice as many rows as are kept, a row is seldom moved."""
        first = max(self.start, self.stop - self.keep)
        X, y = self.rows(first, self.stop)
        room = 2 * len(y) + n
        self.X, self.y = np.empty((room, X.shape[1])), np.empty(room, np.int64)
        self.X[: len(y)], self.y[: len(y)] = X, y
        self.start = first

    def rows(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """X and y of the rows start .. stop - 1, as copies: no learner can change the past."""
        cut = slice(start - self.start, stop - self.start)
        return self.X[cut].copy(), self.y[cut].copy()
