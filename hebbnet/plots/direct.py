"""Direct labels: the name of a line at its end, in its colour, instead of a legend to look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import CHARACTER, SMALL, TEXT, Look, extent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

LEADING = 1.2  # the height of a line of text, in font sizes
AWAY = 9.0  # from the end of a line to its name, in points
SMALLEST = 0.65  # of its size: names are not written smaller than so
LONGEST = 26  # characters of a name
# Where a name may stand beside its point: on which side of it the text is, and how far.
SIDES = (("left", "center", 9.0, 0.0), ("right", "center", -9.0, 0.0), ("center", "bottom", 0.0, 8.0),
         ("center", "top", 0.0, -8.0), ("left", "bottom", 5.0, 5.0), ("left", "top", 5.0, -5.0),
         ("right", "bottom", -5.0, 5.0), ("right", "top", -5.0, -5.0), ("center", "bottom", 0.0, 20.0),
         ("center", "top", 0.0, -20.0), ("left", "top", 5.0, -17.0), ("right", "top", -5.0, -17.0))
MOVED = 2.0  # where a name is further than so many points from its line, all have leader lines


@dataclass(frozen=True)
class EndLabel:
    """A name at the end of a line: `y` in data units, `lift` how many points above its line's end it would stand."""

    y: float
    text: str
    look: Look
    size: float = TEXT
    weight: str = "bold"
    lift: float = 0.0


def end_labels(ax: Axes, x: float, labels: Sequence[EndLabel]) -> None:
    """Write names to the right of the axes, at the ends (x, y) of their lines, or as near as there is room.

    The limits must have been set, and the layout settled. Where there are too many names, they are written smaller.
    """
    height, (low, high) = extent(ax)[1], ax.get_ylim()
    ends = [min(max(label.y, low), high) for label in labels]
    lines = [1 + label.text.count("\n") for label in labels]
    needed = sum(LEADING * label.size * n for label, n in zip(labels, lines, strict=True))
    sizes = [label.size * min(1.0, max(height / needed, SMALLEST)) for label in labels]
    at = [(ax.transData.transform((x, end))[1] - ax.bbox.y0) * 72 / ax.figure.dpi for end in ends]
    places = spread([here + label.lift for here, label in zip(at, labels, strict=True)],
                    [LEADING * size * n for size, n in zip(sizes, lines, strict=True)], height)
    moved = bool(np.abs(places - at).max(initial=0.0) > MOVED)
    for label, end, here, there, size in zip(labels, ends, at, places, sizes, strict=True):
        leader: dict[str, Any] = {"arrowstyle": "-", "color": label.look.colour, "linewidth": 0.9, "relpos": (0, 0.5),
                                  "shrinkA": 1.0, "shrinkB": 0.0}
        text = shorten(label.text) + (" ↓" if label.y < low else "")  # its line has left the picture
        ax.annotate(text, (x, end), (2 * AWAY if moved else AWAY, there - here), textcoords="offset points", ha="left",
                    va="center", fontsize=size, color=label.look.ink, fontweight=label.weight, linespacing=1.05,
                    parse_math=False, annotation_clip=False, arrowprops=leader if moved else None, gid="name")


def shorten(name: str) -> str:
    """A name that would push the picture aside, cut."""
    return name if len(name) <= LONGEST or "\n" in name else name[: LONGEST - 1].rstrip() + "…"


def spread(at: Sequence[float], room: Sequence[float], height: float) -> np.ndarray:
    """Places as near as possible to `at`, in the same order, no two nearer than their room allows.

    Parameters
    ----------
    at : (n,)
        Where each label wants its middle, from 0 to `height`.
    room : (n,)
        How much each takes.

    Returns
    -------
    (n,) array
        Middles, the labels wholly within [0, height] if all fit there; else they stand out above and below alike.

    Notes
    -----
    Subtracting from every label the room below it turns "no overlap" into "never falling". That is monotone
    regression, which pooling adjacent violators solves exactly, in least squares.
    """
    wanted, size = np.asarray(at, float), np.asarray(room, float)
    order = np.argsort(wanted, kind="stable")
    below = np.cumsum(size[order]) - size[order] / 2
    blocks: list[tuple[float, int]] = []  # mean, and how many
    for value in wanted[order] - below:
        mean, count = float(value), 1
        while blocks and blocks[-1][0] >= mean:
            other, many = blocks.pop()
            mean, count = (mean * count + other * many) / (count + many), count + many
        blocks.append((mean, count))
    slack = height - size.sum()
    pooled = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    places = np.empty(len(order))
    places[order] = below + (np.clip(pooled, 0.0, slack) if slack > 0 else slack / 2)
    return places


