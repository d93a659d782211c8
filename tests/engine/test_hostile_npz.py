"""Archives that somebody made to do harm: refused before they are unpacked, and nothing of them is written."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hebbnet.engine import files
from hebbnet.engine.checks import InputError

MB = 1_000_000


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


def header(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    """The beginning of a .npy file that says it has this shape, and nothing behind it."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def archive(path: Path, members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def refused(path: Path, says: str, most: float = 20 * MB) -> str:
    """The one sentence with which it is refused, in `most` bytes of memory."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=says) as caught:
            files.load_npz(path)
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()
    said = str(caught.value)
    assert "\n" not in said and str(path) in said
    return said


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 MB of zeros in 100 kB."""
    return archive(tmp_path_factory.mktemp("bomb") / "x.npz", {"X.npy": npy(np.zeros(100 * MB // 8))})


def test_a_bomb_is_refused_before_it_is_unpacked_and_the_limit_can_be_raised(bomb, monkeypatch):
    monkeypatch.setenv("HEBBNET_MAX_BYTES", "1e8")
    said = refused(bomb, r"unpacks to 100,000,128 bytes, and no more than 100,000,000 are taken from a file; if you "
                         r"trust it, set HEBBNET_MAX_BYTES=100000128$", most=MB)
    monkeypatch.setenv("HEBBNET_MAX_BYTES", said.rpartition("=")[2])
    assert files.load_npz(bomb)["X"].shape == (100 * MB // 8,)


def test_many_small_members_are_one_large_file(tmp_path, monkeypatch):
    monkeypatch.setenv("HEBBNET_MAX_BYTES", "1000000")
    path = archive(tmp_path / "x.npz", {f"a{i}.npy": npy(np.zeros(1_000)) for i in range(200)})
    refused(path, "unpacks to 1,625,600 bytes")


def test_the_limit_without_a_word_and_a_limit_that_is_none(bomb, monkeypatch):
    monkeypatch.delenv("HEBBNET_MAX_BYTES", raising=False)
    assert files.most_bytes() == files.MAX_BYTES == 2_000_000_000
    for wrong in ("much", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("HEBBNET_MAX_BYTES", wrong)
        with pytest.raises(InputError, match="HEBBNET_MAX_BYTES: expected a"):
            files.load_npz(bomb)


def lying(path: Path, size: int, says: int) -> Path:
    """The archive with `says` for the unpacked `size` of its member, in the directory and at the member."""
    content = path.read_bytes()
    assert content.count(struct.pack("<I", size)) >= 2
    path.write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", says)))
    return path


@pytest.mark.parametrize("shape", [(100 * MB // 8,), (64,), (10**12,)])
def test_a_directory_that_lies_about_the_size(tmp_path, shape):
    """No more is unpacked than the directory says: the checksum is wrong then, or the array is cut short."""
    content = header(shape) + bytes(100 * MB)
    path = archive(tmp_path / "x.npz", {"X.npy": content})
    most = 2 * MB + 8 * shape[0]  # NumPy asks for what the header claims, and touches no more than is unpacked
    refused(lying(path, len(content), 1_000), "damaged or not an .npz file|do not fit into the memory", most=most)


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_whole_blocks_are_refused(tmp_path, how):
    content = npy(np.zeros(10 * MB // 8))
    path = archive(tmp_path / "x.npz", {"X.npy": content}, how)
    refused(lying(path, len(content), 1_000), "NumPy compresses with deflate alone", most=MB)


@pytest.mark.parametrize(("shape", "dtype"), [((10**15,), "<f8"), ((2**62, 2**62), "<f8"), ((-1,), "<f8"),
                                              ((10**6, 10**6), "|V0"), ((10**12,), "<U0")])
def test_arrays_that_claim_to_be_huge(tmp_path, shape, dtype):
    """NumPy asks the system for what the header claims, if it can have it, and touches none of it: the file ends."""
    refused(archive(tmp_path / "x.npz", {"X.npy": header(shape, dtype)}),
            "damaged or not an .npz file|do not fit into the memory of this machine", most=np.inf)


@pytest.mark.parametrize("text", ["(" * 9_000, "{'descr': '<f8', 'fortran_order': False, 'shape': __import__('os')}",
                                  "{'descr': " + "[" * 4_000, "1" + "+1" * 4_000, ""])
def test_headers_are_not_code(tmp_path, text):
    raw = text.encode() + b"\n"
    refused(archive(tmp_path / "x.npz", {"X.npy": b"\x93NUMPY\x01\x00" + struct.pack("<H", len(raw)) + raw}),
            "damaged or not an .npz file")


@pytest.mark.parametrize("name", ["../x.npy", "/etc/x.npy", "C:\\x.npy", "a/../../x.npy", "..\\x.npy", "\x1b[2J.npy"])
def test_names_are_names_and_no_paths(tmp_path, name):
    """An array is called so; nothing is written, inside or outside the folder."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    path = archive(inner / "x.npz", {name: npy(np.ones(3)), "X.npy": npy(np.zeros(2))})
    loaded = files.load_npz(path)
    assert len(loaded) == 2 and loaded["X"].tolist() == [0.0, 0.0]
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_two_of_one_name_are_both_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("HEBBNET_MAX_BYTES", "1000000")
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as file, pytest.warns(UserWarning):
        for _ in range(2):
            file.writestr("X.npy", npy(np.zeros(100_000)))
    refused(tmp_path / "x.npz", "unpacks to 1,600,256 bytes")


@pytest.mark.parametrize("meta", ["[" * 100_000, '{"hebbnet": ' + "[" * 100_000, '{"hebbnet": ["Thing"]}', '"text"',
                                  "NaN", '{"hebbnet": {}}', "9" * 10_000])
def test_descriptions_that_are_none(tmp_path, meta):
    np.savez(tmp_path / "x.npz", __meta__=np.array(meta))
    with pytest.raises(InputError, match=r"was not written by hebbnet|expected a saved Thing, got"):
        files.load(tmp_path / "x.npz", "Thing")
