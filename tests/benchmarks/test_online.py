"""The online race: whoever takes part computes what plain NumPy computes, and a wrong answer is not timed."""

from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest

from benchmarks import online
from benchmarks.peers import in_c, in_hebbnet, in_sklearn_river, task
from benchmarks.peers.task import NETS, RULES, Task

CELLS = [Task(net, rule) for net in NETS for rule in RULES]
N = 60


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_hebbnet_and_c_hold_the_weights_of_plain_numpy(cell: Task) -> None:
    X, y = task.stream(cell.net, N)
    wanted, first = task.reference(cell, X, y), cell.start()
    assert min(np.abs(w - w0).max() for w, w0 in zip(wanted, first, strict=True)) > 1e-3  # all of them learned
    for make in (in_hebbnet.hebbnet, *([in_c.c_program] if shutil.which("cc") else [])):
        run = make(cell)
        assert task.distance(run(X, y).weights, wanted) < 1e-12
        assert task.distance(run(X, y).weights, wanted) < 1e-12  # a run starts afresh


def test_a_students_rule_and_one_call_per_sample_change_nothing() -> None:
    cell = Task((3, 16, 2), "SGD")
    X, y = task.stream(cell.net, N)
    wanted = in_hebbnet.hebbnet(cell)(X, y)
    for other in ({"student": True}, {"one_by_one": True}):
        found = in_hebbnet.hebbnet(cell, **other)(X, y)
        assert task.distance(found.weights, wanted.weights) < 1e-12 and found.correct == wanted.correct


@pytest.mark.parametrize("net", NETS, ids=str)
def test_streams_are_scaled_and_have_every_class(net: tuple[int, int, int]) -> None:
    X, y = task.stream(net, 4_000)
    assert np.allclose(X.var(axis=0), 1.0, atol=0.1) and np.abs(X.mean(axis=0)).max() < 0.1
    assert np.bincount(y, minlength=net[-1]).min() > 0.3 * len(y) / net[-1]


def test_who_is_fast_and_wrong_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"3-16-2 SGD, someone: .* 1\.0e-08 away from plain NumPy's"):
        online.check("3-16-2 SGD, someone", 1e-8)
    with pytest.raises(SystemExit):
        online.check("3-16-2 SGD, someone", float("nan"))
    online.check("3-16-2 SGD, someone", 1e-10)


def race_of(**us: list[float]) -> dict[str, Any]:
    names = {"ours": online.OURS, "c": online.C, "scan": online.SCAN, "call": online.BY_CALL}
    cells = {"3-16-2 SGD": {names[who]: {"samples": 1, "us": times, "correct": 1.0} for who, times in us.items()}}
    return {"machine": {"processor": "abacus"}, "repetitions": 3, "skipped": {"JAX lax.scan": "no module"},
            "cells": cells, "targets": [online.target(cells, *wanted) for wanted in online.TARGETS]}


def test_a_ratio_is_the_median_within_the_rounds() -> None:
    results = race_of(ours=[1.0, 2.0, 9.0], c=[1.0, 1.0, 3.0], call=[50.0, 60.0, 70.0])
    assert online.ratios(results) == {"3-16-2 SGD: hebbnet / C program": 2.0,
                                      "3-16-2 SGD: hebbnet, call per sample / hebbnet": 30.0}
    met = {wanted["ratio"]: wanted["met"] for wanted in results["targets"] if wanted["cell"] == "3-16-2 SGD"}
    assert met["hebbnet / C program"] and not met["hebbnet, call per sample, us"]
    assert met["JAX lax.scan / hebbnet"] is None


def test_the_report_says_who_missed_and_who_is_not_there() -> None:
    text = online.report(race_of(ours=[1.0, 1.0, 1.0], c=[0.25, 0.25, 0.25]))
    assert "| hebbnet / C program | 4.00 | at most 2 | **missed** |" in text and "abacus" in text
    assert "| C program | 0.25 (0.25) |" in text and "JAX lax.scan: not measured (no module)" in text
    assert online.quoted(race_of(ours=[2.0], c=[1.0]))["times"]["3-16-2 SGD"]["C program"] == 0.5


@pytest.mark.peers
def test_scikit_learn_and_river_learn_something() -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("river")
    for cell in (Task((3, 16, 2), "SGD"), Task((54, 64, 7), "SGD")):
        X, y = task.stream(cell.net, 100)
        for run in (in_sklearn_river.partial_fit(cell), in_sklearn_river.river(cell, model="regression"),
                    in_sklearn_river.river(cell, model="Hoeffding tree")):
            found = run(X, y)
            assert found.seconds > 0.0 and found.correct is not None and found.correct > 0.5 / cell.net[-1]
