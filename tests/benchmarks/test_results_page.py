"""`python -m benchmarks`: a page of what was found, whatever becomes of one suite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command

GOOD = """
def measure(quick):
    import os
    print("talk")
    return {"quick": quick, "threads": os.environ["OMP_NUM_THREADS"]}
def report(results):
    return f"quick {results['quick']}, threads {results['threads']}\\n\\n" + chr(10).join([
        "| ratio | found | target | |", "|---|---:|---|---|", "| a / b | 3 | at most 2 | **MISSED** |",
        "| c / d | 1 | at most 2 | met |"]) + "\\n\\nJAX: not measured (No module named 'jax')"
def ratios(results):
    return {"hebbnet / b": 3.0}
"""
STUBS = {"good": GOOD, "bad": GOOD.replace("print", "raise ValueError('no luck') #"),
         "dead": GOOD.replace("print", "os._exit(3) #")}


@pytest.fixture
def suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up suites in place of the real ones."""
    for name, text in STUBS.items():
        (tmp_path / f"stub_{name}.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(command, "SUITES", [(name, f"stub_{name}", f"The {name} one") for name in STUBS])


def test_one_that_fails_is_named_and_the_rest_is_written(suites: None, tmp_path: Path) -> None:
    out, raw = tmp_path / "RESULTS.md", tmp_path / "all.json"
    assert command.main(["--out", str(out), "--json", str(raw), "--quick"]) == 1
    text = out.read_text()
    assert "`python -m benchmarks --quick`" in text and "| python |" in text
    assert "## The good one" in text and "quick True, threads 1" in text and "| hebbnet / b | 3 |" in text
    missed, rest = text.split("## Missed")[1].split("## Not measured")
    assert missed.strip() == "- good: ratio a / b; found 3; target at most 2"
    assert "- good: JAX: not measured (No module named 'jax')" in rest
    assert "- **bad**: `" in text and "ValueError: no luck" in text and "- **dead**: `exit code 3`" in text
    assert "## The bad one" not in text
    found = json.loads(raw.read_text())["suites"]
    assert found["good"]["ratios"] == {"hebbnet / b": 3.0} and "error" in found["dead"]


def test_one_alone_is_printed_and_the_page_stays(suites: None, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
    assert command.main(["--only", "good"]) == 0
    assert "quick False" in capsys.readouterr().out and not command.RESULTS.exists()


def test_who_does_not_come_back_is_not_waited_for(suites: None, tmp_path: Path) -> None:
    (tmp_path / "stub_good.py").write_text(
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path(__file__).with_name('child').write_text(str(child.pid))\ntime.sleep(60)\n")
    assert command.run("stub_good", False, limit=3.0) == {"error": "not over after 3 s"}
    left = Path("/proc") / (tmp_path / "child").read_text()
    assert not left.exists() or "(zombie)" in (left / "status").read_text()


@pytest.mark.parametrize("name", [name for name, _, _ in command.SUITES])
def test_a_suite_has_its_three_doors(name: str) -> None:
    text = (command.ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
    assert [part for part in ("measure", "report", "ratios") if f"\ndef {part}(" not in text] == []
