"""The detector laboratory: how late a detector is, and how often wrong, on errors whose drifts are known.

A detector can be as quick as one likes, if false alarms do not matter: delays alone say nothing. So every evaluation
puts the false alarms of the no-drift twin beside the delay, and `hb.calibrate` makes detectors equal in them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.seeds import child, generator, root
from ..monitoring.detectors import Detector, FeatureDetector
from .record import Run, show
from .results import align

# ---------------------------------------------------------------- errors whose drifts are known


@dataclass(frozen=True)
class ErrorStream:
    """Errors as of a model that is left alone: independent, wrong (1) with a probability that is constant by segments.

    Parameters
    ----------
    segments : sequence of (n, p)
        n errors, each 1 with probability p. Where one segment ends and the next begins is a drift.

    Raises
    ------
    InputError
        If a segment is no pair of a whole number of at least 1 and a probability.

    Examples
    --------
    >>> import hebbnet as hb
    >>> errors = hb.lab.ErrorStream([(2_000, 0.2), (1_000, 0.5)])
    >>> errors.drifts, errors.twin, float(errors.draw(0)[2_000:].mean())
    ([2000], ErrorStream(segments=((3000, 0.2),)), 0.519)
    """

    segments: Sequence[tuple[int, float]]

    def __post_init__(self) -> None:
        try:
            pairs = [(n, p) for n, p in self.segments]
        except (TypeError, ValueError):
            raise checks.InputError("ErrorStream: expected segments (n, p), such as [(2_000, 0.2), (1_000, 0.5)], "
                                    f"got {self.segments!r}") from None
        if not pairs:
            raise checks.InputError("ErrorStream: expected at least one segment (n, p)")
        object.__setattr__(self, "segments", tuple(
            (checks.whole(n, "ErrorStream: n", low=1), checks.number(p, "ErrorStream: p", low=0.0, high=1.0))
            for n, p in pairs))

    @property
    def drifts(self) -> list[int]:
        """The first index of each segment but the first."""
        return [int(end) for end in np.cumsum([n for n, _ in self.segments])[:-1]]

    @property
    def twin(self) -> ErrorStream:
        """The no-drift twin: as many errors, all with the first probability."""
        return ErrorStream([(sum(n for n, _ in self.segments), self.segments[0][1])])

    def draw(self, rng: Any = 0) -> np.ndarray:
        """The errors, (n,) of 0 and 1; `rng` is anything `np.random.default_rng` takes."""
        n, p = zip(*self.segments, strict=True)
        wrong: np.ndarray = generator(rng).random(sum(n)) < np.repeat(p, n)
        return wrong.astype(np.float64)


# ---------------------------------------------------------------- one detector


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What a detector did on streams with known drifts.

    Attributes
    ----------
    detector : str
        How it was made.
    within : int
        An alarm later than that after a drift comes too late.
    drifts : int
        How many there were.
    delays : (k,) array of int64
        For each drift that was noticed, how many values of the new segment had been read before the one that raised the
        alarm.
    false_alarms : int
        All other alarms.
    values : int
        How many values were read.
    twin_alarms, twin_values : int
        The same on the no-drift twins; 0 values where there were no twins.
    """

    detector: str
    within: int
    drifts: int
    delays: np.ndarray
    false_alarms: int
    values: int
    twin_alarms: int
    twin_values: int

    @property
    def misses(self) -> int:
        """Drifts without an alarm in time."""
        return self.drifts - len(self.delays)

    @property
    def delay(self) -> float | None:
        """The median of the delays. It knows nothing of the misses: read them beside it."""
        return float(np.median(self.delays)) if len(self.delays) else None

    @property
    def arl0(self) -> float | None:
        """ARL0, the average run length without a drift: values of the twins, over their alarms; infinite for none."""
        if not self.twin_values:
            return None
        return self.twin_values / self.twin_alarms if self.twin_alarms else math.inf

    def summary(self) -> dict[str, Any]:
        """All numbers, by name; None where one is not defined.

        With h drifts noticed: precision h / (h + false alarms); recall h / drifts; f1, their harmonic mean; per_10k,
        false alarms in 10,000 values of the twins; mtr = MTFA / MTD (1 - MDR) (Bifet 2017, Classifier concept drift
        detection and the illusion of progress): the mean time between false alarms, arl0, over the mean delay, times
        the share of drifts noticed.
        """
        hits, arl0 = len(self.delays), self.arl0
        mean = float(self.delays.mean()) if hits else None
        recall = hits / self.drifts if self.drifts else None
        mtr = None
        if arl0 is not None and recall is not None:
            mtr = 0.0 if mean is None else math.inf if mean == 0 else arl0 / mean * recall
        return {
            "drifts": self.drifts, "misses": self.misses, "delay": self.delay, "mean_delay": mean,
            "false_alarms": self.false_alarms,
            "precision": hits / (hits + self.false_alarms) if hits + self.false_alarms else None,
            "recall": recall,
            "f1": 2 * hits / (hits + self.false_alarms + self.drifts) if self.drifts + self.false_alarms else None,
            "arl0": arl0, "per_10k": None if arl0 is None else 10_000 / arl0, "mtr": mtr,
        }

    def __repr__(self) -> str:
        return "\n".join(align(table({self.detector: self})))


COLUMNS = ("drifts", "misses", "delay", "false_alarms", "precision", "recall", "f1", "arl0", "mtr")


