"""Cold start: what a person waits for the first time, and every other time.

    python -m benchmarks.startup [--json FILE] [--keep]

Wall seconds, each in a fresh process: the bare interpreter, `import hebbnet`, and the demo, first with an empty
cache of compiled kernels, then again. The demo's numbers are its computing too, not its start alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from . import results

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


def seconds(arguments: list[str], cache: Path, folder: Path) -> float:
    """Wall time of one fresh Python process, working in `folder`, with its compiled kernels in `cache`."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"HEBBNET_CACHE_DIR": str(cache), "PYTHONPATH": path}
    begin = perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    taken = perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return taken


def measure(folder: Path) -> dict[str, list[float]]:
    """The seconds of every repetition of every measure."""
    warm = folder / "warm"
    bare, imported, step, demo = ["-c", "pass"], ["-c", "import hebbnet"], ["-c", FIRST_STEP], ["-m", "hebbnet"]
    seconds(imported, warm, folder)  # the .pyc files are made once, at the installation
    found: dict[str, list[float]] = {"python -c pass": [], "import hebbnet": []}
    for _ in range(REPETITIONS):
        found["python -c pass"].append(seconds(bare, warm, folder))
        found["import hebbnet"].append(seconds(imported, warm, folder))
    found["one learning step, empty cache"] = [seconds(step, folder / "step", folder)]
    found["one learning step, again"] = [seconds(step, folder / "step", folder) for _ in range(REPETITIONS)]
    if importlib.util.find_spec("hebbnet.__main__"):
        found["demo, empty cache"] = [seconds(demo, folder / "demo", folder)]
        found["demo, again"] = [seconds(demo, folder / "demo", folder)]
    else:
        print("the demo: not measured (this hebbnet has none yet)")
    return found


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results, every repetition, to FILE")
    results.ask(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    for name, times in found.items():
        print(f"{name:32}{median(times):8.3f} s   ({min(times):.3f} - {max(times):.3f}, {len(times)} x)")
    print()
    for name, one, other, bound in TARGETS:
        if one in found:
            taken = median(found[one]) - (median(found[other]) if other else 0)
            print(f"{name:32}{taken:8.3f} s   at most {bound:g}: {'met' if taken <= bound else 'MISSED'}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if options.keep:
        results.keep("startup", {name: median(times) for name, times in found.items()})


if __name__ == "__main__":
    main()
