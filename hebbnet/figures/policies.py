"""Which policy is best, what it costs, and where its mistakes come from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import hebbnet as hb

from .recipe import Ask, Drawn, Recipe

BLOCK = 4_000
SETTINGS: dict[str, Any] = {"launch": 2_000, "window": 1_000, "cycle_time": 200}
POLICIES: dict[str, Any] = {"never": hb.Never(), "periodic": hb.Periodic(2_000), "on-drift": hb.OnDrift(hb.ADWIN()),
                            "always": hb.Always()}


def worlds() -> dict[str, hb.DriftStream]:
    """A boundary that turns three times, in every way; goes to and fro; moves for a moment; or stands still."""
    starts = [BLOCK, 2 * BLOCK, 3 * BLOCK]
    turns = [hb.RotatingBoundary(k * math.pi / 4) for k in range(4)]
    two = [hb.RotatingBoundary(k % 2 * math.pi / 2) for k in range(4)]
    made: dict[str, tuple[list[Any], list[Any]]] = {
        "abrupt": (turns, starts), "gradual": (turns, [hb.Gradual(at, BLOCK // 2) for at in starts]),
        "incremental": (turns, [hb.Incremental(at, BLOCK // 2) for at in starts]), "recurring": (two, starts)}
    drifting = {name: hb.DriftStream(concepts, at, noise=0.1, rng=0) for name, (concepts, at) in made.items()}
    blip = hb.blip(hb.RotatingBoundary(0), hb.RotatingBoundary(math.pi / 2), at=2 * BLOCK, width=BLOCK // 8, noise=0.1,
                   rng=0)
    return {**drifting, "blip": blip, "no drift": drifting["abrupt"].twin()}


def policies(ask: Ask) -> Drawn:
    """Every policy in every kind of drift."""
    kinds = worlds()
    learner = hb.Learner(hb.mlp(kinds["abrupt"], hidden=[16], rng=0))
    sweep = hb.sweep(learner, kinds, POLICIES, seeds=ask.seeds, steps=4 * BLOCK, **SETTINGS)
    numbers: dict[str, Any] = {}
    said = []
    for kind in kinds:
        right = {name: one["accuracy"] for name, one in sweep.part(stream=kind).summary().items()}
        numbers |= {f"{kind}, {name}": accuracy for name, accuracy in right.items()}
        said.append(f"{kind}: never {right['never']:.2f}, best {max(right, key=right.__getitem__)} "
                    f"{max(right.values()):.2f}")
    alt = f"Accuracy of four policies in six worlds. {'; '.join(said)}."
    return Drawn(hb.plots.policies(sweep, size=ask.size()), alt, numbers)


def cost(ask: Ask) -> Drawn:
    """What accuracy costs, and what it would have cost to know everything."""
    stream = hb.DriftStream([hb.RotatingBoundary(k * math.pi / 3) for k in range(4)], [BLOCK, 2 * BLOCK, 3 * BLOCK],
                            noise=0.1, rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    settings = {**SETTINGS, "steps": 4 * BLOCK}
    made = {"never": hb.Never(), **{f"every {every:,}": hb.Periodic(every) for every in (500, 1_000, 2_000, 4_000)},
            "on ADWIN's alarm": hb.OnDrift(hb.ADWIN()), "on DDM's alarm": hb.OnDrift(hb.DDM()), "always": hb.Always()}
    sweep = hb.sweep(learner, stream, made, seeds=ask.seeds, warm_start=False, **settings)
    prices, epochs = (5, 10, 20, 40, 80, 160, 640), 5
    best = [hb.hindsight(hb.Learner(hb.mlp(stream, hidden=[16], rng=k)), run.stream, grid=500, price=0, **settings)
            for k, run in enumerate(sweep.runs["never"])]
    frontier = [(epochs * (settings["launch"] + settings["window"] * np.mean([len(one.schedule) for one in at])),
                 1 - np.mean([one.errors / len(one.y) for one in at]))
                for at in ([one.at(price) for one in best] for price in prices)]
    ax = hb.plots.cost(sweep, frontier, ax=ask.axes())
    numbers: dict[str, Any] = {}
    for name, one in sweep.summary().items():
        numbers |= {f"{name} accuracy": one["accuracy"], f"{name} rows learned": one["updates"]}
    cheap, dear = frontier[-1], frontier[0]
    numbers |= {"hindsight accuracy": float(dear[1]), "hindsight rows learned": float(dear[0]),
                "cheap hindsight accuracy": float(cheap[1]), "cheap hindsight rows learned": float(cheap[0])}
    always, every = sweep.summary()["always"], sweep.summary()["every 500"]
    alt = (f"Accuracy against rows learned. Training every 500 rows learns {every['updates']:,.0f} rows for "
           f"{every['accuracy']:.3f}; always learning, each row once, {always['updates']:,.0f} for "
           f"{always['accuracy']:.3f}.")
    return Drawn(ax.figure, alt, numbers)


RECIPES = (
    Recipe("policies", "no policy is best in every kind of drift", policies, seeds=10, quick=3, claims=(12,),
           seconds=20),
    Recipe("cost", "what accuracy costs, and what hindsight would have paid", cost, seeds=10, quick=3, claims=(12,),
           seconds=12),
)
