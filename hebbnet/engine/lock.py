"""One at a time: a lock on a file that ends with the process that holds it, however that ends."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from .checks import InputError

AT = 1 << 30  # the byte that is locked, far behind the text: Windows locks it for readers too


def now() -> str:
    """The time of day, as files write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Lock:
    """Held between `with` and its end. The operating system takes it back from a process that dies.

    Parameters
    ----------
    path : path
        The file that is locked; it stays, and says who holds it.
    what : str
        What is held: "the registry".
    wait : float
        How many seconds to wait for whoever holds it.

    Raises
    ------
    InputError
        If another holds it: which process, and since when.
    """

    def __init__(self, path: str | os.PathLike[str], what: str, wait: float = 0.0) -> None:
        self.path, self.what, self.wait = Path(path), what, wait
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Lock:
        try:
            self._file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        except OSError as error:
            raise InputError(f"cannot write {self.path}: {error.strerror or error}; choose another folder") from None
        until = time.monotonic() + self.wait
        while not _try(self._file):
            if time.monotonic() >= until:
                self._file.close()
                raise InputError(f"{self.what} is held by {self._holder()}; wait until it is done, or stop it")
            time.sleep(0.02)
        with suppress(OSError):  # who holds it is a help, no more: a full disk does not hinder
            self._file.truncate(0)
            self._file.write(json.dumps({"pid": os.getpid(), "since": now()}).encode())
        return self

    def __exit__(self, *_: Any) -> None:
        if self._file is not None:
            _let_go(self._file)
            self._file.close()
            self._file = None

    def _holder(self) -> str:
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            return f"process {held['pid']} since {held['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


if os.name == "nt":
    import msvcrt

    def _try(file: IO[bytes]) -> bool:
        file.seek(AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

    def _let_go(file: IO[bytes]) -> None:
        file.seek(AT)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined, unused-ignore]
else:
    import fcntl

    def _try(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
