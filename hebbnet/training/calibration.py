"""Calibration: detectors brought to the same rate of false alarms, so that their delays can be compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..engine import checks
from ..engine.seeds import child, root
from ..monitoring.detectors import Detector
from .lab import ErrorStream, check_reads_errors
from .record import show
from .results import align

ALARMS = 100  # that are expected in all streams together, where the rate is the one that is asked for
LENGTHS = 5  # by default a stream is so many times as long as the run length that is asked for
CLOSE = 1.01  # the search ends when quick and careful differ by less


@dataclass(frozen=True)
class Calibration:
    """A detector brought to a rate of false alarms: the quickest whose average run length `arl0` is at least `asked`.

    `arl0` was measured on errors with probability `error`; where the detector's bound moves in steps (KSWIN), it can be
    well above what was asked. Its standard error is about a tenth.
    """

    detector: Detector
    setting: str
    value: float
    asked: float
    arl0: float
    error: float

    def __repr__(self) -> str:
        return "\n".join(align([["setting", "value", "asked", "arl0", "error"],
                                [self.setting, f"{self.value:.4g}", show(self.asked), show(self.arl0),
                                 f"{self.error:g}"]]))


def calibrate(detector: Detector, *, arl0: float, error: float = 0.2, length: int | None = None,
              rng: Any = 0) -> Calibration:
    """Find the setting at which a detector raises one false alarm in `arl0` values, so that delays can be compared.

    Each detector names the one setting that trades delay for false alarms (`detector.tuned`); it is searched for by
    halving, on simulated errors without a drift, the same at every step. ARL0 is the number of values over the number
    of alarms, on streams that each begin with a fresh detector. That matters: DDM and EDDM are rash when young and slow
    when old, so that their ARL0 depends on `length`; before delays are compared, take that of the streams they are
    measured on.

    Parameters
    ----------
    detector : Detector
        Its other settings are kept; it is not changed.
    arl0 : float
        At least 50.
    error : float
        Probability of an error, greater than 0. Few detectors have the same ARL0 at another.
    length : int, optional
        Values of each stream; 5 arl0 by default.
    rng
        Of the simulation.

    Returns
    -------
    Calibration
        Its `.detector` is the new one.

    Raises
    ------
    InputError
        If no setting reaches it: even the most careful has more false alarms, or even the quickest fewer.

    Examples
    --------
    >>> import hebbnet as hb
    >>> found = hb.calibrate(hb.HDDM_A(), arl0=2_000)
    >>> found.setting, found.detector.fresh().drift_confidence == found.value, found.arl0 >= 2_000
    ('drift_confidence', True, True)
    """
    check_reads_errors(detector, "calibrate")
    if not isinstance(detector, Detector) or detector.tuned is None:
        raise checks.InputError(f"calibrate: {detector!r} names no setting to tune; give its class `tuned`, "
                                "(setting, quick, careful)")
    asked = checks.number(arl0, "arl0", low=50.0)
    error = checks.number(error, "error", above=0.0, high=1.0)
    n = math.ceil(LENGTHS * asked) if length is None else checks.whole(length, "length", low=1)
    seed, recipe = root(rng), ErrorStream([(n, error)])
    streams = [recipe.draw(child(seed, "calibrate", k)) for k in range(math.ceil(ALARMS * asked / n))]
    setting, quick, careful = detector.tuned

    def run_length(value: float) -> tuple[float, Detector]:
        made = type(detector)(**{**detector.settings, setting: value})
        alarms = sum(len(made.fresh().run(errors)) for errors in streams)
        return (n * len(streams) / alarms if alarms else math.inf), made

    for value, sense in ((careful, -1), (quick, 1)):
        found, _ = run_length(value)
        if (found - asked) * sense > 0:
            often = f"a false alarm comes every {found:,.0f} values" if found < math.inf else "no false alarm comes"
            raise checks.InputError(f"calibrate: {type(detector).__name__} cannot be brought to ARL0 {show(asked)} at "
                                    f"error {error:g}: even at {setting}={value:g} {often}")
    while max(quick, careful) / min(quick, careful) > CLOSE:
        middle = math.sqrt(quick) * math.sqrt(careful)
        quick, careful = (quick, middle) if run_length(middle)[0] >= asked else (middle, careful)
    measured, made = run_length(careful)
    return Calibration(made, setting, careful, asked, measured, error)
