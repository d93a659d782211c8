"""How long it takes to unlearn, and what a gate of surprise saves: the claims of `benchmarks.unlearning`, small."""

from __future__ import annotations

import numpy as np
import pytest

import hebbnet as hb
from benchmarks.readouts import GATED, UNLEARNERS, World, class_means, derangement, draw, factors, run
from benchmarks.unlearning import best_fixed, rows_text, saving, slope

# ---------------------------------------------------------------- the claims


@pytest.mark.long
@pytest.mark.compiler
def test_right_and_wrong_unlearns_as_long_as_it_learned_and_delta_and_instar_do_not():
    """Measured over 10 draws up to 32,000 rows: slope .94; delta and instar take 50 to 65 rows, whatever was before."""
    taught = (500, 2_000, 8_000)
    rows = {name: [np.median([run(UNLEARNERS[name], World(t, 2 * t), k)[1] for k in range(5)]) for t in taught]
            for name in ("RightWrong", "delta (LMS)", "instar")}
    assert slope(taught, rows["RightWrong"]) >= 0.8
    assert rows["delta (LMS)"][-1] <= 1.5 * rows["delta (LMS)"][0]
    assert rows["instar"][-1] <= 1.5 * rows["instar"][0]
    assert rows["RightWrong"][0] > 5 * rows["instar"][0]


@pytest.mark.compiler
@pytest.mark.parametrize("name", ["instar", "Hebb with decay", "delta (LMS)"])
def test_surprise_shortens_recovery_to_a_third_and_costs_no_accuracy(name):
    """Measured over 150 draws, medians: 4.3, 4.2 and 3.5 times sooner."""
    free, gated = (np.array([run(GATED[name], World(), k, gain) for k in range(16)]) for gain in (0.0, 30.0))
    assert np.median(free[:, 1] / gated[:, 1]) >= 3.0
    assert abs(free[:, 0].mean() - gated[:, 0].mean()) <= 0.002


@pytest.mark.compiler
def test_surprise_is_no_help_against_slow_change():
    slow = World(width=2_000, after=4_000)
    free, gated = (np.array([run(GATED["instar"], slow, k, gain)[1] for k in range(6)]) for gain in (0.0, 30.0))
    assert 0.9 < np.median(free / gated) < 1.2


# ---------------------------------------------------------------- the world


def test_class_means_are_centred_and_of_one_length():
    for seed in range(20):
        means = class_means(3.0, np.random.default_rng(seed))
        assert np.allclose(means.sum(axis=0), 0.0, atol=1e-8)
        assert np.allclose(np.linalg.norm(means, axis=1), 3.0, atol=1e-8)


def test_every_class_gets_the_label_of_another():
    for seed in range(20):
        order = derangement(4, np.random.default_rng(seed))
        assert sorted(order) == [0, 1, 2, 3] and np.all(order != np.arange(4))


def nearest(world: World, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The labels of a draw, and which class mean of its clean test rows is nearest to each row."""
    (X, y), (X_test, y_test), _ = draw(world, k)
    means = np.array([X_test[y_test == j].mean(axis=0) for j in range(4)])
    return y, (X @ means.T).argmax(axis=1)


@pytest.mark.parametrize(("world", "kept"), [
    (World(), (1.0, 0.0, 0.0)), (World(changes=False), (1.0, 1.0, 1.0)),
    (World(width=2_000, after=4_000), (1.0, 0.875, 0.0))], ids=["abrupt", "never", "gradual"])
def test_when_the_labels_change(world, kept):
    """The share of rows with their old label: before the change, in the first 500 rows after it, in the last 500."""
    (_, y_test), y_new = draw(world, 0)[1:]
    assert np.mean(y_test == y_new) == float(not world.changes)
    y, old = nearest(world, 0)
    parts = slice(0, world.taught), slice(world.taught, world.taught + 500), slice(-500, None)
    assert [np.mean(y[part] == old[part]) for part in parts] == pytest.approx(kept, abs=0.06)


def test_noise_is_in_what_is_learned_alone():
    y, clean = nearest(World(noise=0.3, changes=False), 1)
    assert np.mean(y != clean) == pytest.approx(0.3 + 0.7 * 0.03, abs=0.03)
    (X_test, y_test) = draw(World(noise=0.3, changes=False), 1)[1]
    means = np.array([X_test[y_test == j].mean(axis=0) for j in range(4)])
    assert np.mean((X_test @ means.T).argmax(axis=1) == y_test) > 0.94


def test_a_draw_is_a_function_of_its_number():
    first = draw(World(100, 100), 3)
    draw.cache_clear()
    again = draw(World(100, 100), 3)
    assert np.array_equal(first[0][0], again[0][0]) and np.array_equal(first[2], again[2])
    assert not np.array_equal(first[0][0], draw(World(100, 100), 4)[0][0])


@pytest.mark.compiler
def test_the_factors_are_those_that_the_learner_applied():
    (X, y), _, _ = draw(World(300, 300), 0)
    gated = GATED["instar"].learner(30.0)
    M = factors(gated.learn(X, y) != y, 30.0)
    assert M[:300].max() < M.max() and M.max() > 5.0
    by_hand = GATED["instar"].learner().network.layers[0].W
    W = np.zeros_like(by_hand)
    for x, label, m in zip(X, y, M, strict=True):
        W[:, label] += min(0.01 * m, hb.Surprise().most) * (x - W[:, label])
    assert np.allclose(gated.network.layers[0].W, W, rtol=0, atol=1e-12)


# ---------------------------------------------------------------- what it comes to


def test_the_slope():
    taught = np.array([500, 2_000, 8_000, 32_000])
    assert slope(taught, 3.0 * taught**0.7) == pytest.approx(0.7)
    assert slope(taught, [60.0] * 4) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(slope(taught, [1.0, 2.0, 3.0, np.inf]))


def cell(steady: float, *recovery: float) -> dict[str, list[float]]:
    return {"steady": [steady] * len(recovery), "recovery": list(recovery)}


def test_the_best_fixed_rate_is_the_fastest_of_those_as_accurate():
    fixed = {"1": cell(0.97, 400, 500, 600), "2": cell(0.969, 200, 300, 400), "4": cell(0.96, 20, 30, 40)}
    assert best_fixed(fixed, cell(0.9705, 1)) == "2"
    assert best_fixed(fixed, cell(0.96, 1)) == "4"


def test_the_saving_is_within_a_draw():
    assert saving(cell(1, 100, 200, 900), cell(1, 50, 50, 100)) == 4.0
    assert saving(cell(1, np.inf, np.inf, 100), cell(1, 100, np.inf, 100)) == 1.0
    assert saving(cell(1, np.inf), cell(1, 100)) == np.inf


def test_what_never_came_back_is_called_never():
    assert rows_text(cell(1, 10, 20, 1_000, np.inf, np.inf)) == "1,000 (20 - never)"
    assert rows_text(cell(1, 10, np.inf)) == "never (10 - never)"
