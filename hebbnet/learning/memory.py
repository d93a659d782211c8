"""An associative memory of facts: who likes which colour, written into one matrix of weights by a rule of choice.

A name becomes a vector k, its code; a value is one output neuron, a column of W (d, V). Asked, the memory gives the
neuron of the highest score, u = k W. Told, it changes every neuron by its signal, the same Hebbian product for every
rule:

    W <- (1 - decay) W + rate k^T signal

and a rule is a signal: what each value's neuron is told. Nothing is looked up anywhere: all facts share the same
weights, and what they do to each other there is crosstalk.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable
from copy import deepcopy
from functools import lru_cache
from hashlib import shake_256
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import checks, seeds

Vector = NDArray[np.float64]

STEM = 3  # names are similar when so many first letters agree


def hebb(told: Vector, scores: Vector) -> Vector:
    """The value told, whatever was known: signal = told."""
    return told


def delta(told: Vector, scores: Vector) -> Vector:
    """What is missing to a score of 1, and of 0 elsewhere: signal = told - scores."""
    return told - scores


def softmax(told: Vector, scores: Vector) -> Vector:
    """The gradient of the cross-entropy: signal = told - p."""
    return told - _probabilities(scores)


def perceptron(told: Vector, scores: Vector) -> Vector:
    """Nothing while the value told wins; else up with it, and down with its rival."""
    others = np.where(told, -np.inf, scores)
    if scores @ told > (others.max() if len(scores) > 1 else 0.0):
        return np.zeros_like(told)
    return np.where(told, 1.0, -_one_hot(others.argmax(), len(told)))


def right_wrong(told: Vector, scores: Vector) -> Vector:
    """The answer alone: +1 when it was right, -1 when it was wrong."""
    answer = scores.argmax()
    return float(2.0 * told[answer] - 1.0) * _one_hot(answer, len(told))


def surprise(told: Vector, scores: Vector) -> Vector:
    """The answer alone: R - p, reward (1 right, 0 wrong) minus the reward expected, its own probability."""
    answer = scores.argmax()
    return float(told[answer] - _probabilities(scores)[answer]) * _one_hot(answer, len(told))


RULES: dict[str, Callable[[Vector, Vector], Vector]] = {
    "hebb": hebb, "delta": delta, "softmax": softmax, "perceptron": perceptron, "right_wrong": right_wrong,
    "surprise": surprise,
}


class FactMemory:
    """Facts about names, told one at a time and told anew when the world changes.

    Parameters
    ----------
    d : int
        Length of a code: the memory holds some d facts.
    rule : {"delta", "hebb", "softmax", "perceptron", "right_wrong", "surprise"}
        What each value's neuron is told (the functions of this module say it). "delta" corrects a fact at one
        telling (Widrow & Hoff 1960); "hebb" counts the tellings, so that an old fact outweighs a new one until that
        has been told as often; "right_wrong" rewards and punishes its own answer, and never gets all facts right.
    rate : float
        Step of one telling; a code has length 1, so "delta" is stable below 2, and exact at 1.
    decay : float in [0, 1]
        Fraction of all weights forgotten at each telling.
    values : iterable
        Values to know from the start; others join when they are told. While it knows a single value, a memory cannot
        be wrong, and "softmax" and "surprise" learn from nothing else: name two at least for those.
    binding : {"product", "sum"}
        How the codes of a name and of an attribute become one. A sum cannot store a table: scores are then linear in
        name and attribute, and no such scores give (Jane, food) and (Joe, drink) one value and the other two another.
    similarity : float in [0, 1]
        Chance of each entry of a code to be that of the name's first three letters: similar names (Jane, Janet) then
        agree in the fraction similarity^2 of their codes, and a rule that only counts confuses them.
    threshold : float
        An answer is "I don't know" (None) when its margin is below `threshold` times the noise: the spread of the
        scores that a name never told would get.
    rng : seed
        Seeds the codes. A code depends on this number and on the text only: the same in every process.

    Attributes
    ----------
    W : ndarray (d, V)
        The weights; column j belongs to `values[j]`.
    values : list
        The values heard of: those given, then the others in the order of hearing.

    Examples
    --------
    >>> import hebbnet as hb
    >>> memory = hb.FactMemory(rng=0)
    >>> memory.tell("Jane", "green")
    >>> memory.tell("Joe", "purple")
    >>> memory.ask("Jane")
    'green'
    >>> memory.tell("Jane", "purple")
    >>> memory.ask("Jane"), memory.ask("Zoe")
    ('purple', None)
    >>> memory.tell("Jane", "food", "bread")
    >>> memory.ask("Jane", "food")
    'bread'
    """

    def __init__(self, d: int = 100, *, rule: str = "delta", rate: float = 1.0, decay: float = 0.0,
                 values: Iterable[Hashable] = (), binding: str = "product", similarity: float = 0.0,
                 threshold: float = 2.5, rng: Any = None) -> None:
        self.d = checks.whole(d, "d", low=1, high=checks.MAX_SIZE)
        self.rule = checks.choice(rule, RULES, "rule")
        self.rate = checks.number(rate, "rate", above=0.0)
        self.decay = checks.number(decay, "decay", low=0.0, high=1.0)
        self.binding = checks.choice(binding, ("product", "sum"), "binding")
        self.similarity = checks.number(similarity, "similarity", low=0.0, high=1.0)
        self.threshold = checks.number(threshold, "threshold", low=0.0)
        self.seed = seeds.root(rng)
        if rule == "delta" and self.rate >= 2.0:
            warnings.warn(f"rate {rate:g}: the delta rule diverges at a rate of 2 and above (a code has length 1); "
                          "1 learns a fact at one telling", stacklevel=2)
        given = checks.several(values, "values", "such as 'red' and 'green'")
        self.values: list[Hashable] = list(dict.fromkeys([_value(value) for value in given]))
        self.W = np.zeros((self.d, len(self.values)))
        self._told: dict[tuple[str, str | None], Hashable] = {}  # for `table` alone; no answer comes from here

    def tell(self, name: str, *fact: Any) -> None:
        """Learn a fact: `tell(name, value)` or `tell(name, attribute, value)`; a value is anything hashable."""
        if len(fact) not in (1, 2):
            raise checks.InputError("tell: expected (name, value) or (name, attribute, value), "
                                    f"got {1 + len(fact)} argument(s)")
        attribute, value = (None, *fact)[-2:]
        key, value = self.key(name, attribute), _value(value)
        column = self._column(value)
        told = _one_hot(column, len(self.values))
        signal = RULES[self.rule](told, key @ self.W)
        self.W *= 1.0 - self.decay
        self.W += self.rate * np.outer(key, signal)
        self._told[name, attribute] = value

    def ask(self, name: str, attribute: str | None = None) -> Any:
        """The value of the highest score; None, "I don't know", when the margin is below `threshold` x `noise`."""
        scores = self.scores(name, attribute)
        margin = _margin(scores)
        known = margin > 0.0 and margin >= self.threshold * self.noise
        return self.values[scores.argmax()] if known else None

    def margin(self, name: str, attribute: str | None = None) -> float:
        """The highest score minus the second highest; minus 0 while there is one value, and 0 while there is none."""
        return _margin(self.scores(name, attribute))

    def scores(self, name: str, attribute: str | None = None) -> Vector:
        """One number for each of `values`, shape (V,): u = k W."""
        return self.key(name, attribute) @ self.W

    @property
    def noise(self) -> float:
        """Standard deviation of the score that a name never told gets: crosstalk, sqrt(mean_j |W_j|^2 / d)."""
        return float(np.sqrt((self.W**2).mean())) if self.W.size else 0.0

    def key(self, name: str, attribute: str | None = None) -> Vector:
        """The code of a name, or of a name and an attribute bound together, shape (d,), length 1."""
        key = self._name(_text(name, "name"))
        if attribute is None:
            return key / sqrt(self.d)
        other = code("attribute " + _text(attribute, "attribute"), self.d, self.seed)
        bound = key * other if self.binding == "product" else key + other
        return bound / (float(np.linalg.norm(bound)) or 1.0)  # two codes can cancel when d is small

    def table(self) -> list[dict[str, Any]]:
        """All facts, a dict each: name, attribute, what was told last, the answer now, and its margin."""
        return [{"name": name, "attribute": attribute, "told": value, "answer": self.ask(name, attribute),
                 "margin": self.margin(name, attribute)} for (name, attribute), value in self._told.items()]

    def copy(self) -> FactMemory:
        """A memory of its own, with the same facts and the same codes."""
        return deepcopy(self)

    def __repr__(self) -> str:
        return (f"FactMemory(d={self.d}, rule={self.rule!r}, rate={self.rate:g}, decay={self.decay:g}): "
                f"{len(self._told)} facts, {len(self.values)} values")

    def _name(self, name: str) -> Vector:
        """The name's signs; a fraction of them, at places of its own, is its stem's."""
        own = code("name " + name, self.d, self.seed)
        if not self.similarity:
            return own
        shared = draws("places " + name, self.d, self.seed) < self.similarity
        return np.where(shared, code("stem " + name[:STEM], self.d, self.seed), own)

    def _column(self, value: Hashable) -> int:
        """Where the value's neuron is; a new one begins with weights of 0."""
        if value not in self.values:
            self.values.append(value)
            self.W = np.c_[self.W, np.zeros(self.d)]
        return self.values.index(value)


