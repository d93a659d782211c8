"""The cells of a sweep: one life each, lived anywhere, and what is finished is never lost.

A cell is a pure function of its plan, so it does not matter who lives it, in which order, or on which machine. Any
executor of `concurrent.futures` will do, and any that looks like one: this is how a sweep leaves the machine.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..engine import files
from ..engine.checks import InputError
from ..engine.kernel import SOURCES
from ..engine.seeds import child, root
from ..learning.learner import Learner
from ..streams import Stream
from .fingerprint import fingerprint
from .loop import run
from .policy import Policy
from .record import Run


class Cell(NamedTuple):
    """One place in a sweep: the names of its policy, stream and learner, and the number of its seed."""

    policy: str
    stream: str
    learner: str
    seed: int


@dataclass(frozen=True)
class Plan:
    """All that a cell's run follows from. `root` is the sweep's seed; children go by name, so no cell changes another.

    Stream and learner of one seed are the same for every policy, and so are the shuffles: cells are paired.
    """

    cell: Cell
    policy: Policy
    stream: Stream
    learner: Any
    root: int
    settings: dict[str, Any]

    def live(self) -> Run:
        """Run it."""
        k = self.cell.seed
        stream, learner = _fresh(self.stream, self.root, "stream", k), _fresh(self.learner, self.root, "learner", k)
        shuffles = root(child(self.root, "run", k))  # also for learners that know no seed
        return replace(run(learner, stream, self.policy, rng=shuffles, **self.settings), policy=self.cell.policy)


def _fresh(thing: Any, seed: int, name: str, k: int) -> Any:
    return thing.fresh(child(seed, name, k)) if hasattr(thing, "fresh") else thing


def attempt(plan: Plan) -> Run | str:
    """The run of a cell, or in one line why there is none."""
    try:
        return plan.live()
    except Exception as error:  # one cell that fails must not take the others with it
        return f"{type(error).__name__}: {error}"


# ---------------------------------------------------------------- on an executor


def finished(plans: list[Plan], executor: Any = None) -> Iterator[tuple[Plan, Run | str]]:
    """Every plan with its run, or the reason why there is none, as they end; one by one without an executor."""
    if executor is None:
        yield from ((plan, attempt(plan)) for plan in plans)
        return
    executor = executor.get_executor() if hasattr(executor, "get_executor") else executor  # a client of Dask
    _warm(plans)
    # One more at a time than there are workers, so that nobody waits for work. All at once would be as fast, but if a
    # worker dies, these few are the cells that may have killed it.
    at_once = (getattr(executor, "_max_workers", None) or len(plans)) + 1
    waiting, under_way = iter(plans), dict[Future[Run | str], Plan]()
    try:
        while True:
            for plan in islice(waiting, at_once - len(under_way)):
                try:
                    under_way[executor.submit(attempt, plan)] = plan
                except BrokenExecutor:
                    yield plan, NOT_BEGUN
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                plan = under_way.pop(future)
                yield plan, _result(future, plan, executor)
    finally:
        for future in under_way:
            future.cancel()


NOT_BEGUN = "not begun: a worker had died, and its executor takes no more; a sweep with resume= goes on from here"
DIED = ("its worker died, or that of a cell beside it or before it: out of memory, killed, or unable to find a class "
        "that stands in a notebook and not in a file")


def _result(future: Future[Run | str], plan: Plan, executor: Any) -> Run | str:
    error = future.exception()
    if error is None:
        return future.result()
    if "pickle" in f"{type(error).__name__} {error}".lower():
        raise InputError(f"sweep: {type(executor).__name__} cannot send {plan.cell} to its workers ({error}): a class "
                         "or function of a notebook must stand in a file that can be imported; or use the executor of "
                         "loky or dask, which send it as it is") from None
    if isinstance(error, BrokenExecutor):
        return DIED
    return f"{type(error).__name__}: {error}"


def _warm(plans: list[Plan]) -> None:
    """Compile here what all workers need: those that are forked inherit it, the others find it on the disk."""
    for learner in {id(plan.learner): plan.learner for plan in plans}.values():
        if isinstance(learner, Learner):
            row = np.zeros((1, learner.network.n_inputs))
            twin = learner.copy()
            twin.learn(row, [0])
            twin.predict(row)


# ---------------------------------------------------------------- in a folder


class Shelf:
    """A folder that keeps every finished cell under a hash of all that it follows from.

    So a sweep that was broken off goes on, one that grows keeps what it has, and one that has changed finds nothing.
    """

    def __init__(self, folder: str | os.PathLike[str], plans: list[Plan]) -> None:
        self.folder = files.folder(folder)
        known = {id(thing): fingerprint(thing) for plan in plans for thing in _made_of(plan)}
        self._names = {plan.cell: self._name(plan, [known[id(thing)] for thing in _made_of(plan)]) for plan in plans}

    def _name(self, plan: Plan, made_of: list[Any]) -> str:
        all_of_it = [SOURCES.hex(), plan.root, plan.cell.seed, *made_of]
        return f"{hashlib.sha256(json.dumps(all_of_it).encode()).hexdigest()[:24]}.npz"

    def _path(self, plan: Plan) -> Path:
        return self.folder / self._names[plan.cell]

    def get(self, plan: Plan) -> Run | None:
        """The run of this plan, if it was kept; a damaged file is as good as none."""
        try:
            kept = Run.load(self._path(plan)) if self._path(plan).exists() else None
        except InputError:
            return None
        return kept and replace(kept, policy=plan.cell.policy)

    def put(self, plan: Plan, run: Run) -> Run:
        """Keep a run; it is returned as it will be found, without its learner and its stream."""
        run.save(self._path(plan))
        return replace(run, learner=None, stream=None)


def _made_of(plan: Plan) -> tuple[Any, ...]:
    return plan.policy, plan.stream, plan.learner, plan.settings
