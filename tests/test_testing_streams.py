"""A stream that is wrong in one way is caught, by the name of that fault; what is right passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.streams import Batch, DriftStream, Stream
from hebbnet.testing import StreamFault, check_stream

A, B = hb.SEA(7), hb.SEA(11)
C = hb.concepts
NAMES = ("batch", "restart", "chunks", "memory", "fresh", "truth", "labels", "noise", "drifts", "twin")


@pytest.mark.parametrize("stream", [
    DriftStream([A, B, A], [3_000, hb.Gradual(5_000, width=900)], noise=0.1, rng=0),
    DriftStream([A, B, A], [hb.Gradual(5_000, width=900), 5_900], rng=0),
    DriftStream([A, B, A], [hb.Gradual(5_000, width=900), hb.Gradual(5_900, width=900)], rng=0),
    DriftStream([A, B], hb.Incremental(1_000, rate=0.01), noise=0.3, rng=1),
    DriftStream([C.Noisy(A, 0.1), C.Noisy(C.Shifted(A, 3), 0.3)], hb.Gradual(1_000, width=1), noise=0.1, rng=1),
    hb.recurring([hb.STAGGER(k) for k in (1, 2, 3)], every=700, times=3, rng=2),
    hb.blip(A, B, at=10, width=1, rng=3),
    DriftStream([hb.RotatingBoundary(a) for a in (0, 1)], 0, rng=4),
    DriftStream(A, rng=5),
], ids=repr)
def test_what_is_right_passes(stream: Stream) -> None:
    report = check_stream(stream)
    assert report.passed == NAMES and not report.skipped and stream.position == 0
    assert report.subject == "DriftStream" and repr(report).startswith("DriftStream passes: batch, restart")


def test_of_real_data_nobody_knows_the_truth() -> None:
    rng = np.random.default_rng(0)
    report = check_stream(hb.from_arrays(rng.random((5_000, 2)), rng.integers(3, size=5_000)))
    assert report.passed == NAMES[:5] and set(report.skipped) == set(NAMES[5:])
    assert "twin, since nobody knows the truth about it" in repr(report)


class Mine(Stream):
    """A stream of one's own: right, but for what a subclass does to it."""

    concepts, n_inputs, classes, noise = (A, B), 3, (0, 1), 0.2

    def __init__(self, rng: Any = 0) -> None:
        self.world = DriftStream([A, B], 4_500, noise=0.2, rng=rng)

    def take(self, n: int) -> Batch:
        batch = self.spoiled(self.world.take(n), np.arange(self.position, self.position + n))
        self.position += n
        return batch

    def spoiled(self, batch: Batch, t: np.ndarray) -> Batch:
        return batch

    def restart(self) -> None:
        self.world.restart()
        self.position = 0

    def fresh(self, rng: Any = None) -> Stream:
        return type(self)(rng)

    def twin(self) -> Stream:
        return self.world.twin()

    @property
    def drifts(self) -> list:
        return self.world.drifts


def spoiling(change: Any) -> type[Mine]:
    class Spoilt(Mine):
        def spoiled(self, batch: Batch, t: np.ndarray) -> Batch:
            return change(batch, t)
    return Spoilt


class Forgetful(Mine):
    def __init__(self, rng: Any = 0) -> None:
        self.rng = np.random.default_rng(rng)
        super().__init__(rng)

    def restart(self) -> None:
        super().restart()
        self.world = self.world.fresh(self.rng)


class Chunky(Mine):
    def spoiled(self, batch: Batch, t: np.ndarray) -> Batch:
        return replace(batch, X=batch.X + np.random.default_rng(len(batch)).random(3))


class Lender(Mine):
    kept: Batch | None = None

    def take(self, n: int) -> Batch:
        self.kept = self.kept or self.world.take(20_000)
        rows = slice(self.position, self.position + n)
        self.position += n
        return Batch(*(column[rows] for column in (self.kept.X, self.kept.y, self.kept.concept, self.kept.p,
                                                   self.kept.bayes, self.kept.clean)))

    def restart(self) -> None:
        self.position = 0


class Unseeded(Mine):
    def fresh(self, rng: Any = None) -> Stream:
        return Mine(None)


class Repeating(Mine):
    def fresh(self, rng: Any = None) -> Stream:
        return Mine(0)


class Itself(Mine):
    def fresh(self, rng: Any = None) -> Stream:
        return self


class OffByOne(Mine):
    @property
    def drifts(self) -> list:
        return [hb.Abrupt(4_501)]


class Imagined(Mine):
    @property
    def drifts(self) -> list:
        return [hb.Abrupt(4_500), hb.Abrupt(6_000)]


class Nameless(Mine):
    concepts = ()


class Alone(Mine):
    def twin(self) -> Stream:
        return Stream.twin(self)


class OtherTwin(Mine):
    def twin(self) -> Stream:
        return DriftStream(A, noise=0.2, rng=99)


class DriftingTwin(Mine):
    def twin(self) -> Stream:
        return Mine()


class Lost(Mine):
    def take(self, n: int) -> Batch:
        return self.world.take(n)


