"""The clock of a model that learns from every label, as soon as it is there."""

from __future__ import annotations

from ..learning.learner import Learner
from .clock import Clock, clocked


class OnlineClock(Clock):
    """One run of a policy that asks for no trainings, since it learns all the time.

    A `cycle_time` that is a function was asked how long learning from one batch, or one block, takes.
    """

    @clocked
    def go_on(self) -> None:
        """Predict the next rows, and learn from each label as soon as it is there and the cycle is over."""
        late = self.delay + self.cycle_time
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
            known = self.last_block_end(stop - self.cycle_time) - self.delay
        else:
            stop = min(self.seen + self.batch_size + self.delay + self.cycle_time, self.steps)
            known = stop - self.delay - self.cycle_time
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
