"""Which policy is best, what it costs, and where its mistakes come from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import hebbnet as hb

from .recipe import Ask, Drawn, Recipe

BLOCK = 4_000
EVERY = 1_400  # out of step with the blocks: else every training, or none, would begin just behind a drift
SETTINGS: dict[str, Any] = {"launch": 2_000, "window": 1_000, "cycle_time": 200}
POLICIES: dict[str, Any] = {"never": hb.Never(), "periodic": hb.Periodic(EVERY), "on-drift": hb.OnDrift(hb.ADWIN()),
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
    made = {"never": hb.Never(), **{f"every {every:,}": hb.Periodic(every) for every in (350, 700, EVERY, 2_800)},
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
    summary = sweep.summary()
    for name, one in summary.items():
        numbers |= {f"{name} accuracy": one["accuracy"], f"{name} rows learned": one["updates"]}
    cheap, dear = frontier[-1], frontier[0]
    numbers |= {"hindsight accuracy": float(dear[1]), "hindsight rows learned": float(dear[0]),
                "cheap hindsight accuracy": float(cheap[1]), "cheap hindsight rows learned": float(cheap[0])}
    always, every = summary["always"], summary["every 350"]
    alt = (f"Accuracy against rows learned. Training every 350 rows learns {every['updates']:,.0f} rows for "
           f"{every['accuracy']:.3f}; always learning, each row once, {always['updates']:,.0f} for "
           f"{always['accuracy']:.3f}.")
    return Drawn(ax.figure, alt, numbers)


def regret(ask: Ask) -> Drawn:
    """Where the mistakes of each policy come from, with labels that are late and a training that takes its time."""
    stream = hb.DriftStream([hb.RotatingBoundary(k * math.pi / 4) for k in range(4)], [BLOCK, 2 * BLOCK, 3 * BLOCK],
                            noise=0.1, rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    sweep = hb.sweep(learner, stream, POLICIES, seeds=ask.seeds, steps=4 * BLOCK, label_delay=200, **SETTINGS)
    ax = hb.plots.regret(sweep, ax=ask.axes())
    numbers: dict[str, Any] = {}
    for name, runs in sweep.runs.items():
        splits = [run.regret_split().summary() for run in runs]
        numbers |= {f"{name}, {part}": float(np.mean([split[part] for split in splits])) for part in splits[0]}
    alt = (f"Regret split into drift, latency and learning. Never: {numbers['never, regret']:.2f}, of it drift "
           f"{numbers['never, drift']:.2f}; always: {numbers['always, regret']:.2f}, of it latency "
           f"{numbers['always, latency']:.2f} and learning {numbers['always, learning']:.2f}.")
    return Drawn(ax.figure, alt, numbers)


# ---------------------------------------------------------------- forgetting

CONCEPTS = {"A": 0.0, "B": math.pi / 3, "C": 2 * math.pi / 3}  # boundaries, by their angle
STAGES = ("A", "B", "C", "A")


def remembered(seed: int) -> list[list[float]]:
    """The accuracy on every concept after each stage, of a network that learns whatever comes."""
    def rows(name: str, n: int, place: int) -> Any:
        return hb.DriftStream([hb.RotatingBoundary(CONCEPTS[name])], noise=0.1, rng=[seed, place]).take(n)

    tests = {name: rows(name, 4_000, 9 + place) for place, name in enumerate(CONCEPTS)}
    learner = hb.Learner(hb.mlp(hb.DriftStream([hb.RotatingBoundary(0.0)]), hidden=[16], rng=seed))
    found = []
    for place, name in enumerate(STAGES):
        batch = rows(name, BLOCK, place)
        learner.learn(batch.X, batch.y)
        found.append([float((learner.predict(test.X) == test.y).mean()) for test in tests.values()])
    return found


def forgetting(ask: Ask) -> Drawn:
    """What a network still knows of the worlds before this one."""
    R = np.mean([remembered(seed) for seed in range(ask.seeds)], axis=0)
    ax = hb.plots.forgetting(R, list(CONCEPTS), after=STAGES, n=ask.seeds, ax=ask.axes())
    numbers: dict[str, Any] = {f"stage {i}, after {stage}, on {name}": float(R[i, j])
                               for i, stage in enumerate(STAGES) for j, name in enumerate(CONCEPTS)}
    alt = (f"Accuracy on three concepts that contradict each other, after each of four stages: A is known to "
           f"{R[0, 0]:.2f}, to {R[2, 0]:.2f} after B and C were learned, and to {R[3, 0]:.2f} when it has come back.")
    return Drawn(ax.figure, alt, numbers)


# ---------------------------------------------------------------- lateness

ROWS = 2_000  # until the next drift
CYCLES = (0, 250, 500, 1_000, 2_000, 4_000)
LATE = ("abrupt", "recurring")


def changing(kind: str, phase: float, rng: int, blocks: int = 12) -> hb.DriftStream:
    """A boundary that turns by 50 degrees a block, or goes to and fro between two; `phase` shifts all drifts."""
    starts = [round((k + phase) * ROWS) for k in range(1, blocks)]
    turn = [math.pi / 2 * (k % 2) if kind == "recurring" else math.radians(50) * k for k in range(blocks)]
    drift = {"gradual": hb.Gradual, "incremental": hb.Incremental}.get(kind)
    return hb.DriftStream([hb.RotatingBoundary(phi) for phi in turn],
                          [drift(at, ROWS // 2) for at in starts] if drift else starts, noise=0.1, rng=rng)


def late(kind: str, seeds: int, **settings: Any) -> np.ndarray:
    """The accuracy from the fourth block on of a model that is retrained all the time, of each seed.

    A trainer that is busy for a whole block marches in step with the drifts; so each seed has a phase of its own.
    """
    found = []
    for k in range(seeds):
        stream = changing(kind, (k + 0.5) / seeds, k, blocks=8)
        run = hb.run(hb.Learner(hb.mlp(stream, hidden=[16], rng=k)), stream, hb.Periodic(250), steps=8 * ROWS,
                     launch=1_000, window=500, **settings)
        found.append(run.correct[run.t >= 4 * ROWS].mean())
    return np.array(found)


def booster(ask: Ask) -> Drawn:
    """What the time from data to production costs, going on from the old weights and from scratch."""
    ways = {"warm": True, "scratch": False}
    found = {(kind, cycle, epochs, way): late(kind, ask.seeds, cycle_time=cycle, epochs=epochs, warm_start=warm)
             for kind in LATE for cycle in CYCLES for epochs in ((1, 5) if cycle == 250 else (5,))
             for way, warm in ways.items()}

    def error(values: np.ndarray) -> float:
        return float(values.std(ddof=1) / np.sqrt(len(values)))

    curves = {kind: [{"cycle_time": cycle, **{way: float(found[kind, cycle, 5, way].mean()) for way in ways},
                      **{f"{way}_se": error(found[kind, cycle, 5, way]) for way in ways}}
                     for cycle in CYCLES] for kind in LATE}
    gains, means = {}, {}
    for kind in LATE:
        for epochs in (1, 5):
            gain = hb.Comparison.of("warm", "scratch", *(found[kind, 250, epochs, way].tolist()
                                                         for way in ways))
            gains[f"{kind},\n{epochs} epoch{'s' * (epochs > 1)}"] = {"difference": gain.difference, "low": gain.low,
                                                                     "high": gain.high}
            means[kind, epochs] = gain.difference
    figure = hb.plots.booster(curves, gains, block=ROWS, n=ask.seeds, size=ask.size())
    numbers: dict[str, Any] = {f"{kind}, cycle {point['cycle_time']:,.0f}": point["warm"]
                               for kind, curve in curves.items() for point in curve}
    numbers |= {f"gain {name}".replace("\n", " ") + end: gain[key] for name, gain in gains.items()
                for key, end in (("difference", ""), ("low", ", low"), ("high", ", high"))}
    quick, slow = curves["abrupt"][0]["warm"], curves["abrupt"][3]["warm"]
    alt = (f"Accuracy falls with the cycle time: {quick:.2f} where a new model serves at once, {slow:.2f} where it "
           f"takes 1,000 rows. What the old weights gain in a training of one epoch: {means['recurring', 1]:+.3f} "
           f"where the old world comes back, {means['abrupt', 1]:+.3f} where it only moves on.")
    return Drawn(figure, alt, numbers)


OMEGA = 2 * math.pi / 5_000  # a turn in 5,000 rows
POINTS = ((100, 100, 0), (100, 100, 100), (200, 200, 200), (200, 400, 200), (300, 300, 400),
          (500, 500, 500))  # window, period, cycle time


def law(ask: Ask) -> Drawn:
    """The cycle-time law beside what is measured, in 2, 5 and 10 dimensions."""
    rows, measured = 20_000, []
    for d in (2, 5, 10):
        turn = [hb.RotatingBoundary(phi, n_inputs=d) for phi in (0, OMEGA * rows)]
        for window, period, cycle in POINTS:
            right = []
            for seed in range(ask.seeds):
                stream = hb.DriftStream(turn, at=[hb.Incremental(0, width=rows)], noise=0.1, rng=seed)
                run = hb.run(hb.LeastSquares(), stream, hb.Periodic(period), launch=window, window=window,
                             cycle_time=cycle, epochs=1)
                right.append(float(run.correct.mean()))
            measured.append({"window": window, "period": period, "cycle_time": cycle, "noise": 0.1, "inputs": d,
                             "accuracy": float(np.mean(right))})
    ax = hb.plots.law(measured, OMEGA, n=ask.seeds, ax=ask.axes())
    numbers: dict[str, Any] = {}
    for point in measured:
        window, period, cycle, d = (int(point[name]) for name in ("window", "period", "cycle_time", "inputs"))
        numbers[f"W {window}, T {period}, L {cycle}, {d} inputs"] = point["accuracy"]
        numbers[f"W {window}, T {period}, L {cycle}, law"] = hb.cycle_time_law(
            OMEGA, window=window, period=period, cycle_time=cycle, noise=0.1)
    first, last = ((measured[k]["accuracy"] - 0.1) / 0.8 for k in (0, 5))  # without the noise, as it is drawn
    alt = (f"Accuracy without the noise falls in a line with lateness, as the law says: with 2 inputs {first:.2f} at a "
           f"lateness of 100 rows and {last:.2f} at 1,000; with 10 inputs below the line.")
    return Drawn(ax.figure, alt, numbers)


RECIPES = (
    Recipe("policies", "what each policy is worth in each kind of drift", policies, seeds=10, quick=3, claims=(7,),
           seconds=9),
    Recipe("cost", "what accuracy costs, and what hindsight would have paid", cost, seeds=10, quick=3, claims=(7, 12),
           seconds=9),
    Recipe("regret", "why a model is wrong: the world moved, news came late, learning fell short", regret, seeds=10,
           quick=3, claims=(12,), seconds=2),
    Recipe("booster", "the time from data to production, and the worth of old weights", booster, seeds=10, quick=2,
           claims=(2,), seconds=27),
    Recipe("law", "lateness costs accuracy by a law", law, seeds=10, quick=3, claims=(2,), seconds=4),
    Recipe("forgetting", "what is learned last is known, what was before is forgotten", forgetting, seeds=10, quick=3,
           claims=(12,), seconds=1),
)
