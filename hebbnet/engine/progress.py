"""The one place that tells a waiting person how far the work is: on standard error, and only where someone watches."""

from __future__ import annotations

import sys
import time


class Progress:
    """A line that is rewritten in place: `label  42% (3 s)`.

    `show=None` shows it only on a terminal; `True` and `False` decide for themselves. Use it as a context
    manager, and call it with the share done (0 to 1).
    """

    def __init__(self, label: str, *, show: bool | None = None) -> None:
        self.label, self.show = label, watched() if show is None else show
        self._start, self._last, self._width = time.monotonic(), 0.0, 0

    def __enter__(self) -> Progress:
        return self

    def __call__(self, share: float, note: str = "") -> None:
        """So much is done."""
        now = time.monotonic()
        if self.show and now - self._last > 0.1:
            self._last = now
            self._write(f"{self.label} {note} {share:4.0%} ({now - self._start:.0f} s)")

    def __exit__(self, *_: object) -> None:
        if self.show and self._width:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)


def watched() -> bool:
    """Whether a person watches standard error."""
    return bool(getattr(sys.stderr, "isatty", lambda: False)())


def say(text: str) -> None:
    """One line to a person who waits; silent where nobody watches."""
    if watched():
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
