"""Numbers that README and docs quote are those that were measured: docs/render.py, run again, changes nothing."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
RENDER = ROOT / "docs" / "render.py"

pytestmark = pytest.mark.skipif(not RENDER.is_file(), reason="an installed package has no docs beside it")


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("render", RENDER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def render() -> ModuleType:
    return load()


def test_the_numbers_are_those_that_were_measured(render: ModuleType) -> None:
    """`python docs/render.py` mends it."""
    assert json.loads(render.NUMBERS.read_text(encoding="utf-8")) == render.collect()


PAGES = [str(page.relative_to(ROOT)) for page in load().pages()] if RENDER.is_file() else []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_was_measured(render: ModuleType, page: str) -> None:
    text, numbers = (ROOT / page).read_text(encoding="utf-8"), render.collect()
    assert list(render.faults(text, numbers)) == []
    assert render.render(text, numbers) == text


# ---------------------------------------------------------------- the renderer itself


NUMBERS = {"demo.never.accuracy": 0.6641, "demo.never.recovery": None, "demo.rows": 40_000}


@pytest.mark.parametrize(("before", "after"), [
    ("a <!--n:demo.never.accuracy:.3f-->0<!--/n--> b", "a <!--n:demo.never.accuracy:.3f-->0.664<!--/n--> b"),
    ("a <!--n:demo.never.accuracy:%.1-->0<!--/n--> %", "a <!--n:demo.never.accuracy:%.1-->66.4<!--/n--> %"),
    ("a <!--n:demo.never.recovery:,-->0<!--/n-->", "a <!--n:demo.never.recovery:,-->–<!--/n-->"),
    ("<!--b\n`{demo.rows:,}` {x}\n-->\nold\n<!--/b-->\n", "<!--b\n`{demo.rows:,}` {x}\n-->\n`40,000` {x}\n<!--/b-->\n"),
])
def test_what_stands_between_the_marks_is_renewed(render: ModuleType, before: str, after: str) -> None:
    assert list(render.faults(before, NUMBERS)) == []
    assert render.render(before, NUMBERS) == after
    assert render.render(after, NUMBERS) == after


@pytest.mark.parametrize(("text", "fault"), [
    ("a <!--n:demo.nobody:.3f-->0<!--/n-->", "no number is called demo.nobody"),
    ("<!--b\n{demo.nobody:.3f}\n-->\n0\n<!--/b-->", "no number is called demo.nobody"),
    ("a <!--n:demo.rows:,-->0", "a mark <!--n without its end, or an end without its mark"),
    ("<!--b\n{demo.rows:,}\n-->\n0\n", "a mark <!--b without its end, or an end without its mark"),
    ("a\n<!--n:demo.rows:,-->0<!--/n-->", "line 2 begins with a mark"),
    ("- <!--n:demo.rows:,-->0<!--/n-->", "line 1 begins with a mark"),
])
def test_what_is_wrong_with_a_mark_is_said(render: ModuleType, text: str, fault: str) -> None:
    assert list(render.faults(text, NUMBERS)) == [fault]


def test_names(render: ModuleType) -> None:
    measured = {"PyTorch eager / hebbnet": 563, "from": "run of today", "met": True, "curve": {250: {"a": None}}}
    assert render.flat("online", measured) == {"online.pytorch-eager-hebbnet": 563, "online.curve.250.a": None}


def test_what_a_benchmark_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from benchmarks import results

    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    kept = results.keep("online", {"us": {250: np.float64(1 / 3)}, "slope": float("nan"), "samples": np.int64(7)})
    assert json.loads(kept.read_text(encoding="utf-8")) == {
        "command": "python -m benchmarks.online", "from": json.loads(kept.read_text(encoding="utf-8"))["from"],
        "us": {"250": 0.333333}, "slope": None, "samples": 7}
