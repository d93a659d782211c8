"""The whole package on one page is right, and the engine does what it does."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_story import story

import hebbnet as hb
from hebbnet import tiny

SOURCE = Path(tiny.__file__)


def flat(weights: list[np.ndarray]) -> np.ndarray:
    """tiny's list of weights in the order of theta: layer by layer, W before b."""
    return np.concatenate([part.ravel() for part in weights])


def pair(seed: int = 0, *, read_out: bool = True) -> tuple[list[np.ndarray], hb.Learner]:
    """tiny's weights, and an engine that starts from the same ones and learns by the same step."""
    weights = tiny.network(np.random.default_rng(seed))
    if read_out:  # not only zeros
        weights[2] += np.random.default_rng([seed, 1]).normal(0, 0.5, weights[2].shape)
    network = hb.Network(3, [hb.Dense(16, "tanh"), hb.Dense(2, "softmax")], rng=0)
    network.theta[:] = flat(weights)
    return weights, hb.Learner(network, rate=0.05, optimizer=hb.SGD(), standardize=False)


def samples(n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    return tiny.sample(9, n, np.random.default_rng(seed))


# ---------------------------------------------------------------- the page


def test_it_is_one_page() -> None:
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 120


def test_it_needs_numpy_and_nothing_else() -> None:
    nodes = [node for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
             if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in nodes] == ["import numpy as np"]


def test_it_prints_six_numbers(tmp_path: Path) -> None:
    root = str(SOURCE.parents[1])
    done = subprocess.run([sys.executable, "-m", "hebbnet.tiny"], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": root}, check=True, timeout=300)
    assert done.stderr == ""
    printed = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert len(printed) == 6
    assert [name for _, name in printed] == list(story())
    for (number, _), value in zip(printed, story().values(), strict=True):
        assert float(number) == pytest.approx(value, rel=1e-3)


def test_the_story_it_tells() -> None:
    """Launched well, gone stale, saved by retraining and by learning on; Hebb explodes, Oja finds the component."""
    launched, stale, retrained, learning, length, cosine = story().values()
    assert launched > 0.85 and stale < 0.6
    assert min(retrained, learning) > 0.84
    assert max(launched, retrained, learning) < 1 - tiny.NOISE + 0.02
    assert length > 1e3 and cosine > 0.99


def test_the_same_seed_the_same_numbers() -> None:
    assert tiny.two_neurons(np.random.default_rng(4)) == tiny.two_neurons(np.random.default_rng(4))
    one, two = (tiny.run("always", np.random.default_rng(5)) for _ in range(2))
    assert (one == two).all()


# ---------------------------------------------------------------- its own parts, by independent means


def test_the_share_of_each_class_and_of_wrong_labels() -> None:
    """P(x1 + x2 <= theta) is theta^2/200 up to 10, and 1 - (20 - theta)^2/200 above."""
    for theta, share in ((7, 49 / 200), (13, 1 - 49 / 200)):
        X, y = tiny.sample(theta, 100_000, np.random.default_rng(0))
        raw = X * 2.9 + 5
        clean = raw[:, 0] + raw[:, 1] <= theta
        assert clean.mean() == pytest.approx(share, abs=0.006)
        assert (clean != y).mean() == pytest.approx(tiny.NOISE, abs=0.004)
        assert np.abs(X.mean(axis=0)).max() < 0.02 and X.std(axis=0) == pytest.approx([1, 1, 1], abs=0.01)


def test_its_step_goes_down_the_gradient() -> None:
    """Central differences of -log p[label]."""
    weights, _ = pair()
    x, label, rate, h = np.array([0.3, -1.2, 0.7]), 1, 1e-3, 1e-6

    def loss() -> float:
        return float(-np.log(tiny.forward(weights, x)[1][label]))

    gradient = []
    for part in weights:
        for place in np.ndindex(part.shape):
            here = part[place]
            part[place] = here + h
            above = loss()
            part[place] = here - h
            gradient.append((above - loss()) / (2 * h))
            part[place] = here
    before = flat(weights)
    tiny.learn(weights, x, label, rate)
    assert flat(weights) - before == pytest.approx(-rate * np.array(gradient), abs=1e-11)


# ---------------------------------------------------------------- the engine does the same


@pytest.mark.parametrize("compiled", [None, False])
@pytest.mark.parametrize("read_out", [True, False], ids=["random read-out", "zero read-out"])
def test_each_update_of_the_engine_is_the_same(compiled: bool | None, read_out: bool) -> None:
    weights, learner = pair(read_out=read_out)
    learner = hb.Learner(learner.network, rate=0.05, optimizer=hb.SGD(), standardize=False, compiled=compiled)
    X, y = samples(300)
    moved = 0.0
    for x, label in zip(X, y, strict=True):
        learner.network.theta[:] = flat(weights)  # the same start, again and again
        right = tiny.learn(weights, x, label)
        predicted = learner.learn(x[None], [label])
        assert np.abs(learner.network.theta - flat(weights)).max() <= 1e-12
        assert (predicted[0] == label) == right
        moved = max(moved, float(np.abs(weights[0]).max()))
    assert moved > 0.5, "nothing was learned, nothing was compared"


def test_the_engine_stays_with_it_for_300_samples() -> None:
    weights, learner = pair()
    before = flat(weights)
    X, y = samples(300)
    right = [tiny.learn(weights, x, label) for x, label in zip(X, y, strict=True)]
    predicted = learner.learn(X, y)
    assert np.abs(learner.network.theta - flat(weights)).max() <= 1e-9
    assert ((predicted == y) == right).all(), "predictions made before each update"
    assert np.abs(flat(weights) - before).max() > 0.1
    assert learner.predict(X) == pytest.approx([tiny.forward(weights, x)[1].argmax() for x in X])
    assert learner.predict_proba(X) == pytest.approx(np.array([tiny.forward(weights, x)[1] for x in X]), abs=1e-9)


def test_predictions_come_before_learning() -> None:
    """With a rate of 1 nearly every label is known right after it was learned: nobody may use that."""
    weights, learner = pair()
    learner = hb.Learner(learner.network, rate=1.0, optimizer=hb.SGD(), standardize=False)
    X, _ = samples(300)
    y = np.random.default_rng(0).integers(2, size=300)  # nothing to be known
    right = [tiny.learn(weights, x, label, rate=1.0) for x, label in zip(X, y, strict=True)]
    assert ((learner.learn(X, y) == y) == right).all()
    assert np.mean(right) < 0.6


@pytest.mark.parametrize(("name", "rule"), [("hebb", hb.Hebb()), ("oja", hb.Oja())])
def test_hebb_and_oja(name: str, rule: hb.Hebb | hb.Oja) -> None:
    network = hb.Network(3, [hb.Dense(1, "identity")], rng=0)
    network.theta[:] = [0.1, 0.1, 0.1, 0.0]
    learner = hb.Learner(network, rate=0.005, rule=rule, standardize=False)
    w = np.full(3, 0.1)
    for x in np.random.default_rng(0).normal(size=(300, 3)) * [2.0, 1.0, 0.5]:
        getattr(tiny, name)(w, x)
        learner.learn(x[None])
        assert learner.network.layers[0].b[0] == 0
        assert learner.network.layers[0].W[:, 0] == pytest.approx(w, rel=1e-12, abs=1e-12)
    assert np.abs(w - 0.1).max() > 0.1
