"""README.md tells the truth: its code runs, its numbers are those of today, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import pytest
from tiny_story import story

import hebbnet as hb
from hebbnet import cli

ROOT = Path(hb.__file__).resolve().parents[1]
README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.is_file(), reason="an installed package has no README.md beside it")


def text() -> str:
    return README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text(), flags=re.MULTILINE | re.DOTALL)


def test_the_code_runs_and_prints_what_its_comments_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    """All blocks in order, in one namespace; `print(x)  # text` prints that text."""
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    assert blocks("python")
    names: dict[str, Any] = {"__name__": "readme"}
    promised = []
    for number, block in enumerate(blocks("python"), 1):
        exec(compile(block, f"README.md, block {number}", "exec"), names)
        promised += re.findall(r"^print\(.*?\) +# (.+)$", block, flags=re.MULTILINE)
    plt.close("all")
    said = capsys.readouterr().out.splitlines()
    assert said == promised


def test_the_six_numbers() -> None:
    lines = [f"{value:12.4g}  {name}" for name, value in story().items()]
    assert any(all(line.strip() in block for line in lines) for block in blocks("text")), "\n".join(lines)


def test_the_table_of_the_demo_has_the_columns_of_today() -> None:
    heads = [line.split() for block in blocks("text") for line in block.splitlines() if line.startswith("  policy")]
    assert heads == [["policy", *cli.DRIFTS_KNOWN]]


def test_the_commands_are_those_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Every `hebbnet run ... --option`, or watch, in it and in the page on the pipeline is one that exists."""
    known = {"--version"}
    for command in ("run", "watch"):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        known |= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    for page in (text(), (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"(?:hebbnet |`)[^`\n]*?(--[a-z-]+)", page)) <= known


def test_the_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text()) if not link.startswith(("http", "#"))]
    assert links
    assert [link for link in links if not (ROOT / link.split("#")[0]).exists()] == []


def test_nothing_is_left_to_be_filled_in() -> None:
    prose = re.sub(r"`[^`\n]+`", "", text())
    assert re.findall(r"\b[A-Z]+_[A-Z_]+\b|TODO|FIXME|XXX", prose) == []
