"""The picture of plasticity, by its data: means, standard errors, a panel for each measure."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb

MEASURES = ("accuracy", "dormant", "effective_rank", "norm")


@pytest.fixture(scope="module")
def measured():
    """Two learners, four seeds, six concepts."""
    rng = np.random.default_rng(0)
    return {name: {measure: rng.random((4, 6)) for measure in MEASURES} for name in ("Gradient, relu", "Hebb")}


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines() if line.get_gid() == "learner"}


def test_each_measure_has_a_panel_and_each_learner_a_line(measured):
    figure = hb.plots.health(measured)
    assert [ax.get_ylabel() for ax in figure.axes] == ["accuracy", "dormant neurons", "effective rank",
                                                       "length of weights"]
    for ax, measure in zip(figure.axes, MEASURES, strict=True):
        for name, values in measured.items():
            x, y = lines(ax)[name].get_data()
            np.testing.assert_array_equal(x, np.arange(1, 7))
            np.testing.assert_allclose(y, values[measure].mean(axis=0))
        assert ax.get_ylim()[0] == 0.0 and ax.get_xlim() == (0.5, 6.5)
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim() == (0.0, 1.02)


def test_the_band_is_one_standard_error_to_either_side(measured):
    ax = hb.plots.health(measured).axes[3]
    corners = {(int(x), round(float(y), 12)) for x, y in next(
        c for c in ax.collections if c.get_gid() == "band").get_paths()[0].vertices}
    values = measured["Gradient, relu"]["norm"]
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / 2
    assert {(k + 1, round(float(edge[k]), 12)) for k in range(6) for edge in (mean - error, mean + error)} <= corners


def test_one_seed_has_no_band_and_one_measure_one_panel():
    figure = hb.plots.health({"Hebb": {"norm": [[1.0, 2.0]]}})
    (ax,) = figure.axes
    assert not ax.collections and [t.get_text() for t in ax.texts] == ["n = 1"]
    assert len(hb.plots.health({"Hebb": {name: [[0.1, 0.2]] for name in MEASURES[:3]}}).axes) == 3


def test_learners_are_named_once_and_differ_without_colour(measured):
    figure = hb.plots.health(measured)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(measured)
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines(figure.axes[0]).values()}) == 2


@pytest.mark.parametrize(("measured", "message"), [
    ({}, "expected a dict of measures for each learner"), ([1], "expected a dict of measures"),
    ({"a": {}}, "expected a dict of measures"), ({"a": [1]}, "expected a dict of measures"),
    ({"a": {"dormnat": [[1.0]]}}, "did you mean 'dormant'"),
    ({"a": {"norm": [[1.0]]}, "b": {"dormant": [[1.0]]}}, "the same measures of all learners, got .'dormant'. of b"),
    ({"a": {"norm": [[1.0]], "dormant": [[1.0, 2.0]]}}, "of one shape"),
    ({"a": {"norm": [[1.0]]}, "b": {"norm": [[1.0, 2.0]]}}, "of one shape"),
    ({"a": {"norm": np.zeros((0, 3))}}, "of one shape"), ({"a": {"norm": [[np.nan]]}}, "norm of a: expected finite"),
])
def test_what_does_not_fit_is_refused(measured, message):
    with pytest.raises(hb.InputError, match=message):
        hb.plots.health(measured)
    assert not plt.get_fignums()
