"""What `benchmarks.growth` and `benchmarks.endurance` read off their numbers, on numbers whose law is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import endurance, growth, growth_figure, memory

WIDTHS = [8, 16, 32, 64, 128, 256, 512, 1_024]


def results() -> dict[str, Any]:
    """Every line a power law but width, a + b w^2, whose overhead and weights are equal at w = 64."""
    lines = {line.name: {"x": list(line.xs), "unit": line.unit, "cost": line.cost,
                         "found": [[3.0 * x**-0.8 if line.name == "processes" else 2.0 * x] * 3 for x in line.xs]}
             for line in growth.LINES}
    lines["width"]["found"] = [[1.0 + (w / 64) ** 2] * 3 for w in WIDTHS]
    return {"rounds": 3, "rows": 1_000, "lines": lines,
            "memory": {name: 400.0 if "run" in name else 10.0 for name in growth.PROGRAMS}}


def test_exponents_are_those_of_the_law() -> None:
    found = growth.fitted(results())
    assert found["samples"]["fit"] == pytest.approx(1.0) and found["processes"]["fit"] == pytest.approx(-0.8)
    assert found["width"]["end"] == pytest.approx(2.0, abs=0.05) and 0.5 < found["width"]["fit"] < 1.5
    assert found["width"]["turn"] == pytest.approx(64, rel=0.1) and found["processes"]["turn"] is None


def test_ratios_are_per_unit_of_work_where_that_stays_the_same() -> None:
    found = growth.ratios(results())
    assert found["samples: 10,000,000 / 10,000"] == pytest.approx(1.0) and found["depth: 8 / 1"] == pytest.approx(8.0)
    assert found["processes: 2 / 1"] == pytest.approx(2**-0.8)


def test_what_takes_too_much_memory_is_not_hidden() -> None:
    text = growth.report(results())
    assert "| hb.run with Always | 400 | 390 | **MISSED** |" in text
    assert "| stream.take and learn, in chunks | 10 | 0 | met |" in text


def test_the_figure_names_every_slope(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib.pyplot as plt

    drawn: list[Any] = []
    monkeypatch.setattr(plt, "close", drawn.append)
    growth_figure.draw(results(), growth.fitted(results()), tmp_path / "growth.png")
    monkeypatch.undo()
    panels = {ax.get_title(loc="left"): ax for ax in drawn[0].axes}
    said = {name: next(text.get_text() for text in ax.texts if text.get_gid() == "exponent")
            for name, ax in panels.items()}
    plt.close(drawn[0])
    assert said == {"samples": "1.00", "seeds": "1.00", "processes": "-0.80", "width": "1.98 at the end",
                    "depth": "1.00", "classes": "1.00 at the end"}
    assert (tmp_path / "growth.png").stat().st_size > 10_000


@pytest.mark.parametrize(("change", "missed"), [({}, []), ({"mb": 9.0}, ["memory"]), ({"us": 0.5}, ["time"]),
                                                ({"accuracy": -0.01}, ["accuracy"])])
def test_what_is_not_flat_is_said(change: dict[str, float], missed: list[str]) -> None:
    """One tenth is `change` more than the one before."""
    flat = {"us": 1.0, "us_rows": 0.1, "mb": 100.0, "accuracy": 0.89, "bayes": 0.9}
    tenths = [{name: value + k * change.get(name, 0.0) for name, value in flat.items()} for k in range(10)]
    found = endurance.flatness(tenths)
    assert [name.split()[0].strip(",") for name, (measured, bound) in found.items() if measured > bound] == missed
    text = endurance.report({"worlds": {"some": {"rows": 10, "tenths": tenths}}})
    assert text.count("**MISSED**") == len(missed)


def test_memory_is_that_of_the_process_asked() -> None:
    bare, more = memory.of("pass"), memory.of("x = b'x' * 50_000_000")
    assert 45 < more - bare < 60 and memory.peak() >= memory.now() > bare
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        memory.of("1 / 0")
