"""The monitor: a model's life between two files, and one file as one step that is done whole or not at all.

A step is done when `monitor.npz` has been written. What else it writes either lies where nobody looks before that
(model versions), or is cut off after a crash (the logs), or is done again (the pointer to the champion).

    monitor.npz     the state between two files: policy, detector, window, chance, and how long the logs are
    events.jsonl    everything that happened, one JSON object a line
    scores.csv      each row: its label, and what the model that served then had predicted
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import checks, files
from ..engine.checks import InputError
from ..engine.lock import now
from ..learning.learner import Learner
from ..network.network import mlp
from ..training import loop, policies
from ..training.arriving import MOST, ArrivingClock
from ..training.policy import Policy
from ..training.record import Event, Run
from .registry import Registry
from .schema import Schema

DEFAULTS: dict[str, Any] = {
    "drop": [], "policy": "on-drift", "every": 2_000, "detector": "adwin", "launch": 2_000, "window": 2_000,
    "validate": 500, "sure": 2.0, "hidden": [32], "rate": None, "seed": 0, "keep": 100}
NOTHING: dict[str, Any] = {"rows": 0, "scored": 0, "right": 0, "last": None, "alarms": 0, "files": 0, "refused": 0}
Blocks = list[tuple[np.ndarray, np.ndarray]]


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
        target, and what else is not as in DEFAULTS; fixed when the model is launched.
    """

    def __init__(self, model: str | os.PathLike[str], config: dict[str, Any]) -> None:
        self.model, self.registry = Path(model), Registry(model)
        self.config = json.loads(files.as_json({**DEFAULTS, **config}))
        checks.choice(self.config["policy"], policies.by_name(), "policy")
        for name in ("launch", "keep"):
            checks.whole(self.config[name], name, low=1)
        self._settings(self._learner(_Size(1, (0, 1))), 1)  # what cannot be is refused now
        self.resume()

    def resume(self) -> None:
        """Take up the state of the last step that was done."""
        self.clock: ArrivingClock | None = None
        self.schema: Schema | None = None
        self.done: dict[str, dict[str, Any]] = {}  # what became of each file, by SHA-256
        self.lengths, self.summary = {"events.jsonl": 0, "scores.csv": 0}, dict(NOTHING)
        found = self.pointer = self.registry.pointer()
        path = self.model / "monitor.npz"
        if not path.exists():
            return
        meta, arrays = files.load(path, "Monitor")
        self._check_config(meta["config"])
        self.lengths, self.pointer, self.summary = meta["lengths"], meta["pointer"], meta["summary"]
        self.done = {event["sha256"]: event for event in self.events() if "sha256" in event}
        if found["moves"] < self.pointer["moves"]:  # the step was done, but for its last stroke
            with self.registry.lock():
                self.registry.move(found, version=self.pointer["version"], last=self.pointer["last"])
            found = self.pointer
        if meta["clock"] is not None:
            self.schema = Schema.from_json(meta["schema"])
            moved = found["moves"] > self.pointer["moves"]  # rolled back, or published by hand
            version = self.registry.version((found if moved else self.pointer)["version"])
            self.clock = self._clock(version.load(), meta["clock"]["launch"], meta["clock"]["seed"])
            self.clock.go_on_from(meta["clock"], arrays)

    def adopt(self) -> int | None:
        """Where somebody rolled back, or published by hand: that version serves from here on."""
        found = self.registry.pointer()
        if found["moves"] == self.pointer["moves"]:
            return None
        self.resume()
        self.pointer = found
        if self.clock is None:
            return None
        version = self.registry.champion()
        self.clock.adopt(version.load(), min(version.manifest["config"].get("learned_until", 0), self.clock.now))
        self.clock.recorder.log(self.clock.now, "moved", version=version.number)
        return version.number

    def _check_config(self, launched: dict[str, Any]) -> None:
        for name, value in self.config.items():
            if launched.get(name) != value:
                raise InputError(f"{self.model}: was begun with {name} = {launched.get(name)}, not {value}; leave it "
                                 "as it was, or launch another model in another folder")

    def _learner(self, size: _Size) -> Learner:
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
        self.schema = Schema.study([path for path, _ in given], self.config["target"], self.config["drop"])
        blocks = [[*self.schema.read(path)] for path, _ in given]
        X, y = _joined([block for of in blocks for block in of])
        self.clock = self._clock(self._learner(_Size(len(self.schema.inputs), self.schema.classes)), len(y))
        self.clock.begin(X, y)
        self.clock.judged.append((self.clock.serving, Event(len(y), "launch"), (0, len(y))))
        events, row = [], 0
        for (_, event), of in zip(given, blocks, strict=True):
            rows = sum(len(labels) for _, labels in of)
            events.append({**event, "kind": "file", "rows": [row, row + rows], "accuracy": None})
            row += rows
        self._note(events, 0, 0)
        self.step = events, "row,label,predicted\n"

    def live(self, path: Path, event: dict[str, Any]) -> None:
        """Predict a file's rows, score, decide, train, examine, deploy; `commit` makes it so."""
        clock, schema = self.clock, self.schema
        assert clock is not None and schema is not None
        first, names, lines, right = clock.now, [*map(str, schema.classes)], list[str](), 0
        for X, y in _blocks(schema.read(path)):
            start = clock.now
            clock.live_through(X, y)
            predicted = clock.recorder.predictions[start - clock.recorder.start :]
            right += int((predicted == y).sum())
            lines.append("".join(f"{start + i},{names[a]},{names[b]}\n"
                                 for i, (a, b) in enumerate(zip(y.tolist(), predicted.tolist(), strict=True))))
        if clock.policy.online:
            clock.judged.append((clock.serving, Event(clock.now, "learned"), (first, clock.now)))
        rows = clock.now - first
        events = [{**event, "kind": "file", "rows": [first, clock.now], "accuracy": right / rows}]
        self._note(events, rows, right)
        self.step = events, "".join(lines)

    def refuse(self, event: dict[str, Any], reason: str) -> None:
        """Remember that a file cannot be used; `commit` makes it so."""
        self.summary["refused"] += 1
        self.step = [{**event, "kind": "refused", "reason": reason}], ""

    def _note(self, events: list[dict[str, Any]], rows: int, right: int) -> None:
        assert self.clock is not None
        s = self.summary
        s["rows"], s["scored"], s["right"] = self.clock.now, s["scored"] + rows, s["right"] + right
        s["last"], s["files"] = right / rows if rows else None, s["files"] + len(events)
        s["alarms"] += sum(event.kind == "alarm" for event in self.clock.recorder.events)

    # ------------------------------------------------------------ whole or not at all

    def commit(self) -> None:
        """Keep what the last step did: versions, logs, state, pointer, in this order.

        Raises
        ------
        Moved, Unwritten
            Nothing was kept; `adopt` or `resume` goes back to before the step.
        """
        try:
            with self.registry.lock():
                found = self.registry.pointer()
                if found["moves"] != self.pointer["moves"]:
                    raise Moved
                self._commit(found)
        except (InputError, OSError) as error:
            raise Unwritten(str(error)) from None

    def _commit(self, found: dict[str, Any]) -> None:
        events, scores = self.step
        pointer, clock = dict(found), self.clock
        for model, event, rows in clock.judged if clock else []:
            manifest = self._manifest(event, rows, events)
            number = self.registry.stage(model, pointer, **manifest)
            pointer.update(last=number, **({"version": number} if manifest["deploy"] else {}))
        moved = pointer["last"] > found["last"]
        pointer["moves"] += moved
        happened = [{"t": e.t, "kind": e.kind, **e.detail} for e in (clock.recorder.events if clock else [])]
        log = "".join(json.dumps(event) + "\n" for event in [*events, *happened])
        lengths = {"events.jsonl": self._append("events.jsonl", log), "scores.csv": self._append("scores.csv", scores)}
        meta, arrays = clock.state() if clock else (None, {})
        files.save(self.model / "monitor.npz", "Monitor", {
            "config": self.config, "lengths": lengths, "pointer": pointer, "summary": self.summary, "clock": meta,
            "schema": self.schema.to_json() if self.schema else None}, arrays)
        if moved:
            self.registry.move(found, version=pointer["version"], last=pointer["last"])
        self.lengths, self.pointer = lengths, pointer
        self.done.update({event["sha256"]: event for event in events})
        if clock:
            clock.judged.clear()
            clock.recorder.events.clear()

    def _append(self, name: str, text: str) -> int:
        """Write behind what is done, cutting off what a process that died had written there; the new length."""
        with open(os.open(self.model / name, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as log:
            log.truncate(self.lengths[name])
            log.seek(self.lengths[name])
            log.write(text.encode())
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
            more = f"; asked for {scores['margin']:.3f} more" if "margin" in scores else ""
            why = (f"right on {scores['challenger']:.3f} of {scores['rows']} rows that neither had learned, the "
                   f"champion on {scores['champion']:.3f}{more}")
        return {"deploy": event.kind != "rejected", "why": why, "data": data[::-1], "scores": scores,
                "config": {**self.config, "t": event.t, "rows": list(rows), "learned_until": rows[1]}}

    # ------------------------------------------------------------ looking at it

    def events(self) -> Iterator[dict[str, Any]]:
        """The log, as far as it is done."""
        if self.lengths["events.jsonl"]:
            with (self.model / "events.jsonl").open("rb") as log:
                yield from map(json.loads, log.read(self.lengths["events.jsonl"]).splitlines())

    def recent(self) -> Run | None:
        """The last rows as a run, to be drawn; None where nothing was scored."""
        if self.clock is None or not self.summary["scored"]:
            return None
        told = [event for event in self.events() if event["kind"] in ("alarm", "deploy", "launch")]
        return self.clock.recorder.recent([Event(e.pop("t"), e.pop("kind"), e) for e in told], self.clock.serving)

    def status(self) -> dict[str, Any]:
        """What serves, how right it is, and how old is what it knows: in rows, and since when."""
        s, clock = self.summary, self.clock
        known = clock.now if clock and clock.policy.online else clock.recorder.served[-1][1] if clock else 0
        trained = self.registry.champion().manifest["when"] if self.pointer["version"] else None
        return {"champion": self.pointer["version"], "versions": self.pointer["last"], "trained": trained,
                "staleness": s["rows"] - known, "accuracy": s["right"] / s["scored"] if s["scored"] else None,
                "accuracy_last_file": s["last"], **{name: s[name] for name in NOTHING if name not in ("right", "last")}}


class _Size:
    """What `mlp` must know of a stream."""

    def __init__(self, n_inputs: int, classes: tuple[Any, ...]) -> None:
        self.n_inputs, self.classes = n_inputs, classes


def predict(model: str | os.PathLike[str], path: str | os.PathLike[str]) -> tuple[int, list[str]]:
    """The version that serves, and its label for each row of a file, whose target may be missing."""
    version = Registry(model).champion()
    learner = version.load()
    meta, _ = files.load(Path(model) / "monitor.npz", "Monitor")
    schema = Schema.from_json(meta["schema"])
    names = [*map(str, schema.classes)]
    return version.number, [names[k] for X, _ in schema.read(path, labels=False) for k in learner.predict(X).tolist()]


def told_of(path: Path, stamp: tuple[int, int], sha256: str) -> dict[str, Any]:
    """What the log says of any file."""
    return {"file": path.name, "stamp": list(stamp), "sha256": sha256, "when": now()}


def _joined(parts: Blocks) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate([X for X, _ in parts]), np.concatenate([y for _, y in parts])


def _blocks(parts: Iterator[tuple[np.ndarray, np.ndarray]]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The parts of a file joined: all of it, or as many as `MOST` rows hold."""
    held: Blocks = []
    for part in parts:
        if held and sum(len(y) for _, y in held) + len(part[1]) > MOST:
            yield _joined(held)
            held = []
        held.append(part)
    if held:
        yield _joined(held)
