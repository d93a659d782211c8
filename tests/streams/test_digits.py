"""Digits: real images that turn, under other names, seen through other wires."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.engine.checks import InputError
from hebbnet.streams import DriftStream, Gradual, Incremental
from hebbnet.streams.concepts import Digits, Noisy, Permuted, Relabelled, Reweighted, digits

PIXELS = np.random.default_rng(0).permutation(64)


@pytest.fixture
def known() -> tuple[np.ndarray, np.ndarray]:
    """All 1,797 images in [0, 1] and their digits, as scikit-learn has them."""
    found = pytest.importorskip("sklearn.datasets").load_digits()
    return found.images / 16, found.target


@pytest.mark.peers
def test_samples_are_the_images_and_labels_are_theirs(known: Any) -> None:
    images, target = known
    where = {image.tobytes(): k for k, image in enumerate(images.reshape(-1, 64))}
    for part, fourth in (("train", (0, 1, 2)), ("test", (3,))):
        X = Digits(part=part).sample(20_000, 0)
        drawn = np.array([where[row.tobytes()] for row in X])
        assert (Digits(part=part).label(X) == target[drawn]).all()
        assert set(drawn % 4) == set(fourth) and len(set(drawn)) == (1348 if part == "train" else 449)
        counts = np.bincount(drawn)[np.unique(drawn)]  # each as likely: chi-square within four sigma
        cells, mean = len(counts), 20_000 / len(counts)
        assert abs(((counts - mean) ** 2 / mean).sum() - (cells - 1)) < 4 * np.sqrt(2 * cells)
    assert sum(Digits().prior) == pytest.approx(1) and len(Digits().prior) == 10


@pytest.mark.peers
def test_turning_is_scipys_rotation_and_exact_at_right_angles(known: Any) -> None:
    images, _ = known
    rotate = pytest.importorskip("scipy.ndimage").rotate
    for k in range(-2, 5):
        turned = digits.turn(images, np.full(len(images), 90.0 * k)).reshape(images.shape)
        assert np.array_equal(turned, np.rot90(images, k, axes=(1, 2)))
    for angle in (10.0, 33.0, -70.0, 170.5):
        turned = digits.turn(images, np.full(len(images), angle)).reshape(images.shape)
        theirs = rotate(images, angle, axes=(1, 2), reshape=False, order=1, mode="grid-constant")
        assert turned == pytest.approx(theirs, abs=1e-8)
    angles = np.linspace(-400, 400, 100)  # one angle for each image
    one_by_one = [digits.turn(image[None], angle[None])[0] for image, angle in zip(images[:100], angles, strict=True)]
    assert np.array_equal(digits.turn(images[:100], angles), one_by_one)


@pytest.mark.peers
def test_in_an_incremental_drift_each_image_is_turned_by_the_angle_of_its_moment(known: Any) -> None:
    stream = DriftStream([Digits(10), Digits(100)], Incremental(300, rate=0.05), rng=1)
    batch, still = stream.take(2_200), DriftStream([Digits(10)], rng=1).take(2_200)
    assert stream.drifts[0].width == 1_800
    upright = DriftStream([Digits()], rng=1).take(2_200)  # the same draws
    angles = 10 + 90 * np.clip((np.arange(2_200) - 300 + 0.5) / 1_800, 0, 1)
    turned = digits.turn(upright.X.reshape(-1, 8, 8), angles)
    assert batch.X[:2_100] == pytest.approx(turned[:2_100]) and (batch.clean[:2_100] == still.clean[:2_100]).all()
    rows = slice(300, 330)
    assert (Digits(10).label(batch.X[rows], angles[rows]) == batch.clean[rows]).all()


@pytest.mark.peers
def test_a_strange_image_has_the_class_of_the_nearest(known: Any) -> None:
    X = Digits().sample(500, 0)
    noisy = X + 0.05 * np.random.default_rng(1).standard_normal(X.shape)
    assert (Digits().label(noisy) == Digits().label(X)).all() and not Digits().density(noisy).any()
    neighbours = pytest.importorskip("sklearn.neighbors").KNeighborsClassifier(1)
    neighbours.fit(Digits().probe(), Digits().label(Digits().probe()))
    strange = np.random.default_rng(2).random((300, 64))
    assert (Digits().label(strange) == neighbours.predict(strange)).all()
    assert (Digits().label(-0.0 * X) == Digits().label(0.0 * X)).all()


@pytest.mark.peers
@pytest.mark.parametrize(("other", "kind"), [
    (lambda: Digits(45), "real and covariate"), (lambda: Relabelled(Digits(), {3: 8}), "label-swap"),
    (lambda: Permuted(Digits(), PIXELS), "feature-swap"), (lambda: Noisy(Digits(), 0.3), "noise-level"),
    (lambda: Reweighted(Digits(), [0.5, *[0.5 / 9] * 9]), "prior-only")],
    ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("at", [1_000, Gradual(1_000, width=500)], ids=repr)
def test_drifts_made_of_real_data(known: Any, other: Any, kind: str, at: Any) -> None:
    stream = DriftStream([Digits(), other()], at, noise=0.1, rng=0)
    assert len(hb.testing.check_stream(stream, rows=5_000).passed) == 10
    assert f", {kind}: " in stream.describe()
    middle = stream.take(1_251).bayes[1_250]
    if kind == "label-swap" and at != 1_000:  # for the same images, nobody knows which name is meant
        swapped = (Digits().prior[3] + Digits().prior[8]) * 0.499  # just past the middle
        assert middle == pytest.approx(0.9 - swapped * (0.9 - 0.1 / 9), abs=1e-12)
    elif kind != "noise-level":  # a turned or permuted image says itself which concept rules
        assert middle == pytest.approx(0.9)


@pytest.mark.peers
def test_label_swap_and_permuted_pixels_by_hand(known: Any) -> None:
    swapped, scrambled = Relabelled(Digits(), {3: 8}), Permuted(Digits(), PIXELS)
    assert swapped.disagreement(Digits()) == pytest.approx(Digits().prior[3] + Digits().prior[8])
    X = Digits().sample(100, 0)
    assert np.array_equal(scrambled.sample(100, 0), X[:, PIXELS])
    assert (scrambled.label(X[:, PIXELS]) == Digits().label(X)).all()


def test_without_scikit_learn_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    digits._images.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    stream = DriftStream([Digits(), Digits(90)], 5, rng=0)  # nothing is loaded yet
    with pytest.raises(ImportError, match=r"hb.concepts.Digits needs scikit-learn.*pip install 'hebbnet\[bench\]'"):
        digits._images("train")
    assert repr(stream) == "DriftStream([Digits(0), Digits(90)], at=[Abrupt(5)], noise=0)"
    assert repr(Digits(30, part="test")) == "Digits(30, part='test')"


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: Digits("steep"), r"Digits: angle: expected a number, got 'steep'"),
    (lambda: Digits(np.inf), r"Digits: angle: expected a finite number"),
    (lambda: Digits(part="trian"), r"unknown part of the digits 'trian'; known: train, test; did you mean 'train'"),
    (lambda: Digits().label([[1, 2]]), r"X: expected 64 columns, got 2"),
    (lambda: DriftStream([Digits(), hb.SEA(8)], 5), r"Digits\(0\) has 64 inputs .* SEA\(8\) has 3"),
    (lambda: DriftStream([Digits(), Digits(9, part="test")], Incremental(5, 9)), r"no number that could move"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()
