"""Concepts made from concepts: each kind of drift by its definition, its truth within four standard errors."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from kinds_helpers import Coin, Quarters, in_band, same_distribution

import hebbnet as hb
from hebbnet.engine.checks import InputError
from hebbnet.streams import SEA, STAGGER, Concept, DriftStream, Gradual, Incremental, RotatingBoundary
from hebbnet.streams.concepts import Local, Noisy, Permuted, Relabelled, Reweighted, Shifted, kind_of_drift

N = 200_000
ESTIMATED = 0.0016  # standard error of a share estimated from 100,000 rows, at most
A = SEA(8)
DERIVED = [
    Shifted(A, 2), Shifted(RotatingBoundary(1, n_inputs=3), -0.7, column=1), Reweighted(A, [0.9, 0.1]),
    Reweighted(STAGGER(1), [0.5, 0.5]), Reweighted(Quarters(), [0, 0.5, 0.3, 0.2]), Relabelled(A, {0: 1}),
    Relabelled(Quarters(), [1, 2, 0, 3]), Permuted(A, {0: 2}), Permuted(STAGGER(2), np.roll(np.arange(9), 3)),
    Noisy(A, 0.2), Noisy(Quarters(), 0.4), Local(A, SEA(14), {0: (0, 5)}),
    Local(STAGGER(1), STAGGER(3), {3: (0.5, np.inf), 6: (0.5, np.inf)}),
    Noisy(Reweighted(Shifted(Permuted(A, {0: 2}), 1), [0.5, 0.5]), 0.1), Shifted(Coin(), 0.2), Noisy(Coin(), 0.1),
]


# ---------------------------------------------------------------- truths


@pytest.mark.parametrize("concept", DERIVED, ids=repr)
def test_prior_and_wrong_labels_are_what_samples_show(concept: Concept) -> None:
    X, u = concept.sample(N, 1), np.random.default_rng(2).random(N)
    y = concept.label(X)
    assert X.shape == (N, concept.n_inputs) and X.dtype == np.float64 and X.flags.c_contiguous
    assert y.dtype == np.int64 and sum(concept.prior) == pytest.approx(1)
    for k, share in enumerate(concept.prior):
        assert in_band(y == k, share, ESTIMATED)
    drawn = concept.draw_labels(X, u)
    assert drawn.dtype == np.int64 and in_band(drawn != y, concept.overlap, ESTIMATED)


@pytest.mark.parametrize("concept", DERIVED, ids=repr)
def test_disagreement_with_what_it_is_made_from(concept: Any) -> None:
    for one, other in ((concept, concept.concept), (concept.concept, concept)):
        X = one.sample(N, 3)
        assert in_band(one.label(X) != other.label(X), one.disagreement(other), ESTIMATED)
    assert concept.disagreement(concept) == 0


@pytest.mark.parametrize("concept", [c for c in DERIVED if c.density(c.sample(9, 0)) is not None], ids=repr)
def test_density_is_what_samples_show(concept: Concept) -> None:
    """The mean of 1 / p(x) over samples is the volume of the inputs that occur; here within a box of them."""
    n = N if len(concept.classes) == 2 and concept.n_inputs == 3 else 20_000
    X = concept.sample(n, 4)
    p = concept.density(X)
    assert p.shape == (n,) and (p > 0).all()
    box = np.all((np.quantile(X, 0.2, axis=0) <= X) & (np.quantile(X, 0.8, axis=0) >= X), axis=1)
    low, high = X[box].min(axis=0), X[box].max(axis=0)
    if len(np.unique(X)) == 2:  # things, each of which counts 1
        assert (1 / p).mean() == pytest.approx(len(np.unique(X, axis=0)), rel=0.05)
    elif (X.std(axis=0) > 0).all():
        even = np.random.default_rng(5).uniform(low, high, (n, len(low)))
        inside = concept.density(even) * np.prod(high - low)  # its mean is P(box)
        assert in_band(box, float(inside.mean()), float(inside.std() / np.sqrt(n)))


# ---------------------------------------------------------------- each kind by its definition


@pytest.mark.parametrize("concept", [A, RotatingBoundary(1), Quarters()], ids=repr)
def test_covariate_only_moves_the_inputs_and_keeps_the_rule(concept: Concept) -> None:
    shifted = Shifted(concept, 1.5, column=1)
    X, before = shifted.sample(N, 1), concept.sample(N, 2)
    assert (shifted.label(X) == concept.label(X)).all() and shifted.disagreement(concept) == 0
    moved = X.mean(axis=0) - before.mean(axis=0) - 1.5 * (np.arange(X.shape[1]) == 1)
    assert (np.abs(moved) < 4 * before.std(axis=0) * np.sqrt(2 / N)).all()
    assert not same_distribution(X[:, 1], before[:, 1]) and same_distribution(X[:, 1] - 1.5, before[:, 1])
    batch = DriftStream([concept, shifted], Gradual(0, width=20_000), noise=0.1, rng=0).take(20_000)
    assert batch.bayes == pytest.approx(np.full(20_000, 0.9))  # nothing is ever in doubt


@pytest.mark.parametrize(("concept", "shares"), [(A, (0.9, 0.1)), (RotatingBoundary(1), (0.2, 0.8)),
                                                 (Quarters(), (0.1, 0.2, 0.3, 0.4))], ids=repr)
def test_prior_only_keeps_what_each_class_looks_like(concept: Concept, shares: tuple[float, ...]) -> None:
    reweighted = Reweighted(concept, shares)
    X, before = reweighted.sample(N, 1), concept.sample(N, 2)
    y, y_before = reweighted.label(X), concept.label(before)
    for k, share in enumerate(shares):
        assert in_band(y == k, share)
        assert all(same_distribution(X[y == k, j], before[y_before == k, j]) for j in range(X.shape[1]))
    assert any(not same_distribution(X[:, j], before[:, j]) for j in range(X.shape[1]))
    assert reweighted.disagreement(concept) == 0 and reweighted.prior == shares


def test_in_a_gradual_window_the_prior_moves_little_by_little() -> None:
    n = 100_000
    batch = DriftStream([A, Reweighted(A, [0.1, 0.9])], Gradual(0, width=n), rng=0).take(n)
    for tenth in range(10):
        rows = slice(tenth * n // 10, (tenth + 1) * n // 10)
        expected = 0.32 + (tenth + 0.5) / 10 * (0.9 - 0.32)
        assert in_band(batch.y[rows], expected)
    assert (batch.bayes == 1).all()


def test_label_swap_keeps_the_inputs_and_exchanges_the_names() -> None:
    concept, swapped = Quarters(), Relabelled(Quarters(), [1, 2, 0, 3])
    X = swapped.sample(N, 1)
    assert np.array_equal(X, concept.sample(N, 1))
    assert np.array_equal(swapped.label(X), np.array([1, 2, 0, 3])[concept.label(X)])
    weighted = Reweighted(concept, [0.1, 0.2, 0.3, 0.4])
    assert Relabelled(weighted, [1, 2, 0, 3]).prior == (0.3, 0.1, 0.2, 0.4)
    assert Relabelled(weighted, {0: 3}).disagreement(weighted) == pytest.approx(0.5)
    assert Relabelled(A, {0: 1}).disagreement(A) == 1


@pytest.mark.parametrize(("concept", "noise", "added"), [
    (A, 0.2, 0.0), (A, 0.2, 0.1), (Quarters(), 0.3, 0.0), (Quarters(), 0.3, 0.2), (A, 0.0, 0.0), (A, 0.5, 0.0),
], ids=repr)
def test_noise_level_is_the_share_of_wrong_labels(concept: Concept, noise: float, added: float) -> None:
    batch = DriftStream([concept, Noisy(concept, noise)], 1_000, noise=added, rng=3).take(N + 1_000)
    K = len(concept.classes)
    right = (1 - noise) * (1 - added) + noise * added / (K - 1)
    assert batch.bayes[[0, 1_000]] == pytest.approx([1 - added, right])
    assert (batch.clean == concept.label(batch.X)).all()
    for shift in range(1, K):  # each of the other classes alike
        assert in_band((batch.y - batch.clean)[1_000:] % K == shift, (1 - right) / (K - 1))
    wrong = (batch.y != batch.clean)[1_000:]
    assert abs(np.corrcoef(wrong[1:], wrong[:-1])[0, 1]) < 4 / np.sqrt(N) if noise else not wrong.any()


def test_noise_on_noise_is_noise() -> None:
    concept = Noisy(Noisy(Quarters(), 0.3), 0.2)
    X = concept.sample(N, 0)
    moved = (concept.draw_labels(X, np.random.default_rng(1).random(N)) - concept.label(X)) % 4
    assert concept.overlap == pytest.approx(1 - (0.7 * 0.8 + 0.3 * 0.2 / 3))
    assert all(in_band(moved == shift, concept.overlap / 3) for shift in (1, 2, 3))


def test_local_changes_nothing_outside_of_the_region() -> None:
    local, other = Local(A, SEA(14), {0: (2, 5), 2: (0, 3)}), SEA(14)
    X = local.sample(N, 1)
    inside = (X[:, 0] >= 2) & (X[:, 0] < 5) & (X[:, 2] < 3)
    assert np.array_equal(X, A.sample(N, 1)) and (local.inside(X) == inside).all()
    assert (local.label(X)[~inside] == A.label(X)[~inside]).all()
    assert (local.label(X)[inside] == other.label(X)[inside]).all() and (local.label(X) != A.label(X)).any()


def test_feature_swap_exchanges_columns_and_nothing_else() -> None:
    swapped = Permuted(A, {0: 2})
    X = swapped.sample(N, 1)
    assert np.array_equal(X[:, [2, 1, 0]], A.sample(N, 1))
    assert np.array_equal(swapped.label(X), A.label(X[:, [2, 1, 0]])) and swapped.prior == A.prior
    order = [2, 0, 1]
    assert np.array_equal(Permuted(A, order).sample(9, 0), A.sample(9, 0)[:, order])
    assert Permuted(A, [2, 1, 0]) == swapped


def test_real_leaves_the_inputs_alone() -> None:
    old, new = RotatingBoundary(0), RotatingBoundary(1)
    assert old.shares_inputs(new) and not old.shares_inputs(Shifted(old, 1)) and old.disagreement(new) > 0


# ---------------------------------------------------------------- kinds in every shape of time


KINDS = {
    "real": (A, SEA(12)), "covariate-only": (A, Shifted(A, 2)), "prior-only": (A, Reweighted(A, [0.2, 0.8])),
    "label-swap": (A, Relabelled(A, {0: 1})), "noise-level": (A, Noisy(A, 0.3)),
    "local": (A, Local(A, SEA(14), {0: (0, 5)})), "feature-swap": (A, Permuted(A, {0: 2})),
}
SHAPES = {
    "abrupt": lambda old, new: DriftStream([old, new], 2_500, noise=0.1, rng=7),
    "gradual": lambda old, new: DriftStream([old, new], Gradual(2_500, 3_000, "sigmoid"), noise=0.1, rng=7),
    "width 1": lambda old, new: DriftStream([old, new], Gradual(2_500, 1), noise=0.1, rng=7),
    "recurring": lambda old, new: hb.recurring([old, new], every=1_100, times=3, noise=0.1, rng=7),
    "blip": lambda old, new: hb.blip(old, new, at=4_000, width=300, noise=0.1, rng=7),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_in_every_shape(kind: str, shape: str) -> None:
    stream = SHAPES[shape](*KINDS[kind])
    report = hb.testing.check_stream(stream, rows=10_000)
    assert len(report.passed) == 10
    assert f", {kind}: " in stream.describe() and stream.concepts == KINDS[kind]
    batch = stream.take(10_000)
    assert len(np.unique(batch.X, axis=0)) == 10_000  # no part repeats the inputs of another
    assert set(batch.concept.tolist()) == {0, 1} and (batch.p[0], stream.twin().take(9).p[8]) == (0, 0)


@pytest.mark.parametrize(("kind", "old", "new"), [
    ("covariate-only", Shifted(A, 1), Shifted(A, 2)), ("noise-level", Noisy(A, 0.1), Noisy(A, 0.3)),
    ("noise-level", Noisy(A, 0.1), A), ("real", Noisy(SEA(7), 0.1), Noisy(A, 0.1)),
    ("noise-level and real", Noisy(SEA(7), 0.1), Noisy(A, 0.2)), ("none", A, SEA(8)),
    ("noise-level and covariate", A, Noisy(Shifted(A, 1), 0.2)), ("real and covariate", Permuted(A, {0: 1}).concept,
                                                                  RotatingBoundary(1, n_inputs=3)),
], ids=repr)
def test_names_of_what_a_drift_changes(kind: str, old: Concept, new: Concept) -> None:
    assert kind_of_drift(old, new) == kind


# ---------------------------------------------------------------- incremental, by width and by rate


@pytest.mark.parametrize("change", [{"width": 600}, {"rate": 0.005}])
def test_a_shift_moves_little_by_little(change: dict[str, float]) -> None:
    old, new = Shifted(A, 1.0), Shifted(A, 4.0)
    stream = DriftStream([old, new], Incremental(400, **change), rng=2)
    assert [(drift.position, drift.width) for drift in stream.drifts] == [(400, 600)]
    batch = stream.take(1_200)
    still = DriftStream([old], rng=2).take(1_200)
    share = np.clip((np.arange(1_200) - 400 + 0.5) / 600, 0, 1)
    assert (batch.X - still.X)[:1_000] == pytest.approx(np.repeat(3 * share[:1_000, None], 3, axis=1))
    assert (batch.clean == A.label(batch.X)).all() and batch.p == pytest.approx(share) and (batch.bayes == 1).all()


@pytest.mark.parametrize(("rate", "width"), [(0.3, 10), (0.35, 9), (3.0, 1), (50.0, 1), (0.1, 30)])
def test_a_rate_is_how_far_the_number_goes_in_a_row(rate: float, width: int) -> None:
    for old, new in ((SEA(7), SEA(10)), (SEA(10), SEA(7))):
        stream = DriftStream([old, new], Incremental(5, rate=rate), rng=0)
        assert stream.drifts[0].width == width
        batch = stream.take(5 + width)
        theta = old.theta + np.sign(new.theta - old.theta) * np.minimum((np.arange(width) + 0.5) * rate, 3)
        assert (batch.clean[5:] == old.label(batch.X[5:], theta)).all()
        assert batch.p[5:] == pytest.approx(np.abs(theta - old.theta) / 3) and batch.p.max() <= 1
        assert repr(stream.fresh(1)) == repr(stream)


# ---------------------------------------------------------------- the best accuracy in a window


@pytest.mark.parametrize("chance", [0.2, 0.5, 0.7])
@pytest.mark.parametrize(("old", "new"), [
    (A, Permuted(SEA(12), {0: 2})), (SEA(7), Shifted(SEA(11), 3)), (Noisy(A, 0.05), Noisy(SEA(12), 0.3)),
    (STAGGER(1), Reweighted(STAGGER(3), [0.8, 0.2])), (RotatingBoundary(0), Shifted(RotatingBoundary(1), 0.5)),
    (A, Noisy(Relabelled(A, {0: 1}), 0.2)), (Quarters(), Noisy(Relabelled(Quarters(), [1, 2, 0, 3]), 0.3)),
    (Noisy(Quarters(), 0.2), Shifted(Relabelled(Quarters(), [1, 2, 3, 0]), 0.5))], ids=repr)
def test_bayes_accuracy_in_a_window_is_what_the_best_rule_scores(old: Any, new: Any, chance: float) -> None:
    """The best rule: the label that is likelier at x, weighed by p(x) of both concepts and by how noisy each is."""
    noise = 0.1
    batch = DriftStream([old, new], Gradual(0, N, lambda u: 0 * u + chance), noise=noise, rng=8).take(N)
    K = len(old.classes)
    votes = np.zeros((N, K))
    for concept, weight in ((old, 1 - chance), (new, chance)):
        right = concept.bayes_accuracy(noise)
        for said in range(K):
            votes[:, said] += weight * concept.density(batch.X) * np.where(concept.label(batch.X) == said, right,
                                                                           (1 - right) / (K - 1))
    assert (batch.bayes == batch.bayes[0]).all()
    assert in_band(votes.argmax(1) == batch.y, batch.bayes[0], ESTIMATED)


def test_where_labels_mean_nothing_nothing_can_be_lost() -> None:
    batch = DriftStream([A, Noisy(Shifted(SEA(12), 1), 0.5)], Gradual(0, width=9), noise=0.5, rng=0).take(9)
    assert batch.bayes == pytest.approx(np.full(9, 0.5))


@pytest.mark.parametrize(("old", "new"), [(Coin(), Relabelled(Coin(), {0: 1})), (Relabelled(Coin(), {0: 1}),
                                                                              Shifted(Coin(), 0.1))], ids=repr)
def test_where_it_cannot_be_known_it_is_a_bound_that_nobody_exceeds(old: Concept, new: Concept) -> None:
    n = 20_000
    batch = DriftStream([old, new], Gradual(0, n, lambda u: 0 * u + 0.4), noise=0.1, rng=8).take(n)
    best = 0.6 * old.bayes_accuracy(0.1) + 0.4 * new.bayes_accuracy(0.1)
    assert batch.bayes == pytest.approx(np.full(n, best))
    for rule in (old, new):
        assert np.mean(rule.label(batch.X) == batch.y) <= best


# ---------------------------------------------------------------- concepts like any other


@pytest.mark.parametrize("concept", DERIVED, ids=repr)
def test_they_compare_print_and_travel_like_any_concept(concept: Concept) -> None:
    twin = pickle.loads(pickle.dumps(concept))
    assert twin == concept and hash(twin) == hash(concept) and twin.n_inputs == concept.n_inputs
    assert np.array_equal(concept.sample(50, 3), concept.sample(50, 3))
    assert not np.array_equal(concept.sample(50, 3), concept.sample(50, 4))
    assert eval(repr(concept).replace("inf", "np.inf")) == concept


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: Shifted(8, 1), r"Shifted: expected a concept such as hb.SEA\(8\), got 8"),
    (lambda: Shifted(A, "far"), r"Shifted: by: expected a number, got 'far'"),
    (lambda: Shifted(A, 1, column=3), r"Shifted: column: SEA\(8\) has the columns 0 .. 2, got 3"),
    (lambda: Shifted(A, 1, column=-1), r"Shifted: column: expected a whole number of at least 0, got -1"),
    (lambda: Reweighted(A, [0.5, 0.4]), r"shares: expected 2 numbers, one for each class, that are 1 in all; got"),
    (lambda: Reweighted(A, [0.5, 0.3, 0.2]), r"shares: expected 2 numbers"),
    (lambda: Reweighted(A, [1.5, -0.5]), r"shares: expected numbers from 0 to 1, got 1.5 in row 0"),
    (lambda: Reweighted(SEA(0), [0.5, 0.5]), r"shares: class 1 of SEA\(0\) never occurs"),
    (lambda: Reweighted(Noisy(A, 0.1), [0.5, 0.5]), r"classes of Noisy\(SEA\(8\), 0.1\) overlap.*reweight first"),
    (lambda: Reweighted(SEA(0.001), [0.5, 0.5]).sample(10, 0), r"not enough of each class; choose shares nearer"),
    (lambda: Relabelled(A, [0, 0]), r"Relabelled: order: expected the numbers 0 .. 1 in another order, or a dict"),
    (lambda: Relabelled(A, {0: 2}), r"Relabelled: order: expected the numbers 0 .. 1"),
    (lambda: Relabelled(Quarters(), {0: 1, 1: 2}), r"Relabelled: order: expected the numbers 0 .. 3"),
    (lambda: Permuted(A, [0, 1]), r"Permuted: order: expected the numbers 0 .. 2 in another order"),
    (lambda: Permuted(A, [0.5, 1, 2]), r"Permuted: order: expected"),
    (lambda: Permuted(A, "021"), r"Permuted: order: expected"),
    (lambda: Permuted(A, {}), r"Permuted: order: expected"),
    (lambda: Noisy(A, 0.6), r"Noisy: noise: expected a finite number at least 0 and at most 0.5, got 0.6"),
    (lambda: Noisy(A, -0.1), r"Noisy: noise: .* got -0.1"),
    (lambda: Local(A, STAGGER(1), {0: (0, 1)}), r"SEA\(8\) has 3 inputs .* STAGGER\(1\) has 9"),
    (lambda: Local(A, 9, {0: (0, 1)}), r"expected a concept such as hb.SEA\(8\), got 9"),
    (lambda: Local(A, SEA(9), {3: (0, 1)}), r"where: expected columns 0 .. 2, and low < high for each, got \{3:"),
    (lambda: Local(A, SEA(9), {0: (1, 1)}), r"low < high"),
    (lambda: Local(A, SEA(9), {}), r"where: expected columns"),
    (lambda: Local(A, SEA(9), {0: 5}), r"where: expected \(low, high\) for each column .* got \{0: 5\}"),
    (lambda: Local(A, SEA(9), {"x1": (0, 5)}), r"where: expected \(low, high\) for each column"),
    (lambda: Local(A, SEA(9), 5), r"where: expected \(low, high\)"),
    (lambda: DriftStream([A, Shifted(STAGGER(1), 2)], 5), r"the concepts of one stream need the same"),
    (lambda: DriftStream([Noisy(A, 0.1), Noisy(A, 0.2)], Incremental(5, 10)), r"no number .* use Gradual\(5, width=10"),
    (lambda: DriftStream([A, Shifted(A, 1)], Incremental(5, rate=1)), r"no number .* use Gradual\(5, width=1000\)"),
    (lambda: Noisy(A, 0.1).label(np.ones((2, 3)), np.ones(2)), r"Noisy has no number that could move; use Gradual"),
    (lambda: Incremental(5), r"either a width of at least 1 row or a rate above 0 per row, got width=0 and rate=None"),
    (lambda: Incremental(5, 10, rate=1), r"either a width .* got width=10 and rate=1.0"),
    (lambda: Incremental(5, rate=0), r"Incremental: rate: expected a finite number greater than 0, got 0"),
    (lambda: Incremental(5, rate=-1), r"Incremental: rate: .* got -1"),
    (lambda: DriftStream([A, SEA(8)], Incremental(5, rate=1)), r"from SEA\(8\) to SEA\(8\) there is no way to go"),
    (lambda: DriftStream([A, SEA(9), A], [Incremental(5, rate=0.1), 14]), r"Abrupt\(14\) begins before Incremental\(5"),
    (lambda: hb.blip(A, SEA(9), at=-1, width=5), r"at: expected a whole number of at least 0, got -1"),
    (lambda: hb.blip(A, SEA(9), at=5, width=0), r"width: expected a whole number of at least 1, got 0"),
    (lambda: hb.blip(A, STAGGER(1), at=5, width=5), r"need the same"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()
