"""What the tests of the command line share: a folder with a table, and no drawing unless it is asked for."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import TEXT, rows

from hebbnet import cli


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a table as mine.csv, mine.csv.gz and mine.npz."""
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(TEXT)
    Path("mine.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    X, y = rows()
    np.savez("mine.npz", X=X, y=y)
    return tmp_path


@pytest.fixture
def picture() -> None:
    """Asked for by the tests that want the real picture."""


@pytest.fixture(autouse=True)
def no_picture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others do without: drawing takes longer than everything else."""
    if "picture" not in request.fixturenames:
        monkeypatch.setattr(cli, "_save_picture", lambda sweep, path: path.write_bytes(b"a picture"))
