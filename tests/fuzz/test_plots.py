"""What is no data for a picture is refused before a figure is opened."""

from __future__ import annotations

import inspect
from typing import Any

import matplotlib.pyplot as plt
import pytest
from fuzz_judge import allowed
from fuzz_values import data
from hypothesis import given
from hypothesis import strategies as st
from test_doors import fuzz

from hebbnet import plots

PLOTS = sorted(plots.__all__)


@fuzz
@given(st.sampled_from(PLOTS), st.data())
def test_data_that_are_none(name: str, more: Any) -> None:
    plot = getattr(plots, name)
    needed = [p.name for p in inspect.signature(plot).parameters.values()
              if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    given_ = {parameter: more.draw(data) for parameter in needed}
    try:
        answer = allowed(f"plots.{name}", plot, **given_)
        if needed and isinstance(answer, Exception):
            assert plt.get_fignums() == [], "a figure was left open"
    finally:
        plt.close("all")


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_needs_data(name: str) -> None:
    assert inspect.signature(getattr(plots, name)).parameters
