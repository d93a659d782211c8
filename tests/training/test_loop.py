"""The clock: equal to a slow loop row by row; no label before its time; anybody's learner; bad input; Ctrl-C."""

from __future__ import annotations

from typing import Any

import naive
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from learners import Means, Screamer, TooEarly, Watch

import hebbnet as hb
from hebbnet.training import loop
from hebbnet.training.policies import Policy

# ---------------------------------------------------------------- policies in pairs: ours, and the naive one


def drifting(rows: int, seed: int, n_classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers whose labels turn round half way; the last column is the row's number."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, 20, (rows, 2)), np.arange(rows)]).astype(np.float64)
    y = (X[:, 0] * n_classes // 20).astype(np.int64)
    y[rows // 2 :] = n_classes - 1 - y[rows // 2 :]
    y[rng.random(rows) < 0.1] = 0
    y[:n_classes] = np.arange(n_classes)
    return X, y


class ThreeOfEight:
    """A detector as a user would write it: nothing but update(x). Alarms when 3 of the last 8 were wrong."""

    def __init__(self) -> None:
        self.last: list[float] = []

    def update(self, x: float) -> bool:
        self.last = [*self.last, x][-8:]
        return sum(self.last) >= 3


class AtRows(Policy):
    """Asks after rows that were fixed beforehand."""

    name = "at rows"

    def __init__(self, rows: list[int]) -> None:
        self.rows = sorted(rows)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        return next((row for row in self.rows if start <= row < start + len(correct)), None)


class Impatient(Policy):
    """Asks after three mistakes in a row, and begins to count again after each request and deployment."""

    name = "impatient"

    def begin(self, launch: int, window: int) -> None:
        self.wrong = 0

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        for i, right in enumerate(correct):
            self.wrong = 0 if right else self.wrong + 1
            if self.wrong == 3:
                self.wrong = 0
                return start + i
        return None

    def deployed(self, row: int) -> None:
        self.wrong = 0


class NaiveImpatient(naive.Never):
    wrong = 0

    def sees(self, row: int, right: bool) -> bool:
        self.wrong = 0 if right else self.wrong + 1
        if self.wrong == 3:
            self.wrong = 0
            return True
        return False

    def deployed(self, moment: int) -> None:
        self.wrong = 0


def ddm(**settings: Any) -> hb.DDM:
    return hb.DDM(warm_start=8, warning_threshold=1.0, drift_threshold=1.5, **settings)


def adwin(**settings: Any) -> hb.ADWIN:
    return hb.ADWIN(delta=0.9, clock=2, min_window_length=2, grace_period=4, **settings)


def pair(kind: str, number: int, rows: list[int]) -> tuple[Policy, naive.Never]:
    """A policy, and what it promises."""
    return {
        "never": lambda: (hb.Never(), naive.Never()),
        "always": lambda: (hb.Always(), naive.Always()),
        "periodic": lambda: (hb.Periodic(number), naive.Periodic(number)),
        "every row": lambda: (hb.Periodic(1), naive.Periodic(1)),
        "ddm": lambda: (hb.OnDrift(ddm()), naive.OnDrift(ddm)),
        "adwin": lambda: (hb.OnDrift(adwin()), naive.OnDrift(lambda: adwin(direction="worse"))),
        "own detector": lambda: (hb.OnDrift(ThreeOfEight()), naive.OnDrift(ThreeOfEight)),
        "at rows": lambda: (AtRows(rows), naive.AtRows(rows)),
        "impatient": lambda: (Impatient(), NaiveImpatient()),
    }[kind]()


KINDS = ["never", "always", "periodic", "every row", "ddm", "adwin", "own detector", "at rows", "impatient"]


def plain(run: hb.Run) -> list[tuple[int, str, Any]]:
    """The events as the naive loop tells them."""
    detail = {"alarm": "row", "train": "rows"}
    return [(event.t, event.kind, event.detail.get(detail.get(event.kind, ""))) for event in run.events
            if event.kind != "drift"]


def numbers(most: int) -> st.SearchStrategy[dict[str, int]]:
    """Settings of a run; zeros and ones, where loops are wrong, are drawn often."""
    return st.fixed_dictionaries({
        "launch": st.integers(0, most), "window": st.integers(1, most),
        "label_delay": st.just(0) | st.integers(0, most // 2), "cycle_time": st.just(0) | st.integers(0, most),
        "arrival": st.just(1) | st.integers(1, 12), "epochs": st.integers(1, 3)})


HOW = {"launch": 10, "window": 5, "label_delay": 0, "cycle_time": 0, "arrival": 1, "epochs": 1}


@given(kind=st.sampled_from(KINDS), how=numbers(40), rows=st.integers(45, 220), warm_start=st.booleans(),
       number=st.integers(2, 50), batch_size=st.just(1) | st.integers(2, 9), asked=st.lists(st.integers(0, 220)),
       span=st.sampled_from([1, 5, 512]), chunk=st.sampled_from([7, 64, 8_192]), seed=st.integers(0, 5))
@settings(max_examples=120)
# a training is over at the moment of the next request: it is not under way any more
@example(kind="periodic", how=HOW | {"cycle_time": 20}, rows=200, warm_start=True, number=20, batch_size=1, asked=[],
         span=512, chunk=8_192, seed=0)
# a cycle that is no multiple of the blocks: what a block's labels teach is not served before a whole cycle is over
@example(kind="always", how=HOW | {"cycle_time": 5, "arrival": 10}, rows=200, warm_start=True, number=20, batch_size=1,
         asked=[], span=512, chunk=8_192, seed=0)
def test_equals_the_naive_loop(kind: str, how: dict[str, int], rows: int, warm_start: bool, number: int,
                               batch_size: int, asked: list[int], span: int, chunk: int, seed: int) -> None:
    X, y = drifting(rows, seed, n_classes=2 + seed % 2)
    learner = Means(2 + seed % 2, 2)
    ours, theirs = pair(kind, number, asked)
    with pytest.MonkeyPatch.context() as patch:  # how far it looks ahead, and how much it reads, must not matter
        patch.setattr(loop, "SPAN", min(span, chunk))
        patch.setattr(loop, "CHUNK", chunk)
        run = hb.run(learner, hb.from_arrays(X, y), ours, batch_size=batch_size, warm_start=warm_start, **how)
    predicted, events, serving = naive.live(learner, X, y, theirs, batch_size=batch_size, warm_start=warm_start, **how)
    assert run.predicted.tolist() == predicted
    assert plain(run) == events
    if kind != "always":
        assert run.learner.learned == serving.learned
    assert not learner.learned


SEA = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[170], noise=0.1, rng=3)


@given(kind=st.sampled_from(KINDS), how=numbers(60), rows=st.integers(80, 300), warm_start=st.booleans(),
       number=st.integers(20, 80), batch_size=st.just(1) | st.integers(2, 9), chunk=st.sampled_from([7, 64, 8_192]))
@settings(max_examples=20)
def test_equals_the_naive_loop_with_a_network(kind: str, how: dict[str, int], rows: int, warm_start: bool, number: int,
                                              batch_size: int, chunk: int) -> None:
    """Bit for bit: every prediction, and the weights at the end."""
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1), rate=0.05)
    before = learner.network.theta.copy()
    ours, theirs = pair("periodic" if kind == "every row" else kind, number, list(range(80, 300, number)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "SPAN", min(loop.SPAN, chunk))
        patch.setattr(loop, "CHUNK", chunk)
        run = hb.run(learner, SEA, ours, steps=rows, batch_size=batch_size, warm_start=warm_start, **how)
    SEA.restart()
    batch = SEA.take(rows)
    predicted, events, serving = naive.live(learner, batch.X, batch.y, theirs, batch_size=batch_size,
                                            warm_start=warm_start, seed=learner.seed, whole=True, **how)
    assert run.predicted.tolist() == predicted
    assert plain(run) == events
    if kind != "always":
        assert np.array_equal(run.learner.network.theta, serving.network.theta)
    assert np.array_equal(learner.network.theta, before) and learner.n_seen == 0


# ---------------------------------------------------------------- no label before its time

ROWS = 400  # whose labels are their own numbers: whoever answers with a label says what was known


def numbered() -> hb.streams.Stream:
    return hb.from_arrays(np.arange(ROWS, dtype=np.float64)[:, None], np.arange(ROWS))


class Spy(Policy):
    """Another policy, and a scream where it is shown what cannot be known yet."""

    name = "spy"

    def __init__(self, watch: Watch, policy: Policy) -> None:
        self.watch, self.policy, self.online = watch, policy, policy.online  # type: ignore[misc]

    def begin(self, launch: int, window: int) -> None:
        self.policy.begin(launch, window)

    def decide(self, start: int, correct: np.ndarray) -> int | None:
        if start + len(correct) > self.watch.predicted - self.watch.delay:
            raise TooEarly(f"shown rows up to {start + len(correct)} of {self.watch.predicted}")
        return self.policy.decide(start, correct)

    def deployed(self, row: int) -> None:
        self.policy.deployed(row)

    def copy(self) -> Policy:
        return Spy(self.watch, self.policy.copy())


def spied(kind: str, *, launch: int = 30, label_delay: int = 0, cycle_time: int = 0, **how: Any) -> hb.Run:
    """A run in which everybody screams."""
    watch = Watch(launch, label_delay, cycle_time)
    policy = pair(kind, 17, [5, 33, 34, 60, 61, 200, 390])[0]
    return hb.run(Screamer(watch), numbered(), Spy(watch, policy), launch=launch, label_delay=label_delay,
                  cycle_time=cycle_time, **how)


# Nobody is ever right about such a stream: a detector that waits for a rise has nothing to see.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("ddm", "adwin")])
@pytest.mark.parametrize("arrival", [1, 7])
@pytest.mark.parametrize(("label_delay", "cycle_time"), [(0, 0), (1, 0), (0, 1), (13, 0), (0, 20), (13, 20)])
def test_no_label_before_its_time(kind: str, label_delay: int, cycle_time: int, arrival: int) -> None:
    how = {"label_delay": label_delay, "cycle_time": cycle_time, "window": 25}
    for launch in (0, 30):
        run = spied(kind, launch=launch, arrival=arrival, epochs=1, **how)
        latest = np.maximum(run.t - 1 - label_delay - cycle_time, max(launch - 1, 0))
        assert (run.predicted <= latest).all()
        if kind == "always" and arrival == 1:
            assert (run.predicted == latest).all()
        if kind == "every row" and arrival == 1 and cycle_time == 0:
            assert (run.predicted == latest).all()
    if kind not in ("never", "always"):
        assert run.summary()["retrainings"] > 0
    for batch_size in (1, 10):
        assert (spied("always", arrival=arrival, batch_size=batch_size, **how).predicted >= 0).all()


def leak_labels_to_training(patch: pytest.MonkeyPatch) -> None:
    honest = loop._Clock.start_training

    def start_training(self: Any) -> None:
        self.delay, delay = 0, self.delay
        honest(self)
        self.delay = delay

    patch.setattr(loop._Clock, "start_training", start_training)


def leak_a_model_that_is_not_ready(patch: pytest.MonkeyPatch) -> None:
    honest = loop._Clock.start_training

    def start_training(self: Any) -> None:
        honest(self)
        self.deploy_at = self.now

    patch.setattr(loop._Clock, "start_training", start_training)


def leak_labels_to_the_policy(patch: pytest.MonkeyPatch) -> None:
    honest = loop._Clock.ask

    def ask(self: Any, stop: int) -> Any:
        self.delay, delay = 0, self.delay
        try:
            return honest(self, stop)
        finally:
            self.delay = delay

    patch.setattr(loop._Clock, "ask", ask)


def leak_labels_to_the_online_learner(patch: pytest.MonkeyPatch) -> None:
    honest = loop._Clock.learn_rows
    patch.setattr(loop._Clock, "learn_rows", lambda self, start, stop: honest(self, start, stop + 1))


@pytest.mark.parametrize(("leak", "kind"), [(leak_labels_to_training, "periodic"),
                                            (leak_labels_to_training, "own detector"),
                                            (leak_a_model_that_is_not_ready, "at rows"),
                                            (leak_labels_to_the_policy, "never"),
                                            (leak_labels_to_the_online_learner, "always")])
def test_a_leak_is_noticed(leak: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leak(monkeypatch)
    with pytest.raises(TooEarly):
        spied(kind, label_delay=13, cycle_time=20, window=25)


@pytest.mark.parametrize("away", [-1, 3, 10_000])
def test_a_policy_cannot_ask_after_rows_that_it_was_not_shown(away: int) -> None:
    class Leaking(Policy):
        def decide(self, start: int, correct: np.ndarray) -> int | None:
            return start - 1 if away < 0 else start + len(correct) + away

    with pytest.raises(hb.InputError, match="expected one of these rows or None"):
        hb.run(Means(2, 2), hb.from_arrays(*drifting(100, 0)), Leaking(), launch=10)


# ---------------------------------------------------------------- the same call, the same run


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_call_is_the_same_run(kind: str) -> None:
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1))
    learner.learn(SEA.take(50).X, np.arange(50) % 2)  # not a new one: what it knows is where it begins
    before, seen, chance = learner.network.theta.copy(), learner.n_seen, str(learner._rng.bit_generator.state)
    policy = pair(kind, 60, [100, 200])[0]
    how = {"steps": 400, "launch": 50, "window": 50, "epochs": 2, "cycle_time": 5}
    first = hb.run(learner, SEA, policy, **how)
    for other in KINDS:
        hb.run(learner, SEA, pair(other, 70, [150])[0], **how)
    SEA.take(13)
    again = hb.run(learner, SEA, policy, **how)
    assert np.array_equal(first.predicted, again.predicted) and first.events == again.events
    assert np.array_equal(first.learner.network.theta, again.learner.network.theta)
    assert first.learner is not again.learner and first.learner is not learner
    assert np.array_equal(learner.network.theta, before) and learner.n_seen == seen
    assert str(learner._rng.bit_generator.state) == chance


def test_rng_shuffles() -> None:
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1))
    a, b, c = (hb.run(learner, SEA, hb.Never(), launch=100, rng=rng).learner.network.theta for rng in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_always_is_learning_with_that_delay() -> None:
    """Of delay and cycle only the sum matters to it; without either, a run is `learn`."""
    learner = hb.Learner(hb.mlp(SEA, hidden=[4], rng=1))
    runs = [hb.run(learner, SEA, hb.Always(), launch=60, steps=400, label_delay=delay, cycle_time=30 - delay)
            for delay in (0, 13, 30)]
    assert all(np.array_equal(run.predicted, runs[0].predicted) for run in runs)
    assert all(np.array_equal(run.learner.network.theta, runs[0].learner.network.theta) for run in runs)
    SEA.restart()
    batch, bare = SEA.take(400), learner.copy()
    for size in (1, 32):
        run = hb.run(learner, SEA, hb.Always(), launch=0, steps=400, batch_size=size)
        bare = learner.copy()
        assert np.array_equal(run.predicted, bare.learn(batch.X, batch.y, batch_size=size))
        assert np.array_equal(run.learner.network.theta, bare.network.theta)


def test_how_long_a_run_is() -> None:
    """To the end; without an end, as long after the last drift as the concept before it ruled."""
    def steps(stream: Any, **how: Any) -> int:
        return hb.run(Means(2, stream.n_inputs - 1), stream, hb.Never(), **how).settings["steps"]

    def drifts(*at: Any) -> Any:
        return hb.DriftStream([hb.SEA(7 + k) for k in range(len(at) + 1)], at=at, rng=0)

    assert steps(drifts(300, 500), launch=10) == 700
    assert steps(drifts(300), launch=10) == 600
    assert steps(drifts(300, hb.Gradual(500, width=90)), launch=10) == 700
    assert steps(drifts(), launch=10) == 10 + loop.DEFAULT_STEPS
    assert steps(drifts(300), launch=10, steps=11) == 11
    assert steps(hb.from_arrays(*drifting(80, 0)), launch=79) == 80


# ---------------------------------------------------------------- anybody's learner


class Commonest:
    """Only what a learner must have: learn(X, y), predict(X), copy()."""

    def __init__(self) -> None:
        self.counts = np.zeros(2)

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        self.counts += np.bincount(y, minlength=2)
        X[:] = 1e9  # its own business

    def predict(self, X: np.ndarray) -> list[float]:
        X[:] = -1e9
        return [float(self.counts.argmax())] * len(X)

    def copy(self) -> Commonest:
        twin = Commonest()
        twin.counts = self.counts.copy()
        return twin


@pytest.mark.parametrize("arrival", [1, 10])
def test_three_verbs_are_enough(arrival: int) -> None:
    X, y = drifting(200, 1)
    run = hb.run(Commonest(), hb.from_arrays(X, y), hb.Always(), launch=20, arrival=arrival)
    assert run.learner.counts.sum() == 20 * 5 + 180
    for policy in (hb.Never(), hb.Periodic(50), hb.OnDrift(ddm())):
        assert hb.run(Commonest(), hb.from_arrays(X, y), policy, launch=20, arrival=arrival).summary()["scored"] == 180


def test_no_learner_can_change_the_past() -> None:
    """What one learner does to the rows that it was given does not come back to it."""
    class Writes(Means):
        def learn(self, X: np.ndarray, y: np.ndarray) -> None:
            super().learn(X, y)
            X[:], y[:] = 0, 0

        def predict(self, X: np.ndarray) -> np.ndarray:
            answer = super().predict(X)
            X[:] = 0
            return answer

    X, y = drifting(200, 1)
    for policy in (hb.Always(), hb.Periodic(20)):
        runs = [hb.run(kind(2, 2), hb.from_arrays(X, y), policy, launch=20) for kind in (Means, Writes)]
        assert np.array_equal(runs[0].predicted, runs[1].predicted)


def test_what_a_learner_answers_is_checked() -> None:
    class Odd(Commonest):
        answer: Any = None

        def predict(self, X: np.ndarray) -> Any:
            return self.answer

        def copy(self) -> Odd:
            return self

    stream = hb.from_arrays(*drifting(50, 0))
    for answer in (None, [0], np.zeros((40, 1)), [2] * 40, [0.5] * 40, ["a"] * 40):
        odd = Odd()
        odd.answer = answer
        with pytest.raises(hb.InputError, match="predict of Odd"):
            hb.run(odd, stream, hb.Never(), launch=10)


def test_from_scratch_needs_fresh() -> None:
    stream = hb.from_arrays(*drifting(50, 0))
    with pytest.raises(hb.InputError, match="fresh"):
        hb.run(Commonest(), stream, hb.Periodic(10), launch=10, warm_start=False)


@pytest.mark.peers
def test_scikit_learn_as_a_learner() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    import copy

    class Wrapped:
        def __init__(self) -> None:
            self.model = linear_model.SGDClassifier(random_state=0)

        def learn(self, X: np.ndarray, y: np.ndarray) -> None:
            self.model.partial_fit(X, y, classes=[0, 1])

        def predict(self, X: np.ndarray) -> Any:
            return self.model.predict(X)

        def copy(self) -> Wrapped:
            return copy.deepcopy(self)

    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[1_000], rng=0)
    frozen, periodic, always = (hb.run(Wrapped(), stream, policy, launch=500, window=200).summary()
                                for policy in (hb.Never(), hb.Periodic(200), hb.Always()))
    assert frozen["accuracy"] < 0.7 < min(periodic["accuracy"], always["accuracy"])


