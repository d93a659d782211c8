"""The continuous-training loop as a diagram: what happens, in which order, and what each step is called here."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, HIGH = 2.05, 1.15  # of a box, in units of the axes, which are 10 x 5.6
LEFT, STEP = 1.25, 2.5  # the middle of the first column, and from one to the next
TOP, BOTTOM = 4.15, 1.55  # the middles of the two rows
OURS, WORLD, LEARNS = "#E4EEF8", "#EDEDED", "#FBE9D3"  # what judges; the world; what changes the weights


class Step(NamedTuple):
    """A box: what happens, and the names in the package that do it."""

    verb: str
    names: tuple[str, ...]
    column: int
    row: float
    colour: str


STEPS = (
    Step("stream", ("hb.DriftStream", "hb.from_csv"), 0, TOP, WORLD),
    Step("predict", ("hb.Learner.predict",), 1, TOP, OURS),
    Step("score", ("hb.Run.accuracy", "label_delay="), 2, TOP, OURS),
    Step("monitor", ("hb.ADWIN, hb.DDM ...",), 3, TOP, OURS),
    Step("decide", ("hb.OnDrift, hb.Periodic", "hb.Never, hb.Always"), 3, BOTTOM, OURS),
    Step("train", ("hb.Learner.learn", "window=, warm_start="), 2, BOTTOM, LEARNS),
    Step("validate", ("validate=, sure=",), 1, BOTTOM, LEARNS),
    Step("deploy", ("Event 'deploy'",), 0, BOTTOM, LEARNS),
)


def loop(*, ax: Axes | None = None) -> Axes:
    """Draw the loop that `hb.run` goes round: predict, score, monitor, decide, train, validate, deploy, and again.

    Names that begin with hb are those of the package, names that end in = are arguments of `hb.run`.

    Parameters
    ----------
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import hebbnet as hb
    >>> ax = hb.plots.loop()
    >>> [text.get_text() for text in ax.texts if text.get_gid() == "step"][:3]
    ['1  stream', '2  predict', '3  score']
    """
    ax = style.axes(ax)
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 5.6)
    ax.set_axis_off()
    for k, step in enumerate(STEPS):
        _box(ax, k + 1, step)
    for a, b in pairwise(STEPS):
        _arrow(ax, a, b)
    _home(ax)
    _cycle(ax)
    ax.text(5, 5.35, "hb.run(learner, stream, policy)", ha="center", va="center", fontsize=style.TEXT + 3,
            family="monospace", color=style.DARK, gid="name")
    _say(ax, _x(1) + STEP / 2, TOP + HIGH / 2 + 0.2, "predict first: the label comes later")
    return ax


def _x(column: int) -> float:
    """The middle of a column."""
    return LEFT + STEP * column


def _box(ax: Axes, number: int, step: Step) -> None:
    from matplotlib.patches import FancyBboxPatch

    x = _x(step.column)
    ax.add_patch(FancyBboxPatch((x - WIDE / 2, step.row - HIGH / 2), WIDE, HIGH, facecolor=step.colour,
                                boxstyle="round,pad=0,rounding_size=0.14", edgecolor=style.DARK, linewidth=1.5,
                                gid="box"))
    ax.text(x, step.row + 0.27, f"{number}  {step.verb}", ha="center", va="center", fontsize=style.TEXT + 4,
            fontweight="bold", color=style.BLACK, gid="step")
    ax.text(x, step.row - 0.23, "\n".join(step.names), ha="center", va="center", fontsize=style.SMALL, linespacing=1.15,
            color=style.DARK, parse_math=False, gid="called")


def _arrow(ax: Axes, a: Step, b: Step) -> None:
    """From one box to the next: along the row, or down to the other."""
    x, y = _x(a.column), _x(b.column)
    if a.row == b.row:
        side = WIDE / 2 if y > x else -WIDE / 2
        _line(ax, (x + side, a.row), (y - side, b.row))
    else:
        _line(ax, (x, a.row - HIGH / 2), (y, b.row + HIGH / 2))


def _line(ax: Axes, start: tuple[float, float], stop: tuple[float, float], **how: Any) -> None:
    ax.annotate("", stop, start, gid="arrow", arrowprops={
        "arrowstyle": "-|>", "mutation_scale": 20, "color": style.DARK, "linewidth": 2.4, "shrinkA": 1, "shrinkB": 1,
        **how})


def _home(ax: Axes) -> None:
    """The new model is the one that predicts, from now on; unless it was not asked for, or failed its exam."""
    deploy, predict = STEPS[-1], STEPS[1]
    _line(ax, (_x(deploy.column), deploy.row + HIGH / 2), (_x(predict.column) - 0.5, predict.row - HIGH / 2),
          color=style.VERMILLION, linewidth=3.2)
    _say(ax, _x(0) - 0.2, (TOP + BOTTOM) / 2 + 0.12, "a new model\nserves", style.INK[style.VERMILLION])
    middle, foot = (TOP + BOTTOM) / 2, predict.row - HIGH / 2
    how = {"linestyle": (0, (3, 2)), "linewidth": 1.6, "mutation_scale": 15}
    _line(ax, (_x(1) + 0.1, BOTTOM + HIGH / 2), (_x(1) + 0.1, foot), **how)
    _say(ax, _x(1) + 0.95, middle - 0.3, "not clearly better:\nthe old one stays")
    _line(ax, (_x(3) - 0.7, BOTTOM + HIGH / 2), (_x(1) + 0.8, foot), **how)
    _say(ax, _x(2) + 0.95, middle + 0.42, "not now: the old one stays")


def _cycle(ax: Axes) -> None:
    """What the cycle time is."""
    left, right, y = _x(0) - WIDE / 2, _x(2) + WIDE / 2, BOTTOM - HIGH / 2 - 0.2
    _line(ax, (right, y), (left, y), arrowstyle="|-|", mutation_scale=5, linewidth=1.6)
    _say(ax, (left + right) / 2, y - 0.28, "cycle_time=: the old model serves meanwhile, and goes stale")


def _say(ax: Axes, x: float, y: float, words: str, colour: str = style.GREY) -> None:
    ax.text(x, y, words, ha="center", va="center", fontsize=style.SMALL + 0.5, color=colour, linespacing=1.1,
            gid="words")
