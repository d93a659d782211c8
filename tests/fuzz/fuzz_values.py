"""What is put into the doors: anything at all, and what fits, so that both get past the first check."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet import concepts, schedules


class Own(Exception):
    """Raised by an object that was handed in: it comes out as it is."""


class Raises:
    """Fails at every question."""

    def __float__(self) -> float:
        raise Own

    def __index__(self) -> int:
        raise Own

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Own


class Lies:
    """Answers every question with what is no answer."""

    def __float__(self) -> Any:
        return "1"

    def __index__(self) -> Any:
        return 0.5

    def __array__(self, *_: Any, **__: Any) -> Any:
        return None

    def __fspath__(self) -> Any:
        return 3

    def __repr__(self) -> str:
        return "one\ntwo" * 1_000


class Truthless:
    """Neither true nor false."""

    def __bool__(self) -> bool:
        raise ValueError("neither")


numbers = st.one_of(
    st.integers(), st.integers(-3, 12), st.floats(), st.floats(-2.0, 2.0), st.booleans(), st.none(),
    st.sampled_from([np.float32(0.5), np.int8(3), np.float64("nan"), np.bool_(True), 10**12, 2**53 + 1, 10**400, -0.0,
                     5e-324, 1e308, 1j, np.complex128(1j), np.datetime64("2020"), "1", b"1", "0.5"]))
objects = st.sampled_from([
    Raises(), Lies(), Truthless(), object(), len, hb.SGD(), hb.Adam, hb.Oja(), hb.Gradient(), hb.CrossEntropy(),
    hb.Backprop(), hb.SEA(), hb.Abrupt(3), hb.ADWIN, hb.Never(), float, ..., np.array(object()), range(3)])
text = st.text(st.characters(exclude_characters="/\\"), max_size=5)  # no names of files but in the working directory
leaves = st.one_of(numbers, text, objects)
anything = st.recursive(leaves, lambda inner: st.one_of(st.lists(inner, max_size=4), st.tuples(inner, inner),
                                                        st.dictionaries(text, inner, max_size=2)))
shapes = st.lists(st.integers(0, 5), max_size=3).map(tuple)
kinds = st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?", "O", "U3", "S2", "c16", "M8[s]", "m8[s]", "V4", ">f8",
                         "g", [("a", "f8")]])


@st.composite
def arrays(draw: Any) -> Any:
    """Arrays of any kind and shape, often one that fits, seldom finite all over."""
    shape = draw(st.one_of(shapes, st.tuples(st.integers(0, 6), st.just(3)), st.tuples(st.integers(0, 6))))
    kind = draw(st.one_of(st.just("f8"), st.just("i8"), kinds))
    values = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 3, shape).astype("f8")
    if values.size and draw(st.booleans()):
        values.flat[draw(st.integers(0, values.size - 1))] = draw(st.floats())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = values.astype(kind)
        except (TypeError, ValueError):
            made = np.zeros(shape, kind)
    return draw(st.sampled_from([made, made[::-1] if made.ndim else made, np.asfortranarray(made), made.tolist()]))


data = st.one_of(arrays(), anything)

# ---------------------------------------------------------------- what fits

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(np.int64)


class Guess:
    """The cheapest learner that a run accepts."""

    n_inputs, n_classes = 3, 2

    def learn(self, X: Any, y: Any, **_: Any) -> None:
        pass

    def predict(self, X: Any) -> np.ndarray:
        return np.zeros(len(X), np.int64)

    def copy(self) -> Guess:
        return self


def network(n_out: int = 2, readout: str = "softmax") -> hb.Network:
    return hb.Network(3, [hb.Dense(4), hb.Dense(n_out, readout)], rng=0)


def learner(**how: Any) -> hb.Learner:
    how.setdefault("compiled", None if "HEBBNET_FUZZ" in os.environ else False)
    return hb.Learner(how.pop("network", None) or network(), **how)


def stream() -> hb.DriftStream:
    return hb.DriftStream([hb.SEA(7), hb.SEA(9)], at=[20], rng=0)


def table() -> Any:
    return hb.from_arrays(X, Y)


def one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def made(*makers: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(makers).map(lambda make: make())


small = st.integers(0, 12)
share = st.floats(0.0, 1.0)
concept = one(hb.SEA(8), hb.SEA(9), hb.STAGGER(1), hb.RotatingBoundary(0.3), concepts.LED(), concepts.Friedman(),
              concepts.Circles(1), concepts.Noisy(hb.SEA(8), 0.1), concepts.Gauss(), concepts.Sine(1))
# A parameter is called the same wherever it means the same.
FITS: dict[str, st.SearchStrategy[Any]] = {
    "n": small, "k": small, "units": small, "n_inputs": small, "seeds": st.integers(0, 2), "steps": st.integers(0, 40),
    "launch": small, "window": small, "every": small, "width": small, "position": small, "epochs": st.integers(0, 2),
    "batch_size": small, "arrival": small, "label_delay": small, "cycle_time": small, "validate": small,
    "columns": st.integers(1, 3), "reference": st.integers(2, 9), "stat_size": small, "window_size": st.integers(2, 40),
    "rng": small, "seed": small, "d": small, "times": small, "within": small, "bins": small,
    "rate": share, "noise": share, "alpha": share, "beta": share, "delta": share, "decay": share, "p": share,
    "arl0": st.sampled_from([20, 100.0]), "length": st.integers(0, 200), "resamples": small,
    "activation": one("tanh", "relu", "identity", "softmax", "sigmoid"), "init": one(None, "glorot", "he", "zeros"),
    "direction": one("both", "worse", "better"), "bias": st.booleans(),
    "rule": made(hb.Gradient, hb.Hebb, hb.Oja, hb.rules.BCM, lambda: "delta"),
    "signal": made(hb.CrossEntropy, hb.SquaredError, hb.Teacher, hb.RightWrong),
    "credit": made(hb.Backprop, hb.FeedbackAlignment, hb.Unsupervised, hb.NodePerturbation),
    "optimizer": one(hb.SGD(), hb.Adam(), "keep", "fresh"), "schedule": one(schedules.Cosine(10), None),
    "surprise": one(None, hb.Surprise()), "network": made(network),
    "layers": one([hb.Dense(2)], (hb.Dense(3), hb.Dense(2))),
    "learner": made(learner, Guess), "stream": made(stream, table), "streams": made(stream, table),
    "policy": made(hb.Never, hb.Always, lambda: hb.Periodic(5), lambda: hb.OnDrift(hb.DDM())),
    "policies": one([hb.Never()], {"a": hb.Never(), "b": hb.Periodic(5)}),
    "detector": made(hb.DDM, hb.ADWIN, lambda: hb.detectors.KS(3), lambda: hb.PageHinkley(direction="worse")),
    "a": one("a"), "b": one("b"), "metric": one("accuracy", "alarms"), "of": one("before", "bayes"), "to": one(None, 1),
    "below": share, "tau": st.floats(1, 50), "half_life": st.floats(1, 50), "updates": small, "level": one(None, 0.8),
    "drift": small, "n_classes": small, "number": small, "keep": small, "least": small, "most": small, "size": small,
    "cue": one([1, -1, 0]), "state": one([1, -1, 1]), "served": one(X, X[:5]), "source": made(stream, table),
    "weights": one([1.0, -1.0], (0.5,)), "segments": one([(9, 0.2)], [(5, 0.1), (5, 0.5)]), "clip": one(None, 1.0),
    "X": st.sampled_from([X, X[:5]]), "x": st.sampled_from([X[0], 0.5, 1]), "xs": one([0.0, 1.0], X, np.zeros(50)),
    "y": st.sampled_from([Y, Y[:5]]), "correct": one(Y, Y[:5], Y[None].astype(float)), "predicted": one(Y, 1 - Y),
    "probabilities": one(np.full((40, 2), 0.5)), "activity": one(X), "patterns": one(np.sign(X)),
    "hidden": one([4], (3, 2), 5),
    "concept": concept, "visitor": concept, "other": concept, "old": concept, "new": concept,
    "concepts": st.lists(concept, min_size=1, max_size=3),
    "at": st.one_of(small, st.lists(st.integers(0, 40), max_size=2), one([hb.Gradual(20, 5)], [hb.Abrupt(9)])),
    "on": one("errors", "confidence", "features"), "order": one([1, 0], (0, 1, 2)), "shares": one([0.5, 0.5]),
    "grid": one(5, [10, 20]), "price": share, "omega": share, "period": small, "values": one(["a", "b"]),
    "people": one(["Jane", "Joe"]), "name": one("Jane", "a", "x1"), "attribute": one(None, "food"),
    "classes": one([0, 1], None), "target": one(None, "y", "a"), "drop": one((), "a", ["a"]),
    "delimiter": one(None, ",", "tab"),
    "reversed": st.booleans(), "part": one("train", "test"), "by": share, "column": small,
    "moved": one(None, 0.5), "baseline": one("stimulus", "none", "mean"), "mode": one("async", "sync", "both"),
}


def given_to(parameter: Any) -> st.SearchStrategy[Any]:
    """What fits a parameter, twice as often as anything else."""
    fits = FITS.get(parameter.name)
    if parameter.default is not parameter.empty:
        fits = st.just(parameter.default) if fits is None else st.one_of(fits, st.just(parameter.default))
    return data if fits is None else st.one_of(fits, fits, data)
