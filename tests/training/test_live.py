"""Live data: by hand, equal to a slow version, frozen once it has predicted, and what it is worth beside training."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learners import Means, Screamer, Watch
from test_own_learners import Commonest
from test_policies import Says

import hebbnet as hb

SEA = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[3_000], noise=0.1, rng=0)


class Zero(Says):
    """Always answers 0, and counts how often it is taught."""

    def __init__(self) -> None:
        self.taught = 0

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        self.taught += 1

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.zeros(len(X))

    def copy(self) -> Zero:
        return self


def remembering(X: Any, y: Any, k: int, size: int = 100) -> hb.LiveData:
    """Beside a model that always answers 0."""
    live = hb.LiveData(Zero(), k=k, size=size)
    assert live.predict(np.zeros((1, np.shape(X)[1]))).tolist() == [0]
    live.learn(X, y)
    return live


def test_by_hand() -> None:
    """The model, 0, is right about the samples on the left and wrong about those on the right."""
    live = remembering([[0.0], [1], [2], [10], [11], [12]], [0, 0, 0, 1, 2, 2], k=3)
    # nearest to 3 are 0 0 0; to 11 are 1 2 2; to 6.1 are 2 and 10 11 (labels 0 1 2): one label each, so the model's
    assert live.predict([[3.0], [11], [6.1]]).tolist() == [0, 2, 0]
    assert remembering([[0.0], [1]], [1, 0], k=2).predict([[0.0]]).tolist() == [0]  # a tie is the model's
    assert remembering([[0.0]], [1], k=5).predict([[9.0]]).tolist() == [1]  # fewer remembered than asked


def test_only_the_latest_are_remembered() -> None:
    live = remembering(np.arange(5.0)[:, None], [1, 1, 1, 1, 1], k=1, size=3)
    assert live.predict([[0.0]]).tolist() == [1]
    live.learn([[0.0], [0.0]], [0, 0])
    assert live.predict([[0.0], [4.0]]).tolist() == [0, 1]
    live.learn(np.zeros((7, 1)), [0] * 7)
    assert live.predict([[4.0]]).tolist() == [0]
    live.learn(np.empty((0, 1)), [])
    assert live.predict([[4.0]]).tolist() == [0]


def test_distances_are_in_units_of_the_spread() -> None:
    """The second input is a thousand times as wide, and says nothing."""
    rng = np.random.default_rng(0)
    X = np.stack([rng.choice([0.0, 1.0], 400), rng.normal(size=400) * 1_000], axis=1)
    live = remembering(X, X[:, 0].astype(int), k=9, size=400)
    assert live.predict(X).tolist() == X[:, 0].tolist()
    flat = remembering(np.stack([X[:, 0], np.full(400, 7.0)], axis=1), X[:, 0].astype(int), k=9, size=400)
    assert flat.predict([[1.0, 7.0], [0.0, 8.0]]).tolist() == [1, 0]  # an input that never varied


@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 30), st.integers(1, 3), st.integers(1, 40))
@settings(max_examples=60)
def test_as_the_words_say(seed: int, k: int, more: int, d: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    X, y, asked = rng.normal(size=(n, d)), rng.integers(3, size=n), rng.normal(size=(5, d))
    live = hb.LiveData(Says(rng.integers(3, size=99)), k=k, size=k + more)
    model = live.learner
    X[:, 0], asked[:, 0] = rng.permutation(99)[:n], rng.permutation(99)[:5] + 0.25  # what Says goes by; no ties
    live.predict(asked)
    for part in np.array_split(np.arange(n), 3):
        live.learn(X[part], y[part])
    memory = np.arange(n)[-(k + more):]
    spread = X[memory].std(axis=0)
    spread[spread == 0] = 1
    for x, answer in zip(asked, live.predict(asked), strict=True):
        near = sorted(memory, key=lambda i: float((((X[i] - x) / spread) ** 2).sum()))[:k]
        counts = np.bincount(y[near], minlength=3)
        trusted = np.sum(model.predict(X[near]) == y[near])
        assert answer == (model.predict(x[None])[0] if trusted >= counts.max() else counts.argmax())


def test_weights_are_frozen_by_the_first_prediction() -> None:
    batch = SEA.fresh(0).take(600)
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=0))
    live = hb.LiveData(learner, k=5, size=50)
    live.learn(batch.X[:300], batch.y[:300])
    learner.learn(batch.X[:300], batch.y[:300])
    theta = learner.network.theta.copy()
    assert np.array_equal(live.learner.network.theta, theta) and not live.frozen
    assert np.array_equal(live.predict(batch.X), learner.predict(batch.X)) and live.frozen
    live.learn(batch.X[300:], 1 - batch.y[300:])
    assert np.array_equal(live.learner.network.theta, theta) and live.learner.n_seen == 300
    assert not np.array_equal(live.predict(batch.X), learner.predict(batch.X))


def test_in_a_run_the_launch_trains_and_life_does_not() -> None:
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=0))
    run = hb.run(hb.LiveData(learner, k=5, size=50), SEA, hb.Always(), launch=200, epochs=3, steps=500)
    assert run.learner.learner.n_seen == 3 * 200 and learner.n_seen == 0
    again = hb.run(hb.LiveData(learner, k=5, size=50), SEA, hb.Always(), launch=200, epochs=3, steps=500, arrival=1)
    assert np.array_equal(run.predictions, again.predictions)
    scratch = hb.run(hb.LiveData(learner, k=5, size=50), SEA, hb.Periodic(100), launch=200, epochs=3, steps=500,
                     window=60, warm_start=False)
    assert scratch.learner.learner.n_seen == 3 * 60 and len(scratch.learner._y) == 0


@pytest.mark.parametrize("how", [{}, {"label_delay": 30}, {"cycle_time": 20}, {"arrival": 10, "label_delay": 15}])
def test_it_reads_no_label_early(how: dict[str, int]) -> None:
    """The learner in it is asked about every remembered row, and screams where that row's label is not visible yet."""
    class Told(Screamer):
        def predict(self, X: np.ndarray) -> np.ndarray:
            return np.zeros(len(X))

    class Live(hb.LiveData):
        def learn(self, X: Any, y: Any) -> None:
            watcher.learn(np.asarray(X), np.asarray(y))
            super().learn(X, y)

        def predict(self, X: Any) -> np.ndarray:
            Screamer.predict(watcher, np.asarray(X))
            return super().predict(X)

        def copy(self) -> Live:
            return self

    rows = np.arange(200.0)[:, None]
    watcher = Told(Watch(50, how.get("label_delay", 0), how.get("cycle_time", 0)))
    hb.run(Live(Zero(), k=3, size=20), hb.from_arrays(rows, np.arange(200)), hb.Always(), launch=50, **how)
    assert watcher.newest > 150


