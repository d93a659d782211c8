"""What the four nouns of learning have in common: a formula (a kernel) and its numbers (the fields)."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import Any, ClassVar

from ..engine.checks import InputError, choice
from ..engine.kernel import Kernel

MOST_NUMBERS = 4  # a part's numbers travel to its kernel in a vector of this length


@dataclass(frozen=True)
class Part:
    """A signal, a credit, a rule or an optimizer: `kernel` is its formula, the fields are its numbers."""

    kernel: ClassVar[Kernel]
    noun: ClassVar[str] = "part"
    public: ClassVar[bool] = True  # whether a user may ask for it by its name

    @property
    def name(self) -> str:
        """What it is called in messages and files."""
        return type(self).__name__

    @property
    def numbers(self) -> tuple[float, ...]:
        """Its numbers, in the order in which the kernel reads them from `hyper`."""
        return tuple(float(value) for value in astuple(self))

    def to_json(self) -> dict[str, Any]:
        """Name and numbers."""
        return {"name": self.name, **asdict(self)}

    @classmethod
    def from_json(cls, description: dict[str, Any]) -> Any:
        """The part that `to_json` described, looked up among the subclasses of this noun."""
        known = {part.__name__: part for part in all_subclasses(cls)}
        numbers = dict(description)
        return known[choice(numbers.pop("name"), known, cls.noun)](**numbers)


def all_subclasses(cls: type[Part]) -> list[type[Part]]:
    """Every class below `cls`."""
    below: list[type[Part]] = cls.__subclasses__()
    return below + [found for child in below for found in all_subclasses(child)]


def instance(part: Any, noun: type[Part]) -> Any:
    """`part` as an object of its noun: `hb.Adam` and `hb.Adam()` are both understood, nothing else."""
    if isinstance(part, type) and issubclass(part, noun):
        part = part()
    if not isinstance(part, noun):
        known = ", ".join(sorted(found.__name__ for found in all_subclasses(noun) if found.public))
        fix = "; decorate a function of your own with @hb.synapse or @hb.rule" if callable(part) else ""
        raise InputError(f"unknown {noun.noun} {part!r}; known: {known}{fix}")
    return part
