"""Randomness that can be repeated: one root seed, and children by name, so that one more child changes no other."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from .checks import InputError, shown


def root(rng: Any) -> int:
    """A whole number to grow all randomness from; `rng` is anything `np.random.default_rng` takes."""
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return int(rng)
    return int(generator(rng).integers(2**63))


def generator(rng: Any) -> np.random.Generator:
    """The generator that `np.random.default_rng` makes of `rng`; refused where it makes none."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise InputError(f"rng: expected a whole number >= 0, a numpy Generator or None, got {shown(rng)}") from None


def child(seed: int, name: str, k: int = 0) -> np.random.Generator:
    """The k-th generator of this `name` under the root `seed`."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(name.encode()), k)))
