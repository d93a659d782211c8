"""What a run remembers: every prediction, every event, the truth beside them, and what can be read off them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import checks, files
from ..monitoring import baselines, metrics, recovery
from ..monitoring.recovery import AfterDrift
from ..streams import Stream
from .regret import RegretSplit, split
from .truth import Truth


@dataclass(frozen=True)
class Event:
    """Something that happened when row `t` was the next to be predicted.

    `kind` is launch, drift, alarm, train, deploy, rejected, dropped or queued; `detail` says more. An alarm: the `row`
    that raised it. A training: its number of `rows`, and how many were `held` back. A deployment after an exam, and a
    rejection: on how many `rows` it was held, and the accuracy of `champion` and `challenger` in it. A dropped request:
    `why`.
    """

    t: int
    kind: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A life of a model in a stream.

    Attributes
    ----------
    policy, recipe : str
        The policy's name, and how it was made.
    settings : dict
        What `run` was called with; `launch` is the first scored row, `steps` the row after the last.
    predictions : (n,) array of int16, or of int32 where there are many classes
        The prediction for each scored row.
    truth : mapping of arrays
        `y`, and of a made stream `concept`, `p`, `bayes` and `clean` (the label before noise), from row 0 on.
    events : list of Event
        In order of time.
    spans : list of (position, width)
        The drifts.
    updates : int
        Rows learned, a row learned twice counting twice.
    seconds : float
        Time spent training; of a policy that always learns, predicting included. The one thing here that no seed
        repeats.
    learner
        The model that served at the end.
    stream
        The stream lived in, if it knows the truth (None after `load`).

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7)], rng=0)
    >>> run = hb.run(hb.Learner(hb.mlp(stream, [4], rng=0)), stream, hb.Periodic(100), steps=400, launch=150)
    >>> len(run.predictions), [event.t for event in run.events if event.kind == "deploy"]
    (250, [250, 350])
    """

    policy: str
    recipe: str
    online: bool
    settings: dict[str, Any]
    predictions: np.ndarray
    truth: Mapping[str, np.ndarray]
    events: list[Event]
    spans: list[tuple[int, int]]
    classes: list[str]
    concepts: list[str]
    served: list[tuple[int, int]]
    updates: int
    seconds: float = 0.0
    learner: Any = None
    stream: Any = None

    # ------------------------------------------------------------ row by row

    @property
    def launch(self) -> int:
        """The first scored row."""
        return int(self.settings["launch"])

    @property
    def t(self) -> np.ndarray:
        """The place in the stream of each scored row, (n,)."""
        return np.arange(self.launch, self.launch + len(self.predictions))

    @property
    def y(self) -> np.ndarray:
        """The labels of the scored rows, (n,)."""
        return self.truth["y"][self.launch :]

    @property
    def correct(self) -> np.ndarray:
        """Which scored rows were predicted rightly, (n,) of bool."""
        right: np.ndarray = self.predictions == self.y
        return right

    def accuracy(self, window: int = 1_000) -> np.ndarray:
        """The share of right predictions among the last `window` scored rows, (n,); among fewer at the start."""
        return metrics.windowed_accuracy(self.correct, window)

    def baseline(self, name: str) -> np.ndarray:
        """Which scored rows a baseline gets right, (n,) of bool: "no_change", "majority" or "true_rule" (needs truth).

        Where launch is 0, no_change has nothing to repeat in the first row, and is scored on the n - 1 others.
        """
        y = self.truth["y"]
        checks.choice(name, ("no_change", "majority", "true_rule"), "baseline")
        if name == "true_rule":
            if "clean" not in self.truth:
                raise checks.InputError("baseline true_rule: real data hold no truth")
            right: np.ndarray = self.truth["clean"][self.launch :] == self.y
        elif name == "majority":
            right = baselines.majority(self.y, len(self.classes), before=y[: self.launch]) == 1
        else:
            right = baselines.no_change(self.y, before=self._label_before()) == 1
        return right

    def _label_before(self) -> int | None:
        """The last label of the launch, if there was one."""
        return int(self.truth["y"][self.launch - 1]) if 0 < self.launch <= len(self.truth["y"]) else None

    # ------------------------------------------------------------ read off

    def after_drifts(self, of: str = "before", share: float = 0.97) -> list[AfterDrift]:
        """For each drift, how deep accuracy falls, after how many rows it is back, and what was lost meanwhile.

        Back is at or above `share` of the accuracy before the drift, or of Bayes (of="bayes", needs the truth). Defined
        by `hb.metrics.after_drift`; one run alone is noisy, `Sweep.after_drifts` averages over seeds first. Drifts
        with fewer than 500 scored rows before or after them are left out.
        """
        return recovery.after_drifts(self.correct, self.spans, self.launch, self.levels(of), share=share)

    def levels(self, of: str) -> np.ndarray | None:
        """The accuracy to come back to, for each scored row: "before" (None, that before the drift) or "bayes"."""
        if checks.choice(of, ("before", "bayes"), "level") == "before":
            return None
        if "bayes" not in self.truth:
            raise checks.InputError("level bayes: real data hold no truth")
        bayes: np.ndarray = self.truth["bayes"][self.launch :]
        return bayes

    def regret_split(self, stream: Stream | None = None) -> RegretSplit:
        """The regret to the Bayes rule, row by row, as drift + latency + learning. Needs the truth.

        `stream` is the one that was lived in; it can be left out of a run that was not loaded from a file.
        """
        return split(self, self.stream if stream is None else stream)

    def summary(self) -> dict[str, Any]:
        """What the run comes to.

        Returns
        -------
        dict
            accuracy; the baselines bayes (of a made stream), no_change, majority and chance; kappa_t (better than
            repeating the last label if above 0); dip (the accuracy lost after a drift, mean over drifts), recovery
            (rows until it is back, median; None if it is not before the next drift) and lost (right answers missed
            until then, mean), all three as in `after_drifts`; regret (the share of rows lost against bayes);
            alarms, retrainings; staleness (mean number of labelled rows that the serving model does not know); updates
            (rows learned, the price).
        """
        correct, y = self.correct, self.y
        known = "bayes" in self.truth
        accuracy, no_change = _mean(correct), _mean(self.baseline("no_change"))
        bayes = _mean(self.truth["bayes"][self.launch :]) if known else None
        kinds = [event.kind for event in self.events]
        return {
            "policy": self.policy, "rows": self.launch + len(y), "scored": len(y),
            "accuracy": accuracy, "bayes": bayes, "no_change": no_change,
            "majority": _mean(self.baseline("majority")), "chance": baselines.chance(len(self.classes)),
            "kappa_t": metrics.beyond(accuracy, no_change) if len(y) > 1 else None,
            **recovery.over_drifts(self.after_drifts()),
            "regret": None if bayes is None else bayes - accuracy,
            "alarms": kinds.count("alarm"), "retrainings": kinds.count("deploy"),
            "staleness": self._staleness(), "updates": self.updates,
        }

    def to_dataframe(self) -> Any:
        """The scored rows as a pandas DataFrame: t, y, prediction, correct and, of a made stream, the truth."""
        rows = {name: values[self.launch :] for name, values in self.truth.items() if name != "y"}
        return dataframe({"t": self.t, "y": self.y, "prediction": self.predictions, "correct": self.correct, **rows},
                         otherwise="run.predictions, run.y and run.truth are arrays")

    def _staleness(self) -> float | None:
        if not len(self.predictions):
            return None
        n = len(self.predictions)
        sum_of_t = n * self.launch + n * (n - 1) // 2
        return (sum_of_t - int(self.learned_until().sum())) / n

    def learned_until(self) -> np.ndarray:
        """For each scored row, the first row that the model which predicted it did not know, (n,)."""
        if not self.online:
            rows, until = np.array(self.served).T
            known: np.ndarray = until[np.searchsorted(rows, self.t, side="right") - 1]
            return known
        names = ("arrival", "batch_size", "label_delay", "cycle_time")
        arrival, batch_size, delay, cycle = (self.settings[name] for name in names)
        known = np.arange(len(self.predictions))  # in place: a run may be ten million rows long
        known //= arrival
        known *= arrival  # the first row of its block, counted from the launch
        known -= cycle if arrival > 1 else cycle + delay
        step = arrival if arrival > 1 else batch_size
        known //= step
        known *= step
        known -= delay if arrival > 1 else 0
        np.maximum(known, 0, out=known)
        known += self.launch
        return known

    def __repr__(self) -> str:
        n = sum(event.kind == "deploy" for event in self.events)
        return (f"Run({self.policy}: accuracy {_mean(self.correct):.3f} over {len(self.predictions):,} rows, "
                f"{n} retraining{'' if n == 1 else 's'})")

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(show(value))}</td></tr>"
                       for name, value in self.summary().items())
        return f"<table>{rows}</table>"

    # ------------------------------------------------------------ files

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write everything but the learner (which has a `save` of its own) into one .npz."""
        meta = {name: getattr(self, name) for name in _PLAIN}
        return files.save(path, "Run", {**meta, "events": [asdict(event) for event in self.events]},
                          {"predictions": self.predictions, **{f"truth_{name}": a for name, a in self.truth.items()}})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Run:
        """Read what `save` wrote; `learner` is None."""
        meta, arrays = files.load(path, "Run")
        try:
            events = [Event(**event) for event in meta.pop("events")]
            for name in ("spans", "served"):
                meta[name] = [tuple(pair) for pair in meta[name]]
            predictions = arrays.pop("predictions")
            truth = {name.removeprefix("truth_"): values for name, values in arrays.items()}
            rows = len(truth["y"])
            if len(predictions) != max(rows - meta["settings"]["launch"], 0) or {*map(len, truth.values())} != {rows}:
                raise ValueError("its columns differ in length")
            return cls(predictions=predictions, truth=Truth(truth, rows), events=events,
                       **{name: meta[name] for name in _PLAIN})
        except (KeyError, TypeError, ValueError) as error:
            raise checks.InputError(f"{path}: not a run that this version of hebbnet can read ({error})") from None


_PLAIN = ("policy", "recipe", "online", "settings", "spans", "classes", "concepts", "served", "updates",
          "seconds")


def dataframe(content: Any, otherwise: str) -> Any:
    """A pandas DataFrame of columns or of records; refused where there is no pandas."""
    try:
        import pandas
    except ImportError:
        raise checks.InputError(f"to_dataframe needs pandas: pip install pandas; {otherwise}") from None
    return pandas.DataFrame(content)


def show(value: Any) -> str:
    """A number as a person wants to read it; a dash for what is not known."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
