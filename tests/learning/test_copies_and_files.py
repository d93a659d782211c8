"""A learner that was copied, pickled, or saved and loaded goes on exactly as if nothing had happened."""

from __future__ import annotations

import copy
import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from learning_helpers import blobs, network
from test_learner import same

import hebbnet as hb

X, Y = blobs(90, classes=3, seed=5)
OPTIMIZERS = [hb.SGD(), hb.Momentum(0.7), hb.RMSprop(), hb.Adam()]


@hb.synapse
def leaky(w, pre, post, signal):
    return pre * signal - 0.01 * w


def learner(**how: object) -> hb.Learner:
    made = hb.Learner(network("tanh", "softmax", 3, n_out=3), rng=3, **how)
    made.learn(X[:30], Y[:30], batch_size=2, epochs=2)
    return made


def go_on(one: hb.Learner) -> np.ndarray:
    return one.learn(X[30:], Y[30:], batch_size=4, epochs=3)


def by_file(one: hb.Learner, tmp_path: Path) -> hb.Learner:
    return hb.Learner.load(one.save(tmp_path / "learner.npz"))


WAYS = {
    "copy": lambda one, _: one.copy(),
    "copy.copy": lambda one, _: copy.copy(one),
    "deepcopy": lambda one, _: copy.deepcopy(one),
    "pickle": lambda one, _: pickle.loads(pickle.dumps(one)),
    "file": by_file,
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda part: part.name)
@pytest.mark.parametrize("way", WAYS)
def test_the_twin_goes_on_equally_and_independently(way, optimizer, tmp_path):
    original = learner(optimizer=optimizer)
    never_stopped, stays = original.copy(), original.copy()
    twin = WAYS[way](original, tmp_path)
    assert same(twin, original) and repr(twin) == repr(original)
    expected = go_on(never_stopped)
    assert np.array_equal(go_on(twin), expected)
    assert same(twin, never_stopped)
    assert same(original, stays)  # nothing of it is shared


@pytest.mark.parametrize("how", [
    {"rule": [hb.Oja(), hb.Hebb(0.1), hb.Gradient()], "rate": [0.1, 0.01, 0.001], "standardize": False},
    {"rule": hb.Oja(), "signal": None, "compiled": False},
    {"signal": hb.RightWrong(), "credit": hb.Backprop()},
], ids=["rules", "unsupervised", "right or wrong"])
def test_every_recipe_survives_a_file(how, tmp_path):
    original = learner(**how)
    twin = by_file(original, tmp_path)
    assert twin.recipe == original.recipe and twin.compiled == original.compiled
    assert twin.standardize == original.standardize
    assert np.array_equal(go_on(original), go_on(twin)) and same(original, twin)


def test_views_after_every_way(tmp_path):
    for way in WAYS.values():
        net = way(learner(), tmp_path).network
        net.theta[:] = np.arange(net.theta.size)
        assert net.layers[0].W[0, 1] == 1.0 and net.layers[-1].b[-1] == net.theta.size - 1


def test_numbers_of_numpy_can_be_saved(tmp_path):
    net = hb.Network(np.int64(3), [hb.Dense(np.int64(4)), hb.Dense(3.0, "softmax")], rng=np.int64(5))
    original = hb.Learner(net, optimizer=hb.RMSprop(np.float32(0.5)), rate=np.float32(0.25), rng=np.uint8(7))
    assert by_file(original, tmp_path).recipe == original.recipe


def test_fresh_starts_again_from_another_seed():
    old = learner()
    one, two, other = old.fresh(1), old.fresh(1), old.fresh(2)
    assert same(one, two) and one.n_seen == 0 and not np.any(one._memory.moments) and not np.any(one._memory.scaler)
    assert not np.array_equal(one.network.theta, other.network.theta)
    assert np.array_equal(go_on(one), go_on(two)) and same(one, two)
    assert old.fresh(np.random.default_rng(1)).recipe == old.recipe


def test_fresh_is_what_would_have_been_built():
    built = hb.Learner(hb.Network(3, [hb.Dense(4), hb.Dense(3, "softmax")], rng=9))
    again = hb.Learner(hb.Network(3, [hb.Dense(4), hb.Dense(3, "softmax")], rng=1)).fresh(9)
    assert same(built, again) and np.array_equal(go_on(built), go_on(again)) and same(built, again)


def test_the_same_seed_shuffles_alike_and_another_does_not():
    one, two, other = (hb.Learner(network("tanh", "softmax", 2, n_out=3), rng=rng) for rng in (1, 1, 2))
    for each in (one, two, other):
        go_on(each)
    assert same(one, two) and not np.array_equal(one.network.theta, other.network.theta)


# ---------------------------------------------------------------- a rule of one's own


def test_own_rules_are_given_again(tmp_path):
    original = learner(rule=leaky)
    path = original.save(tmp_path / "own.npz")
    for given in (None, hb.Oja(), [hb.Gradient()], lambda w, pre, post, signal: pre):
        with pytest.raises(hb.InputError, match=r"its user's own, 'leaky'; .* Learner.load\(path, rule=leaky\)"):
            hb.Learner.load(path, rule=given)
    for given in (leaky, [hb.Oja(), leaky]):
        twin, never_stopped = hb.Learner.load(path, rule=given), original.copy()
        assert np.array_equal(go_on(twin), go_on(never_stopped)) and same(twin, never_stopped)


def test_own_rules_can_be_pickled_after_they_were_compiled():
    original = learner(rule=leaky)
    twin = pickle.loads(pickle.dumps(original))
    assert twin.recipe.rules[0].function is leaky.function
    assert np.array_equal(go_on(original), go_on(twin)) and same(original, twin)
    assert copy.deepcopy(leaky) == leaky


# ---------------------------------------------------------------- another process

ELSEWHERE = """
import sys, hashlib
sys.path.insert(0, {here!r})
import numpy as np, hebbnet as hb
from test_copies_and_files import *
one = hb.Learner.load({path!r}) if {path!r} else learner(optimizer=hb.Adam())
print(hashlib.sha256(go_on(one).tobytes() + b"".join(a.tobytes() for a in one._arrays().values())).hexdigest())
"""


def digest_elsewhere(path: str) -> str:
    code = ELSEWHERE.format(here=str(Path(__file__).parent), path=path)
    environment = {**os.environ, "PYTHONPATH": str(Path(hb.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_another_process_computes_the_same_bits(tmp_path):
    original = learner(optimizer=hb.Adam())
    path = original.save(tmp_path / "learner.npz")
    predictions = go_on(original)
    end = b"".join(a.tobytes() for a in original._arrays().values())
    here = hashlib.sha256(predictions.tobytes() + end).hexdigest()
    assert digest_elsewhere("") == here  # from the seed
    assert digest_elsewhere(str(path)) == here  # from the file
