"""What a weight is: one update from inside, roads that widen, growth without end, and what neurons come to look for."""

from __future__ import annotations

import numpy as np

import hebbnet as hb

from ..engine import seeds
from ..plots import style
from .digits import SIDE, printed
from .recipe import Ask, Drawn, Recipe


def step(ask: Ask) -> Drawn:
    """One sample, through a network of 3 inputs, 4 hidden neurons and 2 outputs, which gets it wrong."""
    network = hb.Network(3, [hb.Dense(4, "tanh"), hb.Dense(2, "softmax", init="lecun")], rng=0)
    trace = hb.Learner(network, standardize=False).trace([0.5, -1.0, 2.0], 0)
    hidden, output = trace.layers
    miss = float(np.abs(hidden.dW - np.outer(hidden.pre[0], hidden.signal[0])).max())
    alt = (f"One update of a network 3-4-2. The right class has the probability {output.post[0, 0]:.2f}, so its "
           f"output is told {output.signal[0, 0]:+.2f} and the other {output.signal[0, 1]:+.2f}; the change of every "
           "weight is what its synapse saw times what its neuron was told.")
    return Drawn(hb.plots.step(trace, size=ask.size()), alt,
                 {"p_right": float(output.post[0, 0]), "signal_right": float(output.signal[0, 0]),
                  "largest_dW": float(np.abs(output.dW).max()), "dW_beside_the_product": miss})


# ---------------------------------------------------------------- roads

HOMES, WORKS = ("Ash Hill", "Birch", "Cedar", "Dunes", "Elm Bay"), ("docks", "mill", "school", "tower")
TRIPS, SHARE = 1_000, 0.01  # of a road's width that a trip adds, or that each trip elsewhere takes away


def roads(ask: Ask) -> Drawn:
    """Trips from homes to works. The weight from i to j grows when both are active; all fade a little with each trip.

    That is Hebb's product where a teacher holds post: W_ij becomes the share of the latest trips that go from i to j.
    """
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    before = rng.dirichlet(np.full(len(WORKS), 0.3), len(HOMES)) * rng.dirichlet(np.full(len(HOMES), 3.0))[:, None]
    after = before[:, [2, 1, 3, 0]]  # the works move: who went to the tower goes to the school, and so on
    network = hb.Network(len(HOMES), [hb.Dense(len(WORKS), "identity", bias=False, init="zero")])
    network.layers[0].W[:] = 0.01
    learner = hb.Learner(network, signal=hb.Teacher(), rule=hb.Gradient(), optimizer=hb.SGD(decay=1.0), rate=SHARE,
                         standardize=False)
    maps = [learner.network.layers[0].W.copy()]
    for shares in (before, after):
        i, j = np.unravel_index(rng.choice(shares.size, TRIPS, p=shares.ravel()), shares.shape)
        learner.learn(np.eye(len(HOMES))[i], j)
        maps.append(learner.network.layers[0].W.copy())

    figure, axes = plt.subplots(1, 3, figsize=ask.size(), layout="constrained")
    names = ("before anybody drove", f"after {TRIPS:,} trips", "after the works moved")
    for ax, W, name in zip(axes, maps, names, strict=True):
        hb.plots.roads(learner, use=[W], most=max(float(W.max()) for W in maps), names=(HOMES, WORKS), ax=ax)
        ax.set_title(name, fontsize=style.TEXT, color=style.DARK)
    axes[1].text(0.5, 0.0, "width: the weight, its share of\nthe latest trips; one run",
                 transform=axes[1].transAxes, ha="center", va="top", fontsize=style.SMALL, color=style.GREY)
    busiest = np.unravel_index(before.argmax(), before.shape)
    now, then = (float(W[busiest]) for W in maps[1:])
    fits = [float(np.corrcoef(W.ravel(), shares.ravel())[0, 1]) for W, shares in zip(maps[1:], (before, after),
                                                                                       strict=True)]
    alt = (f"Roads between five homes and four works. At first all are lanes of one width; after {TRIPS:,} trips the "
           f"busiest, {HOMES[busiest[0]]} to {WORKS[busiest[1]]}, has the weight {now:.2f}, and rare ones are thin; "
           f"{TRIPS:,} trips after the works have moved it has {then:.2f}, and others are wide.")
    return Drawn(figure, alt, {"busiest": now, "busiest_after": then, "correlation": fits[0],
                               "correlation_after": fits[1]})


# ---------------------------------------------------------------- growth

INPUTS, ROWS, EVERY, RATE = 10, 1_500, 10, 0.005
SPREADS = np.r_[5.0, 3.0, np.ones(INPUTS - 2)]  # variances along the principal components
TOLD = 0.3  # cosine between what the gradient is told and the first component


