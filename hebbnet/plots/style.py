"""What every picture shares: one colour has one meaning, and a line is known by more than its colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..engine import checks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The colours of Okabe and Ito (2008), which colour-blind people can tell apart.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
DARK, GREY = "#333333", "#6B6B6B"  # words beside the data
MARK, PALE, FAINT = "#9A9A9A", "#D0D0D0", "#EBEBEB"  # drifts, frame, grid

INK = {ORANGE: "#9A6A00", SKY: "#1F77A8", PURPLE: "#A34A7C", GREEN: "#007A59", VERMILLION: "#B84F00"}  # to write in

SIZE = (10.0, 5.6)  # inches, of a figure for one wide picture
SQUARE = (6.4, 6.0)
TEXT, SMALL = 13.0, 11.0  # points
CHARACTER = 0.6  # mean width of a character, in font sizes, on the safe side


@dataclass(frozen=True)
class Look:
    """How a line is drawn: its colour, its dashes, its width in points, and how far in front."""

    colour: str
    dashes: Any = "-"
    width: float = 2.0
    front: float = 3.0

    @property
    def ink(self) -> str:
        """The colour of its words: darker where the line's own would be hard to read on white."""
        return INK.get(self.colour, self.colour)

    @property
    def line(self) -> dict[str, Any]:
        """As the keywords of `ax.plot`."""
        return {"color": self.colour, "linestyle": self.dashes, "linewidth": self.width, "zorder": self.front}


# What each kind of policy looks like, by the name of its class.
POLICIES = {
    "Never": Look(DARK, width=3.6, front=3.1),
    "Periodic": Look(BLUE, (0, (3.2, 1.1)), 2.2, 3.2),
    "OnDrift": Look(GREEN, (0, (8, 1.1, 1.5, 1.1)), 2.6, 3.4),
    "Always": Look(VERMILLION, width=1.9, front=3.3),
}
SPARE_COLOURS = (PURPLE, SKY, ORANGE, BLACK, BLUE, GREEN, VERMILLION)
SPARE_DASHES = ("-", (0, (5, 1.2)), (0, (1.5, 1)))

# What each way to learn looks like, by the first word of its name.
RULES = {
    "Hebb": Look(VERMILLION, width=5.0, front=3.0),
    "Oja": Look(BLACK, (0, (3.2, 1.1)), 1.8, 3.3),
    "Gradient": Look(BLUE, (0, (8, 1.1, 1.5, 1.1)), 2.6, 3.2),
    "RightWrong": Look(GREEN, width=3.6, front=3.1),
    "RewardPredictionError": Look(PURPLE, (0, (5, 1.2)), 2.6, 3.4),
    "Delta": Look(ORANGE, (0, (1.5, 1)), 2.8, 3.5),
}

BEST = Look(BLACK, (0, (1, 1.4)), 1.8, 2.9)  # needs the truth
BASELINES = {
    "no-change": Look(GREY, (0, (3, 1, 1, 1)), 1.3, 2.2),
    "majority": Look(GREY, (0, (5, 2.5)), 1.1, 2.1),
    "chance": Look(GREY, (0, (1, 2)), 1.1, 2.0),
}

PLUS, MINUS = BLUE, ORANGE  # the sign of a number: dark and light without colour; lines are solid and dashed besides
DASHED = (0, (2.2, 1.2))

CLASSES = ((SKY, "o"), (ORANGE, "^"), (PURPLE, "s"), (YELLOW, "D"), (GREEN, "v"), (BLUE, "P"), (VERMILLION, "X"))
CONCEPTS = ("#DCE6F2", "#F2E3D0", "#E2EFDC", "#EBDDEE", "#F3EDC8", "#D9EEEC", "#F2D9DC", "#E3E3E3")  # pale: no line
VARIANTS = ("#8DB7E2", "#F6CB92", "#7FC49B", "#E4C3EC", "#E0B73C", "#9ADBD6", "#E78F98", "#C4C4C4")  # seen from afar


def class_look(k: int) -> tuple[str, str]:
    """Colour and marker of a class."""
    return CLASSES[k % len(CLASSES)]


def pale(k: int) -> tuple[float, float, float]:
    """The colour of a class as a background."""
    from matplotlib.colors import to_rgb

    red, green, blue = (0.45 * part + 0.55 for part in to_rgb(class_look(k)[0]))
    return red, green, blue


