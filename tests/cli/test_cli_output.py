"""The command line: whoever reads its output may be gone, or never have been there; what cannot be read is said so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import environment, everything
from test_cli_refusals import refused

from hebbnet import cli


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(("output", "code", "says"), [
    (">&-", 0, ""), ("> /dev/full", 2, "hebbnet: [Errno 28] No space left on device\n")], ids=["closed", "full"])
def test_output_that_goes_nowhere(tmp_path: Path, output: str, code: int, says: str) -> None:
    command = ["sh", "-c", f'exec "$@" {output}', "sh", sys.executable, "-m", "hebbnet", "figures", "--list"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, says)


@pytest.mark.parametrize("command", ["history", "rollback", "status", "predict"])
def test_a_folder_without_a_model(folder: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Said, and not made: a name mistyped."""
    more = ["mine.csv"] if command == "predict" else []
    assert "nothere" in refused(folder, capsys, command, "nothere", *more)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file of Linux that cannot be read, not even by root")
def test_a_file_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read (Input/output error)" in refused(folder, capsys, "run", "/proc/self/mem")


def test_a_file_that_may_not_be_read(folder: Path, capsys: pytest.CaptureFixture[str],
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were somebody else's: an administrator may read everything."""
    before, opened = everything(folder), Path.open

    def forbidden(path: Path, *how: object, **named: object) -> object:
        if path.name.startswith("mine"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *how, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", forbidden)
    for name in ("mine.csv", "mine.npz"):
        assert cli.main(["run", name]) == 2
        assert capsys.readouterr().err == f"hebbnet: {name}: cannot be read (Permission denied)\n"
    monkeypatch.undo()
    os.chdir(folder)
    assert everything(folder) == before
