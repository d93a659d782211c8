"""Progress shows on standard error, and only where somebody watches."""

from __future__ import annotations

import io
import sys

import pytest

from hebbnet.engine import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def report(show: bool | None) -> None:
    with progress.Progress("training", show=show) as tell:
        tell._last -= 1.0  # the first report at once
        tell(0.42, "seed 3")
        tell(0.43)


def test_silent_without_a_terminal(capsys):
    report(None)
    progress.say("compiling")
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err == ""


def test_a_terminal_sees_one_line_rewritten_and_wiped(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    report(None)
    text = terminal.getvalue()
    assert "\rtraining seed 3  42% (0 s)" in text and "43%" not in text  # not more often than a tenth of a second
    assert "\n" not in text and text.endswith("\r") and text.rstrip("\r").split("\r")[-1].strip() == ""
    progress.say("compiling")
    assert terminal.getvalue().endswith("compiling\n")
    assert capsys.readouterr().out == ""


def test_one_may_decide(monkeypatch, capsys):
    report(True)
    captured = capsys.readouterr()
    assert "42%" in captured.err and captured.out == ""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    report(False)
    assert terminal.getvalue() == ""


def test_an_exception_passes_and_wipes(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with pytest.raises(KeyboardInterrupt), progress.Progress("training") as tell:
        tell._last -= 1.0
        tell(0.5)
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("\r")


def test_no_standard_error_at_all(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    report(None)
    progress.say("compiling")
