"""Exercises of a notebook: a cell tagged `exercise`, the cell tagged `check` behind it, and its answer."""

from __future__ import annotations

import copy
import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

OPENING = re.compile(r"^# exercise: (\w+)$", flags=re.MULTILINE)


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def name_of(cell: NotebookNode) -> str:
    """The name of an exercise: its cell opens with `# exercise: name`."""
    found = OPENING.match(cell.source)
    assert found, f"an exercise opens with '# exercise: name', not with {cell.source.splitlines()[0]!r}"
    return found[1]


def answers(path: Path) -> dict[str, str]:
    """The answers in a file of solutions, by the names of their exercises; imports stand before the first."""
    _, *parts = OPENING.split(path.read_text(encoding="utf-8"))
    return {name: f"# exercise: {name}{code.rstrip()}" for name, code in zip(parts[::2], parts[1::2], strict=True)}


def solved(notebook: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """The notebook with every exercise done twice: as it stands there, and then with the answer, each checked."""
    both, cells = copy.deepcopy(notebook), []
    for number, cell in enumerate(both.cells):
        cells.append(cell)
        if "check" in tags(cell):
            name = name_of(both.cells[number - 1])
            cells += [new_code_cell(answers[name], metadata={"answer": name}),
                      new_code_cell(cell.source, metadata={"answered": name})]
    both.cells = cells
    return both


def said(cell: NotebookNode) -> str:
    """What a cell has printed."""
    return "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")
