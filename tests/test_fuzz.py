"""Anything at all into the public doors: what is documented comes out, and what is refused has changed nothing.

HEBBNET_FUZZ=100000 asks for so many examples of each test.
"""

from __future__ import annotations

import inspect
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.learning.learner import Diverged

EXAMPLES = int(os.environ.get("HEBBNET_FUZZ", "60"))
fuzz = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
DOCUMENTED = (hb.InputError, Diverged)

numbers = st.one_of(st.integers(), st.integers(-3, 12), st.floats(), st.floats(-2.0, 2.0), st.booleans(), st.none(),
                    st.sampled_from([np.float32(0.5), np.int8(3), np.float64("nan"), 10**400, 1j, "1", b"1"]))
leaves = st.one_of(numbers, st.text(max_size=5), st.just(object()), st.just(len),
                   st.sampled_from([hb.SGD(), hb.Adam(), hb.Oja(), hb.Gradient(), hb.CrossEntropy(), hb.Backprop()]))
anything = st.recursive(leaves, lambda inner: st.one_of(st.lists(inner, max_size=4), st.tuples(inner, inner),
                                                        st.dictionaries(st.text(max_size=3), inner, max_size=2)))
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

PARTS = [hb.SGD, hb.Momentum, hb.RMSprop, hb.Adam, hb.Oja, hb.Hebb, hb.Gradient, hb.CrossEntropy, hb.Backprop,
         hb.FeedbackAlignment, hb.Surprise, hb.ADWIN, hb.DDM, hb.PageHinkley, hb.Dense, hb.SEA]


def allowed(function: Any, *given: Any, **named: Any) -> Any:
    """What it returns, or the documented refusal: one line. Warnings are documented too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            return function(*given, **named)
        except DOCUMENTED as error:
            assert "\n" not in str(error)
            return error


@fuzz
@given(st.sampled_from(PARTS), st.data())
def test_constructors_of_parts(part: Any, more: Any) -> None:
    names = [name for name, p in inspect.signature(part).parameters.items() if p.kind is not p.VAR_KEYWORD]
    allowed(part, **more.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything))
                              if part is not hb.Dense else st.fixed_dictionaries({name: anything for name in names})))


@fuzz
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ["rate", "rule", "signal", "credit", "optimizer", "schedule", "surprise", "clip", "standardize", "rng"], anything)))
def test_learner_constructor(named: dict[str, Any]) -> None:
    allowed(hb.Learner, hb.Network(3, [hb.Dense(2, "softmax")], rng=0), compiled=False, **named)


def state(learner: hb.Learner) -> bytes:
    return b"".join(array.tobytes() for array in learner._arrays().values()) + repr(
        (learner.n_seen, learner.n_updates, learner._rng.bit_generator.state)).encode()


LEARNERS = [lambda: hb.Learner(hb.Network(3, [hb.Dense(4), hb.Dense(3, "softmax")], rng=0)),
            lambda: hb.Learner(hb.Network(3, [hb.Dense(4, "relu"), hb.Dense(1, "identity")], rng=0))]
METHODS = ["learn", "learn_late", "outputs", "predict", "predict_proba", "accuracy", "trace"]


@pytest.mark.compiler
@fuzz
@given(st.sampled_from(LEARNERS), st.sampled_from(METHODS), data, data, data,
       st.one_of(st.integers(-2, 9), anything))
def test_learn_and_predict(make: Any, method: str, X: Any, y: Any, served: Any, batch: Any) -> None:
    learner = make()
    before = state(learner)
    named = {"batch_size": batch} if method == "learn" else {}
    given_ = {"learn_late": (served, X, y), "learn": (X, y), "accuracy": (X, y), "trace": (X, y)}.get(method, (X,))
    result = allowed(getattr(learner, method), *given_, **named)
    if isinstance(result, hb.InputError) or not method.startswith("learn"):
        assert state(learner) == before


@fuzz
@given(data, data)
def test_tables(X: Any, y: Any) -> None:
    allowed(hb.from_arrays, X, y)


@fuzz
@given(st.binary(max_size=200) | st.text(alphabet="ab,;\"\n\r\t|1.e-?\x00\x1b ", max_size=80).map(
    lambda text: b"a,b,y\n" + text.encode()))
def test_csv(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        path.write_bytes(content)
        stream = allowed(hb.from_csv, path)
        if not isinstance(stream, Exception):
            while len(stream.take(3)):
                pass
        assert [*Path(folder).iterdir()] == [path]


def changed(meta: Any, more: Any) -> Any:
    """The description with one part of it replaced by anything that JSON can hold."""
    if not isinstance(meta, (dict, list)) or not meta or more.draw(st.integers(0, 5)) == 0:
        return more.draw(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
                                   st.just([]), st.just({}), st.just(10**7), st.just("9" * 5_000)))
    key = more.draw(st.sampled_from([*meta] if isinstance(meta, dict) else [*range(len(meta))]))
    copy = meta.copy()
    copy[key] = changed(meta[key], more)
    return copy


@fuzz
@given(st.sampled_from(LEARNERS), st.data())
def test_descriptions_in_files(make: Any, more: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make().save(Path(folder, "x.npz"))
        with np.load(path) as file:
            contents = dict(file)
        meta = changed(json.loads(str(contents.pop("__meta__"))), more)
        np.savez(path, __meta__=np.array(json.dumps(meta)), **contents)
        allowed(hb.Learner.load, path)
