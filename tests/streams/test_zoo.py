"""The other concepts: closed forms, the best rule where classes overlap, and the traps other libraries fell into."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.engine.checks import InputError
from hebbnet.streams import Concept, DriftStream, Gradual, Incremental
from hebbnet.streams.concepts import (
    LED,
    SEA,
    Agrawal,
    Checkerboard,
    Circles,
    Friedman,
    Gauss,
    Hyperplane,
    Mixed,
    Overlapping,
    RandomRBF,
    RotatingBoundary,
    Sine,
    TwoMoons,
    mixtures,
)
from hebbnet.streams.concepts.basic import ESTIMATE_ROWS
from hebbnet.streams.concepts.records import PATTERNS, SEGMENTS

N = 200_000
TEN = Hyperplane.random(rng=0)
SHARP: list[Concept] = [
    TEN, Hyperplane([1, 2, -1], 0.5), Sine(1), Sine(2, reversed=True), Sine(2, lift=-0.4, n_inputs=4), Circles(1),
    Circles(2.5), Circles(4), Mixed(), Mixed(reversed=True), Checkerboard(), Checkerboard(3, 0.3),
    Checkerboard(5, -1.4), *map(Agrawal, range(10))]
BLURRED: list[Overlapping] = [
    Gauss(), Gauss(reversed=True), TwoMoons(), TwoMoons(0.4, turn=2), RandomRBF(0, 10), LED(0.05), LED(), LED(0.2, 3),
    RandomRBF(1, 20, n_classes=3, n_inputs=4, shift=0.3), LED(0.0, irrelevant=0)]
PAIRS: list[tuple[Concept, Concept]] = [
    (TEN, TEN.shifted(1)), (Hyperplane([1, 0]), Hyperplane([0, 1])), (Sine(1), Sine(2)), (Sine(1), Sine(1, True)),
    (Sine(2, lift=0.2), Sine(1, reversed=True)), (Circles(1), Circles(2)), (Circles(4), Circles(3.8)),
    (Mixed(), Mixed(True)), (Checkerboard(), Checkerboard(shift=0.7)), (Checkerboard(3), Checkerboard(3, -3.4)),
    (Checkerboard(2), Checkerboard(3)), (Sine(1), Circles(3)), (Checkerboard(), Sine(2)), (Gauss(), Gauss(True)),
    *itertools.combinations(map(Agrawal, range(5)), 2), (Agrawal(1), Agrawal(5)), (Agrawal(6), Agrawal(8))]


def band(share: float, n: int = N, *, estimated: bool = False) -> float:
    """Four standard errors of a share of n rows; more, if what it is compared with is itself an estimate."""
    return 4 * math.sqrt(share * (1 - share) * (1 / n + estimated / ESTIMATE_ROWS)) + 1e-6


def estimated(*concepts: Concept) -> bool:
    return any(isinstance(c, (Hyperplane, Overlapping)) or getattr(c, "index", 0) > 4 for c in concepts)


# ------------------------------------------------------------ what all of them keep


@pytest.mark.parametrize("concept", [*SHARP, *BLURRED], ids=repr)
def test_rows_and_priors(concept: Concept) -> None:
    X = concept.sample(N, 1)
    assert X.shape == (N, concept.n_inputs) and X.dtype == np.float64 and np.isfinite(X).all()
    assert np.array_equal(X[:50], concept.sample(N, 1)[:50]) and not np.array_equal(X[:50], concept.sample(50, 2))
    y = concept.draw_labels(X, np.random.default_rng(3).random(N))
    assert y.dtype == np.int64 and concept.label(X[:50]).dtype == np.int64 and sum(concept.prior) == pytest.approx(1)
    counts = np.bincount(y, minlength=len(concept.classes)) / N
    assert len(counts) == len(concept.classes)
    for count, share in zip(counts, concept.prior, strict=True):
        assert abs(count - share) <= band(share, estimated=estimated(concept))
    assert hash(concept) == hash(type(concept)(**{name: getattr(concept, name) for name in arguments(concept)}))


def arguments(concept: Concept) -> list[str]:
    fields: dict[str, Any] = type(concept).__dataclass_fields__  # type: ignore[attr-defined]
    return [name for name, field in fields.items() if field.init]


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=repr)
def test_disagreement_is_what_samples_show(a: Concept, b: Concept) -> None:
    X = a.sample(N, 2)
    share = a.disagreement(b)
    assert abs(np.mean(a.label(X) != b.label(X)) - share) <= band(share, estimated=True)
    assert share == pytest.approx(b.disagreement(a), abs=1e-12) and a.disagreement(a) == 0


@pytest.mark.parametrize(("start", "stop"), [
    (Hyperplane([1, -2, 0.5], -3, k=2), Hyperplane([1, -2, 0.5], 3, k=2)), (Sine(1, lift=-0.5), Sine(1, lift=0.5)),
    (Sine(2, True, -0.2), Sine(2, True, 0.2)), (Circles(1), Circles(4)), (Checkerboard(3, -2), Checkerboard(3, 2))],
    ids=repr)
def test_what_moves_labels_like_the_concept_there(start: Any, stop: Any) -> None:
    batch = DriftStream([start, stop], Incremental(0, width=60), rng=0).take(60)
    moved = np.linspace(*(getattr(c, c.moves) for c in (start, stop)), 121)[1::2]
    names = arguments(start)
    for x, label, value in zip(batch.X, batch.clean, moved, strict=True):
        there = type(start)(**{name: getattr(start, name) for name in names} | {start.moves: value})
        assert there.label(x[None])[0] == label


def test_those_of_the_unit_cube_share_their_inputs() -> None:
    assert Sine(1).shares_inputs(Checkerboard()) and Hyperplane([1, 2]).shares_inputs(Circles(3))
    assert Agrawal(0).shares_inputs(Agrawal(9)) and RandomRBF().shares_inputs(RandomRBF())
    for other in (RotatingBoundary(0), TwoMoons(), Gauss()):
        assert not Sine(1).shares_inputs(other)
    assert not LED().shares_inputs(LED(0.1, 1)) and not RandomRBF(0).shares_inputs(RandomRBF(0, shift=0.01))


# ------------------------------------------------------------ closed forms


def test_the_closed_forms() -> None:
    assert Sine(1).prior[1] == pytest.approx(1 - math.cos(1), abs=1e-8)
    assert Sine(2).prior[1] == pytest.approx(0.5 + 0.2 / math.pi, abs=1e-8) == 2 * Mixed().prior[1] - 0.5
    assert [Circles(k).prior[1] for k in (1, 2, 3)] == pytest.approx([math.pi * r * r for r in (0.15, 0.2, 0.25)])
    assert Circles(4).prior[1] == pytest.approx(float(Circles(4)._chord().mean()), abs=1e-6)
    assert Circles(1).disagreement(Circles(4)) == pytest.approx(Circles(1).prior[1] + Circles(4).prior[1], abs=1e-6)
    shifted = [Checkerboard().disagreement(Checkerboard(shift=shift)) for shift in (0.3, 1, 1.75, 2)]
    assert shifted == pytest.approx([0.3, 1, 0.25, 0])
    assert Agrawal(0).prior[1] == pytest.approx(41 / 61)
    assert Agrawal(2).prior[1] == pytest.approx((20 * 2 + 20 * 3 + 21 * 3) / 61 / 5)
    assert Agrawal(1).prior[1] == Agrawal(3).prior[1] == pytest.approx(50 / 130)
    assert Agrawal(4).prior[1] == pytest.approx(0.4)
    square = Hyperplane([1, 0]), Hyperplane([1, 1])  # between a side's normal and a diagonal's lie two triangles
    assert square[0].disagreement(square[1]) == pytest.approx(0.25, abs=0.0055)


def test_a_far_hyperplane_disagrees_by_its_angle() -> None:
    """In many dimensions sum w_i (x_i - 1/2) is nearly normal, and the angle of the weights over pi is the share."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 60))
    angle = math.acos(a @ b / math.sqrt(a @ a * (b @ b)))
    assert Hyperplane(a).disagreement(Hyperplane(b)) == pytest.approx(angle / math.pi, abs=0.01)


