"""Each detector against its definition: river's own code, other libraries' variants, closed forms, and the traps."""

import itertools
import math
import random

import numpy as np
import pytest

from hebbnet.engine.checks import InputError
from hebbnet.monitoring.detectors import ADWIN, CUSUM, DDM, ECDD, EDDM, HDDM_A, HDDM_W, KSWIN, PageHinkley
from hebbnet.monitoring.detectors.windows import ks_critical, ks_pvalue


def errors(seed, *segments):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.random(n) < p for n, p in segments]).astype(float)


def wandering(seed):
    rng = np.random.default_rng(seed)
    return errors(seed, *zip(rng.integers(20, 900, 8), rng.random(8), strict=True))


# ---------------------------------------------------------------- river


def random_settings(kind, seed):
    rng = np.random.default_rng(seed)
    return {
        "EDDM": {"warm_start": int(rng.choice([5, 30])), "alpha": 0.95, "beta": float(rng.choice([0.8, 0.9]))},
        "PageHinkley": {"min_instances": int(rng.choice([1, 30])), "delta": float(rng.choice([0.0, 0.05])),
                        "threshold": float(rng.choice([5.0, 20.0])), "alpha": float(rng.choice([0.99, 1.0])),
                        "mode": ["both", "up", "down"][seed % 3]},
        "HDDMA": {"drift_confidence": float(rng.choice([0.001, 0.1])), "warning_confidence": 0.2,
                  "two_sided_test": bool(seed % 2)},
        "HDDMW": {"drift_confidence": float(rng.choice([0.001, 0.1])), "warning_confidence": 0.2,
                  "lambda_val": float(rng.choice([0.02, 0.2])), "two_sided_test": bool(seed % 2)},
    }[kind]


@pytest.mark.peers
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("kind", "ours"), [("EDDM", EDDM), ("PageHinkley", PageHinkley), ("HDDMA", HDDM_A),
                                           ("HDDMW", HDDM_W)])
def test_it_equals_river(kind, ours, seed):
    drift = pytest.importorskip("river.drift")
    given = random_settings(kind, seed)
    one, other = ours(**given), getattr(drift if kind == "PageHinkley" else drift.binary, kind)(**given)
    fired = 0
    for t, x in enumerate(wandering(seed)):
        other.update(x)
        alarm = one.update(x)
        assert alarm == other.drift_detected, t
        fired += alarm
        if kind.startswith("HDDM") and not alarm:
            assert one.warning == other.warning_detected, t
        if kind == "EDDM" and not alarm and one.warning:  # river does not end a warning at a new maximum
            assert other.warning_detected, t
    assert fired


@pytest.mark.peers
@pytest.mark.parametrize(("alpha", "size", "r"), [(0.005, 100, 30), (0.05, 60, 20), (0.0001, 100, 50), (0.9, 44, 22)])
def test_kswin_equals_river_given_the_same_draws(alpha, size, r):
    drift = pytest.importorskip("river.drift")
    ours, theirs = (make(alpha=alpha, window_size=size, stat_size=r) for make in (KSWIN, drift.KSWIN))
    rng = np.random.default_rng(r)
    xs = np.concatenate([rng.normal(0, 1, 300), rng.normal(1.5, 1, 300), rng.integers(0, 3, 300),
                         rng.normal(0, 3, 300)])

    class OurDraws:
        def sample(self, population, k):
            return np.flatnonzero(ours.get_state()["memory"].reshape(3, size)[2, : size - r]).tolist()

    fired = 0
    for t, x in enumerate(xs.tolist()):
        alarm = ours.update(x)
        if theirs.drift_detected:
            theirs._reset()
            theirs._drift_detected = False
        theirs._rng = OurDraws()
        theirs.update(x)
        assert alarm == theirs.drift_detected, t
        fired += alarm
    assert fired


# ---------------------------------------------------------------- what other libraries define


def from_seed_0():
    r = random.Random(0)
    return [int(r.random() < p) for p in (0.1, 0.3, 0.05, 0.5) for _ in range(1000)]


