"""The pictures of changing a mind, by their data: medians, quartiles, and the line of equal numbers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.plots import style

TIMES = [1, 10, 100]
PICTURES = [hb.plots.told, hb.plots.unlearning]


@pytest.fixture(scope="module")
def found():
    """Two rules, five seeds."""
    rng = np.random.default_rng(0)
    return {"RightWrong": np.sort(rng.integers(1, 200, (5, 3)), axis=0).astype(float), "Delta rule": np.ones((5, 3))}


def lines(ax, gid):
    return {line.get_label(): line for line in ax.get_lines() if line.get_gid() == gid}


def words(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


@pytest.mark.parametrize("picture", PICTURES)
def test_a_line_is_the_median_and_the_band_the_quartiles(picture, found):
    ax = picture(TIMES, found)
    drawn = lines(ax, "rule")
    assert list(drawn) == list(found)
    for name, values in found.items():
        np.testing.assert_array_equal(drawn[name].get_xdata(), TIMES)
        np.testing.assert_array_equal(drawn[name].get_ydata(), values[2])  # sorted: the third of five
    band = next(c for c in ax.collections if c.get_gid() == "band").get_paths()[0].vertices
    corners = {(float(x), float(y)) for x, y in band}
    assert {(t, found["RightWrong"][k, i]) for k in (1, 3) for i, t in enumerate(TIMES)} <= corners
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert words(ax, "footnote") == ["median of 5 seeds, band: quartiles"]


@pytest.mark.parametrize("picture", PICTURES)
def test_the_dotted_line_is_of_equal_numbers(picture, found):
    ax = picture(TIMES, found)
    (equal,) = [line for line in ax.get_lines() if line.get_gid() == "equal"]
    np.testing.assert_array_equal(equal.get_xdata(), equal.get_ydata())
    assert equal.get_xdata()[-1] == 100
    assert any(name.startswith("as ") for name in words(ax, "name"))


def test_a_rule_that_half_of_the_seeds_never_learn_ends_early_and_that_is_said():
    values = [[1, 2, np.inf], [1, 3, np.inf], [2, 4, 5]]
    ax = hb.plots.told(TIMES, {"Hebb": values, "Delta rule": np.ones((3, 3))})
    assert lines(ax, "rule")["Hebb"].get_ydata().tolist() == [1, 3]
    assert "ends early: half of the seeds never came back" in words(ax, "footnote")[0].replace("\n", " ")
    assert np.isfinite(ax.get_ylim()).all()
    nothing = hb.plots.told(TIMES, {"Hebb": np.full((2, 3), np.inf)})
    nothing.figure.canvas.draw()
    assert not len(lines(nothing, "rule")["Hebb"].get_xdata())


def test_one_seed_has_no_band_and_says_so():
    ax = hb.plots.unlearning(TIMES, {"Hebb, decay .01": [[5, 5, 5]]})
    assert words(ax, "footnote") == ["n = 1"] and not ax.collections
    assert lines(ax, "rule")["Hebb, decay .01"].get_color() == style.RULES["Hebb"].colour


def test_rules_differ_without_colour():
    ax = hb.plots.told(TIMES, {name: np.ones((2, 3)) for name in style.RULES})
    looks = {(line.get_marker(), line.get_linestyle()) for line in lines(ax, "rule").values()}
    assert len(looks) == len(style.RULES)


@pytest.mark.parametrize("picture", PICTURES)
def test_ax_given_is_used_and_returned(picture, found):
    _, ax = plt.subplots()
    before = plt.get_fignums()
    assert picture(TIMES, found, ax=ax) is ax and plt.get_fignums() == before


ONES = np.ones((2, 3))


@pytest.mark.parametrize(("times", "found", "message"), [
    ([1], {"Hebb": [[1]]}, "at least two numbers greater than 0 that rise"),
    ([0, 1, 2], {"Hebb": ONES}, "greater than 0 that rise"), ([1, 3, 2], {"Hebb": ONES}, "that rise"),
    (TIMES, {}, "expected a dict of at least one rule, got dict"), (TIMES, ONES, "rule, got ndarray"),
    (TIMES, {"Hebb": ONES, "Oja": ONES[:1]}, r"of Oja: expected 2 x 3 numbers greater than 0, got shape \(1, 3\)"),
    (TIMES, {"Hebb": 0 * ONES}, "of Hebb: expected 2 x 3 numbers greater than 0"),
    (TIMES, {"Hebb": np.nan * ONES}, "of Hebb: expected 2 x 3 numbers greater than 0"),
])
def test_what_does_not_fit_is_refused(times, found, message):
    with pytest.raises(hb.InputError, match=f"told: .*{message}"):
        hb.plots.told(times, found)
    assert not plt.get_fignums()
