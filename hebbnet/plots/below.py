"""What stands under a picture of time: when alarms and new models came, and which concept ruled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..training.record import Run
from .direct import AWAY
from .style import CHARACTER, CONCEPTS, DARK, GREY, SMALL, Look, extent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

ROW, STRIP, GAP = 10.0, 17.0, 4.0  # heights in points
RUG = 50.0  # at most, of all rows together
MOST = 2_000  # marks of a kind
FAINTEST = 0.45  # opacity of the marks of one seed among many


class Mark(NamedTuple):
    """How an event is marked: `up` moves it within its row, so that marks of the same moment stay apart."""

    marker: str
    hollow: bool
    up: float
    words: str


MARKS = {"alarm": Mark("v", True, 0.1, "▽ alarm"), "deploy": Mark("^", False, -0.1, "▲ new model")}


def points_below(ax: Axes) -> Transform:
    """Where x is in data units, and y in points above the lower edge of the axes, whatever their size."""
    from matplotlib.transforms import Affine2D, ScaledTranslation, blended_transform_factory

    edge = ScaledTranslation(0, 0, ax.transAxes)  # type: ignore[arg-type]
    y = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans + edge
    return blended_transform_factory(ax.transData, y)


def rugs(ax: Axes, runs: Mapping[str, Sequence[Run]], looks: Mapping[str, Look]) -> float:
    """The alarms and deployments of each policy that had any, in a row of its own, all seeds over each other.

    Returns how deep that is, in points.
    """
    active = [name for name, seeds in runs.items() if any(len(when(seeds, kind)) for kind in MARKS)]
    if not active:
        return 0.0
    row = min(ROW, RUG / len(active))
    shown = set()
    for k, name in enumerate(active):
        seeds, colour = runs[name], looks[name].colour
        for kind, mark in MARKS.items():
            at = when(seeds, kind)
            if len(at):
                shown.add(kind)
                ax.plot(at, np.full(len(at), -GAP - (k + 0.5 - mark.up) * row), linestyle="", marker=mark.marker,
                        markersize=0.65 * row, color=colour, markerfacecolor="white" if mark.hollow else colour,
                        markeredgewidth=1.0, alpha=1.0 if len(seeds) == 1 else FAINTEST, transform=points_below(ax),
                        clip_on=False, zorder=3, label=f"_{name}", gid=kind)
    depth = GAP + len(active) * row
    words = "\n".join(mark.words for kind, mark in MARKS.items() if kind in shown)
    ax.annotate(words, (1, 0), (2 * AWAY, -GAP), xycoords="axes fraction", textcoords="offset points",
                ha="left", va="top", fontsize=SMALL, color=GREY, linespacing=1.05, annotation_clip=False, gid="name")
    return depth


def when(runs: Iterable[Run], kind: str) -> np.ndarray:
    """The rows of all events of a kind, thinned where they could not be told apart."""
    at = np.sort([event.t for run in runs for event in run.events if event.kind == kind])
    return at if len(at) <= MOST else at[np.linspace(0, len(at) - 1, MOST).astype(int)]


def strip(ax: Axes, run: Run, bottom: float) -> None:
    """The concept that rules, as a coloured bar; where it gives way little by little, the border is slanted."""
    for k, start, stop in reigns(run):
        corners = [(start[0], bottom), (start[1], bottom + STRIP), (stop[1], bottom + STRIP), (stop[0], bottom)]
        ax.fill(*zip(*corners, strict=True), facecolor=CONCEPTS[k % len(CONCEPTS)], edgecolor="white", linewidth=1.0,
                transform=points_below(ax), clip_on=False, gid="concept")


def name_concepts(ax: Axes, run: Run, bottom: float) -> None:
    """Their names in the strip, where they fit; for when the layout has settled."""
    width = extent(ax)[0] / len(run.predictions)  # points a row has
    for k, start, stop in reigns(run):
        left, right = start[1], stop[0]  # it rules alone
        if (right - left) * width > CHARACTER * SMALL * len(run.concepts[k]):
            ax.text((left + right) / 2, bottom + STRIP / 2, run.concepts[k], transform=points_below(ax), ha="center",
                    va="center_baseline", fontsize=SMALL, color=DARK, parse_math=False, gid="concept")


def reigns(run: Run) -> list[tuple[int, tuple[int, int], tuple[int, int]]]:
    """For each reign (which concept, (the first row it is met in, the first it has alone), the same of the next).

    Rows are cut to those that are scored.
    """
    concept, first, end = run.truth["concept"], run.launch, run.launch + len(run.predictions)
    spans = [(position, width) for position, width in run.spans if position < end]
    borders = [(0, 0), *((position, position + width) for position, width in spans), (end, end)]
    found, now = [], int(concept[0])
    for k, (start, stop) in enumerate(pairwise(borders)):
        others = concept[start[0] : stop[0]][concept[start[0] : stop[0]] != now] if k else concept[:0]
        now = int(others[-1]) if len(others) else now
        if stop[1] > first:
            found.append((now, _cut(start, first, end), _cut(stop, first, end)))
    return found


def _cut(border: tuple[int, int], first: int, end: int) -> tuple[int, int]:
    return max(border[0], first), min(max(border[1], first), end)
