"""A world of people and what they like best, told fact by fact; now and then somebody changes their mind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..engine import checks, seeds

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "brown", "black")
PEOPLE = (  # two by two, for similar names are what a memory confuses
    "Jane", "Janet", "Joe", "Joel", "Ann", "Anna", "Dan", "Dana", "Carl", "Carla", "Paul", "Paula", "Eric", "Erica",
    "Max", "Maxine", "Sam", "Samira", "Tom", "Tomas", "Ben", "Benita", "Leo", "Leonie", "Mark", "Marlene", "Rob",
    "Robin", "Will", "Willa")


class Fact(NamedTuple):
    """One telling: `name`'s favourite `attribute` is `value`.

    Examples
    --------
    >>> from hebbnet.streams import Fact
    >>> Fact("Jane", "colour", "green").value
    'green'
    """

    name: str
    attribute: str
    value: str


class Facts:
    """Facts told again and again, in random order, until some of them change: a stream of texts that drifts.

    Time goes in periods of `every` = times x (number of facts) rows. In each, every fact is told `times` times; at the
    beginning of each but the first, `changing` facts take another value. From that row on the old value is wrong,
    although nobody has been told yet. How a name becomes a vector is the memory's business (`hb.FactMemory`).

    Parameters
    ----------
    people : iterable of str
    attributes : mapping of str to sequence of str
        What is told of everybody, with at least two values each. {"colour": eight colours} if not given.
    times : int
        How often each fact is told in a period.
    changing : int
        How many facts change from one period to the next.
    rng : int, numpy Generator or None
        The seed. The same seed, the same world.

    Attributes
    ----------
    every : int
        Rows in a period: facts change at the rows `every`, 2 `every`, ...
    position : int
        How many rows have been taken.

    Examples
    --------
    >>> import hebbnet as hb
    >>> facts, memory = hb.Facts(["Jane", "Janet", "Joe"], rng=1), hb.FactMemory(rng=0)
    >>> def right():
    ...     return sum(memory.ask(*question) == value for question, value in facts.truth().items())
    >>> for fact in facts.take(facts.every - 1):
    ...     memory.tell(*fact)
    >>> right()
    3
    >>> memory.tell(*facts.take(1)[0])          # the last row of the period: somebody changes their mind,
    >>> right()
    2
    >>> for fact in facts.take(facts.every - 1):
    ...     memory.tell(*fact)                  # and says so
    >>> right()
    3
    """

    def __init__(self, people: Iterable[str] = PEOPLE, attributes: Mapping[str, Iterable[str]] | None = None, *,
                 times: int = 3, changing: int = 1, rng: Any = None) -> None:
        self.people = _texts(people, "people", "['Jane', 'Joe']", 1)
        given = {"colour": COLOURS} if attributes is None else attributes
        if not isinstance(given, Mapping) or not given:
            raise checks.InputError(f"attributes: expected a dict such as {{'colour': ['red', 'blue']}}, got {given!r}")
        names = _texts(given, "attributes", "{'colour': ['red', 'blue']}", 1)
        self.attributes = {name: _texts(given[name], f"attributes: {name}", "['red', 'blue']", 2) for name in names}
        self._questions = [(person, attribute) for person in self.people for attribute in self.attributes]
        self.times = checks.whole(times, "times", low=1)
        self.changing = checks.whole(changing, "changing")
        if self.changing > len(self._questions):
            raise checks.InputError(f"changing: there are {len(self._questions)} facts, got {changing}")
        self.every = self.times * len(self._questions)
        self.position = 0
        self._seed = seeds.root(rng)
        self._history: list[tuple[list[str], list[int]]] = []  # of each period: the values, and since when

    def take(self, n: int) -> list[Fact]:
        """The next `n` tellings: (name, attribute, value) each. They never end."""
        stop = self.position + checks.whole(n, "n")
        told: list[Fact] = []
        while self.position < stop:
            period, start = divmod(self.position, self.every)
            values, _ = self._period(period)
            order = np.repeat(np.arange(len(values)), self.times)
            seeds.child(self._seed, "facts order", period).shuffle(order)
            for k in order[start : start + stop - self.position]:
                name, attribute = self._questions[k]
                told.append(Fact(name, attribute, values[k]))
            self.position += min(len(order) - start, stop - self.position)
        return told

    def restart(self) -> None:
        """Go back to the first row: the very same facts are told again."""
        self.position = 0

    def fresh(self, rng: Any = None) -> Facts:
        """Another world of the same people."""
        return Facts(self.people, self.attributes, times=self.times, changing=self.changing, rng=rng)

    def twin(self) -> Facts:
        """The same world, told in the same order, in which nobody ever changes their mind."""
        return Facts(self.people, self.attributes, times=self.times, changing=0, rng=self._seed)

    def truth(self, t: int | None = None) -> dict[tuple[str, str], str]:
        """All that can be asked, (name, attribute), and the right answers, at row `t`; if not given, now."""
        values, _ = self._period(self._row(t) // self.every)
        return dict(zip(self._questions, values, strict=True))

    def since(self, name: str, attribute: str, t: int | None = None) -> int:
        """The row from which on a fact has been what it is at row `t`; if not given, now."""
        checks.choice(name, self.people, "name")
        checks.choice(attribute, self.attributes, "attribute")
        _, rows = self._period(self._row(t) // self.every)
        return rows[self._questions.index((name, attribute))]

    def __repr__(self) -> str:
        return (f"Facts({len(self.people)} people, {len(self._questions)} facts, each told {self.times} times, then "
                f"{self.changing} of them changes)")

    def _row(self, t: int | None) -> int:
        return self.position if t is None else checks.whole(t, "t")

    def _period(self, period: int) -> tuple[list[str], list[int]]:
        """The values in this period, and since which row each holds."""
        while len(self._history) <= period:
            now = len(self._history)
            rng = seeds.child(self._seed, "facts values", now)
            n = len(self._questions)
            values, rows = ([*column] for column in self._history[-1]) if now else ([""] * n, [0] * n)
            changed = rng.choice(n, self.changing, replace=False) if now else range(n)
            for k in changed:
                others = [value for value in self.attributes[self._questions[k][1]] if value != values[k]]
                values[k], rows[k] = others[rng.integers(len(others))], now * self.every
            self._history.append((values, rows))
        return self._history[period]


def _texts(given: Any, where: str, example: str, least: int) -> tuple[str, ...]:
    """Several different texts; refused otherwise."""
    found = checks.several(given, where, f"texts such as {example}")
    if len(found) < least or not all(isinstance(text, str) and text for text in found):
        raise checks.InputError(f"{where}: expected at least {least} text(s), such as {example}, got "
                                f"{checks.shown(given)}")
    twice = next((text for k, text in enumerate(found) if text in found[:k]), None)
    if twice is not None:
        raise checks.InputError(f"{where}: {twice!r} is there twice")
    return tuple(found)