@pytest.mark.parametrize(("noise", "best"), [(0.05, 0.867), (0.10, 0.740), (0.20, 0.513)])
def test_the_published_bayes_accuracy_of_led(noise: float, best: float) -> None:
    concept = LED(noise)
    assert concept.bayes_accuracy(0) == pytest.approx(best, abs=5e-4)
    batch = DriftStream([concept], rng=0).take(N)
    assert abs(np.mean(batch.y == batch.clean) - best) <= band(best) + 5e-4
    assert (batch.bayes == concept.bayes_accuracy(0)).all()


@pytest.mark.parametrize("concept", BLURRED, ids=repr)
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_the_best_rule_scores_what_is_said(concept: Overlapping, noise: float) -> None:
    batch = DriftStream([concept], noise=noise, rng=4).take(N)
    best = concept.bayes_accuracy(noise)
    assert abs(np.mean(batch.y == batch.clean) - best) <= band(best, estimated=True)
    assert (batch.clean == concept.label(batch.X)).all() and (batch.bayes == best).all()


def truth(concept: Any, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, and the class that each really comes from: the sampler's first draws, made again."""
    X, rng = concept.sample(n, 5), np.random.default_rng(5)
    if isinstance(concept, LED):
        rng.integers(2, size=(n, concept.n_inputs))
        return X, rng.integers(10, size=n)
    if isinstance(concept, TwoMoons):
        rng.uniform(0, np.pi, n)
        return X, rng.integers(2, size=n)
    clouds = concept._clouds
    if isinstance(concept, RandomRBF):
        return X, clouds.owners[rng.choice(concept.n_centroids, n, p=clouds.shares)]
    return X, clouds.owners[rng.integers(2, size=n)]


@pytest.mark.parametrize("concept", BLURRED, ids=repr)
def test_posteriors_are_calibrated(concept: Overlapping) -> None:
    """Among the rows where P(class | x) is said to be about so much, the class is there that often."""
    X, y = truth(concept, 100_000)
    chances = concept.posterior(X)
    assert chances.sum(axis=1) == pytest.approx(np.ones(len(X)))
    for k in range(len(concept.classes)):
        tenth = np.minimum((10 * chances[:, k]).astype(int), 9)
        for t in np.unique(tenth):
            p, hits = chances[tenth == t, k], y[tenth == t] == k
            assert abs(hits.mean() - p.mean()) <= 4.5 * math.sqrt((p * (1 - p)).sum()) / len(p) + 1e-6


def test_the_posterior_by_hand() -> None:
    def cloud(x: np.ndarray, mean: float, sd: float) -> float:
        return math.exp(-((x[0] - mean) ** 2 + x[1] ** 2) / 2 / sd**2) / sd**2

    for x in np.array([[0.3, -0.2], [2.5, 1.5], [-4.0, 3.0]]):
        narrow, wide = cloud(x, 0, 1), cloud(x, 2, 4)
        assert Gauss().posterior(x[None])[0, 1] == pytest.approx(narrow / (narrow + wide))
    far = np.full((1, 10), 1e4)
    assert np.isfinite(RandomRBF().posterior(far)).all() and np.isfinite(RandomRBF().posterior(np.zeros((1, 10)))).all()
    assert np.isfinite(RandomRBF().posterior(RandomRBF()._clouds.centres)).all()
    assert mixtures.CHUNK < 1_000  # so that the tests above cross from one chunk into the next


def test_swapped_segments_lie_in_the_columns_from_7_on() -> None:
    for swapped in range(8):
        shown = np.zeros((10, 24))
        shown[:, [*range(7, 7 + swapped), *range(swapped, 7)]] = SEGMENTS
        assert LED(0.1, swapped).label(shown).tolist() == list(range(10))


def test_led_disagreements_and_the_decay_of_a_frozen_rule() -> None:
    old, new = LED(0.1), LED(0.1, swapped=3)
    X = old.sample(N, 0)
    for other in (new, LED(0.1, swapped=7), LED(0.3)):
        share = old.disagreement(other)
        assert abs(np.mean(old.label(X) != other.label(X)) - share) <= band(share)
    assert old.disagreement(LED(0.3)) == 0  # the digit with the fewest segments to turn, whatever their noise
    batch = DriftStream([old, new], at=[N], rng=0).take(2 * N)
    frozen = (old.label(batch.X) == batch.y).reshape(2, -1).mean(axis=1)
    turned = (PATTERNS[:, None, 3:] != SEGMENTS[:, 3:]).sum(axis=2)  # the first three columns are coins now
    chances = 0.1**turned * 0.9 ** (4 - turned) / 8
    best = old.label(np.hstack([PATTERNS, np.zeros((128, 17))]))
    for share, law in zip(frozen, (old.bayes_accuracy(0), chances[range(128), best].sum() / 10), strict=True):
        assert abs(share - law) <= band(law)
    assert (batch.bayes == old.bayes_accuracy(0)).all()


# ------------------------------------------------------------ traps that others fell into


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.10])
def test_asked_noise_is_measured_noise(noise: float) -> None:
    """River and scikit-multiflow test .01 + random() <= noise."""
    batch = DriftStream([TEN], noise=noise, rng=1).take(N)
    assert abs(np.mean(batch.y != TEN.label(batch.X)) - noise) <= band(noise)
    X, digits = truth(LED(noise), N)
    assert abs(np.mean(X[:, :7] != SEGMENTS[digits]) - noise) <= band(noise, 7 * N)
    assert abs(X[:, 7:].mean() - 0.5) <= band(0.5, 17 * N)


