"""Whether a layer can still learn, after the world has changed twenty times."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

import hebbnet as hb

from ..engine import seeds
from .recipe import Ask, Drawn, Recipe

CONCEPTS, ROWS, TESTED = 20, 1_500, 500  # rows to learn of each concept, and to test with
PIXELS, USED, KINDS, CLASSES, NEURONS = 64, 20, 60, 10, 40  # pixels, those ever lit, images, their classes, neurons
NOISE, RATE, CONSCIENCE = 0.05, 0.05, 0.5
MEASURES = ("accuracy", "dormant", "effective_rank", "norm")

Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]


def health(ask: Ask) -> Drawn:
    """Images whose pixels are exchanged twenty times: a relu layer under backprop, and layers whose winner learns."""
    ways: dict[str, Callable[[int], list[tuple[float, ...]]]] = {
        "Gradient, relu": _backprop, "Hebb, the winner learns": partial(_winner, conscience=0.0),
        "the same with a conscience": partial(_winner, conscience=CONSCIENCE)}
    found = {way: np.array([measure(k) for k in range(ask.seeds)]) for way, measure in ways.items()}
    measured = {way: {name: values[:, :, i] for i, name in enumerate(MEASURES)} for way, values in found.items()}
    figure = hb.plots.health(measured, size=ask.size(10, 6.2))
    ends = {way: (values[:, 0].mean(axis=0), values[:, -1].mean(axis=0)) for way, values in found.items()}
    (g, g20), (h, h20), (c, c20) = ends.values()
    alt = (f"Three hidden layers over {CONCEPTS} concepts, after the first and after the last. Backprop with relu: "
           f"accuracy {g[0]:.2f} and {g20[0]:.2f}, dormant neurons {g[1]:.0%} and {g20[1]:.0%}. Winner-take-all, each "
           f"neuron given the label it won most often: {h[0]:.2f} and {h20[0]:.2f}, dormant {h[1]:.0%} and "
           f"{h20[1]:.0%}; with a conscience {c[0]:.2f} and {c20[0]:.2f}, dormant {c[1]:.0%} and {c20[1]:.0%}.")
    numbers: dict[str, float | int | None] = {}
    for short, (first, last) in zip(("gradient", "hebb", "conscience"), ends.values(), strict=True):
        for i, name in enumerate(MEASURES):
            numbers |= {f"{name}_{short}_first": float(first[i]), f"{name}_{short}_last": float(last[i])}
    return Drawn(figure, alt, numbers)


def _world(k: int) -> Draw:
    """World k: 60 images, of ten classes, that light 20 of 64 pixels. `draw(n)` gives n noisy ones, of length 1, and
    their classes; `draw(0)` exchanges the pixels first.
    """
    rng = seeds.child(0, "plasticity", k)
    images = rng.random((KINDS, PIXELS)) ** 2 * (np.arange(PIXELS) < USED)
    order = np.arange(PIXELS)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        if not n:
            rng.shuffle(order)
        kind = rng.integers(KINDS, size=n)
        X = images[kind][:, order] + NOISE * rng.standard_normal((n, PIXELS))
        return X / np.linalg.norm(X, axis=1, keepdims=True), kind % CLASSES

    return draw


def _backprop(k: int) -> list[tuple[float, ...]]:
    """One hidden layer of relu neurons and a softmax read-out, with the learner's defaults."""
    draw, found = _world(k), list[tuple[float, ...]]()
    learner = hb.Learner(hb.Network(PIXELS, [hb.Dense(NEURONS, "relu"), hb.Dense(CLASSES, "softmax")], rng=k))
    for _ in range(CONCEPTS):
        draw(0)
        learner.learn(*draw(ROWS))
        T, right = draw(TESTED)
        hidden = learner.trace(T, right).layers[0]
        found.append((learner.accuracy(T, right), *_state(hidden.post, hidden.W)))
    return found


def _winner(k: int, conscience: float) -> list[tuple[float, ...]]:
    """A layer whose winner moves towards the input, from examples; active is who wins. Each neuron is then given the
    label that it won most often, which is the best that a read-out can make of it.
    """
    draw, found = _world(k), list[tuple[float, ...]]()
    network = hb.Network(PIXELS, [hb.Dense(NEURONS, "identity", bias=False)], rng=k)
    rule = hb.rules.Instar(conscience=conscience)
    learner = hb.Learner(network, rule=rule, rate=RATE, standardize=False)
    W = learner.network.layers[0].W
    for concept in range(CONCEPTS):
        draw(0)
        X, y = draw(ROWS)
        if not concept:
            W[:] = X[:NEURONS].T
        learner.learn(X)
        votes = np.zeros((NEURONS, CLASSES))
        np.add.at(votes, ((X @ W).argmax(axis=1), y), 1)
        T, right = draw(TESTED)
        won = (T @ W).argmax(axis=1)
        accuracy = float(np.mean(votes.argmax(axis=1)[won] == right))
        found.append((accuracy, *_state(np.eye(NEURONS)[won], W)))
    return found


def _state(activity: np.ndarray, W: np.ndarray) -> tuple[float, float, float]:
    return hb.metrics.dormant(activity), hb.metrics.effective_rank(activity), float(np.linalg.norm(W))


RECIPES = (
    Recipe("health", "a layer can lose its power to learn: silent neurons, few directions, long weights", health,
           seeds=10, quick=2, seconds=9),
)