def table(evaluations: Mapping[str, Evaluation], columns: Sequence[str] = COLUMNS) -> list[list[str]]:
    """Evaluations as rows of text, one a detector, the head first; `columns` are names of `Evaluation.summary`."""
    rows = [[name, *(show(evaluation.summary()[column]) for column in columns)]
            for name, evaluation in evaluations.items()]
    return [["detector", *columns], *rows]


def evaluate_detector(detector: Any, streams: Any, *, within: int, seeds: int = 30, twins: Any = None,
                      rng: Any = 0) -> Evaluation:
    """Let a detector read errors whose drifts are known, afresh each time, and count.

    The first alarm among the `within` values from a drift on (and before the next drift) notices it; every other alarm
    is a false one, also a second one for the same drift.

    Parameters
    ----------
    detector : Detector, or anything whose update(x) returns whether x raises an alarm
        Only copies of it are used, in the state in which it is given; of a Detector, fresh ones.
    streams : one, or a list, of
        ErrorStream, which is drawn `seeds` times, as is its no-drift twin; Run, such as one of `hb.Never()`, whose
        scored rows are read; or (errors, drifts), an array (n,) and the indices at which something changed, in order.
    within : int
        How late an alarm may come, at least 1.
    seeds : int
        How many.
    twins : list of (n,) arrays, optional
        Errors without a drift, where the streams are not ErrorStreams and so know no twin.
    rng
        The root of all draws; another detector meets the same errors.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        Streams that are none of these, drifts outside the errors or out of order, a detector of inputs.

    Examples
    --------
    >>> import hebbnet as hb
    >>> errors = hb.lab.ErrorStream([(2_000, 0.2), (1_000, 0.5)])
    >>> found = hb.evaluate_detector(hb.ADWIN(), errors, within=1_000)
    >>> found.delay, found.misses, found.false_alarms
    (95.0, 0, 0)
    """
    check_reads_errors(detector, "evaluate_detector")
    within, seeds, seed = checks.whole(within, "within", low=1), checks.whole(seeds, "seeds", low=1), root(rng)
    delays: list[int] = []
    drifts = false_alarms = values = twin_alarms = twin_values = 0
    quiet = [checks.vector(errors, where="twins") for errors in twins] if twins is not None else []
    for place, given in enumerate(_listed(streams)):
        if isinstance(given, ErrorStream):
            draws = [(given.draw(child(seed, f"errors {place}", k)), given.drifts) for k in range(seeds)]
            quiet += [given.twin.draw(child(seed, f"twin {place}", k)) for k in range(seeds)]
        else:
            draws = [_known(given)]
        for errors, positions in draws:
            alarms = _alarms(detector, errors)
            caught = 0
            for drift, following in pairwise([*positions, len(errors)]):
                timely = alarms[(alarms >= drift) & (alarms < min(drift + within, following))]
                delays += [int(alarm) - drift for alarm in timely[:1]]
                caught += len(timely) > 0
            drifts, values = drifts + len(positions), values + len(errors)
            false_alarms += len(alarms) - caught
    for errors in quiet:
        twin_alarms, twin_values = twin_alarms + len(_alarms(detector, errors)), twin_values + len(errors)
    return Evaluation(repr(detector), within, drifts, np.array(delays, dtype=np.int64), false_alarms, values,
                      twin_alarms, twin_values)


def check_reads_errors(detector: Any, who: str) -> None:
    """Refuse what is no detector, or one that watches inputs."""
    if isinstance(detector, FeatureDetector):
        raise checks.InputError(f"{who}: expected a detector of errors such as hb.ADWIN(), got {detector!r}, which "
                                "watches inputs; its alpha is its rate of false alarms, a window")
    if isinstance(detector, type) or not callable(getattr(detector, "update", None)) or isinstance(detector, dict):
        raise checks.InputError(f"{who}: expected a detector such as hb.ADWIN(), got {detector!r}")


def _alarms(detector: Any, errors: np.ndarray) -> np.ndarray:
    if isinstance(detector, Detector):
        return detector.fresh().run(errors)
    detector = copy.deepcopy(detector)
    return np.array([i for i, error in enumerate(errors) if detector.update(float(error))], dtype=np.int64)


def _listed(streams: Any) -> list[Any]:
    """One stream or several, as a list."""
    one = isinstance(streams, (ErrorStream, Run)) or (isinstance(streams, tuple) and len(streams) == 2)
    if not one and (not isinstance(streams, (list, tuple)) or not streams):
        raise checks.InputError("streams: expected hb.lab.ErrorStream([(n, p), ...]), a Run, (errors, drifts), or a "
                                f"list of them, got {streams!r}")
    return [streams] if one else list(streams)


def _known(given: Any) -> tuple[np.ndarray, list[int]]:
    """The errors and the drifts of a run, or of a pair."""
    if isinstance(given, Run):
        return (~given.correct).astype(np.float64), [at - given.launch for at, _ in given.spans if at >= given.launch]
    try:
        errors, drifts = given
        positions = [checks.whole(at, "drifts") for at in drifts]
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, checks.InputError) else checks.InputError(
            f"streams: expected (errors, drifts), an array and a list of indices, got {given!r}") from None
    errors = checks.vector(errors, where="errors")
    if positions != sorted(set(positions)) or (positions and positions[-1] >= len(errors)):
        raise checks.InputError(f"drifts: expected indices of the {len(errors)} errors, in ascending order, "
                                f"got {positions}")
    return errors, positions
