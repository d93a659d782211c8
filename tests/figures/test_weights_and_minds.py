"""What the recipes of weights and minds compute, by other ways to compute it."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.figures import minds, plasticity, weights
from hebbnet.figures.recipe import Ask
from hebbnet.streams.facts import COLOURS, PEOPLE

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


@pytest.mark.parametrize(("rule", "same"), [("RightWrong", "right_wrong"), ("RewardPredictionError", "surprise"),
                                            ("Gradient", "softmax"), ("Delta rule", "delta")])
def test_a_read_out_on_codes_is_the_memory_of_facts(rule: str, same: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told ten times: the same weights, and the same number of tellings, as by FactMemory.tell.

    Codes of length 64 have entries of 1/8, whose sums are exact: RightWrong often has ties, which else rounding breaks.
    """
    monkeypatch.setattr(minds, "LENGTH", 64)
    codes, colours, order, new = minds._facts(3)
    memory = hb.FactMemory(minds.LENGTH, rule=same, values=range(len(COLOURS)), threshold=0.0, rng=3)
    learner, rows = minds.read_out(rule, minds.LENGTH, len(COLOURS), 1.0), order[:10].ravel()
    learner.learn(codes[rows], colours[rows])
    for i in rows:
        memory.tell(PEOPLE[i], int(colours[i]))
    np.testing.assert_allclose(learner.network.layers[0].W, memory.W, rtol=0, atol=1e-9)
    answers = learner.learn(np.tile(codes[0], (minds.TELLINGS, 1)), np.full(minds.TELLINGS, new))
    tellings = 0
    while memory.scores("Jane").argmax() != new:
        memory.tell("Jane", new)
        tellings += 1
    assert np.argmax(answers == new) == tellings


def test_told_draws_what_it_counted() -> None:
    drawn = minds.told(Ask(2))
    lines = {line.get_label().split("\n")[0]: line for line in drawn.figure.axes[0].get_lines()
             if line.get_gid() == "rule"}
    assert list(lines) == list(minds.LINEAR)[:4]
    for rule, line in lines.items():
        assert line.get_ydata().tolist() == [drawn.numbers[f"{minds.key(rule)}_{n}"] for n in minds.TIMES]
    assert drawn.numbers["delta_rule_100"] == 1.0 < drawn.numbers["rightwrong_100"]


def test_the_classes_stand_at_the_corners_of_a_simplex() -> None:
    corners = minds._corners(np.random.default_rng(0))
    np.testing.assert_allclose(corners @ corners.T, np.where(np.eye(4), 1.0, -1 / 3), atol=1e-12)


def test_right_and_wrong_takes_as_long_as_it_was_taught_and_the_delta_rule_does_not() -> None:
    found = {rule: np.array(list(minds._recoveries(rule, rate, 0, (500, 2_000))))
             for rule, rate in (("RightWrong", 1.0), ("Delta rule", 0.01))}
    assert (found["RightWrong"][:, 1] >= [500, 2_000]).all() and (found["Delta rule"][:, 1] <= 100).all()
    assert min(both[:, 0].min() for both in found.values()) > 0.9


def test_a_road_is_the_share_of_the_latest_trips() -> None:
    drawn = weights.roads(Ask(0))
    assert len(drawn.figure.axes) == 3 and drawn.numbers["correlation"] > 0.9 < drawn.numbers["correlation_after"]
    assert drawn.numbers["busiest"] > 2 * drawn.numbers["busiest_after"]


def test_hebb_blows_up_oja_finds_the_component_and_the_gradient_goes_where_it_is_told() -> None:
    """Hebb's length grows by exp(rate lambda_1) a row, at most: 5.0 x .005 x 1,500 rows are 16 decades."""
    numbers = weights.growth(Ask(2)).numbers
    assert 12 < np.log10(numbers["length_hebb"]) < 17
    assert numbers["length_oja"] == pytest.approx(1.0, abs=0.05) and numbers["cos_oja"] > 0.95
    assert numbers["cos_gradient"] == pytest.approx(weights.TOLD, abs=0.01)


def test_the_step_is_the_product_of_what_was_seen_and_told() -> None:
    assert weights.step(Ask(0)).numbers["dW_beside_the_product"] == 0.0


@pytest.mark.peers
def test_components_and_prototypes() -> None:
    pytest.importorskip("sklearn")
    numbers = weights.fields(Ask(0, quick=True)).numbers
    assert numbers["components"] >= 4 and numbers["cos_first"] > 0.99
    assert numbers["length_prototypes"] == pytest.approx(1.0, abs=0.05)


@pytest.mark.long
def test_a_layer_whose_winner_learns_falls_silent_and_a_conscience_keeps_it_awake() -> None:
    numbers = plasticity.health(Ask(2)).numbers
    assert numbers["dormant_hebb_first"] < 0.1 and numbers["dormant_hebb_last"] > 0.8
    assert numbers["dormant_conscience_last"] < 0.3
    assert numbers["norm_gradient_last"] > 1.5 * numbers["norm_gradient_first"]