@lru_cache(maxsize=10_000)
def code(text: str, d: int, seed: int) -> Vector:
    """d signs, +1 or -1, as if drawn at random, that depend on the text and the seed only."""
    signs = np.where(draws(text, d, seed) < 0.5, -1.0, 1.0)
    signs.flags.writeable = False
    return signs


def draws(text: str, d: int, seed: int) -> Vector:
    """d numbers in [0, 1), as if drawn at random, that depend on the text and the seed only."""
    digest = shake_256(f"{seed} {text}".encode("utf-8", "surrogatepass")).digest(4 * d)
    return np.frombuffer(digest, "<u4") / 2.0**32


def _margin(scores: Vector) -> float:
    first, second = (*np.sort(scores)[::-1], 0.0, 0.0)[:2]
    return float(first - second)


def _one_hot(j: int | np.integer, n: int) -> Vector:
    hot = np.zeros(n)
    hot[j] = 1.0
    return hot


def _probabilities(scores: Vector) -> Vector:
    odds: Vector = np.exp(scores - scores.max())
    return odds / float(odds.sum())


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise checks.InputError(f"{what}: expected a text of at least one letter, got {value!r}")
    return value


def _value(value: Any) -> Hashable:
    try:
        hash(value)
        usable = value is not None and bool(value == value)  # NaN is not
    except TypeError:
        usable = False
    if not usable:
        raise checks.InputError(f"value: expected a text, a number or the like (hashable), got {value!r}; None is the "
                                "answer that means: I don't know")
    found: Hashable = value
    return found
