"""The clock where nobody knows what is to come: rows arrive in blocks, and between two blocks everything can be saved.

It is the clock of `run` with every block as it comes in place of `arrival` rows: predicted whole by the model that
serves, then scored, decided, trained, examined, deployed. Labels come with their rows, and a training takes no rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.checks import InputError
from ..engine.progress import Progress
from ..streams import Batch, Stream
from . import state
from .clock import Clock
from .online import OnlineClock
from .policy import Policy
from .record import Event, Run
from .recorder import Recorder

ENDLESS = 1 << 62
MOST = 50_000  # rows in a block; more are several blocks, so that memory stays bounded
KEPT = 100_000  # the last rows whose predictions are kept, to be drawn


class Arrivals(Stream):
    """Rows that were brought, and wait to be taken."""

    def __init__(self, n_inputs: int, classes: tuple[Any, ...]) -> None:
        self.n_inputs, self.classes = n_inputs, classes
        self._X, self._y = np.empty((0, n_inputs)), np.empty(0, np.int64)

    def bring(self, X: np.ndarray, y: np.ndarray) -> None:
        """Rows arrive."""
        self._X, self._y = np.concatenate([self._X, X]), np.concatenate([self._y, y])

    def take(self, n: int) -> Batch:
        """The next `n` rows; fewer where fewer have arrived."""
        batch = Batch(self._X[:n], self._y[:n])
        self._X, self._y = self._X[n:], self._y[n:]
        self.position += len(batch)
        return batch

    def restart(self) -> None:
        """Refused: what has passed comes no more."""
        raise InputError("rows that arrived once do not come again")

    def fresh(self, rng: Any = None) -> Arrivals:
        """No row has arrived."""
        return Arrivals(self.n_inputs, self.classes)


class Tail(Recorder):
    """Takes down the last rows only; rows are named by their place among all that ever came."""

    def __init__(self, stream: Stream, policy: Policy, settings: dict[str, Any]) -> None:
        super().__init__(stream, policy, {**settings, "steps": 0})
        self.start = 0

    def add_truth(self, batch: Batch) -> None:
        """The labels of the next rows; room for their predictions."""
        drop = max(len(self.predictions) - KEPT, 0)
        self.start, self.read = self.start + drop, self.read + len(batch)
        self.truth["y"] = np.concatenate([self.truth["y"][drop:], batch.y.astype(np.int32)])
        self.predictions = np.concatenate([self.predictions[drop:], np.full(len(batch), -1, np.int32)])

    def predict(self, start: int, predicted: Any) -> None:
        """The predictions of the rows from `start` on."""
        super().predict(start - self.start, predicted)

    def correct(self, start: int, stop: int) -> np.ndarray:
        """Which rows were predicted rightly, as 0 and 1."""
        return super().correct(start - self.start, stop - self.start)

    def recent(self, events: list[Event], learner: Any) -> Run:
        """The rows that are kept as a run of their own, to be drawn: its row 0 is the first of them."""
        launch = max(self.first - self.start, 0)
        told = [Event(event.t - self.start, event.kind, event.detail) for event in events if event.t >= self.start]
        settings = {**self.settings, "launch": launch, "steps": len(self.predictions)}
        return Run(policy=self.policy.name, recipe=repr(self.policy), online=self.policy.online, settings=settings,
                   predictions=self.predictions[launch:], truth=self.truth, events=told, spans=[],
                   classes=[str(name) for name in self.classes], concepts=[], served=self.served, updates=self.updates,
                   learner=learner)


class ArrivingClock(Clock):
    """A run without an end, block by block.

    Attributes
    ----------
    arrived : int
        How many rows have come; between two blocks, all of them are predicted and known.
    judged : list of (challenger, Event, rows)
        The models that were trained, what became of each, and the first and the last row it learned, plus one.
    """

    arrived = 0
    recorder: Tail
    judged: list[tuple[Any, Event, tuple[int, int]]]

    @classmethod
    def of(cls, learner: Any, policy: Policy, settings: dict[str, Any], n_inputs: int, classes: tuple[Any, ...],
           rng: Any = None) -> ArrivingClock:
        """A clock that `settings` (as `loop.settings` gives them) describe, before its launch."""
        kind = ArrivingOnlineClock if policy.online else ArrivingClock
        endless = {**settings, "steps": ENDLESS, "arrival": MOST}
        clock = kind(learner, Arrivals(n_inputs, classes), policy, endless, rng)
        clock.judged = []
        return clock

    def record(self, stream: Stream, policy: Policy, settings: dict[str, Any]) -> Tail:
        """Only the last rows: there is no end of them."""
        return Tail(stream, policy, settings)

    @property
    def end(self) -> int:
        """What has arrived."""
        return self.arrived

    def block_end(self, row: int) -> int:
        """A block ends where what has arrived ends."""
        return self.arrived

    def last_block_end(self, row: int) -> int:
        """The same."""
        return row

    def begin(self, X: np.ndarray, y: np.ndarray) -> None:
        """The launch, with its rows."""
        self._bring(X, y)
        self.launch()

    def live_through(self, X: np.ndarray, y: np.ndarray) -> None:
        """One block, at most `MOST` rows: predict it, then all the rest."""
        self._bring(X, y)
        self.arrival = len(y)
        with Progress("", show=False) as tell:
            self.live(tell)
        self.finish()

    def _bring(self, X: np.ndarray, y: np.ndarray) -> None:
        stream: Any = self.stream
        stream.bring(X, y)
        self.arrived += len(y)

    def finish(self) -> None:
        """As in any run; what was trained is kept for the registry."""
        candidate = self.candidate
        super().finish()
        if candidate is not None and self.candidate is not candidate:
            train = next(event for event in reversed(self.recorder.events) if event.kind == "train")
            rows = (self.learned_until - train.detail["rows"], self.learned_until)
            self.judged.append((candidate, self.recorder.events[-1], rows))

    def adopt(self, model: Any, learned_until: int) -> None:
        """Somebody lets another model serve from now on."""
        self.serving = model
        self.recorder.serves_what_it_learned_until(self.now, learned_until)
        self.policy.deployed(self.now)

    # ------------------------------------------------------------ saved between two blocks

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """All but the model that serves, as JSON and arrays."""
        recorder, first = self.recorder, max(self.past.start, self.now - self.window.keep(ENDLESS))
        X, y = self.past.rows(first, self.now)
        arrays = {"X": X, "y": y, "truth": recorder.truth["y"], "predictions": recorder.predictions}
        meta = {"now": self.now, "launch": self.first, "seed": self.seed, "trainings": self.trainings,
                "served": recorder.served[-1], "updates": recorder.updates,
                **{name: state.take_down(getattr(self, name), arrays, name) for name in ("chance", "policy", "window")}}
        return meta, arrays

    def go_on_from(self, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """Set what `state` gave into a clock made the same way, with the model that served."""
        recorder, past = self.recorder, self.past
        self.now = self.seen = self.noticed = self.arrived = recorder.read = meta["now"]
        self.trainings = meta["trainings"]
        for name in ("chance", "policy", "window"):
            setattr(self, name, state.set_into(getattr(self, name), meta[name], arrays))
        past.X, past.y, past.stop, past.keep = arrays["X"], arrays["y"], self.now, self.keep
        past.start = self.now - len(past.y)
        recorder.served, recorder.updates = [tuple(meta["served"])], meta["updates"]
        recorder.truth, recorder.predictions = {"y": arrays["truth"]}, arrays["predictions"]
        recorder.start = self.now - len(recorder.predictions)
        recorder.policy = self.policy


class ArrivingOnlineClock(ArrivingClock, OnlineClock):
    """The same of a policy that learns from every label: from those of a block, once all of it is predicted."""
