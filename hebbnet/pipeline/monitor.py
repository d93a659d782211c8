"""The monitor: a model's life between two files, and one file as one step that is done whole or not at all.

A step is done when `monitor.npz` has been written. What else it writes either lies where nobody looks before that
(model versions), or is cut off after a crash (the logs), or is done again (the pointer to the champion).

    monitor.npz     the state between two files: policy, detector, window, chance, and how long the logs are
    events.jsonl    everything that happened, one JSON object a line
    scores.csv      each row: its label, and what the model that served then had predicted
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import checks, files
from ..engine.checks import InputError
from ..engine.lock import now
from ..learning.learner import Learner
from ..network.network import mlp
from ..streams.cells import CellFile
from ..streams.schema import Schema, rows_at_once
from ..streams.stream import Stream
from ..training import exam, loop, policies
from ..training.arriving import MOST, Arrivals, ArrivingClock
from ..training.policy import Policy
from ..training.record import Event, Run
from . import DEFAULTS
from .registry import Registry, Version

SUSPECT = 100, 2.0  # rows a file must have at least, and standard errors within which its score is that of chance
NOTHING: dict[str, Any] = {
    "rows": 0, "scored": 0, "right": 0, "files": 0, "refused": 0, "last_refused": None, "alarms": 0, "last_alarm": None,
    "last_suspect": None, "at_deployment": None, "last": None, "when": ""}
CELLS = 2_000_000  # with more, or more than `MOST` rows, a file is predicted in several blocks


class Moved(Exception):
    """Somebody moved the pointer of the registry meanwhile."""


class Unwritten(Exception):
    """Nothing was done, since it could not be written: the disk is full, say."""


class Monitor:
    """The state of one model folder; whoever changes it holds the lock of the watch.

    Parameters
    ----------
    model : path
    config : dict
        target, and what else is not as in `pipeline.DEFAULTS`; fixed when the model is launched.
    """

    def __init__(self, model: str | os.PathLike[str], config: dict[str, Any]) -> None:
        self.model, self.registry = files.place(model), Registry(model)
        self.config = json.loads(files.as_json({**DEFAULTS, **config}))
        checks.choice(self.config["policy"], policies.by_name(), "policy")
        for name in ("launch", "keep"):
            checks.whole(self.config[name], name, low=1)
        self._settings(self._learner(Arrivals(1, (0, 1))), 1)  # what cannot be is refused now
        self.notes: list[dict[str, Any]] = []  # to be written into the log with the next step
        self.step: tuple[list[dict[str, Any]], list[str]] = [], []  # what it adds to the log, and to the scores
        self.resume()

    def resume(self) -> None:
        """Take up the state of the last step that was done."""
        self.torn = True  # whether something was begun and not kept
        self.clock: ArrivingClock | None = None
        self.schema: Schema | None = None
        self.done: dict[str, dict[str, Any]] = {}  # what became of each file, by SHA-256
        self.lengths, self.summary = {"events.jsonl": 0, "scores.csv": 0}, dict(NOTHING)
        found = self.pointer = self.registry.pointer()
        path = self.model / "monitor.npz"
        if path.exists():
            meta, arrays = files.load(path, "Monitor")
            self._check_config(meta["config"])
            self.lengths, self.pointer, self.summary = meta["lengths"], meta["pointer"], meta["summary"]
            self.done = {event["sha256"]: event for event in self.events() if "sha256" in event}
            if found["moves"] < self.pointer["moves"]:  # the step was done, but for its last stroke
                with unwritten(), self.registry.lock():
                    self.registry.move(found, version=self.pointer["version"], last=self.pointer["last"])
                found = self.pointer
            if meta["clock"] is not None:
                self.schema = Schema.from_json(meta["schema"])
                moved = found["moves"] > self.pointer["moves"]  # rolled back, or published by hand
                version = self.registry.version((found if moved else self.pointer)["version"])
                self.clock = self._clock(version.load(), meta["clock"]["launch"], meta["clock"]["seed"])
                self.clock.go_on_from(meta["clock"], arrays)
        self.torn = False

    def recover(self) -> None:
        """Forget what was begun and not kept."""
        if self.torn:
            self.resume()

    def adopt(self) -> int | None:
        """Where somebody rolled back, or published by hand: that version serves from here on. A step of its own."""
        found = self.registry.pointer()
        if found["moves"] == self.pointer["moves"]:
            return None
        self.resume()
        self.pointer, self.torn, self.step = found, True, ([], [])
        if self.clock is not None:
            version = self.registry.champion()
            self.clock.adopt(version.load(), _learned_until(version, self.clock.now))
            self.clock.recorder.log(self.clock.now, "moved", version=version.number)
            self.summary["at_deployment"] = None
        self.commit()
        return found["version"] if self.clock else None

    def _check_config(self, launched: dict[str, Any]) -> None:
        for name, value in self.config.items():
            if launched.get(name) != value:
                raise InputError(f"{self.model}: was begun with {name} = {launched.get(name)}, not {value}; leave it "
                                 "as it was, or launch another model in another folder")

    def _learner(self, size: Stream) -> Learner:
        return Learner(mlp(size, self.config["hidden"], rng=self.config["seed"]), rate=self.config["rate"])

    def _settings(self, learner: Learner, launch: int) -> tuple[Policy, dict[str, Any]]:
        given = {name: self.config[name] for name in ("window", "validate", "sure")}
        policy = policies.by_name(self.config["every"], self.config["detector"])[self.config["policy"]]
        return policy, loop.settings(learner, launch=launch, **given)

    def _clock(self, learner: Learner, launch: int, rng: Any = None) -> ArrivingClock:
        assert self.schema is not None
        return ArrivingClock.of(learner, *self._settings(learner, launch), len(self.schema.inputs),
                                self.schema.classes, rng)

    # ------------------------------------------------------------ the steps

    def launch(self, given: Sequence[tuple[Path, dict[str, Any]]]) -> None:
        """Launch a model with the rows of these files; `commit` makes it so."""
        self.torn, cells = True, [CellFile(path) for path, _ in given]
        self.schema = Schema.study(cells, self.config["target"], self.config["drop"])
        blocks = [[*self.schema.read(file, studied=True)] for file in cells]
        X, y = map(np.concatenate, zip(*(block for of in blocks for block in of), strict=True))
        self.clock = self._clock(self._learner(Arrivals(len(self.schema.inputs), self.schema.classes)), len(y))
        self.clock.begin(X, y)
        self.clock.judged.append((self.clock.serving, Event(len(y), "launch"), (0, len(y))))
        events, row = [], 0
        for (_, event), of in zip(given, blocks, strict=True):
            rows = sum(len(labels) for _, labels in of)
            events.append({**event, "kind": "file", "rows": [row, row + rows], "accuracy": None})
            row += rows
        self._count(events, 0, 0)
        self.step = events, ["row,label,predicted\n"]

    def live(self, path: Path, event: dict[str, Any]) -> None:
        """Predict a file's rows, score, decide, train, examine, deploy; `commit` makes it so."""
        clock, schema = self.clock, self.schema
        assert clock is not None and schema is not None
        self.torn = True
        first, names, lines, right = clock.now, [*map(str, schema.classes)], list[str](), 0
        labels, answers = np.zeros((2, len(names)), np.int64)
        file = CellFile(path)
        for X, y in schema.read(file, rows_at_once(len(file.header), MOST, CELLS)):
            start = clock.now
            clock.live_through(X, y)
            predicted = clock.recorder.predictions[start - clock.recorder.start :]
            right += int((predicted == y).sum())
            labels += np.bincount(y, minlength=len(names))
            answers += np.bincount(predicted, minlength=len(names))
            lines.append("".join(f"{start + i},{names[a]},{names[b]}\n"
                                 for i, (a, b) in enumerate(zip(y.tolist(), predicted.tolist(), strict=True))))
        if clock.policy.online:
            clock.judged.append((clock.serving, Event(clock.now, "learned"), (first, clock.now)))
        rows = clock.now - first
        p, error = exam.chance(labels, answers)
        if rows >= SUSPECT[0] and abs(right / rows - p) < SUSPECT[1] * error:
            self.summary["last_suspect"] = path.name
            clock.recorder.log(clock.now, "suspect", file=path.name, accuracy=right / rows, chance=p)
        events = [{**event, "kind": "file", "rows": [first, clock.now], "accuracy": right / rows}]
        self._count(events, rows, right)
        self.step = events, lines

    def refuse(self, event: dict[str, Any], reason: str) -> None:
        """Remember that a file cannot be used; `commit` makes it so."""
        self.torn = True
        self.summary["refused"] += 1
        self.summary["last_refused"] = f"{event['file']}: {reason}"
        self.step = [{**event, "kind": "refused", "reason": reason}], []

    def note(self, kind: str, what: str) -> None:
        """Something else for the log; written now, or, where that cannot be, with the next step."""
        self.notes.append({"kind": kind, "what": what, "when": now()})
        with suppress(Unwritten, Moved):
            self.recover()
            self.torn, self.step = True, ([], [])
            self.commit()

    def _count(self, events: list[dict[str, Any]], rows: int, right: int) -> None:
        assert self.clock is not None
        s = self.summary
        s["rows"], s["scored"], s["right"] = self.clock.now, s["scored"] + rows, s["right"] + right
        s["last"], s["files"] = right / rows if rows else None, s["files"] + len(events)
        s["at_deployment"] = s["last"] if s["at_deployment"] is None else s["at_deployment"]
        alarms = [event.detail["row"] for event in self.clock.recorder.events if event.kind == "alarm"]
        s["alarms"], s["last_alarm"] = s["alarms"] + len(alarms), alarms[-1] if alarms else s["last_alarm"]

    # ------------------------------------------------------------ whole or not at all

    def commit(self) -> None:
        """Keep what the last step did: versions, logs, state, pointer, in this order.

        Raises
        ------
        Moved, Unwritten
            Nothing was kept; `adopt` or `resume` goes back to before the step.
        """
        with unwritten(), self.registry.lock():
            found = self.registry.pointer()
            if found["moves"] != self.pointer["moves"]:
                raise Moved
            events, scores = self.step
            pointer, clock = dict(found), self.clock
            for model, event, rows in clock.judged if clock else []:
                manifest = self._manifest(event, rows, events)
                number = self.registry.stage(model, pointer, **manifest)
                pointer.update(last=number, **({"version": number} if manifest["deploy"] else {}))
            if pointer["version"] != found["version"]:
                self.summary["at_deployment"] = None
            moved = pointer["last"] > found["last"]
            pointer["moves"] += moved
            happened = [{"t": e.t, "kind": e.kind, **e.detail} for e in (clock.recorder.events if clock else [])]
            log = [json.dumps(event) + "\n" for event in [*self.notes, *events, *happened]]
            self.summary["when"] = now()
            lengths = {"events.jsonl": self._append("events.jsonl", log),
                       "scores.csv": self._append("scores.csv", scores)}
            meta, arrays = clock.state() if clock else (None, {})
            files.save(self.model / "monitor.npz", "Monitor", {
                "config": self.config, "lengths": lengths, "pointer": pointer, "summary": self.summary, "clock": meta,
                "schema": self.schema.to_json() if self.schema else None}, arrays)
            if moved:
                self.registry.move(found, version=pointer["version"], last=pointer["last"])
        self.lengths, self.pointer = lengths, pointer
        self.done.update({event["sha256"]: event for event in events})
        self.notes.clear()
        if clock:
            clock.judged.clear()
            clock.recorder.events.clear()
        self.torn = False

    def _append(self, name: str, lines: list[str]) -> int:
        """Write behind what is done, cutting off what a process that died had written there; the new length."""
        with open(os.open(self.model / name, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as log:
            log.truncate(min(log.seek(0, os.SEEK_END), self.lengths[name]))  # shorter where scores were put away
            log.seek(0, os.SEEK_END)
            log.writelines(map(str.encode, lines))
            log.flush()
            os.fsync(log.fileno())
            return log.tell()

    def _manifest(self, event: Event, rows: tuple[int, int], events: list[dict[str, Any]]) -> dict[str, Any]:
        """Where a version comes from."""
        data = []
        for each in reversed([*self.done.values(), *events]):
            if each["kind"] == "file" and each["rows"][0] < rows[1] and rows[0] < each["rows"][1]:
                data.append({name: each[name] for name in ("file", "sha256", "rows")})
        scores = event.detail
        why = {"launch": "the first", "learned": "it learns from every label"}.get(event.kind, "not examined")
        if "champion" in scores:
            more = "; needed at least {needed:.3f}; chance alone gives {chance:.3f}" if "chance" in scores else ""
            why = ("right on {challenger:.3f} of {rows} rows that neither had learned, the champion on {champion:.3f}"
                   + more).format(**scores)
        return {"deploy": event.kind != "rejected", "why": why, "data": data[::-1], "scores": scores,
                "config": {**self.config, "t": event.t, "rows": list(rows), "learned_until": rows[1]}}

    # ------------------------------------------------------------ looking at it

    def events(self) -> list[dict[str, Any]]:
        """The log, as far as it is done; which files were done is known from it alone."""
        path, length = self.model / "events.jsonl", self.lengths["events.jsonl"]
        log = path.read_bytes()[:length] if path.exists() else b""
        if len(log) < length:
            raise InputError(f"{path}: {length - len(log):,} bytes are missing at its end; restore it")
        return [*map(json.loads, log.splitlines())]

    def recent(self) -> Run | None:
        """The last rows as a run, to be drawn; None where nothing was scored."""
        if self.clock is None or not self.summary["scored"]:
            return None
        told = [event for event in self.events() if event["kind"] in ("alarm", "deploy", "launch")]
        return self.clock.recorder.recent([Event(e.pop("t"), e.pop("kind"), e) for e in told], self.clock.serving)

    def status(self) -> dict[str, Any]:
        """What serves, how right it is, whether the world drifts, and how old is what the model knows."""
        s, clock, pointer = self.summary, self.clock, self.registry.pointer()
        known = clock.now if clock and clock.policy.online else clock.recorder.served[-1][1] if clock else 0
        at_deployment = s["at_deployment"]
        if clock and pointer["moves"] != self.pointer["moves"]:  # rolled back; the next file is the first it predicts
            known, at_deployment = _learned_until(self.registry.champion(), clock.now), None
        since = next((event["when"] for event in reversed(self.done.values())
                      if event["kind"] == "file" and event["rows"][0] < known), None)
        detector: Any = getattr(clock.policy, "detector", None) if clock else None
        state = {name: value for name, value in (detector.state if detector else {}).items() if math.isfinite(value)}
        return {"champion": pointer["version"], "versions": pointer["last"],
                **{name: s[name] for name in ("rows", "scored", "files", "refused", "last_refused")},
                "accuracy": s["right"] / s["scored"] if s["scored"] else None,
                "drift": {"accuracy_at_deployment": at_deployment, "accuracy_now": s["last"],
                          "alarms": s["alarms"], "last_alarm": s["last_alarm"], "last_suspect": s["last_suspect"],
                          "detector": type(detector).__name__ if detector else None, **state},
                "staleness": {"rows": s["rows"] - known, "knows_until": since}}


def _learned_until(version: Version, now: int) -> int:
    """The row up to which a version has learned, as far as is known."""
    return min(int(version.manifest["config"].get("learned_until", 0)), now)


@contextmanager
def unwritten() -> Iterator[None]:
    """What cannot be written here becomes `Unwritten`."""
    try:
        yield
    except (InputError, OSError) as error:
        raise Unwritten(str(error)) from None


def predict(model: str | os.PathLike[str], path: str | os.PathLike[str]) -> tuple[int, list[str]]:
    """The version that serves, and its label for each row of a file, whose target may be missing."""
    version = Registry(model).champion()
    learner = version.load()
    meta, _ = files.load(files.place(model) / "monitor.npz", "Monitor")
    if meta["schema"] is None:
        raise InputError(f"{model}: nothing was launched here yet, and no column is known; let hebbnet watch do it")
    schema = Schema.from_json(meta["schema"])
    names = [*map(str, schema.classes)]
    blocks = schema.read(CellFile(path), labels=False)
    return version.number, [names[k] for X, _ in blocks for k in learner.predict(X).tolist()]
