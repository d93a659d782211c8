"""Many lives: paired over the policies, independent over the seeds, and honest means."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from learners import Means
from pairs import AtRows, drifting
from test_record import made

import hebbnet as hb
from hebbnet.training.compare import student_t
from hebbnet.training.loop import Interrupted
from hebbnet.training.results import Sweep

STREAM = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[300], noise=0.1, rng=0)
LEARNER = hb.Learner(hb.mlp(STREAM, hidden=[3], rng=0))
REAL = hb.from_arrays(np.arange(300.0).reshape(100, 3), np.arange(100) % 2)
HOW: dict[str, Any] = {"launch": 50, "window": 50, "epochs": 1}


def same(a: hb.Run, b: hb.Run) -> bool:
    return bool(np.array_equal(a.predictions, b.predictions) and np.array_equal(a.truth["y"], b.truth["y"])
                and a.events == b.events and np.array_equal(a.learner.network.theta, b.learner.network.theta))


def test_paired_over_policies_and_different_over_seeds() -> None:
    result = hb.sweep(LEARNER, STREAM, [hb.Never(), hb.Periodic(100), hb.Always()], seeds=3, **HOW)
    assert result.policies == ["never", "periodic", "always"] and result.seeds == 3
    for k in range(3):
        runs = [result.runs[name][k] for name in result.policies]
        assert [run.policy for run in runs] == result.policies
        assert all(np.array_equal(run.truth["y"], runs[0].truth["y"]) for run in runs)
        assert np.array_equal(runs[0].predictions[:100], runs[1].predictions[:100])  # the same launched model
        assert not np.array_equal(runs[0].truth["y"], result.runs["never"][k - 1].truth["y"])
    thetas = [run.learner.network.theta for run in result.runs["never"]]
    assert not np.array_equal(thetas[0], thetas[1])


def test_one_more_policy_or_seed_changes_no_other_run() -> None:
    """Nor does their order, nor what was done with the stream and the learner before, which stay as they are."""
    policies = {"a": hb.Never(), "b": hb.Periodic(100), "c": hb.Always()}
    STREAM.restart()
    whole = hb.sweep(LEARNER, STREAM, policies, seeds=3, **HOW)
    assert STREAM.position == 0 and LEARNER.n_seen == 0
    STREAM.take(17)
    turned = hb.sweep(LEARNER, STREAM, {"c": hb.Always(), "a": hb.Never()}, seeds=2, **HOW)
    for name in ("a", "c"):
        for k in range(2):
            assert same(whole.runs[name][k], turned.runs[name][k])
    assert [run.policy for run in whole.runs["b"]] == ["b"] * 3
    other = hb.sweep(LEARNER, STREAM, {"a": hb.Never()}, seeds=2, rng=1, **HOW)
    assert not same(other.runs["a"][0], whole.runs["a"][0])


class InOrder:
    """A learner with the three verbs only; it remembers the order in which it learned."""

    def __init__(self) -> None:
        self.order: list[float] = []

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        self.order += X[:, -1].tolist()

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.zeros(len(X))

    def copy(self) -> InOrder:
        return InOrder()


def test_real_data_and_a_learner_without_seeds() -> None:
    """The rows are the same for every seed; what is random is the learner, or, at the least, the shuffling."""
    table = hb.from_arrays(*drifting(200, 0))
    result = hb.sweep(hb.Learner(hb.mlp(table, hidden=[3], rng=0)), table, [hb.Never()], seeds=2, launch=0)
    a, b = result.runs["never"]
    assert np.array_equal(a.y, b.y) and not np.array_equal(a.learner.network.theta, b.learner.network.theta)
    assert result.summary()["never"]["bayes"] is None
    c, d = hb.sweep(InOrder(), table, {"x": hb.Never()}, seeds=2, launch=50).runs["x"]
    assert c.learner.order != d.learner.order and sorted(c.learner.order) == sorted(d.learner.order)


def test_means_and_standard_errors() -> None:
    ones = np.ones(4_000, dtype=bool)
    falls, stays = ones.copy(), ones.copy()
    falls[1_000:] = False
    stays[1_000:1_300] = False
    result = Sweep.of({"x": [made(falls, [1_000]), made(stays, [1_000]), made(ones, [1_000])]})
    s = result.summary()["x"]
    accuracies = [0.25, 0.925, 1.0]
    assert s["accuracy"] == pytest.approx(np.mean(accuracies))
    assert s["accuracy_se"] == pytest.approx(np.std(accuracies, ddof=1) / np.sqrt(3))
    # averaged over the seeds: 1 before, 1/3 for 300 rows, 2/3 from then on
    assert s["recovery"] is None and s["recovered"] == 0
    assert s["dip"] == pytest.approx(1 - (300 / 3 + 200 * 2 / 3) / 500) and s["lost"] == pytest.approx(1_100)
    after, = result.after_drifts("x")
    assert after.level == 1 and after.interval == (0, None)
    s = Sweep.of({"x": [made(stays, [1_000]), made(ones, [1_000])]}).summary()["x"]
    assert s["recovery"] == 300 and s["recovered"] == 1
    apart = Sweep.of({"x": [made(ones, [1_000]), made(ones, [1_001])]})
    assert apart.after_drifts("x") == [] and apart.summary()["x"]["recovery"] is None
    with pytest.raises(hb.InputError, match="unknown policy 'y'; known: x"):
        result.after_drifts("y")
    assert "policy" not in s
    assert result.accuracy("x", window=10).shape == (3, 4_000)
    assert Sweep.of({"x": [made(ones, [])]}).summary()["x"]["accuracy_se"] is None
    with pytest.raises(hb.InputError, match="unknown policy 'y'; known: x"):
        result.accuracy("y")


def test_shown_as_text_and_as_a_table() -> None:
    result = Sweep.of({"<b>": [made(np.ones(100, dtype=bool), [])] * 2})
    assert "2 seeds each" in repr(result) and "accuracy" in repr(result).splitlines()[1]
    assert "<td>&lt;b&gt;</td><td>1.000</td>" in result._repr_html_() and "<b>" not in result._repr_html_()


@pytest.mark.parametrize("policies", [[hb.Periodic(5), hb.Periodic(6)], {1: hb.Never(), "1": hb.Always()}])
def test_two_policies_of_one_name_are_refused(policies: Any) -> None:
    with pytest.raises(hb.InputError, match="the same name"):
        hb.sweep(LEARNER, STREAM, policies, **HOW)


@pytest.mark.parametrize(("change", "says"), [
    ({"policies": []}, "at least one policy"), ({"policies": {}}, "at least one policy"),
    ({"policies": "never"}, "unknown policy 'never'.*known"), ({"policies": {"x": 3}}, "unknown policy 3.*known"),
    ({"seeds": 0}, "seeds"), ({"seeds": 1.5}, "seeds"), ({"rng": "x"}, "rng"), ({"window": 0}, "window"),
    ({"launch": 600}, "launch"), ({"stream": 3}, "expected a stream"), ({"learner": 3}, "expected a learner"),
    ({"policies": [hb.Never(), hb.policies.Oracle()], "stream": {"made": STREAM, "real": REAL}}, "hold no truth"),
])
def test_refused(change: dict[str, Any], says: str) -> None:
    call = {"learner": LEARNER, "stream": STREAM, "policies": [hb.Never()], "seeds": 2, **HOW, **change}
    with pytest.raises(hb.InputError, match=says):
        hb.sweep(call.pop("learner"), call.pop("stream"), call.pop("policies"), **call)


def test_a_policy_by_itself_is_a_sweep_of_one() -> None:
    assert hb.sweep(LEARNER, STREAM, hb.Never(), seeds=1, **HOW).policies == ["never"]


@pytest.mark.parametrize(("stop_at", "left"), [(0, {}), (1, {"a": 1}), (2, {"a": 1, "b": 1}), (3, {"a": 1, "b": 1}),
                                               (5, {"a": 2, "b": 2})])
def test_what_was_done_survives_ctrl_c(stop_at: int, left: dict[str, int], tmp_path: Any) -> None:
    class Stops(AtRows):
        """Is interrupted in the run number `stop_at`."""

        runs = 0

        def begin(self, launch: int, window: int) -> None:
            Stops.runs += 1
            if Stops.runs > stop_at:
                raise KeyboardInterrupt

    table = hb.from_arrays(*drifting(400, 0))
    with pytest.raises(Interrupted) as stopped:
        hb.sweep(Means(2, 2), table, {"a": Stops([90]), "b": Stops([100])}, seeds=4, launch=50)
    done = stopped.value.run
    assert {name: len(runs) for name, runs in done.runs.items()} == left
    assert done.seeds == max(left.values(), default=0) and repr(done) and done._repr_html_()
    assert list(done.summary()) == list(left)
    for runs in done.runs.values():
        assert hb.Run.load(runs[0].save(tmp_path / "run.npz")).summary() == runs[0].summary()


# ---------------------------------------------------------------- several worlds, and what is better


def test_several_streams_and_learners_are_named_and_paired() -> None:
    streams = {"quiet": hb.DriftStream([hb.SEA(6)], rng=0), "turning": STREAM}
    learners = {"small": LEARNER, "wide": hb.Learner(hb.mlp(STREAM, hidden=[8], rng=0))}
    result = hb.sweep(learners, streams, [hb.Never(), hb.Always()], seeds=2, steps=600, **HOW)
    assert len(result.cells) == 16 and result.seeds == 2
    assert result.policies[:2] == ["never on quiet by small", "always on quiet by small"]
    part = result.part(stream="turning", learner=["small"])
    assert part.policies == ["never", "always"]
    alone = hb.sweep(LEARNER, STREAM, [hb.Never(), hb.Always()], seeds=2, steps=600, **HOW)
    assert all(same(a, b) for name in alone.runs for a, b in zip(alone.runs[name], part.runs[name], strict=True))
    assert result.compare("always", "never").n == 8 and part.compare("always", "never").n == 2
    record = result.records()[0]
    assert (record["policy"], record["stream"], record["learner"], record["seed"]) == ("never", "quiet", "small", 0)
    with pytest.raises(hb.InputError, match="unknown stream 'loud'; known: quiet, turning"):
        result.part(stream="loud")
    with pytest.raises(hb.InputError, match="there is one stream only, and it has no name; leave stream= out"):
        alone.part(stream="turning")
    with pytest.raises(hb.InputError, match="at least one stream"):
        hb.sweep(LEARNER, {}, [hb.Never()], **HOW)


def test_a_difference_and_how_sure_it_is() -> None:
    """By hand: gains .1, .2, .3: mean .2, s = .1, t(.975, 2) = 4.3027."""
    compared = hb.Comparison.of("a", "b", [0.6, 0.8, 1.0], [0.5, 0.6, 0.7])
    assert compared.difference == pytest.approx(0.2)
    assert compared.high - compared.difference == pytest.approx(4.302653 * 0.1 / np.sqrt(3), rel=1e-6)
    assert not compared.resolved and repr(compared).endswith("95 % of 3 pairs: not resolved")
    assert hb.Comparison.of("a", "b", [0.6, 0.8, 1.0], [0.4, 0.6, 0.8]).resolved
    with pytest.raises(hb.InputError, match="1 seeds in common; two at least"):
        hb.Comparison.of("a", "b", [0.6], [0.5])


def test_the_interval_holds_the_true_difference_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(0), 0
    for _ in range(4_000):
        compared = hb.Comparison.of("a", "b", rng.normal(0.3, 1.0, 5).tolist(), [0.0] * 5, confidence=0.9)
        held += compared.low <= 0.3 <= compared.high
    assert abs(held / 4_000 - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 4_000)


@pytest.mark.parametrize(("p", "degrees", "t"), [(0.975, 1, 12.7062), (0.975, 2, 4.30265), (0.975, 3, 3.18245),
                                                 (0.975, 9, 2.262157), (0.95, 19, 1.729133), (0.99, 29, 2.462021)])
def test_students_t_is_that_of_the_tables(p: float, degrees: int, t: float) -> None:
    assert student_t(p, degrees) == pytest.approx(t, rel=4e-3 if degrees == 3 else 1e-5)


def test_unknown_policies_and_metrics_are_refused() -> None:
    result = Sweep.of({"x": [made(np.ones(100, dtype=bool), [])] * 2})
    with pytest.raises(hb.InputError, match="unknown policy 'y'; known: x"):
        result.compare("x", "y")
    with pytest.raises(hb.InputError, match="unknown metric 'speed'; known: rows, scored, accuracy"):
        result.compare("x", "x", "speed")
    with pytest.raises(hb.InputError, match="0 seeds in common"):
        result.compare("x", "x", "dip")  # there was no drift


def test_a_table_for_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    result = Sweep.of({"x": [made(np.ones(100, dtype=bool), [])] * 2})
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(hb.InputError, match="to_dataframe needs pandas: pip install pandas"):
        result.to_dataframe()


@pytest.mark.peers
def test_a_row_of_the_table_for_each_cell() -> None:
    pytest.importorskip("pandas")
    table = Sweep.of({"x": [made(np.ones(100, dtype=bool), [])] * 2, "y": [made(np.zeros(100, dtype=bool), [])] * 2})
    frame = table.to_dataframe()
    assert frame["policy"].tolist() == ["x", "x", "y", "y"] and frame["seed"].tolist() == [0, 1, 0, 1]
    assert frame.groupby("policy")["accuracy"].mean().to_dict() == {"x": 1.0, "y": 0.0}


def test_students_t_is_nearly_exact_from_twenty_pairs_on() -> None:
    assert student_t(0.975, 19) == pytest.approx(2.0930240544, rel=2e-7)
