"""A sweep on other processes, interrupted and gone on with: the same bits, and nothing that was finished is lost."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from far import HOW, LEARNER, STREAM, Dies, Fails

import hebbnet as hb
from hebbnet.training.cells import Cell
from hebbnet.training.loop import Interrupted

POLICIES = {"never": hb.Never(), "alarm": hb.OnDrift(hb.ADWIN()), "always": hb.Always()}
SPAWN = multiprocessing.get_context("spawn")


def same(a: hb.Sweep, b: hb.Sweep) -> bool:
    assert list(a.cells) == list(b.cells)
    return all(np.array_equal(one.predictions, other.predictions) and one.events == other.events
               and one.truth.keys() == other.truth.keys() and one.summary() == other.summary()
               and all(np.array_equal(one.truth[name], other.truth[name]) for name in one.truth)
               for one, other in zip(a.cells.values(), b.cells.values(), strict=True))


def workers(n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(n, mp_context=SPAWN)  # forking would take pytest's threads along


class Backwards(Executor):
    """An executor that is in no hurry: it lives the last cell first, when nothing more comes."""

    def submit(self, f: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        queue.append((future, f, args))
        if len(queue) == 6:
            for waiting, g, given in reversed(queue):
                waiting.set_result(g(*given))
        return future


queue: list[tuple[Future[Any], Any, Any]] = []


@pytest.mark.long
def test_processes_give_the_same_bits() -> None:
    here = hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, **HOW)
    with workers(2) as executor:
        there = hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, executor=executor, **HOW)
    assert same(here, there)
    for a, b in zip(here.cells.values(), there.cells.values(), strict=True):
        assert np.array_equal(a.learner.network.theta, b.learner.network.theta)


def test_threads_and_any_order_give_the_same_bits() -> None:
    here = hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, **HOW)
    with ThreadPoolExecutor(3) as executor:
        assert same(here, hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, executor=executor, **HOW))
    queue.clear()
    assert same(here, hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, executor=Backwards(), **HOW))


@pytest.mark.peers
@pytest.mark.long
def test_dasks_cluster_gives_the_same_bits() -> None:
    distributed = pytest.importorskip("distributed")
    here = hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, **HOW)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, \
            distributed.Client(cluster) as client:
        assert same(here, hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, executor=client, **HOW))
        assert same(here, hb.sweep(LEARNER, STREAM, POLICIES, seeds=2, executor=client.get_executor(), **HOW))


@pytest.mark.peers
@pytest.mark.long
def test_loky_sends_a_class_that_stands_in_no_file() -> None:
    loky = pytest.importorskip("loky")

    class Own(hb.policies.Policy):
        name = "own"

        def wants(self, row: int, right: bool) -> bool:
            return row == 100

    here = hb.sweep(LEARNER, STREAM, [Own()], seeds=2, **HOW)
    executor = loky.get_reusable_executor(2)
    assert same(here, hb.sweep(LEARNER, STREAM, [Own()], seeds=2, executor=executor, **HOW))
    executor.shutdown()


# ---------------------------------------------------------------- what goes wrong


def test_a_cell_that_fails_is_named_and_the_others_are_kept() -> None:
    with pytest.warns(RuntimeWarning, match=r"of 6 runs failed; the first, Cell\(policy='fails'.*Error: no more"):
        result = hb.sweep(LEARNER, STREAM, {"fails": Fails(), "never": hb.Never()}, seeds=3, **HOW)
    assert len(result.runs["never"]) == 3 and len(result.cells) + len(result.failed) == 6
    assert {why for why in result.failed.values()} == {"RuntimeError: no more"}
    assert {cell.policy for cell in result.failed} == {"fails"} and "failed: Cell" in repr(result)
    assert sum(record["failed"] is not None for record in result.records()) == len(result.failed)
    assert same(result.part(policy="never"), hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=3, **HOW))


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed there")
def test_a_worker_that_dies_is_named_with_its_cell() -> None:
    policies = {"never": hb.Never(), "dies": Dies(), "always": hb.Always(), "often": hb.Periodic(50)}
    with workers(1) as executor, pytest.warns(RuntimeWarning, match=r"3 of 4 runs failed.*'dies'.*its worker died"):
        result = hb.sweep(LEARNER, STREAM, policies, seeds=1, executor=executor, **HOW)
    assert list(result.cells) == [Cell("never", "", "", 0)]
    died, beside, later = (result.failed[Cell(name, "", "", 0)] for name in ("dies", "always", "often"))
    assert died == beside and "its worker died" in died and "not begun: a worker had died" in later


@pytest.mark.long
def test_a_class_that_cannot_be_sent_is_said_so() -> None:
    class Own(hb.policies.Policy):
        pass

    says = r"ProcessPoolExecutor cannot send Cell.*must stand in a file that can be imported; or use .*loky or dask"
    with workers(1) as executor, pytest.raises(hb.InputError, match=says):
        hb.sweep(LEARNER, STREAM, {"own": Own()}, seeds=1, executor=executor, **HOW)


@pytest.mark.parametrize("executor", [3, ProcessPoolExecutor, "processes"])
def test_what_is_no_executor_is_refused(executor: Any) -> None:
    with pytest.raises(hb.InputError, match=r"executor: expected one with submit, such as ProcessPoolExecutor\(2\)"):
        hb.sweep(LEARNER, STREAM, [hb.Never()], executor=executor, **HOW)


def test_where_nothing_succeeds_it_is_an_error() -> None:
    class AlwaysFails(hb.policies.Policy):
        def wants(self, row: int, right: bool) -> bool:
            raise ValueError("never again")

    with pytest.raises(RuntimeError, match=r"2 of 2 runs failed.*ValueError: never again"):
        hb.sweep(LEARNER, STREAM, {"x": AlwaysFails()}, seeds=2, **HOW)


# ---------------------------------------------------------------- going on


def test_what_was_finished_is_found_again(tmp_path: Path) -> None:
    whole = hb.sweep(LEARNER, STREAM, POLICIES, seeds=3, **HOW)
    first = hb.sweep(LEARNER, STREAM, {"never": hb.Never()}, seeds=2, resume=tmp_path, **HOW)
    kept = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert len(kept) == 2 and all(run.learner is None for run in first.cells.values())
    again = hb.sweep(LEARNER, STREAM, POLICIES, seeds=3, resume=tmp_path, **HOW)
    assert same(whole, again) and len(list(tmp_path.iterdir())) == 9
    assert {file: file.stat().st_mtime_ns for file in kept} == kept  # not lived a second time
    renamed = hb.sweep(LEARNER, STREAM, {"frozen": hb.Never()}, seeds=2, resume=tmp_path, **HOW)
    assert len(list(tmp_path.iterdir())) == 9 and renamed.cells[Cell("frozen", "", "", 0)].policy == "frozen"


def test_nothing_is_found_under_another_recipe(tmp_path: Path) -> None:
    hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=1, resume=tmp_path, **HOW)
    other_stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[300], noise=0.2, rng=0)
    other_learner = hb.Learner(hb.mlp(STREAM, hidden=[3], rng=0), rate=0.011)
    for change in ({"stream": other_stream}, {"learner": other_learner}, {"policies": [hb.Periodic(70)]}, {"rng": 1},
                   {"epochs": 2}, {"launch": 60}, {"window": hb.policies.All()}, {"cycle_time": lambda n: n // 2},
                   {"cycle_time": lambda n: n // 3}, {"policies": [hb.policies.Random(3, rng=1)]},
                   {"policies": [hb.policies.Random(3, rng=2)]}):
        call = {"learner": LEARNER, "stream": STREAM, "policies": [hb.Never()], **HOW, **change}
        before = len(list(tmp_path.iterdir()))
        hb.sweep(call.pop("learner"), call.pop("stream"), call.pop("policies"), seeds=1, resume=tmp_path, **call)
        assert len(list(tmp_path.iterdir())) == before + 1, change


def test_a_function_is_known_by_what_it_does(tmp_path: Path) -> None:
    for _ in range(2):
        hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=1, resume=tmp_path, cycle_time=lambda n: n // 2, **HOW)
    assert len(list(tmp_path.iterdir())) == 1


def test_of_real_data_every_row_counts(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(9_000, 2)), rng.integers(2, size=9_000)
    learner = hb.Learner(hb.mlp(hb.from_arrays(X, y), hidden=[3], rng=0))
    for last in (0.0, 1.0):
        X[-1, 0] = last
        hb.sweep(learner, hb.from_arrays(X, y), [hb.Never()], seeds=1, resume=tmp_path, **HOW)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_file_is_lived_again(tmp_path: Path) -> None:
    hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=1, resume=tmp_path, **HOW)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    result = hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=1, resume=tmp_path, **HOW)
    assert same(result, hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=1, **HOW))
    assert hb.Run.load(file).summary() == next(iter(result.cells.values())).summary()


def test_ctrl_c_keeps_what_is_there(tmp_path: Path) -> None:
    class Stops(hb.policies.Policy):
        name = "stops"
        interrupt = True

        def wants(self, row: int, right: bool) -> bool:
            if Stops.interrupt:
                raise KeyboardInterrupt
            return False

        def __repr__(self) -> str:
            return "Stops()"

    with pytest.raises(Interrupted) as stopped:
        hb.sweep(LEARNER, STREAM, {"never": hb.Never(), "stops": Stops()}, seeds=1, resume=tmp_path, **HOW)
    assert list(stopped.value.run.cells) == [Cell("never", "", "", 0)] and len(list(tmp_path.iterdir())) == 1
    Stops.interrupt = False
    assert len(hb.sweep(LEARNER, STREAM, {"never": hb.Never(), "stops": Stops()}, seeds=1, resume=tmp_path,
                        **HOW).cells) == 2


KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from far import HOW, LEARNER, STREAM
import hebbnet as hb
hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=1, **HOW)
print("ready", flush=True)
hb.sweep(LEARNER, STREAM, {"never": hb.Never(), "often": hb.Periodic(60)}, seeds=40, resume=sys.argv[1], **HOW)
print("done", flush=True)
"""