def signed(value: float, largest: float) -> tuple[float, float, float]:
    """The background of a number: the colour of its sign, the paler the smaller it is beside the largest."""
    from matplotlib.colors import to_rgb

    share = 0.15 + 0.85 * min(abs(value) / largest, 1.0) if value and largest else 0.0
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(PLUS if value > 0 else MINUS))
    return red, green, blue


def looks(kinds: Mapping[str, str]) -> dict[str, Look]:
    """A look for each name. The first policy of a known kind gets the look of its kind, the others what is left.

    Parameters
    ----------
    kinds : dict
        By name, the name of the policy's class.
    """
    given: dict[str, Look] = {}
    taken: set[str] = set()
    spare = _spare(POLICIES[kind].colour for kind in kinds.values() if kind in POLICIES)
    for name, kind in kinds.items():
        given[name] = POLICIES[kind] if kind in POLICIES and kind not in taken else next(spare)
        taken.add(kind)
    return given


def rule_looks(names: Iterable[str]) -> dict[str, Look]:
    """A look for each name: that of the rule that it begins with, the others what is left."""
    names = list(names)
    kinds = {name: name.replace(",", " ").split()[0] if name.strip(" ,") else "" for name in names}
    spare = _spare(RULES[kind].colour for kind in kinds.values() if kind in RULES)
    given: dict[str, Look] = {}
    for name, kind in kinds.items():
        known = RULES.get(kind)
        given[name] = known if known and known not in given.values() else next(spare)
    return given


def _spare(used: Iterable[str]) -> Iterator[Look]:
    """Looks for what has none of its own: solid ones of the free colours first, then every colour in other dashes."""
    busy = set(used)
    yield from (Look(colour) for colour in SPARE_COLOURS if colour not in busy)
    while True:
        yield from (Look(colour, dashes) for dashes in SPARE_DASHES[1:] for colour in SPARE_COLOURS)


def axes(ax: Axes | None, size: tuple[float, float] = SIZE) -> Axes:
    """The axes given, or those of a new figure; anything else is refused."""
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    if ax is None:
        return plt.subplots(figsize=size, layout="constrained")[1]
    if not isinstance(ax, Axes):
        raise checks.InputError(f"ax: expected Axes of matplotlib, got {type(ax).__name__}; "
                                "fig, ax = plt.subplots() makes some")
    return ax


def tidy(ax: Axes, grid: str = "y") -> None:
    """A frame that stays behind the data: two spines, a light grid, numbers in grey."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(PALE)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(axis=grid, color=FAINT, linewidth=1.0)  # type: ignore[arg-type]
    ax.tick_params(labelsize=SMALL, color=PALE, labelcolor=DARK)


def count(ax: Axes) -> None:
    """Numbers of samples along x: as many as have room, thousands set off."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    longest = len(f"{ax.get_xlim()[1]:,.0f}") * CHARACTER * SMALL
    most = min(max(int(extent(ax)[0] / (1.7 * longest)), 2), 9)
    ax.xaxis.set_major_locator(MaxNLocator(most, integer=True, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def window(given: int | None, about: float, where: str) -> int:
    """How many rows an average reaches over: as given, or the number of 1, 2, 5, 10, 20, 50 ... nearest to `about`."""
    if given is not None:
        return checks.whole(given, f"{where}: window", low=1)
    steps: list[int] = [m * 10**k for k in range(9) for m in (1, 2, 5)]
    return min(steps, key=lambda step: abs(log(step / max(about, 1.0))))


def extent(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points, as they stand in the figure now."""
    box = ax.get_window_extent()
    return box.width * 72 / ax.figure.dpi, box.height * 72 / ax.figure.dpi


def footnote(ax: Axes, text: str) -> float:
    """How it was made: a grey line under the label of x, or several. Returns their height in points."""
    lines = wrap(text, max(int(extent(ax)[0] / (0.9 * CHARACTER * SMALL)), 24))
    ax.annotate("\n".join(lines), (0.5, 0), (0, -5), xycoords=ax.xaxis.label, textcoords="offset points", ha="center",
                va="top", fontsize=SMALL, color=GREY, annotation_clip=False, gid="footnote")
    return 5 + 1.25 * SMALL * len(lines)


def settle(ax: Axes) -> None:
    """Let the figure find its layout, so that `extent` is what it will be."""
    figure = ax.figure.figure
    if figure is not None:
        figure.draw_without_rendering()
