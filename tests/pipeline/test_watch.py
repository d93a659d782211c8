"""The watch: the scores of `run`, each file once whatever happens, and nothing bad reaches the champion."""

from __future__ import annotations

import errno
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hebbnet as hb
from hebbnet import cli
from hebbnet.engine.checks import InputError
from hebbnet.pipeline import monitor, watch
from hebbnet.streams import schema

pytestmark = pytest.mark.compiler  # many trainings; that the executions agree is proved elsewhere
ROOT = Path(hb.__file__).resolve().parents[1]
HEAD = "a,b,c,class\n"
CONFIG: dict[str, Any] = {"target": "class", "policy": "periodic", "every": 200, "launch": 200, "window": 200,
                          "validate": 60, "hidden": [4], "sure": 1.0}
STREAM = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[500], noise=0.1, rng=0)
BATCH = STREAM.take(1_000)
LINES = [f"{a!r},{b!r},{c!r},{'yes' if y else 'no'}\n" for (a, b, c), y in
         zip(BATCH.X.tolist(), BATCH.y.tolist(), strict=True)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SETTLE", 0.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drop(name: str, text: str | bytes, when: int) -> Path:
    """A file in the inbox that was changed so many seconds after the beginning."""
    path = Path("in") / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (1_000_000_000 + when,) * 2)
    return path


def fill(rows: int = 1_000, size: int = 100) -> None:
    for k, start in enumerate(range(0, rows, size)):
        drop(f"{k:02}.csv", HEAD + "".join(LINES[start : start + size]), k)


def once(config: dict[str, Any] = CONFIG, model: str = "model") -> list[str]:
    said: list[str] = []
    with watch.Watcher("in", model, config, tell=said.append) as watcher:
        watcher.once()
    return said


def events(model: str = "model") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(model, "events.jsonl").read_text().splitlines()]


def status(model: str = "model") -> dict[str, Any]:
    return json.loads(Path(model, "status.json").read_text())


def outcome(model: str = "model") -> Any:
    """All that a life left behind, but the time of day."""
    registry = hb.Registry(model)
    assert registry.verify() == []

    def timeless(each: dict[str, Any]) -> dict[str, Any]:
        clock = ("when", "seal", "pruned", "pid", "knows_until")
        return {name: timeless(value) if isinstance(value, dict) else value for name, value in each.items()
                if name not in clock}

    weights = [version.load().network.theta.tolist() for version in registry.history()]
    return (registry.pointer(), [timeless(version.manifest) for version in registry.history()], weights,
            [timeless(event) for event in events(model) if event["kind"] != "trouble"],
            Path(model, "scores.csv").read_bytes(), timeless(status(model)))


# ---------------------------------------------------------------- the same loop


def as_run(model: str, stream: Any, policy: Any, **settings: Any) -> None:
    """The scores in the folder are those of `run`, row for row."""
    config = json.loads(json.dumps(settings.pop("config")))
    learner = hb.Learner(hb.mlp(stream, config["hidden"], rng=0))
    run = hb.run(learner, stream, policy, **settings)
    lines = [line.split(",") for line in Path(model, "scores.csv").read_text().splitlines()[1:]]
    assert [int(row) for row, *_ in lines] == run.t.tolist()
    assert [label for _, label, _ in lines] == [str(stream.classes[k]) for k in run.y]
    assert [predicted for *_, predicted in lines] == [str(stream.classes[k]) for k in run.predictions]
    kinds = ("train", "deploy", "rejected", "alarm")
    end = run.settings["steps"]
    assert [(e["kind"], e["t"]) for e in events(model) if e["kind"] in kinds and e["t"] < end] == [
        (e.kind, e.t) for e in run.events if e.kind in kinds and e.t < end]


@pytest.mark.parametrize("name", ["never", "periodic", "on-drift", "always"])
def test_files_dropped_in_one_by_one_give_the_scores_of_run(folder: Path, name: str) -> None:
    config = {**CONFIG, "policy": name, "detector": "ddm"}
    for k, start in enumerate(range(0, 1_000, 100)):
        drop(f"{k:02}.csv", HEAD + "".join(LINES[start : start + 100]), k)
        once(config)
    Path("all.csv").write_text(HEAD + "".join(LINES))
    as_run("model", hb.from_csv("all.csv"), monitor.policies.by_name(200, "ddm")[name], launch=200, window=200,
           arrival=100, validate=60, sure=1.0, config=config)
    assert hb.Registry("model").verify() == []


@pytest.mark.long
@pytest.mark.parametrize("name", ["never", "periodic", "on-drift", "always"])
def test_elec2_in_files_of_a_thousand_rows(folder: Path, shared: Path, name: str) -> None:
    data = np.load(shared / "data" / "elec2.npz")
    stream = hb.from_arrays(data["X"], data["y"])
    lines = [",".join([*map(repr, row), str(label)]) + "\n" for row, label in
             zip(data["X"].tolist(), data["y"].tolist(), strict=True)]
    head = ",".join([*(f"x{j}" for j in range(data["X"].shape[1])), "class"]) + "\n"
    config = {"target": "class", "policy": name, "validate": 0, "hidden": [32]}
    for k, start in enumerate(range(0, len(lines), 1_000)):
        drop(f"{k:02}.csv", head + "".join(lines[start : start + 1_000]), k)
        once(config)
    as_run("model", stream, monitor.policies.by_name()[name], launch=2_000, window=2_000, arrival=1_000, config=config)


