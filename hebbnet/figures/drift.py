"""The world moves, a model goes stale and comes back."""

from __future__ import annotations

import numpy as np

import hebbnet as hb

from ..plots.season import behind, dominant, lateness, made_for
from .recipe import Ask, Drawn, Recipe

QUICK_FILM = [2_600, 2_800, 3_000, 3_020, 3_050, 3_100, 3_200, 3_400, 4_000, 5_000]
REIGN, LAUNCH = 4_000, 20_000  # of the season, in rows: a variant's, and what the launched model learned
SWAPS = ({0: 1, 2: 3}, {4: 5, 6: 7}, {8: 9, 0: 2}, {1: 4, 3: 6}, {5: 8, 7: 9})  # from each variant to the next


def demo(seeds: int, progress: bool | None = False) -> hb.Sweep:
    """The world that drifts three times, and four ways of living in it: what `hebbnet` alone shows."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(9), hb.SEA(11), hb.SEA(13)], at=[10_000, 20_000, 30_000], noise=0.1,
                            rng=0)
    policies = {"never": hb.Never(), "periodic": hb.Periodic(3_000), "on-drift": hb.OnDrift(hb.ADWIN()),
                "always": hb.Always()}
    return hb.sweep(hb.Learner(hb.mlp(stream, hidden=[16], rng=0)), stream, policies, seeds=seeds, launch=5_000,
                    window=1_000, cycle_time=500, progress=progress)


def decay(ask: Ask) -> Drawn:
    """Four policies in a world that drifts three times: the demo's."""
    sweep = demo(ask.seeds)
    ax = hb.plots.accuracy(sweep, ax=ask.axes())
    means = {name: numbers["accuracy"] for name, numbers in sweep.summary().items()}
    last = float(sweep.accuracy("never", 5_000)[:, -1].mean())
    alt = (f"Accuracy of one model under four policies while the world drifts three times. Left alone it ends at "
           f"{last:.2f}; retrained periodically, after an alarm, or always, it comes back each time.")
    return Drawn(ax.figure, alt, {**means, "never_last_5000": last})


def recovery(ask: Ask) -> Drawn:
    """The same, all drifts laid over each other."""
    sweep = demo(ask.seeds)
    ax = hb.plots.recovery(sweep, rows=6_000, ax=ask.axes())
    numbers = {f"{name}_{key}": found[key] for name, found in sweep.summary().items() for key in ("dip", "recovery")}
    back = ", ".join(f"{name} after {numbers[f'{name}_recovery']:,.0f}" for name in sweep.policies
                     if numbers[f"{name}_recovery"] is not None)
    alt = (f"Accuracy against the samples since the drift, median over drifts and seeds: every model falls by about "
           f"{np.mean([numbers[f'{name}_dip'] for name in sweep.policies]):.2f}; {back} samples are back at 97 % of "
           "what they were, the model that is left alone never.")
    return Drawn(ax.figure, alt, numbers)


def world(ask: Ask) -> Drawn:
    """Every kind of drift: how it comes, and what it changes."""
    kinds, a, b = hb.concepts, hb.SEA(7), hb.SEA(13)
    at, slowly = 4_000, (2_500, 3_500)
    changed = {"covariate: p(x) moves": kinds.Shifted(a, 4, column=0),
               "prior: P(y) moves": kinds.Reweighted(a, [0.9, 0.1]),
               "label swap: the classes change names": kinds.Relabelled(a, {0: 1}),
               "noise: more labels are wrong": kinds.Noisy(a, 0.3),
               "local: only in one region": kinds.Local(a, b, where={0: (0, 5)}),
               "feature swap: x1 and x3 exchanged": kinds.Permuted(a, {0: 2})}
    sudden = hb.DriftStream([a, b], at=at, rng=0)
    streams = {
        "real and sudden: p(y | x) changes": sudden,
        "gradual: rows alternate": hb.DriftStream([a, b], at=hb.Gradual(*slowly), rng=0),
        "incremental: the rule itself moves": hb.DriftStream([a, b], at=hb.Incremental(*slowly), rng=0),
        "recurring: back and forth": hb.recurring([a, b], every=1_700, times=2, rng=0),
        "blip: a short visit": hb.blip(a, b, at=3_600, width=700, rng=0),
        "no drift: the twin of all these": sudden.twin(),
        **{name: hb.DriftStream([a, concept], at=at, rng=0) for name, concept in changed.items()}}
    figure = hb.plots.worlds(streams, 6_500, size=ask.size())
    moved = {name.split(":")[0]: concept.disagreement(a) for name, concept in {"real": b, **changed}.items()}
    alt = ("Twelve worlds. Left, how a drift comes: suddenly, gradually, incrementally, back and forth, for a short "
           "visit, not at all. Right, what it changes: the inputs, the share of the classes, their names, the noise, "
           "one region, the columns.")
    return Drawn(figure, alt, {f"{name.replace(' ', '_')}_disagreement": value for name, value in moved.items()})