# ---------------------------------------------------------------- bad input


TABLE = hb.from_arrays(*drifting(50, 0))
FITS = hb.Learner(hb.mlp(TABLE, hidden=[2], rng=0))


@pytest.mark.parametrize(("change", "says"), [
    ({"stream": np.zeros((3, 3))}, "from_arrays"),
    ({"stream": None}, "expected a stream"),
    ({"learner": hb.mlp(TABLE)}, "expected a learner"),
    ({"learner": hb.Learner}, "expected a learner"),
    ({"learner": "never"}, "expected a learner"),
    ({"learner": hb.Learner(hb.mlp(hb.DriftStream([hb.STAGGER(1)]), rng=0))}, "9 inputs|does not fit"),
    ({"learner": hb.Learner(hb.Network(3, [hb.Dense(3, "softmax")], rng=0))}, "2 classes"),
    ({"learner": hb.Learner(hb.Network(3, [hb.Dense(2)], rng=0))}, "predicts numbers"),
    ({"policy": "never"}, r"unknown policy 'never'.*hb.Never\(\), hb.Periodic\(every\), hb.OnDrift"),
    ({"policy": hb.Periodic}, "unknown policy.*known"),
    ({"policy": hb.ADWIN()}, "unknown policy.*known"),
    ({"policy": None}, "unknown policy"),
    ({"launch": 50}, "fewer rows than the 50"),
    ({"launch": 2_000}, "fewer rows than the 50"),
    ({"steps": 51}, "the stream has 50 rows, got 51"),
    ({"steps": 0}, "at least 1"),
    ({"steps": 10}, "fewer rows than the 10"),
    ({"steps": 20.5}, "steps"),
    ({"rng": "x"}, "rng"),
    ({"rng": -1}, "rng"),
    *[({name: bad}, name) for bad in (-1, 1.5, "7", None, True, np.nan) for name in
      ("launch", "window", "epochs", "batch_size", "label_delay", "cycle_time", "arrival")],
    *[({name: 0}, f"{name}.*at least 1") for name in ("window", "epochs", "batch_size", "arrival")],
])
def test_refused_before_anything_has_changed(change: dict[str, Any], says: str) -> None:
    TABLE.restart()
    TABLE.take(7)
    before = FITS.network.theta.copy()
    call = {"learner": FITS, "stream": TABLE, "policy": hb.Never(), "launch": 10, **change}
    with pytest.raises(hb.InputError, match=says) as refused:
        hb.run(call.pop("learner"), call.pop("stream"), call.pop("policy"), **call)
    assert "\n" not in str(refused.value)
    assert TABLE.position == 7 and FITS.n_seen == 0 and np.array_equal(FITS.network.theta, before)


