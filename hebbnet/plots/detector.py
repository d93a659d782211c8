"""Noticing: a run as its detector saw it: errors, the number that it watches, and what came of its alarms."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..engine import checks
from ..monitoring import detectors
from ..monitoring.detectors import Detector, FeatureDetector
from ..monitoring.detectors.trail import STATISTICS, trail
from ..monitoring.metrics import windowed_accuracy
from ..training.record import Run
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WINDOWS = 50  # that fit into the scored rows, about, unless a window is given
ROWS = {"errors": 3.0, "statistic": 3.0, "events": 2.6}  # the panels, from above, and how high each is
LANES = ("drift", "alarm", "training", "new model")  # of the events, from above
RESTARTS = ("deploy", "rejected", "dropped")  # with them a detector that rests begins anew
SETTLED = 97  # % of the statistic that is shown for sure


class Seen(NamedTuple):
    """What the picture is of: rows `t`, whether each was `wrong`, and what is known about them."""

    t: np.ndarray
    wrong: np.ndarray
    drifts: list[tuple[int, int]] | None  # (position, width); None where there is no truth
    alarms: list[int]
    events: list[tuple[int, str]]
    restarts: list[int]
    late: int  # rows until a label is known
    best: np.ndarray | None  # the least error rate that is possible, by row


def detector(run: Any, watch: Detector | None = None, *, window: int | None = None, within: int | None = None,
             axes: Sequence[Axes] | None = None, size: tuple[float, float] | None = None) -> Figure:
    """Draw a run as its detector saw it, in three rows over the same samples.

    The share of errors among the last `window`; the number that the detector compares, and the thresholds of warning
    and alarm; and the events: drifts, alarms, trainings, new models. The first alarm after a drift notices it, and
    its delay is written beside it; every other alarm is a false one, and hollow.

    Parameters
    ----------
    run : Run, or (errors, drifts)
        Errors (n,) of 0 and 1 (1 = wrong), and the indices at which something changed.
    watch : Detector, optional
        The detector to let read the errors of a run of another policy, or of (errors, drifts). None is that of the
        run's own `OnDrift`, as it was; a run that watched something else than errors has no middle row.
    window : int, optional
        In rows. None is about 1/50 of them.
    within : int, optional
        An alarm later than so many rows after a drift is a false one too. None is until the next drift.
    axes : sequence of Axes, optional
        Where to draw: as many as `detector.rows(run)` names. None makes a new figure.
    size : (float, float), optional
        Of a new figure, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For what is no run and no pair, and for a detector that reads inputs.

    Notes
    -----
    Everything stands where it was known: with a label delay, the statistic comes so many rows later than the error.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[3_000], noise=0.1, rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, hidden=[8], rng=0))
    >>> run = hb.run(learner, stream, hb.OnDrift(hb.ADWIN()), launch=1_000, window=500)
    >>> [ax.get_ylabel().split()[0] for ax in hb.plots.detector(run).axes[:2]]
    ['errors,', 'ADWIN:']
    """
    seen, watch = _seen(run, watch)
    window = style.window(window, len(seen.t) / WINDOWS, "detector")
    within = len(seen.t) if within is None else checks.whole(within, "detector: within", low=1)
    panels = _panels(axes, [name for name in ROWS if name != "statistic" or watch is not None], size)
    _errors(panels["errors"], seen, window)
    if watch is not None:
        seen = _statistic(panels["statistic"], seen, watch)
    _events(panels["events"], seen, within)
    _frame(list(panels.values()), seen, watch)
    figure = panels["errors"].figure.figure
    assert figure is not None
    return figure


def rows(run: Any, watch: Detector | None = None) -> dict[str, float]:
    """The panels that `detector` draws of this run, from above, and how high each should be."""
    found = _seen(run, watch)[1]
    return {name: height for name, height in ROWS.items() if name != "statistic" or found is not None}


# ---------------------------------------------------------------- what was seen


def _seen(run: Any, watch: Any) -> tuple[Seen, Detector | None]:
    """The record, and the detector that reads it, fresh; None where it watched something else than errors."""
    if watch is not None and (not isinstance(watch, Detector) or isinstance(watch, FeatureDetector)):
        raise checks.InputError(f"detector: watch: expected a detector of errors such as hb.ADWIN(), got {watch!r}")
    if not isinstance(run, Run):
        return _pair(run, watch), watch.fresh() if watch is not None else None
    if not len(run.predictions):
        raise checks.InputError("detector: there is nothing to draw: no row was scored")
    truth, own = "concept" in run.truth, watch is None
    events = [(event.t, event.kind) for event in run.events] if own else []
    seen = Seen(run.t, 1.0 - run.correct, [span for span in run.spans if run.launch <= span[0]] if truth else None,
                [t for t, kind in events if kind == "alarm"], events, [t for t, kind in events if kind in RESTARTS],
                int(run.settings["label_delay"]), 1.0 - run.truth["bayes"][run.launch :] if truth else None)
    return seen, _watched(run.recipe) if watch is None else watch.fresh()


def _pair(given: Any, watch: Detector | None) -> Seen:
    """(errors, drifts), checked."""
    try:
        errors, drifts = given
        spans = [(checks.whole(at, "detector: drifts"), 0) for at in drifts]
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, checks.InputError) else checks.InputError(
            f"detector: expected a Run or (errors, drifts), got {type(given).__name__}") from None
    if watch is None:
        raise checks.InputError("detector: (errors, drifts) come without a detector; give one, as in "
                                "hb.plots.detector((errors, drifts), hb.DDM())")
    wrong = checks.bounded(errors, low=0.0, high=1.0, where="detector: errors")
    return Seen(np.arange(len(wrong)), wrong, spans, [], [], [], 0, None)


def _watched(recipe: str) -> Detector | None:
    """The detector of errors in the recipe of a policy, such as OnDrift(DDM(warm_start=30)); None if there is none."""
    try:
        calls = [node for node in ast.walk(ast.parse(recipe, mode="eval")) if isinstance(node, ast.Call)]
    except SyntaxError:
        return None
    for policy in calls:
        if ast.unparse(policy.func) != "OnDrift" or any(keyword.arg == "on" for keyword in policy.keywords):
            continue
        for made in policy.args:
            kind = ast.unparse(made.func) if isinstance(made, ast.Call) else ""
            if isinstance(made, ast.Call) and kind in STATISTICS:
                settings = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in made.keywords}
                found: Detector = getattr(detectors, kind)(**settings)
                return found
    return None


def _replayed(seen: Seen, watch: Detector) -> tuple[np.ndarray, list[int]]:
    """Value, warning and threshold at each row, (3, n), and the alarms: it rests from one until something comes of it.

    Where nothing ever comes of an alarm (a run of another policy), it begins anew with the next row.
    """
    n = max(len(seen.t) - seen.late, 0)
    found, alarms = np.full((3, len(seen.t)), np.nan), []
    if not seen.events:
        whole = trail(watch, seen.wrong[:n])
        found[:, :n] = whole[:3]
        for start, stop in zip([0, *(whole.alarms + 1)], [*(whole.alarms + 1), n], strict=True):
            _hide_the_young(found[:, start:stop])
        return found, whole.alarms.tolist()
    first = int(seen.t[0])
    starts = sorted({0, *(at - first for at in seen.restarts)})
    for start, stop in zip(starts, [*starts[1:], n], strict=True):
        stretch = seen.wrong[start : min(stop, n)]
        ahead = watch.fresh().first(stretch)
        length = len(stretch) if ahead < 0 else ahead + 1
        found[:, start : start + length] = trail(watch.fresh(), stretch[:length])[:3]
        _hide_the_young(found[:, start : start + length])
        alarms += [start + ahead] if ahead >= 0 else []
    return found, alarms


def _hide_the_young(found: np.ndarray) -> None:
    """What was before the first threshold was compared with nothing."""
    known = np.isfinite(found[2])
    found[0, : int(known.argmax()) if known.any() else known.size] = np.nan


# ---------------------------------------------------------------- the three rows


def _panels(axes: Sequence[Axes] | None, names: list[str], size: tuple[float, float] | None) -> dict[str, Axes]:
    """Axes by name: those given, or a new figure's."""
    if axes is None:
        import matplotlib.pyplot as plt

        axes = plt.subplots(len(names), 1, sharex=True, figsize=size or style.SIZE, layout="constrained",
                            height_ratios=[ROWS[name] for name in names])[1]
    if len(axes) != len(names):
        raise checks.InputError(f"detector: axes: expected {len(names)}, for {', '.join(names)}, got {len(axes)}")
    return {name: style.axes(ax) for name, ax in zip(names, axes, strict=True)}


