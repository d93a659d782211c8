"""The best schedule: equal to brute force on small grids, and no run of its class costs less."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import AtRows, drifting

import hebbnet as hb
from hebbnet.engine import seeds
from hebbnet.training.hindsight import Hindsight, hindsight

PRICES = [0.0, 1.0, 2.5, 7.0, 40.0, 1e9]


def streams() -> dict[str, hb.DriftStream]:
    turn = [hb.RotatingBoundary(phi) for phi in (0.0, 2.0, 4.0)]
    return {"abrupt": hb.DriftStream(turn, at=[400, 700], noise=0.1, rng=0),
            "turning": hb.DriftStream(turn[::2], at=[hb.Incremental(0, width=1_000)], rng=1),
            "mixed": hb.DriftStream(turn[:2], at=[hb.Gradual(300, width=500)], noise=0.2, rng=2)}


HOW: dict[str, Any] = {"steps": 1_000, "launch": 150, "window": 90, "epochs": 1}


def feasible(grid: list[int], cycle: int) -> Iterator[tuple[int, ...]]:
    """Every schedule of the class: a training begins when the model before it serves, and is over before the end."""
    for n in range(len(grid) + 1):
        for rows in combinations(grid, n):
            if all(b - a >= cycle for a, b in pairwise(rows)):
                yield rows


def by_hand(stream: hb.DriftStream, grid: list[int], cycle: int, delay: int) -> list[np.ndarray]:
    """Which rows each model gets wrong, from models that are made without a clock; least squares know no chance."""
    stream.restart()
    batch = stream.take(HOW["steps"])
    wrong = []
    for row in [HOW["launch"], *grid]:
        stop = row - delay if row > HOW["launch"] else row
        model = hb.LeastSquares()
        start = 0 if row == HOW["launch"] else stop - HOW["window"]
        model.learn(batch.X[start:stop], batch.y[start:stop])
        wrong.append(model.predict(batch.X) != batch.y)
    return wrong


@pytest.mark.parametrize("name", ["abrupt", "turning", "mixed"])
@pytest.mark.parametrize(("cycle", "delay"), [(0, 0), (70, 0), (75, 30), (200, 0)])
def test_it_equals_brute_force(name: str, cycle: int, delay: int) -> None:
    """Twelve snapshots and up to 4,096 schedules: exactly the least cost, and no schedule costs less."""
    stream, grid = streams()[name], [150 + 70 * k for k in range(1, 13)]
    best = hb.hindsight(hb.LeastSquares(), stream, grid=grid, price=0, cycle_time=cycle, label_delay=delay, **HOW)
    assert best.grid == [row for row in grid if row + cycle < 1_000]
    wrong = by_hand(stream, best.grid, cycle, delay)
    errors = {}
    for rows in feasible(best.grid, cycle):
        serves = [150, *(row + cycle for row in rows), 1_000]
        models = [0, *(1 + best.grid.index(row) for row in rows)]
        errors[rows] = sum(int(wrong[j][a:b].sum()) for j, a, b in zip(models, serves, serves[1:], strict=False))
    for price in PRICES:
        costs = {rows: count + price * len(rows) for rows, count in errors.items()}
        found = best.at(price)
        assert found.cost == min(costs.values())
        assert found.errors == errors[tuple(found.schedule)] and found.cost == costs[tuple(found.schedule)]
    assert best.at(1e9).schedule == []
    assert [row["cost"] for row in best.frontier(PRICES)] == [best.at(price).cost for price in PRICES]


@given(st.data(), st.integers(0, 9), st.integers(0, 25), st.sampled_from(PRICES))
@settings(max_examples=60)
def test_the_best_of_any_table(data: Any, n: int, cycle: int, price: float) -> None:
    """Errors out of thin air: the programme knows nothing of where they come from."""
    rows = data.draw(st.lists(st.integers(10, 99 - cycle), min_size=n, max_size=n, unique=True).map(sorted))
    edges = sorted({10, 100, *(row + cycle for row in rows)})
    numbers = data.draw(st.lists(st.integers(0, 9), min_size=(n + 1) * (len(edges) - 1),
                                 max_size=(n + 1) * (len(edges) - 1)))
    table = np.array(numbers).reshape(n + 1, len(edges) - 1)
    found = Hindsight([], 0, 0.0, 10, 100, cycle, rows, edges, table, np.zeros(90)).at(price)

    def errors(schedule: tuple[int, ...]) -> int:
        serves = [10, *(row + cycle for row in schedule), 100]
        models = [0, *(1 + rows.index(row) for row in schedule)]
        return sum(int(table[j, edges.index(a) : edges.index(b)].sum())
                   for j, a, b in zip(models, serves, serves[1:], strict=False))

    costs = [errors(schedule) + price * len(schedule) for schedule in feasible(rows, cycle)
             if all(row >= 10 for row in schedule)]
    assert found.cost == min(costs) and found.errors == errors(tuple(found.schedule))


@pytest.mark.parametrize("cycle", [0, 60])
def test_a_run_by_this_schedule_costs_just_that_and_no_other_less(cycle: int) -> None:
    stream, how = streams()["abrupt"], {**HOW, "cycle_time": cycle, "label_delay": 20}
    best = hb.hindsight(hb.LeastSquares(), stream, grid=25, price=5, **how)
    assert len(best.schedule) >= 2

    def lived(rows: Any) -> hb.Run:  # a training begins when the label of the row before it is there
        return hb.run(hb.LeastSquares(), stream, AtRows([row - 21 for row in rows]), warm_start=False, **how)

    run = lived(best.schedule)
    assert [event.t for event in run.events if event.kind == "train"] == best.schedule
    assert np.sum(~run.correct) == best.errors and best.regret(run) == 0
    rng = np.random.default_rng(0)
    regrets = [best.regret(lived(rng.choice(best.grid, size=n))) for n in (0, 1, 2, 2, 3, 5, 8, 13, 20)]
    assert min(regrets) >= 0 and max(regrets) > 20
    assert best.regret(hb.run(hb.LeastSquares(), stream, hb.Never(), **how)) == regrets[0]


def test_the_launched_model_is_that_of_run_and_every_other_has_a_seed_of_its_own() -> None:
    stream = streams()["abrupt"]
    learner = hb.Learner(hb.mlp(stream, hidden=[3], rng=0))
    best = hb.hindsight(learner, stream, grid=[300, 300 + 1, 600], price=1e9, **HOW)
    never = hb.run(learner, stream, hb.Never(), **HOW)
    assert best.schedule == [] and best.errors == np.sum(~never.correct) and best.regret(never) == 0
    assert learner.n_seen == 0
    again = hb.hindsight(learner, stream, grid=[300, 300 + 1, 600], price=1e9, **HOW)
    other = hb.hindsight(learner, stream, grid=[300, 300 + 1, 600], price=1e9, rng=7, **HOW)
    assert np.array_equal(best.table, again.table) and not np.array_equal(best.table, other.table)
    for j, row in ((1, 300), (3, 600)):
        chance = seeds.child(learner.seed, "hindsight", row)
        twin, batch = learner.fresh(chance), stream.fresh(0).take(1_000)
        order = chance.permutation(90)
        twin.learn(batch.X[row - 90 : row][order], batch.y[row - 90 : row][order])
        assert np.sum(twin.predict(batch.X[row:]) != batch.y[row:]) == best.table[j].sum()


def test_one_more_row_changes_no_other_model_and_never_costs_more() -> None:
    stream = streams()["abrupt"]
    learner = hb.Learner(hb.mlp(stream, hidden=[3], rng=0))
    coarse = hb.hindsight(learner, stream, grid=[300, 600], price=3, **HOW)
    fine = hb.hindsight(learner, stream, grid=[250, 300, 450, 600, 800], price=3, **HOW)
    assert [fine.table[j].sum() for j in (0, 2, 4)] == [coarse.table[j].sum() for j in (0, 1, 2)]
    assert fine.cost <= coarse.cost


def test_at_price_0_it_overfits_noise() -> None:
    """Nothing drifts, and all models come from the same world: it picks, stretch by stretch, the luckiest of them."""
    stream = hb.DriftStream([hb.RotatingBoundary(0)], noise=0.2, rng=0)
    best = hb.hindsight(hb.LeastSquares(), stream, grid=50, price=0, steps=3_000, launch=100, window=100, epochs=1)
    modest = best.at(30)
    assert len(best.schedule) >= 5 and len(modest.schedule) <= 1
    assert best.errors <= modest.errors - 5
    periodic = hb.run(hb.LeastSquares(), stream, hb.Periodic(400), steps=3_000, launch=100, window=100, epochs=1)
    assert best.regret(periodic) > 40  # as many trainings, at rows that know nothing of the noise to come


def test_the_end_of_the_grid_and_an_empty_one() -> None:
    stream, model = streams()["abrupt"], hb.LeastSquares()
    best = hb.hindsight(model, stream, grid=[200, 899, 900, 999], price=0, cycle_time=100, **HOW)
    assert best.grid == [200, 899] and best.edges == [150, 300, 999, 1_000]
    best = hb.hindsight(model, stream, grid=[], price=0, **HOW)
    assert best.schedule == best.grid == [] and best.edges == [150, 1_000] and "0 trainings of 0" in repr(best)
    assert hb.hindsight(model, stream, grid=300, price=0, **HOW).grid == [450, 750]
    late = hb.hindsight(model, stream, grid=[155], price=0, label_delay=100, **{**HOW, "window": 150})
    assert late.table[1, 1] == late.table[0, 1]  # of the rows since the launch nothing is known yet


def test_on_real_data() -> None:
    table = hb.from_arrays(*drifting(400, 0))
    best = hb.hindsight(hb.LeastSquares(), table, grid=50, price=1, launch=100, window=50)
    assert len(best.y) == 300 and best.regret(hb.run(hb.LeastSquares(), table, hb.Never(), launch=100)) >= 0


@pytest.mark.parametrize(("change", "says"), [
    ({"grid": 0}, "grid"), ({"grid": [300, 200]}, "grid: expected rows that rise, from 150 to 999"),
    ({"grid": [300, 300]}, "rise"), ({"grid": [100]}, "grid: expected a whole number of at least 150"),
    ({"grid": [1_000]}, "rise, from 150 to 999"), ({"grid": [200.5]}, "grid"), ({"price": -1}, "price"),
    ({"price": None}, "price"), ({"learner": 3}, "fresh"), ({"stream": 3}, "expected a stream"),
    ({"window": 0}, "window"), ({"steps": 100}, "launch"), ({"rng": "x"}, "rng"),
])
def test_refused(change: dict[str, Any], says: str) -> None:
    call = {"learner": hb.LeastSquares(), "stream": streams()["abrupt"], "grid": 100, "price": 1, **HOW, **change}
    with pytest.raises(hb.InputError, match=says):
        hindsight(call.pop("learner"), call.pop("stream"), **call)


def test_a_run_of_other_rows_is_refused() -> None:
    stream = streams()["abrupt"]
    best = hb.hindsight(hb.LeastSquares(), stream, grid=100, price=1, **HOW)
    for change in ({"steps": 900}, {"launch": 100}, {"stream": stream.fresh(5)}):
        how = {"stream": stream, **HOW, **change}
        with pytest.raises(hb.InputError, match="the same rows"):
            best.regret(hb.run(hb.LeastSquares(), how.pop("stream"), hb.Never(), **how))
    with pytest.raises(hb.InputError, match="price"):
        best.at(-1)


def test_a_training_may_begin_at_every_row() -> None:
    best = hb.hindsight(hb.LeastSquares(), streams()["abrupt"], grid=1, price=1.0, **{**HOW, "steps": 170})
    assert best.grid == list(range(151, 170))
