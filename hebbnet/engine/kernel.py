"""`@kernel`: one source, two executions: plain NumPy to read and step through, compiled machine code to run.

Importing this module costs nothing: Numba is loaded, and a kernel compiled, when its compiled form is first asked
for. Compiled kernels are kept on disk in a folder named by a hash of all the package's sources, because Numba by
itself does not notice that a callee in another file was edited, and would go on with the old numbers.
`HEBBNET_CACHE=0` switches the disk cache off; `HEBBNET_CACHE_DIR` says where it lies.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from .progress import say

# What a kernel takes: M matrix, V vector (both float64), I vector and T matrix of int64, f float64, i int64.
ACTIVATION = "z M, hyper V, state V, a M"
SLOPE = "z M, a M, hyper V, d M"
SIGNAL = "a M, labels I, target M, noise M, hyper V, state V, signal M"
CREDIT = "above M, W M, F M, top M, pre M, hyper V, below M"
RULE = "W M, pre M, z M, post M, signal M, hyper V, state V, dW M"
OPTIMIZER = "w V, dw V, moments V, rate f, hyper V"
LOSS = "a M, labels I, target M, hyper V, loss V"
GATE = "wrong f, hyper V, memory V -> f"

PACKAGE = __name__.partition(".")[0] + "."

_lock = threading.RLock()


class Kernel:
    """A function with two executions: `plain` (NumPy) and `compiled` (made at first use). Calling it runs plain.

    `signature` names each argument and its type, and the result's after `->`: "xs V, state V -> i". A kernel may
    call other kernels by their global names. One that makes no `arrays` is compiled into its callers, and costs less.
    """

    def __init__(self, plain: Callable[..., Any], signature: str, *, cache: bool = True, arrays: bool = True) -> None:
        self.plain, self.signature, self.cache, self.arrays = plain, signature, cache, arrays
        self.__name__, self.__qualname__, self.__doc__ = plain.__name__, plain.__qualname__, plain.__doc__
        self.__module__ = plain.__module__
        self._compiled: Any = None
        self._address = 0

    def __call__(self, *arguments: Any) -> Any:
        """Run the plain function."""
        return self.plain(*arguments)

    def __repr__(self) -> str:
        return f"<kernel {self.__name__}({self.signature})>"

    @property
    def compiled(self) -> Callable[..., Any]:
        """The compiled function; the plain one where there is no Numba or NUMBA_DISABLE_JIT is set."""
        if self._compiled is None:
            with _lock:
                if self._compiled is None:
                    self._compiled = _compile(self) if jit_available() else self.plain
        return self._compiled  # type: ignore[no-any-return]

    @property
    def address(self) -> int:
        """Where the machine code lies in this process; 0 without Numba."""
        if not self._address and jit_available():
            from . import compiled

            self._address = compiled.address(self.compiled, self.signature)
        return self._address

    # Compiled code and addresses belong to one process: what travels to another is the name alone.
    def __reduce__(self) -> tuple[Any, ...]:
        return _find, (self.__module__, self.__qualname__)

    def __deepcopy__(self, memo: dict[int, Any]) -> Kernel:
        return self


def kernel(signature: str, *, arrays: bool = False) -> Callable[[Callable[..., Any]], Kernel]:
    """Make a function a kernel: `@kernel("w V, rate f")`, or with `arrays=True` where it makes some."""
    # The cache folder is keyed by this package's sources, so only these may be kept there.
    return lambda function: Kernel(function, signature, cache=function.__module__.startswith(PACKAGE), arrays=arrays)


def pointer(signature: str) -> Callable[[Any, int], Callable[..., Any]]:
    """A function `at(table, i)` that picks the i-th function of a table.

    Plain, a table is a tuple of functions. Compiled, it is an int64 vector of addresses: passing functions
    themselves would recompile the caller in every process, or cost hundreds of microseconds a call.
    """

    def at(table: Any, i: int) -> Any:
        return table[i]

    POINTERS.append((at, signature))
    return at


POINTERS: list[tuple[Callable[..., Any], str]] = []  # compiled.py teaches them to Numba


def jit_available() -> bool:
    """Whether kernels can be compiled here: Numba is there and NUMBA_DISABLE_JIT is not set."""
    global _jit
    if _jit is None:
        try:
            import numba

            settings: Any = numba.config
            _jit = not settings.DISABLE_JIT
        except Exception as error:  # none there, or one that does not fit this NumPy or this machine: each has its own
            why = " ".join(f"{error}".split()) or type(error).__name__
            warnings.warn(f"Numba cannot be used ({why}): hebbnet runs as plain NumPy, about 100 times slower online",
                          RuntimeWarning, stacklevel=2)
            _jit = False
    return _jit


_jit: bool | None = None


def _find(module: str, qualname: str) -> Any:
    found: Any = __import__(module, fromlist=["_"])
    for name in qualname.split("."):
        found = getattr(found, name)
    return found


# ---------------------------------------------------------------- compiling and the disk cache


def _compile(kernel: Kernel) -> Any:
    from . import compiled

    folder = cache_folder() if kernel.cache else None
    compile = partial(compiled.compile_function, kernel.plain, kernel.signature, arrays=kernel.arrays)
    # Where the folder can no longer be written, Numba would turn to __pycache__, whose kernels know no callee's edit.
    if folder is None or not _can_be_written(folder):
        return compile(None)
    try:
        if not _is_sealed(kernel, folder):
            _forget(kernel, folder)
        function = compile(folder)
    except Exception:  # a damaged cache file, a full disk, or a real error: without the cache we shall see which
        _forget(kernel, folder)
        return compile(None)
    if not _was_cached(function):
        _seal(kernel, folder)
        if not _announced:
            _announce()
    return function


_announced = False


def _announce() -> None:
    global _announced
    _announced = True
    say("compiling the learning kernels (first run only, some seconds) ...")


def _was_cached(function: Any) -> bool:
    return bool(getattr(getattr(function, "stats", None), "cache_hits", {}))


# Numba runs what it finds, and a bit that has changed in machine code ends the process, or worse: gives other numbers.
# Beside the files of a kernel lies their SHA-256.


def _files(kernel: Kernel, folder: Path) -> list[Path]:
    """What the disk holds of one kernel: an index, and machine code."""
    name = kernel.__qualname__.replace("<", "").replace(">", "")
    line = kernel.plain.__code__.co_firstlineno
    return sorted(folder.glob(f"*/{kernel.__module__.rpartition('.')[2]}.{name}-{line}.*.nb?"))


def _seal_of(kernel: Kernel, folder: Path) -> Path:
    return folder / f"{kernel.__module__}.{kernel.__qualname__}.sha256"


def _digests(kernel: Kernel, folder: Path) -> dict[str, str]:
    """What the disk holds of one kernel: SHA-256 by file."""
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in _files(kernel, folder)}


def _seal(kernel: Kernel, folder: Path) -> None:
    """Note down what the disk holds of one kernel."""
    seal = _seal_of(kernel, folder)
    unfinished = seal.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        unfinished.write_text(json.dumps(_digests(kernel, folder)), encoding="utf-8")
        unfinished.replace(seal)  # whole or not at all: another process may be reading it


def _is_sealed(kernel: Kernel, folder: Path) -> bool:
    """Whether the disk holds what was noted down, and nothing else."""
    try:
        return bool(json.loads(_seal_of(kernel, folder).read_text(encoding="utf-8")) == _digests(kernel, folder))
    except (OSError, ValueError):
        return False


def _forget(kernel: Kernel, folder: Path) -> None:
    """Delete what the disk holds of one kernel."""
    for file in _files(kernel, folder):
        with suppress(OSError):
            file.unlink(missing_ok=True)


_folder: Path | None = None
_folder_known = False


def cache_folder() -> Path | None:
    """The folder of compiled kernels for this state of the sources, or None: switched off, or nowhere to write."""
    global _folder, _folder_known
    if os.environ.get("HEBBNET_CACHE", "1") == "0":
        return None
    if not _folder_known:
        _folder, _folder_known = _writable_folder(), True
    return _folder


def fingerprint() -> str:
    """A hash of everything that compiled code depends on: all sources, the versions, and Numba's settings."""
    import numba
    import numpy as np

    settings: Any = numba.config
    versions = (numba.__version__, np.__version__, sys.version_info[:2], settings.BOUNDSCHECK, settings.OPT)
    return hashlib.sha256(repr(versions).encode() + _sources()).hexdigest()[:16]