def test_all_at_once_or_one_by_one(folder: Path) -> None:
    fill(400)
    once(model="one")
    fill()
    once(model="one")
    once(model="other")
    assert outcome("one") == outcome("other")
    manifests = [version.manifest for version in hb.Registry("one").history()]
    assert [file["file"] for file in manifests[0]["data"]] == ["00.csv", "01.csv"]
    for manifest in manifests[1:]:
        first, last = manifest["config"]["rows"]
        assert [file["file"] for file in manifest["data"]] == [f"{k:02}.csv" for k in
                                                               range(first // 100, (last - 1) // 100 + 1)]
        assert ("right on" in manifest["why"]) and {"champion", "challenger", "rows"} <= set(manifest["scores"])


def test_a_big_file_comes_in_blocks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor, "MOST", 150)
    monkeypatch.setattr(schema, "ROWS", 50)
    fill(200)
    drop("big.csv", HEAD + "".join(LINES[200:]), 50)
    once()
    assert len({event["t"] for event in events() if event["kind"] == "train"}) >= 3
    assert status()["scored"] == 800


# ---------------------------------------------------------------- broken off


class Killed(BaseException):
    """Like SIGKILL: nothing catches it."""


def test_broken_off_at_every_write(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before each fsync, each rename and each cut in turn, and started again: as if it had never been."""
    fill(400)
    drop("02b.csv", "a,b\n1,2\n", 2)
    once(model="whole")
    calls, stop_at = 0, 0

    def killing(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == stop_at:
                raise Killed
            return real(*given, **named)
        return act

    for module, name in ((os, "fsync"), (os, "replace"), (Path, "replace"), (Path, "unlink")):
        monkeypatch.setattr(module, name, killing(getattr(module, name)))
    died = True
    while died:
        for aside in Path("in/rejected").glob("*"):
            aside.unlink()
        drop("02b.csv", "a,b\n1,2\n", 2)
        calls, stop_at, died = 0, stop_at + 1, False
        try:
            once(model=f"killed{stop_at}")
        except Killed:
            died = True
            once(model=f"killed{stop_at}")
        assert outcome(f"killed{stop_at}") == outcome("whole")
        assert Path("in/rejected/02b.csv").exists()
    assert stop_at > 30


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.long)])
def test_killed_at_random_moments(folder: Path, kills: int) -> None:
    fill()
    once(model="whole")
    chance, done = np.random.default_rng(kills), 0
    for k in range(kills):
        writer = in_a_process(f"killed{k // 2}", "--once")  # two kills a life
        assert writer.stdout and writer.stdout.readline() == "begins\n"
        time.sleep(0.5 * chance.random())
        done += writer.poll() is None
        writer.kill()
        writer.communicate()
        if k % 2 or k == kills - 1:
            once(model=f"killed{k // 2}")
            assert outcome(f"killed{k // 2}") == outcome("whole")
    assert done > kills // 3  # the others had ended already


def in_a_process(model: str, *more: str) -> subprocess.Popen[str]:
    program = ("import sys\nfrom hebbnet import cli_watch, cli\nfrom hebbnet.pipeline import watch\n"
               "watch.SETTLE = 0.0\ncli_watch._draw = None\nprint('begins', flush=True)\n"
               "sys.exit(cli.main(sys.argv[1:]))")
    command = [sys.executable, "-c", program, "watch", "in", "--model", model, "--target", "class"]
    for name, value in CONFIG.items():
        if name != "target":
            command += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    return subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_two_watchers(folder: Path) -> None:
    fill(300)
    with watch.Watcher("in", "model", CONFIG) as first:
        with pytest.raises(InputError, match=rf"watch over model is held by process {os.getpid()} since 20"), \
                watch.Watcher("in", "model", CONFIG):
            pass
        first.once()
    once()
    assert status()["files"] == 3


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

    with monkeypatch.context() as patch:
        patch.setattr(monitor.Monitor, "live", live)
        said = once()
    assert said == ["03.csv: changed while it was read; it waits until it is complete"] and status()["rows"] == 300
    once()
    assert status()["rows"] == 400 and Path("in/03.csv").exists()


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
    once(model="other")
    assert outcome() == outcome("other")


def test_poison(folder: Path) -> None:
    """Labels shuffled: an alarm, and no challenger that learned from them comes through."""
    config = {**CONFIG, "every": 150, "window": 300, "validate": 100, "sure": 2.0}
    stream = hb.DriftStream([hb.SEA(8)], noise=0.05, rng=1)
    batch = stream.take(2_000)
    names = np.where(batch.y, "yes", "no")
    names[1_500:] = np.random.default_rng(0).permutation(names[1_500:])
    lines = [f"{a!r},{b!r},{c!r},{name}\n" for (a, b, c), name in zip(batch.X.tolist(), names, strict=True)]
    for k in range(3):
        drop(f"{k}.csv", HEAD + "".join(lines[500 * k : 500 * k + 500]), k)
    once(config)
    champion = hb.Registry("model").pointer()["version"]
    drop("poison.csv", HEAD + "".join(lines[1_500:]), 9)
    once(config)
    assert hb.Registry("model").pointer()["version"] == champion
    last = hb.Registry("model").history()[-1]
    assert not last.manifest["deployed"] and last.manifest["data"][-1]["file"] == "poison.csv"
    config = {**config, "policy": "on-drift", "detector": "ddm"}
    once(config, "watched")
    assert [e for e in events("watched") if e["kind"] == "alarm" and e["row"] >= 1_500]


# ---------------------------------------------------------------- people


def test_rolled_back_while_it_watches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(600)
    config = {**CONFIG, "validate": 0}
    with watch.Watcher("in", "model", config) as watcher:
        watcher.once()
        registry = hb.Registry("model")
        before = registry.champion().number
        assert registry.rollback().number < before
        honest = monitor.Monitor.commit

        def commit(self: monitor.Monitor) -> None:  # and once more, in the middle of a file
            if len(registry.pointer()["rollbacks"]) == 1:
                registry.rollback(to=1)
            honest(self)

        monkeypatch.setattr(monitor.Monitor, "commit", commit)
        fill(700)
        assert watcher.look()
        assert not watcher.look()
    moved = [event for event in events() if event["kind"] == "moved"]
    assert [event["version"] for event in moved] == [1] and status()["rows"] == 700
    assert registry.history()[-1].number == registry.champion().number or registry.champion().number == 1
    once(config)


def test_old_weights_go_and_their_manifests_stay(folder: Path) -> None:
    fill()
    once({**CONFIG, "policy": "always", "keep": 2})
    versions = hb.Registry("model").history()
    assert len(versions) == 9 and 2 <= sum(version.path.exists() for version in versions) <= 5
    assert hb.Registry("model").verify() == []


def test_an_altered_model_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(300)
    once()
    assert cli.main(["predict", "model", "in/02.csv"]) == 0
    version, *labels = capsys.readouterr().out.split("\n")[:-1]
    champion = hb.Registry("model").champion()
    answers = champion.load().predict(BATCH.X[200:300])
    assert version == f"predicted by version {champion.number}"
    assert labels == [("no", "yes")[k] for k in answers]
    assert cli.main(["status", "model"]) == cli.main(["history", "model"]) == 0
    shown = capsys.readouterr().out
    assert "the first" in shown and "staleness" in shown
    content = champion.path.read_bytes()
    champion.path.write_bytes(content[:-1] + b"x")
    for command in (["predict", "model", "in/02.csv"], ["history", "model"], ["status", "model"]):
        assert cli.main(command) == 2
        assert champion.path.name in capsys.readouterr().err
    with pytest.raises(InputError, match="altered since it was published"):
        once()


def test_the_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill()
    assert cli.main(["watch", "in", "--model", "model", "--target", "class", "--policy", "periodic", "--every", "200",
                     "--launch", "200", "--window", "200", "--validate", "0", "--hidden", "4", "--once"]) == 0
    assert Path("model/accuracy.png").read_bytes().startswith(b"\x89PNG")
    last = status()["champion"]
    rows = [",".join(line.split(",")[2::-1]) + "\n" for line in LINES[:9]]
    Path("unlabelled.csv").write_text("c,b,a\n" + "".join(rows))
    assert cli.main(["predict", "model", "unlabelled.csv"]) == 0
    capsys.readouterr()
    assert cli.main(["rollback", "model"]) == 0 and cli.main(["history", "model"]) == 0
    assert f"rolled back from {last} to {last - 1}" in capsys.readouterr().out
    assert cli.main(["rollback", "model", str(last)]) == 0
    assert cli.main(["rollback", "model", "99"]) == 2 and cli.main(["status", "nowhere"]) == 2
    assert cli.main(["watch", "nowhere", "--model", "m", "--target", "class", "--once"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_columns_of_every_kind_go_on_as_in_one_file(folder: Path) -> None:
    """What fills a missing number is the mean of all rows above, in earlier files too; categories stay as they were."""
    chance = np.random.default_rng(0)
    lines = [f"{'' if chance.random() < 0.2 else repr(float(chance.normal()))},{chance.choice(['x', ' y', 'z'])},"
             f"{chance.choice(['1', '1.0', '2', '10'])}\n" for _ in range(400)]
    for k in range(4):
        drop(f"{k}.csv", "n,t,label\n" + "".join(lines[100 * k : 100 * k + 100]), k)
    config = {**CONFIG, "target": "label"}
    once(config)
    Path("all.csv").write_text("n,t,label\n" + "".join(lines))
    stream = hb.from_csv("all.csv")
    as_run("model", stream, hb.Periodic(200), launch=200, window=200, arrival=100, validate=60, sure=1.0, config=config)
