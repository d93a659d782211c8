"""What it takes to change a mind: a fact told anew, and labels that change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import hebbnet as hb

from ..engine import seeds
from ..streams.facts import COLOURS
from .recipe import Ask, Drawn, Recipe

Numbers = dict[str, float | int | None]
LINEAR: dict[str, tuple[str, Any]] = {  # by rule: the activation of the read-out, and the signal
    "RightWrong": ("identity", hb.RightWrong()),
    "RewardPredictionError": ("softmax", hb.RewardPredictionError()),
    "Gradient": ("softmax", hb.CrossEntropy()),
    "Delta rule": ("identity", hb.SquaredError(classes=True)),
    "Hebb, decay .01": ("identity", hb.SupervisedHebb()),
}


def read_out(rule: str, inputs: int, classes: int, rate: float, decay: float = 0.0) -> hb.Learner:
    """A linear read-out without bias that begins at 0, learns by the plain step, and knows no gradient but its own."""
    activation, signal = LINEAR[rule]
    network = hb.Network(inputs, [hb.Dense(classes, activation, bias=False, init="zero")])
    return hb.Learner(network, rule=hb.Gradient(), signal=signal, optimizer=hb.SGD(decay), rate=rate, standardize=False)


# ---------------------------------------------------------------- Jane's favourite colour

TIMES, LENGTH, TELLINGS = (1, 3, 10, 30, 100), 100, 500  # told k times; length of a code; at most told anew


def told(ask: Ask) -> Drawn:
    """30 people's favourite colours in one memory of 30 codes of length 100; then Jane's is another.

    The memory is `hb.FactMemory`'s: its codes, its matrix, its rules at rate 1. The learner tells it faster.
    """
    rules = list(LINEAR)[:4]
    tellings = {rule: np.full((ask.seeds, len(TIMES)), np.inf) for rule in rules}
    right = {rule: np.zeros((ask.seeds, len(TIMES))) for rule in rules}
    for k in range(ask.seeds):
        codes, colours, order, new = _facts(k)
        for rule in rules:
            learner, passes = read_out(rule, LENGTH, len(COLOURS), 1.0), 0
            for i, times in enumerate(TIMES):
                rows = order[passes:times].ravel()
                learner.learn(codes[rows], colours[rows])
                passes = times
                right[rule][k, i] = np.mean(learner.predict(codes) == colours)
                answers = learner.copy().learn(np.tile(codes[0], (TELLINGS, 1)), np.full(TELLINGS, new))
                if (answers == new).any():  # the answer before telling n + 1, after n
                    tellings[rule][k, i] = max(1, np.argmax(answers == new))
    shares = {rule: float(found[:, -1].mean()) for rule, found in right.items()}
    medians = {rule: np.median(found, axis=0) for rule, found in tellings.items()}
    names = {rule: f"{rule}\n({shares[rule]:.0%} right before)" for rule in rules}
    ax = hb.plots.told(TIMES, {names[rule]: found for rule, found in tellings.items()}, ax=ask.axes())
    alt = (f"How often Jane's new favourite colour must be told, by how often the old one was. Told {TIMES[-1]} times "
           f"before, RightWrong needs {medians['RightWrong'][-1]:.0f} tellings (median), RewardPredictionError "
           f"{medians['RewardPredictionError'][-1]:.0f}, the gradient {medians['Gradient'][-1]:.0f}, the delta rule "
           f"{medians['Delta rule'][-1]:.0f}. RightWrong never knew more than {max(right['RightWrong'].mean(0)):.0%} "
           "of the facts.")
    numbers: Numbers = {f"{key(rule)}_{n}": float(medians[rule][i]) for rule in rules for i, n in enumerate(TIMES)}
    numbers |= {f"right_{key(rule)}": share for rule, share in shares.items()}
    return Drawn(ax.figure, alt, numbers)


def _facts(k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """World k: a code for each person, their colours (int), the order of telling in each pass, Jane's next colour."""
    rng, memory, facts = seeds.child(0, "told", k), hb.FactMemory(LENGTH, rng=k), hb.Facts(rng=k)
    colours = np.array([COLOURS.index(colour) for colour in facts.truth().values()])
    order = np.array([rng.permutation(len(colours)) for _ in range(TIMES[-1])])
    new = (colours[0] + rng.integers(1, len(COLOURS))) % len(COLOURS)
    return np.array([memory.key(person) for person in facts.people]), colours, order, int(new)


def key(rule: str) -> str:
    """A rule's name among the numbers."""
    return rule.lower().replace(",", "").replace(" ", "_").replace(".", "")


# ---------------------------------------------------------------- labels that change

