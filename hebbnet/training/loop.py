"""`run`: launch a learner into a stream, and keep it up to date as a policy says. The clock does the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..engine import checks
from ..engine.checks import InputError
from ..engine.progress import Progress
from ..learning.learner import Learner
from ..streams import Stream
from . import budgets, policies
from .clock import Clock
from .online import OnlineClock
from .policy import Policy
from .record import Run

DEFAULT_STEPS = 10_000  # of a stream without end and without drift


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run: `.run` holds what was done so far; of a sweep, the Sweep of the seeds that were finished.

    Examples
    --------
    >>> from hebbnet.training.loop import Interrupted
    >>> issubclass(Interrupted, KeyboardInterrupt)  # who does not ask for it stops as ever
    True
    """

    def __init__(self, run: Any) -> None:
        super().__init__("interrupted")
        self.run = run


def run(learner: Any, stream: Stream, policy: Policy, *, steps: int | None = None, launch: int = 2_000,
        epochs: int = 5, batch_size: int = 1, window: int | budgets.Window = 2_000, label_delay: int = 0,
        cycle_time: int | Callable[[int], int] = 0, arrival: int = 1, warm_start: bool = True,
        optimizer: str = "keep", validate: int = 0, sure: float = 0.0, busy: str = "drop", rng: Any = None,
        progress: bool | None = False) -> Run:
    """Launch a learner into a stream, and keep it up to date as the policy says.

    The stream is restarted and the learner copied: the same call gives the same run. The first `launch` rows train
    the model and are not scored. One training is `epochs` shuffled passes over the last `window` labelled rows. The
    old model serves until it is over. Everything that happens is an event of the run.

    Parameters
    ----------
    learner : Learner, or anything with learn(X, y), predict(X) and copy()
    stream : Stream
    policy : Policy
        When to train: Never(), Periodic(every), OnDrift(detector), OnAccuracy(below), Always(), others in hb.policies,
        and `a | b`.
    steps : int, optional
        Rows in all, the launch included. None is to the end; a stream without end runs on after its last drift for as
        long as the concept before lasted.
    launch : int
        In rows.
    window : int or Window
        Which rows a training takes: the last so many, or policies.All(), SinceAlarm(least, most), Reservoir(n). Where
        fewer are known it takes what there is.
    epochs, batch_size : int
        How one training goes through its rows. `Always` learns `batch_size` labels at a time, or those of one block.
    label_delay : int
        In rows: how late a label is.
    cycle_time : int, or function of the number of rows in the window
        In rows: how long a training takes until its model serves. `Always` serves the weights of `cycle_time` rows ago
        (a function is asked about its batch, or its block).
    arrival : int
        Rows that come at once.
    warm_start : bool
        Go on from the weights that serve, or begin from scratch.
    optimizer : str
        At a warm start: "keep" the optimizer's moments and the schedule's place, or "fresh", begin them anew.
    validate : int
        Compare a new model with the one that serves on at least so many labels, and deploy it unless it does worse: on
        those that arrived while it was trained, or, if they are fewer, on the last `validate` rows of its window (half
        of it at most), which are held back from training. Rows that the old model has learned are left out. 0 deploys
        every model.
    sure : float
        How much better a new model has to be in that comparison: by so many standard errors of the difference; and by
        as many, its answers must differ from chance. 0 is not worse; 2 keeps the old model where the difference may be
        chance, and where the labels mean nothing. The formula is in training/exam.py.
    busy : str
        What becomes of a request while a training is under way: "drop" it, or "queue" one training for when it is over.
    rng
        Shuffling and weights from scratch. None follows from the learner's own seed.
    progress : bool, optional
        Tell a waiting person how far it is; None does where one watches.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        For numbers that cannot be, before anything runs.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[4_000], noise=0.1, rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    >>> frozen = hb.run(learner, stream, hb.Never(), launch=2_000)
    >>> always = hb.run(learner, stream, hb.Always(), launch=2_000)
    >>> frozen.summary()["accuracy"] < always.summary()["accuracy"]
    True
    """
    policy = policies.instance(policy).copy()
    checked = check(learner, stream, steps, launch, epochs, batch_size, window, label_delay, cycle_time, arrival,
                    warm_start, optimizer, validate, busy, sure)
    check_policy(policy, learner, stream)
    clock = (OnlineClock if policy.online else Clock)(learner.copy(), stream, policy, checked, rng)
    stream.restart()
    with Progress(policy.name, show=progress) as tell:
        try:
            clock.launch()
            clock.live(tell)
        except KeyboardInterrupt:
            raise Interrupted(clock.recorder.finish(clock.now, clock.serving)) from None
    return clock.recorder.finish(clock.now, clock.serving)


