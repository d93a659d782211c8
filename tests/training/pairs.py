"""Streams of whole numbers, and policies in pairs: hebbnet's, and what the naive loop knows of it."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np

import hebbnet as hb
from hebbnet.training.policies import Policy


def drifting(rows: int, seed: int, n_classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers whose labels turn round half way; the last column is the row's number."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, 20, (rows, 2)), np.arange(rows)]).astype(np.float64)
    y = (X[:, 0] * n_classes // 20).astype(np.int64)
    y[rows // 2 :] = n_classes - 1 - y[rows // 2 :]
    y[rng.random(rows) < 0.1] = 0
    y[:n_classes] = np.arange(n_classes)
    return X, y


class ThreeOfEight:
    """A detector as a user would write it: nothing but update(x). Alarms when 3 of the last 8 were wrong."""

    def __init__(self) -> None:
        self.last: list[float] = []

    def update(self, x: float) -> bool:
        self.last = [*self.last, x][-8:]
        return sum(self.last) >= 3


class AtRows(Policy):
    """Asks after rows that were fixed beforehand."""

    name = "at rows"

    def __init__(self, rows: list[int]) -> None:
        self.rows = sorted(rows)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        return next((row for row in self.rows if start <= row < start + len(correct)), None)


class Impatient(Policy):
    """Asks after three mistakes in a row, and begins to count again after each request and deployment."""

    name = "impatient"

    def begin(self, launch: int, window: int) -> None:
        self.wrong = 0

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        for i, right in enumerate(correct):
            self.wrong = 0 if right else self.wrong + 1
            if self.wrong == 3:
                self.wrong = 0
                return start + i
        return None

    def deployed(self, row: int) -> None:
        self.wrong = 0


class NaiveImpatient(naive.Never):
    wrong = 0

    def sees(self, row: int, right: bool) -> bool:
        self.wrong = 0 if right else self.wrong + 1
        if self.wrong == 3:
            self.wrong = 0
            return True
        return False

    def deployed(self, moment: int) -> None:
        self.wrong = 0


def ddm(**settings: Any) -> hb.DDM:
    return hb.DDM(warm_start=8, warning_threshold=1.0, drift_threshold=1.5, **settings)


def adwin(**settings: Any) -> hb.ADWIN:
    return hb.ADWIN(delta=0.9, clock=2, min_window_length=2, grace_period=4, **settings)


def pair(kind: str, number: int, rows: list[int]) -> tuple[Policy, naive.Never]:
    """A policy, and what it promises."""
    return {
        "never": lambda: (hb.Never(), naive.Never()),
        "always": lambda: (hb.Always(), naive.Always()),
        "periodic": lambda: (hb.Periodic(number), naive.Periodic(number)),
        "every row": lambda: (hb.Periodic(1), naive.Periodic(1)),
        "ddm": lambda: (hb.OnDrift(ddm()), naive.OnDrift(ddm)),
        "adwin": lambda: (hb.OnDrift(adwin()), naive.OnDrift(lambda: adwin(direction="worse"))),
        "own detector": lambda: (hb.OnDrift(ThreeOfEight()), naive.OnDrift(ThreeOfEight)),
        "at rows": lambda: (AtRows(rows), naive.AtRows(rows)),
        "impatient": lambda: (Impatient(), NaiveImpatient()),
    }[kind]()


KINDS = ["never", "always", "periodic", "every row", "ddm", "adwin", "own detector", "at rows", "impatient"]


def plain(run: hb.Run) -> list[tuple[int, str, Any]]:
    """The events as the naive loop tells them."""
    detail = {"alarm": "row", "train": "rows"}
    return [(event.t, event.kind, event.detail.get(detail.get(event.kind, ""))) for event in run.events
            if event.kind != "drift"]
