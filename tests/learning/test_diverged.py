"""A learner that diverges stops in the update where it does, says where, and is never kept in place of a good one."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learning_helpers import network

import hebbnet as hb
from hebbnet.learning.learner import Diverged

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3_000, 3)), RNG.normal(size=3_000)
HOW = {"compiled": {}, "plain": {"compiled": False}}


def learner(rate: float = 0.01, **how: Any) -> hb.Learner:
    """A regressor that is stable on X and Y, and not on numbers as large as those of `broken`."""
    how = {"optimizer": hb.SGD(), "standardize": False, **how}
    return hb.Learner(network("identity", "identity", 2, n_out=1), rate=rate, **how)


def broken(row: int) -> np.ndarray:
    """Targets with one in row `row` that no weights survive."""
    y = Y.copy()
    y[row] = 1e200
    return y


def by_hand(made: hb.Learner, X: np.ndarray, y: np.ndarray, batch: int) -> tuple[hb.Learner, int]:
    """One call for each batch: the learner behind the first update that fails, and which one that was."""
    for update in range(-(-len(X) // batch)):
        rows = slice(update * batch, (update + 1) * batch)
        try:
            made.learn(X[rows], y[rows], batch_size=batch)
        except Diverged:
            return made, update + 1
    raise AssertionError("it did not diverge")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("optimizer", [hb.SGD(), hb.Momentum(), hb.RMSprop(), hb.Adam()])
@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("row", [0, 1, 149, 270])
def test_it_stops_in_the_first_update_that_overflows(how, optimizer, batch, row):
    """Where one call for each batch would have stopped, to the bit."""
    made = learner(optimizer=optimizer, **HOW[how])
    one, update = by_hand(made.copy(), X[:300], broken(row)[:300], batch)
    with pytest.raises(Diverged, match=rf"^update {update}: the .* of layer [12] became infinite; rule Gradient at "
                                       r"rate 0\.01 has no bounds here; use a smaller rate"):
        made.learn(X[:300], broken(row)[:300], batch_size=batch)
    assert made.n_updates == update > row // batch
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in
               zip(made._arrays().values(), one._arrays().values(), strict=True))


def test_the_layer_and_the_step_of_a_later_call():
    made = learner()
    made.learn(X, Y, batch_size=10)
    with pytest.raises(Diverged, match=r"^update 303: the weights of layer 1 became infinite") as said:
        made.learn(X[:100], broken(12)[:100], batch_size=10)
    assert made.n_updates == said.value.update == 303 and pickle.loads(pickle.dumps(said.value)).update == 303
    assert said.value.args == pickle.loads(pickle.dumps(said.value)).args


def test_shuffled_epochs_and_late_labels():
    made = learner(rate=0.6)
    with pytest.raises(Diverged, match=r"^update \d+: the weights") as said:
        made.learn(X[:200], Y[:200], epochs=50)
    assert made.n_updates == said.value.update < 200 * 50
    made = learner()
    with pytest.raises(Diverged, match=r"^update 5[12]: the weights"):
        made.learn_late(X[100:200], X[:100], broken(50)[:100])
    assert made.n_updates in (51, 52)


def test_chance_is_drawn_once():
    """Node perturbation: the updates that are done again meet the same noise."""
    def made() -> hb.Learner:
        return learner(credit=hb.NodePerturbation(), rng=5)
    one, update = by_hand(made(), X[:40], broken(20)[:40], 1)
    two = made()
    with pytest.raises(Diverged, match=f"^update {update}:"):
        two.learn(X[:40], broken(20)[:40])
    assert np.array_equal(one.network.theta, two.network.theta, equal_nan=True)


def test_moments_that_overflow_are_noticed_though_the_weights_are_finite():
    """v = inf divides every later step to nothing: the learner would stand still, and never say so."""
    made = hb.Learner(hb.Network(1, [hb.Dense(1, "identity")], rng=0), optimizer=hb.RMSprop(), standardize=False)
    with pytest.raises(Diverged, match=r"^update 3: the moments of the optimizer of layer 1 became infinite"):
        made.learn(np.ones((9, 1)), np.where(np.arange(9) == 2, 1e200, 0.0))
    assert np.isfinite(made.network.theta).all()


def test_inputs_too_large_to_be_standardized():
    made = hb.Learner(network("tanh", "softmax", 2))
    with pytest.raises(Diverged, match=r"update \d+: the statistics of the inputs became infinite; numbers as large as "
                                       "these cannot be standardized; divide them first"):
        made.learn(X * 1e200, np.arange(3_000) % 4)


def test_nothing_is_said_without_need():
    """Numbers whose squares overflow, but which are finite themselves."""
    made = learner(rate=1e-300)
    made.network.layers[0].W[:] = 1e200
    made.learn(X[:10] * 1e-200, Y[:10])
    assert np.isfinite(made.network.theta).all()


# ---------------------------------------------------------------- never in place of a good one


def diverged() -> hb.Learner:
    made = learner()
    with pytest.raises(Diverged):
        made.learn(X, broken(5))
    return made


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("which", ["theta", "moments", "scaler"])
def test_what_has_diverged_is_not_saved(tmp_path: Path, which: str, value: float):
    made = learner(optimizer=hb.Adam(), standardize=True)
    made.learn(X[:10], Y[:10])
    path = made.save(tmp_path / "good.npz")
    good = path.read_bytes()
    made._arrays()[which][1] = value
    with pytest.raises(hb.InputError, match=r"cannot save .*good.npz: the .* are infinite: this learner has diverged"):
        made.save(path)
    assert path.read_bytes() == good and list(tmp_path.iterdir()) == [path]


def test_what_has_diverged_is_not_published(tmp_path: Path):
    registry = hb.Registry(tmp_path / "model")
    registry.publish(learner())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    for deploy in (True, False):
        with pytest.raises(hb.InputError, match="this learner has diverged"):
            registry.publish(diverged(), deploy=deploy)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before  # all but the lock
    assert registry.champion().number == 1 and registry.verify() == []


def test_a_file_with_infinite_weights_is_not_loaded(tmp_path: Path):
    path = learner().save(tmp_path / "x.npz")
    with np.load(path) as file:
        contents = dict(file)
    contents["theta"][3] = np.nan
    np.savez(path, **contents)
    with pytest.raises(hb.InputError, match=r"x.npz: the weights of layer 1 are infinite: this learner has diverged"):
        hb.Learner.load(path)


def test_it_can_be_looked_at_and_copied():
    made = diverged()
    for twin in (made.copy(), pickle.loads(pickle.dumps(made))):
        assert np.array_equal(twin.network.theta, made.network.theta, equal_nan=True)
        with pytest.raises(Diverged):
            twin.learn(X[:2], Y[:2])
