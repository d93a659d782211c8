"""The command line: what it computes, what it writes, and what it says."""

from __future__ import annotations

import io
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_helpers import POLICIES, ROOT, TEXT, N, as_csv, in_a_process, rows, run, strict

import hebbnet as hb
from hebbnet import cli

pytestmark = pytest.mark.compiler  # many runs; that the executions agree is proved elsewhere

# ---------------------------------------------------------------- the demo


def test_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                  picture: None) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["demo", "--seeds", "2"]) == 0
    said = capsys.readouterr()
    for words in (*POLICIES, "accuracy", "recovery", "best possible", "repeat the last label", "mean of 2 seeds"):
        assert words in said.out
    assert said.err == ""
    assert max(map(len, said.out.splitlines())) <= 80, "wider than a terminal"
    assert all(line == line.rstrip() for line in said.out.splitlines())
    assert Path("hebbnet-out/accuracy.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert sorted(path.name for path in Path("hebbnet-out").iterdir()) == ["accuracy.png", "summary.json"]

    numbers = strict("hebbnet-out/summary.json")
    assert (numbers["rows"], numbers["scored"], numbers["seeds"]) == (40_000, 35_000, 2)
    assert list(numbers["policies"]) == POLICIES
    assert numbers["baselines"]["bayes"] == pytest.approx(0.9)
    accuracy = {name: row["accuracy"] for name, row in numbers["policies"].items()}
    assert accuracy["never"] < 0.7 < 0.85 < min(accuracy[name] for name in POLICIES[1:])
    assert max(accuracy.values()) < 0.905
    assert numbers["policies"]["on-drift"]["retrainings"] == 3
    assert "interrupted" not in numbers


def test_without_a_command_it_is_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["demo", "--seeds", "1"]) == 0
    assert cli.main(["--seeds", "1", "--out", "elsewhere"]) == 0
    assert strict("elsewhere/summary.json") == strict("hebbnet-out/summary.json")


def test_a_terminal_that_knows_no_dash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recovery of "never" is a dash."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert cli.main(["demo", "--seeds", "1", "--out", str(tmp_path)]) == 0
    never = next(line for line in raw.getvalue().decode("ascii").splitlines() if "never" in line)
    assert "?" in never


