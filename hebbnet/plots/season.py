"""The season: which variant of the world dominates, for which one the model in use was made, and how good that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..engine import checks
from ..monitoring.metrics import windowed_accuracy
from ..training.record import Run
from ..training.results import Sweep
from . import style
from .decay import POINTS, runs_of
from .direct import EndLabel, end_labels
from .style import VARIANTS
from .world import letter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WINDOWS = 60  # that fit into the scored rows, about, unless a window is given
WORLD, MODEL = (1.75, 2.75), (0.0, 1.0)  # where the two bands stand, from .. to
HEIGHTS = (1.0, 1.75)  # of bands and accuracy
LETTER = 16.0  # points
ONLINE = 100  # rows that say for which variant a model that always learns was made
MAIN, BESIDE = style.Look(style.BLUE, width=3.0, front=3.3), style.Look(style.DARK, (0, (4, 1.3)), 1.8, 3.2)
SPARE = (style.Look(style.VERMILLION, (0, (1.5, 1)), 1.8, 3.1), style.Look(style.PURPLE, (0, (8, 1.1, 1.5, 1.1)), 1.8))


class Reign(NamedTuple):
    """Rows start .. stop - 1, of one variant."""

    variant: int
    start: int
    stop: int


def season(run_or_sweep: Run | Sweep, *, names: Sequence[str] | None = None, window: int | None = None,
           size: tuple[float, float] | None = None) -> Figure:
    """Draw which variant of the world dominates, for which the model in use was made, and its accuracy below.

    A variant is a concept. The upper band is the share of each, row by row; the lower one changes where a new model
    begins to serve, and shows the variant that most of its last training rows were of. A slanted line leads from the
    moment a variant takes over to the moment a model made for it serves: that long it was late. Accuracy stands
    between what one has for nothing (the commonest class so far, and chance) and the best possible.

    Parameters
    ----------
    run_or_sweep : Run or Sweep
        Of a made stream. The bands are those of the first policy (of its first seed); the others of a sweep are drawn
        beside it, in the accuracy alone, such as the same trained from scratch.
    names : sequence of str, optional
        Of the variants, in the order in which the stream lists them; None calls them A, B, C ...
    window : int, optional
        Of the accuracy, in rows. None is about 1/60 of those that are scored.
    size : (float, float), optional
        Of the figure in inches.

    Returns
    -------
    Figure
        Every mark says what it is by `get_gid()`.

    Raises
    ------
    InputError
        For a run without the truth, or names that are too few.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.recurring([hb.SEA(6), hb.SEA(14)], every=1_000, times=2, rng=0)
    >>> run = hb.run(hb.LeastSquares(), stream, hb.Periodic(1_000), launch=500, window=300, cycle_time=400)
    >>> figure = hb.plots.season(run)
    >>> [text.get_text().strip() for text in figure.axes[0].texts if text.get_gid() == "late words"]
    ['900 late', '900 late', '900 late']
    """
    runs = runs_of(run_or_sweep, "season")
    run = next(iter(runs.values()))[0]
    for other in (run for seeds in runs.values() for run in seeds):
        if "concept" not in other.truth:
            raise checks.InputError("season: real data hold no truth, and nobody knows which variant dominates")
    names = _names(names, len(run.concepts))
    n = len(run.predictions)
    window = style.window(window, n / WINDOWS, "season")

    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=style.SIZE if size is None else size, layout="constrained")
    bands, ax = figure.subplots(2, 1, sharex=True, height_ratios=HEIGHTS)
    world, made = dominant(run), made_for(run)
    _world(bands, run, world)
    _model(bands, made)
    _frame(bands, run)
    labels = _accuracy(ax, runs, window)
    for reign in behind(world, made):
        ax.axvspan(reign.start, reign.stop, color=style.PALE, alpha=0.6, zorder=0.4, linewidth=0, gid="behind")
    _footnote(ax, runs)
    style.settle(bands)
    end_labels(ax, run.t[-1], labels)
    style.settle(ax)
    style.count(ax)
    _late(bands, world, made)
    _name(bands, world, WORLD, names)
    _name(bands, made, MODEL, names)
    return figure


# ---------------------------------------------------------------- who rules, and for whom the model was made


def shares(run: Run) -> np.ndarray:
    """The share of each concept in each scored row, (concepts, n): 0 or 1, or between them where one replaces another.

    In the window of a drift the new one has P(new), the old one the rest.
    """
    concept, p, end = run.truth["concept"], run.truth["p"], run.launch + len(run.predictions)
    share = np.zeros((len(run.concepts), end))
    share[concept[:end], np.arange(end)] = 1.0
    for position, width in run.spans:
        stop = min(position + width, end)
        if 0 < position < stop:
            old, rows = concept[position - 1], slice(position, stop)
            others = concept[position:stop][concept[position:stop] != old]
            if len(others):
                share[:, rows] = 0.0
                share[others[-1], rows], share[old, rows] = p[rows], 1.0 - p[rows]
    return share[:, run.launch :]


def dominant(run: Run) -> list[Reign]:
    """Which concept has the largest share, from when till when."""
    return _reigns(shares(run).argmax(axis=0), run.launch)


def learned(run: Run) -> dict[int, int]:
    """How many rows each model that served was last trained on, by the first row that it does not know."""
    if run.online:
        return {int(until): ONLINE for until in run.learned_until()}
    rows, sizes = run.launch, [run.launch]
    for event in run.events:
        if event.kind == "train":
            rows = int(event.detail["rows"])
        elif event.kind == "deploy":
            sizes.append(rows)
    return {until: size for (_, until), size in zip(run.served, sizes, strict=True)}


def made_for(run: Run) -> list[Reign]:
    """The concept that most of the last training rows were of, of the model that serves, from when till when."""
    concept, until = run.truth["concept"], run.learned_until()
    found = np.empty(len(until), np.int64)
    for known, rows in learned(run).items():
        seen = concept[max(known - rows, 0) : known]
        found[until == known] = np.bincount(seen).argmax() if len(seen) else concept[0]
    return _reigns(found, run.launch)


def behind(world: Sequence[Reign], made: Sequence[Reign]) -> list[Reign]:
    """From when till when the model in use was made for another variant than the one that dominates."""
    first, end = world[0].start, world[-1].stop
    rules, serves = (np.repeat([r.variant for r in reigns], [r.stop - r.start for r in reigns])
                     for reigns in (world, made))
    assert len(rules) == len(serves) == end - first
    return [reign for reign in _reigns(rules != serves, first) if reign.variant]


def lateness(world: Sequence[Reign], made: Sequence[Reign]) -> list[tuple[Reign, int | None]]:
    """For each reign but the first, the row from which on a model made for it serves; None where none ever does."""
    found = []
    for reign in world[1:]:
        at = [max(other.start, reign.start) for other in made if other.variant == reign.variant
              and other.stop > reign.start]
        following = [later.start for later in world if later.start > reign.start and later.variant == reign.variant]
        found.append((reign, at[0] if at and at[0] < min(following, default=at[0] + 1) else None))
    return found


def _reigns(variant: np.ndarray, first: int) -> list[Reign]:
    found, start = [], first
    for which, rows in groupby(variant.tolist()):
        stop = start + sum(1 for _ in rows)
        found.append(Reign(int(which), start, stop))
        start = stop
    return found


# ---------------------------------------------------------------- the two bands


def _world(ax: Axes, run: Run, world: Sequence[Reign]) -> None:
    """The share of each variant, one upon the other."""
    share = shares(run)
    edges = np.unique([at - run.launch + k for r in world for at in (r.start, r.stop) for k in (-1, 0)])
    at = np.union1d(np.linspace(0, share.shape[1] - 1, 2 * POINTS).astype(int), edges[(edges >= 0)
                                                                                      & (edges < share.shape[1])])
    below = np.full(len(at), WORLD[0])
    for k, part in enumerate(share[:, at]):
        if part.any():
            above = below + part * (WORLD[1] - WORLD[0])
            ax.fill_between(run.t[at], below, above, where=part > 0, color=VARIANTS[k % len(VARIANTS)], linewidth=0,
                            gid=f"variant {k}")
            below = above


def _model(ax: Axes, made: Sequence[Reign]) -> None:
    """For which variant the model that serves was made."""
    for reign in made:
        ax.broken_barh([(reign.start, reign.stop - reign.start)], (MODEL[0], MODEL[1] - MODEL[0]), edgecolor="white",
                       linewidth=1.5, facecolor=VARIANTS[reign.variant % len(VARIANTS)], gid="model")


def _late(ax: Axes, world: Sequence[Reign], made: Sequence[Reign]) -> None:
    """From the moment a variant takes over to the moment a model made for it serves; when the layout has settled."""
    room = _room(ax)
    for reign, at in lateness(world, made):
        if at is not None and at > reign.start:
            ax.annotate("", (at, MODEL[1]), (reign.start, WORLD[0]), gid="late", annotation_clip=False, arrowprops={
                "arrowstyle": "-|>", "color": style.DARK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0,
                "mutation_scale": 12})
            words = f"  {at - reign.start:,} late"
            if (reign.stop - reign.start) * room > style.CHARACTER * style.SMALL * len(words):
                ax.text((reign.start + at) / 2, (WORLD[0] + MODEL[1]) / 2, words, ha="left", va="center",
                        fontsize=style.SMALL, color=style.DARK, gid="late words")


def _name(ax: Axes, reigns: Sequence[Reign], band: tuple[float, float], names: Sequence[str]) -> None:
    """The variants' names where they fit; for when the layout has settled."""
    room = _room(ax)
    for reign in reigns:
        name = names[reign.variant]
        if (reign.stop - reign.start) * room > style.CHARACTER * LETTER * (len(name) + 0.5):
            ax.text((reign.start + reign.stop) / 2, sum(band) / 2, name, ha="center", va="center_baseline",
                    fontsize=LETTER, fontweight="bold", color=style.BLACK, parse_math=False, gid="name")