def agrawal(index: int, x: np.ndarray) -> bool:
    """Group A, as the paper writes it: one customer at a time."""
    salary, commission, age, level, _, _, value, years, loan = x
    group = 0 if age < 40 else 1 if age < 60 else 2
    pay, levels = [(50, 100), (75, 125), (25, 75)][group], [(0, 1), (1, 2, 3), (2, 3, 4)][group]
    paid = pay[0] * 1000 <= salary <= pay[1] * 1000
    if index == 3:
        low, high = ([(25, 75), (50, 100), (50, 100)] if level in levels else [(50, 100), (75, 125), (25, 75)])[group]
        return low * 1000 <= salary <= high * 1000
    if index == 4:
        low, high = ([(100, 300), (200, 400), (300, 500)] if paid else [(200, 400), (300, 500), (100, 300)])[group]
        return low * 1000 <= loan <= high * 1000
    both = salary + commission
    equity = value * (years - 20) / 10 if years >= 20 else 0
    return bool({0: group != 1, 1: paid, 2: level in levels, 5: pay[0] * 1000 <= both <= pay[1] * 1000,
                 6: 2 * both / 3 - loan / 5 - 20_000 > 0, 7: 2 * both / 3 - 5_000 * level - 20_000 > 0,
                 8: 2 * both / 3 - 5_000 * level - loan / 5 - 10_000 > 0,
                 9: 2 * both / 3 - 5_000 * level + equity / 5 - 10_000 > 0}[index])


