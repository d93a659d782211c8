"""Execute the notebooks in place, and note in each the sources that its outputs belong to.

    python notebooks/build.py             all of them
    python notebooks/build.py 00 03       those whose names begin so
    python notebooks/build.py --check     executes nothing: whose sources have changed since they were executed?

The same sources give the same file, byte for byte: no times, no random ids, and sliders leave their static picture.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
NO_WIDGETS = "import sys; sys.modules['ipywidgets'] = None"  # as where they are not installed
KERNELS = [f"--IPKernelApp.exec_lines={NO_WIDGETS}", "--IPKernelApp.log_level=40"]
LONGEST = 120  # seconds a cell may take before it is taken to hang


def notebooks(beginnings: list[str] | None = None) -> list[Path]:
    """The notebooks, by number; those whose names begin in one of the given ways."""
    return [path for path in sorted(HERE.glob("[0-9][0-9]-*.ipynb"))
            if not beginnings or path.name.startswith(tuple(beginnings))]


def read(path: Path) -> NotebookNode:
    """A notebook."""
    return nbformat.read(path, as_version=4)


def digest(notebook: NotebookNode) -> str:
    """The SHA-256 of the sources of all cells, in their order."""
    sources = [[cell.cell_type, cell.source] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def execute(notebook: NotebookNode) -> NotebookNode:
    """Run every cell, in a fresh kernel that sees this checkout and no settings of whoever runs it."""
    with tempfile.TemporaryDirectory() as settings:
        env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        env |= {"PYTHONPATH": str(HERE.parent), "IPYTHONDIR": settings, "NO_COLOR": "1"}
        client = NotebookClient(notebook, kernel_name="python3", timeout=LONGEST, record_timing=False,
                                coalesce_streams=True, store_widget_state=False, extra_arguments=[*KERNELS],
                                resources={"metadata": {"path": str(HERE)}})
        return client.execute(env=env)


def tidy(notebook: NotebookNode) -> None:
    """Leave what a reader sees, and nothing of the machine; a picture gets the `alt` text of its cell."""
    stored = notebook.metadata.get("hebbnet", {})
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"},
                         "hebbnet": {**stored, "sources": digest(notebook)}}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data.pop("text/plain", None)  # <Figure size ...>
                output.metadata = {"image/png": {"alt": cell.metadata.get("alt", "")}}


def build(path: Path) -> None:
    """Execute a notebook in place."""
    notebook, start = read(path), time.monotonic()
    execute(notebook)
    tidy(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    print(f"{path.name:40} {time.monotonic() - start:5.1f} s  {path.stat().st_size / 1024:6.0f} KB")


def is_fresh(path: Path) -> bool:
    """Whether its outputs belong to its sources."""
    notebook = read(path)
    return notebook.metadata.get("hebbnet", {}).get("sources") == digest(notebook)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="*", help="how the names begin, for example 00")
    parser.add_argument("--check", action="store_true", help="execute nothing; fail if sources have changed")
    asked = parser.parse_args()
    chosen = notebooks(asked.name)
    if not chosen:
        print(f"no notebook begins with {' or '.join(asked.name)}" if asked.name else "there are no notebooks",
              file=sys.stderr)
        return 2
    if asked.check:
        stale = [path.name for path in chosen if not is_fresh(path)]
        print("\n".join([f"{name}: its sources have changed; python notebooks/build.py {name[:2]}" for name in stale])
              or f"{len(chosen)} notebooks, executed as they stand")
        return int(bool(stale))
    for path in chosen:
        build(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
