"""`run`: launch a learner into a stream, and keep it up to date as a policy says. The clock does the work."""

from __future__ import annotations

from typing import Any

from ..engine import checks
from ..engine.checks import InputError
from ..engine.progress import Progress
from ..learning.learner import Learner
from ..streams import Stream
from . import policies
from .clock import Clock
from .policies import Policy
from .record import Run

DEFAULT_STEPS = 10_000  # of a stream without end and without drift


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run: `.run` holds what was done so far; of a sweep, the Sweep of the seeds that were finished."""

    def __init__(self, run: Any) -> None:
        super().__init__("interrupted")
        self.run = run


def run(learner: Any, stream: Stream, policy: Policy, *, steps: int | None = None, launch: int = 2_000,
        epochs: int = 5, batch_size: int = 1, window: int = 2_000, label_delay: int = 0, cycle_time: int = 0,
        arrival: int = 1, warm_start: bool = True, rng: Any = None, progress: bool | None = False) -> Run:
    """Launch a learner into a stream, and keep it up to date as the policy says.

    The stream is restarted and the learner copied: the same call gives the same run. The first `launch` rows train
    the model and are not scored. One training is `epochs` shuffled passes over the last `window` labelled rows.

    Parameters
    ----------
    learner : Learner, or anything with learn(X, y), predict(X) and copy()
    stream : Stream
    policy : Policy
        When to train: Never(), Periodic(every), OnDrift(detector), Always().
    steps : int, optional
        Rows in all, the launch included. None is to the end; a stream without end runs on after its last drift for as
        long as the concept before lasted.
    launch, window : int
        In rows.
    epochs, batch_size : int
        How one training goes through its rows. `Always` learns `batch_size` labels at a time, or those of one block.
    label_delay, cycle_time : int
        In rows: how late a label is, how long a training takes until its model serves. `Always` serves the weights
        of `cycle_time` rows ago.
    arrival : int
        Rows that come at once.
    warm_start : bool
        Go on from the weights that serve, or begin from scratch.
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
    settings = check(learner, stream, steps, launch, epochs, batch_size, window, label_delay, cycle_time, arrival,
                     warm_start)
    clock = Clock(learner.copy(), stream, policy, settings, rng)
    stream.restart()
    with Progress(policy.name, show=progress) as tell:
        try:
            clock.launch()
            clock.live(tell)
        except KeyboardInterrupt:
            raise Interrupted(clock.recorder.finish(clock.now, clock.serving)) from None
    return clock.recorder.finish(clock.now, clock.serving)


def check(learner: Any, stream: Any, steps: Any = None, launch: Any = 2_000, epochs: Any = 5, batch_size: Any = 1,
          window: Any = 2_000, label_delay: Any = 0, cycle_time: Any = 0, arrival: Any = 1,
          warm_start: bool = True) -> dict[str, Any]:
    """The settings of a run, every number checked before anything runs."""
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
    if not warm_start and not hasattr(learner, "fresh"):
        raise InputError("run: warm_start=False needs a learner with fresh(rng)")
    numbers = {"launch": checks.whole(launch, "launch"), "epochs": checks.whole(epochs, "epochs", low=1),
               "batch_size": checks.whole(batch_size, "batch_size", low=1),
               "window": checks.whole(window, "window", low=1),
               "label_delay": checks.whole(label_delay, "label_delay"),
               "cycle_time": checks.whole(cycle_time, "cycle_time"),
               "arrival": checks.whole(arrival, "arrival", low=1), "warm_start": bool(warm_start)}
    end = _end(stream, numbers["launch"]) if steps is None else checks.whole(steps, "steps", low=1)
    if stream.n_rows is not None:
        if steps is not None and end > stream.n_rows:
            raise InputError(f"steps: the stream has {stream.n_rows:,} rows, got {end:,}; leave it out to use them all")
        end = min(end, stream.n_rows)
    if numbers["launch"] >= end:
        raise InputError(f"launch: expected fewer rows than the {end:,} of the run, got {numbers['launch']:,}")
    return {"steps": end, **numbers}


def _end(stream: Stream, launch: int) -> int:
    if stream.n_rows is not None:
        return stream.n_rows
    if not stream.drifts:
        return launch + DEFAULT_STEPS
    last = stream.drifts[-1]
    before = stream.drifts[-2].position if len(stream.drifts) > 1 else 0
    return last.position + max(last.width, last.position - before)
