"""A recipe makes one figure from fixed seeds: what is asked of it, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHAPE = 9 / 16  # of a slide


@dataclass(frozen=True)
class Ask:
    """How a figure is wanted.

    Attributes
    ----------
    seeds : int
        How many repetitions; their seeds count from 0.
    quick : bool
        Fewer repetitions and whatever else saves time.
    slides : bool
        In the shape of a slide, 16:9.
    """

    seeds: int
    quick: bool = False
    slides: bool = False

    def size(self, width: float = style.SIZE[0], height: float = style.SIZE[1]) -> tuple[float, float]:
        """Width and height of the figure in inches: those asked for, or a slide of that width."""
        return (width, width * SHAPE) if self.slides else (width, height)

    def axes(self, width: float = style.SIZE[0], height: float = style.SIZE[1]) -> Axes:
        """The axes of a new figure of that size."""
        return style.axes(None, self.size(width, height))


class Drawn(NamedTuple):
    """A figure, what it shows in one sentence for those who cannot see it, and the numbers that prose may quote."""

    figure: Any  # of matplotlib: a Figure, or a FuncAnimation
    alt: str
    numbers: Mapping[str, float | int | None]


@dataclass(frozen=True)
class Recipe:
    """One figure.

    Attributes
    ----------
    name : str
        What it is called on the command line.
    teaches : str
        What it shows, in one line.
    make : callable
        `make(ask)` computes and draws; the same `ask` gives the same picture.
    seeds, quick : int
        Repetitions, and those with `--quick`; 0 where nothing is random.
    claims : tuple of int
        The claims of the post that it illustrates (docs/post.md).
    seconds : float
        What it takes on two cores, about.
    """

    name: str
    teaches: str
    make: Callable[[Ask], Drawn]
    seeds: int = 0
    quick: int = 0
    claims: tuple[int, ...] = ()
    seconds: float = 1.0

    def ask(self, quick: bool = False, slides: bool = False) -> Ask:
        """What to ask of `make`."""
        return Ask(self.quick if quick else self.seeds, quick, slides)
