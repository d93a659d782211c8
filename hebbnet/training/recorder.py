"""Takes down a run while it happens."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..streams import Batch, Stream
from .policy import Policy
from .record import Event, Run
from .truth import Column, Truth

FEW = 181  # with so many classes K, label * K + prediction is still a number of two bytes


class Recorder:
    """All of it, until `finish` makes the Run."""

    def __init__(self, stream: Stream, policy: Policy, settings: dict[str, Any]) -> None:
        steps, self.first = settings["steps"], settings["launch"]
        self.policy, self.settings, self.classes = policy, settings, stream.classes
        self.label: type = np.int16 if len(self.classes) <= FEW else np.int32
        self.predictions = np.full(steps, -1, dtype=self.label)
        self.truth: dict[str, Any] = {"y": np.empty(steps, self.label)}
        self.read = 0
        drifts = [drift for drift in stream.drifts if drift.position < steps]
        self.spans = [(drift.position, drift.width) for drift in drifts]
        self.concepts = [repr(concept) for concept in stream.concepts]
        self.events = [Event(position, "drift", {"width": width}) for position, width in self.spans]
        self.served: list[tuple[int, int]] = []
        self.updates, self.seconds = 0, 0.0
        self.stream = stream

    def add_truth(self, batch: Batch) -> None:
        """The labels of the next rows, and what the world knows about them."""
        rows = slice(self.read, self.read + len(batch))
        self.truth["y"][rows] = batch.y
        if batch.clean is not None:
            if "clean" not in self.truth:
                self.truth["clean"] = np.empty_like(self.truth["y"])
            self.truth["clean"][rows] = batch.clean
        for name, values in {"concept": batch.concept, "bayes": batch.bayes, "p": batch.p}.items():
            if values is not None:
                self.truth.setdefault(name, Column(np.int32 if name == "concept" else float)).add(values)
        self.read += len(batch)

    def predict(self, start: int, predicted: Any) -> None:
        """The predictions of the rows from `start` on."""
        self.predictions[start : start + len(predicted)] = predicted

    def correct(self, start: int, stop: int) -> np.ndarray:
        """Which rows were predicted rightly, as 0 and 1."""
        hits: np.ndarray = self.predictions[start:stop] == self.truth["y"][start:stop]
        return hits.astype(np.float64)

    def log(self, t: int, kind: str, **detail: Any) -> None:
        """Something happened."""
        self.events.append(Event(t, kind, detail))

    def serves_what_it_learned_until(self, row: int, until: int) -> None:
        """From `row` on the model serves that knows the rows before `until`."""
        self.served.append((row, until))

    def finish(self, stop: int, learner: Any) -> Run:
        """The run up to row `stop`."""
        stop = max(stop, self.first) if self.read >= self.first else 0  # a launch that was broken off leaves nothing
        events = sorted((event for event in self.events if event.t <= stop), key=lambda event: event.t)
        spans = [(position, width) for position, width in self.spans if position < stop]
        return Run(policy=self.policy.name, recipe=repr(self.policy), online=self.policy.online,
                   settings={**self.settings, "steps": stop}, predictions=self.predictions[self.first : stop],
                   truth=Truth(self.truth, stop), events=events, spans=spans,
                   classes=[str(name) for name in self.classes], concepts=self.concepts, served=self.served,
                   updates=self.updates, seconds=self.seconds, learner=learner,
                   stream=copy.copy(self.stream) if self.concepts else None)
