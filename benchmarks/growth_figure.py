"""The picture of `benchmarks.growth`: a panel for each thing that grows, both axes logarithmic, the slope named."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median
from typing import Any

from hebbnet.plots import style

ORDER = ("samples", "seeds", "processes", "width", "depth", "classes")
BENDS = ("width", "classes")  # from the overhead of a sample to all its weights: the slope at the end counts


def draw(results: dict[str, Any], exponents: dict[str, dict[str, float | None]], file: Path) -> None:
    """Points, the fitted power law through them, and its exponent beside it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 3, figsize=(12.0, 7.4), layout="constrained")
    for ax, name in zip(panels.flat, ORDER, strict=True):
        panel(ax, name, results["lines"][name], exponents[name])
    figure.suptitle("How cost grows: the number is the exponent, the slope of the line", fontsize=14, x=0.01, ha="left")
    figure.savefig(file, dpi=120, metadata={"Software": None})
    plt.close(figure)


def panel(ax: Any, name: str, line: dict[str, Any], exponent: dict[str, float | None]) -> None:
    """One line: what was measured, the law that fits it, and for one that bends the slope at its end."""
    xs, costs = line["x"], [median(costs) for costs in line["found"]]
    e, bends = exponent["fit"], name in BENDS
    at = math.exp(sum(map(math.log, xs)) / len(xs))
    height = math.exp(sum(map(math.log, costs)) / len(costs))
    if bends:
        e, at, height = exponent["end"], xs[-1], costs[-1]
    ends = (xs[-1] / 5, xs[-1]) if bends else (xs[0], xs[-1])
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.plot(ends, [height * (x / at) ** e for x in ends], color=style.ORANGE, linewidth=5.0, alpha=0.6, zorder=2.5,
            solid_capstyle="round")
    ax.plot(xs, costs, color=style.BLUE, marker="o", markersize=6, linewidth=1.6, zorder=3)
    style.tidy(ax, "both")
    ax.grid(which="minor", visible=False)
    room(ax, xs, costs)
    side = "left" if e > 0 else "right"
    ax.annotate(f"{e:.2f} at the end" if bends else f"{e:.2f}", (0.05 if e > 0 else 0.95, 0.95), ha=side, va="top",
                xycoords="axes fraction", fontsize=16, color=style.INK[style.ORANGE], weight="bold", gid="exponent")
    if name == "width" and exponent["turn"]:
        ax.axvline(exponent["turn"], ymax=0.82, color=style.MARK, linestyle=style.DASHED, linewidth=1.2, zorder=2)
        ax.annotate(f"turns at {exponent['turn']:.0f}", (exponent["turn"], 0.72), (5, 0), ha="left", va="bottom",
                    xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=style.SMALL,
                    color=style.GREY)
    ax.set_title(name, fontsize=style.TEXT, loc="left", weight="bold")
    ax.set_xlabel(line["unit"], fontsize=style.SMALL, color=style.DARK)
    ax.set_ylabel(line["cost"], fontsize=style.SMALL, color=style.DARK)


def room(ax: Any, xs: list[float], costs: list[float]) -> None:
    """Both axes a little longer than the data, the upright one a decade at least; whole numbers where there are few."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

    low, high = min(costs), max(costs)
    more = max(10 / (high / low), 1.6) ** 0.5
    ax.set_ylim(low / more, high * more)
    pad = (xs[-1] / xs[0]) ** 0.07
    ax.set_xlim(xs[0] / pad, xs[-1] * pad)
    every = -(-len(xs) // 5)
    shown = [x for k, x in enumerate(xs) if k % every == 0] if len(xs) < 8 or xs[-1] > 8 else [1, 2, 4, 8]
    ax.xaxis.set_major_locator(FixedLocator(shown))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short(x)))
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 100 else (1.0, 2.0, 5.0)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,g}"))


def short(x: float) -> str:
    """10,000,000 as 10⁷; small numbers as they are."""
    power = round(math.log10(x))
    return f"$10^{power}$" if x >= 10_000 and 10**power == x else f"{x:,.0f}"
