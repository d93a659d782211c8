"""Parts for the tests of executors: they stand in a file, so that other processes find them."""

from __future__ import annotations

import os
import signal
from typing import Any

import hebbnet as hb

STREAM = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[300], noise=0.1, rng=0)
LEARNER = hb.Learner(hb.mlp(STREAM, hidden=[3], rng=0))
HOW: dict[str, Any] = {"launch": 50, "window": 50, "epochs": 1}


class Fails(hb.policies.Policy):
    """Raises in the runs that begin with the wrong label."""

    name = "fails"

    def wants(self, row: int, right: bool) -> bool:
        if row == 60 and right:
            raise RuntimeError("no more")
        return False


class Dies(hb.policies.Policy):
    """Takes its process with it."""

    name = "dies"

    def wants(self, row: int, right: bool) -> bool:
        os.kill(os.getpid(), signal.SIGKILL)
        return False
