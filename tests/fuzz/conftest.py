"""Says how many inputs came to each door, where a number of them was asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fuzz_judge import COUNTS, compile_all


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of its own: anything may be the name of a file."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Where many inputs are asked for, each is judged by the seconds it takes; compiling is not to be among them."""
    if "HEBBNET_FUZZ" in os.environ:
        compile_all()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "HEBBNET_FUZZ" in os.environ:
        for door, n in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{n:>9,}  {door}")
        terminalreporter.write_line(f"{COUNTS.total():>9,}  inputs")
