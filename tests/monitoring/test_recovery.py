"""After a drift: by hand, in worlds whose recovery is known, and beside a trailing window, which is late."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.monitoring import metrics
from hebbnet.monitoring.recovery import AfterDrift

DRIFT, TRUE = 3_000, 1_800


def course(*stretches):
    """An accuracy for each row: (rows, accuracy), one after another."""
    return np.concatenate([np.full(rows, accuracy) for rows, accuracy in stretches])


FALLS = course((DRIFT, 0.9), (TRUE, 0.5), (4_000, 0.9))


def tossed(accuracy, seeds, rng=0):
    """Records of so many seeds whose rows are right with these probabilities."""
    return (np.random.default_rng(rng).random((seeds, len(accuracy))) < accuracy).astype(float)


def test_by_hand():
    after = metrics.after_drift(FALLS, DRIFT)
    expected = AfterDrift(DRIFT, 5_800, pytest.approx(0.9), pytest.approx(0.4), TRUE, None, pytest.approx(0.4 * TRUE))
    assert after == expected


def test_the_seeds_are_averaged_first():
    """Bins of one seed are noise; those of twenty find the very bin, and so does 95 % of what is drawn anew."""
    after = metrics.after_drift(tossed(FALLS, 20), DRIFT)
    assert after.recovery == TRUE and after.interval == (TRUE, TRUE)
    assert after.level == pytest.approx(0.9, abs=0.01) and after.dip == pytest.approx(0.4, abs=0.02)
    assert after.lost == pytest.approx(0.4 * TRUE, rel=0.02)


def test_a_trailing_window_says_it_took_longer():
    """At the same share of the same level, the accuracy of the last 1,000 rows is back some 900 rows late."""
    record = tossed(FALLS, 20)
    after = metrics.after_drift(record, DRIFT)
    trailing = metrics.windowed_accuracy(record.mean(axis=0), 1_000)[DRIFT:]
    fallen = int(np.argmax(trailing < 0.97 * after.level))
    late = fallen + int(np.argmax(trailing[fallen:] >= 0.97 * after.level))
    assert after.recovery == TRUE and 2_600 <= late <= 2_800


def test_censored_at_the_next_drift():
    for until, recovery in ((DRIFT + TRUE, None), (DRIFT + TRUE + 299, None), (DRIFT + TRUE + 300, TRUE)):
        after = metrics.after_drift(FALLS, DRIFT, until=until)
        assert after.recovery == recovery and after.observed == (until - DRIFT) // 100 * 100
    assert metrics.after_drift(FALLS, DRIFT, until=DRIFT + 1_000).lost == pytest.approx(400)
    some = np.stack([course((DRIFT, 0.9), (rows, 0.5), (2_000 - rows, 0.9)) for rows in (300, 600, 2_000)])
    after = metrics.after_drift(some, DRIFT)
    assert after.recovery is None and after.interval == (300, None)  # all three drawn alike, now and then


def test_one_good_bin_is_luck():
    luck = course((DRIFT, 0.9), (500, 0.5), (200, 0.9), (300, 0.5), (2_000, 0.9))
    assert metrics.after_drift(luck, DRIFT).recovery == 1_000


def test_to_another_level_and_share():
    slow = course((DRIFT, 0.8), *((100, 0.4 + 0.01 * k) for k in range(50)))
    assert metrics.after_drift(slow, DRIFT, share=1.0).recovery == 4_000
    assert metrics.after_drift(slow, DRIFT, share=0.75).recovery == 2_000
    assert metrics.after_drift(slow, DRIFT, level=0.85, share=1.0).recovery == 4_500
    assert metrics.after_drift(slow, DRIFT, level=0.95).recovery is None


def test_a_drift_that_takes_its_time():
    """It has not even begun to hurt: being back then is no recovery; but where nothing falls there is none to need."""
    slow = course((DRIFT, 0.9), (500, 0.89), (1_500, 0.6), (2_000, 0.9))
    assert metrics.after_drift(slow, DRIFT).recovery == 0
    assert metrics.after_drift(slow, DRIFT, width=1_000).recovery == 2_000
    assert metrics.after_drift(course((2 * DRIFT, 0.9)), DRIFT, width=950).recovery == 0
    assert metrics.after_drift(slow, DRIFT, width=10**6).recovery is None


def test_the_level_is_that_of_the_last_2_000_rows():
    rising = course((1_000, 0.2), (2_000, 0.8), (1_000, 0.7))
    assert metrics.after_drift(rising, DRIFT).level == pytest.approx(0.8)
    assert metrics.after_drift(rising[500:], DRIFT - 1_000).level == pytest.approx(0.65)  # of the 2,000 that there are


def test_too_few_rows_say_nothing():
    assert metrics.after_drift(FALLS, 499) is None and metrics.after_drift(FALLS, 500) is not None
    assert metrics.after_drift(FALLS[: DRIFT + 499], DRIFT) is None
    assert metrics.after_drift(FALLS[: DRIFT + 500], DRIFT) is not None
    assert metrics.after_drift(FALLS, len(FALLS) + 5) is None


@given(st.lists(st.integers(0, 100), min_size=5, max_size=30), st.integers(0, 1_200))
def test_as_the_definition_says(bins, width):
    """Against the words, bin by bin; the records are such that the bins have these accuracies in percent."""
    correct = np.concatenate([np.ones(600), *(np.repeat([0.0, 1.0], [100 - k, k]) for k in bins)])
    after = metrics.after_drift(correct, 600, width=width)
    back = None
    for k in reversed(range(len(bins) - 2)):
        if all(share >= 97 for share in bins[k : k + 3]) and 100 * k >= width:
            back = k
    if back is not None and min(bins[:back], default=100) >= 97:
        back = 0
    assert after.recovery == (None if back is None else 100 * back)
    assert after.lost == pytest.approx(sum(100 - share for share in bins[:back]))
    assert after.dip == pytest.approx(1 - min(np.mean(bins[k : k + 5]) for k in range(len(bins) - 4)) / 100)


def test_the_interval_is_drawn_from_the_seeds_alone():
    record = tossed(course((DRIFT, 0.9), *((100, 0.5 + 0.01 * k) for k in range(41)), (500, 0.9)), 6)
    first, again, other = (metrics.after_drift(record, DRIFT, rng=rng) for rng in (0, 0, 1))
    assert first == again and first.recovery == other.recovery
    low, high = first.interval
    assert low <= first.recovery <= high and low < high
    assert metrics.after_drift(record[:1], DRIFT).interval is None


@pytest.mark.parametrize(("change", "says"), [
    ({"correct": [0, 2]}, "correct: expected numbers from 0 to 1, got 2"), ({"correct": np.empty((0, 9))}, "one line"),
    ({"correct": [[[1]]]}, "correct: expected a matrix"), ({"drift": -1}, "drift"), ({"until": 0.5}, "until"),
    ({"width": -1}, "width"), ({"share": 1.5}, "share"), ({"level": 2}, "level"), ({"resamples": 0}, "resamples"),
    ({"rng": "x", "correct": [FALLS, FALLS]}, "rng"),
])
def test_refused(change, says):
    with pytest.raises(InputError, match=says):
        metrics.after_drift(**{"correct": FALLS, "drift": DRIFT, **change})
