"""What checks have in common: each raises a fault that has a name, or is skipped for a reason, or is passed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..engine import checks

Subject = TypeVar("Subject")


class Fault(AssertionError):
    """Something does not keep what its kind promises. `fault` is the name of what is wrong with it."""

    def __init__(self, message: str, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True)
class Report:
    """What was checked of something: the checks it `passed`, and those `skipped`, with the reason of each."""

    subject: str
    passed: tuple[str, ...]
    skipped: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        lines = [f"{self.subject} passes: {', '.join(self.passed)}"]
        return "\n".join(lines + [f"  not checked: {name}, since {reason}" for name, reason in self.skipped.items()])


def to_skip(skip: Collection[str], known: Mapping[str, object]) -> dict[str, str]:
    """The checks that a caller wants left out, with that as the reason of each."""
    return {checks.choice(name, known, "check"): "it was to be skipped" for name in
            ((skip,) if isinstance(skip, str) else skip)}


def go_through(known: Mapping[str, Callable[[Subject], str | None]], subject: Subject,
               left_out: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Make all checks in order: the names of those that passed, and of those skipped with the reason of each."""
    passed, skipped = [], {}
    for name, check in known.items():
        reason = left_out.get(name) or check(subject)
        if reason:
            skipped[name] = reason
        else:
            passed.append(name)
    return tuple(passed), skipped
