"""The site builds without a warning, with notebooks and without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = """{"cells": [{"cell_type": "markdown", "id": "a", "metadata": {},
 "source": ["# One cell, from [tiny](../hebbnet/tiny.py)"]}],
 "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (ROOT / "docs" / "conf.py").is_file(), reason="an installed package has no docs beside it"),
    pytest.mark.skipif(not all(map(find_spec, ("sphinx", "myst_nb", "furo"))), reason="needs the extra `docs`"),
]


@pytest.mark.parametrize("notebooks", [0, 1])
def test_it_builds_without_a_warning(notebooks: int, tmp_path: Path) -> None:
    house, out = tmp_path / "house", tmp_path / "out"
    left_out = shutil.ignore_patterns(".*", "__pycache__", "tests", "notebooks", "gathered", "hebbnet-out")
    shutil.copytree(ROOT, house, ignore=left_out)
    (house / "notebooks").mkdir()
    for k in range(notebooks):
        (house / "notebooks" / f"{k:02}-one.ipynb").write_text(NOTEBOOK)
    done = subprocess.run([sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", "docs", str(out)], cwd=house,
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (out / "gathered" / "api" / "learning.html").is_file()
    assert len(list((out / "gathered" / "notebooks").glob("0*.html"))) == notebooks
