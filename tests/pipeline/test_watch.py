"""The watch: the scores of `run`, each file once whatever happens, and nothing bad reaches the champion."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
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
@pytest.mark.parametrize("validate", [500, 0])
@pytest.mark.parametrize("name", ["never", "periodic", "on-drift", "always"])
def test_elec2_in_files_of_a_thousand_rows(folder: Path, shared: Path, name: str, validate: int) -> None:
    """Everything else at its default, which `hebbnet run` shares."""
    data = np.load(shared / "data" / "elec2.npz")
    lines = [",".join([*map(repr, row), str(label)]) + "\n" for row, label in
             zip(data["X"].tolist(), data["y"].tolist(), strict=True)]
    head = ",".join([*(f"x{j}" for j in range(data["X"].shape[1])), "class"]) + "\n"
    Path("all.csv").write_text(head + "".join(lines))
    config = {"target": "class", "policy": name, "validate": validate}
    for k, start in enumerate(range(0, len(lines), 1_000)):
        drop(f"{k:02}.csv", head + "".join(lines[start : start + 1_000]), k)
        once(config)
    as_run("model", hb.from_csv("all.csv"), monitor.policies.by_name()[name], config={"hidden": [32]},
           arrival=1_000, validate=validate, sure=2.0)
    command = ["run", "all.csv", "--arrival", "1000", "--policy", name, "--validate", str(validate)]
    assert cli.main([*command, "--json", "run.json"]) == 0
    assert json.loads(Path("run.json").read_text())["policies"][name]["accuracy"] == status()["accuracy"]


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


@pytest.mark.parametrize(("first", "interval"), [
    pytest.param("import watchfiles", "3600", marks=pytest.mark.peers, id="watchfiles"),
    pytest.param("sys.modules['watchfiles'] = None", "0.1", id="polling")])
def test_it_wakes_when_a_file_falls_in(folder: Path, first: str, interval: str) -> None:
    """It is told by the system, long before it would look by itself; without watchfiles it looks from time to time."""
    if "None" not in first:
        pytest.importorskip("watchfiles")
    fill(200)
    process = in_a_process("model", "--interval", interval, first=first)
    try:
        for k in range(1_200):  # again and again, since nobody says from when on it is told
            if Path("model/status.json").exists() and status()["rows"] > 200:
                break
            drop(f"more{k}.csv", HEAD + LINES[200 + k % 800], 100 + k)
            time.sleep(0.1)
        assert process.poll() is None and status()["rows"] > 200
    finally:
        process.kill()
        process.communicate()


def test_two_watchers(folder: Path) -> None:
    fill(300)
    with watch.Watcher("in", "model", CONFIG) as first:
        with pytest.raises(InputError, match=rf"watch over model is held by process {os.getpid()} since 20"), \
                watch.Watcher("in", "model", CONFIG):
            pass
        first.once()
    once()
    assert status()["files"] == 3


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


def test_drift_and_staleness(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Against the log: what the champion scored at first and scores now, and the newest file that it has learned."""
    fill()
    once({**CONFIG, "policy": "on-drift", "detector": "ddm", "validate": 0, "window": 150})
    found, log = status(), events()
    drift, stale = found["drift"], found["staleness"]
    alarms = [event["row"] for event in log if event["kind"] == "alarm"]
    assert alarms and (drift["alarms"], drift["last_alarm"]) == (len(alarms), alarms[-1]) and drift["detector"] == "DDM"
    deployed = max(event["t"] for event in log if event["kind"] == "deploy")
    done = [event for event in log if event["kind"] == "file"]
    assert drift["accuracy_at_deployment"] == next(e["accuracy"] for e in done if e["rows"][0] >= deployed)
    assert drift["accuracy_now"] == done[-1]["accuracy"]
    assert drift["last_suspect"] == [event["file"] for event in log if event["kind"] == "suspect"][-1]
    learned = hb.Registry("model").champion().manifest["config"]["learned_until"]
    assert stale["rows"] == found["rows"] - learned > 0
    assert stale["knows_until"] == next(e["when"] for e in done if e["rows"][1] >= learned)
    assert cli.main(["status", "model"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"staleness +rows +\d+\n +knows_until +20.*\n +age +[0-9,]+ seconds", shown)
    assert re.search(rf"answers it was told +{drift['n_seen']}\n +those it looks at +{drift['n']}\n", shown)
    assert not any(f" {name} " in shown for name in ("n_seen", "n", "mean"))


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
