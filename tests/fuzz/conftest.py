"""Says how many inputs came to each door, where a number of them was asked for."""

from __future__ import annotations

import os

import pytest
from fuzz_judge import COUNTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "HEBBNET_FUZZ" in os.environ:
        for door, n in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{n:>9,}  {door}")
        terminalreporter.write_line(f"{COUNTS.total():>9,}  inputs")
