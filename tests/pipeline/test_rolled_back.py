"""Somebody rolls back: the status says so; what falls in next, and is bad, is put aside, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from watch_helpers import CONFIG, HEAD, LINES, drop, events, fill, once, status

import hebbnet as hb
from hebbnet import cli
from hebbnet.pipeline import watch

pytestmark = pytest.mark.compiler  # many trainings; that the executions agree is proved elsewhere
FOLLOWED = {**CONFIG, "validate": 0}  # every challenger is deployed
BAD = {"refused at its head": "a,b,class\n1,2,yes\n",
       "refused at its end": HEAD + "".join(LINES[600:1_000]) + "1,2,3,perhaps\n"}


@pytest.fixture
def rolled_back(folder: Path) -> int:
    """A model that somebody rolled back; the version that serves."""
    fill(500)
    once(FOLLOWED)
    return hb.Registry("model").rollback().number


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_bad_file_after_a_rollback_is_put_aside(rolled_back: int, text: str) -> None:
    drop("bad.csv", text, 30)
    said = once(FOLLOWED)
    assert not Path("in/bad.csv").exists() and Path("in/rejected/bad.csv").exists()
    assert said[0] == f"version {rolled_back} serves from here on, as somebody decided"
    assert ["bad.csv moved to rejected/" in line for line in said] == [False, True]
    assert (status()["champion"], status()["refused"], status()["rows"]) == (rolled_back, 1, 500)
    assert [event["version"] for event in events() if event["kind"] == "moved"] == [rolled_back]
    assert once(FOLLOWED) == []  # it is done, and not decided once more


def test_the_status_tells_who_serves(rolled_back: int, capsys: pytest.CaptureFixture[str]) -> None:
    """At once on the command line; in status.json with the next look, and beside it what is known of that version."""
    def shown() -> str:
        assert cli.main(["status", "model"]) == 0
        return capsys.readouterr().out

    before, registry = status(), hb.Registry("model")
    assert before["champion"] > rolled_back and before["drift"]["accuracy_at_deployment"] is not None
    assert f" champion  {rolled_back}; what follows is of {before['champion']}, which served before\n" in shown()
    once(FOLLOWED)
    assert f" champion  {rolled_back}\n" in shown()
    after, learned = status(), registry.champion().manifest["config"]["learned_until"]
    assert (after["champion"], after["versions"]) == (rolled_back, before["versions"])
    assert after["staleness"]["rows"] == 500 - learned > before["staleness"]["rows"]
    assert after["drift"]["accuracy_at_deployment"] is None
    drop("good.csv", HEAD + "".join(LINES[600:650]), 31)
    once(FOLLOWED)
    assert status()["champion"] == rolled_back and status()["staleness"]["rows"] == 550 - learned
    assert status()["drift"]["accuracy_at_deployment"] == status()["drift"]["accuracy_now"]


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_good_file_behind_the_bad_one_is_read(rolled_back: int, text: str) -> None:
    """In one look, and scored by the version that somebody chose, as if the bad file had never been."""
    chosen = hb.Registry("model").champion().load()
    drop("bad.csv", text, 30)
    drop("good.csv", HEAD + "".join(LINES[600:650]), 31)
    with watch.Watcher("in", "model", FOLLOWED) as watcher:
        assert not watcher.look()
    assert status()["rows"] == 550 and status()["refused"] == 1
    rows = [line.split(",") for line in Path("model/scores.csv").read_text().splitlines()[-50:]]
    X = hb.from_csv("in/good.csv", target="class").take(50).X
    assert [predicted for *_, predicted in rows] == [("no", "yes")[k] for k in chosen.predict(X)]


def test_published_by_hand_before_the_launch(folder: Path) -> None:
    """A bad file has begun the state, and then somebody publishes: the launch comes behind that version."""
    drop("bad.csv", "a,b,c,class\n1,2\n", 0)
    once()
    hb.Registry("model").publish(hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(7)], rng=0), hidden=[4], rng=0)), why="hand")
    drop("worse.csv", "a,b,c,class\n1\n", 1)
    fill(200)
    once()
    assert status()["refused"] == 2 and status()["rows"] == 200 and status()["champion"] == 2


def test_published_by_hand_before_anything_was_launched(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody knows the columns yet: said, not a fault."""
    hb.Registry("model").publish(hb.Learner(hb.Network(2, [hb.Dense(2, "softmax")], rng=0)))
    drop("bad.csv", "a,b,class\n1,2\n", 30)
    once(CONFIG)
    assert cli.main(["predict", "model", "in/rejected/bad.csv"]) == 2
    assert "nothing was launched here yet" in capsys.readouterr().err


@pytest.mark.parametrize("text", ['{"champ', "{}", "[]"])
def test_a_damaged_status_is_said_to_be_damaged(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("model").mkdir()
    Path("model/status.json").write_text(text)
    assert cli.main(["status", "model"]) == 2
    assert "damaged; the next look of hebbnet watch writes it anew" in capsys.readouterr().err
