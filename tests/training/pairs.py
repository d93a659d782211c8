"""Streams of whole numbers, and policies in pairs: hebbnet's, and what the naive loop knows of it."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np

import hebbnet as hb
from hebbnet import policies
from hebbnet.training.policy import Policy


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


class Tide:
    """A detector of rows as a user would write it: alarms when 3 of the last 8 are in the upper half of 0 .. 19."""

    def __init__(self) -> None:
        self.last: list[bool] = []

    def update(self, row: np.ndarray) -> bool:
        assert row.ndim == 1
        self.last = [*self.last, bool(row[0] % 20 >= 10)][-8:]
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
        "on features": lambda: (hb.OnDrift(Tide(), on="features"), naive.OnDrift(Tide, "features")),
        "on confidence": lambda: (hb.OnDrift(ThreeOfEight(), on="confidence"),
                                  naive.OnDrift(ThreeOfEight, "confidence")),
        "ddm on confidence": lambda: (hb.OnDrift(ddm(), on="confidence"), naive.OnDrift(ddm, "confidence")),
        "on accuracy": lambda: (hb.OnAccuracy(0.7, window=number // 2), naive.OnAccuracy(0.7, number // 2)),
        "random": lambda: (policies.Random(3), naive.Random(3)),
        "either": lambda: (hb.Periodic(number) | hb.OnDrift(ThreeOfEight()) | AtRows(rows),
                           naive.Either(naive.Periodic(number), naive.OnDrift(ThreeOfEight), naive.AtRows(rows))),
        "watching either": lambda: (hb.OnDrift(Tide(), on="features") | hb.OnAccuracy(0.7, window=5),
                                    naive.Either(naive.OnDrift(Tide, "features"), naive.OnAccuracy(0.7, 5))),
        "budgeted": lambda: (policies.Budgeted(hb.OnAccuracy(0.9, window=5), most=2),
                             naive.Budgeted(naive.OnAccuracy(0.9, 5), most=2)),
        "budgets": lambda: (policies.Budgeted(hb.Periodic(number), cost=3 * number)
                            | policies.Budgeted(AtRows(rows), most=2),
                            naive.Either(naive.Budgeted(naive.Periodic(number), cost=3 * number),
                                         naive.Budgeted(naive.AtRows(rows), most=2))),
    }[kind]()


KINDS = ["never", "always", "periodic", "every row", "ddm", "adwin", "own detector", "at rows", "impatient",
         "on features", "on confidence", "ddm on confidence", "on accuracy", "random", "either", "watching either",
         "budgeted", "budgets"]


def window(kind: str, n: int) -> tuple[Any, Any]:
    """A window, and what it promises."""
    return {
        "number": lambda: (n, n), "sliding": lambda: (policies.Sliding(n), naive.Sliding(n)),
        "all": lambda: (policies.All(), naive.All()),
        "since alarm": lambda: (policies.SinceAlarm(n, most=3 * n), naive.SinceAlarm(n, 3 * n)),
        "reservoir": lambda: (policies.Reservoir(n), naive.Reservoir(n)),
    }[kind]()


WINDOWS = ["number", "sliding", "all", "since alarm", "reservoir"]
CYCLES = {"a number": None, "grows": lambda rows: rows // 2, "a step": lambda rows: 0 if rows < 15 else 20}


def plain(run: hb.Run) -> list[tuple[int, str, Any]]:
    """The events as the naive loop tells them."""
    def detail(event: Any) -> Any:
        if event.kind in ("alarm", "train"):
            return event.detail["row" if event.kind == "alarm" else "rows"]
        scores = tuple(event.detail[name] for name in ("champion", "challenger") if name in event.detail)
        return scores if "rows" in event.detail else None

    return [(event.t, event.kind, detail(event)) for event in run.events if event.kind != "drift"]
