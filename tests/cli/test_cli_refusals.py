"""The command line: bad input is refused in one line, with exit code 2, and nothing has been written."""

from __future__ import annotations

import gzip
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_helpers import TEXT, N, everything, in_a_process, rows, run

import hebbnet as hb
from hebbnet import cli


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which these arguments are refused; exit code 2, and nothing has changed on disk."""
    before = everything(folder)
    assert cli.main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("hebbnet: ") and said.err.count("\n") == 1 and said.err.endswith("\n")
    assert "Traceback" not in said.err and "fault in hebbnet" not in said.err
    assert everything(folder) == before, "something was written"
    return said.err


CSV = {
    "an empty file": (b"", "empty"),
    "a header only": (b"a,b,class\n", "no row below"),
    "a ragged row": (TEXT.encode() + b"1,2,3\n", f"line {N + 2}: expected 4 cells.* got 3"),
    "one class": (b"a,class\n1,x\n2,x\n", "at least two classes"),
    "a number column": (b"a,class\n" + b"".join(b"%d,%d\n" % (i, i) for i in range(1_001)), "number to predict"),
    "a text where a number was": (b"a,b,class\n1,2,x\n2,two,y\n", "line 3, column 'b': .*'two'"),
    "infinity": (b"a,b,class\n1,2,x\n2,inf,y\n", "line 3, column 'b': .*finite"),
    "a label that is missing": (b"a,class\n1,x\n2,\n3,y\n", "line 3, column 'class': the label is missing"),
    "one column": (b"a\n1\n2\n", "only one column"),
    "the same name twice": (b"a,a,class\n1,2,x\n", "both called 'a'"),
    "no header": (b"1,2,0\n3,4,1\n", "header"),
    "binary junk": (np.random.default_rng(0).bytes(5_000), "UTF-8"),
    "a quotation mark too many": (TEXT.encode() + b'"1,2,3,up\n', "quotation mark"),
    "half a .gz": (gzip.compress(TEXT.encode())[:9_000], "damaged or cut short"),
}


@pytest.mark.parametrize("kind", CSV)
def test_a_bad_csv(folder: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    written, expected = CSV[kind]
    Path("bad.csv").write_bytes(written)
    message = refused(folder, capsys, "run", "bad.csv", "--json", "more/numbers.json")
    assert message.startswith("hebbnet: bad.csv")
    assert re.search(expected, message), message


def broken_archives() -> dict[str, Any]:
    X, y = rows()
    holed = X.copy()
    holed[5, 1] = np.nan
    return {
        "no y": ({"X": X}, "arrays X and y, found X"),
        "NaN": ({"X": holed, "y": y}, "finite numbers, got nan in row 5, column 1"),
        "1-D X": ({"X": X[:, 0], "y": y}, "matrix"),
        "different lengths": ({"X": X, "y": y[:-1]}, "2600, got 2599"),
        "texts": ({"X": X.astype(str).astype("U3"), "y": np.where(y == "up", np.nan, 1)}, "label in every row"),
        "pickles": ({"X": X, "y": np.array([None, *y[1:]], dtype=object)}, "pickles"),
        "one class": ({"X": X, "y": np.zeros(N)}, "at least two classes"),
        "a number column": ({"X": X, "y": X[:, 0]}, "number to predict"),
        "no rows": ({"X": X[:0], "y": y[:0]}, "at least one row"),
        "a flat y": ({"X": X, "y": y[:, None]}, "vector of labels"),
    }


@pytest.mark.parametrize("kind", broken_archives())
def test_a_bad_npz(folder: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    arrays, expected = broken_archives()[kind]
    np.savez("bad.npz", **arrays)
    message = refused(folder, capsys, "run", "bad.npz")
    assert "bad.npz" in message and expected in message


@pytest.mark.parametrize("kind", ["half", "turned bits", "text", "a pickle", "empty"])
def test_a_damaged_npz(folder: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    whole = Path("mine.npz").read_bytes()
    Path("bad.npz").write_bytes({
        "half": whole[: len(whole) // 2], "turned bits": whole[:3_000] + bytes(100) + whole[3_100:],
        "text": b"hello", "a pickle": pickle.dumps({"X": [1]}), "empty": b"",
    }[kind])
    assert "bad.npz: damaged or not an .npz file" in refused(folder, capsys, "run", "bad.npz")


@pytest.mark.parametrize(("arguments", "expected"), [
    (["run", "missing.csv"], "missing.csv: no such file"),
    (["run", "missing.npz"], "missing.npz: no such file"),
    (["run", "."], "folder"),
    (["run"], "which FILE"),
    (["run", "--drop", "a", "b", "mine.csv"], "which FILE? It comes first"),
    (["mine.csv"], "hebbnet run mine.csv"),
    (["run", "mine.csv", "--target", "clas"], "known: a, b, c, class; did you mean 'class'?"),
    (["run", "mine.csv", "--drop", "d"], "'d'; known: a, b, c, class"),
    (["run", "mine.csv", "--drop", "class"], "the target"),
    (["run", "mine.csv", "--drop", "a", "b", "c"], "drop fewer"),
    (["run", "mine.npz", "--drop", "a"], "--drop"),
    (["run", "mine.csv", "--delimiter", "ab"], "one character"),
    (["run", "mine.csv", "--policy", "alway"], "never, periodic, on-drift, always, all; did you mean 'always'?"),
    (["run", "mine.csv", "--detector", "cusum"], "known: adwin, ddm"),
    (["run", "mine.csv", "--frobnicate"], "--frobnicate; see hebbnet run --help"),
    (["demo", "extra"], "extra; see hebbnet demo --help"),
    (["frobnicate"], "'demo', 'run'"),
    (["run", "mine.csv", "--hidden", "abc"], "--hidden: expected a whole number of at least 1, got 'abc'"),
    (["run", "mine.csv", "--hidden"], "--hidden"),
    (["run", "mine.csv", "--rate", "-1"], "--rate: "),
    (["run", "mine.csv", "--rate", "nan"], "--rate: "),
    (["run", "mine.csv", "--rate", "fast"], "--rate: "),
    (["run", "mine.csv", "--launch", "2600"], "2,600 rows, .*try --launch 520"),
    (["run", "mine.csv", "--launch", "3000"], "try --launch 520"),
    (["run", "mine.csv", "--launch", "9" * 30], "try --launch 520"),
    (["run", "mine.csv", "--launch", "2e3"], "--launch: expected a whole number of at least 0, got '2e3'"),
    *[(["run", "mine.csv", f"--{name}", "-1"], f"--{name}: expected a whole number of at least ")
      for name in ("launch", "window", "every", "hidden", "arrival", "label-delay", "cycle-time", "seed")],
    *[(["run", "mine.csv", f"--{name}", "0"], f"--{name}: expected a whole number of at least 1, got '0'")
      for name in ("window", "every", "hidden", "arrival")],
    (["demo", "--seeds", "0"], "--seeds: "),
    (["--seeds", "few"], "--seeds: "),
], ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "")
def test_bad_options(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str) -> None:
    message = refused(folder, capsys, *arguments)
    assert all(part in message for part in expected.split(".*")), message


@pytest.mark.parametrize("arguments", [["--out", "taken"], ["--out", "taken/below"], ["--json", "taken/numbers.json"],
                                       ["--json", "a folder"], ["--json", ""], ["--out", "a folder/of pictures"]])
def test_places_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Said before the work, and before the other places were made."""
    Path("taken").write_text("a file")
    Path("a folder/of pictures/accuracy.png").mkdir(parents=True)
    assert "cannot write" in refused(folder, capsys, "run", "mine.csv", "--launch", "200", *arguments)
    if arguments[0] == "--out":
        assert "cannot write" in refused(folder, capsys, "demo", *arguments)


def test_weights_without_bounds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "smaller rate" in refused(folder, capsys, "run", "mine.csv", "--rate", "1e308")


def test_a_fault_of_its_own_is_one_line_too(folder: Path, capsys: pytest.CaptureFixture[str],
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(hb.Learner, "copy", fail)
    assert cli.main(["run", "mine.csv"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "ZeroDivisionError: division by zero" in said and "HEBBNET_DEBUG" in said
    monkeypatch.setenv("HEBBNET_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["run", "mine.csv"])


def test_old_results_survive_a_refusal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--launch", "200")
    capsys.readouterr()
    refused(folder, capsys, "run", "mine.csv", "--policy", "sometimes")


def test_a_refusal_in_a_process(folder: Path) -> None:
    done = in_a_process("-m", "hebbnet", "run", "missing.csv", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == ["hebbnet: missing.csv: no such file"]
