"""What goes wrong: bad files, poison, a full disk, a clock set back. Log and status say so; the champion stays."""

from __future__ import annotations

import errno
import gzip
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from watch_helpers import BATCH, CONFIG, HEAD, LINES, drop, events, fill, in_a_process, once, outcome, status

import hebbnet as hb
from hebbnet import cli
from hebbnet.engine.checks import InputError
from hebbnet.pipeline import monitor, watch

pytestmark = pytest.mark.compiler  # many trainings; that the executions agree is proved elsewhere

# ---------------------------------------------------------------- files that are bad, or not there yet


@pytest.mark.parametrize(("text", "match"), [
    ("a,b,class\n1,2,yes\n", "the column 'c' is missing"),
    ("a,b,c,d,class\n1,2,3,4,yes\n", "the column 'd' is new to the model"),
    (HEAD + "1,2,3,yes\n4,5,6,perhaps\n", "line 3, column 'class': the label 'perhaps' was never seen"),
    (HEAD + "1,2,3,\n", "the label is missing"),
    (HEAD + "1,2,red,yes\n", "expected a number"),
    (HEAD + "1,2,,yes\n", "'c is missing' was never seen"),
    (HEAD + "1,2,inf,yes\n", "expected a finite number"),
    (HEAD + "1,2\n", "expected 4 cells"),
    (HEAD, "no row below it"),
    ("", "the file is empty"),
    (b"\xff\xfe\x00\x01" * 9, "UTF-8|header"),
])
def test_a_bad_file_is_put_aside_with_its_reason(folder: Path, text: Any, match: str) -> None:
    fill(300)
    once()
    champion = hb.Registry("model").champion().path.read_bytes()
    drop("bad.csv", text, 30)
    drop("03.csv", HEAD + "".join(LINES[300:400]), 31)
    said = once()
    assert status()["last_refused"] == f"bad.csv: {Path('in/rejected/bad.csv.reason.txt').read_text().strip()}"
    assert not Path("in/bad.csv").exists() and Path("in/rejected/bad.csv").exists()
    reason = Path("in/rejected/bad.csv.reason.txt").read_text()
    refused = [event for event in events() if event["kind"] == "refused"]
    assert reason.strip() == refused[0]["reason"] and "\n" not in reason.strip()
    assert re.search(match, reason)
    assert any("bad.csv moved to rejected/" in line for line in said)
    assert status()["refused"] == 1 and status()["rows"] == 400
    assert hb.Registry("model").history()[0].path.read_bytes() == champion
    drop("bad.csv", text, 40)
    once()
    assert Path("in/rejected/1-bad.csv").exists() and len([e for e in events() if e["kind"] == "refused"]) == 1