class Random(Mine):
    """Noise that draws from all labels, the right one too: half of what was asked."""

    def spoiled(self, batch: Batch, t: np.ndarray) -> Batch:
        drawn, label = np.random.default_rng(3).random((2, 20_000))[:, t]
        return replace(batch, y=np.where(drawn < 0.2, (label < 0.5).astype(np.int64), batch.clean))


def ramp(batch: Batch, t: np.ndarray) -> Batch:
    return replace(batch, p=1 / (1 + np.exp(-4 * np.clip((t - 4_500) / 100, -50, 50))))


FAULTS = [
    (spoiling(lambda batch, t: (batch.X, batch.y)), "no batch", r"take\(0\) gives tuple, expected a hb.streams.Batch"),
    (spoiling(lambda batch, t: replace(batch, X=batch.X[:, :2])), "wrong shape", r"X of shape \(0, 2\), expected"),
    (spoiling(lambda batch, t: replace(batch, p=batch.p[:-1])), "wrong shape", "gives p of shape"),
    (spoiling(lambda batch, t: replace(batch, y=batch.y.astype(np.int32))), "wrong type", r"y is int32.*astype\(int64"),
    (spoiling(lambda batch, t: replace(batch, X=np.where(t[:, None] == 3, np.nan, batch.X))), "not finite",
     r"X\[3, 0\] is nan"),
    (spoiling(lambda batch, t: replace(batch, y=batch.y + 1)), "unknown label", "does counting begin at 1"),
    (Lost, "wrong position", r"take\(1\), position is 0, expected 1"),
    (Forgetful, "restart forgets the seed", r"X differs from row 0 on after restart\(\)"),
    (Chunky, "depends on chunks", r"when 3 rows are taken as \(1, 2\)"),
    (Lender, "shares its memory", "hand out copies"),
    (Unseeded, "fresh ignores its seed", "use rng for all that is random"),
    (Repeating, "fresh repeats", "give the same 1000 rows"),
    (Itself, "fresh is not new", "expected a new object"),
    (spoiling(lambda batch, t: replace(batch, bayes=None)), "half the truth",
     "there is concept, p, clean but not bayes"),
    (Nameless, "half the truth", "there is concept, p, bayes, clean but not concepts"),
    (spoiling(lambda batch, t: replace(batch, p=2 * batch.p)), "out of range", "p goes from 0 to 2, expected 0 to 1"),
    (spoiling(lambda batch, t: replace(batch, concept=batch.concept + 1)), "out of range", "concept goes from 1 to 2"),
    (spoiling(lambda batch, t: replace(batch, clean=batch.y)), "labels are not the concept's", r"20\.\d%|19\.\d%"),
    (spoiling(lambda batch, t: replace(batch, clean=1 - batch.clean, y=1 - batch.y)), "labels are not the concept's",
     r"SEA\(7\) says .* \(100.0% of its rows differ\)"),
    (spoiling(lambda batch, t: replace(batch, X=batch.X[:, [2, 1, 0]])), "labels are not the concept's", "the same X"),
    (Random, "noise is not what bayes says", r"0\.1\d+ of the labels are wrong, and bayes says 0.2000; .*right one"),
    (spoiling(lambda batch, t: replace(batch, bayes=batch.bayes - 0.1)), "noise is not what bayes says", "0.3000"),
    (OffByOne, "a change without a drift", "in row 4500, and drift_points are .4501.; .*off by one"),
    (Imagined, "a drift that changes nothing", r"the concept is 1 before and after Abrupt\(6000\)"),
    (spoiling(ramp), "a change without a drift", r"p is .* outside of all windows"),
    (OtherTwin, "the twin is another world", r"X differs from row 0 on .* first 4500 rows"),
    (DriftingTwin, "the twin drifts", "its concept changes"),
]


def test_the_stream_that_is_spoilt_below_is_right() -> None:
    assert check_stream(Mine()).passed == NAMES


@pytest.mark.parametrize(("stream", "fault", "says"), FAULTS, ids=[fault for _, fault, _ in FAULTS])
def test_a_planted_fault_is_caught_by_its_name(stream: type[Mine], fault: str, says: str) -> None:
    with pytest.raises(StreamFault, match=f"(?s)^{stream.__name__}: {fault}: .*{says}") as caught:
        check_stream(stream())
    assert caught.value.fault == fault


def test_what_is_done_on_purpose_can_be_left_out() -> None:
    assert check_stream(Alone()).skipped == {"twin": "it has none"}
    report = check_stream(OtherTwin(), skip="twin")
    assert report.passed == NAMES[:-1] and report.skipped == {"twin": "it was to be skipped"}


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: check_stream(A), r"expected a stream such as hb.DriftStream\(\[hb.SEA\(8\)\]\), got SEA\(7\)"),
    (lambda: check_stream(Mine(), skip=["twins"]), r"unknown check 'twins'; .* did you mean 'twin'"),
    (lambda: check_stream(Mine(), rows=1), r"rows: expected a whole number of at least 2, got 1"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        wrong()
