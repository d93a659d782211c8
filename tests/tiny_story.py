"""The six numbers of tiny, which take seconds, computed once for all tests."""

from __future__ import annotations

from functools import cache

from hebbnet import tiny


@cache
def story() -> dict[str, float]:
    return {name: float(value) for name, value in tiny.story().items()}
