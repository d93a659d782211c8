"""What a thing is, as plain lists: equal things give equal lists in every process, others others.

A `repr` would not do: it rounds numbers, leaves long orders out, and knows nothing of a class of one's own.
"""

from __future__ import annotations

import zlib
from dataclasses import fields, is_dataclass
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..learning.learner import Learner
from ..streams import Stream

CHECKED_ROWS = 8_192  # of a world without end


def fingerprint(thing: Any, above: tuple[int, ...] = ()) -> Any:
    """All that follows from `thing` follows from this: its class with its code, and what it holds.

    Of a stream and of a Learner, what they are apart from their seed; of real data, every number.

    Examples
    --------
    >>> import hebbnet as hb
    >>> fingerprint(hb.SEA(7.0000001)) == fingerprint(hb.SEA(7)), fingerprint(hb.SEA(7)) == fingerprint(hb.SEA(7))
    (False, True)
    """
    if thing is None or isinstance(thing, (bool, int, float, complex, str, bytes)):
        return repr(thing)
    if id(thing) in above:
        return "that above"
    above = (*above, id(thing))

    def each(parts: Any) -> list[Any]:
        return [fingerprint(part, above) for part in parts]

    if isinstance(thing, (list, tuple)):
        return each(thing)
    if isinstance(thing, (set, frozenset)):
        return sorted(map(repr, each(thing)))
    if isinstance(thing, dict):
        return [each(pair) for pair in thing.items()]
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        return [str(thing.dtype), list(thing.shape), zlib.crc32(thing.tobytes())]
    if isinstance(thing, CodeType):
        return [thing.co_code.hex(), each(thing.co_consts), list(thing.co_names)]
    if isinstance(thing, FunctionType):
        closed = [cell.cell_contents for cell in thing.__closure__ or ()]
        return [thing.__qualname__, *each([thing.__code__, thing.__defaults__, thing.__kwdefaults__, closed])]
    if isinstance(thing, type):
        return f"{thing.__module__}.{thing.__qualname__}"
    return [*_class(type(thing), above), each(_held(thing))]


def _class(kind: type, above: tuple[int, ...]) -> list[Any]:
    """Its name, and the code of what it does, unless it is ours: that is known by its sources."""
    own = [part for part in kind.mro() if part.__module__.partition(".")[0] != "hebbnet"]
    return [kind.__qualname__, [fingerprint(work, above) for part in own for work in vars(part).values()
                                if isinstance(work, FunctionType)]]


def _held(thing: Any) -> Any:
    """What an object holds, in parts."""
    if isinstance(thing, Learner):
        return thing.recipe.to_json(), thing.standardize, thing.network.theta if thing.n_seen else None
    if isinstance(thing, Stream):
        return thing.concepts, thing.drifts, thing.noise, _spoken(thing), _checksum(thing.fresh(0))
    if is_dataclass(thing):
        return [getattr(thing, part.name) for part in fields(thing)]
    try:
        made_from = thing.__reduce_ex__(4)  # as a copy would be
    except TypeError:  # there is none
        return [_spoken(thing)]
    return [made_from] if isinstance(made_from, str) else [*made_from[1:3], *map(list, filter(None, made_from[3:5]))]


def _spoken(thing: Any) -> str:
    """Its repr, unless that says no more than where it is."""
    return "" if " at 0x" in repr(thing) else repr(thing)


def _checksum(stream: Stream) -> int:
    """Of all rows of real data, of the first rows of a world without end."""
    total = 0
    while len(batch := stream.take(CHECKED_ROWS)):
        total = zlib.crc32(batch.y.tobytes(), zlib.crc32(batch.X.tobytes(), total))
        if stream.n_rows is None:
            break
    return total
