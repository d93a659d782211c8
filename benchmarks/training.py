"""Continuous training: what the clock costs beside the learning itself.

    python -m benchmarks.training [--rounds N]

The policy Always, without delay, against the same learner's bare `learn` on the same rows, in turns; before that, their
predictions and weights must be equal.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

import hebbnet as hb

ROWS, HIDDEN = 200_000, 16
LIMIT = 1.3


def seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def always_beside_learn(batch_size: int, rounds: int) -> dict[str, float]:
    """The seconds of a run and of `learn`, and their ratio, each the median over the rounds."""
    batch = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[ROWS // 2], noise=0.1, rng=0).take(ROWS)
    table = hb.from_arrays(batch.X, batch.y)  # both read the same arrays: making the rows is nobody's business here
    learner = hb.Learner(hb.mlp(table, hidden=[HIDDEN], rng=0))

    def clocked() -> hb.Run:
        return hb.run(learner, table, hb.Always(), launch=0, batch_size=batch_size)

    def bare() -> tuple[hb.Learner, np.ndarray]:
        twin = learner.copy()
        return twin, twin.learn(batch.X, batch.y, batch_size=batch_size)

    run, (twin, predicted) = clocked(), bare()
    assert np.array_equal(run.predictions, predicted)
    assert np.array_equal(run.learner.network.theta, twin.network.theta)
    pairs = [(seconds(clocked), seconds(bare)) for _ in range(rounds)]
    return {"always": median(a for a, _ in pairs), "learn": median(b for _, b in pairs),
            "ratio": median(a / b for a, b in pairs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"{ROWS:,} rows of SEA, 3-{HIDDEN}-2, medians of {rounds} rounds")
    print("batch   Always, s   learn, s   ratio")
    for batch_size in (1, 32):
        found = always_beside_learn(batch_size, rounds)
        verdict = "met" if found["ratio"] <= LIMIT else "not met"
        print(f"{batch_size:5}   {found['always']:9.4f}   {found['learn']:8.4f}   {found['ratio']:5.2f}   "
              f"(at most {LIMIT}: {verdict})")


if __name__ == "__main__":
    main()
