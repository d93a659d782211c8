"""The MNIST benchmark on made digits: its parts compute what they say, and its report says what was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hebbnet as hb
from benchmarks import mnist

SIZES = mnist.Sizes(hidden=8, backprop_epochs=40, units=30, epochs=2, few_label_units=20, few_label_epochs=1)


@pytest.fixture(scope="module")
def digits() -> mnist.Split:
    """Ten blurred prototypes of 16 pixels, well apart."""
    rng = np.random.default_rng(0)
    centres = rng.random((10, 16)) ** 3
    y = np.arange(1_500) % 10
    X = np.clip(centres[y] + 0.05 * rng.normal(size=(1_500, 16)), 0.0, 1.0)
    return mnist.Split(X[:1_200], y[:1_200], X[1_200:], y[1_200:])


def test_the_last_rows_are_the_test_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "TEST", 2)
    np.savez(tmp_path / "some.npz", X=np.array([[0], [51], [102], [255]], np.uint8), y=np.array([3, 1, 4, 1], np.uint8))
    data = mnist.load(tmp_path / "some.npz")
    assert data.X.ravel().tolist() == [0.0, 0.2] and data.X_test.ravel().tolist() == [0.4, 1.0]
    assert data.y.tolist() == [3, 1] and data.y_test.tolist() == [4, 1]


def test_features_are_powers_of_cosines() -> None:
    X, W = np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([[2.0, 0.0, -1.0], [0.0, 5.0, 0.0]])
    assert np.allclose(mnist.features(X, W, power=2), [[0.36, 0.64, 0.0], [0.0, 0.0, 0.0]])
    train, test = mnist.scaled(np.array([[0.0, 7.0], [4.0, 7.0]]), np.array([[1.0, 7.0]]))
    assert train.tolist() == [[0.0, 7.0], [2.0, 7.0]] and test.tolist() == [[0.5, 7.0]]


def test_exemplars_are_rows_drawn_once() -> None:
    X = np.arange(12.0).reshape(6, 2)
    W = mnist.exemplars(X, 6, rng=0)
    assert W.shape == (2, 6) and sorted(W[0]) == X[:, 0].tolist() and np.all(W[1] == W[0] + 1.0)


def test_labels_are_drawn_class_by_class() -> None:
    y = np.arange(100) % 10
    rows = mnist.labelled(y, 5, rng=0)
    assert len(set(rows)) == 50 and np.bincount(y[rows]).tolist() == [5] * 10


def test_the_rate_falls_to_nothing(digits: mnist.Split) -> None:
    learner = mnist.classifier(digits.X, digits.y, [4], 2, 0)
    assert learner.recipe.schedule.factors(np.array([0, learner.n_updates])).tolist() == [1.0, 0.0]
    assert mnist.classifier(digits.X, digits.y, [4], 1, 0, falling=False).recipe.schedule is None


def test_all_epochs_are_one_formula(digits: mnist.Split) -> None:
    """The learner, the plain and the careful NumPy: the same weights, and the start is left alone."""
    X = mnist.unit(digits.X)
    W = mnist.exemplars(X, 30, rng=0)
    start = W.copy()
    plain = mnist.plain_epoch(X, W)
    assert np.abs(plain - W).max() > 0.01 and np.array_equal(W, start)
    for epoch in (mnist.careful_epoch, mnist.hebbnet_epoch):
        assert np.abs(epoch(X, W) - plain).max() < 1e-9
    seconds = mnist.race(X, W, batches=4, rounds=2)
    assert set(seconds) == set(mnist.EPOCHS) and all(len(one) == 2 for one in seconds.values())
    assert mnist.times_over_hebbnet({"hebbnet": [1.0, 2.0, 4.0], "other": [3.0, 4.0, 4.0]})["other"] == 2.0


def test_who_is_fast_and_wrong_is_refused(digits: mnist.Split, monkeypatch: pytest.MonkeyPatch) -> None:
    X = mnist.unit(digits.X)
    monkeypatch.setitem(mnist.EPOCHS, "hebbnet", lambda X, W: W)
    with pytest.raises(SystemExit, match="hebbnet: not the weights of plain NumPy"):
        mnist.race(X, mnist.exemplars(X, 30, rng=0), batches=4, rounds=1)


@pytest.mark.peers
def test_from_the_data_to_the_report(digits: mnist.Split) -> None:
    pytest.importorskip("sklearn")
    found, few = mnist.accuracies(digits, SIZES, 0), mnist.few_labels(digits, SIZES, 0)
    assert min(one["accuracy"] for one in found.values()) > 0.5  # chance: 0.1
    assert set(few) == {"Krotov-Hopfield", "exemplars", "random features", "raw pixels"}
    assert all(len(scores) == 4 and scores[0] <= scores[-1] for scores in few.values())
    results = {"machine": {"hebbnet": hb.__version__}, "seeds": [0], "sizes": vars(SIZES), "accuracies": [found],
               "few labels": few, "epoch": {name: [1.0] for name in mnist.EPOCHS}}
    text = mnist.report(results)
    assert "plain NumPy / hebbnet, epoch" in text and "at least 2: MISSED" in text


def test_the_report_says_who_is_worse() -> None:
    assert "WORSE" in mnist.first_column({"Krotov-Hopfield": [0.3], "raw pixels": [0.4]})
    assert "better" in mnist.first_column({"Krotov-Hopfield": [0.5], "raw pixels": [0.4]})