TAUGHT, RATES = (500, 2_000, 8_000, 32_000), (1.0, 0.1, 0.1, 0.01, 0.01)
CLASSES, INPUTS, FAR, TESTED = 4, 10, 3.0, 2_000  # classes, dimensions, length of the class means, rows of the test
WITHIN, STEADY, STEP, GROWS = 0.03, 250, 10, 50  # back within; rows before; rows between tests, and their share later


def unlearning(ask: Ask) -> Drawn:
    """Four Gaussian classes, whose labels change round about: how long each rule stays wrong."""
    found = {rule: np.array([list(_recoveries(rule, rate, k, TAUGHT)) for k in range(ask.seeds)])
             for rule, rate in zip(LINEAR, RATES, strict=True)}  # (seeds, K, 2)
    recovery = {rule: both[:, :, 1] for rule, both in found.items()}
    ax = hb.plots.unlearning(TAUGHT, recovery, ax=ask.axes())
    medians = {rule: np.median(rows, axis=0) for rule, rows in recovery.items()}
    before = {rule: float(both[:, -1, 0].mean()) for rule, both in found.items()}
    slopes = {rule: float(np.polyfit(np.log(TAUGHT), np.log(middle), 1)[0]) for rule, middle in medians.items()}
    alt = (f"Samples until a read-out is as good again after its labels have changed, by how long it was taught. After "
           f"{TAUGHT[-1]:,} samples RightWrong takes {medians['RightWrong'][-1]:,.0f} (median), the gradient "
           f"{medians['Gradient'][-1]:,.0f}, the delta rule {medians['Delta rule'][-1]:,.0f}. Accuracy before: "
           f"{before['RightWrong']:.3f}, {before['Gradient']:.3f}, {before['Delta rule']:.3f}.")
    numbers: Numbers = {f"{key(rule)}_{n}": float(medians[rule][i]) for rule in LINEAR for i, n in enumerate(TAUGHT)}
    for what, values in (("slope", slopes), ("before", before)):
        numbers |= {f"{what}_{key(rule)}": value for rule, value in values.items()}
    return Drawn(ax.figure, alt, numbers)


def _recoveries(rule: str, rate: float, k: int, taught: tuple[int, ...]) -> Iterator[tuple[float, float]]:
    """After each length of teaching: how good it was, and the samples until it is within 3 points of that again.

    These are infinite if it is not after twice as many as it was taught (and 2,000).
    """
    rng, last = seeds.child(0, "unlearning figure", k), taught[-1]
    means = FAR * _corners(rng)
    X, y = _rows(means, 3 * last + 2 * STEADY, rng)
    T, right = _rows(means, TESTED, rng)
    learner, seen = read_out(rule, INPUTS + 1, CLASSES, rate, decay=float(rule.startswith("Hebb"))), 0
    for n in taught:
        learner.learn(X[seen : n - STEADY], y[seen : n - STEADY])
        good = np.mean([_tested(learner, X[t : t + STEP], y[t : t + STEP], T, right)
                        for t in range(n - STEADY, n, STEP)])
        twin, after, seen = learner.copy(), 0, n
        while after < max(2 * n, 2_000):
            rows = slice(n + after, n + after + max(STEP, after // GROWS))
            after += rows.stop - rows.start
            if _tested(twin, X[rows], (y[rows] + 1) % CLASSES, T, (right + 1) % CLASSES) >= good - WITHIN:
                break
        else:
            yield float(good), np.inf
            continue
        yield float(good), float(after)


def _tested(learner: hb.Learner, X: np.ndarray, y: np.ndarray, T: np.ndarray, right: np.ndarray) -> float:
    """Learn some rows; then the accuracy on the rows T."""
    learner.learn(X, y)
    return float(np.mean((T @ learner.network.layers[0].W).argmax(axis=1) == right))


def _corners(rng: np.random.Generator) -> np.ndarray:
    """The corners of a regular simplex around 0, at length 1, turned at random: (CLASSES, INPUTS)."""
    axes = np.linalg.qr(rng.standard_normal((INPUTS, CLASSES)))[0].T
    centred = axes - axes.mean(axis=0)
    corners: np.ndarray = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return corners


def _rows(means: np.ndarray, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of unit variance around the class means, with a 1 behind each, and their classes."""
    y = rng.integers(CLASSES, size=n)
    return np.c_[means[y] + rng.standard_normal((n, INPUTS)), np.ones(n)], y


RECIPES = (
    Recipe("told", "Jane changes her mind: how often must the new colour be told", told, seeds=100, quick=3,
           claims=(10,), seconds=4),
    Recipe("unlearning", "the longer a rule was taught the old labels, the longer it stays wrong, or not", unlearning,
           seeds=10, quick=3, claims=(11,), seconds=5),
)
