"""Many lives: every policy on the same streams, from the same launched models, once for each seed."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..engine import checks
from ..engine.checks import InputError
from ..engine.progress import Progress
from ..engine.seeds import root
from ..streams import Stream
from . import loop
from . import policies as known
from .cells import Cell, Plan, Shelf, finished
from .loop import Interrupted
from .policy import Policy
from .record import Run
from .results import ONE, Sweep


def sweep(learner: Any, stream: Stream | Mapping[str, Stream],
          policies: Mapping[str, Policy] | Sequence[Policy] | Policy, seeds: int = 10, *, rng: Any = 0,
          executor: Any = None, resume: str | os.PathLike[str] | None = None, progress: bool | None = False,
          **settings: Any) -> Sweep:
    """Run every policy on `seeds` fresh streams, each from a fresh learner, the same for all policies.

    Parameters
    ----------
    learner : Learner, or anything with learn, predict, copy (and fresh, else its copies serve every seed)
        Or a dict of name to learner.
    stream : Stream, or a dict of name to Stream
    policies : dict of name to Policy, or a list of them, or one
    seeds : int
        How many.
    rng
        The root of all seeds; they go by name, so that one more policy changes no other run.
    executor : Executor of concurrent.futures, or one that looks like it; optional
        Who lives the runs: `ProcessPoolExecutor(2)`, that of loky, a client of Dask ... None does it here, one after
        the other. The numbers are the same.
    resume : path, optional
        A folder in which every finished run is kept, and found again by a sweep that asks for the same; such runs
        come without their learner and their stream.
    progress : bool, optional
        Tell a waiting person; None does where one watches.
    **settings
        As in `run`: launch, window, cycle_time ...

    Returns
    -------
    Sweep
        A run that failed is in its `failed`, with the reason, and in a RuntimeWarning; the others are kept.

    Raises
    ------
    InputError
        For what cannot be, before anything runs; for a class that an executor cannot send to its workers.
    RuntimeError
        Where no run succeeded.
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
    plans = _plans(learner, stream, policies, checks.whole(seeds, "seeds", low=1), root(rng), settings)
    if executor is not None and not (hasattr(executor, "submit") and not isinstance(executor, type)):
        raise InputError(f"executor: expected one with submit, such as ProcessPoolExecutor(2), got {executor!r}")
    shelf = None if resume is None else Shelf(resume, plans)
    kept = {plan.cell: shelf.get(plan) for plan in plans} if shelf else {}
    results: dict[Cell, Run | str] = {cell: run for cell, run in kept.items() if run is not None}
    with Progress("sweep", show=progress) as tell:
        try:
            for plan, result in finished([plan for plan in plans if plan.cell not in results], executor):
                results[plan.cell] = shelf.put(plan, result) if shelf and isinstance(result, Run) else result
                tell(len(results) / len(plans), f"{len(results)} of {len(plans)} runs")
        except KeyboardInterrupt:
            raise Interrupted(_whole_seeds(_in_order(plans, results), plans)) from None
    return _complain(_in_order(plans, results))


def _plans(learner: Any, stream: Any, policies: Any, seeds: int, seed: int, settings: dict[str, Any]) -> list[Plan]:
    """Every cell, seed by seed."""
    streams = dict(stream) if isinstance(stream, Mapping) else {ONE: stream}
    learners = dict(learner) if isinstance(learner, Mapping) else {ONE: learner}
    named = _named(policies)
    if not (streams and learners):
        raise InputError("sweep: expected at least one stream and one learner")
    for one_learner in learners.values():
        for one_stream in streams.values():
            loop.check(one_learner, one_stream, **settings)
            for policy in named.values():
                loop.check_policy(policy, one_learner, one_stream)
    return [Plan(Cell(policy, str(where), str(who), k), named[policy], streams[where], learners[who], seed, settings)
            for k in range(seeds) for where in streams for who in learners for policy in named]


def _named(policies: Any) -> dict[str, Policy]:
    if isinstance(policies, Mapping):
        listed = [(str(name), known.instance(policy)) for name, policy in policies.items()]
    else:
        given = policies if isinstance(policies, (list, tuple)) else [policies]
        listed = [(policy.name, policy) for policy in map(known.instance, given)]
    named = dict(listed)
    if len(named) < len(listed):
        raise InputError("sweep: two policies have the same name; give them names of their own, as in "
                         "{'each 500': hb.Periodic(500), 'each 1000': hb.Periodic(1_000)}")
    if not named:
        raise InputError("sweep: expected at least one policy")
    return named


def _in_order(plans: Iterable[Plan], results: Mapping[Cell, Run | str]) -> Sweep:
    """In the order of the plans, whoever was first."""
    there = [(plan.cell, results[plan.cell]) for plan in plans if plan.cell in results]
    return Sweep({cell: result for cell, result in there if isinstance(result, Run)},
                 {cell: result for cell, result in there if isinstance(result, str)})


def _whole_seeds(sweep: Sweep, plans: list[Plan]) -> Sweep:
    """Only the seeds that everybody finished; if there is none, all that there is."""
    missing = {plan.cell.seed for plan in plans if plan.cell not in sweep.cells}
    whole = {cell: run for cell, run in sweep.cells.items() if cell.seed not in missing}
    return Sweep(whole or sweep.cells, sweep.failed)


def _complain(sweep: Sweep) -> Sweep:
    """Say aloud what failed."""
    if sweep.failed:
        cell, why = next(iter(sweep.failed.items()))
        lost, total = len(sweep.failed), len(sweep.failed) + len(sweep.cells)
        said = f"sweep: {lost} of {total} runs failed; the first, {cell}: {why}"
        if not sweep.cells:
            raise RuntimeError(said)
        warnings.warn(f"{said}; see .failed", RuntimeWarning, stacklevel=3)
    return sweep
