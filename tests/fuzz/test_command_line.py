"""Any words behind `hebbnet`: it does what it can, or says in one line why not; never a traceback, never a hang."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzz_judge import allowed
from fuzz_values import text
from hypothesis import given
from hypothesis import strategies as st
from test_doors import fuzz
from test_hostile_files import folder

from hebbnet import cli

ROWS = "a,b,class\n" + "".join(f"{i % 7},{i % 5},{'up' if i % 7 > 3 else 'down'}\n" for i in range(60))
WORDS = ["run", "watch", "predict", "status", "history", "rollback", "figures", "frobnicate", "mine.csv", "bad.csv",
         "in", "model", "mine.npz", "missing.csv", ".", "", "--", "-", "-h", "--version", "--once", "--list", "--quick"]
OPTIONS = ["--target", "--drop", "--delimiter", "--policy", "--detector", "--launch", "--window", "--every",
           "--validate", "--sure", "--hidden", "--rate", "--seed", "--arrival", "--label-delay", "--cycle-time",
           "--json", "--out", "--model", "--keep", "--interval", "--seeds", "--x", "-z"]
VALUES = ["class", "a", "b", "never", "all", "on-drift", "adwin", "ddm", "0", "1", "5", "20", "-1", "0.5", "nan", "inf",
          "1e308", "9" * 40, "9" * 5_000, ";", "tab", "n.json", "in", "mine.csv", "\x1b[2J", "\udcff", "{}", "%s"]
commands = st.one_of(
    st.just(["run", "mine.csv", "--launch", "20"]), st.just(["watch", "in", "--model", "model", "--target", "class"]),
    st.just(["run", "bad.csv"]), st.just(["predict", "model", "mine.csv"]), st.just(["figures", "--list"]),
    st.sampled_from(WORDS).map(lambda word: [word]))
more_words = st.lists(st.one_of(st.sampled_from(WORDS), text.map(lambda word: [word]), st.tuples(
    st.sampled_from(OPTIONS), st.one_of(st.sampled_from(VALUES), text))), max_size=4)


def spoken(words: list[str]) -> tuple[int, str]:
    """The exit code, and what was said on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(words)
        except SystemExit as end:  # of --help and --version
            code = int(end.code or 0)
            assert code == 0
    return code, err.getvalue()


@pytest.fixture(scope="module", autouse=True)
def no_picture() -> Any:
    """Drawing takes longer than everything else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "_save_picture", lambda sweep, path: path.write_bytes(b"a picture"))
        yield


@pytest.mark.compiler
@fuzz
@given(commands, more_words, st.binary(max_size=60) | st.text(max_size=40).map(
    lambda text: b"a,b\n" + text.encode(errors="replace")))
def test_any_words(words: list[str], more: list[Any], content: bytes) -> None:
    words = words + [word for part in more for word in ([part] if isinstance(part, str) else part)]
    if words[0].startswith("-") and words[0] not in ("-h", "--version"):
        words.insert(0, "run")  # the demo takes a minute
    for command, bound in (("watch", "--once"), ("figures", "--list")):
        if words[0] == command:
            words.insert(1, bound)
    with folder():
        Path("in").mkdir()
        Path("mine.csv").write_text(ROWS)
        Path("in/1.csv").write_text(ROWS)
        Path("bad.csv").write_bytes(content)
        np.savez("mine.npz", X=np.eye(3)[np.arange(30) % 3], y=np.arange(30) % 2)
        answer = allowed(f"hebbnet {words[0] if words[0] in WORDS else '...'}", spoken, words)
        assert not isinstance(answer, Exception), answer
        code, said = answer
        assert code in (0, 2), said
        assert "Traceback" not in said and "fault in hebbnet" not in said, said
        if code:
            last = said.splitlines()[-1]
            assert last.startswith("hebbnet: ") and len(last) < 6_000