@pytest.mark.long
@pytest.mark.compiler
def test_killed_at_twenty_moments_it_ends_as_if_never_stopped(tmp_path: Path) -> None:
    rng, kills = np.random.default_rng(0), 0
    for _ in range(20):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path), str(Path(__file__).parent)],
                                 stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        try:
            child.wait(rng.uniform(0.0, 0.06))
        except subprocess.TimeoutExpired:
            child.kill()
            kills += 1
        child.communicate()
        for file in tmp_path.glob("*.npz"):
            hb.Run.load(file)  # whole, whenever the blow fell
    assert kills > 10
    policies = {"never": hb.Never(), "often": hb.Periodic(60)}
    resumed = hb.sweep(LEARNER, STREAM, policies, seeds=40, resume=tmp_path, **HOW)
    assert same(resumed, hb.sweep(LEARNER, STREAM, policies, seeds=40, **HOW))


def test_no_more_cells_are_under_way_than_workers_and_one() -> None:
    """So that few are lost with a worker; and one waits, so that no worker does."""

    class Counts(ThreadPoolExecutor):
        def submit(self, f: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            taken.append(super().submit(f, *args, **kwargs))
            at_once.append(sum(not future.done() for future in taken))
            return taken[-1]

    taken: list[Future[Any]] = []
    at_once: list[int] = []
    with Counts(1) as executor:
        hb.sweep(LEARNER, STREAM, [hb.Never()], seeds=8, executor=executor, **HOW)
    assert len(taken) == 8 and max(at_once) <= 2
