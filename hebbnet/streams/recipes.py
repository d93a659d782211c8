"""Recipes of drift streams that have a name: concepts that come round again, and a short visit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..engine import checks
from .concepts import Concept
from .drifting import DriftStream


def recurring(concepts: Iterable[Concept], *, every: int, times: int, noise: float = 0.0,
              rng: Any = None) -> DriftStream:
    """Concepts that come round again: the whole list `times` times, each concept for `every` rows.

    The last concept of the last round stays for ever.

    Parameters
    ----------
    concepts : iterable of Concept
    every, times : int
        Rows of one concept; rounds.
    noise, rng
        As of `DriftStream`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.recurring([hb.SEA(7), hb.SEA(9)], every=100, times=2)
    DriftStream([SEA(7), SEA(9), SEA(7), SEA(9)], at=[Abrupt(100), Abrupt(200), Abrupt(300)], noise=0)
    """
    recipe = checks.several(concepts, "concepts", "concepts") * checks.whole(times, "times", low=1)
    every = checks.whole(every, "every", low=1)
    return DriftStream(recipe, [every * (k + 1) for k in range(len(recipe) - 1)], noise=noise, rng=rng)


def blip(concept: Concept, visitor: Concept, *, at: int, width: int, noise: float = 0.0,
         rng: Any = None) -> DriftStream:
    """A short visit: in the rows [at, at + width) another concept rules, and then the first one again, for ever.

    Whoever adapts to it has to take it back.

    Parameters
    ----------
    concept, visitor : Concept
    at, width : int
        The first row of the visit, and for how many rows it lasts.
    noise, rng
        As of `DriftStream`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.blip(hb.SEA(7), hb.SEA(13), at=2, width=3, rng=0).take(7).concept
    array([0, 0, 1, 1, 1, 0, 0])
    """
    start = checks.whole(at, "at")
    return DriftStream([concept, visitor, concept], [start, start + checks.whole(width, "width", low=1)], noise=noise,
                       rng=rng)
