"""What all benchmarks of speed share: how many threads libraries may use, ratios, and what was measured on."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median


def threads(count: int) -> dict[str, str]:
    """The environment that allows so many threads: libraries read it while they are imported."""
    names = ("OMP_NUM", "MKL_NUM", "OPENBLAS_NUM", "NUMBA_NUM", "VECLIB_MAXIMUM")
    return {f"{name}_THREADS": str(count) for name in names}


def ratio(ones: list[float], others: list[float]) -> float:
    """The median of the ratios within a round: it feels less of the machine's moods than the ratio of the medians."""
    return median(one / other for one, other in zip(ones, others, strict=True))


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
