"""Live data beside frozen weights: what softens drift where nothing is trained."""

from __future__ import annotations

from typing import Any

import numpy as np

import hebbnet as hb

from .recipe import Ask, Drawn, Recipe

LAUNCH, DRIFT, ROWS = 2_000, 5_000, 10_000


def live(ask: Ask) -> Drawn:
    """Frozen weights, the same beside a memory of the latest labels, and two ways of training."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[DRIFT], noise=0.1, rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    how: dict[str, Any] = {"seeds": ask.seeds, "steps": ROWS, "launch": LAUNCH}
    policies = {"never": hb.Never(), "periodic": hb.Periodic(1_000), "always": hb.Always()}
    trained = hb.sweep(learner, stream, policies, window=1_000, **how)
    beside = hb.sweep(hb.LiveData(learner, k=15, size=500), stream, {"never + live data": hb.Always()}, **how)
    together = hb.Sweep.of(trained.runs | beside.runs)
    ax = hb.plots.accuracy(together, window=500, ax=ask.axes())

    numbers: dict[str, float] = {}
    for name, runs in together.runs.items():
        before, first, later = np.mean([[part.mean() for part in np.split(run.correct, [DRIFT - LAUNCH, DRIFT - LAUNCH
                                        + 1_000])] for run in runs], axis=0)
        numbers |= {f"{name}_before": before, f"{name}_first": first, f"{name}_later": later}
    alt = (f"Accuracy through one drift. Later than 1,000 samples after it the frozen model is right on "
           f"{numbers['never_later']:.2f}; asked beside the latest 500 labels, on "
           f"{numbers['never + live data_later']:.2f}; trained again every 1,000 samples, on "
           f"{numbers['periodic_later']:.2f}.")
    return Drawn(ax.figure, alt, {name: float(value) for name, value in numbers.items()})


RECIPES = (
    Recipe("live", "live data beside frozen weights soften a drift without training, as far as they go", live, seeds=10,
           quick=2, claims=(5,), seconds=16),
)