def _room(ax: Axes) -> float:
    """How many points a row has."""
    low, high = ax.get_xlim()
    return style.extent(ax)[0] / (high - low)


def _frame(ax: Axes, run: Run) -> None:
    ax.set_xlim(run.t[0], max(run.t[-1], run.t[0] + 1))
    ax.set_ylim(MODEL[0], WORLD[1])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize=style.TEXT, labelcolor=style.DARK)
    ax.set_yticks([sum(WORLD) / 2, sum(MODEL) / 2],
                  ["variant that\ndominates", "variant the\nmodel in use\nis made for"])


# ---------------------------------------------------------------- accuracy


def _accuracy(ax: Axes, runs: Mapping[str, Sequence[Run]], window: int) -> list[EndLabel]:
    """The lines, between what one has for nothing and the best possible; and their names."""
    first = next(iter(runs.values()))
    run, n = first[0], len(first[0].predictions)
    at = np.unique(np.linspace(window // 5, n - 1, POINTS).astype(int))
    t, chance = run.t[at], np.full(len(at), 1 / len(run.classes))
    majority = _mean([seed.baseline("majority") for seed in first], window, at)
    best = _mean([seed.truth["bayes"][seed.launch :] for seed in first], window, at)
    labels, looks = list[EndLabel](), [MAIN, BESIDE, *SPARE]
    for k, (name, seeds) in enumerate(runs.items()):
        look = looks[min(k, len(looks) - 1)]
        curves = np.stack([seed.accuracy(window)[at] for seed in seeds])
        mean = curves.mean(axis=0)
        ax.plot(t, mean, label=name, gid="policy", **look.line)
        if len(seeds) > 1:
            error = curves.std(axis=0, ddof=1) / np.sqrt(len(seeds))
            ax.fill_between(t, mean - error, mean + error, color=look.colour, alpha=0.25, linewidth=0, zorder=2.5,
                            gid="band")
        if not k:
            ax.fill_between(t, majority, mean, where=mean > majority, color=style.SKY, alpha=0.35, linewidth=0,
                            zorder=0.6, gid="better than nothing")
            ax.fill_between(t, mean, best, where=best > mean, facecolor="none", edgecolor=style.VERMILLION, alpha=0.55,
                            hatch="///", linewidth=0, zorder=0.5, gid="could be better")
            gap, half = int(np.argmax(best - mean)), len(t) // 2
            _say(ax, "better than nothing", t[half], (majority.max() + mean.min()) / 2, style.SKY)
            _say(ax, "could be\nbetter", t[gap], (mean[gap] + 2 * best[gap]) / 3, style.VERMILLION)
        labels.append(EndLabel(mean[-1], name, look))
    ax.plot(t, best, gid="best", **style.BEST.line)
    labels.append(EndLabel(best[-1], "best possible\n(needs the truth)", style.BEST, style.SMALL, "normal", 12.0))
    for name, line in (("majority", majority), ("chance", chance)):
        look = style.BASELINES[name]
        ax.plot(t, line, gid=name, **look.line)
        labels.append(EndLabel(line[-1], f"nothing: {name}", look, style.SMALL, "normal"))
    ax.set_ylim(0, 1)
    style.tidy(ax)
    ax.set_xlabel("samples", fontsize=style.TEXT)
    ax.set_ylabel(f"accuracy over the\nlast {window:,} samples", fontsize=style.TEXT)
    return labels


def _say(ax: Axes, words: str, x: float, y: float, colour: str) -> None:
    """What an area means."""
    ax.text(x, y, words, ha="center", va="center", fontsize=style.SMALL, fontweight="bold", color=style.INK[colour],
            linespacing=1.05, zorder=2.4, gid="words",
            bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1.0})


def _footnote(ax: Axes, runs: Mapping[str, Sequence[Run]]) -> None:
    """How it was made."""
    seeds = next(iter(runs.values()))
    trained = sorted({rows for until, rows in learned(seeds[0]).items() if until > seeds[0].launch})
    then = f", each new model trained on {trained[-1]:,}" if trained and not seeds[0].online else ""
    many = f"mean of {len(seeds)} seeds, band ±1 s.e." if len(seeds) > 1 else "n = 1"
    style.footnote(ax, f"launched after {seeds[0].launch:,} samples{then}; grey: the model in use was made for another "
                       f"variant; {many}")


def _mean(records: Sequence[Any], window: int, at: np.ndarray) -> np.ndarray:
    return np.asarray(np.mean([windowed_accuracy(record, window)[at] for record in records], axis=0))


def _names(names: Sequence[str] | None, n: int) -> list[str]:
    """A name for each variant."""
    if names is None:
        return [letter(k) for k in range(n)]
    if isinstance(names, str) or len(names) < n:
        raise checks.InputError(f"season: names: expected one for each of the {n} variants, got {names!r}")
    return [str(name) for name in names]
