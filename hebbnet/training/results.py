"""What a sweep came to: its runs, their means, and how one policy compares with another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from ..monitoring import recovery
from ..monitoring.recovery import AfterDrift
from .cells import Cell
from .compare import Comparison
from .record import Run, dataframe, show

COLUMNS = ("accuracy", "dip", "recovery", "regret", "kappa_t", "alarms", "retrainings", "staleness", "updates")
ONE = ""  # the name of the only stream, or the only learner
JOINED = {"stream": "on", "learner": "by"}  # in the names of runs, where there are several


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Many runs, each at its `Cell` (policy, stream, learner, seed); those of one seed are paired.

    Attributes
    ----------
    cells : dict of Cell to Run
    failed : dict of Cell to str
        Why there is no run.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7)], rng=0)
    >>> result = hb.sweep(hb.Learner(hb.mlp(stream, [4], rng=0)), stream, [hb.Always()], seeds=2, steps=400, launch=100)
    >>> result.accuracy("always", window=100).shape
    (2, 300)
    """

    cells: dict[Cell, Run]
    failed: dict[Cell, str] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Mapping[str, Sequence[Run]]) -> Sweep:
        """The sweep of these runs: by policy, one for each seed."""
        return cls({Cell(name, ONE, ONE, k): run for name, lived in runs.items() for k, run in enumerate(lived)})

    @cached_property
    def runs(self) -> dict[str, list[Run]]:
        """Runs by name, one for each seed: `runs["always"][0]`.

        The name is the policy's, and says the stream and the learner where there are several.
        """
        several = [place for place in ("stream", "learner")
                   if len({getattr(cell, place) for cell in (*self.cells, *self.failed)}) > 1]
        named: dict[str, list[Run]] = {}
        for cell, run in self.cells.items():
            name = cell.policy + "".join(f" {JOINED[place]} {getattr(cell, place)}" for place in several)
            named.setdefault(name, []).append(run)
        return named

    def part(self, *, policy: Any = None, stream: Any = None, learner: Any = None) -> Sweep:
        """The part with these names, each a name or a list of names: `sweep.part(stream="SEA")`."""
        wanted = {"policy": policy, "stream": stream, "learner": learner}
        for place, names in wanted.items():
            names = [names] if isinstance(names, str) else names
            there = dict.fromkeys(getattr(cell, place) for cell in (*self.cells, *self.failed))
            if names is not None and set(there) == {ONE}:
                raise InputError(f"part: there is one {place} only, and it has no name; leave {place}= out")
            wanted[place] = there if names is None else [
                checks.choice(name, there, place) for name in checks.several(names, place, "names")]

        def holds(cell: Cell) -> bool:
            return all(getattr(cell, place) in names for place, names in wanted.items())

        return Sweep({cell: run for cell, run in self.cells.items() if holds(cell)},
                     {cell: why for cell, why in self.failed.items() if holds(cell)})

    @property
    def policies(self) -> list[str]:
        """The names of the runs, in the order in which they were given."""
        return list(self.runs)

    @property
    def seeds(self) -> int:
        """How many seeds every policy has."""
        return min(map(len, self.runs.values()), default=0)

    def accuracy(self, policy: str, window: int = 1_000) -> np.ndarray:
        """The windowed accuracy of each seed, (seeds, n)."""
        runs = self.runs[checks.choice(policy, self.runs, "policy")]
        return np.stack([run.accuracy(window) for run in runs])

    def compare(self, a: str, b: str, metric: str = "accuracy", *, confidence: float = 0.95) -> Comparison:
        """How much better a is than b, seed by seed, and whether that is resolved.

        Parameters
        ----------
        a, b : str
            Two policies; where there are several streams or learners, each pair has the same ones.
        metric : str
            A number of `Run.summary`. A pair in which a run cannot give it is left out.
        confidence : float
            Of the interval.

        Examples
        --------
        >>> import hebbnet as hb
        >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[2_000], rng=0)
        >>> learner = hb.Learner(hb.mlp(stream, hidden=[8], rng=0))
        >>> result = hb.sweep(learner, stream, [hb.Never(), hb.Always()], seeds=3, launch=500)
        >>> result.compare("always", "never").resolved
        True
        """
        there = dict.fromkeys(cell.policy for cell in self.cells)
        of_a, of_b = ({cell[1:]: self._number(run, metric) for cell, run in self.cells.items() if cell.policy == name}
                      for name in [checks.choice(name, there, "policy") for name in (a, b)])
        pairs = [(of_a[place], of_b[place]) for place in of_a
                 if of_a[place] is not None and of_b.get(place) is not None]
        return Comparison.of(a, b, [x for x, _ in pairs], [y for _, y in pairs], metric, confidence)

    def _number(self, run: Run, metric: str) -> Any:
        summary = run.summary()
        return summary[checks.choice(metric, [name for name in summary if name != "policy"], "metric")]

    # ------------------------------------------------------------ as numbers

    def summary(self) -> dict[str, dict[str, Any]]:
        """By name, each number of `Run.summary` as its mean over the seeds, and `accuracy_se`, its standard error.

        dip, recovery and lost are those of the accuracy averaged over the seeds, as in `after_drifts`; `recovered` is
        the share of the drifts after which it came back in time.
        """
        table = {}
        for name, runs in self.runs.items():
            summaries = [run.summary() for run in runs]
            table[name] = {key: _mean([summary[key] for summary in summaries]) for key in summaries[0]
                           if key != "policy"}
            accuracies = [summary["accuracy"] for summary in summaries]
            spread = np.std(accuracies, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else None
            table[name]["accuracy_se"] = None if spread is None else float(spread)
            after = self.after_drifts(name)
            back = [drift.recovery is not None for drift in after]
            table[name] |= {**recovery.over_drifts(after), "recovered": float(np.mean(back)) if back else None}
        return table

    def after_drifts(self, policy: str, of: str = "before", share: float = 0.97) -> list[AfterDrift]:
        """`Run.after_drifts` of the accuracy averaged over the seeds, with an interval for each recovery.

        None are known where the seeds met drifts at different rows.
        """
        runs = self.runs[checks.choice(policy, self.runs, "policy")]
        if any((run.launch, run.spans) != (runs[0].launch, runs[0].spans) for run in runs):
            return []
        n = min(len(run.predictions) for run in runs)
        levels = runs[0].levels(of)  # of the same recipe, whatever the seed
        return recovery.after_drifts([run.correct[:n] for run in runs], runs[0].spans, runs[0].launch, levels,
                                     share=share)

    def records(self) -> list[dict[str, Any]]:
        """One flat dict a cell: its place, the numbers of `Run.summary`, and `failed`, None or why there are none."""
        lived = [{**cell._asdict(), **run.summary(), "policy": cell.policy, "failed": None}
                 for cell, run in self.cells.items()]
        return lived + [{**cell._asdict(), "failed": why} for cell, why in self.failed.items()]

    def to_dataframe(self) -> Any:
        """`records` as a pandas DataFrame; pandas must be installed."""
        return dataframe(self.records(), otherwise="records() gives the same as plain dicts")

    def table(self, columns: Sequence[str] = COLUMNS) -> list[list[str]]:
        """The summary as rows of text, the head first."""
        summary = self.summary()
        known = [*next(iter(summary.values()), COLUMNS)]
        columns = [checks.choice(column, known, "column") for column in checks.several(columns, "columns", "names")]
        kept = [column for column in columns if any(numbers[column] is not None for numbers in summary.values())]
        rows = [[name, *(_cell(column, numbers) for column in kept)] for name, numbers in summary.items()]
        return [["policy", *kept], *rows]

    def __repr__(self) -> str:
        head = f"Sweep of {len(self.runs)} policies, {self.seeds} seeds each"
        lost = [f"failed: {cell}: {why}" for cell, why in self.failed.items()]
        return "\n".join([head, *align(self.table()), *lost])

    def _repr_html_(self) -> str:
        head, *body = self.table()
        top = "".join(f"<th>{escape(name)}</th>" for name in head)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
        lost = f"; {len(self.failed)} cells failed" if self.failed else ""
        return f"<table><caption>mean of {self.seeds} seeds{lost}</caption><tr>{top}</tr>{rows}</table>"


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of text in columns: the first to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
            for row in rows]


def _mean(values: list[Any]) -> Any:
    there = [float(value) for value in values if value is not None]
    return float(np.mean(there)) if there else None


def _cell(column: str, numbers: dict[str, Any]) -> str:
    value = numbers[column]
    if column == "recovery" and value is not None and numbers["recovered"] < 1:
        return f"{value:,.0f} ({numbers['recovered']:.0%})"  # the median, and how often it came
    if value is not None and column in ("recovery", "staleness", "updates", "alarms", "retrainings"):
        return f"{value:,.1f}" if value < 100 and value != int(value) else f"{value:,.0f}"
    return show(value)
