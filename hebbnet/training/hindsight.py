"""Hindsight: when training would have paid best, known once everything is over. Needs the truth: the labels to come.

The schedules it chooses from: at grid rows s_1 < s_2 < ... a model can be trained from scratch, on a fixed window and
with a seed of its own; it serves from d_j = s_j + L on (the launched model, j = 0, from the first scored row). With
E_j(a, b) the errors of model j on the rows [a, b), N the end, and a price c for each training, the least cost from the
moment on at which model j begins to serve is

    V(j) = min( E_j(d_j, N),  min over k with d_j <= s_k, d_k < N of  E_j(d_j, d_k) + c + V(k) )

which dynamic programming finds from the last model back to the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..engine import checks, seeds
from ..engine.progress import Progress
from ..streams import Stream
from .clock import Clock
from .loop import check
from .policies import Never
from .record import Run


@dataclass(frozen=True, eq=False, repr=False)
class Hindsight:
    """The best schedule on a grid, and the table of errors behind it.

    Attributes
    ----------
    schedule : list of int
        The rows at which trainings begin.
    errors : int
        Wrong predictions of the scored rows, with this schedule.
    price : float
        Of one training, in errors.
    launch, steps, cycle_time : int
        As in `run`.
    grid : list of int
        The rows at which a training could begin so that its model still serves a row.
    edges : list of int
        Where the model that serves can change: the launch, each grid row + cycle_time, the end.
    table : (1 + len(grid), len(edges) - 1) array of int
        The errors of each model between two edges; the launched model first. 0 where it does not yet serve.
    y : (n,) array of int
        The labels of the scored rows.
    """

    schedule: list[int]
    errors: int
    price: float
    launch: int
    steps: int
    cycle_time: int
    grid: list[int]
    edges: list[int]
    table: np.ndarray
    y: np.ndarray

    @property
    def cost(self) -> float:
        """errors + price x trainings."""
        return self.errors + self.price * len(self.schedule)

    def at(self, price: float) -> Hindsight:
        """The best schedule at another price, from the same table."""
        price = checks.number(price, "hindsight: price", low=0.0)
        schedule, errors = _best(self.table, self.edges, self.grid, self.cycle_time, price)
        return replace(self, price=price, schedule=schedule, errors=errors)

    def frontier(self, prices: Iterable[float]) -> list[dict[str, Any]]:
        """What is best at each price: price, trainings, errors, cost and schedule."""
        best = [self.at(price) for price in prices]
        return [{"price": one.price, "trainings": len(one.schedule), "errors": one.errors, "cost": one.cost,
                 "schedule": one.schedule} for one in best]

    def regret(self, run: Run) -> float:
        """What a run on the same rows cost more, in errors: its errors + price x its trainings, less the cost here.

        Never below 0 for a run of the class: trained from scratch on the same window and with the same seeds (a learner
        without chance in it, or one policy compared with its own schedule), at grid rows. `Always`, warm starts and
        other seeds are outside, and may be better.
        """
        if run.launch != self.launch or not np.array_equal(run.y, self.y):
            raise checks.InputError("regret: the run did not live through the same rows; use the same stream, launch "
                                    "and steps")
        begun = sum(event.kind == "train" for event in run.events)
        return float(np.sum(~run.correct) + self.price * begun - self.cost)

    def __repr__(self) -> str:
        n = len(self.schedule)
        return (f"Hindsight({n} training{'' if n == 1 else 's'} of {len(self.grid)} possible: accuracy "
                f"{1 - self.errors / len(self.y):.3f} over {len(self.y):,} rows, cost {self.cost:,g} at price "
                f"{self.price:g})")


def hindsight(learner: Any, stream: Stream, *, grid: Any, price: float, steps: int | None = None, launch: int = 2_000,
              epochs: int = 5, batch_size: int = 1, window: int = 2_000, label_delay: int = 0, cycle_time: int = 0,
              rng: Any = None, progress: bool | None = False) -> Hindsight:
    """The schedule of trainings that would have cost least, in errors and trainings. Needs the labels to come.

    No policy that trains from scratch, on this window and with these seeds, at rows of this grid, costs less. Policies
    outside may: `Always`, warm starts, rows between those of the grid. At price 0 it overfits noise: among many models
    that are equally good it picks, stretch by stretch, the one whose errors happen to be fewest, which nobody could
    know; only a price well above the luck of a stretch, or a drift, makes its schedule mean something.

    Parameters
    ----------
    learner : Learner, or anything with learn(X, y), predict(X), copy() and fresh(rng)
    stream : Stream
        Restarted first, and read into memory.
    grid : int, or a rising sequence of int
        The rows at which a training can begin: every so many from the launch on, or these.
    price : float
        Of one training, in errors, at least 0.
    steps, launch, epochs, batch_size, window, label_delay, cycle_time, rng
        As in `run`, whose launched model this one's is.
    progress : bool, optional
        Tell a waiting person; None does where one watches.

    Returns
    -------
    Hindsight

    Raises
    ------
    InputError
        A learner without fresh(rng), a grid that does not rise or has rows outside launch .. steps - 1, and what `run`
        refuses.

    Notes
    -----
    Source: Mahadevan and Mathioudakis (2023), Cost-effective retraining of machine learning models, arXiv:2310.04216,
    whose oracle this is, with a cycle time. Takes K trainings, and K^2 steps of arithmetic, for K rows in the grid.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(2)], at=[1_000], rng=0)
    >>> best = hb.hindsight(hb.LeastSquares(), stream, grid=100, price=60, launch=400, window=200, cycle_time=50)
    >>> best.schedule  # as soon as the window holds nothing older than the drift
    [1200]
    >>> run = hb.run(hb.LeastSquares(), stream, hb.Periodic(200), launch=400, window=200, cycle_time=50)
    >>> best.regret(run) > 0
    True
    """
    if not hasattr(learner, "fresh"):
        raise checks.InputError("hindsight: trains from scratch, and needs a learner with fresh(rng)")
    # one fixed window and one fixed cycle time: of this class it is the best
    window = checks.whole(window, "hindsight: window", low=1)
    cycle_time = checks.whole(cycle_time, "hindsight: cycle_time")
    settings = check(learner, stream, steps, launch, epochs, batch_size, window, label_delay, cycle_time)
    price = checks.number(price, "hindsight: price", low=0.0)
    first, end = settings["launch"], settings["steps"]
    rows = _grid(grid, first, end, settings["cycle_time"])
    clock = Clock(learner.copy(), stream, Never(), settings, rng)
    stream.restart()
    clock.launch()
    stream.restart()
    batch = stream.take(end)
    deploys = [first] + [row + settings["cycle_time"] for row in rows]
    edges = sorted({*deploys, end})
    table = np.zeros((len(deploys), len(edges) - 1), np.int64)
    with Progress("hindsight", show=progress) as tell:
        for j, serves in enumerate(deploys):
            tell(j / len(deploys))
            model = clock.serving if j == 0 else _trained(clock, learner, batch.X, batch.y, rows[j - 1], window)
            said = checks.labels(model.predict(batch.X[serves:].copy()), n_classes=len(stream.classes),
                                 rows=end - serves, where=f"predict of {type(model).__name__}")
            wrong = said != batch.y[serves:]
            place = edges.index(serves)
            table[j, place:] = np.add.reduceat(wrong, np.array(edges[place:-1]) - serves, dtype=np.int64)
    schedule, errors = _best(table, edges, rows, settings["cycle_time"], price)
    return Hindsight(schedule, errors, price, first, end, settings["cycle_time"], rows, edges, table, batch.y[first:])


def _grid(grid: Any, launch: int, steps: int, cycle_time: int) -> list[int]:
    """The rows at which a training can begin, without those whose model would come too late to serve."""
    if checks.dimensions(grid) == 0:
        every = checks.whole(grid, "hindsight: grid", low=1)
        rows = list(range(launch + every, steps, every))
    else:
        rows = [checks.whole(row, "hindsight: grid", low=max(launch, 1)) for row in grid]
    if rows != sorted(set(rows)) or (rows and rows[-1] >= steps):
        raise checks.InputError(f"hindsight: grid: expected rows that rise, from {launch} to {steps - 1}, got {grid!r}")
    return [row for row in rows if row + cycle_time < steps]


def _trained(clock: Clock, learner: Any, X: np.ndarray, y: np.ndarray, row: int, window: int) -> Any:
    """A model from scratch, on the last rows that are labelled at `row`, with that row's own seed whatever the grid."""
    clock.chance = seeds.child(clock.seed, "hindsight", row)
    model = learner.fresh(clock.chance)
    stop = max(row - clock.delay, min(clock.first, row))
    rows = slice(max(stop - window, 0), stop)
    clock.train(model, X[rows].copy(), y[rows].copy())
    return model


def _best(table: np.ndarray, edges: list[int], grid: list[int], cycle_time: int, price: float) -> tuple[list[int], int]:
    """The schedule of least cost and its errors; of equally good ones, one with the fewest trainings."""
    deploys = [edges[0]] + [row + cycle_time for row in grid]
    place = {row: i for i, row in enumerate(edges)}
    sums = np.pad(np.cumsum(table, axis=1), ((0, 0), (1, 0))).tolist()  # errors of each model up to each edge

    def errors(j: int, stop: int) -> int:
        return int(sums[j][place[stop]] - sums[j][place[deploys[j]]])

    best: list[tuple[int, list[int]]] = [(0, [])] * len(deploys)  # from the moment model j serves: errors, schedule
    for j in reversed(range(len(deploys))):
        options = [(errors(j, edges[-1]), list[int]())]
        for k in range(j + 1, len(deploys)):
            if deploys[j] <= grid[k - 1]:
                options.append((errors(j, deploys[k]) + best[k][0], [grid[k - 1], *best[k][1]]))
        best[j] = min(options, key=lambda option: (option[0] + price * len(option[1]), len(option[1])))
    return best[0][1], best[0][0]
