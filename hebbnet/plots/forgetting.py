"""Forgetting: how right a model is in every world it has known, after each that it has learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BELOW = 1.25  # rows between the last stage and the line of what was forgotten
LIGHT = 0.6  # from this share of the scale on, numbers are white


def forgetting(matrix: Any, names: Sequence[str], *, after: Sequence[str] | None = None, chance: float = 0.5,
               n: int = 1, ax: Axes | None = None) -> Axes:
    """Draw a concept accuracy matrix: row i, after the model has learned stage i, its accuracy on each concept j.

    The stage's own concept is framed. Below, what was forgotten: the best accuracy on a concept at any earlier stage,
    less that at the end. It is negative where the last stage made the model better at it than ever.

    Parameters
    ----------
    matrix : (stages, concepts) array of accuracies
    names : sequence of str
        Of the concepts.
    after : sequence of str, optional
        Which concept each stage was; None is each of `names` in turn.
    chance : float
        The accuracy of guessing, where the scale begins.
    n : int
        How many seeds the accuracies are means of.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For numbers outside 0 .. 1, or names that do not fit the matrix.

    Notes
    -----
    Source: Lopez-Paz and Ranzato (2017), Gradient episodic memory for continual learning, whose R this is; what is
    called forgotten is its backward transfer, from the best stage on and with the sign turned.

    Examples
    --------
    >>> import hebbnet as hb
    >>> ax = hb.plots.forgetting([[0.9, 0.6], [0.7, 0.9]], ["A", "B"])
    >>> [text.get_text() for text in ax.texts if text.get_gid() == "forgotten"]
    ['0.20', '−0.30']
    """
    names = [str(name) for name in checks.several(names, "forgetting: names", "names of concepts")]
    R = checks.matrix(matrix, columns=len(names), where="forgetting: matrix")
    checks.bounded(R.ravel(), low=0.0, high=1.0, where="forgetting: matrix")
    after = names if after is None else [str(name) for name in checks.several(after, "forgetting: after", "names")]
    if len(after) != len(R) or not after or not {*after} <= {*names}:
        raise checks.InputError(f"forgetting: after: expected one of {', '.join(names)} for each of the {len(R)} rows, "
                                f"got {after!r}")
    chance = checks.number(chance, "forgetting: chance", low=0.0, high=0.99)
    n = checks.whole(n, "forgetting: n", low=1)
    ax = style.axes(ax)
    ax.pcolormesh(R, cmap=_blues(), vmin=chance, vmax=1.0, edgecolors="white", linewidth=2.0, gid="accuracy")
    for i, row in enumerate(R):
        own = names.index(after[i])
        ax.fill([own + 0.03, own + 0.97, own + 0.97, own + 0.03], [i + 0.05, i + 0.05, i + 0.95, i + 0.95], fill=False,
                edgecolor=style.BLACK, linewidth=2.4, gid="own")
        for j, value in enumerate(row):
            ax.text(j + 0.5, i + 0.5, f"{value:.2f}", ha="center", va="center", fontsize=style.TEXT, gid="number",
                    color="white" if value > chance + LIGHT * (1 - chance) else style.DARK)
    for j, lost in enumerate(forgotten(R)):
        said = f"{round(lost, 2) + 0.0:.2f}".replace("-", "−")  # no -0.00
        ax.text(j + 0.5, len(R) - 0.5 + BELOW, said, ha="center", va="center", fontsize=style.TEXT,
                color=style.INK[style.VERMILLION], fontweight="bold", gid="forgotten")
    places = [*(np.arange(len(R)) + 0.5), len(R) - 0.5 + BELOW]
    ax.set_yticks(places, [*(f"after {stage}" for stage in after), "forgotten"], parse_math=False)
    ax.set_xticks(np.arange(len(names)) + 0.5, [f"on {name}" for name in names], parse_math=False)
    ax.set_ylim(len(R) + BELOW, 0)
    style.tidy(ax, grid="")
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, labelsize=style.TEXT)
    seeds = f"mean of {n} seeds" if n > 1 else "n = 1"
    ax.set_xlabel(f"accuracy: white is chance ({chance:g}) or less, darkest 1; framed: just learned; {seeds}",
                  fontsize=style.SMALL, color=style.GREY)
    return ax


def forgotten(R: np.ndarray) -> np.ndarray:
    """For each concept, the best accuracy before the last stage, less that after it; 0 where there is one stage."""
    lost: np.ndarray = R[:-1].max(axis=0) - R[-1] if len(R) > 1 else np.zeros(R.shape[1])
    return lost


def _blues() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("accuracy", ["#FFFFFF", style.SKY, style.BLUE, "#003B5C"])