def growth(ask: Ask) -> Drawn:
    """A linear neuron on one Gaussian cloud: under Hebb, under Oja, and under the gradient, told w* . x."""
    rules = {"Hebb": hb.Hebb(), "Oja": hb.Oja(), "Gradient": hb.Gradient()}
    weights: dict[str, list[np.ndarray]] = {name: [] for name in rules}
    firsts = []
    for k in range(ask.seeds):
        rng = seeds.child(0, "growth", k)
        axes = np.linalg.qr(rng.standard_normal((INPUTS, INPUTS)))[0]
        X = rng.standard_normal((ROWS, INPUTS)) * np.sqrt(SPREADS) @ axes.T
        told = X @ axes[:, :3] @ np.array([TOLD, 0.0, np.sqrt(1 - TOLD**2)])
        firsts.append(axes[:, 0])
        for name, rule in rules.items():
            weights[name].append(_path(rule, k, X, told if name == "Gradient" else None))
    figure = hb.plots.growth(weights, firsts, every=EVERY, size=ask.size())
    figure.axes[1].set_ylabel("|cos(w, first principal component)|", fontsize=style.TEXT)
    lengths = {name: float(np.median([np.linalg.norm(path[-1]) for path in paths])) for name, paths in weights.items()}
    along = {name: float(np.median([abs(path[-1] @ first) / np.linalg.norm(path[-1])
                                    for path, first in zip(paths, firsts, strict=True)]))
             for name, paths in weights.items()}
    alt = (f"Under Hebb the length of a neuron's weights grows to {lengths['Hebb']:.0e} in {ROWS:,} samples; under Oja "
           f"it comes to {lengths['Oja']:.2f}. Both turn to the first principal component (cosine {along['Oja']:.2f}); "
           f"the gradient goes where it is told (cosine {along['Gradient']:.2f}).")
    return Drawn(figure, alt, {f"{what}_{name.lower()}": value for what, found in (("length", lengths), ("cos", along))
                               for name, value in found.items()})


def _path(rule: hb.rules.Rule, k: int, X: np.ndarray, told: np.ndarray | None) -> np.ndarray:
    """The weights of a linear neuron under a rule, before the first row and after every EVERY rows."""
    neuron = hb.Network(INPUTS, [hb.Dense(1, "identity", bias=False)], rng=k)
    learner = hb.Learner(neuron, rule=rule, rate=RATE, optimizer=hb.SGD(), standardize=False)
    path = [learner.network.layers[0].W[:, 0].copy()]
    for start in range(0, ROWS, EVERY):
        rows = slice(start, start + EVERY)
        learner.learn(X[rows], None if told is None else told[rows])
        path.append(learner.network.layers[0].W[:, 0].copy())
    return np.array(path)


# ---------------------------------------------------------------- fields

IMAGES, NEURONS, BATCH, PASSES, SURE = 1_500, 16, 20, 100, 0.95


def fields(ask: Ask) -> Drawn:
    """Printed digits, seen by 16 neurons that learn without labels: components, and prototypes."""
    images = printed(IMAGES, rng=0)[0]
    centred, units = images - images.mean(axis=0), images / np.linalg.norm(images, axis=1, keepdims=True)
    first = hb.Network(images.shape[1], [hb.Dense(NEURONS, "identity", bias=False)], rng=0)
    examples = first.copy()
    examples.layers[0].W[:] = units[np.random.default_rng(0).choice(len(units), NEURONS, replace=False)].T
    W, C = (_epochs(network, rule, rate, X) for network, rule, rate, X in (
        (first, hb.rules.Sanger(), 0.1, centred), (examples, hb.rules.KrotovHopfield(), 0.02, units)))

    figure = hb.plots.fields({"before: random": first.layers[0].W, "Sanger: components": W,
                              "Krotov-Hopfield: prototypes": C}, (SIDE, SIDE), size=ask.size(10, 4.4))
    axes = np.linalg.eigh(np.cov(centred.T))[1][:, ::-1][:, :NEURONS]
    along = np.abs((W * axes).sum(axis=0)) / np.linalg.norm(W, axis=0)
    sure = int((along > SURE).sum())
    near = float((units @ C).max(axis=1).mean())
    alt = (f"What 16 neurons look for after {PASSES} passes through printed digits without labels. At the left "
           f"random weights; in the middle Sanger's rule, {sure} of whose neurons are principal components (cosine "
           f"above {SURE}); at the right Krotov and Hopfield's, whose weights look like digits.")
    return Drawn(figure, alt, {"components": sure, "cos_first": float(along[0]),
                               "length_prototypes": float(np.linalg.norm(C, axis=0).mean()), "cos_nearest": near})


def _epochs(network: hb.Network, rule: hb.rules.Rule, rate: float, X: np.ndarray) -> np.ndarray:
    """The weights after all passes, while the rate falls to nothing."""
    falling = hb.schedules.Linear(updates=PASSES * -(-len(X) // BATCH))
    learner = hb.Learner(network, rule=rule, rate=rate, schedule=falling, standardize=False)
    learner.learn(X, batch_size=BATCH, epochs=PASSES)
    W: np.ndarray = learner.network.layers[0].W
    return W


RECIPES = (
    Recipe("step", "one update from inside: what a synapse sees, and what it makes of it", step, claims=(11,)),
    Recipe("roads", "connections widen with use, and narrow when the traffic has moved", roads, claims=(8,)),
    Recipe("growth", "Hebb blows up, Oja finds the first component, the gradient goes where it is told", growth,
           seeds=10, quick=3, claims=(8,)),
    Recipe("fields", "what neurons come to look for without labels: components, or prototypes", fields, claims=(8,)),
)
