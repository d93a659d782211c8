"""How good are the tests? Small faults are put into the package, one at a time: the tests should notice.

    export NUMBA_DISABLE_JIT=1                                          # only Python's own lines can be followed
    python -m pytest --cov --cov-context=test && coverage combine       # which test runs which line
    python tests/mutation.py 150 --out mutants.csv                      # 150 faults a package, drawn by chance

Each mutant is tried in a copy of the checkout, in a process of its own, by the tests that run its line, the fastest
first. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import coverage
import hypothesis  # noqa: F401  loaded once, before each mutant's process is forked
import matplotlib.pyplot  # noqa: F401
import numpy as np  # noqa: F401
import pytest
from mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("learning", "monitoring", "training")
HANGS = 20.0  # seconds of computing, and ten times what the test took before: the mutant never ends
SLEEPS = 300  # seconds by the clock: it waits for what never comes
COLLECTS = 120.0  # seconds of computing before the first test
BROKEN = 99


class Fastest:
    """The tests asked for, from the fastest to the slowest; what each took, and which failed, is written down."""

    def __init__(self, wanted: set[str], took: dict[str, float], notes: Path, enough: float) -> None:
        self.wanted, self.took, self.notes, self.end = wanted, took, notes, time.process_time() + enough

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self.wanted), key=lambda one: self.took[one.nodeid])

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        signal.setitimer(signal.ITIMER_PROF, HANGS + 10 * self.took[item.nodeid])
        signal.alarm(SLEEPS)
        if time.process_time() > self.end:
            item.session.shouldstop = "enough"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.failed:
            with self.notes.open("a") as file:
                file.write(f"{report.nodeid}\t{report.duration}\t{report.outcome}\n")


class Runner:
    """Tries mutants in a copy of the checkout."""

    def __init__(self, data: coverage.CoverageData, folder: Path, enough: float) -> None:
        self.enough, self.data, self.tree, self.notes = enough, data, folder / "tree", folder / "notes"
        self.took: dict[str, float] = defaultdict(lambda: 0.05)
        shutil.copytree(ROOT, self.tree, ignore=shutil.ignore_patterns(".*", "figures", "__pycache__"))
        shutil.copytree(ROOT / "hebbnet" / "figures", self.tree / "hebbnet" / "figures", dirs_exist_ok=True)

    def tests(self, mutant: Mutant) -> set[str]:
        """Those that run the mutant's statement; for what runs at import, those that run anything of its file."""
        at = self.data.contexts_by_lineno(str(ROOT / mutant.file))
        here = {line: tests for line, tests in at.items() if mutant.at_import or mutant.first <= line <= mutant.last}
        return {test.partition("|")[0] for tests in here.values() for test in tests if test}

    def verdict(self, mutant: Mutant) -> tuple[str, str, int]:
        """What became of it: killed (by which test), hangs, survived, or no test runs it. And how many tests ran."""
        tests = self.tests(mutant)
        if not tests:
            return "no test", "", 0
        file = self.tree / mutant.file
        source = file.read_bytes()
        self.notes.write_text("")
        _write(file, mutant.source(source))
        end = self._end(tests)
        _write(file, source)
        assert end not in (BROKEN, pytest.ExitCode.NO_TESTS_COLLECTED), "coverage knows other tests than these"
        ran = [line.split("\t") for line in self.notes.read_text().splitlines()]
        failed = [name for name, _, outcome in ran if outcome == "failed"]
        self.took |= {name: float(seconds) for name, seconds, outcome in ran if outcome == "passed"}
        survived = end == 0 or (end == pytest.ExitCode.INTERRUPTED and ran and not failed)  # the last: enough
        return "survived" if survived else "hangs" if end < 0 else "killed", "".join(failed[:1]), len(ran)

    def _end(self, tests: set[str]) -> int:
        """The exit code of pytest; below 0 where it had to be ended."""
        pid = os.fork()
        if pid == 0:
            try:
                os._exit(self._tested(tests))
            finally:  # a fault in this file
                os._exit(BROKEN)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(ProcessLookupError):  # what it has started
            os.killpg(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(status)

    def _tested(self, tests: set[str]) -> int:
        os.setsid()
        signal.setitimer(signal.ITIMER_PROF, COLLECTS)  # a mutant may never end while a module of tests is read
        os.chdir(self.tree)
        os.environ["PYTHONPATH"] = str(self.tree)
        sys.path.insert(0, str(self.tree))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        files = sorted({test.partition("::")[0] for test in tests})
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:cov", "--hypothesis-seed=0",
                   "-W", "ignore::pytest.PytestAssertRewriteWarning", *files]
        return pytest.main(options, plugins=[Fastest(tests, self.took, self.notes, self.enough)])


def _write(file: Path, source: bytes) -> None:
    file.write_bytes(source)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):  # of the same second and size, it may be
        compiled.unlink()


def drawn(n: int, seed: int) -> list[Mutant]:
    """So many of each package; a larger number adds to the same ones."""
    found: list[Mutant] = []
    for package in PACKAGES:
        files = sorted((ROOT / "hebbnet" / package).rglob("*.py"))
        every = [one for file in files for one in mutants_of(ROOT, file)]
        random.Random(f"{package} {seed}").shuffle(every)
        print(f"{package}: {min(n, len(every))} of {len(every)} mutants")
        found += every[:n]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, help="mutants a package")
    parser.add_argument("--data", default=".coverage", help="what coverage wrote, with contexts")
    parser.add_argument("--out", type=Path, default=Path("mutants.csv"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--enough", type=float, default=120.0, help="seconds of tests that a survivor has passed")
    parser.add_argument("--minutes", type=float, default=1e9, help="then stop; the same command goes on")
    asked = parser.parse_args()
    data = coverage.CoverageData(asked.data)
    data.read()
    lines = list(csv.reader(asked.out.open())) if asked.out.exists() else []
    done, began = {tuple(line[:8]) for line in lines}, time.monotonic()
    with tempfile.TemporaryDirectory() as folder, asked.out.open("a", newline="") as out:
        runner = Runner(data, Path(folder), asked.enough)
        for mutant in drawn(asked.n, asked.seed):
            if tuple(map(str, mutant)) in done:
                continue
            if time.monotonic() - began > 60 * asked.minutes:
                break
            row = [*mutant, *runner.verdict(mutant)]
            csv.writer(out).writerow(row)
            out.flush()
            lines.append([str(item) for item in row])
    for package in PACKAGES:
        print(package, dict(Counter(line[8] for line in lines if f"/{package}/" in line[0])))


if __name__ == "__main__":
    main()
