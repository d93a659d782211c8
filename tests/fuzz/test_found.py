"""What was found by chance, each with the input that showed it."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzz_values import Lies, learner, table

import hebbnet as hb
from hebbnet import concepts, detectors, metrics, plots, rules, schedules

SQUARE, NONE, THING = np.zeros((3, 3)), np.zeros(0), np.array(object())
DIGITS = 10**5_000  # Python refuses to write so long a number


class Silent:
    """No text, and no number."""

    def __repr__(self) -> str:
        raise ZeroDivisionError


@pytest.mark.parametrize(("call", "says"), [
    # an array where one number, one word or one truth is expected
    (lambda: hb.Dense(SQUARE), r"Dense: units: .* got array\(\[\[0\., 0\., 0\.\], \[0\., "),
    (lambda: hb.SGD(decay=np.array([0.5])), r"decay: expected a number, got array\(\[0\.5\]\)"),
    (lambda: hb.Dense(3, SQUARE), "unknown activation array"),
    (lambda: hb.ADWIN(on_detect=NONE), "unknown on_detect of ADWIN array"),
    (lambda: hb.HDDM_A(direction=SQUARE), "unknown direction of HDDM_A"),
    (lambda: concepts.Sine(1, reversed=NONE), "Sine: reversed: expected True or False"),
    (lambda: concepts.Gauss(SQUARE), "Gauss: reversed: expected True or False"),
    (lambda: concepts.Mixed("yes"), "Mixed: reversed: expected True or False, got 'yes'"),
    (lambda: rules.Instar(average=SQUARE), "Instar: average: expected True or False"),
    (lambda: hb.Dense(3, bias=NONE), "Dense: bias: expected True or False"),
    (lambda: learner(compiled=SQUARE), "compiled: expected True, False or None"),
    (lambda: learner(standardize=SQUARE), "standardize: expected True or False"),
    (lambda: hb.run(learner(), table(), hb.Never(), launch=9, warm_start=SQUARE), "warm_start: expected True or False"),
    # numbers that are none, or only in part
    (lambda: hb.SGD(decay=np.complex128(0.5 + 1j)), "decay: expected a number"),
    (lambda: schedules.Exponential("2.0"), "half_life: expected a number, got '2.0'"),
    (lambda: hb.Hyperplane([1j, 2j]), "weights: expected numbers, got e.g. 1j"),
    (lambda: metrics.windowed_accuracy(np.zeros(3, "m8[s]"), 2), "correct: expected numbers"),
    # numbers that are too large for what counts, or too many for a machine
    (lambda: hb.Dense(10**12), r"Dense: units: .* at least 1 and at most 100,000,000, got 1000000000000"),
    (lambda: hb.Hopfield(10**12), "n: expected a whole number of at least 1 and at most 100,000,000"),
    (lambda: hb.FactMemory(1e308), r"d: .* at most 100,000,000, got 1e\+308"),
    (lambda: hb.DDM(warm_start=10**400), r"warm_start: .* at most 9,007,199,254,740,992, got 10{199} \.\.\."),
    (lambda: hb.Gradual(10**400, 5), "Gradual: position: .* at most"),
    (lambda: hb.cycle_time_law(0.1, window=10**400, period=1), "window: .* at most"),
    (lambda: metrics.chance(10**400), "n_classes: .* at most"),
    (lambda: hb.KSWIN(window_size=1e308), "window_size: .* at most"),
    (lambda: hb.ADWIN(max_buckets=10**12), "max_buckets: .* at most"),
    (lambda: detectors.KS(3, window=30_000), "minutes for more than 20,000 together; take smaller windows"),
    (lambda: detectors.PSI(3, alpha=5e-324), "alpha: .* for 3 columns is beyond what float64 can tell from 0"),
    (lambda: detectors.PSI(10**400), "columns: .* at most"),
    (lambda: concepts.RandomRBF(0, 10**12), "n_centroids: .* at most"),
    (lambda: hb.Dense(DIGITS), "got one of type int"),
    (lambda: hb.SGD(decay=DIGITS), "decay: expected a number, got one of type int"),
    (lambda: hb.Dense(Silent()), "Dense: units: .* got one of type Silent"),
    # what is said to be an array, and is none; rows of different lengths
    (lambda: hb.from_arrays(Lies(), [0, 1]), "X: expected numbers, got one two"),
    (lambda: hb.Hyperplane(Lies()), "weights: expected numbers, got one two"),
    (lambda: metrics.kappa([1, [2]], [0, 1]), "y: expected a vector of labels, got rows of different lengths"),
    (lambda: metrics.after_drift([1, [2]], 1), "correct: expected numbers"),
    (lambda: hb.DenseHopfield(3).energy([1, [2]]), "expected numbers"),
    (lambda: hb.SEA(8).label(np.ones((2, 3)), np.array("2.0")), r"SEA: moved: expected a vector of shape \(n,\)"),
    (lambda: hb.SEA(8).label(np.ones((2, 3)), np.ones(3)), "SEA: moved: expected 2 numbers, one for each row, got 3"),
    (lambda: hb.Hyperplane([1, 2]).label(np.ones((2, 2)), [1]), "Hyperplane: moved: expected 2 numbers"),
    (lambda: hb.OnDrift(hb.DDM(), on=np.empty((0, 3))), "unknown thing to watch, on="),
    # one, where there should be several
    (lambda: hb.recurring(hb.SEA(8), every=2, times=2), r"concepts: expected several concepts, got SEA\(8\)"),
    (lambda: hb.DriftStream(THING), "concepts: expected several concepts"),
    (lambda: hb.FactMemory(values=THING), "values: expected several"),
    (lambda: hb.Facts(people=THING), "people: expected several"),
    (lambda: concepts.kind_of_drift(hb.SEA(8), 3.0), "kind_of_drift: expected concepts"),
    (lambda: hb.lab.ErrorStream([(9, 0.2)]).draw("x"), "rng: expected a whole number >= 0, a numpy Generator or None"),
    (lambda: hb.DDM().set_state(np.array([b"state"])), "saved: expected 'state' in it, got nothing"),
    # plots
    (lambda: plots.booster([1], {}), "booster: expected a dict of curves and a dict of gains"),
    (lambda: plots.booster({"a": [{"cycle_time": "x"}]}, {}), "booster: curves: expected dicts with cycle_time"),
    (lambda: plots.law(3, 0.1), "law: measured: expected several dicts"),
    (lambda: plots.forgetting(SQUARE, None), "forgetting: names: expected several"),
    (lambda: plots.tradeoff(None), "tradeoff: results: expected a dict"),
    (lambda: plots.told([1, 2], {"a": "x"}), "told: tellings: expected numbers by rule"),
    (lambda: plots.growth({"a": "seed"}, [1.0]), "growth: weights of a: expected numbers"),
])
def test_said_in_one_line(call: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says) as refused:
        call()
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 1_000


def test_of_a_long_value_the_beginning_is_shown() -> None:
    with pytest.raises(hb.InputError, match=r"^unknown policy .{3,5000} \.\.\.$") as refused:
        hb.run(learner(), table(), "never" * 10_000)
    assert len(str(refused.value)) < 5_000


@pytest.mark.parametrize("value", [np.array(2.0), Decimal("0.25"), np.float32(0.5)])
def test_a_number_of_another_kind_can_be_saved(value: Any, tmp_path: Path) -> None:
    path = learner(schedule=schedules.Exponential(value)).save(tmp_path / "x.npz")
    assert repr(hb.Learner.load(path).recipe.schedule) == f"Exponential(half_life={float(value)})"


# ---------------------------------------------------------------- names of files

READERS = [hb.from_csv, hb.from_npz, hb.Learner.load, hb.Run.load]


@pytest.mark.parametrize("read", READERS)
def test_a_number_is_no_file(read: Any) -> None:
    """`open` takes it for a file that is open: 1 was standard output, and was closed."""
    read_end, write_end = os.pipe()
    try:
        for number in (read_end, True, np.int64(1), None, 0.5, b"x"):
            with pytest.raises(hb.InputError, match="path: expected the name of a file or folder, got"):
                read(number)
        os.fstat(read_end)
        os.fstat(1)
    finally:
        os.close(read_end)
        os.close(write_end)


@pytest.mark.parametrize("name", ["a\0b", "\ud800.npz", 1, None])
def test_names_that_no_file_has(name: Any) -> None:
    for call in (*READERS, learner().save, hb.Registry):
        with pytest.raises(hb.InputError, match="path: expected the name of a file or folder, got"):
            call(name)


@pytest.mark.parametrize("settings", [{"deploy": NONE}, {"deploy": "no"}, {"config": SQUARE}, {"scores": [1]},
                                      {"scores": {"a": np.nan}}, {"data": 3}, {"data": [object()]}])
def test_a_version_that_cannot_be_described(settings: dict[str, Any], tmp_path: Path) -> None:
    registry = hb.Registry(tmp_path / "model")
    registry.publish(learner())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    with pytest.raises(hb.InputError, match=r"^publish: "):
        registry.publish(learner(), **settings)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before and registry.verify() == []


def test_a_delimiter_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,y\n1,2\n")
    with pytest.raises(hb.InputError, match="delimiter: expected one character"):
        hb.from_csv(tmp_path / "x.csv", delimiter=SQUARE)
