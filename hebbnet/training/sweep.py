"""Many lives: every policy on the same streams, from the same launched models, once for each seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.progress import Progress
from ..engine.seeds import child, root
from ..streams import Stream
from . import policies as known
from .loop import Interrupted
from .loop import run as run_once
from .policy import Policy
from .record import Run, show

COLUMNS = ("accuracy", "dip", "recovery", "regret", "kappa_t", "alarms", "retrainings", "staleness", "updates")


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Runs by policy, one for each seed: `runs["always"][0]`. Runs with the same place met the same stream.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7)], rng=0)
    >>> result = hb.sweep(hb.Learner(hb.mlp(stream, [4], rng=0)), stream, [hb.Always()], seeds=2, steps=400, launch=100)
    >>> result.accuracy("always", window=100).shape
    (2, 300)
    """

    runs: dict[str, list[Run]]

    @property
    def policies(self) -> list[str]:
        """Their names, in the order in which they were given."""
        return list(self.runs)

    @property
    def seeds(self) -> int:
        """How many seeds every policy has."""
        return min(map(len, self.runs.values()), default=0)

    def accuracy(self, policy: str, window: int = 1_000) -> np.ndarray:
        """The windowed accuracy of each seed, (seeds, n)."""
        runs = self.runs[checks.choice(policy, self.runs, "policy")]
        return np.stack([run.accuracy(window) for run in runs])

    def summary(self) -> dict[str, dict[str, Any]]:
        """By policy, each number of `Run.summary` as its mean over the seeds, and `accuracy_se`, its standard error.

        A number that some run could not give (a recovery that never came) is the mean of the others, with its share
        beside it in `recovered`.
        """
        table = {}
        for name, runs in self.runs.items():
            summaries = [run.summary() for run in runs]
            table[name] = {key: _mean([summary[key] for summary in summaries]) for key in summaries[0]
                           if key != "policy"}
            accuracies = [summary["accuracy"] for summary in summaries]
            spread = np.std(accuracies, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else None
            table[name]["accuracy_se"] = None if spread is None else float(spread)
            drifted = [summary["recovery"] is not None for summary in summaries if summary["dip"] is not None]
            table[name]["recovered"] = float(np.mean(drifted)) if drifted else None
        return table

    def table(self, columns: Sequence[str] = COLUMNS) -> list[list[str]]:
        """The summary as rows of text, the head first."""
        summary = self.summary()
        kept = [column for column in columns if any(numbers[column] is not None for numbers in summary.values())]
        rows = [[name, *(_cell(column, numbers) for column in kept)] for name, numbers in summary.items()]
        return [["policy", *kept], *rows]

    def __repr__(self) -> str:
        lines = align(self.table())
        return f"Sweep of {len(self.runs)} policies, {self.seeds} seeds each\n" + "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *body = self.table()
        top = "".join(f"<th>{escape(name)}</th>" for name in head)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
        return f"<table><caption>mean of {self.seeds} seeds</caption><tr>{top}</tr>{rows}</table>"


def sweep(learner: Any, stream: Stream, policies: Mapping[str, Policy] | Sequence[Policy], seeds: int = 10, *,
          rng: Any = 0, progress: bool | None = False, **settings: Any) -> Sweep:
    """Run every policy on `seeds` fresh streams, each from a fresh learner, the same for all policies.

    Parameters
    ----------
    learner : Learner, or anything with learn, predict, copy (and fresh, else its copies serve every seed)
    stream : Stream
    policies : dict of name to Policy, or a list of them
    seeds : int
        How many.
    rng
        The root of all seeds; they go by name, so that one more policy changes no other run.
    progress : bool, optional
        Tell a waiting person; None does where one watches.
    **settings
        As in `run`: launch, window, cycle_time ...

    Returns
    -------
    Sweep

    Raises
    ------
    Interrupted
        At Ctrl-C; its `.run` is the Sweep of all seeds that every policy finished; during the first seed, of the
        policies that did.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[3_000], rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, hidden=[8], rng=0))
    >>> result = hb.sweep(learner, stream, [hb.Never(), hb.Always()], seeds=2, launch=1_000)
    >>> result.policies, result.seeds
    (['never', 'always'], 2)
    """
    named = _named(policies)
    count = checks.whole(seeds, "seeds", low=1)
    seed = root(rng)
    runs: dict[str, list[Run]] = {name: [] for name in named}
    with Progress("sweep", show=progress) as tell:
        try:
            for k in range(count):
                this_stream, this_learner = _fresh(stream, seed, "stream", k), _fresh(learner, seed, "learner", k)
                shuffles = root(child(seed, "run", k))  # also for learners that know no seed
                for i, (name, policy) in enumerate(named.items()):
                    tell((k + i / len(named)) / count, f"{name}, seed {k + 1} of {count}")
                    result = run_once(this_learner, this_stream, policy, rng=shuffles, **settings)
                    runs[name].append(replace(result, policy=name))
        except KeyboardInterrupt:
            done = max(min(map(len, runs.values())), 1)
            raise Interrupted(Sweep({name: ended[:done] for name, ended in runs.items() if ended})) from None
    return Sweep(runs)


def _named(policies: Any) -> dict[str, Policy]:
    if isinstance(policies, Mapping):
        listed = [(str(name), known.instance(policy)) for name, policy in policies.items()]
    else:
        given = policies if isinstance(policies, (list, tuple)) else [policies]
        listed = [(policy.name, policy) for policy in map(known.instance, given)]
    named = dict(listed)
    if len(named) < len(listed):
        raise checks.InputError("sweep: two policies have the same name; give them names of their own, as in "
                                "{'each 500': hb.Periodic(500), 'each 1000': hb.Periodic(1_000)}")
    if not named:
        raise checks.InputError("sweep: expected at least one policy")
    return named


def _fresh(thing: Any, seed: int, name: str, k: int) -> Any:
    return thing.fresh(child(seed, name, k)) if hasattr(thing, "fresh") else thing


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
        return f"{value:,.0f} ({numbers['recovered']:.0%})"  # the mean of those that came back, and their share
    if value is not None and column in ("recovery", "staleness", "updates", "alarms", "retrainings"):
        return f"{value:,.1f}" if value < 100 and value != int(value) else f"{value:,.0f}"
    return show(value)
