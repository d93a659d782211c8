"""The watch: a folder that data fall into; each file is taken once it is complete, oldest first, exactly once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..engine import files
from ..engine.checks import InputError
from ..engine.lock import Lock, now
from ..learning.learner import Diverged
from ..streams.cells import CellFile
from ..streams.schema import rows_at_once
from ..training.record import Run
from .monitor import Monitor, Moved, Unwritten

SETTLE = 0.5  # seconds for which a file must stay as it is before it is read, by a clock that no one sets
ENDINGS = (".csv", ".csv.gz", ".npz")  # the last to be refused, with the reason
SHOWN = 1.0  # seconds between two pages of status.json while there is much to do

Stamp = tuple[int, int]  # size, time of change


class File(NamedTuple):
    """A file as it was found."""

    path: Path
    stamp: Stamp
    sha256: str

    @property
    def changed(self) -> bool:
        """Whether it is another by now."""
        return _stamp(self.path) != self.stamp or _sha256(self.path) != self.sha256

    def event(self) -> dict[str, Any]:
        """What the log says of any file."""
        return {"file": self.path.name, "stamp": list(self.stamp), "sha256": self.sha256, "when": now()}


class Watcher:
    """Data fall into the folder `inbox`, and the model in the folder `model` learns from them.

    Use it as a context manager: one process watches at a time.

    Parameters
    ----------
    inbox, model : path
    config : dict
        target, and what else is not as in `pipeline.DEFAULTS`.
    tell : function of a text
        Told what happens.
    draw : function of (run, path), optional
        Draws accuracy.png.
    """

    def __init__(self, inbox: str | os.PathLike[str], model: str | os.PathLike[str], config: dict[str, Any], *,
                 tell: Callable[[str], Any] | None = None, draw: Callable[[Run, Path], Any] | None = None) -> None:
        self.inbox, self.model, self.config = files.place(inbox), files.place(model), config
        self.tell, self.draw = tell or (lambda text: None), draw
        self.trouble: str | None = None  # what hindered the last look
        self._seen: dict[str, tuple[Stamp, float]] = {}  # each file as it was last seen, and since when
        self._known = set[tuple[Any, ...]]()  # (name, size, time of change) of files that are done
        self._too_few: dict[File, int] = {}  # the rows of each: not enough for the launch
        self._shown, self._drawn, self._prune_at, self._noted = -1e9, -1, 0, ""

    def __enter__(self) -> Watcher:
        if not self.inbox.is_dir():
            raise InputError(f"{self.inbox}: no such folder; make it, and let data files fall into it")
        files.folder(self.model)
        self._lock = Lock(self.model / "watch.lock", f"the watch over {self.model}")
        self._lock.__enter__()
        try:
            self.monitor = Monitor(self.model, self.config)
        except BaseException:
            self._lock.__exit__()
            raise
        self._known = {(event["file"], *event["stamp"]) for event in self.monitor.done.values()
                       if event["kind"] == "file"}  # what was refused is put aside, now if it was not then
        return self

    def __exit__(self, *_: Any) -> None:
        self._lock.__exit__()

    # ------------------------------------------------------------ looking

    def watch(self, interval: float) -> None:
        """Look whenever something happens in the inbox, and every `interval` seconds; it does not end."""
        for _ in _awake(self.inbox, interval):
            while self.look():
                time.sleep(SETTLE / 2)

    def once(self) -> None:
        """Do what is complete, and end."""
        if self.look():
            time.sleep(SETTLE)
            self.look()
        if self.trouble is not None:
            raise InputError(self.trouble)

    def look(self) -> bool:
        """Do the files that are complete, oldest first; whether to look again soon, since others are not."""
        ready, again = self._ready()
        self.trouble = None
        try:
            self.monitor.recover()
            if (at := now()) < (last := self.monitor.summary["when"]):
                self._hindered("clock", f"the clock was set back: it is {at}, and the last step was done at {last}; "
                                        "files are still taken once each, in the order of their own times")
            for path, stamp in ready:
                self._do(path, stamp)
                self._show(at_last=False)
        except Moved:
            self.monitor.recover()
            return True  # and all is done again, with the version that somebody chose
        except (Unwritten, OSError) as error:
            self._hindered("trouble", f"{error}; nothing was changed, and the champion stays")
        self._noted = self.trouble or ""
        self._show()
        return again

    def _hindered(self, kind: str, what: str) -> None:
        """Said in status.json; and, as long as it lasts, once here and once in the log."""
        self.trouble = what
        if what != self._noted:
            self._noted = what
            self.tell(what)
            self.monitor.note(kind, what)

    def _ready(self) -> tuple[list[tuple[Path, Stamp]], bool]:
        """The files that stayed as they are, and whether others may still be written: what is newer waits for those."""
        there = [(path, stamp) for path in self.inbox.iterdir() if path.name.endswith(ENDINGS)
                 and not path.name.startswith(".") and path.is_file() and (stamp := _stamp(path))]
        before, at = self._seen, time.monotonic()
        self._seen, ready = {}, []
        for path, stamp in sorted(there, key=lambda each: (each[1][1], each[0].name)):
            last, since = before.get(path.name, (stamp, at))
            self._seen[path.name] = stamp, since if last == stamp else at
            if (path.name, *stamp) not in self._known:
                ready.append((path, stamp))
        settled = [at - self._seen[path.name][1] >= SETTLE for path, _ in ready]
        return ready[: settled.index(False)] if False in settled else ready, False in settled

    # ------------------------------------------------------------ one file

    def _do(self, path: Path, stamp: Stamp) -> None:
        monitor, sha256 = self.monitor, _sha256(path)
        if sha256 is None or _stamp(path) != stamp:
            return  # gone, or still written: another look will see
        file = File(path, stamp, sha256)
        if sha256 in monitor.done:
            return self._again(file, monitor.done[sha256])
        if (number := monitor.adopt()) is not None:
            self.tell(f"version {number} serves from here on, as somebody decided")
        if monitor.clock is None:
            self._gather(file)
        else:
            self._work([file], lambda: monitor.live(path, file.event()))

    def _gather(self, file: File) -> None:
        """Launch as soon as the files together have rows enough."""
        self._too_few = {other: n for other, n in self._too_few.items() if _stamp(other.path) == other.stamp}
        if file not in self._too_few and all(file.sha256 != other.sha256 for other in self._too_few):
            self._work([file], lambda: self._too_few.update({file: _rows(file.path)}), keep=False)
        if sum(self._too_few.values()) >= self.monitor.config["launch"]:
            given = [*self._too_few]
            self._work(given, lambda: self.monitor.launch([(each.path, each.event()) for each in given]))

    def _work(self, given: list[File], step: Callable[[], Any], *, keep: bool = True) -> None:
        """One step; a file that cannot be used is refused, and one that changed meanwhile waits."""
        monitor, reason = self.monitor, ""
        try:
            step()
        except (InputError, Diverged) as error:
            reason = " ".join(str(error).split())
        if changed := [file for file in given if file.changed]:
            self._too_few = {file: n for file, n in self._too_few.items() if file not in changed}
            self._hindered("changed", f"{changed[0].path.name}: changed while it was read; it waits until it is "
                                      "complete, and the champion stays")
            monitor.recover()
        elif reason:
            monitor.recover()
            self._refuse(next((file for file in given if str(file.path) in reason), given[-1]), reason)
        elif keep:
            monitor.commit()
            self._too_few = {}
            self._known |= {(file.path.name, *file.stamp) for file in given}
            self._say(given)

    def _refuse(self, file: File, reason: str) -> None:
        """A bad file goes to rejected/, with the reason beside it."""
        if self.monitor.clock is None and "unknown target column" in reason:
            raise InputError(reason)  # more likely a slip on the command line than a bad file
        self._too_few.pop(file, None)
        self.monitor.refuse(file.event(), reason)
        self.monitor.commit()
        self._put_aside(file, reason)

    def _put_aside(self, file: File, reason: str) -> None:
        path = file.path
        try:
            place = files.folder(self.inbox / "rejected")
            target, k = place / path.name, 1
            while target.exists():
                target, k = place / f"{k}-{path.name}", k + 1
            files.write_text(place / f"{target.name}.reason.txt", reason + "\n")
            path.replace(target)
            self._seen.pop(path.name, None)
            self.tell(f"{path.name} moved to rejected/: {reason}")
        except (InputError, OSError) as error:  # it stays where it is, and the rest goes on
            self._hindered("trouble", f"{path.name} cannot be used: {reason}; nor be moved: {error}")
            self._known.add((path.name, *file.stamp))

    def _again(self, file: File, before: dict[str, Any]) -> None:
        """The same content once more: nothing to learn; what was refused is put aside again."""
        if before["kind"] == "refused":
            self._put_aside(file, before["reason"])
        else:
            self.tell(f"{file.path.name}: the same content as {before['file']}, which is done")
            self._known.add((file.path.name, *file.stamp))

    # ------------------------------------------------------------ what is shown

    def _say(self, given: list[File]) -> None:
        accuracy, rows = self.monitor.summary["last"], self.monitor.summary["rows"]
        pointer, keep = self.monitor.pointer, self.monitor.config["keep"]
        self.tell(f"{', '.join(file.path.name for file in given)}: "
                  + (f"launched with {rows:,} rows" if accuracy is None else
                     f"accuracy {accuracy:.3f}; version {pointer['version']} serves"))
        if pointer["last"] >= self._prune_at:  # now and then: it reads every manifest
            self._prune_at = pointer["last"] + keep
            self.monitor.registry.prune(keep)

    def _show(self, at_last: bool = True) -> None:
        """status.json, now and then while there is much to do; accuracy.png too at the end of a look."""
        at = time.monotonic()
        try:
            if at_last or at - self._shown > SHOWN:
                self._shown = at
                waiting = sum((name, *stamp) not in self._known for name, (stamp, _) in self._seen.items())
                self.monitor.recover()
                files.write_json(self.model / "status.json", {**self.monitor.status(), "waiting": waiting,
                                 "trouble": self.trouble, "pid": os.getpid(), "when": now()})
            drawn = self.monitor.lengths["events.jsonl"]
            if at_last and self.draw and drawn != self._drawn and (run := self.monitor.recent()):
                self._drawn = drawn
                self.draw(run, self.model / "accuracy.png")
        except (Unwritten, InputError, OSError) as error:
            self.tell(f"{error}; the champion stays")


def _rows(path: Path) -> int:
    """How many rows a file has."""
    file = CellFile(path)
    rows = sum(len(block.rows) for block, _ in file.blocks(rows_at_once(len(file.header))))
    if not rows:
        raise InputError(f"{path}: there is a header, but no row below it")
    return rows


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _sha256(path: Path) -> str | None:
    try:
        return files.sha256(path)
    except InputError:
        return None


def _awake(inbox: Path, interval: float) -> Iterator[None]:
    """Now, and whenever it is time to look again."""
    yield
    try:
        from watchfiles import watch
    except ImportError:
        while True:
            time.sleep(interval)
            yield
    for _ in watch(inbox, recursive=False, yield_on_timeout=True, rust_timeout=max(int(interval * 1_000), 1),
                   raise_interrupt=True):
        yield
