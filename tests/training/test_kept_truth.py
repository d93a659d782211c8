"""What a run keeps of the world: little memory where little changes, and the same numbers."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.training.truth import Column, Truth


def test_a_piece_in_which_nothing_changes_is_one_number() -> None:
    column = Column(float)
    for piece in ([0.5] * 4_000, [0.5, 0.25], [0.75] * 3, []):
        column.add(np.array(piece, float))
    assert [(len(values), n) for values, n in column.pieces] == [(1, 4_000), (2, 2), (1, 3), (0, 0)]
    assert column.read(4_004).tolist() == [0.5] * 4_001 + [0.25, 0.75, 0.75]


def test_what_is_kept_is_not_what_was_handed_in() -> None:
    column, values = Column(float), np.array([1.0, 1.0])
    column.add(values)
    values[:] = 7.0
    assert column.read(2).tolist() == [1.0, 1.0]


def test_truth_is_a_mapping_of_arrays_of_one_length() -> None:
    column = Column(np.int32)
    column.add(np.zeros(5))
    truth = Truth({"y": np.arange(5), "concept": column}, stop=3)
    assert {name: values.tolist() for name, values in truth.items()} == {"y": [0, 1, 2], "concept": [0, 0, 0]}
    assert "concept" in truth and "p" not in truth and len(truth) == 2 and truth["concept"].dtype == np.int32
    assert {**pickle.loads(pickle.dumps(truth))}.keys() == truth.keys()
    for name in truth:
        with pytest.raises(ValueError, match="read-only"):
            truth[name][0] = 7  # it might change a copy, and nobody would notice


def test_in_a_pickle_are_the_rows_that_were_lived_and_what_never_changed_once() -> None:
    column = Column(float)
    column.add(np.full(100_000, 0.5))
    truth = Truth({"y": np.zeros(10_000_000, np.int16), "bayes": column}, stop=100)
    assert len(pickle.dumps(truth)) < 2_000


@pytest.mark.parametrize(("classes", "kind"), [(181, np.int16), (182, np.int32)])
def test_a_confusion_matrix_can_be_counted_as_usual(classes: int, kind: type) -> None:
    y = np.arange(1_000) % classes
    run = hb.run(hb.Learner(hb.Network(1, [hb.Dense(classes, "softmax")], rng=0)),
                 hb.from_arrays(np.zeros((1_000, 1)), y), hb.Never(), launch=0)
    assert run.predictions.dtype == run.y.dtype == kind
    assert np.array_equal(run.y * classes + (classes - 1), run.y.astype(int) * classes + (classes - 1))


def test_a_long_run_keeps_six_bytes_a_row() -> None:
    """And no more: prediction, label and label before noise, of two bytes each."""
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[40_000], noise=0.1, rng=0)
    run = hb.run(hb.Learner(hb.mlp(stream, hidden=[4], rng=0)), stream, hb.Never(), steps=81_920, launch=0)
    stream.restart()
    batch = stream.take(81_920)
    kept = sum(array.nbytes for array in (run.predictions, run.truth["y"], run.truth["clean"]))
    kept += sum(values.nbytes for name in ("concept", "p", "bayes") for values, _ in run.truth._kept[name].pieces)
    assert kept <= 6 * 81_920 + 8_192 * 20  # the drift falls into one piece
    assert all(np.array_equal(run.truth[name], getattr(batch, name)) for name in run.truth)
