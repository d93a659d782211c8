"""The trail of a detector: its number crosses its threshold where, and only where, it raises an alarm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbnet as hb
from hebbnet.monitoring.detectors.trail import STATISTICS, trail

FALLS = {"EDDM"}  # its number falls below the threshold
REACHES = {"HDDM_A", "KSWIN"}  # theirs raise the alarm by reaching it
KINDS = [*((name, {}) for name in STATISTICS), ("ADWIN", {"on_detect": "shrink"}), ("ADWIN", {"clock": 1}),
         ("ADWIN", {"direction": "worse"}), ("DDM", {"drift_threshold": 1.5}), ("PageHinkley", {"threshold": 10.0})]


def errors(seed: int, low: float = 0.1, high: float = 0.4) -> np.ndarray:
    return (np.random.default_rng(seed).random(1_500) < np.repeat([low, high, low], 500)).astype(float)


@pytest.mark.parametrize(("name", "given"), KINDS, ids=lambda value: str(value))
def test_an_alarm_is_where_the_threshold_is_crossed(name: str, given: dict[str, object]) -> None:
    make = getattr(hb.detectors, name)
    for seed in range(3):
        xs = errors(seed)
        found = trail(make(**given), xs)
        assert found.alarms.tolist() == make(**given).run(xs).tolist()
        sign = -1.0 if name in FALLS else 1.0
        over = sign * (found.value - found.threshold) >= (-1e-12 if name in REACHES else 1e-15)
        crossed = np.flatnonzero(np.isfinite(found.value) & np.isfinite(found.threshold) & over)
        if name == "DDM":  # a first stretch without errors: the bound is 0, and no bound to draw
            crossed = np.union1d(crossed, found.alarms[np.isnan(found.threshold[found.alarms])])
        assert crossed.tolist() == found.alarms.tolist()


@pytest.mark.parametrize("name", ["DDM", "HDDM_A", "HDDM_W", "ECDD"])  # EDDM looks only where an error is
def test_it_warns_where_the_detector_warns(name: str) -> None:
    make = getattr(hb.detectors, name)
    xs, detector, warned = errors(0), make(), []
    for i, x in enumerate(xs):
        if not detector.update(x) and detector.warning:
            warned.append(i)
    found = trail(make(), xs)
    beyond = np.flatnonzero(found.value > found.warning)  # nan is not
    assert warned and sorted(set(beyond.tolist()) - set(found.alarms.tolist())) == warned


def test_detectors_without_a_warning_have_no_bound_for_it() -> None:
    assert np.isnan(trail(hb.PageHinkley(), errors(0)).warning).all()


@settings(max_examples=20)
@given(st.lists(st.sampled_from([0.0, 1.0]), max_size=300), st.sampled_from(sorted(STATISTICS)))
def test_reading_with_a_trail_leaves_the_detector_as_reading_does(xs: list[float], name: str) -> None:
    followed, plain = getattr(hb.detectors, name)(), getattr(hb.detectors, name)()
    trail(followed, xs)
    plain.run(xs)
    assert followed.get_state()["state"].tolist() == plain.get_state()["state"].tolist()


def test_adwin_looks_each_clock_values() -> None:
    found = trail(hb.ADWIN(clock=50, direction="worse"), np.tile([0.0, 1.0], 200))
    assert np.flatnonzero(np.isfinite(found.value)).tolist() == list(range(49, 400, 50))
    assert set(found.threshold) == {1.0}


def test_what_cannot_be_read_is_refused() -> None:
    detector = hb.DDM()
    with pytest.raises(hb.InputError, match="from 0 to 1"):
        trail(detector, [0.0, 2.0])
    assert detector.state["n"] == 0


def test_the_tension_of_adwin_by_hand_where_each_part_is_as_short_as_it_may_be() -> None:
    detector = hb.ADWIN(clock=1, max_buckets=60, min_window_length=20, delta=0.5)
    found = trail(detector, [0.0] * 20 + [1.0] * 20)  # one cut alone leaves 20 on both sides: m = 1 + 1, variance 1/4
    L = np.log(2 * np.log(40) / 0.5)
    assert found.value[39] == pytest.approx(1 / (np.sqrt(2 * 2 * 0.25 * L) + 2 / 3 * L * 2))
    assert np.isnan(found.value[:39]).all()
