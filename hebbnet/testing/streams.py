"""Hold a stream to what every stream of the package keeps."""

from __future__ import annotations

from collections.abc import Collection

from ..engine import checks
from ..streams import Stream
from .report import Report, go_through, to_skip
from .stream_faults import CHECKS
from .trial import Trial

TAIL = 2_000  # rows to look at after the last drift
MOST_ROWS = 200_000


class StreamReport(Report):
    """What was checked of a stream (`subject`, its name): the checks it `passed`, those `skipped`, and why.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.testing.check_stream(hb.from_arrays([[0.0], [1.0], [2.0]], ["dry", "rain", "dry"])).passed
    ('batch', 'restart', 'chunks', 'memory', 'fresh')
    """


def check_stream(stream: Stream, *, rows: int | None = None, skip: Collection[str] = ()) -> StreamReport:
    """Hold a stream to what every stream of the package keeps; the first fault found is raised.

    The checks, in this order. batch: `take(n)` gives n rows of the right shapes and types, labels that exist, finite
    numbers. restart: the very same rows come again. chunks: take(a), then take(b), is take(a + b). memory: rows that
    were handed out can be overwritten. fresh: a new seed gives other rows, the same seed the same. And for streams that
    know the truth, truth: indices, p and bayes are in their range. labels: clean labels are those of the concept that
    rules. noise: as many labels are wrong as bayes says, within 5 standard errors. drifts: the concept changes where
    `drift_points` say, and nowhere else. twin: the same rows until the first drift, and then no change.

    Parameters
    ----------
    stream : Stream
        It is restarted, and left at its first row.
    rows : int
        How many to look at; if not given, 2,000 after the last drift, at least 10,000 and at most 200,000.
    skip : names of checks
        What the stream does on purpose; each is reported as not checked.

    Returns
    -------
    StreamReport

    Raises
    ------
    StreamFault
        What was seen, what was expected, and the likely cause; `fault` is its name.
    InputError
        For what is no stream, and for unknown checks.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> class Coins(hb.streams.Stream):
    ...     n_inputs, classes = 1, ("heads", "tails")
    ...     def __init__(self, rng): self.rng = np.random.default_rng(rng)
    ...     def take(self, n):
    ...         self.position += n
    ...         return hb.streams.Batch(np.zeros((n, 1)), self.rng.integers(2, size=n))
    ...     def restart(self): self.position = 0
    ...     def fresh(self, rng=None): return Coins(rng)
    >>> try:
    ...     hb.testing.check_stream(Coins(0))
    ... except hb.testing.StreamFault as error:
    ...     error.fault
    'restart forgets the seed'
    """
    if not isinstance(stream, Stream):
        raise checks.InputError(f"check_stream: expected a stream such as hb.DriftStream([hb.SEA(8)]), got {stream!r}")
    if rows is None:
        last = max((drift.stop for drift in stream.drifts), default=0)
        rows = min(max(last + TAIL, 10_000), MOST_ROWS)
    trial = Trial(stream, checks.whole(rows, "check_stream: rows", low=2))
    found = go_through(CHECKS, trial, to_skip(skip, CHECKS))
    stream.restart()
    return StreamReport(type(stream).__name__, *found)
