"""All benchmarks of speed by one command, each suite in a process of its own; writes benchmarks/RESULTS.md.

    python -m benchmarks [--quick] [--only NAME ...] [--json FILE] [--out FILE.md]

A suite is a module of this folder with `measure(quick) -> dict`, `report(results) -> str` (Markdown) and
`ratios(results) -> dict` (our time over a peer's, by name: the lower the better). One that fails is named with its
error, the others are written all the same, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

from .machine import machine, threads

# name, module, what it measures
SUITES = [
    ("online", "benchmarks.online", "Learning sample by sample, beside C, JAX, PyTorch, scikit-learn and River"),
    ("batches", "benchmarks.batches", "Learning in batches, beside PyTorch"),
    ("growth", "benchmarks.growth", "How cost grows, and the memory of a long run"),
    ("startup", "benchmarks.startup", "Cold start, and in a fresh virtual environment"),
    ("endurance", "benchmarks.endurance", "The long run"),
    ("streams", "benchmarks.streams", "Making rows, beside River"),
    ("detectors", "benchmarks.detectors", "Drift detectors, beside River"),
    ("training", "benchmarks.training", "The clock, beside the learning itself"),
]
ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTS.md")
LAST = 3  # lines of an error that are shown


def suite(module: str, quick: bool, into: Path) -> None:
    """In a process of its own: measure, and write what was found."""
    one = importlib.import_module(module)
    begin = perf_counter()
    results = one.measure(quick)
    found = {"results": results, "report": one.report(results), "ratios": one.ratios(results),
             "seconds": perf_counter() - begin}
    into.write_text(json.dumps(found, default=str), encoding="utf-8")


def run(module: str, quick: bool, limit: float) -> dict[str, Any]:
    """What a suite found, or {"error": why it found nothing}."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "found.json"
        command = [sys.executable, "-m", "benchmarks", "--suite", module, str(into), *["--quick"] * quick]
        here = {**os.environ, **threads(1), "PYTHONSAFEPATH": ""}  # the suites stand in this checkout
        process = subprocess.Popen(command, cwd=ROOT, env=here, text=True, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, start_new_session=True)
        try:
            _, told = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            return {"error": f"not over after {limit:.0f} s"}
        finally:
            if process.poll() is None:  # too slow, or Ctrl-C, of which another session hears nothing
                end(process)
        if process.returncode or not into.exists():
            return {"error": " / ".join(told.strip().splitlines()[-LAST:]) or f"exit code {process.returncode}"}
        found: dict[str, Any] = json.loads(into.read_text(encoding="utf-8"))
        return found


def end(process: subprocess.Popen[str]) -> None:
    """End a suite, and what it has started: what goes on computing would spoil the next one's times."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def page(found: dict[str, Any]) -> str:
    """RESULTS.md: where and how, what was missed and what was not measured, then each suite."""
    lines = ["# Results", "", f"Written by `{found['command']}` on {found['date']}, in {found['seconds'] / 60:.0f} "
             "minutes. Times belong to this machine; the ratios are what to look at. [README.md](README.md) says how "
             "each was measured.", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {what} |" for name, what in found["machine"].items()]
    for title, word in (("Missed", "missed"), ("Not measured", "not measured")):
        told = [(name, line) for name, _, _ in SUITES for line in about(found["suites"].get(name, {}), word)]
        lines += ["", f"## {title}", "", *(f"- {name}: {line}" for name, line in told)] if told else []
    failed = {name: one["error"] for name, one in found["suites"].items() if "error" in one}
    if failed:
        lines += ["", "## Failed", "", *(f"- **{name}**: `{error}`" for name, error in failed.items())]
    for name, _, what in SUITES:
        one = found["suites"].get(name)
        if one and "report" in one:
            lines += ["", f"## {what}", "", f"`python -m benchmarks.{name}`, {one['seconds']:.0f} s.", "",
                      one["report"].strip()]
            if one["ratios"]:
                lines += ["", "<details><summary>Ratios for the guard (the lower the better)</summary>", "",
                          "| ratio | |", "|---|---:|", *(f"| {ratio} | {value:.4g} |"
                                                         for ratio, value in one["ratios"].items()), "", "</details>"]
    return "\n".join(lines) + "\n"


def about(one: dict[str, Any], word: str) -> list[str]:
    """The lines of a report that say a word; of a table, each cell behind the head of its column."""
    found, rows, where, heads = [], one.get("report", "").splitlines(), "", list[str]()
    for line, below in pairwise([*rows, ""]):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if below.startswith(("|---", "| ---")):
            heads = cells
        elif word in line.lower():
            said = [f"{head} {cell}".strip() for head, cell in zip(heads, cells, strict=False)
                    if cell and word not in cell.lower()]
            found.append(f"{where}{'; '.join(said)}" if cells else line.strip())
        elif line and not cells:
            where = f"{line.partition(',')[0]}; " if line.endswith(":") else ""  # a table of several begins so
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites, write the page; 1 if one of them failed."""
    names = [name for name, _, _ in SUITES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few repetitions, small sizes: for a first look only")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything that was found, for the guard")
    parser.add_argument("--out", metavar="FILE", type=Path, help=f"instead of {RESULTS.name} "
                                                                 "(of --quick or --only: nowhere)")
    parser.add_argument("--limit", type=float, default=600.0, metavar="SECONDS", help="that a suite may take")
    parser.add_argument("--suite", nargs=2, metavar=("MODULE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.suite:
        suite(options.suite[0], options.quick, Path(options.suite[1]))
        return 0
    asked = ["--quick"] * options.quick + (["--only", *options.only] if options.only != names else [])
    begin, found = perf_counter(), dict[str, Any]()
    for name, module, _ in SUITES:
        if name in options.only:
            print(f"{name} ...", end=" ", flush=True, file=sys.stderr)
            found[name] = run(module, options.quick, options.limit)
            print(found[name].get("error", f"{found[name].get('seconds', 0):.0f} s"), file=sys.stderr)
    all_of_it = {"command": " ".join(["python -m benchmarks", *asked]), "date": str(date.today()),
                 "seconds": perf_counter() - begin, "machine": machine(), "suites": found}
    text = page(all_of_it)
    out = options.out or (RESULTS if not options.quick and options.only == names else None)
    if options.json:
        options.json.write_text(json.dumps(all_of_it, indent=1) + "\n", encoding="utf-8")
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        print(text)
    return int(any("error" in one for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
