"""The benchmark of big layers: its problem, its check, and what it makes of what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import batches

US = {"hebbnet": [10.0, 30.0, 20.0], "PyTorch float64": [20.0, 30.0, 60.0], "PyTorch float32": [5.0, 15.0, 10.0]}
FOUND = {"rounds": 3, "machine": {}, "threads": {
    "1": {"peak": [1e10], "skipped": {}, "us": {"100 1": US, "400 32": US}},
    "2": {"peak": [2e10], "skipped": {"PyTorch float64": "none here"}, "us": {"400 512": {"hebbnet": [20.0]}}}}}


def test_digits_are_mostly_blank() -> None:
    X, y = batches.digits(500)
    assert X.shape == (500, 784) and X.min() >= 0.0 and X.max() <= 1.0 and abs((X == 0.0).mean() - 0.8) < 0.01
    assert set(y) == set(range(10))


@pytest.mark.parametrize("batch", [1, 8])
def test_hebbnet_computes_what_is_asked(batch: int) -> None:
    X, y = batches.digits(3 * batch)
    run, expected = batches.hebbnet(20), batches.reference(20, X, y, batch)
    batches.check({"hebbnet": run}, 20, X, y, batch)
    assert np.abs(expected[0] - batches.start(20)[0]).max() > 1e-4  # there was something to learn
    with pytest.raises(SystemExit, match=r"hebbnet, 784-20-10 at batch \d: its weights are .* away from NumPy's"):
        batches.check({"hebbnet": lambda X, y, batch: (0.0, batches.start(20))}, 20, X, y, batch)


def test_flops_of_a_step() -> None:
    """Products forward, for the weight change, and down to the hidden layer: each weight a multiplication, a sum."""
    assert batches.flops(100) == 2 * (78_400 + 1_000) + 2 * (78_400 + 1_000) + 2 * 1_000


def test_ratios_are_ours_over_the_peers() -> None:
    found = batches.ratios(FOUND)
    assert found["784-100-10, batch 1, 1 thread: hebbnet / PyTorch float64"] == 0.5
    assert found["784-400-10, batch 32, 1 thread: hebbnet / PyTorch float32"] == 2.0
    assert len(found) == 4  # without a peer there is no ratio


def test_the_report_says_what_is_met() -> None:
    lines = batches.report(FOUND).splitlines()
    rows = [line for line in lines if line.startswith("| 784")]
    assert rows[0].endswith("| 2.00 | at least 5.0 | MISSED |") and rows[1].endswith("| 2.00 | at least 1.0 | met |")
    assert "| 20.0 (10.0 - 30.0) | 160 % |" in rows[0]  # 319,600 flops in 20 us
    assert rows[2].endswith("| - | - | - | at least 1.0 | not measured |")
    assert "PyTorch float64: not measured (none here)" in lines
