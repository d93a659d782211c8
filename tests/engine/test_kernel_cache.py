"""The disk cache knows its sources, survives damage, and is never needed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from engine_helpers import HOME, life, run

from hebbnet.engine import kernel as kernel_module

# One prediction: it compiles the small kernels only.
ASK = """
import numpy as np, hebbnet as hb
net = hb.Network(2, [hb.Dense(3, "tanh"), hb.Dense(2, "sigmoid")], rng=0)
print(*(a.hex() for a in hb.Learner(net, standardize=False).outputs([[1.0, -2.0]])[0].tolist()))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package to edit."""
    shutil.copytree(HOME / "hebbnet", tmp_path / "copy" / "hebbnet", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def source_with(package: Path, text: str) -> Path:
    """The one file of the engine that says `text`."""
    found = [path for path in (package / "hebbnet" / "engine").glob("*.py") if text in path.read_text(encoding="utf-8")]
    assert len(found) == 1, f"{text!r} stands in {len(found)} files: this test has to edit something else"
    return found[0]


def edit(package: Path, old: str, new: str) -> None:
    """Change a source, and nothing that anybody could notice but its text."""
    path = source_with(package, old)
    times = path.stat().st_mtime_ns
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    os.utime(path, ns=(times, times))


@pytest.mark.long
@pytest.mark.compiler
def test_an_edited_callee_changes_the_numbers_at_once(package, tmp_path):
    cache = {"HEBBNET_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    first = life(package=package, **cache)
    folder, = (tmp_path / "cache" / "hebbnet").iterdir()
    assert list(folder.rglob("*.nbc")) and life(package=package, **cache) == first
    edit(package, "_add_rows(rate / pre.shape[0],", "_add_rows(2.0 * rate / pre.shape[0],")
    edited = life(package=package, **cache)
    assert edited != first
    assert edited == life(package=package, HEBBNET_CACHE="0", PYTHONDONTWRITEBYTECODE="1")
    assert len(list((tmp_path / "cache" / "hebbnet").iterdir())) == 2


@pytest.mark.long
@pytest.mark.compiler
def test_an_edit_between_import_and_first_use_does_not_poison_the_cache(package, tmp_path):
    """The process that imported the old source must not store what it compiles under the name of the new one."""
    cache = {"HEBBNET_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    old, new = "t += A[i, p] * W[p, j]\n", "t += 2 * A[i, p] * W[p, j]\n"
    source = source_with(package, old)
    text = source.read_text(encoding="utf-8")
    late = (f"import pathlib, hebbnet.engine.compiled\nsource = pathlib.Path({str(source)!r})\n"
            f"source.write_text(source.read_text(encoding='utf-8').replace({old!r}, {new!r}), encoding='utf-8')\n")
    before = run(late + ASK, package=package, **cache).stdout
    assert source.read_text(encoding="utf-8") != text
    after = run(ASK, package=package, **cache).stdout
    assert before != after
    assert after == run(ASK, package=package, HEBBNET_CACHE="0", PYTHONDONTWRITEBYTECODE="1").stdout


@pytest.mark.long
@pytest.mark.compiler
def test_damaged_files_are_survived(package, tmp_path):
    cache = {"HEBBNET_CACHE_DIR": str(tmp_path / "cache")}
    expected = run(ASK, package=package, **cache).stdout
    for ending, damage in ((".nbi", b""), (".nbi", None), (".nbc", b"garbage, and not a pickle")):
        files = list((tmp_path / "cache").rglob(f"*{ending}"))
        assert files
        for file in files:
            whole = file.read_bytes()
            file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
        done = run(ASK, package=package, **cache)
        assert done.stdout == expected and done.stderr == ""
        run(ASK, package=package, **cache)  # writes them anew


@pytest.mark.long
@pytest.mark.compiler
def test_the_switch_writes_nothing(tmp_path):
    run(ASK, HEBBNET_CACHE="0", HEBBNET_CACHE_DIR=str(tmp_path / "cache"), XDG_CACHE_HOME=str(tmp_path / "xdg"))
    assert list(tmp_path.iterdir()) == []


NOWHERE = """
import os, tempfile
def nowhere(*_): raise FileNotFoundError(2, "no usable temporary folder")
tempfile.gettempdir = nowhere
os.path.expanduser = lambda path: path  # no home folder
real = os.mkdir
def mkdir(path, *rest): raise PermissionError(13, "read-only file system", str(path))
os.mkdir = mkdir
"""


@pytest.mark.long
@pytest.mark.compiler
def test_nowhere_to_write(tmp_path):
    (tmp_path / "file").write_text("")
    done = run(NOWHERE + ASK + "from hebbnet.engine.kernel import cache_folder; print(cache_folder())",
               drop=("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"), HEBBNET_CACHE_DIR=str(tmp_path / "file"))
    numbers, folder = done.stdout.splitlines()
    assert numbers == run(ASK).stdout.strip() and folder == "None" and done.stderr == ""


# ---------------------------------------------------------------- where it lies


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No folder chosen yet, and no variable says where."""
    monkeypatch.setattr(kernel_module, "_folder_known", False)
    monkeypatch.setattr(kernel_module, "_folder", None)
    monkeypatch.setattr(kernel_module, "_sources", lambda: kernel_module.SOURCES)  # nobody edits in the meantime
    for name in ("HEBBNET_CACHE", "HEBBNET_CACHE_DIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.compiler
def test_the_first_folder_that_can_be_written(unknown, tmp_path):
    (tmp_path / "file").write_text("")
    unknown.setenv("HEBBNET_CACHE_DIR", str(tmp_path / "file"))
    unknown.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    folder = kernel_module.cache_folder()
    assert folder.parent == tmp_path / "xdg" / "hebbnet" and folder.is_dir()
    unknown.setenv("HEBBNET_CACHE", "0")
    assert kernel_module.cache_folder() is None


@pytest.mark.compiler
def test_no_temporary_folder_is_no_fault(unknown, tmp_path):
    def nowhere() -> str:
        raise FileNotFoundError(2, "no usable temporary folder")

    unknown.setattr(tempfile, "gettempdir", nowhere)
    unknown.setattr(os.path, "expanduser", lambda path: path)
    assert kernel_module.cache_folder() is None


@pytest.mark.compiler
@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX owners")
def test_a_temporary_folder_of_somebody_else_is_not_used(unknown, tmp_path):
    """A kernel in the cache is code: a folder where others can put some is none of ours."""
    unknown.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    unknown.setattr(os.path, "expanduser", lambda path: path)
    ours = tmp_path / f"hebbnet-{os.getuid()}"
    ours.mkdir()
    ours.chmod(0o777)
    assert kernel_module.cache_folder() is None
    unknown.setattr(kernel_module, "_folder_known", False)
    ours.chmod(0o700)
    assert kernel_module.cache_folder().parent.parent == ours


@pytest.mark.compiler
def test_only_old_caches_are_tidied_away(unknown, tmp_path):
    """The cache may lie in a folder that has other things in it, even an old one called hebbnet."""
    unknown.setenv("HEBBNET_CACHE_DIR", str(tmp_path))
    names = {"0123456789abcdef": False, "fedcba9876543210": True, "checkout": True, "notes.txt": True, "0123": True}
    for name, old in names.items():
        (tmp_path / "hebbnet" / name).mkdir(parents=True)
        (tmp_path / "hebbnet" / name / "precious").write_text("work of years")
        if old:
            long_ago = time.time() - 40 * 86_400
            os.utime(tmp_path / "hebbnet" / name, (long_ago, long_ago))
    current = kernel_module.cache_folder()
    left = {path.name for path in (tmp_path / "hebbnet").iterdir()} - {current.name}
    assert left == names.keys() - {"fedcba9876543210"}


def test_the_fingerprint_knows_sources_and_settings(monkeypatch):
    numba = pytest.importorskip("numba")
    before = kernel_module.fingerprint()
    assert len(before) == 16 and kernel_module.fingerprint() == before
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", 0 if numba.config.BOUNDSCHECK else 1)
    assert kernel_module.fingerprint() != before


@pytest.mark.long
@pytest.mark.compiler
@pytest.mark.parametrize("becomes", ["nothing", "a file"])
def test_a_folder_that_vanishes_while_it_is_used(tmp_path, becomes):
    """What is compiled later is compiled all the same, with the same numbers and without a word."""
    cache = tmp_path / "cache"
    vanish = f"import shutil, pathlib; shutil.rmtree({str(cache)!r}, ignore_errors=True)\n"
    if becomes == "a file":
        vanish += f"pathlib.Path({str(cache)!r}).write_text('')\n"
    done = run("import hebbnet.engine.compiled\nfrom hebbnet.engine.kernel import cache_folder; cache_folder()\n" +
               vanish + ASK + vanish + ASK.replace('"tanh"', '"relu"'), HEBBNET_CACHE_DIR=str(cache))
    expected = run(ASK + ASK.replace('"tanh"', '"relu"'), HEBBNET_CACHE="0")
    assert done.stdout == expected.stdout and done.stderr == ""
