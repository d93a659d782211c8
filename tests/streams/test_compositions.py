"""Any concepts that fit, made from each other in any way, in any drifts: still a stream."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds_helpers import in_band

import hebbnet as hb
from hebbnet.streams import SEA, Abrupt, Batch, DriftStream, Gradual, Incremental, RotatingBoundary
from hebbnet.streams.concepts import Local, Noisy, Permuted, Relabelled, Reweighted, Shifted
from hebbnet.streams.drifting import BLOCK

shares = st.sampled_from([0.3, 0.5, 0.8])
plain = st.one_of(st.builds(SEA, st.floats(2, 18)), st.builds(lambda phi: RotatingBoundary(phi, n_inputs=3),
                                                              st.floats(-3, 3)))


def wrap(concept: Any) -> Any:
    made = [
        st.builds(Shifted, concept, st.floats(-3, 3), st.sampled_from([None, 0, 2])),
        st.builds(Relabelled, concept, st.just((1, 0))),
        st.builds(Permuted, concept, st.permutations(range(3)).map(tuple)),
        st.builds(Local, concept, concept, st.just({1: (0, 5)})),
    ]
    return st.one_of(*made)


quiet = st.recursive(plain, wrap, max_leaves=3)
reweighted = st.builds(lambda phi, share: Reweighted(RotatingBoundary(phi, n_inputs=3), (share, 1 - share)),
                       st.floats(-3, 3), shares)
concepts = st.one_of(quiet, reweighted, st.builds(Noisy, st.one_of(quiet, reweighted), st.floats(0, 0.5)))


@st.composite
def recipes(draw: Any) -> DriftStream:
    chosen = draw(st.lists(concepts, min_size=1, max_size=4))
    position, drifts = draw(st.integers(0, BLOCK)), []
    for _ in chosen[1:]:
        width = draw(st.sampled_from([0, 1, 2, 500]))
        shape = draw(st.sampled_from(["linear", "sigmoid", np.square]))
        drifts.append(Gradual(position, width, shape) if width else Abrupt(position))
        position += width + 1 + draw(st.integers(0, 3_000))
    return DriftStream(chosen, drifts, noise=draw(st.sampled_from([0.0, 0.2, 0.5])), rng=draw(st.integers(0, 9)))


@given(recipes(), st.lists(st.integers(0, 3_000), min_size=1, max_size=5))
@settings(max_examples=40)
def test_chunks_do_not_matter_restart_brings_it_back_and_the_truth_is_true(stream: DriftStream,
                                                                           chunks: list[int]) -> None:
    whole = stream.take(sum(chunks))
    stream.restart()
    parts = [stream.take(n) for n in chunks]
    for field in fields(Batch):
        assert np.array_equal(np.concatenate([getattr(part, field.name) for part in parts]), getattr(whole, field.name))
    for k, concept in enumerate(stream.concepts):
        rows = whole.concept == k
        assert np.array_equal(whole.clean[rows], concept.label(whole.X[rows]))
    t = np.arange(len(whole))
    assert ((whole.p >= 0) & (whole.p <= 1)).all() and ((whole.bayes >= 0) & (whole.bayes <= 1)).all()
    for drift in stream.drifts:  # confined to its window
        assert (whole.p[(t >= drift.position) & (t < drift.stop)] < 1).all()
        assert (whole.p[t == drift.position - 1] == whole.p[t == drift.position - 1].round()).all() or any(
            other.stop == drift.position for other in stream.drifts)
    assert len(np.unique(whole.X, axis=0)) == len(whole)  # no part repeats the inputs of another


@given(recipes())
@settings(max_examples=25)
def test_in_a_whole_run_as_many_labels_are_wrong_as_bayes_says(stream: DriftStream) -> None:
    batch = stream.take(8_000)
    alone = np.ones(8_000, dtype=bool)
    for drift in stream.drifts:
        alone[drift.position : drift.stop] = False
    if alone.any():
        share = float(np.mean(1 - batch.bayes[alone]))
        assert in_band((batch.y != batch.clean)[alone], share, 0.003)
    assert stream.describe().count("\n") == len(stream.drifts) + 1


@given(st.floats(0.5, 19), st.floats(0.5, 19), st.integers(0, 300), st.floats(0.01, 30))
@settings(max_examples=40)
def test_incremental_by_rate_arrives_and_stays_in_its_window(a: float, b: float, position: int, rate: float) -> None:
    if abs(a - b) < 0.1:
        return
    stream = DriftStream([SEA(a), SEA(b)], Incremental(position, rate=rate), rng=0)
    drift = stream.drifts[0]
    p = stream.take(drift.stop + 2).p
    assert (p[:position] == 0).all() and (p[drift.stop :] == 1).all()
    assert (np.diff(p[position : drift.stop]) > 0).all() and (p[position : drift.stop] > 0).all()
    assert 1 - p[drift.stop - 1] <= rate / abs(a - b)  # the last row is at most one step away


def test_twins_of_what_is_made() -> None:
    stream = DriftStream([Noisy(SEA(7), 0.2), Shifted(SEA(9), 1)], 100, rng=3)
    mine, twin = stream.take(200), stream.twin().take(200)
    assert np.array_equal(mine.X[:100], twin.X[:100]) and np.array_equal(mine.y[:100], twin.y[:100])
    assert twin.concept.tolist() == [0] * 200 and hb.streams.DriftStream([Noisy(SEA(7), 0.2)], rng=3).take(9)
