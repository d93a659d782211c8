"""Folders that nobody may write into, and caches that are damaged: said clearly or done without; nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hebbnet as hb

HOME = Path(hb.__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A folder with a saved learner in it, which cannot be written, not even by an administrator."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    administrator = os.geteuid() == 0
    if administrator:
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("an administrator may write anywhere, and here cannot mount a disk that is read-only")
    saved().save(folder / "x.npz")
    if administrator:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    else:
        folder.chmod(0o500)
    yield folder
    if administrator:
        subprocess.run(["umount", str(folder)], check=True)
    else:
        folder.chmod(0o700)


def saved() -> hb.Learner:
    return hb.Learner(hb.Network(3, [hb.Dense(2, "softmax")], rng=0), compiled=False)


def python(code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "error", "-c", code, *map(str, arguments)], cwd=HOME, text=True,
                          capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(HOME), **environment})


def test_a_folder_that_cannot_be_written(sealed: Path) -> None:
    before = (sealed / "x.npz").read_bytes()
    for write in (saved().save, lambda path: hb.Registry(path.parent / "model").publish(saved())):
        with pytest.raises(hb.InputError, match=r"cannot write .*: (Permission denied|Read-only file system); choose "):
            write(sealed / "x.npz")
    assert hb.Learner.load(sealed / "x.npz").n_seen == 0
    assert (sealed / "x.npz").read_bytes() == before and [*sealed.iterdir()] == [sealed / "x.npz"]


def test_results_cannot_be_written(sealed: Path) -> None:
    """The command line says so before the work, and leaves with 2."""
    code = "import sys; from hebbnet.cli import main; sys.exit(main(['run', sys.argv[1], '--out', sys.argv[2]]))"
    table = sealed.parent / "mine.csv"
    table.write_text("a,b\n" + "1,x\n2,y\n" * 20)
    done = python(code.replace("'--out'", "'--launch', '9', '--out'"), table, sealed / "out")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("hebbnet: cannot write into the folder ")


# One small kernel, compiled anew each time it is asked for, from the cache where that has it.
CACHED = """
import sys
from pathlib import Path
import numpy as np
from hebbnet.engine import kernel
from hebbnet.network.activations import tanh

kernel.say = lambda text: None
kernel._folder, kernel._folder_known = Path(sys.argv[1]), True

def ask():
    fresh, a = kernel.Kernel(tanh.plain, tanh.signature), np.zeros((1, 2))
    fresh.compiled(np.array([[0.5, -1.0]]), np.zeros(4), np.zeros(0), a)
    assert np.allclose(a, np.tanh([0.5, -1.0]))
    return a.tobytes(), bool(fresh.compiled.stats.cache_hits)
"""
DAMAGED = CACHED + """
import random
chance, (first, hit) = random.Random(0), ask()
assert not hit and ask() == (first, True)
whole = {file: file.read_bytes() for file in kernel._folder.rglob("*.*") if file.is_file()}
assert {file.suffix for file in whole} == {".nbi", ".nbc", ".sha256"}
for _ in range(int(sys.argv[2])):
    for file, content in whole.items():
        file.write_bytes(content)
    file = chance.choice(list(whole))
    content, at = bytearray(whole[file]), chance.randrange(len(whole[file]))
    how = chance.choice(["cut", "zeros", "hole", "garbage", "bit", "gone"])
    if how == "cut":
        del content[at:]
    elif how == "bit":
        content[at] ^= 1 << chance.randrange(8)
    else:
        n = {"zeros": len(content), "hole": 64, "garbage": 16, "gone": 0}[how]
        content[at : at + n] = chance.randbytes(len(content[at : at + n])) if how == "garbage" else bytes(
            len(content[at : at + n]))
    file.write_bytes(content) if how != "gone" else file.unlink()
    again, hit = ask()
    assert again == first and (not hit or content == whole[file]), (file, how, at)
    assert ask() == (first, True)
print("survived")
"""


@pytest.mark.compiler
@pytest.mark.parametrize("times", [4, pytest.param(60, marks=pytest.mark.long)])
def test_a_cache_that_is_damaged_anywhere(tmp_path: Path, times: int) -> None:
    """Cut, zeroed, overwritten, one bit turned: the kernel is compiled anew. Numba alone ends with the process."""
    done = python(DAMAGED, tmp_path, times)
    assert (done.returncode, done.stdout, done.stderr) == (0, "survived\n", "")


@pytest.mark.compiler
def test_a_cache_that_cannot_be_written(sealed: Path) -> None:
    """Nor a home, nor a folder for what is temporary: it is compiled each time, without a word."""
    code = CACHED.replace("kernel._folder, kernel._folder_known = Path(sys.argv[1]), True", """
import tempfile
tempfile.tempdir = sys.argv[1]""") + "assert kernel.cache_folder() is None; print(ask()[1])"
    nowhere = dict.fromkeys(("HEBBNET_CACHE_DIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME"), str(sealed))
    done = python(code.replace("fresh.compiled.stats", "getattr(fresh.compiled, 'stats')"), sealed, **nowhere)
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")


@pytest.mark.long
@pytest.mark.compiler
def test_a_cache_that_became_read_only(sealed: Path) -> None:
    """Chosen while it could be written."""
    done = python(CACHED + "print(ask()[1], ask()[1])", sealed)
    assert (done.returncode, done.stdout, done.stderr) == (0, "False False\n", "")


@pytest.mark.long
@pytest.mark.compiler
def test_two_processes_on_one_cache(tmp_path: Path) -> None:
    """Both write and read it all the time, and one of them damages it."""
    wild = CACHED + """
import random
chance = random.Random(int(sys.argv[2]))
for _ in range(30):
    assert ask()[0] == ask()[0]
    for file in kernel._folder.rglob("*.nb?"):
        if sys.argv[2] == "1" and chance.random() < 0.3:
            file.write_bytes(file.read_bytes()[: chance.randrange(1, 500)])
print("survived")
"""
    both = [subprocess.Popen([sys.executable, "-c", wild, str(tmp_path), str(k)], cwd=HOME, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE) for k in (0, 1)]
    assert [process.communicate()[0] for process in both] == ["survived\n"] * 2
