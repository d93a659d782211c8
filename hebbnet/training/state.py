"""What an object remembers, as JSON and arrays; and set into an object that was made anew the same way."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.checks import InputError
from ..monitoring.detectors import Detector

Arrays = dict[str, np.ndarray]


def take_down(thing: Any, arrays: Arrays, name: str) -> Any:
    """`thing` as JSON; its arrays go into `arrays`, under names that begin with `name`."""
    if thing is None or isinstance(thing, (bool, int, float, str)):
        return thing
    if isinstance(thing, np.generic):
        return thing.item()
    if isinstance(thing, np.ndarray):
        arrays[name] = thing
        return {"array": name}
    if isinstance(thing, np.random.Generator):
        return {"chance": thing.bit_generator.state}
    if isinstance(thing, (list, tuple, set, frozenset)):
        parts = sorted(thing) if isinstance(thing, (set, frozenset)) else thing
        return {type(thing).__name__: [take_down(part, arrays, f"{name}.{k}") for k, part in enumerate(parts)]}
    fields: Any = thing.get_state() if isinstance(thing, Detector) else getattr(thing, "__dict__", None)
    if fields is None or callable(thing):
        raise InputError(f"{name}: {thing!r} cannot be kept in a file: expected numbers, texts, arrays, and objects of "
                         "them")
    return {"object": type(thing).__name__, "fields": {
        field: take_down(value, arrays, f"{name}.{field}") for field, value in fields.items()}}


def set_into(own: Any, saved: Any, arrays: Arrays) -> Any:
    """What `take_down` gave, as it was; an object is `own` itself, a fresh one, in the state that was saved."""
    if not isinstance(saved, dict):
        return saved
    if "array" in saved:
        return arrays[saved["array"]]
    if "chance" in saved:
        chance = np.random.default_rng()
        chance.bit_generator.state = saved["chance"]
        return chance
    if "object" not in saved:
        (kind, parts), = saved.items()
        fresh = own if isinstance(own, (list, tuple)) and len(own) == len(parts) else [None] * len(parts)
        read = [set_into(mine, part, arrays) for mine, part in zip(fresh, parts, strict=True)]
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](read)
    if type(own).__name__ != saved["object"]:
        raise InputError(f"the saved state is that of a {saved['object']}, not of {own!r}")
    fields = saved["fields"]
    if isinstance(own, Detector):
        own.set_state({field: set_into(None, value, arrays) for field, value in fields.items()})
    else:
        vars(own).update({field: set_into(vars(own).get(field), value, arrays) for field, value in fields.items()})
    return own