@pytest.mark.parametrize(("detector", "alarms", "whose"), [
    (ADWIN(), [1151, 2143, 3039], "river"),
    (ADWIN(on_detect="shrink"), [1151, 1183, 1215, 1247, 2143, 2239, 3039, 3071, 3103], "menelaus"),
    (DDM(), [35, 374, 417, 498, 1171, 3079], "river and frouros"),
    (PageHinkley(), [1231, 2242, 3097], "river"),
    (PageHinkley(mode="up"), [1231, 3140], "river, up"),
    (PageHinkley(mode="up", variant="frouros"), [1231, 3683], "frouros"),
    (HDDM_A(), [1133, 3037], "river"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_one_input_and_the_alarms_of_different_libraries(detector, alarms, whose):
    assert detector.run(from_seed_0()).tolist() == alarms


def moa_ddm(xs):
    """MOA's DDM: it counts from 1, and is silent while the count is below 30."""
    alarms, n = [], None
    for t, x in enumerate(xs):
        if n is None:
            n, p, lowest = 1, 1.0, (math.inf, math.inf)
        p += (x - p) / n
        s = math.sqrt(p * (1 - p) / n)
        n += 1
        if n < 30:
            continue
        if p + s <= sum(lowest):
            lowest = (p, s)
        if n > 30 and p + s > lowest[0] + 3 * lowest[1]:
            alarms.append(t)
            n = None
    return alarms


def moa_eddm(xs):
    """MOA's EDDM, with the distances in a list."""
    alarms, n, at, distances, highest = [], 0, 0, [], 0.0
    for t, x in enumerate(xs):
        n += 1
        if x == 1:
            distances.append(n - at)
            at = n
            reach = np.mean(distances) + 2 * np.std(distances)
            if reach > highest:
                highest = reach if n >= 30 else highest
            elif len(distances) > 30 and reach / highest < 0.9:
                alarms.append(t)
                n, at, distances, highest = 0, 0, [], 0.0
    return alarms


def skmultiflow_page_hinkley(xs):
    alarms, n, mean, up = [], 0, 0.0, 0.0
    for t, x in enumerate(xs):
        n += 1
        mean += (x - mean) / n
        up = max(0.0, 0.9999 * up + (x - mean - 0.005))
        if n + 1 >= 30 and up > 20:
            alarms.append(t)
            n, mean, up = 0, 0.0, 0.0
    return alarms


@pytest.mark.parametrize(("ours", "oracle"), [
    (DDM(warm_start=28), moa_ddm), (EDDM(variant="moa"), moa_eddm),
    (PageHinkley(mode="up", variant="skmultiflow", threshold=20, min_instances=29), skmultiflow_page_hinkley),
], ids=["DDM of MOA", "EDDM of MOA", "Page-Hinkley of scikit-multiflow"])
def test_variants_equal_what_they_are_named_for(ours, oracle):
    found = 0
    for seed in range(4):
        alarms = oracle(wandering(seed))
        assert ours.fresh().run(wandering(seed)).tolist() == alarms
        found += len(alarms)
    assert found >= 4


def test_moas_hddm_a_restarts_in_silence_after_a_fall():
    xs = errors(0, (1000, 0.1), (1000, 0.4), (1000, 0.1), (1000, 0.4))
    both = HDDM_A(two_sided_test=True).run(xs)
    assert HDDM_A(two_sided_test=True, direction="worse").run(xs).tolist() == [both[0], *both[2:]]
    assert HDDM_A(two_sided_test=True, direction="better").run(xs).tolist() == [both[1]]


# ---------------------------------------------------------------- by hand


def test_eddm_by_hand():
    # Distances 4, 4, then 2, 2 ...: the standard deviation is 0 up to the second, p + 2 s = 4.
    detector = EDDM(warm_start=1)
    xs = [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1]
    detector.run(xs[:8])
    assert detector.state == {"n_seen": 8, "n": 8, "distance": 4.0, "value": 4.0, "threshold": 3.6}
    detector.run(xs[8:10])  # mean 10/3, s^2 = (2 (2/3)^2 + (4/3)^2) / 2
    s = math.sqrt((2 * (2 / 3) ** 2 + (4 / 3) ** 2) / 2)
    assert detector.state["value"] == pytest.approx(10 / 3 + 2 * s)
    moa = EDDM(warm_start=1, variant="moa")
    moa.run(xs[:10])
    assert moa.state["value"] == pytest.approx(10 / 3 + 2 * s * math.sqrt(2 / 3))


def test_page_hinkley_by_hand():
    # 0, 1, 1 with delta .1, no forgetting: means 0, 1/2, 2/3; U: -.1, .3, .3 + 1/3 - .1; least U: -.1.
    detector = PageHinkley(min_instances=3, delta=0.1, threshold=0.6, alpha=1.0)
    assert detector.run([0, 1]).tolist() == []
    assert detector.update(1)
    assert detector.state["mean"] == pytest.approx(2 / 3)
    assert detector.state["value"] == pytest.approx(0.3 + 1 / 3 - 0.1 + 0.1)


def test_a_long_good_stretch_buries_the_alarm_where_no_minimum_is_taken_off():
    xs = np.concatenate([np.tile([0, 0, 0, 1], 250), np.zeros(2000), np.tile([0, 1], 500)])
    with_minimum, without = (PageHinkley(mode="up", variant=variant).run(xs) for variant in ("river", "frouros"))
    assert 3000 < with_minimum[0] < 3300
    assert without[0] > with_minimum[0] + 500


def test_hddm_a_by_hand():
    # Four zeros: the cut stays with the last. Ones: n0 = 4, mean0 = 0; alarm when k/n >= sqrt((1/4 - 1/n)/2 ln 2000).
    detector = HDDM_A()
    assert detector.run([0, 0, 0, 0]).size == 0

    def exceeds(k, confidence):
        return k / (4 + k) >= math.sqrt((1 / 4 - 1 / (4 + k)) / 2 * math.log(2 / confidence))

    for k in itertools.count(1):
        assert detector.update(1) == exceeds(k, 0.001)
        if exceeds(k, 0.001):
            break
        assert detector.warning == exceeds(k, 0.005)
        assert detector.state["value"] == pytest.approx(k / (4 + k))
    assert k > 5


def test_hddm_w_by_hand():
    # Zeros, so that the cut is the last of them, with c1; then k ones have the weighted mean 1 and c2.
    detector = HDDM_W()
    detector.run(np.zeros(40))
    c1 = c2 = 1.0
    for _ in range(40):
        c1 = 0.05**2 + 0.95**2 * c1
    for k in itertools.count(1):
        c2 = 0.05**2 + 0.95**2 * c2
        alarm = math.sqrt((c1 + c2) * math.log(1000) / 2) < 1
        assert detector.update(1) == alarm, k
        assert detector.state["value"] == 1.0
        assert detector.state["threshold"] == pytest.approx(math.sqrt((c1 + c2) * math.log(1000) / 2))
        if alarm:
            break
    assert k > 5


def test_cusum_by_hand():
    detector = CUSUM(warm_start=4, k=0.5, h=2.0)
    assert detector.run([-1, 1, -1, 1]).size == 0  # mean 0, sd = sqrt(4/3)
    z = 2 / math.sqrt(4 / 3)
    assert not detector.update(2)
    assert detector.state == {"n_seen": 5, "mean": 0.0, "sd": pytest.approx(2 / math.sqrt(3)),
                              "value": pytest.approx(z - 0.5), "threshold": 2.0}
    assert detector.update(2)  # 2 (z - 1/2) = 2.46
    falls = CUSUM(warm_start=4, k=0.5, h=2.0, direction="better")
    assert falls.run([-1, 1, -1, 1, -2, -2]).tolist() == [5]


def test_cusum_at_its_limit_still_waits():
    """After 0, 1, 2 mean and sd are exactly 1: the sum comes to h = 4 and to no more; the next value is too much."""
    detector = CUSUM(warm_start=3, k=0.5, h=4.0)
    assert detector.run([0, 1, 2, 5.5]).size == 0 and detector.state["value"] == 4.0
    assert detector.update(2)


def test_cusum_waits_until_a_value_differs():
    assert CUSUM(warm_start=2).run([5.0] * 100).size == 0
    detector = CUSUM(warm_start=2)
    detector.run([0.0] * 50 + [1.0])
    assert detector.state["sd"] == pytest.approx(np.std([0.0] * 50 + [1.0], ddof=1))


@pytest.mark.compiler
def test_the_textbook_run_length_of_cusum():
    """465 values with mean and sd known (Montgomery, k = 1/2, h = 5), which 20,000 values nearly give."""
    lengths = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        detector = CUSUM(warm_start=20_000)
        detector.run(rng.normal(size=20_000))
        lengths.append(detector.first(rng.normal(size=20_000)) + 1)
    assert min(lengths) > 0
    assert np.mean(lengths) == pytest.approx(465, abs=4 * 465 / 20)  # about exponential, so sd = mean


def test_ecdd_by_hand():
    detector = ECDD(min_instances=1)
    detector.run([0, 0, 0, 1])
    p, s = 0.25, math.sqrt(0.25 * 0.75 * 0.2 / 1.8 * (1 - 0.8**8))
    L = 3.97 - 6.56 * p + 48.73 * p**3 - 330.13 * p**5 + 848.18 * p**7
    assert detector.state == {"n_seen": 4, "n": 4, "mean": p, "value": pytest.approx(0.2),
                              "threshold": pytest.approx(p + L * s)}
    assert ECDD(min_instances=1, scale=2).run([0, 0, 0, 1]).size == 0


@pytest.mark.compiler
@pytest.mark.parametrize("p", [0.05, 0.1, 0.2, 0.3, 0.4])
def test_the_limit_of_ecdd_gives_about_the_run_length_that_it_promises(p):
    """400, but p is learned anew after each alarm."""
    alarms = sum(len(ECDD().run(errors(seed, (20_000, p)))) for seed in range(10))
    assert 250 < 200_000 / alarms < 450


# ---------------------------------------------------------------- KSWIN and its test


@pytest.mark.parametrize(("alpha", "r", "k"), [(0.005, 30, 14), (1e-4, 30, 17), (0.05, 30, 11), (0.005, 50, 18)])
def test_the_thresholds_of_kswin(alpha, r, k):
    assert ks_critical(alpha, r, r) == k
    assert KSWIN(alpha=alpha, stat_size=r).state["threshold"] == k / r
    assert ks_pvalue(k, r, r) <= alpha < ks_pvalue(k - 1, r, r)


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_the_pvalue_of_two_samples_of_one_size_in_closed_form(n):
    """P(D >= k/n) = 2 sum_j (-1)^(j-1) C(2n, n - jk) / C(2n, n) (Gnedenko and Korolyuk 1951)."""
    for k in range(1, n + 1):
        closed = 2 * sum((-1) ** (j - 1) * math.comb(2 * n, n - j * k) for j in range(1, n // k + 1))
        assert ks_pvalue(k, n, n) == pytest.approx(closed / math.comb(2 * n, n), rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (4, 4), (5, 3), (2, 6)])
def test_the_pvalue_by_counting_all_orders(n, m):
    distances = []
    for first in itertools.combinations(range(n + m), n):
        steps = np.isin(np.arange(n + m), first)
        apart = np.abs(np.cumsum(steps) * (math.lcm(n, m) // n) - np.cumsum(~steps) * (math.lcm(n, m) // m))
        distances.append(apart.max())
    for k in range(1, math.lcm(n, m) + 1):
        assert ks_pvalue(k, n, m) == pytest.approx(np.mean(np.array(distances) >= k))


def test_kswin_is_silent_for_99_values_after_an_alarm():
    xs = np.tile(np.repeat([0.0, 1.0], 50), 40) + np.random.default_rng(0).normal(0, 0.01, 4000)
    alarms = KSWIN().run(xs)
    assert alarms[0] >= 99
    assert len(alarms) > 10
    assert np.diff(alarms).min() == 100
    detector = KSWIN()
    detector.first(xs)
    assert not any(detector.update(x) for x in [1e9] * 50 + [-1e9] * 49)


def test_kswin_sees_what_leaves_the_mean_as_it_is():
    xs = np.concatenate([np.tile([-0.2, 0.2], 500), np.tile([-1.0, 1.0], 50)])
    assert KSWIN().first(xs) in range(1000, 1100)
    assert ADWIN().first(xs) == -1


def draws(rng, steps):
    """How often each of the 70 older places was drawn, in so many steps."""
    detector, found = KSWIN(rng=rng), np.zeros(70)
    detector.run(np.zeros(99))
    for _ in range(steps):
        detector.update(0.0)
        places = detector.get_state()["memory"].reshape(3, 100)[2, :70]
        assert places.sum() == 30
        found += places
    return found


def test_the_draws_of_kswin_are_even_and_follow_its_seed():
    assert np.abs(draws(1, 4000) - 4000 * 3 / 7).max() < 5 * math.sqrt(4000 * 3 / 7 * 4 / 7)
    assert np.array_equal(draws(1, 40), draws(1, 40))
    assert not np.array_equal(draws(1, 40), draws(2, 40))


# ---------------------------------------------------------------- traps


@pytest.mark.parametrize("detector", [
    ADWIN(), DDM(), EDDM(alpha=0.8, beta=0.7), PageHinkley(), HDDM_A(), HDDM_W(), KSWIN(alpha=0.001), CUSUM(h=20),
    ECDD(scale=2)], ids=lambda detector: type(detector).__name__)
def test_nobody_is_blind_to_errors_that_rise(detector):
    """One detector of river fires when errors fall, and not when they rise."""
    xs = errors(1, (1000, 0.1), (300, 0.7))
    worse = type(detector)(**detector.settings | {"direction": "worse"})
    assert next(alarm for alarm in worse.run(xs) if alarm >= 1000) < 1200


@pytest.mark.parametrize("detector", [PageHinkley(), HDDM_A(two_sided_test=True), HDDM_W(two_sided_test=True),
                                      KSWIN(alpha=0.001), CUSUM(h=10)], ids=lambda detector: type(detector).__name__)
def test_direction_filters_the_signal_only(detector):
    xs = errors(2, (1000, 0.2), (1000, 0.8), (1000, 0.1), (1000, 0.5))
    both, worse, better = (type(detector)(**detector.settings | {"direction": direction}).run(xs).tolist()
                           for direction in ("both", "worse", "better"))
    assert both == sorted(worse + better)
    assert any(1000 <= alarm < 1300 for alarm in worse)
    assert any(2000 <= alarm < 2300 for alarm in better)


def test_page_hinkley_mode_is_not_direction():
    xs = errors(2, (1000, 0.2), (1000, 0.8), (1000, 0.1), (1000, 0.5))
    up, worse = PageHinkley(mode="up").run(xs), PageHinkley(direction="worse").run(xs)
    assert up[0] == worse[0]
    assert up.tolist() != worse.tolist()  # the fall at 2000 restarts the second, and not the first


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("make", "given", "message"), [
    (ADWIN, {"on_detect": "stop"}, "unknown on_detect of ADWIN 'stop'; known: restart, shrink"),
    (EDDM, {"alpha": 0.8, "beta": 0.9}, "beta: expected a finite number greater than 0 and at most 0.8, got 0.9"),
    (EDDM, {"alpha": 1.1}, "alpha"), (EDDM, {"warm_start": -1}, "warm_start"),
    (EDDM, {"variant": "weka"}, "variant of EDDM"),
    (EDDM, {"direction": "better"}, "direction of EDDM 'better'; known: both, worse"),
    (PageHinkley, {"threshold": 0}, "threshold"), (PageHinkley, {"alpha": 2}, "alpha"),
    (PageHinkley, {"delta": -1}, "delta"), (PageHinkley, {"min_instances": 1.5}, "min_instances"),
    (PageHinkley, {"mode": "upp"}, "unknown mode of PageHinkley 'upp'.*did you mean 'up'"),
    (PageHinkley, {"mode": "up", "direction": "better"}, "mode='up' sees nothing of direction='better'"),
    (PageHinkley, {"mode": "down", "direction": "worse"}, "mode='down' sees nothing of direction='worse'"),
    (PageHinkley, {"variant": "moa"}, "known: river, skmultiflow, frouros"),
    (HDDM_A, {"drift_confidence": 0}, "drift_confidence"), (HDDM_A, {"warning_confidence": 2}, "warning_confidence"),
    (HDDM_A, {"two_sided_test": "yes"}, "two_sided_test: expected True or False, got 'yes'"),
    (HDDM_A, {"direction": "better"}, "needs two_sided_test=True"), (HDDM_W, {"lambda_val": 0}, "lambda_val"),
    (KSWIN, {"alpha": 1e-20}, "alpha: 1e-20 is out of reach: of 30 and 30 values"), (KSWIN, {"alpha": 0}, "alpha"),
    (KSWIN, {"window_size": 59}, "window_size: expected a whole number of at least 60, got 59"),
    (KSWIN, {"stat_size": 0}, "stat_size"), (KSWIN, {"rng": "x"}, "rng"),
    (CUSUM, {"warm_start": 1}, "warm_start"), (CUSUM, {"h": 0}, "h:"), (CUSUM, {"k": -1}, "k:"),
    (ECDD, {"min_instances": 0}, "min_instances"), (ECDD, {"scale": 0}, "scale"),
    (ECDD, {"direction": "better"}, "direction of ECDD"),
])
def test_bad_settings_are_refused(make, given, message):
    with pytest.raises(InputError, match=message):
        make(**given)


@pytest.mark.parametrize("make", [EDDM, PageHinkley, HDDM_A, HDDM_W, KSWIN, CUSUM, ECDD])
@pytest.mark.parametrize("xs", [[0.0, math.nan], [[0.0, 1.0]], [math.inf], ["a"], 1.0])
def test_bad_values_are_refused_before_anything_changed(make, xs):
    detector = make()
    for face in (detector.run, detector.first):
        with pytest.raises(InputError, match="xs"):
            face(xs)
    with pytest.raises(InputError, match="x: expected a"):
        detector.update(math.nan)
    assert detector.n_seen == 0


@pytest.mark.parametrize("make", [EDDM, HDDM_A, HDDM_W, ECDD])
def test_values_outside_the_theory_are_refused(make):
    with pytest.raises(InputError, match="expected numbers from 0 to 1, got 2 in row 1"):
        make().run([0, 2])
    with pytest.raises(InputError, match="x: expected a"):
        make().update(-0.1)


def test_eddm_reads_0_and_1_only():
    detector = EDDM()
    with pytest.raises(InputError, match=r"xs: EDDM counts the values between errors: .* got 0\.5"):
        detector.run([0, 0.5])
    with pytest.raises(InputError, match=r"x: EDDM counts the values between errors"):
        detector.update(0.5)
    assert detector.n_seen == 0


def test_a_damaged_state_of_kswin_is_refused():
    detector = KSWIN()
    detector.run(np.random.default_rng(0).normal(size=150))
    good = detector.get_state()
    for place, value in [(3, 149.5), (3, 20.0), (3, -1.0), (5, 0.0), (5, 0.5), (5, 2.0**31)]:
        bad = {part: values.copy() for part, values in good.items()}
        bad["state"][place] = value
        with pytest.raises(InputError, match="contradict"):
            detector.set_state(bad)
    for place, value in [(0, 99.0), (100, 1e6), (101, -5.0)]:
        bad = {part: values.copy() for part, values in good.items()}
        bad["memory"][place] = value
        with pytest.raises(InputError, match="contradict"):
            detector.set_state(bad)
    detector.set_state(good)


# ---------------------------------------------------------------- definitions, once more and slowly


@pytest.mark.parametrize("seed", range(3))
def test_ecdd_equals_its_definition(seed):
    xs, detector = errors(seed, (150, 0.1), (150, 0.4), (150, 0.05), (150, 0.3)), ECDD(min_instances=20, scale=0.8)
    alarms, warnings, since = [], [], []
    for t, x in enumerate(xs):
        since.append(x)
        n, p = len(since), np.mean(since)
        z = sum(0.2 * 0.8 ** (n - 1 - i) * value for i, value in enumerate(since))
        q = min(p, 0.5)
        L = 0.8 * (3.97 - 6.56 * q + 48.73 * q**3 - 330.13 * q**5 + 848.18 * q**7)
        s = math.sqrt(p * (1 - p) * 0.2 / 1.8 * (1 - 0.8 ** (2 * n)))
        fired = detector.update(x)
        assert (detector.state["mean"], detector.state["value"]) == pytest.approx((p, z))
        if n >= 20 and z > p + L * s:
            alarms.append(t)
            since = []
        elif n >= 20 and z > p + L * s / 2:
            warnings.append(t)
        assert (fired, detector.warning) == (t in alarms[-1:], t in warnings[-1:])
    assert alarms and warnings


@pytest.mark.parametrize(("mode", "xs"), [("up", [0, 0, 1, 1]), ("down", [1, 1, 0, 0]), ("both", [0, 0, 1, 1]),
                                          ("both", [1, 1, 0, 0])])
def test_the_number_of_page_hinkley_by_hand(mode, xs):
    # Means 0, 0, 1/3, 1/2: U is -.05, -.1, -.1 + 2/3 - .05, and then 1/2 - .05 more, over its least, -.1.
    detector = PageHinkley(min_instances=1, delta=0.05, alpha=1.0, mode=mode)
    detector.run(xs)
    assert detector.state["value"] == pytest.approx(2 / 3 + 1 / 2 - 0.1)


def test_kswin_calls_a_fall_better_though_errors_are_left():
    xs = errors(3, (200, 0.9), (100, 0.4))
    both, worse, better = (KSWIN(direction=direction).run(xs).tolist() for direction in ("both", "worse", "better"))
    assert both == better != [] == worse
