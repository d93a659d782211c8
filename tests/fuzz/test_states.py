"""Any numbers for the memory of a detector: refused, or it goes on; no wrong index reads foreign memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fuzz_doors import INSTANCES
from fuzz_judge import allowed, refused, state
from hypothesis import given
from hypothesis import strategies as st
from test_doors import fuzz

from hebbnet import detectors

DETECTORS = sorted(name for name in INSTANCES if hasattr(detectors, name))
numbers = st.one_of(st.integers(-3, 60).map(float), st.floats(), st.sampled_from([1e15, 2.0**53, 1e300, 5e-324]))


@pytest.mark.compiler
@fuzz
@given(st.sampled_from(DETECTORS), st.integers(0, 70), st.data())
def test_memories(name: str, n: int, more: Any) -> None:
    made: Any = INSTANCES[name]()
    wide = isinstance(made, detectors.FeatureDetector)
    values = np.random.default_rng(n).integers(0, 2, (70, 3) if wide else 70).astype(float)
    made.run(values[:n])
    saved = made.get_state()
    for _ in range(more.draw(st.integers(1, 3))):
        part = saved[more.draw(st.sampled_from(sorted(saved)))]
        if part.size:
            part[more.draw(st.integers(0, part.size - 1))] = more.draw(numbers)
    before = state(made)
    if refused(allowed(f"{name}.set_state, numbers", made.set_state, saved)):
        assert state(made) == before
    else:
        # Numbers that no run leads to may have no root: NaN in compiled code, an error of Python's in plain code.
        allowed(f"{name}, after set_state", made.run, values, refusals=(ValueError, ArithmeticError))