@pytest.mark.parametrize("index", range(10))
def test_agrawal_is_the_papers_and_group_a_is_always_class_1(index: int) -> None:
    X = Agrawal(index).sample(3_000, index)
    assert Agrawal(index).label(X).tolist() == [int(agrawal(index, x)) for x in X]


def test_agrawal_tests_the_loan_where_it_should() -> None:
    """River's function 4 tests the salary in five places."""
    X, loans = Agrawal(4).sample(5_000, 0), np.arange(50e3, 500e3, 100e3)
    swept = np.array([Agrawal(4).label(np.where(np.arange(9) == 8, loan, X)) for loan in loans])
    assert (swept.max(axis=0) > swept.min(axis=0)).all(), "everybody is in group A for one loan, and not for another"


def test_the_inputs_of_agrawal() -> None:
    salary, commission, age, level, car, code, house, years, loan = Agrawal().sample(N, 0).T
    assert ((commission == 0) == (salary >= 75e3)).all() and commission[commission > 0].min() >= 10e3
    assert 74.9e3 < commission.max() <= 75e3 and 149e3 < salary.max() <= 150e3 and 499e3 < loan.max() <= 500e3
    for column, low, high in ((age, 20, 80), (level, 0, 4), (car, 1, 20), (code, 0, 8), (years, 1, 30)):
        shares = np.bincount(column.astype(int))[low:] / N
        assert len(shares) == high - low + 1 and np.abs(shares - 1 / len(shares)).max() <= band(1 / len(shares))
    worth = house / ((9 - code) * 100e3)
    assert worth.min() >= 0.5 and worth.max() <= 1.5 and house.min() >= 50e3  # no town is worth nothing


