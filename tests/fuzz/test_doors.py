"""Anything at all into the public doors: what is documented comes out, and what is refused has changed nothing.

HEBBNET_FUZZ=100000 asks for so many examples of each test, and says how many came to each door.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from fuzz_doors import CALLED, FILES, INSTANCES, LEFT_OUT, LITTLE, doors, methods, parameters, use
from fuzz_judge import allowed, refused, state
from fuzz_values import anything, data, given_to, learner, network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hebbnet as hb

EXAMPLES = int(os.environ.get("HEBBNET_FUZZ", "25"))
# The few inputs of every day are the same each time; many, where they are asked for, are new ones.
fuzz = settings(max_examples=EXAMPLES, derandomize="HEBBNET_FUZZ" not in os.environ,
                suppress_health_check=list(HealthCheck))
# scikit-learn's users expect its own errors, some of which are TypeErrors; and it is not fitted where fit was refused.
SKLEARN = (TypeError, ValueError, AttributeError)


def test_no_door_is_forgotten() -> None:
    assert doors().keys() == CALLED.keys() | {name for name in LEFT_OUT if name in doors()} | FILES
    assert set(LEFT_OUT) <= doors().keys(), "left out, and not there"


def arguments(call: Any, more: Any, little: dict[str, Any]) -> dict[str, Any]:
    """Something for each parameter that needs it, and for some of the others."""
    named = {}
    for parameter in parameters(call):
        if parameter.name in little:
            named[parameter.name] = little[parameter.name]
        elif parameter.default is parameter.empty or more.draw(st.booleans()):
            named[parameter.name] = more.draw(given_to(parameter))
    return named


@fuzz
@given(st.sampled_from(sorted(CALLED)), st.data())
def test_what_is_called(name: str, more: Any) -> None:
    """What is accepted works, too."""
    door = CALLED[name]
    answer = allowed(name, door, **arguments(door, more, LITTLE.get(name, {})))
    if not isinstance(answer, Exception):
        allowed(f"{name}, used", use, answer, refusals=SKLEARN if name.startswith("HebbNet") else ())


@fuzz
@given(st.sampled_from(sorted(INSTANCES)), st.data())
def test_methods(name: str, more: Any) -> None:
    made = INSTANCES[name]()
    for _ in range(more.draw(st.integers(1, 3))):
        verb = more.draw(st.sampled_from(sorted(methods(made))))
        call = getattr(made, verb)
        given_ = arguments(call, more, {})
        before = state(made)
        answer = allowed(f"{name}.{verb}", call, refusals=SKLEARN if name.startswith("HebbNet") else (), **given_)
        if refused(answer) and before is not None:
            assert state(made) == before, "a refused call has changed something"


LEARNERS = [learner, lambda: learner(network=network(1, "identity")),
            lambda: learner(credit=hb.NodePerturbation(), rng=0)]
METHODS = ["learn", "learn_late", "outputs", "predict", "predict_proba", "accuracy", "trace"]


@pytest.mark.compiler
@fuzz
@given(st.sampled_from(LEARNERS), st.sampled_from(METHODS), data, data, data,
       st.one_of(st.integers(-2, 9), anything))
def test_learn_and_predict(make: Any, method: str, X: Any, y: Any, served: Any, batch: Any) -> None:
    made = make()
    made.compiled = None
    before = state(made)
    named = {"batch_size": batch} if method == "learn" else {}
    given_ = {"learn_late": (served, X, y), "learn": (X, y), "accuracy": (X, y), "trace": (X, y)}.get(method, (X,))
    answer = allowed(f"Learner.{method}, compiled", getattr(made, method), *given_, **named)
    if refused(answer) or not method.startswith("learn"):
        assert state(made) == before


@fuzz
@given(data, data)
def test_tables(X: Any, y: Any) -> None:
    allowed("from_arrays", hb.from_arrays, X, y)