def _sources() -> bytes:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.digest()


SOURCES = _sources()  # of what this process runs


def _writable_folder() -> Path | None:
    if _sources() != SOURCES:  # edited since: what this process would store is not what the files now say
        return None
    environment = os.environ.get
    home = os.path.expanduser("~")
    user = os.getuid() if hasattr(os, "getuid") else environment("USERNAME", "")
    bases = [environment("HEBBNET_CACHE_DIR"), environment("NUMBA_CACHE_DIR"), environment("XDG_CACHE_HOME"),
             environment("LOCALAPPDATA"), None if home in ("~", "/") else os.path.join(home, ".cache"),
             _private_temporary(f"hebbnet-{user}")]
    name = fingerprint()
    for base in bases:
        if not base:
            continue
        root = Path(base) / "hebbnet"
        folder = root / name
        if _can_be_written(folder):
            _tidy(root, folder)
            return folder
    return None


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _private_temporary(name: str) -> str | None:
    """A folder among the temporary ones that is ours alone: Numba's cache runs what it finds there."""
    try:
        folder = Path(tempfile.gettempdir()) / name
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:  # nowhere to write, not even there
        return None
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o022):
        return None
    return str(folder)


def _tidy(root: Path, current: Path) -> None:
    """Every edit of a source makes a new folder: drop those that nobody has used for a month."""
    import shutil

    try:
        os.utime(current)
        for folder in root.iterdir():
            ours = len(folder.name) == len(current.name) and not set(folder.name) - set("0123456789abcdef")
            if ours and folder != current and time.time() - folder.stat().st_mtime > 30 * 86_400:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass
