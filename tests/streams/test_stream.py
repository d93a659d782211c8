"""DriftStream: the same rows however they are asked for, independent parts, and a truth that is true."""

from __future__ import annotations

import copy
import os
import pickle
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.streams import (
    SEA,
    STAGGER,
    Batch,
    Concept,
    DriftStream,
    Gradual,
    Incremental,
    RotatingBoundary,
    Stream,
    from_arrays,
    recurring,
)
from hebbnet.streams.drifting import BLOCK

SHARED = Path(os.environ.get("HEBBNET_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))


def join(batches: list[Batch]) -> Batch:
    return Batch(*(np.concatenate([getattr(batch, field.name) for batch in batches]) for field in fields(Batch)))


def same(a: Batch, b: Batch) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Batch))


def recipes() -> list[DriftStream]:
    return [
        DriftStream([SEA(7), SEA(9), SEA(7)], [3_000, Gradual(BLOCK - 50, 900)], noise=0.1, rng=5),
        DriftStream([SEA(7), SEA(12)], [Incremental(BLOCK - 100, 300)], noise=0.2, rng=5),
        recurring([STAGGER(1), STAGGER(2), STAGGER(3)], every=700, times=3, noise=0.05, rng=5),
        DriftStream([RotatingBoundary(a, n_inputs=3) for a in (0, 1)], Gradual(10, 1, "sigmoid"), rng=5),
    ]


@given(st.integers(0, 3), st.lists(st.integers(0, 3_000), max_size=12))
@settings(deadline=None, max_examples=40)
def test_chunks_do_not_matter(recipe: int, chunks: list[int]) -> None:
    stream = recipes()[recipe]
    whole = stream.take(sum(chunks))
    stream.restart()
    assert same(join([stream.take(0), *(stream.take(n) for n in chunks)]), whole)
    assert stream.position == sum(chunks) == len(whole)


def test_restart_copy_and_pickle_bring_back_the_very_same_rows() -> None:
    for stream in recipes():
        stream.take(1_234)
        twins = [copy.deepcopy(stream), pickle.loads(pickle.dumps(stream))]
        rest = stream.take(8_000)
        assert all(same(twin.take(8_000), rest) for twin in twins)
        stream.restart()
        stream.take(1_234)
        assert same(stream.take(8_000), rest)


def test_what_was_taken_can_be_overwritten_without_harm() -> None:
    stream = DriftStream([SEA(8)], noise=0.1, rng=0)
    first = stream.take(10)
    kept = copy.deepcopy(first)
    for field in fields(Batch):
        getattr(first, field.name)[:] = -1
    stream.restart()
    assert same(stream.take(10), kept)


def test_seeds() -> None:
    def rows(rng: Any) -> np.ndarray:
        return DriftStream([SEA(8)], rng=rng).take(5).X

    assert np.array_equal(rows(3), rows(3)) and not np.array_equal(rows(3), rows(4))
    assert not np.array_equal(rows(None), rows(None))
    generator = np.random.default_rng(0)
    assert not np.array_equal(rows(generator), rows(generator))
    assert np.array_equal(rows(np.random.default_rng(0)), rows(np.random.default_rng(0)))
    unseeded = DriftStream([SEA(8)])
    first = unseeded.take(5)
    unseeded.restart()
    assert same(unseeded.take(5), first)


def test_the_same_seed_gives_the_same_bits_everywhere() -> None:
    batch = DriftStream([SEA(7), SEA(9)], Gradual(400, 200), noise=0.1, rng=0).take(1_000)
    assert batch.X[[0, 999], 0].tolist() == [7.807566448869352, 6.391036396316422]
    assert (batch.y.sum(), batch.concept.sum(), (batch.y != batch.clean).sum()) == (331, 494, 96)


def test_a_generator_is_used_once() -> None:
    generator = np.random.default_rng(0)
    stream = DriftStream([SEA(8)], rng=generator)
    state = generator.bit_generator.state
    stream.take(100)
    assert generator.bit_generator.state == state


def test_fresh_is_the_same_recipe_with_other_rows() -> None:
    for stream in recipes():
        stream.take(10)
        other = stream.fresh(rng=77)
        assert repr(other) == repr(stream) and other.position == 0
        stream.restart()
        assert not np.array_equal(other.take(50).X, stream.take(50).X)


