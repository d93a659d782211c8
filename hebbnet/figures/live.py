"""Frozen weights, and beside them the latest labelled rows: what live data are worth without any training."""

from __future__ import annotations

import hebbnet as hb

from .recipe import Ask, Drawn, Recipe

DRIFT = 5_000


def live(ask: Ask) -> Drawn:
    """After one drift: never retrained, live data beside the same weights, and retrained a cycle too late."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[DRIFT], noise=0.1, rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    ways = {"never": (learner, hb.Never(), {}),
            "live data": (hb.LiveData(learner, k=15, size=500), hb.Always(), {}),
            "periodic": (learner, hb.Periodic(1_000), {"window": 1_000, "cycle_time": 500})}
    runs = {name: [hb.run(who.fresh(seed), stream.fresh(seed), policy, steps=10_000, **how)
                   for seed in range(ask.seeds)] for name, (who, policy, how) in ways.items()}
    sweep = hb.Sweep.of(runs)
    ax = hb.plots.accuracy(sweep, ax=ask.axes())
    after = {name: float(sweep.accuracy(name, 1_000)[:, DRIFT - 2_000 + 999].mean()) for name in ways}
    later = {f"{name} later": float(sweep.accuracy(name, 4_000)[:, -1].mean()) for name in ways}
    alt = (f"Accuracy before and after a drift. In the first 1,000 rows after it frozen weights are right on "
           f"{after['never']:.2f}, the same with live data beside them on {after['live data']:.2f}, a model that is "
           f"retrained and comes late on {after['periodic']:.2f}.")
    return Drawn(ax.figure, alt, {**after, **later})


RECIPES = (
    Recipe("live", "live data soften a drift, and training does the rest", live, seeds=10, quick=2, claims=(5,),
           seconds=15),
)