def _turning(ask: Ask) -> tuple[hb.Learner, hb.DriftStream]:
    """A boundary that jumps, and who has to follow it."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=3_000, noise=0.05, rng=0)
    return hb.Learner(hb.mlp(stream, hidden=[16], rng=0)), stream


def filmstrip(ask: Ask) -> Drawn:
    """The decision boundary before a drift, at it, and after."""
    learner, stream = _turning(ask)
    figure = hb.plots.filmstrip(learner, stream, size=ask.size(10.0, 3.8))
    right = {ax.get_title().split(":")[0]: float(ax.get_title().split()[1]) for ax in figure.axes}
    before, at, _, after = right.values()
    alt = (f"The boundary of a learner that learns sample after sample, and the true one. Before the drift they agree "
           f"({before:.2f} right), at the drift the truth has jumped ({at:.2f}), 1,000 samples later the learner has "
           f"followed it ({after:.2f}).")
    return Drawn(figure, alt, {"before": before, "at_drift": at, "after_1000": after})


def film(ask: Ask) -> Drawn:
    """The same as an animation."""
    learner, stream = _turning(ask)
    moving = hb.plots.film(learner, stream, QUICK_FILM if ask.quick else None, size=ask.size(9.0, 5.2))
    return Drawn(moving, "A decision boundary that follows a true one after it has jumped, and the share of right "
                         "predictions, which falls at the jump and comes back.", {})


def loop(ask: Ask) -> Drawn:
    """The continuous-training loop."""
    ax = hb.plots.loop(ax=ask.axes())
    return Drawn(ax.figure, "A loop of eight boxes: stream, predict, score, monitor, decide, train, validate, deploy, "
                            "and back to predict; from train to deploy it takes the cycle time.", {})


def dashboard(ask: Ask) -> Drawn:
    """One run on one page."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(11), hb.SEA(7)], at=[5_000, hb.Gradual(10_000, width=2_000)], noise=0.1,
                            rng=0)
    run = hb.run(hb.Learner(hb.mlp(stream, hidden=[16], rng=0)), stream, hb.OnDrift(hb.DDM()), launch=2_000,
                 window=1_000, cycle_time=500)
    figure = hb.plots.dashboard(run, window=500, size=ask.size(13.3, 7.5))
    numbers = run.summary()
    alt = (f"One run on one page. Left its accuracy, {numbers['accuracy']:.2f} in all, and the concepts that ruled; "
           f"right its errors, the number that the detector watches, and its {numbers['alarms']} alarms and "
           f"{numbers['retrainings']} new models.")
    return Drawn(figure, alt, {name: numbers[name] for name in ("accuracy", "alarms", "retrainings")})


def season(ask: Ask) -> Drawn:
    """Variants that come and go, and a model that is always made for the one before."""
    variants: list[hb.concepts.Concept] = [hb.concepts.RandomRBF(0, 40, n_classes=10)]
    for swap in SWAPS:
        variants.append(hb.concepts.Relabelled(variants[-1], swap))
    first = LAUNCH + 2_500
    stream = hb.DriftStream(variants, [hb.Gradual(first + REIGN * k, width=1_000) for k in range(len(SWAPS))], rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[32], rng=0))
    runs = {name: hb.sweep(learner, stream, hb.Periodic(REIGN), seeds=ask.seeds, launch=LAUNCH, window=300,
                           cycle_time=1_200, steps=first + REIGN * len(SWAPS), warm_start=warm).runs["periodic"]
            for name, warm in (("small change", True), ("from scratch", False))}
    figure = hb.plots.season(hb.Sweep.of(runs), size=ask.size())
    numbers = _lateness(runs)
    alt = (f"Six variants dominate one after another; the model in use is made for the one before for "
           f"{numbers['late']:,.0f} of every {REIGN:,} samples. Then its accuracy is {numbers['behind']:.2f}, else "
           f"{numbers['up_to_date']:.2f}; guessing the commonest class gives {numbers['majority']:.2f}. Trained from "
           f"scratch it is {numbers['scratch_up_to_date']:.2f} where it is up to date.")
    return Drawn(figure, alt, numbers)


def _lateness(runs: dict[str, list[hb.Run]]) -> dict[str, float | int | None]:
    """How late a model is, and how good it is while it is late and while it is not."""
    run = runs["small change"][0]
    world, made = dominant(run), made_for(run)
    late = np.zeros(len(run.predictions), dtype=bool)
    for reign in behind(world, made):
        late[reign.start - run.launch : reign.stop - run.launch] = True
    boosted = np.arange(len(late)) + run.launch >= made[1].start  # a new model serves
    right = {name: np.mean([run.correct for run in seeds], axis=0) for name, seeds in runs.items()}
    majority = np.mean([run.baseline("majority") for run in runs["small change"]], axis=0)
    small, scratch = right["small change"], right["from scratch"]
    delays = [at - reign.start for reign, at in lateness(world, made) if at is not None]
    return {"late": float(np.mean(delays)), "share_late": float(late.mean()),
            "launched": float(small[~boosted & ~late].mean()), "behind": float(small[late].mean()),
            "up_to_date": float(small[~late & boosted].mean()), "scratch_behind": float(scratch[late].mean()),
            "scratch_up_to_date": float(scratch[~late & boosted].mean()),
            "majority": float(majority.mean()), "chance": 1 / len(run.classes),
            "best": float(np.mean(run.truth["bayes"][run.launch :]))}


RECIPES = (
    Recipe("decay", "a model that is left alone goes stale; three ways back", decay, seeds=10, quick=3,
           claims=(4,), seconds=3),
    Recipe("recovery", "how deep a drift cuts, and how long each policy takes to come back", recovery, seeds=10,
           quick=3, claims=(4,), seconds=3),
    Recipe("world", "what the world does: every kind of drift, how it comes and what it changes", world, claims=(3,),
           seconds=2),
    Recipe("filmstrip", "the decision boundary before, at and after a drift", filmstrip, seconds=1),
    Recipe("film", "the same, moving", film, seconds=9),
    Recipe("loop", "the continuous-training loop, and what each step is called here", loop, claims=(6,), seconds=1),
    Recipe("dashboard", "one run on one page: accuracy, the world, and what the detector saw", dashboard, seconds=1),
    Recipe("season", "a model made for the last variant is better than nothing, and late", season, seeds=10, quick=2,
           claims=(1,), seconds=12),
)
