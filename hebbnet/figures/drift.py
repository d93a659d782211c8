"""The world moves, a model goes stale and comes back."""

from __future__ import annotations

import hebbnet as hb

from .recipe import Ask, Drawn, Recipe


def decay(ask: Ask) -> Drawn:
    """Four policies in a world that drifts three times: the demo's."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(9), hb.SEA(11), hb.SEA(13)], at=[10_000, 20_000, 30_000], noise=0.1,
                            rng=0)
    policies = {"never": hb.Never(), "periodic": hb.Periodic(3_000), "on-drift": hb.OnDrift(hb.ADWIN()),
                "always": hb.Always()}
    sweep = hb.sweep(hb.Learner(hb.mlp(stream, hidden=[16], rng=0)), stream, policies, seeds=ask.seeds, launch=5_000,
                     window=1_000, cycle_time=500)
    ax = hb.plots.accuracy(sweep, ax=ask.axes())
    means = {name: numbers["accuracy"] for name, numbers in sweep.summary().items()}
    last = float(sweep.accuracy("never", 5_000)[:, -1].mean())
    alt = (f"Accuracy of one model under four policies while the world drifts three times. Left alone it ends at "
           f"{last:.2f}; retrained periodically, after an alarm, or always, it comes back each time.")
    return Drawn(ax.figure, alt, {**means, "never_last_5000": last})


RECIPES = (
    Recipe("decay", "a model that is left alone goes stale; three ways back", decay, seeds=10, quick=3,
           claims=(4, 7, 12), seconds=6),
)
