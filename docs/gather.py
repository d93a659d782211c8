"""What the site shows besides docs/*.md, gathered into docs/gathered: chapters, notebooks, and pages of the root.

Written anew at each build, and not kept in git: it can never be older than what it is made of.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT, INTO = DOCS.parent, DOCS / "gathered"
sys.path.insert(0, str(ROOT))

import hebbnet as hb  # noqa: E402  from this checkout

PAGES = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "benchmarks/README.md": "benchmarks.md",
         "benchmarks/defaults.md": "defaults.md"}
TO_FILE = r"\[([^\]]*)\]\(([\w./-]+\.(?:ipynb|py|md))\)"  # in a notebook, where formulas have brackets, too
CHAPTERS = tuple(dict.fromkeys([home.split(".")[0] for home in (*hb._HOME.values(), *hb._CHAPTERS.values())]))


def gather() -> None:
    """Write everything."""
    shutil.rmtree(INTO, ignore_errors=True)
    for folder in ("api", "notebooks"):
        (INTO / folder).mkdir(parents=True)
    for page, name in PAGES.items():
        (INTO / name).write_text(relinked(ROOT / page), encoding="utf-8")
    for chapter in CHAPTERS:
        (INTO / "api" / f"{chapter}.md").write_text(chapter_page(chapter), encoding="utf-8")
    (INTO / "api" / "index.md").write_text(contents("Chapters", CHAPTERS), encoding="utf-8")
    notebooks = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    for notebook in notebooks:
        (INTO / "notebooks" / notebook.name).write_text(coloured(notebook), encoding="utf-8")
    if (solutions := ROOT / "notebooks" / "solutions").is_dir():
        shutil.copytree(solutions, INTO / "notebooks" / "solutions", ignore=shutil.ignore_patterns("__pycache__"))
    names = [notebook.stem for notebook in notebooks]
    (INTO / "notebooks" / "index.md").write_text(shelf(ROOT / "notebooks" / "README.md", names), encoding="utf-8")


# ---------------------------------------------------------------- pages


def relinked(page: Path) -> str:
    """A page of the repository, its links bent to the site; what the site does not have is no link any more."""
    def bend(found: re.Match[str]) -> str:
        mark, said, to = found.groups()
        if to.startswith(("http", "#")):
            return found[0]
        file, _, place = to.partition("#")
        target = (page.parent / file).resolve()
        known = PAGES.get(str(target.relative_to(ROOT)))
        if known is None and (target.parent == DOCS or mark) and target.is_file():
            known = f"../{target.relative_to(DOCS)}"
        return f"{mark}[{said}]({known}{'#' * bool(place)}{place})" if known else said

    return re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", bend, page.read_text(encoding="utf-8"))


def contents(title: str, names: Sequence[str]) -> str:
    """A list of pages."""
    listed = "\n".join(names)
    return f"# {title}\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n" if names else f"# {title}\n\nNone yet.\n"


def shelf(page: Path, names: Sequence[str]) -> str:
    """The page about the notebooks, with their minutes and lectures, and the list that the site needs, not shown."""
    if not names or not page.is_file():
        return contents("Notebooks", names)
    text = re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", lambda found: known(found, page.parent),
                  page.read_text(encoding="utf-8"))
    return text + "\n" + contents("", names).partition("\n\n")[2].replace(":maxdepth: 1", ":hidden:")


def known(found: re.Match[str], folder: Path) -> str:
    """A link of a notebook, or of the page about them: to another one or its answers; else it is no link any more."""
    inside = (folder / found[2]).is_file() and not found[2].startswith("..")
    return found[0] if inside or found[2].startswith("http") else found[1]


def coloured(notebook: Path) -> str:
    """A notebook that says in which language its cells are, and that leads to nothing that the site does not have."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = re.sub(TO_FILE, lambda found: known(found, notebook.parent), "".join(cell["source"]))
    content["metadata"].setdefault("language_info", {"name": "python"}).setdefault("pygments_lexer", "ipython3")
    return json.dumps(content)


def chapter_page(chapter: str) -> str:
    """All public names of a chapter, with their docstrings."""
    module = importlib.import_module(f"hebbnet.{chapter}")
    said = (inspect.getdoc(module) or chapter).splitlines()[0].replace("`", "")
    lines = [f"# hebbnet.{chapter}", "", said, "", "```{eval-rst}", f".. currentmodule:: hebbnet.{chapter}", ""]
    for name, thing in public(chapter):
        kind = "class" if inspect.isclass(thing) else "function" if callable(thing) else "data"
        lines += [f".. auto{kind}:: {name}", *["   :members:"] * (kind == "class"), ""]
    return "\n".join([*lines, "```", ""])


def public(chapter: str) -> Iterator[tuple[str, Any]]:
    """What a user may use of a chapter, each once, by where it is defined: `hebbnet.learning.rules.basic.Hebb`."""
    chapter_itself = importlib.import_module(f"hebbnet.{chapter}")
    modules = [getattr(hb, name) for name, home in hb._CHAPTERS.items() if home.split(".")[0] == chapter]
    things = [getattr(hb, name) for name, home in hb._HOME.items() if home.split(".")[0] == chapter]
    things += [getattr(module, name) for module in (*modules, chapter_itself)
               for name in getattr(module, "__all__", ())]
    for thing in {id(thing): thing for thing in things}.values():
        if getattr(thing, "__module__", "").startswith(f"hebbnet.{chapter}"):
            yield f"{thing.__module__}.{thing.__qualname__}", thing


# ---------------------------------------------------------------- docstrings


def as_written(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Docstrings are plain text: stars, bars and underscores mean themselves, and what is indented is a formula.

    For `autodoc-process-docstring`, before napoleon reads the sections.
    """
    lines[:] = list(_as_rst(lines))


def _as_rst(lines: list[str]) -> Iterator[str]:
    before, section, formula = "", False, False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        section |= bool(after) and set(after) == {"-"}
        if formula and line.strip() and not line.startswith(" "):
            formula = False
            yield ""
        if line.startswith("    ") and not section and not formula and not before.strip():
            formula = True
            yield from ("::", "")
        example = line.lstrip().startswith((">>>", "...")) or (section and set(line.strip()) == {"-"})
        yield line if formula or example else _escaped(line)
        before = line


def _escaped(line: str) -> str:
    """Code in single backticks is code; the rest means what it says."""
    parts = re.split(r"(`[^`]*`)", line)
    return "".join(f"`{part}`" if part.startswith("`") else re.sub(r"([*|\\]|_\b)", r"\\\1", part) for part in parts)