def test_parts_never_share_randomness() -> None:
    same_concept = DriftStream([SEA(8), SEA(8.5), SEA(8)], [1_000, 2_000], noise=0.3, rng=0).take(3_000)
    assert len(np.unique(same_concept.X, axis=0)) == 3_000
    n = 20_000
    batch = DriftStream([SEA(2), SEA(18)], Gradual(0, n, lambda u: 0 * u + 0.5), noise=0.3, rng=0).take(n)
    parts = [batch.X[:, 0], batch.X[:, 2], batch.concept, batch.y != batch.clean]
    correlation = np.corrcoef(np.array(parts, dtype=float))
    assert np.abs(correlation - np.eye(4)).max() < 4 / np.sqrt(n)
    # Taking the noise away, or adding a drift later on, moves nothing else.
    assert np.array_equal(DriftStream([SEA(8)], rng=0).take(99).X, DriftStream([SEA(8)], noise=0.4, rng=0).take(99).X)


def test_blocks_are_independent() -> None:
    X = DriftStream([SEA(8)], rng=0).take(6 * BLOCK).X
    assert len(np.unique(X[:, 0])) == len(X)


def test_the_twin_shares_all_rows_up_to_the_first_drift() -> None:
    for stream in recipes():
        before = stream.drift_points[0]
        twin = stream.twin()
        assert same(twin.take(before), stream.take(before))
        later = twin.take(10_000)
        assert set(later.concept) == {0} and (later.p == 0).all() and twin.drifts == []
        assert (later.clean == twin.concepts[0].label(later.X)).all() and twin.noise == stream.noise


def test_recurring_concepts_have_one_index() -> None:
    stream = recurring([SEA(7), SEA(9)], every=5_000, times=2, noise=0.1, rng=0)
    batch = stream.take(25_000)
    assert stream.concepts == (SEA(7), SEA(9)) and stream.drift_points == [5_000, 10_000, 15_000]
    assert batch.concept[::5_000].tolist() == [0, 1, 0, 1, 1] and batch.p[::5_000].tolist() == [0, 1, 1, 1, 1]


@dataclass(frozen=True)
class Quarters(Concept):
    """Four classes by the quarters of one input, shifted by `turn`."""

    turn: int = 0
    n_inputs = 1
    classes = ("a", "b", "c", "d")

    def sample(self, n: int, rng: Any) -> np.ndarray:
        rng = np.random.default_rng(rng)
        return rng.random((n, 1)) + 0 * rng.random(n)[:, None]  # two draws: no sampler has to care about chunks

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        return np.asarray((np.asarray(X)[:, 0] * 4 + self.turn) % 4, dtype=np.int64)


@pytest.mark.parametrize("concept", [SEA(8), STAGGER(2), Quarters()], ids=repr)
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1, 0.5])
def test_noise_is_the_share_of_wrong_labels(concept: Concept, noise: float) -> None:
    n, K = 200_000, len(concept.classes)
    batch = DriftStream([concept], noise=noise, rng=3).take(n)
    assert (batch.clean == concept.label(batch.X)).all() and (batch.bayes == 1 - noise).all()
    for shift in range(1, K):  # each of the other classes alike
        share, expected = np.mean((batch.y - batch.clean) % K == shift), noise / (K - 1)
        assert abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize("old, new", [(STAGGER(1), STAGGER(3)), (SEA(7), SEA(12)), (Quarters(), Quarters(1))], ids=repr)
@pytest.mark.parametrize("chance", [0.2, 0.5, 0.7])
def test_bayes_accuracy_on_a_ramp_is_what_the_best_rule_scores(old: Concept, new: Concept, chance: float) -> None:
    n, noise = 200_000, 0.1
    batch = DriftStream([old, new], Gradual(0, n, lambda u: 0 * u + chance), noise=noise, rng=8).take(n)
    likelier = new if chance > 0.5 else old
    hits = np.mean(likelier.label(batch.X) == batch.y)
    bayes = batch.bayes[0]
    assert (batch.bayes == bayes).all() and abs(hits - bayes) < 4 * np.sqrt(bayes * (1 - bayes) / n)
    if len(old.classes) == 2:
        closed = 1 - noise - (1 - 2 * noise) * old.disagreement(new) * min(chance, 1 - chance)
        assert bayes == pytest.approx(closed)


def test_a_frozen_rule_decays_as_the_closed_form_says() -> None:
    noise, thetas = 0.1, (7, 9, 11, 13)
    batch = DriftStream([SEA(t) for t in thetas], [50_000, 100_000, 150_000], noise=noise, rng=0).take(200_000)
    hits = (SEA(7).label(batch.X) == batch.y).reshape(4, 50_000).mean(1)
    law = [(1 - 2 * noise) * (1 - SEA(7).disagreement(SEA(t))) + noise for t in thetas]
    assert np.abs(hits - law).max() < 4 * np.sqrt(0.25 / 50_000)


def test_the_original_sea_file() -> None:
    path = SHARED / "data" / "sea_50k.npz"
    if not path.exists():
        pytest.skip("the original SEA file is not here")
    with np.load(path, allow_pickle=False) as file:
        batch = from_arrays(file["X"], file["y"]).take(50_000)
    blocks = [slice(k * 12_500, (k + 1) * 12_500) for k in range(4)]
    own = [np.mean(SEA(t).label(batch.X[b]) == batch.y[b]) for t, b in zip((8, 9, 7, 9.5), blocks, strict=True)]
    frozen = [np.mean(SEA(8).label(batch.X[b]) == batch.y[b]) for b in blocks]
    assert own == pytest.approx([0.905] * 4, abs=0.01)
    assert frozen == pytest.approx([0.905, 0.844, 0.845, 0.801], abs=0.005)


def test_facts_and_texts() -> None:
    stream = DriftStream([SEA(7), SEA(9), SEA(7)], [50, Gradual(100, width=20)], noise=0.1, rng=0)
    assert (stream.n_inputs, stream.classes, stream.n_rows, stream.noise) == (3, (0, 1), None, 0.1)
    assert stream.columns == ("x1", "x2", "x3") and stream.concepts == (SEA(7), SEA(9))
    assert [(d.position, d.width) for d in stream.drifts] == [(50, 0), (100, 20)] and stream.drift_points == [50, 100]
    assert repr(stream) == "DriftStream([SEA(7), SEA(9), SEA(7)], at=[Abrupt(50), Gradual(100, width=20)], noise=0.1)"
    text = stream.describe()
    assert "noise 0.1" in text and "real: 16.0% of the inputs" in text
    assert "prior 0.755 0.245, Bayes accuracy 0.9" in text
    assert repr(stream.take(5)) == "Batch(X (5, 3), y (5,), with concept, p, bayes and clean)"
    stream.drifts.clear()
    assert stream.drift_points == [50, 100]


def test_types_of_a_batch() -> None:
    for n in (0, 1, BLOCK + 1):
        batch = DriftStream([SEA(8)], rng=0).take(n)
        kinds = {f.name: getattr(batch, f.name).dtype for f in fields(Batch)}
        assert kinds == {"X": float, "y": np.int64, "concept": np.int64, "p": float, "bayes": float, "clean": np.int64}
        assert batch.X.shape == (n, 3) and batch.X.flags.c_contiguous and batch.X.flags.writeable and len(batch) == n


def test_a_stream_of_ones_own_needs_three_methods() -> None:
    class Zeros(Stream):
        n_inputs, classes = 2, ("no", "yes")

        def take(self, n: int) -> Batch:
            return Batch(np.zeros((n, 2)), np.zeros(n, dtype=np.int64))

        def restart(self) -> None:
            pass

        def fresh(self, rng: Any = None) -> Stream:
            return Zeros()

    stream = Zeros()
    assert (stream.drifts, stream.drift_points, stream.concepts, stream.n_rows) == ([], [], (), None)
    assert stream.take(2).concept is None and "Zeros: no end, 2 inputs, 2 classes (no, yes)" in stream.describe()
    with pytest.raises(InputError, match="only a DriftStream has a twin"):
        stream.twin()
