"""A file is the old one or the whole new one, never something between; what is read is never run."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hebbnet.engine import files
from hebbnet.engine.checks import InputError


class Trouble(Exception):
    """In the middle of writing."""


@pytest.mark.parametrize("trouble", [Trouble, KeyboardInterrupt, OSError])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, trouble):
    path = files.write_text(tmp_path / "result.txt", "old")

    def fill(file):
        file.write(b"half of the n")
        raise trouble("no")

    with pytest.raises(InputError if trouble is OSError else trouble):
        files.write(path, fill)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_failure_of_the_rename_too(tmp_path, monkeypatch):
    path = files.write_text(tmp_path / "result.txt", "old")

    def fail(*_):
        raise PermissionError(13, "in use by somebody")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match=r"cannot write .*result.txt: in use by somebody"):
        files.write_text(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_half(tmp_path):
    path = files.write_text(tmp_path / "result.txt", "old")

    def fill(file):
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"

    files.write(path, fill)
    assert path.read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_the_usual_ones(tmp_path):
    old = os.umask(0o027)
    try:
        path = files.write_text(tmp_path / "result.txt", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "none" / "x", tmp_path / "file" / "x", tmp_path):
        with pytest.raises(InputError, match=r"cannot write .*; choose another"):
            files.write_text(target, "x")
    with pytest.raises(InputError, match=r"cannot write into the folder .*; choose another"):
        files.folder(tmp_path / "file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_folder_is_made(tmp_path):
    assert files.folder(tmp_path / "a" / "b").is_dir() and list((tmp_path / "a" / "b").iterdir()) == []


def test_text_and_json(tmp_path):
    assert files.write_text(tmp_path / "t", "Frémaux ±1").read_text(encoding="utf-8") == "Frémaux ±1"
    value = {"a": [1, None], "b": np.float64(0.1), "c": np.int64(3), "d": np.bool_(True)}
    path = files.write_json(tmp_path / "j", value)
    assert json.loads(path.read_text()) == {"a": [1, None], "b": 0.1, "c": 3, "d": True}
    with pytest.raises(TypeError, match="as JSON"):
        files.write_json(tmp_path / "j", {"a": object()})


def test_save_and_load(tmp_path):
    arrays = {"W": np.arange(6.0).reshape(2, 3), "n": np.array(3), "empty": np.empty((0, 2))}
    path = files.save(tmp_path / "thing", "Thing", {"rate": 0.1}, arrays)
    assert path == tmp_path / "thing"  # the name that was asked for, without another ending
    meta, loaded = files.load(path, "Thing")
    assert meta == {"rate": 0.1} and loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        assert np.array_equal(loaded[name], array) and loaded[name].dtype == array.dtype
    with pytest.raises(InputError, match="expected a saved Other, got a saved Thing"):
        files.load(path, "Other")


def test_objects_are_not_saved(tmp_path):
    with pytest.raises(InputError, match="holds Python objects, which only a pickle could store"):
        files.save(tmp_path / "x", "Thing", {}, {"a": np.array([object()])})
    assert list(tmp_path.iterdir()) == []


def test_an_archive_of_other_things(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"damaged or not an .npz file"):
        files.load_npz(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY garbage")
    with pytest.raises(InputError, match=r"damaged or not an .npz file"):
        files.load_npz(path)


def test_compressed_archives_are_read_and_their_damage_noticed(tmp_path):
    path = tmp_path / "x.npz"
    np.savez_compressed(path, a=np.arange(1000.0))
    assert np.array_equal(files.load_npz(path)["a"], np.arange(1000.0))
    whole = path.read_bytes()
    for position in range(60, 400, 5):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        with pytest.raises(InputError, match=r"damaged or not an .npz file"):
            files.load_npz(path)


def test_no_handle_is_left_open(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, a=np.zeros(3))
    files.load_npz(path)
    path.unlink()
    for content in (b"", b"PK\x03\x04", b"text"):
        path.write_bytes(content)
        with pytest.raises(InputError):
            files.load_npz(Path(path))
        path.unlink()  # on Windows this fails while somebody holds the file; elsewhere the warning of it is an error
