"""Whatever stops a save, the file is the old one or the new one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import hebbnet as hb

HOME = Path(hb.__file__).parents[1]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX limits, permissions and signals")

# Two learners that anybody can tell apart: all that is saved of one is `value`.
MAKE = """
import sys, numpy as np, hebbnet as hb
def make(value):
    made = hb.Learner(hb.Network(100, [hb.Dense(50, "tanh"), hb.Dense(2, "softmax")], rng=0), compiled=False)
    for array in made._arrays().values():
        array[:] = value
    return made
path = sys.argv[1]
"""
SAVE_ON_AND_ON = MAKE + """
value, step = float(sys.argv[2]), float(sys.argv[3])
made = make(value)
made.save(path + ".first")
print("ready", flush=True)
while True:
    for array in made._arrays().values():
        array += step
    made.save(path)
"""


def python(code: str, *arguments: object, **how: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], cwd=HOME, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)  # type: ignore[call-overload]


def value_of(path: Path) -> float:
    """What a file holds, all of it the same: half of one and half of another would show."""
    (value,) = {number for array in hb.Learner.load(path)._arrays().values() for number in array.tolist()}
    return float(value)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "learner.npz"
    done = python(MAKE + "make(1.0).save(path)", path)
    assert done.communicate()[1] == "" and value_of(path) == 1.0
    return path


@posix
@pytest.mark.long
def test_killed_at_a_hundred_random_moments(saved):
    """kill -9 while it saves one after the other: each file is whole, and none is older than the one before."""
    chance, before, moved = random.Random(0), 1.0, 0
    for _ in range(100):
        process = python(SAVE_ON_AND_ON, saved, before, 1.0)
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.05))
        process.kill()
        process.communicate()
        value = value_of(saved)
        assert value >= before
        moved, before = moved + (value > before), value
    assert moved > 50  # it was not always killed before the first
    assert any(path.name.startswith(".learner.npz.") for path in saved.parent.iterdir())  # and often in the middle
    hb.Learner.load(saved).save(saved)


@pytest.mark.long
def test_two_processes_on_one_file(saved):
    """The last one wins, and a reader meets whole files all the time."""
    writers = [python(SAVE_ON_AND_ON, saved, start, step) for start, step in ((1.0, 1.0), (-1.0, -1.0))]
    try:
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        seen = [value_of(saved) for _ in range(200)]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert min(seen) < 0.0 < max(seen)


@posix
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_no_room_for_the_whole_file(saved, share):
    """A limit to the size of a file stops the write where a full disk would."""
    size, before = saved.stat().st_size, saved.read_bytes()
    done = python(MAKE + f"""
import resource
made = make(2.0)
resource.setrlimit(resource.RLIMIT_FSIZE, ({int(size * share)},) * 2)
try:
    made.save(path)
except hb.InputError as error:
    print(error)
""", saved)
    out, err = done.communicate()
    assert (done.returncode, err) == (0, "")
    assert out == f"cannot write {saved}: File too large; choose another name or folder\n"
    assert saved.read_bytes() == before and list(saved.parent.iterdir()) == [saved]
