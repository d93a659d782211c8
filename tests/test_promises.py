"""What users build on without saying so: default settings, and recipes and results that nobody changes by accident."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import pytest

import hebbnet as hb

DEFAULTS = Path(__file__).with_name("defaults.txt")
CHAPTERS = ("rules", "concepts", "detectors", "metrics", "policies", "testing", "streams")


def public() -> dict[str, Any]:
    """Every class and function that has a public name."""
    found = {name: getattr(hb, name) for name in hb.__all__}
    for chapter in CHAPTERS:
        found |= {f"{chapter}.{name}": getattr(getattr(hb, chapter), name) for name in getattr(hb, chapter).__all__}
    return {name: thing for name, thing in found.items() if inspect.isfunction(thing) or (
        inspect.isclass(thing) and not issubclass(thing, Exception))}


def defaults() -> str:
    """`name: setting=value, ...` for what has a number, a word, or yes or no as its default; methods too."""
    lines = []
    for name, thing in public().items():
        methods = inspect.getmembers(thing, inspect.isfunction) if inspect.isclass(thing) else []
        own = [(f"{name}.{method}", f) for method, f in methods if not method.startswith("_")]
        for called, f in [(name, thing), *own]:
            given = [f"{one.name}={one.default!r}" for one in inspect.signature(f).parameters.values()
                     if isinstance(one.default, bool | int | float | str)]
            lines += [f"{called}: {', '.join(given)}\n"] if given else []
    return "".join(sorted(set(lines)))


def test_defaults_are_what_they_were() -> None:
    """Whoever changes one changes everybody's numbers: say so in CHANGELOG, then `python tests/test_promises.py`."""
    assert defaults().splitlines() == DEFAULTS.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", [name for name, thing in public().items() if dataclasses.is_dataclass(thing)])
def test_recipes_and_results_are_never_changed(name: str) -> None:
    assert public()[name].__dataclass_params__.frozen


if __name__ == "__main__":
    DEFAULTS.write_text(defaults(), encoding="utf-8")
