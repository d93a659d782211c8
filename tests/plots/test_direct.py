"""Names at line ends: near, in order, and never over each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.plots.direct import shorten, spread

LABELS = st.lists(st.tuples(st.floats(0, 300), st.floats(5, 40)), min_size=0, max_size=15)


def test_labels_with_room_stay_where_they_want():
    np.testing.assert_allclose(spread([50, 20, 100], [10, 10, 10], 200), [50, 20, 100])


def test_two_that_collide_give_way_alike():
    np.testing.assert_allclose(spread([50, 50, 150], [20, 20, 20], 200), [40, 60, 150])


def test_they_stay_inside():
    np.testing.assert_allclose(spread([0, 200], [10, 10], 200), [5, 195])


def test_what_cannot_fit_stands_out_on_both_sides():
    np.testing.assert_allclose(spread([10, 10, 10], [20, 20, 20], 40), [0, 20, 40])


@given(LABELS)
@settings(deadline=None)
def test_never_over_each_other_and_in_order(labels):
    at, room = [a for a, _ in labels], [r for _, r in labels]
    places = spread(at, room, 300.0)
    order = np.argsort(at, kind="stable")
    middles, sizes = places[order], np.array(room)[order]
    gaps = np.diff(middles) - (sizes[1:] + sizes[:-1]) / 2 if len(at) > 1 else np.zeros(0)
    assert (gaps >= -1e-9).all()
    if sum(room) <= 300:
        assert (middles - sizes / 2 >= -1e-9).all() and (middles + sizes / 2 <= 300 + 1e-9).all()


@pytest.mark.parametrize(("name", "shown"), [("always", "always"), ("x" * 26, "x" * 26), ("x" * 27, "x" * 25 + "…")])
def test_long_names_are_cut(name, shown):
    assert shorten(name) == shown
