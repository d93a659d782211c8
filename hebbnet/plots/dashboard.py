"""One run on one page: decay and recovery, what the world did, and what the detector saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..engine import checks
from ..monitoring.detectors import Detector
from ..training.record import Run
from . import style
from .decay import accuracy
from .detector import detector, rows
from .direct import shorten
from .world import world

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import SubplotSpec

PAGE = (13.3, 7.5)  # inches: a slide
ABOVE, BELOW = 2.4, 1.0  # how high accuracy is, and the world under it


def dashboard(run: Run, watch: Detector | None = None, *, window: int | None = None,
              size: tuple[float, float] | None = None) -> Figure:
    """Draw one run on one page: `accuracy` and `world` on the left, the rows of `detector` on the right.

    Parameters
    ----------
    run : Run
        Of real data, and of a run that was loaded from a file, what the world did is left out: nobody knows.
    watch : Detector, optional
        As in `detector`: which one to let read the errors of a run whose policy had none.
    window : int, optional
        Of accuracy and errors, in rows. None is what each takes by itself.
    size : (float, float), optional
        Of the figure in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For anything but a run with scored rows.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[2_000], noise=0.1, rng=0)
    >>> run = hb.run(hb.LeastSquares(), stream, hb.OnDrift(hb.DDM()), launch=1_000, window=300)
    >>> figure = hb.plots.dashboard(run)
    >>> [ax.get_label() for ax in figure.axes]
    ['accuracy', 'world', 'errors', 'statistic', 'events']
    """
    import matplotlib.pyplot as plt

    if not isinstance(run, Run) or not len(run.predictions):
        raise checks.InputError(f"dashboard: expected a run with scored rows, got {run!r}; hb.run makes one")
    panels = rows(run, watch)
    figure = plt.figure(figsize=PAGE if size is None else size, layout="constrained")
    heights = {"accuracy": ABOVE} | ({"world": BELOW} if run.stream is not None else {})
    page = figure.add_gridspec(1, 2)
    left, right = (_column(figure, page[0, side], parts) for side, parts in enumerate((heights, panels)))
    there, watched = dict(zip(heights, left, strict=True)), right
    detector(run, watch, window=window, axes=watched)
    if "world" in there:
        world(run.stream, run.launch + len(run.predictions), first=run.launch, ax=there["world"])
        there["world"].set_ylabel("concepts", fontsize=style.TEXT)
    accuracy(run, window=window, ax=there["accuracy"])
    models = sum(event.kind == "deploy" for event in run.events)
    said = f"{shorten(run.policy)}: {np.mean(run.correct):.2f} right, {models} new model{'s' * (models != 1)}"
    for ax, title in ((there["accuracy"], said), (watched[0], "what a detector saw")):
        ax.set_title(title, loc="left", fontsize=style.TEXT, fontweight="bold", parse_math=False)
    return figure


def _column(figure: Figure, side: SubplotSpec, heights: Mapping[str, float]) -> list[Axes]:
    """Axes of these heights, one below the other, on one side of the page."""
    grid = side.subgridspec(len(heights), 1, height_ratios=list(heights.values()))
    return [figure.add_subplot(grid[k, 0], label=name) for k, name in enumerate(heights)]