def test_a_bad_file_that_cannot_be_moved(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(300)
    once()
    drop("bad.csv", HEAD, 30)
    drop("03.csv", HEAD + "".join(LINES[300:400]), 31)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(InputError, match=r"bad.csv cannot be used: .*no row below it; nor be moved: .*denied"):
        once()
    assert status()["rows"] == 400 and "bad.csv" in status()["trouble"]


def test_a_bad_file_leaves_no_trace_in_what_is_learned(folder: Path) -> None:
    """Bad in its last row: what the rows before it did is undone."""
    fill()
    once(model="clean")
    drop("04b.csv", HEAD + "".join(LINES[:5_000:7]) + "1,2,3,perhaps\n", 4)
    once(model="other")
    assert Path("clean/scores.csv").read_bytes() == Path("other/scores.csv").read_bytes()
    assert [v.load().network.theta.tolist() for v in hb.Registry("clean").history()] == [
        v.load().network.theta.tolist() for v in hb.Registry("other").history()]


def test_before_the_launch(folder: Path) -> None:
    drop("bad.csv", HEAD + "1,2\n", 0)
    fill(100)
    once()
    assert status()["champion"] == 0 and status()["waiting"] == 1 and status()["refused"] == 1
    with pytest.raises(InputError, match="unknown target column 'classs'"):
        once({**CONFIG, "target": "classs", "launch": 50}, "other")
    assert Path("in/00.csv").exists()
    fill(300)
    once()
    assert status()["champion"] >= 1 and status()["rows"] == 300 and status()["waiting"] == 0
    with pytest.raises(InputError, match="was begun with window = 200, not 100"):
        once({**CONFIG, "window": 100})


def test_exactly_once_by_content(folder: Path) -> None:
    fill(300)
    once()
    drop("copy.csv", Path("in/02.csv").read_bytes(), 50)
    said = once()
    assert said == ["copy.csv: the same content as 02.csv, which is done"] and status()["rows"] == 300
    Path("in/02.csv").touch()
    once()
    Path("in/02.csv").unlink()
    drop("new.csv.gz", gzip.compress((HEAD + "".join(LINES[300:350])).encode()), 60)
    drop(".hidden.csv", "half", 61)
    drop("notes.txt", "half", 61)
    once()
    assert status()["rows"] == 350


def test_a_file_still_being_written_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that nobody sets: the time of day may jump."""
    seconds = 0.0
    monkeypatch.setattr(watch, "SETTLE", 0.5)
    monkeypatch.setattr(time, "monotonic", lambda: seconds)
    fill(200)
    with watch.Watcher("in", "model", CONFIG) as watcher:
        assert watcher.look()
        seconds = 1.0
        assert not watcher.look() and status()["rows"] == 200
        drop("03.csv", HEAD + LINES[201], 30)
        drop("04.csv", HEAD + LINES[202], 31)
        assert watcher.look()
        seconds = 2.0
        drop("03.csv", HEAD + LINES[201] + LINES[203], 29)
        assert watcher.look() and status()["rows"] == 200, "what is newer waits too"
        seconds = 3.0
        assert not watcher.look() and status()["rows"] == 203
        assert [e["file"] for e in events() if e["kind"] == "file"] == ["00.csv", "01.csv", "03.csv", "04.csv"]


def test_a_file_that_changes_while_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(300)
    once()
    drop("03.csv", HEAD + "".join(LINES[300:350]), 30)
    honest = monitor.Monitor.live

    def live(self: monitor.Monitor, path: Path, event: Any) -> None:
        honest(self, path, event)
        drop("03.csv", HEAD + "".join(LINES[300:400]), 31)

    champion = hb.Registry("model").pointer()
    what = "03.csv: changed while it was read; it waits until it is complete, and the champion stays"
    with monkeypatch.context() as patch:
        patch.setattr(monitor.Monitor, "live", live)
        with pytest.raises(InputError, match=what):
            once()
    assert status()["trouble"] == what and status()["rows"] == 300 and hb.Registry("model").pointer() == champion
    assert [event["what"] for event in events() if event["kind"] == "changed"] == [what]
    once()
    assert status()["rows"] == 400 and status()["trouble"] is None and Path("in/03.csv").exists()


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("call", ["fsync", "open", "mkstemp"])
def test_nothing_can_be_written(folder: Path, fault: int, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(300)
    once()
    fill(400)

    def fail(*given: Any, **named: Any) -> Any:
        if call == "open" and not given[1] & os.O_CREAT:
            return honest(*given, **named)
        raise OSError(fault, os.strerror(fault))

    with watch.Watcher("in", "model", CONFIG) as watcher:
        before = outcome()
        with monkeypatch.context() as patch:
            where = tempfile if call == "mkstemp" else os
            honest = getattr(where, call)
            patch.setattr(where, call, fail)
            with pytest.raises(InputError, match=f"{os.strerror(fault)}.*nothing was changed, and the champion stays"):
                watcher.once()
        assert outcome()[0] == before[0] and hb.Registry("model").verify() == []
        watcher.once()
    (said,) = (event["what"] for event in events() if event["kind"] == "trouble")
    assert os.strerror(fault) in said and status()["trouble"] is None
    once(model="other")
    assert outcome() == outcome("other")


# ---------------------------------------------------------------- for real


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A disk of its own for the model."""
    (folder / "model").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(folder / "model")]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only an administrator can mount a disk")
    yield folder / "model"
    subprocess.run(["umount", str(folder / "model")], check=True)


def test_a_disk_that_is_full(disk: Path) -> None:
    fill(300)
    said: list[str] = []
    with watch.Watcher("in", "model", CONFIG, tell=said.append) as watcher:
        watcher.once()
        before = hb.Registry("model").pointer(), disk.joinpath("scores.csv").read_bytes()
        with suppress(OSError), disk.joinpath("ballast").open("wb", buffering=0) as ballast:
            while ballast.write(b"x" * 512):
                pass
        fill(500)
        for _ in range(2):
            with pytest.raises(InputError, match=r"No space left on device; .*nothing was changed, and"):
                watcher.once()
        assert (hb.Registry("model").pointer(), disk.joinpath("scores.csv").read_bytes()) == before
        assert hb.Registry("model").verify() == [] and any("No space left" in line for line in said)
        disk.joinpath("ballast").unlink()
        watcher.once()
    (what,) = (event["what"] for event in events() if event["kind"] == "trouble")
    assert "No space left on device" in what
    once(model="other")
    assert outcome() == outcome("other")