def test_centroids_move_in_every_direction_and_have_seeds_of_their_own() -> None:
    """MOA and river move them in the positive orthant, along numbers drawn with the seed of the centres."""
    still, moved = RandomRBF(3, 200, n_inputs=3), RandomRBF(3, 200, n_inputs=3, shift=0.05)
    way = moved._clouds.centres - still._clouds.centres
    free = ((still._clouds.centres > 0.05) & (still._clouds.centres < 0.95)).all(axis=1)
    assert np.sqrt((way[free] ** 2).sum(axis=1)) == pytest.approx(np.full(free.sum(), 0.05))
    assert (np.abs((way > 0).mean(axis=0) - 0.5) < 0.15).all()
    assert abs(np.corrcoef(way[free].ravel(), still._clouds.centres[free].ravel())[0, 1]) < 0.15
    for far in (5.0, -7.3):
        centres = RandomRBF(3, 200, n_inputs=3, shift=far)._clouds.centres
        assert (centres >= 0).all() and (centres <= 1).all()
    for name in ("widths", "shares", "owners"):
        assert np.array_equal(getattr(still._clouds, name), getattr(moved._clouds, name))


def test_a_hyperplane_moves_to_where_it_was_sent_and_stays() -> None:
    """In MOA and river the direction turns at random, and the weights end up anywhere."""
    start, stop = TEN, TEN.shifted(2)
    batch = DriftStream([start, stop], Incremental(1_000, width=4_000), rng=0).take(20_000)
    assert (stop.label(batch.X[5_000:]) == batch.clean[5_000:]).all()
    wrong = (start.label(batch.X) != batch.clean).reshape(20, 1_000).mean(axis=1)
    assert wrong[0] == 0 and wrong[1] < wrong[2] < wrong[4]
    assert wrong[5:].mean() == pytest.approx(start.disagreement(stop), abs=0.02)
    assert abs(batch.clean.mean() - 0.5) < 0.02


@pytest.mark.peers
def test_beside_river() -> None:
    """The rules of river 0.26.1 on the same rows: where they are ours, and where they are not."""
    synth = pytest.importorskip("river.datasets.synth")

    def theirs(generator: Any, function: int, X: np.ndarray) -> np.ndarray:
        functions = getattr(generator, "_functions", None) or generator._classification_functions
        return np.array([functions[function](*x) for x in X.tolist()])

    square = Sine().sample(2_000, 0)
    for k, reverse in itertools.product((1, 2), (False, True)):
        swapped = theirs(synth.Sine(), 2 * (k - 1) + reverse, square[:, ::-1])
        assert (Sine(k, reverse).label(square) == swapped).all()
    X = Mixed().sample(2_000, 0)
    assert (Mixed().label(X) == 1 - theirs(synth.Mixed(), 0, X)).all()
    X = Agrawal().sample(5_000, 0)
    for index in (0, 1, 2, 3, 5):
        assert (Agrawal(index).label(X) == theirs(synth.Agrawal(), index, X)).all()
    for index in (6, 7, 8, 9):
        assert (Agrawal(index).label(X) == 1 - theirs(synth.Agrawal(), index, X)).all()
    assert (Agrawal(4).label(X) != theirs(synth.Agrawal(), 4, X)).mean() > 0.2
    assert (synth.LED._ORIGINAL_INSTANCES == SEGMENTS).all()
    assert LED(0).label(PATTERNS[:, [*range(7), *[0] * 17]]).max() == 9


# ------------------------------------------------------------ in a stream


@pytest.mark.parametrize("concepts", [[LED(), LED(swapped=4)], [RandomRBF(0, 5, n_inputs=2), Gauss(), TwoMoons()],
                                      [Friedman(), Friedman([9, 8, 7, 6, 5])], [Sine(1), Checkerboard(), Circles(2)]],
                         ids=str)
def test_chunks_do_not_matter_nor_does_what_comes_later(concepts: list[Concept]) -> None:
    def stream() -> DriftStream:
        at: list[Any] = [1_500, Gradual(4_000, width=500)]
        return DriftStream(concepts, at[: len(concepts) - 1], noise=0.2, rng=9)

    whole, parts = stream().take(9_000), stream()
    pieces = [parts.take(n) for n in (0, 1, 1_700, 3_000, 4_096, 203)]
    for name in ("X", "y", "clean", "bayes", "concept"):
        assert np.array_equal(np.concatenate([getattr(piece, name) for piece in pieces]), getattr(whole, name))
    twin = stream().twin().take(9_000)
    assert np.array_equal(twin.y[:1_500], whole.y[:1_500]) and np.array_equal(twin.X[:1_500], whole.X[:1_500])


