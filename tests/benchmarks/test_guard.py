"""The guard, on made-up numbers: what is slower is said, what is within its tolerance is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import guard

STEADY, SHAKY = [1.0, 1.01, 0.99], [2.0, 3.0, 1.0]
DAY = "2026-01-02"


def test_the_tolerance_is_the_spread_of_the_rounds_and_never_less_than_the_least() -> None:
    kept = guard.keep({"steady": STEADY, "shaky": SHAKY}, DAY)
    assert kept["steady"] == {"ratio": 1.0, "tolerance": guard.LEAST, "date": DAY}
    assert kept["shaky"]["ratio"] == 2.0
    assert kept["shaky"]["tolerance"] == pytest.approx(guard.SPREADS * 0.25)  # quartiles 1.5 and 2.5


@pytest.mark.parametrize(("now", "worse"), [(1.0, False), (1.14, False), (1.16, True), (0.2, False)])
def test_only_what_got_slower_beyond_its_tolerance_counts(now: float, worse: bool) -> None:
    kept = guard.keep({"one": STEADY}, DAY)
    [row] = guard.compare(kept, {"one": [now]})
    assert guard.slower(row) is worse
    text = guard.report([row], kept, {"one": [now]})
    assert ("SLOWER" in text) is worse and f"{int(worse)} of 1 got slower" in text and f"{now - 1:+.0%}" in text


def test_the_worst_comes_first_and_what_is_missing_is_named() -> None:
    kept = guard.keep({"a": [1.0], "b": [1.0], "gone": [1.0]}, DAY)
    found = {"a": [1.1], "b": [2.0], "new": [1.0]}
    compared = guard.compare(kept, found)
    assert [name for name, *_ in compared] == ["b", "a"]
    text = guard.report(compared, kept, found)
    assert "gone: not measured here" in text and "new: not in the baseline" in text and "1 of 2" in text


def test_from_a_run_to_the_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(guard, "BASELINE", tmp_path / "baseline.json")

    def told(ratio: float, *more: str) -> int:
        file = tmp_path / "run.json"
        file.write_text(json.dumps({"date": DAY, "suites": {"online": {"ratios": {"us / C": ratio}},
                                                            "dead": {"error": "no"}}}))
        monkeypatch.setattr("sys.argv", ["guard", "--from", str(file), *more])
        try:
            guard.main()
        except SystemExit as left:
            return int(left.code or 0)
        return -1

    assert told(1.5, "--keep") == -1
    kept = json.loads(guard.BASELINE.read_text())
    assert kept["ratios"] == {"online: us / C": {"ratio": 1.5, "tolerance": guard.LEAST, "date": DAY}}
    assert kept["machine"]["python"] and "kept 1" in capsys.readouterr().out
    assert told(1.6) == 0
    assert (said := capsys.readouterr().out).startswith(f"baseline of {DAY}: ") and "SLOWER" not in said
    assert told(2.0) == 1 and "SLOWER" in capsys.readouterr().out


def test_what_is_compared_computes_something() -> None:
    """DDM's twin in Python sees a change, the twin in NumPy learns."""
    import numpy as np

    assert guard.minima([0.0, 1.0] * 200 + [1.0] * 200) > 100 and guard.minima([0.0, 0.0, 1.0] * 100) == 0
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = (X[:, 0] > 0).astype(np.int64)
    start = [rng.normal(size=(3, 4)), np.zeros(4), rng.normal(size=(4, 2)), np.zeros(2)]
    before = [part.copy() for part in start]
    guard.descend(start, X, y, 10)
    assert all(np.array_equal(a, b) for a, b in zip(start, before, strict=True))
