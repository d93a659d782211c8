"""The registry: whole versions or none, whatever happens in between; and what was altered is named and refused."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.engine import lock
from hebbnet.pipeline import registry as module

STREAM = hb.DriftStream([hb.SEA(8)], rng=0)
BATCH = STREAM.take(400)


def learner(rows: int = 0) -> hb.Learner:
    made = hb.Learner(hb.mlp(STREAM, [4], rng=0), compiled=False)
    if rows:
        made.learn(BATCH.X[:rows], BATCH.y[:rows])
    return made


@pytest.fixture
def three(tmp_path: Path) -> hb.Registry:
    """Versions 1 and 3 deployed, 2 rejected."""
    registry = hb.Registry(tmp_path / "model")
    registry.publish(learner(), why="the first", data=[{"file": "a.csv", "rows": [0, 400]}], config={"window": 9})
    registry.publish(learner(1), why="worse", deploy=False, scores={"rows": 9, "champion": 0.9, "challenger": 0.8})
    registry.publish(learner(2), why="better")
    return registry


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


def test_what_is_published_comes_back(three: hb.Registry) -> None:
    made = learner(2)
    loaded = three.champion().load()
    assert np.array_equal(loaded.network.theta, made.network.theta) and loaded.n_seen == 2
    first, second, third = three.history()
    assert [version.manifest["deployed"] for version in three.history()] == [True, False, True]
    assert [version.manifest["parent"] for version in three.history()] == [0, 1, 1]
    assert second.manifest["scores"] == {"rows": 9, "champion": 0.9, "challenger": 0.8}
    assert first.manifest["data"] == [{"file": "a.csv", "rows": [0, 400]}] and first.manifest["config"]["window"] == 9
    installed = {"numba"} if find_spec("numba") else set()
    assert set(third.manifest["packages"]) == {"hebbnet", "numpy", "python"} | installed and third.manifest["seed"] == 0
    assert three.verify() == [] and "better" in repr(third) and "champion 3 of 3" in repr(three)


def test_an_empty_one(tmp_path: Path) -> None:
    registry = hb.Registry(tmp_path / "none")
    with pytest.raises(hb.InputError, match="no model has been published here yet"):
        registry.champion()
    with pytest.raises(hb.InputError, match="no model has been published"):
        registry.rollback()
    assert registry.history() == registry.verify() == [] and registry.prune(1) == []
    with pytest.raises(hb.InputError, match="expected a Learner, got int"):
        registry.publish(3)  # type: ignore[arg-type]


def test_a_version_is_published_where_there_is_no_numba(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "numba":
            raise module.metadata.PackageNotFoundError(name)
        return "2.0.0"

    monkeypatch.setattr(module.metadata, "version", version)
    packages = hb.Registry(tmp_path).publish(learner()).manifest["packages"]
    assert set(packages) == {"hebbnet", "numpy", "python"}


def test_back_and_forth(three: hb.Registry) -> None:
    assert three.rollback().number == three.champion().number == 1
    with pytest.raises(hb.InputError, match="version 1 is the first that served: there is nothing to go back to"):
        three.rollback()  # the first has none before it
    with pytest.raises(hb.InputError, match="there is no version 0; known: 1 to 3"):
        three.rollback(to=0)
    assert three.rollback(to=3).number == 3
    assert [(move["from"], move["to"]) for move in three.pointer()["rollbacks"]] == [(3, 1), (1, 3)]
    three.rollback()
    assert three.publish(learner(3)).manifest["parent"] == 1


def test_pruning_spares_what_serves_and_what_it_replaced(three: hb.Registry) -> None:
    for rows in range(3, 7):
        three.publish(learner(rows))
    three.rollback(to=3)
    assert three.prune(keep=2) == [2, 4, 5] and three.prune(keep=2) == []
    assert len(three.history()) == 7 and three.verify() == [] and three.rollback().number == 1
    for act in (lambda: three.rollback(to=4), three.version(4).load):
        with pytest.raises(hb.InputError, match="version 4: its weights were removed on"):
            act()


# ---------------------------------------------------------------- altered by hand


@pytest.mark.parametrize("name", ["versions/000003.npz", "versions/000003.json", "champion.json"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone", "another's"])
def test_what_was_altered_is_named_and_refused(three: hb.Registry, name: str, how: str) -> None:
    path = three.path / name
    content = path.read_bytes()
    if how == "changed":
        path.write_bytes(content.replace(b'"version": 3', b'"version": 1') if name.endswith("json") else
                         content[:-1] + bytes([content[-1] ^ 1]))
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "gone":
        path.unlink()
    else:
        other = "versions/000003.json" if name == "champion.json" else name.replace("3", "1")
        path.write_bytes((three.path / other).read_bytes())
    wrong = three.verify()
    assert len(wrong) == 1 and str(path) in wrong[0]
    with pytest.raises(hb.InputError, match=path.name):
        three.champion().load()


def test_a_pointer_is_no_manifest(three: hb.Registry) -> None:
    (three.path / "versions/000003.json").write_bytes((three.path / "champion.json").read_bytes())
    assert "000003.json: altered" in three.verify()[0]


def test_every_byte_of_a_manifest_counts(three: hb.Registry) -> None:
    path = three.path / "versions" / "000003.json"
    content = path.read_bytes()
    for place in range(0, len(content) - 1, 17):
        path.write_bytes(content[:place] + bytes([content[place] ^ 2]) + content[place + 1 :])
        try:
            same = json.loads(path.read_bytes()) == json.loads(content)  # an indent of another length, say
        except ValueError:
            same = False
        assert same or three.verify()


# ---------------------------------------------------------------- broken off


def test_broken_off_anywhere_it_is_the_old_or_the_new(three: hb.Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publication, a rollback and a pruning, stopped before each rename and each removal in turn."""
    acts: list[Any] = [lambda: three.publish(learner(9)), lambda: three.rollback(), lambda: three.prune(1)]
    seen = set()
    for act in acts:
        for stop_at in range(1, 9):
            calls = 0

            def count(stop_at: int = stop_at) -> None:
                nonlocal calls
                calls += 1
                if calls == stop_at:
                    raise KeyboardInterrupt

            def replace(a: str, b: Any, real: Any = os.replace) -> None:
                count()
                real(a, b)

            def unlink(path: Path, missing_ok: bool = False, real: Any = Path.unlink) -> None:
                if path.suffix == ".npz":
                    count()
                real(path, missing_ok)

            before = three.pointer(), [version.manifest for version in three.history()]
            with monkeypatch.context() as patch:
                patch.setattr(os, "replace", replace)
                patch.setattr(Path, "unlink", unlink)
                try:
                    act()
                except KeyboardInterrupt:
                    assert three.pointer() == before[0]
                    seen.add((acts.index(act), stop_at))
                else:
                    break
            assert three.verify() == [] and three.champion().load().n_seen in (0, 2, 9)
    assert seen >= {(0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (2, 2)}


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS])
def test_a_full_disk_and_a_read_only_folder(three: hb.Registry, fault: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(three.path)

    def fail(*_: Any) -> None:
        raise OSError(fault, os.strerror(fault))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(hb.InputError, match=rf"cannot write .*000004.npz: {os.strerror(fault)}"):
            three.publish(learner(9))
    assert everything(three.path) == before
    assert three.publish(learner(9)).number == 4


# ---------------------------------------------------------------- one writer at a time

HOLDER = """
import sys, time, hebbnet as hb
with hb.Registry(sys.argv[1]).lock():
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_names_its_holder_and_dies_with_it(three: hb.Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 0.1)
    root = str(Path(hb.__file__).parents[1])
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(three.path)], stdout=subprocess.PIPE, cwd=root)
    try:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        with pytest.raises(hb.InputError, match=rf"registry .* is held by process {holder.pid} since 20..-"):
            three.publish(learner())
        assert three.champion().number == 3, "readers need no lock"
    finally:
        holder.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        holder.communicate()
    assert three.publish(learner()).number == 4


def test_a_lock_can_be_waited_for(tmp_path: Path) -> None:
    first = lock.Lock(tmp_path / "lock", "it")
    with first, pytest.raises(hb.InputError, match=f"it is held by process {os.getpid()} since"), \
            lock.Lock(tmp_path / "lock", "it"):
        pass
    with lock.Lock(tmp_path / "lock", "it"):
        (tmp_path / "lock").write_text("{")  # a full disk, or a curious person
        with pytest.raises(hb.InputError, match="it is held by another process"), lock.Lock(tmp_path / "lock", "it"):
            pass
    with pytest.raises(hb.InputError, match=r"cannot write .*choose another folder"), \
            lock.Lock(tmp_path / "none" / "lock", "it"):
        pass


KILLED = """
import sys, hebbnet as hb
registry = hb.Registry(sys.argv[1])
made = hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(8)], rng=0), [4], rng=0), compiled=False)
print("begins", flush=True)
while True:
    registry.publish(made)
    registry.prune(2)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("kills", [2, pytest.param(40, marks=pytest.mark.long)])
def test_killed_at_random_moments(tmp_path: Path, kills: int) -> None:
    chance, last = np.random.default_rng(0), 0
    for _ in range(kills):
        writer = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE,
                                  cwd=Path(hb.__file__).parents[1])
        assert writer.stdout and writer.stdout.readline()
        time.sleep(0.05 + 0.3 * chance.random())
        writer.kill()
        writer.communicate()
        registry = hb.Registry(tmp_path)
        assert registry.verify() == [] and registry.champion().load().n_seen == 0
        assert registry.champion().number == registry.pointer()["last"] >= last
        last = registry.pointer()["last"]
    assert registry.publish(learner()).number == last + 1
    assert list((tmp_path / "versions").glob(".*")) == []