def _errors(ax: Axes, seen: Seen, window: int) -> None:
    """The share of errors among the last `window`."""
    shown = slice(min(window // 5, len(seen.t) // WINDOWS), None)  # a window that holds hardly anything says nothing
    rate = windowed_accuracy(seen.wrong, window)
    ax.plot(seen.t[shown], rate[shown], color=style.VERMILLION, linewidth=1.8, gid="errors")
    if seen.best is not None:
        best = windowed_accuracy(seen.best, window)
        ax.plot(seen.t[shown], best[shown], **style.BEST.line, gid="best")
        ax.annotate("least possible\n(needs the truth)", (1, best[-1]), (6, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", fontsize=style.SMALL, va="center", annotation_clip=False, gid="name")
    ax.set_ylim(0, min(max(1.15 * float(rate[shown].max()), 0.1), 1.0))
    ax.set_ylabel(f"errors,\nlast {window:,}", fontsize=style.TEXT)


def _statistic(ax: Axes, seen: Seen, watch: Detector) -> Seen:
    """The detector's number and its thresholds; returns what was seen, with the alarms if nobody had acted on them."""
    (value, warning, threshold), raised = _replayed(seen, watch)
    known = seen.t + seen.late
    there = np.isfinite(value)
    gaps = np.flatnonzero(np.diff(np.flatnonzero(there)) > getattr(watch, "clock", 1)) + 1
    pieces = np.split(np.flatnonzero(there), gaps)
    for piece in pieces:  # ADWIN looks now and then, and in between nothing is known
        ax.plot(known[piece], value[piece], color=style.BLUE, linewidth=1.6, zorder=3, gid="statistic")
    ends = []
    for line, colour, dashes, name in ((threshold, style.BLACK, "-", "alarm"),
                                       (warning, style.INK[style.ORANGE], (0, (4, 2)), "warning")):
        if np.isfinite(line).any():
            ax.plot(known, line, color=colour, linestyle=dashes, linewidth=1.3, zorder=2.5, gid=name)
            ends.append((float(line[np.isfinite(line)][-1]), name, colour))
    _limits(ax, value, threshold)
    for k, (y, name, colour) in enumerate(sorted(ends, reverse=True)):
        ax.annotate(name, (1, float(np.clip(y, *ax.get_ylim()))), (6, (1, -1)[k] if len(ends) > 1 else 0),
                    xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=style.SMALL, color=colour,
                    va=("bottom", "top")[k] if len(ends) > 1 else "center", annotation_clip=False, gid="name")
    kind = type(watch).__name__
    ax.set_ylabel(f"{kind}:\n{_broken(STATISTICS[kind].formula)}", fontsize=style.TEXT)
    return seen if seen.alarms else seen._replace(alarms=[int(known[row]) + 1 for row in raised])


def _broken(formula: str) -> str:
    """In two lines, if it is long."""
    return formula.replace(" / ", "\n/ ") if len(formula) > 16 else formula


def _limits(ax: Axes, value: np.ndarray, threshold: np.ndarray) -> None:
    """Where the statistic and its threshold live, once they have settled: both run away while a detector is young."""
    known = np.isfinite(value) & np.isfinite(threshold)
    if not known.any():
        return
    value, threshold = value[known], threshold[known]
    high = max(float(np.percentile(threshold, SETTLED)), float(np.percentile(value, SETTLED)))
    low = float(np.percentile(np.minimum(value, threshold), 100 - SETTLED))
    room = 0.15 * (high - min(low, 0.5 * high))
    ax.set_ylim(low - room if low < 0 or low > 0.5 * high else 0.0, high + 2 * room)


def _events(ax: Axes, seen: Seen, within: int) -> None:
    """What happened, in lanes."""
    lane = {name: -k for k, name in enumerate(LANES)}
    at = [position for position, _ in seen.drifts or []]
    true = noticed(seen.alarms, at, within) if seen.drifts is not None else {}
    mark: dict[str, Any] = {"linestyle": "", "markersize": 9, "markeredgewidth": 1.4, "zorder": 3, "clip_on": False}
    if at:
        ax.plot(at, [lane["drift"]] * len(at), marker="v", color=style.DARK, gid="true drift", **mark)
    false = [alarm for alarm in seen.alarms if alarm not in true.values()] if seen.drifts is not None else []
    for alarms, fill, gid in ((sorted(set(seen.alarms) - set(false)), style.VERMILLION, "alarm"),
                              (false, "white", "false alarm")):
        if alarms:
            ax.plot(alarms, [lane["alarm"]] * len(alarms), marker="o", color=style.VERMILLION, markerfacecolor=fill,
                    gid=gid, **mark)
    for drift, alarm in true.items():
        ax.plot([drift, alarm], [lane["alarm"]] * 2, color=style.VERMILLION, linewidth=1.6, zorder=2, gid="delay")
        ax.annotate(f"+{alarm - drift:,}", (alarm, lane["alarm"]), (5, 5), textcoords="offset points", va="bottom",
                    fontsize=style.SMALL, color=style.INK[style.VERMILLION], annotation_clip=False, gid="delay")
    begun = None
    for t, kind in seen.events:
        if kind == "train":
            begun = t
            ax.plot(t, lane["training"], marker="s", color=style.BLUE, gid="train", **mark)
        elif kind in ("deploy", "rejected") and begun is not None:
            ax.plot([begun, t], [lane["training"]] * 2, color=style.BLUE, linewidth=5, solid_capstyle="butt",
                    zorder=2, gid="training")
    deployed = [t for t, kind in seen.events if kind == "deploy"]
    if deployed:
        ax.plot(deployed, [lane["new model"]] * len(deployed), marker="^", color=style.GREEN, gid="deploy", **mark)
    used = LANES if any(kind in ("train", "deploy") for _, kind in seen.events) else LANES[:2]
    ax.set_yticks([lane[name] for name in used], used)
    ax.set_ylim(lane[used[-1]] - 0.6, 0.6)
    words = ["● noticed, + rows", "○ false alarm"] if seen.drifts is not None else ["● alarm"]
    ax.annotate("\n".join(words), (1, lane["alarm"]), (6, 0), xycoords=("axes fraction", "data"),
                textcoords="offset points", fontsize=style.SMALL, color=style.INK[style.VERMILLION], va="center",
                annotation_clip=False, gid="name")


def noticed(alarms: Sequence[int], drifts: Sequence[int], within: int) -> dict[int, int]:
    """By drift, the first alarm behind it, within so many rows and before the next drift; as the laboratory counts."""
    found = {}
    for drift, following in zip(drifts, [*drifts[1:], np.inf], strict=True):
        timely = [alarm for alarm in alarms if drift <= alarm - 1 < min(drift + within, following)]
        if timely:
            found[drift] = timely[0]
    return found


def _frame(panels: list[Axes], seen: Seen, watch: Detector | None) -> None:
    """Limits, drifts through all rows, and words."""
    for ax in panels:
        style.tidy(ax)
        ax.set_xlim(seen.t[0], max(int(seen.t[-1]), int(seen.t[0]) + 1))
        for position, width in seen.drifts or []:
            if width:
                ax.axvspan(position, min(position + width, int(seen.t[-1])), color=style.FAINT, zorder=0.5,
                           linewidth=0, gid="drift")
            else:
                ax.axvline(position, color=style.MARK, linewidth=1.2, zorder=1, gid="drift")
    for ax in panels[:-1]:
        ax.tick_params(labelbottom=False, length=0)
    last = panels[-1]
    last.tick_params(axis="y", length=0, pad=8, labelsize=style.TEXT)
    last.grid(axis="y", color=style.FAINT, linewidth=1.0)
    last.set_xlabel("samples", fontsize=style.TEXT)
    style.count(last)
    said = ["no truth: nobody knows which alarms are false"] if seen.drifts is None else []
    if watch is not None:
        said.append("the detector rests from an alarm to the next model" if seen.events else
                    "nobody acts on the alarms")
    style.footnote(last, "; ".join([*said, "n\u00a0=\u00a01"]))