def check(learner: Any, stream: Any, steps: Any = None, *given: Any, **named: Any) -> dict[str, Any]:
    """The settings of a run, every one checked before anything runs."""
    _check_learner(learner, stream)
    checked = settings(learner, *given, **named)
    return {"steps": _steps(stream, checked, steps), **checked}


def settings(learner: Any, launch: Any = 2_000, epochs: Any = 5, batch_size: Any = 1, window: Any = 2_000,
             label_delay: Any = 0, cycle_time: Any = 0, arrival: Any = 1, warm_start: bool = True,
             optimizer: Any = "keep", validate: Any = 0, busy: Any = "drop", sure: Any = 0.0) -> dict[str, Any]:
    """Those that no stream has a say in."""
    if not checks.truth(warm_start, "warm_start") and not hasattr(learner, "fresh"):
        raise InputError("run: warm_start=False needs a learner with fresh(rng)")
    optimizer = checks.choice(optimizer, ("keep", "fresh"), "optimizer=")
    if optimizer == "fresh" and not hasattr(learner, "restart_optimizer"):
        raise InputError("run: optimizer='fresh' needs a learner with restart_optimizer()")
    return {"launch": checks.whole(launch, "launch"), "epochs": checks.whole(epochs, "epochs", low=1),
            "batch_size": checks.whole(batch_size, "batch_size", low=1),
            "window": window if isinstance(window, budgets.Window) else checks.whole(window, "window", low=1),
            "label_delay": checks.whole(label_delay, "label_delay"),
            "cycle_time": cycle_time if callable(cycle_time) else checks.whole(cycle_time, "cycle_time"),
            "arrival": checks.whole(arrival, "arrival", low=1), "warm_start": bool(warm_start),
            "optimizer": optimizer, "validate": checks.whole(validate, "validate"),
            "sure": checks.number(sure, "sure", low=0.0), "busy": checks.choice(busy, ("drop", "queue"), "busy=")}


def _check_learner(learner: Any, stream: Any) -> None:
    if isinstance(learner, type) or not all(hasattr(learner, verb) for verb in ("learn", "predict", "copy")):
        raise InputError(f"run: expected a learner (learn, predict, copy), got {type(learner).__name__}")
    if not isinstance(stream, Stream):
        raise InputError(f"run: expected a stream, got {type(stream).__name__}; hb.from_arrays(X, y) makes one")
    if not stream.classes:
        raise InputError(f"run: scores labels, and {stream!r} gives numbers to predict; teach it with "
                         "learner.learn(X, y) on what stream.take(n) gives")
    if isinstance(learner, Learner):
        if not learner.is_classifier:
            raise InputError(f"run: scores labels, and {learner.network!r} predicts numbers; end it in softmax")
        if (learner.network.n_inputs, learner.network.n_outputs) != (stream.n_inputs, len(stream.classes)):
            raise InputError(f"run: {learner.network!r} does not fit the stream, which has {stream.n_inputs} inputs "
                             f"and {len(stream.classes)} classes; hb.mlp(stream) builds one that does")


def check_policy(policy: Policy, learner: Any, stream: Stream) -> None:
    """Refuse a policy that asks for what learner or stream cannot give."""
    if policy.needs_truth and not stream.concepts:
        raise InputError(f"{policy!r} knows where the drifts are, and real data hold no truth; use it on a DriftStream")
    if "confidence" in policy.watches and (not hasattr(learner, "predict_proba") or (
            isinstance(learner, Learner) and not learner.network.is_classifier)):
        raise InputError(f"{policy!r} watches the model's confidence: it needs a learner with predict_proba(X), such "
                         "as an hb.Learner that ends in softmax")


def _steps(stream: Stream, settings: dict[str, Any], steps: Any) -> int:
    """How many rows the run has in all; a launch or a delay that leaves nothing of it is refused."""
    end = _end(stream, settings["launch"]) if steps is None else checks.whole(steps, "steps", low=1)
    if stream.n_rows is not None:
        if steps is not None and end > stream.n_rows:
            raise InputError(f"steps: the stream has {stream.n_rows:,} rows, got {end:,}; leave it out to use them all")
        end = min(end, stream.n_rows)
    for name in ("launch", "label_delay", "cycle_time"):
        if not callable(settings[name]) and settings[name] >= end:
            raise InputError(f"{name}: expected fewer rows than the {end:,} of the run, got {settings[name]:,}")
    return end


def _end(stream: Stream, launch: int) -> int:
    if stream.n_rows is not None:
        return stream.n_rows
    if not stream.drifts:
        return launch + DEFAULT_STEPS
    last = stream.drifts[-1]
    before = stream.drifts[-2].position if len(stream.drifts) > 1 else 0
    return last.position + max(last.width, last.position - before)