def test_a_folder_that_is_read_only(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(300)
    once()
    before = hb.Registry("model").pointer()
    fill(400)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(InputError, match="cannot write into the folder model: Read-only file system"):
        once()
    assert cli.main(["predict", "model", "in/03.csv"]) == 0 and hb.Registry("model").pointer() == before
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    once()
    assert status()["rows"] == 400


@pytest.mark.skipif(os.name == "nt", reason="no limit to the size of a file")
def test_no_file_may_grow(folder: Path) -> None:
    """A limit of the system, in a process of its own: the state no longer fits, the status does."""
    fill(300)
    once()
    before = hb.Registry("model").pointer(), Path("model/scores.csv").read_bytes()
    fill(400)
    limit = Path("model/monitor.npz").stat().st_size - 1_000
    process = in_a_process("model", "--once", first=f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, "
                                                    f"({limit}, {limit}))")
    out, err = process.communicate()
    assert process.returncode == 2 and "File too large" in out and "the champion stays" in err
    assert (hb.Registry("model").pointer(), Path("model/scores.csv").read_bytes()) == before
    assert "File too large" in status()["trouble"] and status()["rows"] == 300
    once()
    once(model="other")
    assert outcome() == outcome("other")


# ---------------------------------------------------------------- the clock, the logs


def test_a_clock_that_is_set_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(300)
    once()
    fill(500)
    for module in (watch, monitor):
        monkeypatch.setattr(module, "now", lambda: "2001-01-01T00:00:00+00:00")
    with pytest.raises(InputError, match=r"the clock was set back: it is 2001-.*, and the last step was done at 20"):
        once()
    (what,) = (event["what"] for event in events() if event["kind"] == "clock")
    assert "set back" in what and status()["trouble"] == what and status()["rows"] == 500
    once(model="other")
    assert outcome("model")[:3] == outcome("other")[:3]
    once()
    assert status()["trouble"] is None


def test_logs_that_are_put_away(folder: Path) -> None:
    fill(300)
    once()
    scores = Path("model/scores.csv").rename("scores-of-last-year.csv").read_text()
    fill(400)
    once()
    once(model="other")
    assert scores + Path("model/scores.csv").read_text() == Path("other/scores.csv").read_text()
    Path("model/events.jsonl").write_text("")
    with pytest.raises(InputError, match=r"events.jsonl: [0-9,]+ bytes are missing at its end; restore it"):
        once()


def test_an_archive_of_arrays(folder: Path) -> None:
    fill(300)
    np.savez("in/more.npz", X=BATCH.X, y=BATCH.y)
    os.utime("in/more.npz", (1_000_000_009,) * 2)
    once()
    assert "this is a zip or .npz archive, not CSV" in status()["last_refused"] and status()["rows"] == 300
    assert Path("in/rejected/more.npz").exists()


# ---------------------------------------------------------------- poison


def test_poison(folder: Path) -> None:
    """Shuffled labels, and all that is left at its default: an alarm, a challenger that learned them, its rejection."""
    batch = hb.DriftStream([hb.SEA(8)], noise=0.05, rng=1).take(6_000)
    names = np.where(batch.y, "yes", "no")
    names[3_000:] = np.random.default_rng(0).permutation(names[3_000:])
    lines = [f"{a!r},{b!r},{c!r},{name}\n" for (a, b, c), name in zip(batch.X.tolist(), names, strict=True)]
    for k in range(3):
        drop(f"{k}.csv", HEAD + "".join(lines[1_000 * k : 1_000 * k + 1_000]), k)
    once({"target": "class"})
    champion = hb.Registry("model").champion()
    before = champion.path.read_bytes()
    drop("poison.csv", HEAD + "".join(lines[3_000:]), 9)
    once({"target": "class"})
    (alarm,) = (event for event in events() if event["kind"] == "alarm")
    assert alarm["row"] >= 3_000 and status()["drift"]["last_alarm"] == alarm["row"]
    assert status()["drift"]["accuracy_now"] < status()["drift"]["accuracy_at_deployment"] - 0.2
    (suspect,) = (event for event in events() if event["kind"] == "suspect")
    assert suspect["file"] == status()["drift"]["last_suspect"] == "poison.csv"
    (challenger,) = hb.Registry("model").history()[1:]
    assert [file["file"] for file in challenger.manifest["data"]] == ["poison.csv"]
    assert not challenger.manifest["deployed"] and "needed" in challenger.manifest["why"]
    assert [event["kind"] for event in events()][-3:] == ["train", "rejected", "suspect"]
    assert hb.Registry("model").champion().number == champion.number == 1 and champion.path.read_bytes() == before
