"""A table, commands run in this process or in one of their own, and what they left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet import cli

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(hb.__file__).resolve().parents[1]  # where the package is found: here, or where it is installed
N = 2_600
POLICIES = ["never", "periodic", "on-drift", "always"]


def rows() -> tuple[np.ndarray, np.ndarray]:
    """Three inputs; the class is the sign of the sum of two of them, and turns round in the middle."""
    X = np.random.default_rng(0).normal(size=(N, 3))
    return X, np.where((X[:, 0] + X[:, 1] > 0) ^ (np.arange(N) > N // 2), "up", "down")


def as_csv(X: np.ndarray, y: np.ndarray, comma: str = ",") -> str:
    body = [comma.join([*map(repr, row), label]) for row, label in zip(X.tolist(), y, strict=True)]
    return "\n".join([comma.join(["a", "b", "c", "class"]), *body]) + "\n"


TEXT = as_csv(*rows())


def strict(path: str | Path) -> Any:
    """The JSON in `path`, refused where it holds NaN or Infinity, which only Python can read."""
    def refuse(name: str) -> None:
        raise AssertionError(f"{path} holds {name}")

    return json.loads(Path(path).read_text(), parse_constant=refuse)


def run(*arguments: str, file: str = "mine.csv") -> Any:
    """The JSON of a run that must succeed."""
    assert cli.main(["run", file, *arguments]) == 0
    return strict("hebbnet-out/summary.json")


def everything(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in folder.rglob("*")}


def in_a_process(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=cwd, env=environment(), capture_output=True,
                          text=True, encoding="utf-8", timeout=300, check=False)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME), os.environ.get("PYTHONPATH", "")])}