@pytest.mark.parametrize(("old", "new"), [(Gauss(), Gauss(True)), (LED(), LED(swapped=3)),
                                          (RandomRBF(0, 8), RandomRBF(0, 8, shift=0.4))], ids=repr)
def test_between_blurred_concepts_bayes_is_a_bound(old: Overlapping, new: Overlapping) -> None:
    batch = DriftStream([old, new], Gradual(0, N, lambda u: 0 * u + 0.3), noise=0.1, rng=2).take(N)
    told = np.where(batch.concept == 1, new.label(batch.X), old.label(batch.X))
    bayes = batch.bayes[0]
    assert (batch.clean == told).all() and abs(np.mean(told == batch.y) - bayes) <= band(bayes, estimated=True)
    assert all(np.mean(rule.label(batch.X) == batch.y) < bayes for rule in (old, new))


def test_noise_of_numbers_and_the_least_error() -> None:
    old, new, noise = Friedman(), Friedman([5, 6, 7, 8, 9]), 1.5
    stream = DriftStream([old, new], Gradual(N // 2, N // 2, lambda u: 0 * u + 0.3), noise=noise, rng=0)
    batch = stream.take(N)
    assert batch.y.dtype == batch.clean.dtype == np.float64 and stream.classes == () and old.prior == ()
    rest = batch.y - batch.clean
    assert abs(rest.std() - noise) <= 4 * noise / math.sqrt(2 * N) and abs(rest.mean()) <= 4 * noise / math.sqrt(N)
    later = slice(N // 2, N)
    best = 0.7 * old.label(batch.X[later]) + 0.3 * new.label(batch.X[later])
    assert np.mean((best - batch.y[later]) ** 2) == pytest.approx(batch.bayes[-1], rel=0.01)
    assert batch.bayes[0] == noise**2 and batch.bayes[-1] == noise**2 + 0.21 * old.disagreement(new)
    assert "a number to predict, noise 1.5" in stream.describe() and "mean squared difference" in stream.describe()
    assert "least mean squared error 2.25" in stream.describe()
    assert (DriftStream([Friedman()], rng=0).take(9).bayes == 0).all()


def test_friedmans_formula() -> None:
    X = Friedman().sample(20, 0)
    a, b, c, d, e = X.T[:5]
    assert Friedman().label(X) == pytest.approx(10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e)
    assert Friedman([9, 8, 7, 6, 5]).label(X[:, ::-1]) == pytest.approx(Friedman().label(X))


def test_a_regressor_learns_it_and_run_says_that_it_cannot_score_it() -> None:
    stream = DriftStream([Friedman()], noise=1.0, rng=0)
    learner = hb.Learner(hb.mlp(stream, [16], rng=0))
    batch, later = stream.take(3_000), stream.take(1_000)
    learner.learn(batch.X, batch.y, epochs=5)
    assert np.mean((learner.predict(later.X) - later.y) ** 2) < 0.3 * later.y.var()
    with pytest.raises(InputError, match=r"run: scores labels, and DriftStream\(\[Friedman\(\)\].* gives numbers"):
        hb.run(learner, stream, hb.Never())


def test_describe_says_what_can_be_reached() -> None:
    text = DriftStream([LED(), LED(swapped=2)], at=[100], noise=0.1, rng=0).describe()
    assert "10 classes" in text and "Bayes accuracy 0.669" in text and "of the inputs change class" in text


# ------------------------------------------------------------ names and bad input


def test_concepts_compare_and_print_as_they_are_written() -> None:
    concepts = [Hyperplane([1, 2, -1]), Hyperplane([1, 2], 0.5, k=1), Sine(), Sine(2, True, lift=0.1, n_inputs=4),
                Circles(2.5), Mixed(), Mixed(reversed=True), Checkerboard(3, shift=0.5), Gauss(), TwoMoons(0.2, turn=1),
                RandomRBF(1, 9, n_classes=3, shift=0.5), LED(0.2, swapped=2, irrelevant=5), Agrawal(4), Friedman(),
                Friedman([5, 6, 7, 8, 9])]
    assert [eval(repr(concept)) for concept in concepts] == concepts and len(set(concepts)) == len(concepts)
    assert Hyperplane.random(3, rng=1) == Hyperplane.random(3, rng=1) != Hyperplane.random(3, rng=2)
    assert Hyperplane((1, 2)).shifted(1).shifted(-1) == Hyperplane([1.0, 2.0])


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: Hyperplane([0, 0]), r"Hyperplane: weights: expected at least one that is not 0"),
    (lambda: Hyperplane([1, 1], -1), r"at least one that is not 0 \(after the shift\)"),
    (lambda: Hyperplane([]), r"Hyperplane: weights: expected at least one"),
    (lambda: Hyperplane(["a"]), r"Hyperplane: weights: expected numbers"),
    (lambda: Hyperplane([1], k=0), r"Hyperplane: k: expected a whole number of at least 1"),
    (lambda: Hyperplane.random(0), r"Hyperplane: n_inputs: .* at least 1"),
    (lambda: Sine(3), r"Sine: k: there are two curves, 1 and 2; got 3"),
    (lambda: Sine(1, lift=2), r"Sine: lift: .* at most 1, got 2"),
    (lambda: Sine(1, n_inputs=1), r"Sine: n_inputs: .* at least 2"),
    (lambda: Circles(0.5), r"Circles: k: .* at least 1 and at most 4, got 0.5"),
    (lambda: Checkerboard(1), r"Checkerboard: fields: .* at least 2, got 1"),
    (lambda: Checkerboard(2, math.inf), r"Checkerboard: shift: expected a finite number"),
    (lambda: TwoMoons(0), r"TwoMoons: spread: .* at least 0.01, got 0"),
    (lambda: RandomRBF(-1), r"RandomRBF: seed: .* at least 0, got -1"),
    (lambda: RandomRBF(0, 3, n_classes=4), r"RandomRBF: n_centroids: .* at least 4, got 3"),
    (lambda: RandomRBF(0, n_classes=1), r"RandomRBF: n_classes: .* at least 2"),
    (lambda: LED(0.6), r"LED: segment_noise: .* at most 0.5, got 0.6"),
    (lambda: LED(0.1, 8), r"LED: swapped: expected at most 7, .* got 8"),
    (lambda: LED(0.1, 1, irrelevant=0), r"LED: swapped: expected at most 0, .* got 1"),
    (lambda: Agrawal(10), r"Agrawal: index: there are ten rules, 0 .. 9; got 10"),
    (lambda: Friedman([0, 1, 2, 3, 3]), r"Friedman: parts: expected five different columns of 0 .. 9"),
    (lambda: Friedman(3), r"Friedman: parts: expected five different columns"),
    (lambda: Friedman().bayes_accuracy(0.1), r"has no accuracy; the least mean squared error is noise\*\*2"),
    (lambda: Friedman().label(np.zeros((2, 9))), r"X: expected 10 columns, got 9"),
    (lambda: Agrawal(0).label(np.zeros((2, 9)), np.ones(2)), r"Agrawal has no number that could move"),
    (lambda: Gauss().label(np.zeros((2, 2)), np.ones(2)), r"Gauss has no number that could move"),
    (lambda: DriftStream([LED(), LED(irrelevant=0)], at=[9]), r"24 inputs .* 7"),
    (lambda: DriftStream([SEA(8), Hyperplane([1, 1])], at=[9]), r"SEA\(8\) has 3 inputs"),
    (lambda: DriftStream([RandomRBF(0), RandomRBF(0, n_classes=3)], at=[9]), r"\(0, 1\).*\(0, 1, 2\)"),
    (lambda: DriftStream([RandomRBF(0), RandomRBF(0, shift=1)], Incremental(5, width=9)), r"use Gradual"),
    (lambda: DriftStream([Hyperplane([1, 2]), Hyperplane([2, 2])], Incremental(5, width=9)), r"use Gradual"),
    (lambda: DriftStream([Friedman(), TEN], at=[9]), r"classes \(\), but Hyperplane"),
    (lambda: DriftStream([Friedman()], noise=-1), r"noise: expected a finite number at least 0, got -1"),
    (lambda: DriftStream([LED()], noise=0.95), r"noise: .* at most 0.9"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()
