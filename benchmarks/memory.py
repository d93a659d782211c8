"""How much memory a Python process takes: the most it ever held, and what it holds now."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATUS = Path("/proc/self/status")
PEAK = "; from benchmarks.memory import peak; print(peak())"


def peak() -> float:
    """The most that this process ever held, in MB.

    Linux is asked for VmHWM: what `getrusage` says begins with what the parent held when it started the process.
    """
    if STATUS.exists():
        return _status("VmHWM")
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def now() -> float:
    """What this process holds, in MB; where only the peak can be asked for, that."""
    return _status("VmRSS") if STATUS.exists() else peak()


def of(program: str) -> float:
    """The peak of a fresh process that runs a program."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run([sys.executable, "-c", program + PEAK], env=os.environ | {"PYTHONPATH": path},
                          capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the program whose memory was to be measured failed:\n{done.stderr}")
    return float(done.stdout.split()[-1])


def _status(name: str) -> float:
    """A line of /proc/self/status that counts kB, in MB."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 2**10
