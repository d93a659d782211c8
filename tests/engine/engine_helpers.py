"""Runs code in a process of its own, with the environment it is to meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import hebbnet

HOME = Path(hebbnet.__file__).parents[1]

# Weights and predictions after a short life: every digit of them, summed up in one line.
LIFE = """
import numpy as np, hebbnet as hb
rng = np.random.default_rng(0)
X, y = rng.normal(size=(40, 3)), rng.integers(2, size=40)
net = hb.Network(3, [hb.Dense(5), hb.Dense(2, "softmax")], rng=0)
learner = hb.Learner(net, optimizer=hb.SGD(), rate=0.1)
learner.learn(X, y, batch_size=4)
print(*(w.hex() for w in learner.network.theta.tolist()))
"""


def run(code: str, *, package: Path = HOME, drop: tuple[str, ...] = (), check: bool = True,
        **environment: str) -> subprocess.CompletedProcess[str]:
    """Python on `code`, with `package` first on its path and variables set or (`drop`) taken away."""
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False,
                          cwd=package, env={**kept, "PYTHONPATH": str(package), **environment})
    assert not check or done.returncode == 0, done.stderr
    return done


def life(**how: object) -> list[float]:
    """The weights at the end of LIFE, to the bit."""
    return [float.fromhex(word) for word in run(LIFE, **how).stdout.split()]