@pytest.mark.long
def test_as_a_module_in_a_process(tmp_path: Path) -> None:
    done = in_a_process("-m", "hebbnet", "--out", "here/below", "--seeds", "1", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(tmp_path, "here/below/accuracy.png").is_file()
    assert list(strict(tmp_path / "here/below/summary.json")["policies"]) == POLICIES


# ---------------------------------------------------------------- data of one's own


def test_the_format_of_the_json(folder: Path) -> None:
    numbers = run("--launch", "200")
    assert (numbers["rows"], numbers["scored"]) == (N, N - 200)
    assert {"no_change", "majority"} <= set(numbers["baselines"])
    assert list(numbers["policies"]) == POLICIES
    for row in numbers["policies"].values():
        assert {"accuracy", "kappa_t", "retrainings"} <= set(row)
        assert 0 <= row["accuracy"] <= 1
        assert (row["accuracy"] * numbers["scored"]) == pytest.approx(round(row["accuracy"] * numbers["scored"]))
        assert isinstance(row["retrainings"], int)
        no_change = numbers["baselines"]["no_change"]
        assert row["kappa_t"] == pytest.approx((row["accuracy"] - no_change) / (1 - no_change))


def test_csv_gz_and_npz_give_the_same_numbers(folder: Path) -> None:
    of_csv = run("--launch", "200")
    assert run("--launch", "200", file="mine.csv.gz") == of_csv
    assert run("--launch", "200", file="mine.npz") == of_csv


@pytest.mark.parametrize("policy", POLICIES)
def test_each_policy_alone_is_as_among_all(folder: Path, policy: str) -> None:
    alone = run("--launch", "200", "--policy", policy)
    together = run("--launch", "200", "--policy", "all")
    assert alone["policies"] == {policy: together["policies"][policy]}
    assert alone["baselines"] == together["baselines"]


def test_every_row_is_scored_without_a_launch(folder: Path) -> None:
    numbers = run("--launch", "0", "--policy", "always")
    assert numbers["scored"] == numbers["rows"] == N
    assert numbers["policies"]["always"]["updates"] == N


@pytest.mark.parametrize(("options", "policy", "settings"), [
    ([], hb.Always(), {}),
    (["--launch", "100"], hb.Always(), {"launch": 100}),
    (["--launch", "100", "--window", "77", "--every", "150"], hb.Periodic(150), {"launch": 100, "window": 77}),
    (["--launch", "100", "--window", "90"], hb.OnDrift(hb.ADWIN()), {"launch": 100, "window": 90}),
    (["--launch", "500", "--window", "90", "--detector", "ddm"], hb.OnDrift(hb.DDM()), {"launch": 500, "window": 90}),
    (["--launch", "100", "--every", "150", "--validate", "0"], hb.Periodic(150), {"launch": 100, "validate": 0}),
    (["--launch", "100", "--every", "150", "--sure", "0.5"], hb.Periodic(150), {"launch": 100, "sure": 0.5}),
    (["--launch", "100", "--arrival", "50"], hb.Always(), {"launch": 100, "arrival": 50}),
    (["--launch", "100", "--label-delay", "300"], hb.Always(), {"launch": 100, "label_delay": 300}),
    (["--launch", "100", "--cycle-time", "400"], hb.Periodic(2_000), {"launch": 100, "cycle_time": 400}),
    (["--launch", "100", "--hidden", "8", "5"], hb.Always(), {"launch": 100, "hidden": [8, 5]}),
    (["--launch", "100", "--rate", "0.05"], hb.Always(), {"launch": 100, "rate": 0.05}),
    (["--launch", "100", "--seed", "7"], hb.Always(), {"launch": 100, "seed": 7}),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_it_says_what_the_library_says(folder: Path, options: list[str], policy: Any,
                                       settings: dict[str, Any]) -> None:
    """Each option arrives: the same run by hand has the same summary, and another than without the option."""
    stream = hb.from_csv("mine.csv", target="class")
    network = hb.mlp(stream, hidden=settings.pop("hidden", [32]), rng=settings.pop("seed", 0))
    settings = {"validate": 500, "sure": 2.0, **settings}
    by_hand = hb.run(hb.Learner(network, rate=settings.pop("rate", None)), stream, policy, **settings).summary()
    row = run("--policy", policy.name, *options)["policies"][policy.name]
    for name in ("accuracy", "kappa_t", "retrainings", "alarms", "staleness", "updates"):
        assert row[name] == by_hand[name], name
    if len(options) > 2:
        without = run("--policy", policy.name, *options[:2])["policies"][policy.name]
        assert without != row


def test_the_seed(folder: Path) -> None:
    one = run("--launch", "200", "--seed", "1")
    assert run("--launch", "200", "--seed", "1") == one
    assert run("--launch", "200", "--seed", "2")["policies"] != one["policies"]


def test_drop_takes_several_columns(folder: Path) -> None:
    """Without both columns that matter, nobody can know."""
    without = run("--launch", "200", "--policy", "always", "--drop", "a", "b")["policies"]["always"]["accuracy"]
    with_them = run("--launch", "200", "--policy", "always", "--drop", "c")["policies"]["always"]["accuracy"]
    assert without < 0.6 < 0.9 < with_them
    assert run("--launch", "200", "--policy", "always", "--drop", "a", "--drop", "b")["policies"]["always"][
        "accuracy"] == without


def test_the_target_is_the_last_column_unless_given(folder: Path) -> None:
    first = "\n".join(",".join([line.split(",")[-1], *line.split(",")[:-1]]) for line in TEXT.splitlines())
    Path("first.csv").write_text(first)
    assert run("--launch", "200", "--target", "class", file="first.csv") == run("--launch", "200")


@pytest.mark.parametrize(("comma", "options"), [(";", []), (";", ["--delimiter", ";"]), ("\t", ["--delimiter", "tab"]),
                                                ("^", ["--delimiter", "^"])])
def test_delimiters(folder: Path, comma: str, options: list[str]) -> None:
    Path("other.csv").write_text(as_csv(*rows(), comma=comma))
    assert run("--launch", "200", "--policy", "never", *options, file="other.csv") == run(
        "--launch", "200", "--policy", "never")


@pytest.mark.parametrize("written", [
    TEXT.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + TEXT.encode(), (TEXT + "\n\n\n").encode(),
    "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in TEXT.splitlines()).encode(),
    TEXT.replace(",", ", ").encode(),
], ids=["Windows line ends", "byte order mark", "empty lines", "quotes", "spaces"])
def test_the_same_table_written_otherwise(folder: Path, written: bytes) -> None:
    Path("other.csv").write_bytes(written)
    assert run("--launch", "200", "--policy", "never", file="other.csv") == run("--launch", "200", "--policy", "never")


def test_json_has_a_place_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = run("--launch", "200", "--policy", "never", "--json", "else/where/numbers.json")
    assert strict("else/where/numbers.json") == numbers
    assert str(Path("else/where/numbers.json")) in capsys.readouterr().out


def test_the_picture_of_a_run(folder: Path, picture: None) -> None:
    run("--launch", "200", "--policy", "never", "--out", "hebbnet-out")
    assert Path("hebbnet-out/accuracy.png").read_bytes().startswith(b"\x89PNG")
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == [], "a figure was left open"


def test_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = run("--launch", "200")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2,400 of 2,600 rows scored; one run"
    column = lines[1].split().index("accuracy")
    for line in lines[2:6]:
        name, *cells = line.split()
        assert cells[column - 1] == f"{numbers['policies'][name]['accuracy']:.3f}"
    place = lines[1].index("accuracy") + len("accuracy")
    for name, said in {"no_change": "repeat the last label", "majority": "commonest label so far"}.items():
        line = next(line for line in lines if said in line)
        assert line[:place].strip() == f"{numbers['baselines'][name]:.3f}", "not under the accuracies"
    assert max(map(len, lines)) <= 80


def test_it_says_where_repeating_the_last_label_is_better(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "No policy beats repeating the last label"
    X, _ = rows()
    for y, told in ((np.arange(N) // 100 % 2, True), (X[:, 0] > 0, False)):
        np.savez("mine.npz", X=X, y=y)
        run("--launch", "200", "--policy", "always", *["--rate", "0"] * told, file="mine.npz")
        assert (sentence in capsys.readouterr().out) is told


@pytest.mark.parametrize("launch", [0, 1, N - 2, N - 1])
def test_the_json_is_strict_at_the_edges(folder: Path, launch: int) -> None:
    assert run("--launch", str(launch), "--window", "10")["scored"] == N - launch


def test_labels_that_never_change_once_launched(folder: Path) -> None:
    X, _ = rows()
    np.savez("mine.npz", X=X, y=np.arange(N) >= 500)
    numbers = run("--launch", "600", file="mine.npz")
    assert numbers["baselines"]["no_change"] == 1


# ---------------------------------------------------------------- help


def help_of(*command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        cli.main([*command, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", [(), ("demo",), ("run",)])
def test_help_reads_well(command: tuple[str, ...], capsys: pytest.CaptureFixture[str],
                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = help_of(*command, capsys=capsys)
    assert "%" not in text.replace("10% label noise", "")
    assert "None" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_option_is_explained(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = help_of("run", capsys=capsys)
    for option in ("target", "drop", "delimiter", "policy", "every", "detector", "launch", "window", "arrival",
                   "label-delay", "cycle-time", "hidden", "rate", "seed", "json", "out"):
        line = next(line for line in text.splitlines() if line.lstrip().startswith(f"--{option} "))
        assert len(line.split("  ")[-1]) > 10, line
    for word in (*POLICIES, "adwin", "ddm"):
        assert word in text


def test_every_column_of_the_table_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of("run", capsys=capsys)
    for column in {*cli.DRIFTS_KNOWN, *cli.DRIFTS_UNKNOWN}:
        assert any(line.startswith(f"  {column} ") for line in text.splitlines())


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"hebbnet {version}\n"
