"""The command line: Ctrl-C saves what was done so far and says so; a pipe that breaks loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import POLICIES, N, environment, everything, run, strict

import hebbnet as hb
from hebbnet import cli


def interrupt(monkeypatch: pytest.MonkeyPatch, verb: str, *, after: int) -> None:
    """Ctrl-C in the call of `verb` that follows the first `after` of them."""
    whole, calls = getattr(hb.Learner, verb), iter(range(10**9))

    def pressed(self: Any, *arguments: Any, **settings: Any) -> Any:
        if next(calls) == after:
            raise KeyboardInterrupt
        return whole(self, *arguments, **settings)

    monkeypatch.setattr(hb.Learner, verb, pressed)


def test_ctrl_c_during_a_run_saves_what_was_done(folder: Path, capsys: pytest.CaptureFixture[str],
                                                 monkeypatch: pytest.MonkeyPatch, picture: None) -> None:
    interrupt(monkeypatch, "predict", after=2)
    assert cli.main(["run", "mine.csv", "--launch", "200", "--policy", "never", "--json", "n.json"]) == 130
    said = capsys.readouterr()
    assert said.err == "hebbnet: interrupted; what was done so far is saved\n"
    assert "never" in said.out
    numbers = strict("hebbnet-out/summary.json")
    assert numbers == strict("n.json")
    assert numbers["interrupted"] is True
    assert 0 < numbers["scored"] < N - 200 and numbers["rows"] == numbers["scored"] + 200
    assert Path("hebbnet-out/accuracy.png").read_bytes().startswith(b"\x89PNG")


def test_ctrl_c_during_the_second_policy(folder: Path, capsys: pytest.CaptureFixture[str],
                                         monkeypatch: pytest.MonkeyPatch, picture: None) -> None:
    """The first keeps its numbers, the second says over how many rows it has its own; the rest never came."""
    whole = run("--launch", "200")
    capsys.readouterr()
    interrupt(monkeypatch, "learn", after=3)  # launch, launch, one training, and ...
    assert cli.main(["run", "mine.csv", "--launch", "200", "--every", "300", "--out", "cut"]) == 130
    said = capsys.readouterr()
    assert said.err == "hebbnet: interrupted; what was done so far is saved\n"
    numbers = strict("cut/summary.json")
    assert numbers["interrupted"] is True
    assert list(numbers["policies"]) == ["never", "periodic"]
    assert numbers["policies"]["never"] == whole["policies"]["never"]
    assert numbers["baselines"] == whole["baselines"] and numbers["scored"] == N - 200
    part = numbers["policies"]["periodic"]
    assert part["retrainings"] == 1 and 0 < part["scored"] < N - 200
    assert "periodic *" in said.out and f"first {part['scored']:,} scored rows only" in said.out
    assert Path("cut/accuracy.png").is_file()


@pytest.mark.parametrize("verb", ["learn", "copy"])
def test_ctrl_c_before_the_first_prediction(folder: Path, capsys: pytest.CaptureFixture[str],
                                            monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    interrupt(monkeypatch, verb, after=0)
    before = everything(folder)
    assert cli.main(["run", "mine.csv"]) == 130
    said = capsys.readouterr()
    assert said.err.startswith("hebbnet: interrupted") and said.err.count("\n") == 1
    assert everything(folder) == before


@pytest.mark.compiler
def test_ctrl_c_during_the_demo(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
                                picture: None) -> None:
    """Seeds that every policy finished are kept, with the numbers they have in a demo of so many seeds."""
    assert cli.main(["demo", "--seeds", "1", "--out", "one"]) == 0
    interrupt(monkeypatch, "copy", after=100)
    assert cli.main(["demo", "--seeds", "20"]) == 130
    assert "interrupted; what was done so far is saved" in capsys.readouterr().err
    numbers = strict("hebbnet-out/summary.json")
    assert numbers["interrupted"] is True and 1 <= numbers["seeds"] < 20
    assert list(numbers["policies"]) == POLICIES
    assert Path("hebbnet-out/accuracy.png").is_file()


@pytest.mark.compiler
def test_ctrl_c_during_the_first_seed(folder: Path, monkeypatch: pytest.MonkeyPatch, picture: None) -> None:
    interrupt(monkeypatch, "learn", after=5)  # one launch, then launch and trainings of "periodic"
    assert cli.main(["demo", "--seeds", "3"]) == 130
    assert list(strict("hebbnet-out/summary.json")["policies"]) == ["never"]


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are of Unix")
def test_a_real_ctrl_c_while_somebody_watches(folder: Path) -> None:
    """On a terminal progress is shown; Ctrl-C is pressed when it is."""
    keyboard = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); " \
               "from hebbnet.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", keyboard, "run", "mine.csv", "--launch", "20", "--policy", "periodic", "--every",
               "1", "--window", "2000"]
    watcher, terminal = os.openpty()
    seen = b""
    try:
        with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE,
                              stderr=terminal) as process:
            while b"%" not in seen.partition(b"periodic")[2]:
                seen += os.read(watcher, 1_000)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=100)
        seen += os.read(watcher, 10_000)
    finally:
        os.close(terminal)
        os.close(watcher)
    assert process.returncode == 130
    assert b"Traceback" not in seen and b"hebbnet: interrupted; what was done so far is saved" in seen
    assert b"periodic" in out
    numbers = strict(folder / "hebbnet-out/summary.json")
    assert numbers["interrupted"] is True and 0 < numbers["scored"] < N - 20


@pytest.mark.long
@pytest.mark.parametrize("buffering", [[], ["-u"]], ids=["buffered", "unbuffered"])
def test_a_pipe_that_breaks_loses_nothing(folder: Path, buffering: list[str]) -> None:
    """`hebbnet run mine.csv | head -1`"""
    command = [sys.executable, *buffering, "-m", "hebbnet", "run", "mine.csv", "--launch", "200"]
    with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
    assert list(strict(folder / "hebbnet-out/summary.json")["policies"]) == POLICIES
    assert (folder / "hebbnet-out/accuracy.png").is_file()
