"""Files that are never half written and never run code: .npz and JSON, written to a temporary name and renamed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from . import checks
from .checks import InputError

MAX_BYTES = 2_000_000_000  # that a file may unpack to, where HEBBNET_MAX_BYTES does not say otherwise

Arrays = dict[str, np.ndarray]


def place(path: str | os.PathLike[str]) -> Path:
    """`path` as a Path. Refused: a number, which `open` takes for an open file, and what no file can be called."""
    try:
        found = Path(path)
        if b"\0" in os.fsencode(found):
            raise ValueError
    except (TypeError, ValueError):
        raise InputError(f"path: expected the name of a file or folder, got {checks.shown(path)}") from None
    return found


def write(path: str | os.PathLike[str], fill: Callable[[IO[bytes]], Any]) -> Path:
    """Let `fill(file)` write `path`, all or nothing: a reader sees the old file or the whole new one."""
    target = place(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}; choose another folder") from None
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
        _keep_name(target.parent)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise InputError(f"cannot write {target}: {error.strerror or error}; choose another name or folder") from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write `text` as UTF-8, all or nothing."""
    return write(path, lambda file: file.write(text.encode()))


def write_json(path: str | os.PathLike[str], value: Any) -> Path:
    """Write `value` as JSON, all or nothing."""
    return write_text(path, as_json(value))


def as_json(value: Any) -> str:
    """`value` as JSON, NumPy's numbers too."""
    return json.dumps(value, indent=2, allow_nan=False, default=_plain_number) + "\n"


def folder(path: str | os.PathLike[str]) -> Path:
    """The folder `path`, made if need be and proved writable."""
    target = place(path)
    try:
        target.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=target).close()
    except OSError as error:
        raise InputError(f"cannot write into the folder {target}: {error.strerror or error}; choose another") from None
    return target


def save(path: str | os.PathLike[str], kind: str, meta: dict[str, Any], arrays: Arrays) -> Path:
    """Write arrays and their JSON description `meta` into one .npz of the given `kind`."""
    header = np.array(json.dumps({"hebbnet": kind, **meta}, default=_plain_number))
    if any(array.dtype.hasobject for array in arrays.values()):
        raise InputError(f"cannot save {path}: an array holds Python objects, which only a pickle could store")
    return write(path, lambda file: _write_npz(file, {"__meta__": header, **arrays}))


def _write_npz(file: IO[bytes], arrays: Arrays) -> None:
    """What np.savez writes, and the archive closed where the disk is full: NumPy 2.0 leaves that to the interpreter."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def load(path: str | os.PathLike[str], kind: str) -> tuple[dict[str, Any], Arrays]:
    """Read what `save` wrote: (meta, arrays). A damaged, foreign or pickled file is refused."""
    arrays = load_npz(path)
    try:
        meta = json.loads(str(arrays.pop("__meta__")))
        found = meta.pop("hebbnet")
    except (KeyError, ValueError, AttributeError, TypeError, RecursionError):
        raise InputError(f"{path}: this .npz was not written by hebbnet") from None
    if found != kind:
        raise InputError(f"{path}: expected a saved {kind}, got a saved {found}")
    return meta, arrays


def load_npz(path: str | os.PathLike[str]) -> Arrays:
    """All arrays of an .npz, without pickles, and of no more bytes than `most_bytes`. Nothing is written anywhere."""
    try:
        with place(path).open("rb") as raw:
            if not zipfile.is_zipfile(raw):  # NumPy would take any other file for a pickle, or for a single array
                raise InputError(f"{path}: damaged or not an .npz file (it is no archive)")
            raw.seek(0)
            with np.load(raw, allow_pickle=False) as file:
                _check_size(path, os.fstat(raw.fileno()).st_size, file.zip.infolist())
                arrays = {name: file[name] for name in file.files}
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except PermissionError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except InputError:
        raise
    except MemoryError:
        raise InputError(f"{path}: its arrays do not fit into the memory of this machine") from None
    except Exception as error:  # a damaged archive fails in many ways: zlib, struct, zipfile and NumPy raise their own
        if "Object arrays" in str(error):
            raise InputError(f"{path}: it holds Python pickles, which can run code when read; refused") from None
        raise InputError(f"{path}: damaged or not an .npz file ({error})") from None
    if any(not isinstance(array, np.ndarray) for array in arrays.values()):
        raise InputError(f"{path}: damaged or not an .npz file (it holds other files than arrays)")
    if any(array.size and not array.dtype.itemsize for array in arrays.values()):
        raise InputError(f"{path}: damaged or not an .npz file (it has an array whose elements have no bytes)")
    return arrays


def most_bytes() -> int:
    """What a file may unpack to: HEBBNET_MAX_BYTES, or `MAX_BYTES`."""
    given: Any = os.environ.get("HEBBNET_MAX_BYTES") or MAX_BYTES
    with suppress(ValueError):
        given = float(given)
    return int(checks.number(given, "HEBBNET_MAX_BYTES", low=1))


def _check_size(path: str | os.PathLike[str], packed: int, members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that is too large, before anything in it is unpacked.

    Its directory may lie: zipfile unpacks no more of a member than the directory says, if it is deflated. Other methods
    unpack a whole block at once, however much that is.
    """
    size, most = max(packed, sum(member.file_size for member in members)), most_bytes()
    if size > most:
        raise InputError(f"{path}: unpacks to {size:,} bytes, and no more than {most:,} are taken from a file; if you "
                         f"trust it, set HEBBNET_MAX_BYTES={size}")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise InputError(f"{path}: damaged or not an .npz file (NumPy compresses with deflate alone)")


def sha256(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of what a file holds."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None


def _plain_number(value: Any) -> Any:
    """NumPy's own numbers as Python's, for JSON."""
    if isinstance(value, np.generic):
        return value.item()
    try:
        return float(value)  # a Decimal, a Fraction, an array of no dimensions
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"cannot write {value!r} as JSON") from None


def _keep_name(folder: Path) -> None:
    """A new name outlives a power cut, where the system can promise that: whoever writes next may build on it."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