def test_copies_are_their_own() -> None:
    live = remembering(np.arange(6.0)[:, None], [1] * 6, k=1, size=6)
    for twin in (live.copy(), copy.deepcopy(live), pickle.loads(pickle.dumps(live))):
        twin.learn(np.arange(6.0)[:, None], [0] * 6)
        assert twin.predict([[3.0]]).tolist() == [0] and live.predict([[3.0]]).tolist() == [1]
    fresh = hb.LiveData(Means(2, 2), k=1, size=3).fresh(0)
    assert not fresh.frozen and (fresh.k, fresh.size) == (1, 3)
    assert not hasattr(hb.LiveData(Commonest(), k=1), "fresh")
    assert repr(live).startswith("LiveData(") and repr(live).endswith("k=1, size=6)")


@pytest.mark.compiler
@pytest.mark.long
def test_it_softens_a_drift_and_costs_nothing_where_there_is_none() -> None:
    """Ten seeds: far above the frozen model after the drift, beside it before; training every label is still better."""
    rows: dict[str, list[tuple[float, float]]] = {"never": [], "live": [], "always": []}
    for seed in range(10):
        stream = SEA.fresh(seed)
        learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=seed))
        for name, who, policy in (("never", learner, hb.Never()), ("always", learner, hb.Always()),
                                  ("live", hb.LiveData(learner, k=15, size=500), hb.Always())):
            correct = hb.run(who, stream, policy, launch=1_500, steps=5_000).correct
            rows[name].append((float(correct[:1_500].mean()), float(correct[1_500:].mean())))
    before, after = ({name: np.array(pairs)[:, i] for name, pairs in rows.items()} for i in (0, 1))
    for name, least in (("never", 0.28), ("always", -0.05)):
        gain = after["live"] - after[name]
        assert gain.mean() - 2 * gain.std(ddof=1) / np.sqrt(10) > least, name
    behind = after["always"] - after["live"]
    assert behind.mean() > 2 * behind.std(ddof=1) / np.sqrt(10)
    assert abs((before["live"] - before["never"]).mean()) < 0.01


@pytest.mark.parametrize(("arguments", "says"), [
    ({"learner": 3}, "expected a learner"), ({"learner": Zero}, "expected a learner"), ({"k": 0}, "k"),
    ({"k": 2.5}, "k"), ({"size": 0}, "size"), ({"k": 5, "size": 4}, "size: expected at least k = 5, got 4"),
])
def test_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        hb.LiveData(**{"learner": Zero(), **arguments})


def test_rows_that_cannot_be_remembered() -> None:
    live = remembering([[1.0, 2.0]], [1], k=1)
    for X, y, says in (([[1.0]], [0], "2 columns"), ([[1.0, np.nan]], [0], "finite"), ([[1.0, 2.0]], [0, 1], "as many"),
                       ([[1.0, 2.0]], [-1], "label -1")):
        with pytest.raises(hb.InputError, match=says):
            live.learn(X, y)
    with pytest.raises(hb.InputError, match="2 columns"):
        live.predict([[1.0]])
    assert len(live._y) == 1
