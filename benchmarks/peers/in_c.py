"""`online.c`, compiled here."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from .task import Array, Outcome, Run, Task

# no-math-errno: sqrt need not say whether its number was negative, and is then one instruction; the digits stay
COMPILE = ("cc", "-O3", "-march=native", "-fno-math-errno")


@cache
def folder() -> Path:
    """Where the compiled program lies, and what it reads and writes, as long as this process runs."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run([*COMPILE, Path(__file__).with_name("online.c"), "-o", folder / "online", "-lm"], check=True)
    return folder


def c_program(task: Task) -> Run:
    """The program's own clock runs around its loop alone, without reading and writing files."""
    program, given, answer = (folder() / name for name in ("online", "given.bin", "answer.bin"))

    def run(X: Array, y: Array) -> Outcome:
        start = task.start()
        sizes = np.array([len(X), *task.net], dtype=np.int64)
        given.write_bytes(b"".join(a.tobytes() for a in (sizes, np.array([task.rate]), *start, X, y)))
        printed = subprocess.run([program, task.rule, given, answer], check=True, capture_output=True, text=True).stdout
        nanoseconds, correct = map(float, printed.split())
        parts = np.split(np.fromfile(answer), np.cumsum([w.size for w in start])[:-1])
        weights = tuple(part.reshape(w.shape) for part, w in zip(parts, start, strict=True))
        return Outcome(nanoseconds * len(X) / 1e9, weights, None if task.alone else correct)

    return run
