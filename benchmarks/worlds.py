"""Fifteen generated worlds of varied character, on which the learner's defaults are chosen: no real data, and no copy
of any.

A world is a function of a random generator that gives X (ROWS, d) and y (ROWS,). `draw(name, k)` is its k-th draw: the
same rows wherever and whenever it is made, whatever other worlds there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import hebbnet as hb
from hebbnet.engine import seeds
from hebbnet.streams.concepts import Concept
from hebbnet.streams.drift import Drift
from hebbnet.streams.stream import Stream
from hebbnet.streams.tables import from_arrays

ROWS = 10_000
SEED = 0
QUARTERS = [ROWS // 4, ROWS // 2, 3 * ROWS // 4]

Rows = tuple[np.ndarray, np.ndarray]
Make = Callable[..., Rows]


@dataclass(frozen=True)
class World:
    """What it looks like, how to make it, and whether its rows resemble the rows before them."""

    character: str
    make: Make
    autocorrelated: bool


WORLDS: dict[str, World] = {}


def draw(name: str, k: int = 0, **settings: float) -> Stream:
    """The k-th draw of a world, as a stream; `settings` are for worlds that have some."""
    X, y = WORLDS[name].make(seeds.child(SEED, name, k), **settings)
    return from_arrays(X, y)


def world(name: str, character: str, autocorrelated: bool = False) -> Callable[[Make], Make]:
    """Enter a function into WORLDS."""
    def enter(make: Make) -> Make:
        WORLDS[name] = World(character, make, autocorrelated)
        return make
    return enter


# ---------------------------------------------------------------- the package's own streams


def drifting(concepts: list[Concept], at: list[int] | list[Drift], noise: float, rng: np.random.Generator) -> Rows:
    """The first rows of a stream that passes through these concepts."""
    batch = hb.DriftStream(concepts, at=at, noise=noise, rng=rng).take(ROWS)
    return batch.X, batch.y


@world("SEA, abrupt", "thresholds 8, 9, 7, 9.5; three sudden drifts; label noise 10 %")
def sea_abrupt(rng: np.random.Generator) -> Rows:
    return drifting([hb.SEA(theta) for theta in (8, 9, 7, 9.5)], QUARTERS, 0.1, rng)


@world("SEA, gradual and noisy", "threshold 6 gives way to 11 over 4,000 rows; label noise 20 %")
def sea_gradual(rng: np.random.Generator) -> Rows:
    return drifting([hb.SEA(6), hb.SEA(11)], [hb.Gradual(3 * ROWS // 10, width=4 * ROWS // 10)], 0.2, rng)


@world("STAGGER", "three logical rules on one-hot inputs, two sudden drifts; no noise")
def stagger(rng: np.random.Generator) -> Rows:
    return drifting([hb.STAGGER(k) for k in (1, 2, 3)], [ROWS // 3, 2 * ROWS // 3], 0.0, rng)


@world("boundary, abrupt turns", "a line through 2 dimensions turns by 60 degrees, three times; label noise 5 %")
def turns(rng: np.random.Generator) -> Rows:
    return drifting([hb.RotatingBoundary(k * np.pi / 3) for k in range(4)], QUARTERS, 0.05, rng)


@world("boundary, slowly turning", "the same line turns by 360 degrees without a pause; label noise 5 %")
def turning(rng: np.random.Generator) -> Rows:
    once_round = [hb.RotatingBoundary(0), hb.RotatingBoundary(2 * np.pi)]
    return drifting(once_round, [hb.Incremental(0, width=ROWS)], 0.05, rng)


# ---------------------------------------------------------------- other shapes


@world("hyperplane", "10 inputs; the plane's weights wander at random; label noise 5 %")
def hyperplane(rng: np.random.Generator) -> Rows:
    X = rng.random((ROWS, 10))
    w = rng.random(10) + np.cumsum(0.01 * rng.standard_normal((ROWS, 10)), axis=0)
    clean = ((X - 0.5) * w).sum(axis=1) > 0
    return X, turned(clean, 0.05, rng)


@world("mixture, static", "4 classes, each 3 Gaussian clouds in 5 dimensions; no drift")
def mixture_static(rng: np.random.Generator) -> Rows:
    return clouds(rng, speed=0.0)


@world("mixture, drifting", "the same, the clouds flying through a box and bouncing off its walls")
def mixture_drifting(rng: np.random.Generator) -> Rows:
    return clouds(rng, speed=3.0 / ROWS)


@world("sine", "above or below a sine curve in the unit square; the sides change places half-way; label noise 5 %")
def sine(rng: np.random.Generator) -> Rows:
    X = rng.random((ROWS, 2))
    above = X[:, 1] > 0.5 + 0.3 * np.sin(3 * np.pi * X[:, 0])
    return X, turned(above ^ (np.arange(ROWS) >= ROWS // 2), 0.05, rng)


@world("checkerboard", "3 x 3 squares, the classes by turns; no drift, no noise")
def checkerboard(rng: np.random.Generator) -> Rows:
    X = rng.random((ROWS, 2))
    return X, np.floor(3 * X).sum(axis=1).astype(np.int64) % 2


@world("rare class", "one row in ten is of class 1, a Gaussian cloud that drifts past the cloud of class 0")
def rare_class(rng: np.random.Generator) -> Rows:
    y = (rng.random(ROWS) < 0.1).astype(np.int64)
    angle = np.linspace(0, np.pi, ROWS)
    centre = 2 * np.stack([np.cos(angle), np.sin(angle), np.ones(ROWS), np.zeros(ROWS)], axis=1)
    return rng.standard_normal((ROWS, 4)) + y[:, None] * centre, y


@world("irrelevant inputs", "x1 + x2 x3 > 0, and 30 more inputs that mean nothing; no drift; label noise 5 %")
def irrelevant(rng: np.random.Generator) -> Rows:
    X = rng.standard_normal((ROWS, 33))
    return X, turned(X[:, 0] + X[:, 1] * X[:, 2] > 0, 0.05, rng)


SEGMENTS = np.array([[int(lit) for lit in digit] for digit in (
    "1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011")])


@world("digits", "10 digits on a seven-segment display, each bit wrong in 10 %; 10 random bits; rewired half-way")
def digits(rng: np.random.Generator) -> Rows:
    y = rng.integers(10, size=ROWS)
    bits = np.concatenate([SEGMENTS[y] ^ (rng.random((ROWS, 7)) < 0.1), rng.integers(2, size=(ROWS, 10))], axis=1)
    bits[ROWS // 2 :] = bits[ROWS // 2 :, rng.permutation(17)]
    return bits.astype(np.float64), y


# ---------------------------------------------------------------- autocorrelated: rows resemble those before them


@world("long runs", "the label lasts 10 rows on average; 8 slow inputs depend on it weakly", autocorrelated=True)
def long_runs(rng: np.random.Generator, length: float = 10) -> Rows:
    y = np.cumsum(rng.random(ROWS) < 1 / length) % 2
    strength = rng.uniform(0.0, 0.6, 8)
    return autoregressive(ROWS, 8, 0.95, rng) + strength * (2 * y - 1)[:, None], y


@world("seasons", "is a quantity of daily and weekly cycle, trend and memory above its mean of the last week? Clock, "
                  "day and 5 bad sensors of sizes from 1/1,000 to 100,000, with heavy tails and wandering gains",
       autocorrelated=True)
def seasons(rng: np.random.Generator) -> Rows:
    day, week = 24, 7 * 24
    t = np.arange(-week, ROWS)
    quantity = (np.sin(2 * np.pi * t / day) + 0.5 * np.sin(2 * np.pi * t / week) + 3.0 * t / ROWS
                + autoregressive(len(t), 1, 0.9, rng)[:, 0])
    total = np.concatenate([[0.0], np.cumsum(quantity)])
    above = quantity[week:] > (total[week:-1] - total[:-week - 1]) / week
    t, quantity = t[week:], quantity[week:, None]
    gain = 1.0 + np.cumsum(0.01 * rng.standard_normal((ROWS, 5)), axis=0)
    sensors = (gain * quantity + rng.standard_t(2, (ROWS, 5))) * 10.0 ** np.array([-3, -1, 1, 3, 5])
    return np.column_stack([t % day, t // day % 7, sensors]), above.astype(np.int64)


# ---------------------------------------------------------------- parts


def turned(clean: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    """Labels of two classes, the share `noise` of them wrong."""
    return (clean ^ (rng.random(len(clean)) < noise)).astype(np.int64)


def clouds(rng: np.random.Generator, speed: float) -> Rows:
    """4 classes x 3 Gaussian clouds in the unit cube of 5 dimensions, each flying its own way."""
    start, way = rng.random((12, 5)), rng.standard_normal((12, 5))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    cloud = rng.integers(12, size=ROWS)
    path = (start[cloud] + speed * np.arange(ROWS)[:, None] * way[cloud]) % 2.0
    centre = np.minimum(path, 2.0 - path)  # a path straight on, folded: it bounces off the walls at 0 and 1
    return centre + 0.15 * rng.standard_normal((ROWS, 5)), cloud % 4


def autoregressive(n: int, d: int, rho: float, rng: np.random.Generator) -> np.ndarray:
    """d independent series x_t = rho x_(t-1) + e_t of variance 1: (n, d)."""
    x = rng.standard_normal((n, d))
    x[1:] *= np.sqrt(1 - rho**2)
    for t in range(1, n):
        x[t] += rho * x[t - 1]
    return x
