"""Plasticity: whether a layer can still learn after the world has changed many times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from . import style
from .facts import MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEASURES = {  # name: (label of the panel, its highest possible value)
    "accuracy": ("accuracy", 1.0),
    "dormant": ("dormant neurons", 1.0),
    "effective_rank": ("effective rank", None),
    "norm": ("length of weights", None),
}


def health(measured: Mapping[str, Mapping[str, Any]], *, size: tuple[float, float] | None = None) -> Figure:
    """Draw what became of each learner's hidden layer over many concepts, a panel for each measure.

    A learner that loses its plasticity shows it before its accuracy does: neurons fall silent (`hb.metrics.dormant`),
    their activity fills fewer directions (`hb.metrics.effective_rank`), or weights grow so long that a step no longer
    moves them.

    Parameters
    ----------
    measured : dict of str to dict of str to (seeds, concepts) array
        By learner, then by measure, "accuracy", "dormant", "effective_rank" or "norm", the value at the end of each
        concept. The mean over the seeds is drawn, and a band of one standard error to either side.
    size : (width, height), optional
        Of the figure, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For other measures, or arrays that do not fit each other.

    References
    ----------
    Dohare, Hernandez-Garcia, Lan, Rahman, Mahmood, Sutton (2024), Loss of plasticity in deep continual learning. Nature
    632.

    Examples
    --------
    >>> import hebbnet as hb
    >>> figure = hb.plots.health({"Gradient, relu": {"dormant": [[0.0, 0.1, 0.4]], "norm": [[12.0, 15.0, 29.0]]}})
    >>> [ax.get_ylabel() for ax in figure.axes]
    ['dormant neurons', 'length of weights']
    """
    import matplotlib.pyplot as plt

    found, names = _checked(measured)
    across = 2 if len(names) > 1 else 1
    figure, axes = plt.subplots(-(-len(names) // across), across, figsize=size or style.SIZE, squeeze=False,
                                layout="constrained", sharex=True)
    looks = style.rule_looks(found)
    for ax, name in zip(axes.flat, names, strict=False):
        for k, (learner, values) in enumerate(found.items()):
            _line(ax, values[name], learner, looks[learner], MARKERS[k % len(MARKERS)])
        _frame(ax, name, next(iter(found.values()))[name].shape[1])
    for ax in axes.flat[len(names) :]:
        ax.remove()
    seeds = len(next(iter(found.values()))[names[0]])
    for ax in axes[-1][: len(names) - across * (len(axes) - 1)]:
        ax.set_xlabel("concept, at its end", fontsize=style.TEXT)
    style.footnote(axes[-1][0], f"mean of {seeds} seeds, band ±1 s.e." if seeds > 1 else "n = 1")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=len(found), frameon=False,
                  fontsize=style.TEXT, handlelength=3.2)
    return figure


def _checked(measured: Any) -> tuple[dict[str, dict[str, np.ndarray]], list[str]]:
    """The arrays, all of one shape, and the measures there are, in the order of MEASURES."""
    if not isinstance(measured, Mapping) or not measured or not all(isinstance(one, Mapping) and one
                                                                    for one in measured.values()):
        raise checks.InputError("health: expected a dict of measures for each learner, such as "
                                "{'mine': {'dormant': [[0.0, 0.1]]}}")
    first = next(iter(measured.values()))
    for name in first:
        checks.choice(name, MEASURES, "measure")
    found, shape = {}, None
    for learner, values in measured.items():
        if set(values) != set(first):
            raise checks.InputError(f"health: expected the same measures of all learners, got {sorted(values)} of "
                                    f"{learner} and {sorted(first)} of {next(iter(measured))}")
        found[str(learner)] = {name: checks.matrix(one, where=f"health: {name} of {learner}")
                               for name, one in values.items()}
        shapes = {one.shape for one in found[str(learner)].values()} | ({shape} if shape else set())
        if len(shapes) > 1 or not min(next(iter(shapes))):
            raise checks.InputError(f"health: expected arrays (seeds, concepts) of one shape, got {sorted(shapes)}")
        (shape,) = shapes
    return found, [name for name in MEASURES if name in first]


def _line(ax: Axes, values: np.ndarray, name: str, look: style.Look, marker: str) -> None:
    """The mean over the seeds, and a standard error to either side."""
    mean, at = values.mean(axis=0), np.arange(1, values.shape[1] + 1)
    ax.plot(at, mean, marker=marker, markersize=6.5, markeredgecolor="white", markevery=max(1, len(at) // 10),
            label=name, gid="learner", **look.line)
    if len(values) > 1:
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        ax.fill_between(at, mean - error, mean + error, color=look.colour, alpha=0.2, linewidth=0, zorder=2.5,
                        gid="band")


def _frame(ax: Axes, name: str, concepts: int) -> None:
    """Limits from 0, and what is measured."""
    label, most = MEASURES[name]
    highest = max(float(np.max(line.get_ydata())) for line in ax.get_lines())
    ax.set_ylim(0.0, 1.02 * most if most else 1.08 * (highest or 1.0))
    ax.set_xlim(0.5, concepts + 0.5)
    ax.set_ylabel(label, fontsize=style.TEXT)
    style.tidy(ax)
    style.count(ax)
