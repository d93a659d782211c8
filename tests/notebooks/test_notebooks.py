"""The notebooks are what they promise: executed as they stand, short, self-contained, and their exercises solvable."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from exercises import answers, name_of, said, solved, tags
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
if not (FOLDER / "build.py").is_file():
    pytest.skip("an installed package has no notebooks beside it", allow_module_level=True)
sys.path.insert(0, str(FOLDER))

import build  # noqa: E402

ALL = build.notebooks()
CELLS, LINES, BYTES = 25, 12, 1_000_000
QUICK = ("00",)  # the others are executed by `-m long`
IMAGES = ("12",)  # need scikit-learn, which holds the digits
SLIDES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
SHOWN = {"text/plain", "text/html", "image/png"}
AWAY = {"urllib", "requests", "http", "socket", "ftplib"}

each = pytest.mark.parametrize("path", ALL, ids=[path.stem for path in ALL])
executed = pytest.mark.parametrize("path", [pytest.param(path, id=path.stem, marks=[
    *([] if path.name.startswith(QUICK) else [pytest.mark.long]),
    *([pytest.mark.peers] if path.name.startswith(IMAGES) else [])]) for path in ALL])


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def everything_shown(notebook: NotebookNode) -> str:
    """All sources and all text that was output."""
    shown = [cell.source for cell in notebook.cells]
    for cell in code_cells(notebook):
        for output in cell.outputs:
            shown += [output.get("text", ""), *(text for kind, text in output.get("data", {}).items()
                                                if kind != "image/png")]
    return "\n".join(shown)


def test_there_are_notebooks() -> None:
    assert ALL and ALL[0].name == "00-the-whole-game.ipynb"


# ---------------------------------------------------------------- as they stand


@each
def test_its_outputs_belong_to_its_sources(path: Path) -> None:
    assert build.is_fresh(path), f"run: python notebooks/build.py {path.name[:2]}"
    counts = [cell.execution_count for cell in code_cells(build.read(path))]
    assert counts == list(range(1, len(counts) + 1)), "executed once, from top to bottom"


@each
def test_it_is_short(path: Path) -> None:
    notebook = build.read(path)
    assert len(notebook.cells) <= CELLS
    assert path.stat().st_size <= BYTES
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= LINES, cell.source
        assert max(map(len, lines)) <= 110, f"too wide for a slide: {cell.source}"


@each
def test_it_opens_with_what_a_reader_wants_to_know(path: Path) -> None:
    first, second = build.read(path).cells[:2]
    assert first.cell_type == "markdown" and re.match(r"# \d\d\. \S", first.source)
    assert first.source.startswith(f"# {path.name[:2]}. ")
    assert re.search(r"^\*\*\d+ minutes\.\*\* Before this: \S", first.source, flags=re.MULTILINE)
    assert "Afterwards you can" in first.source
    assert second.cell_type == "code" and re.search(r"^import hebbnet as hb$", second.source, flags=re.MULTILINE)


@each
def test_every_cell_has_its_place_on_the_slides(path: Path) -> None:
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in build.read(path).cells]
    assert set(kinds) <= SLIDES and kinds[0] == "slide"


@each
def test_its_outputs_are_pictures_and_text(path: Path) -> None:
    """No widgets, no scripts, no warnings, no errors; and every picture says in words what it shows."""
    for cell in code_cells(build.read(path)):
        for output in cell.outputs:
            assert output.output_type in ("stream", "display_data", "execute_result"), cell.source
            assert output.get("name") != "stderr", output.text
            assert set(output.get("data", {})) <= SHOWN, cell.source
            assert "<script" not in output.get("data", {}).get("text/html", "")
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20, f"no alt text: {cell.source}"


@each
def test_it_needs_no_network_and_knows_no_machine(path: Path) -> None:
    notebook = build.read(path)
    for cell in code_cells(notebook):
        assert not re.search(r"^\s*[!%]", cell.source, flags=re.MULTILINE), "neither shell nor magic"
        for node in ast.walk(ast.parse(cell.source)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {name.split(".")[0] for name in names} & AWAY
            assert "*" not in [alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias)]
    shown = everything_shown(notebook)
    assert not re.search(r" at 0x[0-9a-f]{6}", shown), "an address differs from run to run"
    assert not re.search(r"(?<![\w.])/(home|Users|tmp|root|usr|opt|var|work|mnt)/|\b[A-Z]:\\", shown)
    assert str(ROOT) not in shown


@each
def test_its_links_lead_somewhere(path: Path) -> None:
    prose = "\n".join(cell.source for cell in build.read(path).cells if cell.cell_type == "markdown")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if not link.startswith(("http", "#"))]
    assert [link for link in links if not (FOLDER / link.split("#")[0]).exists()] == []


@each
def test_what_it_quotes_is_asserted(path: Path) -> None:
    claims = [cell for cell in code_cells(build.read(path)) if re.search(r"^\s*assert ", cell.source, re.MULTILINE)]
    assert [cell for cell in claims if "check" not in tags(cell)], "no number in it is held by an assert"


def test_a_changed_cell_is_noticed() -> None:
    notebook = build.read(ALL[0])
    before = build.digest(notebook)
    notebook.cells[1].source += " "
    assert build.digest(notebook) != before


# ---------------------------------------------------------------- exercises


@each
def test_every_exercise_has_its_check_and_its_answer(path: Path) -> None:
    cells = build.read(path).cells
    places = [number for number, cell in enumerate(cells) if "exercise" in tags(cell)]
    names = [name_of(cells[place]) for place in places]
    assert all("check" in tags(cells[place + 1]) for place in places)
    assert sum("check" in tags(cell) for cell in cells) == len(places)
    assert len(set(names)) == len(names)
    solutions = FOLDER / "solutions" / f"{path.stem}.py"
    assert solutions.exists() == bool(names)
    if names:
        assert list(answers(solutions)) == names


@executed
@pytest.mark.compiler
@pytest.mark.filterwarnings("default")  # those of the messaging below the kernel
def test_it_runs_and_its_exercises_can_be_solved(path: Path) -> None:
    """As it stands the check says what is missing; with the answer in its place it says that it is right."""
    if path.name.startswith(IMAGES):
        pytest.importorskip("sklearn")
    notebook, solutions = build.read(path), FOLDER / "solutions" / f"{path.stem}.py"
    done = build.execute(solved(notebook, answers(solutions) if solutions.exists() else {}))
    for cell in done.cells:
        if "check" in tags(cell):
            assert "not written yet" in said(cell), said(cell)
        if "answered" in cell.metadata:
            assert re.search(rf"^{cell.metadata['answered']}: right", said(cell), re.MULTILINE), said(cell)


def test_the_homework_needs_nothing_that_was_not_shown() -> None:
    """Whoever has read tiny.py and notebooks 00 to 03 has seen all of hebbnet that the answers of 10 use."""
    shown = (ROOT / "hebbnet" / "tiny.py").read_text(encoding="utf-8")
    shown += "\n".join(everything_shown(build.read(path)) for path in build.notebooks(["00", "01", "02", "03"]))
    used = re.findall(r"\bhb(?:\.\w+)+", (FOLDER / "solutions" / "10-write-your-own-rule.py").read_text("utf-8"))
    assert used and [name for name in used if name not in shown] == []


# ---------------------------------------------------------------- the index


def test_the_index_lists_them_all() -> None:
    """Number, title and minutes of every notebook, as its top cell has them."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in ALL:
        top = build.read(path).cells[0].source
        title, minutes = re.match(r"# \d\d\. (.+)", top), re.search(r"\*\*(\d+) minutes", top)
        assert title and minutes
        row = rf"^\| {path.name[:2]} \| \[{re.escape(title[1])}\]\({re.escape(path.name)}\) \| {minutes[1]} \|"
        assert re.search(row, index, flags=re.MULTILINE), f"no row such as: {row}"
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", index) if not link.startswith("http")]
    assert [link for link in links if not (FOLDER / link).exists()] == []