def keep_inside(ax: Axes, below: float = 0.0) -> None:
    """Make room for the names at the right and the rows below, inside the place that the axes have in their figure.

    A figure with a layout engine does that by itself. Axes in a figure without one shrink while they are drawn.

    Parameters
    ----------
    below : float
        Points needed under the axes, beyond numbers and label of x.
    """
    from matplotlib.transforms import Bbox

    figure = ax.figure.figure
    if figure is None or figure.get_layout_engine() is not None:
        return

    def shrunk(_: Any, renderer: Any) -> Bbox:
        place, box = ax.get_position(original=True), ax.bbox
        names = [text.get_window_extent(renderer) for text in ax.texts if text.get_gid() == "name"]
        right = max((name.x1 - box.x1 for name in names), default=0.0) / figure.bbox.width
        bottom = below * figure.dpi / 72 / figure.bbox.height
        return Bbox.from_extents(place.x0, min(place.y0 + bottom, place.y1 - 0.01),
                                 max(place.x1 - right, place.x0 + 0.01), place.y1)

    ax.set_axes_locator(shrunk)


def beside(ax: Axes, points: Mapping[str, tuple[float, float]], looks: Mapping[str, Look],
           lines: Sequence[Line2D] = ()) -> None:
    """Write names beside their points (in data units), each where it covers least of points, lines and other names.

    The limits must have been set, and the layout settled.
    """
    width, height = extent(ax)
    scale = 72 / ax.figure.dpi
    low = np.array([ax.bbox.x0, ax.bbox.y0])
    at = {name: (ax.transData.transform(point) - low) * scale for name, point in points.items()}
    taken = [np.array([x - 6, y - 6, x + 6, y + 6]) for x, y in at.values()]
    for line in lines:
        corners = (line.get_transform().transform(line.get_xydata()) - low) * scale
        steps = np.linspace(0, len(corners) - 1, 200)
        along = [np.interp(steps, np.arange(len(corners)), side) for side in corners.T]
        taken += [np.array([x - 2, y - 2, x + 2, y + 2]) for x, y in zip(*along, strict=True)]
    for name, (x, y) in at.items():
        text = shorten(name)
        rows = text.split("\n")
        long, tall = CHARACTER * SMALL * max(map(len, rows)) * 1.05, LEADING * SMALL * len(rows)
        best, least = SIDES[0], float("inf")
        for ha, va, dx, dy in SIDES:
            left = x + dx - {"left": 0.0, "center": long / 2, "right": long}[ha]
            under = y + dy - {"bottom": 0.0, "center": tall / 2, "top": tall}[va]
            box = np.array([left, under, left + long, under + tall])
            over = sum(_shared(box, other) for other in taken)
            over += long * tall - _shared(box, np.array([0.0, 0.0, width, height]))
            if over < least - 1e-9:
                best, least, chosen = (ha, va, dx, dy), over, box
        taken.append(chosen)
        ha, va, dx, dy = best
        ax.annotate(text, points[name], (dx, dy), textcoords="offset points", ha=ha, va=va, fontsize=SMALL,
                    color=looks[name].ink, fontweight="bold", parse_math=False, annotation_clip=False, gid="name")


def _shared(a: np.ndarray, b: np.ndarray) -> float:
    """The area that two boxes (left, bottom, right, top) share."""
    wide, high = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    return float(max(wide, 0.0) * max(high, 0.0))
