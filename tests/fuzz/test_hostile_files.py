"""Anything at all in files and in their names: one sentence, nothing run, and nothing written."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_doors import small_run
from fuzz_judge import allowed, refused, state
from fuzz_values import anything, arrays, learner, network
from hypothesis import given
from hypothesis import strategies as st
from test_doors import arguments, fuzz

import hebbnet as hb

names = st.one_of(anything, st.sampled_from(["a\0b", "\ud800", "", ".", "x" * 5_000, b"x", True, 1, "\x1b[2J.csv"]))
READERS = {"from_csv": hb.from_csv, "from_npz": hb.from_npz, "Learner.load": hb.Learner.load, "Run.load": hb.Run.load}


@contextmanager
def folder() -> Iterator[Path]:
    """A working directory of its own, which goes with all that is in it."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as made:
        os.chdir(made)
        try:
            yield Path(made)
        finally:
            os.chdir(before)


@fuzz
@given(st.sampled_from(sorted(READERS)), names)
def test_names_of_files_to_read(name: str, path: Any) -> None:
    with folder() as here:
        assert isinstance(allowed(f"{name}, the name", READERS[name], path), Exception)
        assert not [*here.iterdir()]


@fuzz
@given(names)
def test_names_of_files_to_write(path: Any) -> None:
    with folder() as here:
        made = learner()
        before = state(made)
        answer = allowed("Learner.save, the name", made.save, path)
        assert state(made) == before
        if refused(answer):
            assert not [*here.iterdir()]


@fuzz
@given(st.data())
def test_registry(more: Any) -> None:
    with folder():
        registry = hb.Registry("model")
        registry.publish(learner())
        for _ in range(2):
            verb = more.draw(st.sampled_from(["publish", "rollback", "version", "prune"]))
            call = getattr(registry, verb)
            before = {path: path.read_bytes() for path in Path("model").rglob("*.*") if path.is_file()}
            if refused(allowed(f"Registry.{verb}", call, **arguments(call, more, {}))):
                assert {p: p.read_bytes() for p in Path("model").rglob("*.*") if p.is_file()} == before
            assert registry.verify() == []
            registry.champion().load()


@fuzz
@given(st.binary(max_size=200) | st.text(alphabet="ab,;\"\n\r\t|1.e-?\x00\x1b ", max_size=80).map(
    lambda text: b"a,b,y\n" + text.encode()), st.data())
def test_csv(content: bytes, more: Any) -> None:
    """The content, and everything that can be asked about it."""
    with folder() as here:
        Path("x.csv").write_bytes(content)
        named = arguments(hb.from_csv, more, {"path": "x.csv"}) if more.draw(st.booleans()) else {"path": "x.csv"}
        stream = allowed("from_csv, the content", hb.from_csv, **named)
        if not isinstance(stream, Exception):
            while len(stream.take(3)):
                pass
        assert [*here.iterdir()] == [here / "x.csv"]


@fuzz
@given(st.dictionaries(st.sampled_from(["X", "y", "z", "__meta__"]), st.one_of(arrays(), st.text()), max_size=3))
def test_npz_with_any_arrays(contents: dict[str, Any]) -> None:
    with folder():
        try:
            np.savez("x.npz", **{name: np.asarray(array) for name, array in contents.items()})
        except ValueError:  # rows of different lengths
            return
        for name in ("from_npz", "Learner.load"):
            allowed(f"{name}, the arrays", READERS[name], "x.npz")


def saved(kind: str) -> bytes:
    with folder():
        if kind == "table":
            np.savez("x.npz", X=np.ones((4, 3)), y=np.arange(4) % 2)
        elif kind == "run":
            small_run().save("x.npz")
        else:
            learner(network=network(1, "identity") if kind == "regressor" else network()).save("x.npz")
        return Path("x.npz").read_bytes()


WHOLE = {kind: saved(kind) for kind in ("table", "run", "regressor", "classifier")}
READ = {"table": hb.from_npz, "run": hb.Run.load, "regressor": hb.Learner.load, "classifier": hb.Learner.load}


@fuzz
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_npz_with_any_bytes(kind: str, more: Any) -> None:
    """Bytes replaced, cut out or put in: refused, or as it was."""
    content = bytearray(WHOLE[kind])
    for _ in range(more.draw(st.integers(1, 4))):
        at = more.draw(st.integers(0, max(len(content) - 1, 0)))
        content[at : at + more.draw(st.integers(0, 30))] = more.draw(st.binary(max_size=30))
    with folder() as here:
        Path("x.npz").write_bytes(content)
        allowed(f"{kind}, the bytes", READ[kind], "x.npz")
        assert [*here.iterdir()] == [here / "x.npz"]


def changed(meta: Any, more: Any) -> Any:
    """The description with one part of it replaced by anything that JSON can hold."""
    if not isinstance(meta, (dict, list)) or not meta or more.draw(st.integers(0, 5)) == 0:
        return more.draw(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
                                   st.just([]), st.just({}), st.just(10**7), st.just("9" * 5_000)))
    key = more.draw(st.sampled_from([*meta] if isinstance(meta, dict) else [*range(len(meta))]))
    copy = meta.copy()
    copy[key] = changed(meta[key], more)
    return copy


@fuzz
@given(st.sampled_from(["run", "regressor", "classifier"]), st.data())
def test_descriptions_in_files(kind: str, more: Any) -> None:
    """An archive that is whole, and says something else about itself."""
    with folder():
        with np.load(io.BytesIO(WHOLE[kind])) as file:
            contents = dict(file)
        meta = changed(json.loads(str(contents.pop("__meta__"))), more)
        if contents and more.draw(st.booleans()):
            contents[more.draw(st.sampled_from(sorted(contents)))] = more.draw(arrays().map(np.asarray))
        np.savez("x.npz", __meta__=np.array(json.dumps(meta)), **contents)
        loaded = allowed(f"{kind}, the description", READ[kind], "x.npz")
        if isinstance(loaded, hb.Learner):
            allowed("a learner from a file", loaded.outputs, np.ones((2, loaded.network.n_inputs)))