def test_a_stream_that_ends_too_early_says_so() -> None:
    table = hb.from_arrays(*drifting(50, 0))
    table.n_rows = 60
    with pytest.raises(hb.InputError, match="ended after 50 rows, 60 were promised"):
        hb.run(Means(2, 2), table, hb.Never(), launch=10)


# ---------------------------------------------------------------- Ctrl-C


class Stops(Means):
    """Means that are interrupted at the n-th call of learn or predict, counted over all copies."""

    calls, stop_at = 0, 10**9

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        Stops.count()
        super().learn(X, y)

    def predict(self, X: np.ndarray) -> np.ndarray:
        Stops.count()
        return super().predict(X)

    @staticmethod
    def count() -> None:
        Stops.calls += 1
        if Stops.calls == Stops.stop_at:
            raise KeyboardInterrupt

    def copy(self) -> Stops:
        twin = Stops(*self.sums.shape)
        twin.sums, twin.counts, twin.learned = self.sums.copy(), self.counts.copy(), self.learned.copy()
        return twin


@pytest.mark.parametrize("kind", ["never", "periodic", "ddm", "always"])
def test_what_was_done_survives_ctrl_c(kind: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SPAN", 4)
    monkeypatch.setattr(loop, "CHUNK", 8)
    X, y = drifting(120, 0)

    def live(stop_at: int) -> hb.Run:
        Stops.calls, Stops.stop_at = 0, stop_at
        return hb.run(Stops(2, 2), hb.from_arrays(X, y), pair(kind, 25, [])[0], launch=30, window=20, cycle_time=4,
                      epochs=2)

    whole = live(10**9)
    for stop_at in range(1, Stops.calls + 1):
        with pytest.raises(loop.Interrupted) as stopped:
            live(stop_at)
        run = stopped.value.run
        n = len(run.predicted)
        assert np.array_equal(run.predicted, whole.predicted[:n]) and len(run.t) == len(run.y) == n
        assert run.events == [event for event in whole.events if event.t <= run.settings["steps"]][: len(run.events)]
        assert run.summary()["scored"] == n and repr(run) and run._repr_html_()
        if stop_at % 10 == 1:
            assert hb.Run.load(run.save(tmp_path / "run.npz")).summary() == pytest.approx(run.summary(), nan_ok=True)
    assert n >= 80


@pytest.mark.parametrize("rows_read", [0, 40, 80])
def test_ctrl_c_while_the_launch_is_read(rows_read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHUNK", 40)
    table = hb.from_arrays(*drifting(200, 0))
    honest = table.take

    def take(n: int) -> Any:
        if table.position == rows_read:
            raise KeyboardInterrupt
        return honest(n)

    monkeypatch.setattr(table, "take", take)
    with pytest.raises(KeyboardInterrupt) as stopped:
        hb.run(Means(2, 2), table, hb.Never(), launch=100)
    run = stopped.value.run
    assert len(run.predicted) == len(run.t) == len(run.y) == 0 and not run.events
    assert run.summary()["scored"] == 0 and len(run.baseline("no_change")) == 0 and repr(run) and run._repr_html_()
