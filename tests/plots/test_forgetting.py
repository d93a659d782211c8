"""The concept accuracy matrix, by its data."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots.forgetting import forgotten

R = np.array([[0.9, 0.6, 0.5], [0.7, 0.92, 0.55], [0.55, 0.72, 0.91], [0.9, 0.61, 0.5]])
NAMES = ["A", "B", "C"]
STAGES = ["A", "B", "C", "A"]


def words(ax: Any, gid: str) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def test_every_cell_has_its_number_and_its_colour() -> None:
    ax = hb.plots.forgetting(R, NAMES, after=STAGES)
    assert words(ax, "number") == [f"{value:.2f}" for value in R.ravel()]
    (mesh,) = ax.collections
    np.testing.assert_array_equal(np.ravel(mesh.get_array()), R.ravel())
    assert mesh.get_clim() == (0.5, 1.0)


def test_the_concept_of_a_stage_is_framed() -> None:
    ax = hb.plots.forgetting(R, NAMES, after=STAGES)
    frames = [patch.get_xy() for patch in ax.patches if patch.get_gid() == "own"]
    assert [(int(xy[:, 1].min()), int(xy[:, 0].min())) for xy in frames] == [(0, 0), (1, 1), (2, 2), (3, 0)]


def test_what_was_forgotten_is_the_best_before_less_the_end() -> None:
    np.testing.assert_allclose(forgotten(R), [0.0, 0.31, 0.41])
    np.testing.assert_allclose(forgotten(R[:3]), [0.35, 0.2, -0.36])
    assert forgotten(R[:1]).tolist() == [0, 0, 0]
    assert words(hb.plots.forgetting(R, NAMES, after=STAGES), "forgotten") == ["0.00", "0.31", "0.41"]


def test_rows_and_columns_are_named_and_the_seeds_are_said() -> None:
    ax = hb.plots.forgetting(R[:3], NAMES, n=10)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["after A", "after B", "after C", "forgotten"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["on A", "on B", "on C"]
    assert "mean of 10 seeds" in ax.get_xlabel()


@pytest.mark.parametrize(("call", "says"), [
    (lambda: hb.plots.forgetting(R, NAMES), "after: expected one of A, B, C for each of the 4 rows"),
    (lambda: hb.plots.forgetting(R, NAMES, after=["A", "B", "C", "D"]), "after: expected one of"),
    (lambda: hb.plots.forgetting(R, ["A"]), "forgetting: matrix"),
    (lambda: hb.plots.forgetting(R + 1, NAMES, after=STAGES), "from 0 to 1"),
    (lambda: hb.plots.forgetting(R, NAMES, after=STAGES, chance=1.0), "chance")])
def test_what_does_not_fit_is_refused(call: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        call()
    assert not plt.get_fignums()
