"""README.md and docs tell the truth: their code runs, their names are those of today, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import pytest
from tiny_story import story

import hebbnet as hb
from hebbnet import cli
from hebbnet.figures.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]

pytestmark = pytest.mark.skipif(not README.is_file(), reason="an installed package has no README.md beside it")


def text(page: str = "README.md") -> str:
    """The page as a reader sees it: without what stands in comments (docs/render.py)."""
    return re.sub(r"<!--.*?-->", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def blocks(language: str, page: str = "README.md") -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text(page), flags=re.MULTILINE | re.DOTALL)
    return [dedent(block) for _, block in found]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks("python", page)])
def test_the_code_runs_and_prints_what_its_comments_say(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    """All blocks in order, in one namespace; `print(x)  # text` prints that text."""
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    data = hb.DriftStream([hb.SEA(8)], rng=0).take(300)  # what docs/pipeline.md has on a Monday
    rows = "\n".join(",".join(map(str, [*x, y])) for x, y in zip(data.X, data.y, strict=True))
    (tmp_path / "monday.csv").write_text("x1,x2,x3,class\n" + rows + "\n")
    names: dict[str, Any] = {"__name__": page}
    promised = []
    for number, block in enumerate(blocks("python", page), 1):
        exec(compile(block, f"{page}, block {number}", "exec", dont_inherit=True), names)
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
    """Every `hebbnet ... --option`, run, watch or figures, in it and in the page on the pipeline, exists."""
    known = {"--version"}
    for command in ("demo", "run", "watch", "figures"):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        known |= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    for page in (text(), (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"(?:hebbnet |`)[^`\n]*?(--[a-z-]+)", page)) <= known


@pytest.mark.parametrize("page", [*PAGES, "benchmarks/README.md"])
def test_the_links_lead_somewhere(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text(page))
             if not link.startswith(("http", "#", "gathered/"))]  # gathered when the site is built
    assert links or page != "README.md"
    assert [link for link in links if not ((ROOT / page).parent / link.split("#")[0]).exists()] == []


def test_the_symbols_stand_where_the_table_says() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text("docs/symbols.md").splitlines()
            if line.startswith("| ")]
    rows = [row for row in rows if row[0] != "symbol"]
    assert len(rows) > 40
    for symbol, in_code, _, _, where in rows:
        if where != "everywhere":
            source = (ROOT / "hebbnet" / where.strip("`")).read_text(encoding="utf-8")
            names = re.findall(r"`(\w+)`", in_code)
            assert [name for name in names if not re.search(rf"\b{name}\b", source)] == [], symbol


def rows_of(page: str, cells: int) -> list[list[str]]:
    """The rows of its tables with so many cells, without their heads."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text(page).splitlines()
            if re.match(r"\| *(\[?\d|\*)", line)]
    return [row for row in rows if len(row) == cells]


def test_every_claim_of_the_post_has_its_figure_its_notebook_and_its_verdict() -> None:
    rows = rows_of("docs/post.md", 5)
    assert [re.findall(r"\d+", row[0])[0] for row in rows] == [str(k) for k in range(1, 13)]
    for k, (_, claim, figure, notebook, verdict) in enumerate(rows, 1):
        names = figure.strip("`").split()
        assert names[:2] == ["hebbnet", "figures"] and len(names) > 2, claim
        assert set(names[2:]) == {name for name, recipe in CATALOGUE.items() if k in recipe.claims}, claim
        assert re.fullmatch(r"\d\d(, \d\d)*", notebook), claim
        assert verdict in ("true", "half true", "not true"), claim
    titles = [re.sub(r"[^a-z0-9 -]", "", line[3:].lower()).replace(" ", "-") for line in
              text("docs/post.md").splitlines() if line.startswith("## ")]
    assert [re.findall(r"\(#(.*)\)", row[0])[0] for row in rows] == titles[:12]
    assert re.findall(r"^\*\*(True|Half true|Not true)", text("docs/post.md"), flags=re.MULTILINE) == [
        row[4].capitalize() for row in rows]


@pytest.mark.parametrize(("page", "cells"), [("docs/post.md", 5), ("docs/teaching.md", 5)])
def test_the_figures_that_a_page_names_can_be_drawn(page: str, cells: int) -> None:
    """Those in its tables, in the third cell: by `hebbnet figures NAME`."""
    named = {name for row in rows_of(page, cells) for name in re.findall(r"[a-z]+", row[2])} - {"hebbnet", "figures"}
    assert len(named) > 10
    assert named - set(CATALOGUE) == set()


def test_the_notebooks_have_the_sections_that_are_taught() -> None:
    if not (notebooks := sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))):
        pytest.skip("no notebooks beside the checkout")
    written = {book.name[:2]: book.read_text(encoding="utf-8") for book in notebooks}
    rows = rows_of("docs/teaching.md", 5)
    assert len(rows) > 20
    for _, where, *_ in rows:
        number, sections = re.search(r"\d\d", where), re.findall(r"\*(.+?)\*", where)
        assert number, where
        missing = [one for one in sections if f" {one}" not in written.get(number[0], f" {one}")]
        assert missing == [], f"notebook {number[0]}"


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_left_to_be_filled_in(page: str) -> None:
    prose = re.sub(r"```.*?```", "", text(page), flags=re.DOTALL)
    prose = re.sub(r"`[^`\n]+`", "", prose)
    assert re.findall(r"\b[A-Z]+_[A-Z_]+\b|TODO|FIXME|XXX", prose) == []
