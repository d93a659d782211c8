"""What the numbers of a benchmark were measured on."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def machine() -> dict[str, str]:
    """The processor, the system, and the versions of everything that takes part, by name."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    found = {"processor": f"{names[0] if names else platform.processor()} ({os.cpu_count()} cores)",
             "system": platform.platform(terse=True), "python": platform.python_version()}
    with contextlib.suppress(FileNotFoundError):
        found["cc"] = subprocess.run(["cc", "--version"], capture_output=True, text=True).stdout.partition("\n")[0]
    for package in ("hebbnet", "numpy", "numba", "jax", "torch", "scikit-learn", "river"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
