"""Cold start: what a person waits for the first time, and every other time.

    python -m benchmarks.startup [--fresh] [--json FILE] [--keep]

Wall seconds, each in a fresh process: the bare interpreter, `import hebbnet`, one learning step and the demo, first
with an empty cache of compiled kernels, then again. The demo's numbers are its computing too, not its start alone.
`--fresh` measures the same where a person has it: in a new virtual environment, into which a wheel made of this
checkout was installed (pip fetches NumPy, Numba and Matplotlib for it, or takes them from its cache).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from . import results as kept
from .machine import machine

REPETITIONS = 5
ROOT = Path(__file__).resolve().parents[1]

# One sample through the whole engine: what it takes to compile everything, or to load it, with no demo around it.
FIRST_STEP = """
import numpy as np, hebbnet as hb
hb.Learner(hb.Network(3, [hb.Dense(16), hb.Dense(2, "softmax")], rng=0)).learn(np.zeros((1, 3)), np.array([0]))
"""

# what is bounded: the time of one measure less that of another, and the seconds it may take
TARGETS = [
    ("import, over the bare start", "import hebbnet", "python -c pass", 0.1),
    ("compiling one learning step", "one learning step, empty cache", "one learning step, again", 10),
    ("compiling all the demo needs", "demo, empty cache", "demo, again", 10),
    ("loading one learning step", "one learning step, again", "python -c pass", 1),
    ("the second demo", "demo, again", "", 10),
]

Found = dict[str, list[float]]


def seconds(arguments: list[str], cache: Path, folder: Path, python: str = "") -> float:
    """Wall time of one fresh Python process, working in `folder`, with its compiled kernels in `cache`.

    It imports this checkout, or, of another `python`, what is installed there.
    """
    path = [str(ROOT), os.environ.get("PYTHONPATH")] if not python else []
    environment = os.environ | {"HEBBNET_CACHE_DIR": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, path))}
    begin = perf_counter()
    done = subprocess.run([python or sys.executable, *arguments], cwd=folder, env=environment, capture_output=True,
                          text=True)
    taken = perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return taken


def starts(folder: Path, python: str = "") -> Found:
    """The seconds of every repetition of every measure."""
    warm = folder / "warm"
    bare, imported, step, demo = ["-c", "pass"], ["-c", "import hebbnet"], ["-c", FIRST_STEP], ["-m", "hebbnet"]
    seconds(imported, warm, folder, python)  # the .pyc files are made once, at the installation
    found: Found = {"python -c pass": [], "import hebbnet": []}
    for _ in range(REPETITIONS):
        found["python -c pass"].append(seconds(bare, warm, folder, python))
        found["import hebbnet"].append(seconds(imported, warm, folder, python))
    found["one learning step, empty cache"] = [seconds(step, folder / "step", folder, python)]
    found["one learning step, again"] = [seconds(step, folder / "step", folder, python) for _ in range(REPETITIONS)]
    if importlib.util.find_spec("hebbnet.__main__"):
        found["demo, empty cache"] = [seconds(demo, folder / "demo", folder, python)]
        found["demo, again"] = [seconds(demo, folder / "demo", folder, python)]
    return found


def installed(folder: Path) -> str:
    """The interpreter of a new virtual environment in `folder`, where hebbnet was installed from a wheel."""
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    for command in (["wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], ["install", "NAME"]):
        command[-1] = command[-1].replace("NAME", str(next(folder.glob("hebbnet-*.whl"), "")))
        done = subprocess.run([python, "-m", "pip", *command], capture_output=True, text=True, cwd=folder)
        if done.returncode:
            raise RuntimeError(f"pip {command[0]} failed:\n{done.stderr}")
    return python


def measure(quick: bool, fresh: bool | None = None) -> dict[str, Any]:
    """Here, and (unless quick) in a fresh virtual environment."""
    found: dict[str, Any] = {"machine": machine(), "places": {}}
    with tempfile.TemporaryDirectory() as folder:
        (here := Path(folder) / "here").mkdir()
        found["places"]["this checkout"] = starts(here)
        if not quick if fresh is None else fresh:
            (there := Path(folder) / "there").mkdir()
            begin = perf_counter()
            python = installed(there)
            found["installation"] = perf_counter() - begin
            found["places"]["a fresh virtual environment"] = starts(there, python)
    return found


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """A start of ours over the bare interpreter's; the lower the better."""
    return {f"{place}: {name} / python -c pass": median(times[name]) / median(times["python -c pass"])
            for place, times in results["places"].items() for name in ("import hebbnet", "one learning step, again")}


def report(results: dict[str, Any]) -> str:
    """A table for each place, then what is bounded."""
    lines = ["Wall seconds, each in a process of its own: the median (least - most, repetitions)."]
    for place, found in results["places"].items():
        lines += ["", f"| in {place} | seconds |", "|---|---:|"]
        lines += [f"| {name} | {median(times):.3f} ({min(times):.3f} - {max(times):.3f}, {len(times)} x) |"
                  for name, times in found.items()]
        lines += ["", f"| in {place} | seconds | at most | |", "|---|---:|---:|---|"]
        for name, one, other, bound in TARGETS:
            if one in found:
                taken = median(found[one]) - (median(found[other]) if other else 0)
                lines.append(f"| {name} | {taken:.3f} | {bound:g} | {'met' if taken <= bound else '**MISSED**'} |")
    if "installation" in results:
        lines += ["", f"Making the wheel, the environment and the installation took {results['installation']:.0f} s."]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__.partition("\n")[0])
    parser.add_argument("--fresh", action="store_true", help="in a fresh virtual environment, too")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every repetition, to FILE")
    kept.ask(parser)
    options = parser.parse_args()
    results = measure(quick=True, fresh=options.fresh)
    print(report(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        here, *there = ({name: median(times) for name, times in found.items()}
                        for found in results["places"].values())
        kept.keep("startup", {**here, **({"fresh": there[0]} if there else {})})


if __name__ == "__main__":
    main()
