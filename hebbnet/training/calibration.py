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
from .sweep import align

STREAMS, LENGTHS = 20, 5  # so many no-drift streams, each so many times as long as the run length that is asked for
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


def calibrate(detector: Detector, *, arl0: float, error: float = 0.2, rng: Any = 0) -> Calibration:
    """Find the setting at which a detector raises one false alarm in `arl0` values, so that delays can be compared.

    Each detector names the one setting that trades delay for false alarms (`detector.tuned`); it is searched for by
    halving, on simulated errors without a drift, the same at every step. ARL0 is the number of values over the number
    of alarms on streams of 5 arl0 values: a detector that is rash when young and slow when old is seen as both.

    Parameters
    ----------
    detector : Detector
        Its other settings are kept; it is not changed.
    arl0 : float
        At least 50.
    error : float
        Probability of an error, strictly between 0 and 1. Few detectors have the same ARL0 at another.
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
    checks.number(1.0 - error, "1 - error", above=0.0)
    seed, recipe = root(rng), ErrorStream([(math.ceil(LENGTHS * asked), error)])
    streams = [recipe.draw(child(seed, "calibrate", k)) for k in range(STREAMS)]
    setting, quick, careful = detector.tuned

    def run_length(value: float) -> tuple[float, Detector]:
        made = type(detector)(**{**detector.settings, setting: value})
        alarms = sum(len(made.fresh().run(errors)) for errors in streams)
        return (STREAMS * len(streams[0]) / alarms if alarms else math.inf), made

    for value, sense in ((careful, -1), (quick, 1)):
        found, _ = run_length(value)
        if (found - asked) * sense > 0:
            raise checks.InputError(f"calibrate: {type(detector).__name__} cannot be brought to ARL0 {show(asked)} at "
                                    f"error {error:g}: even at {setting}={value:g} a false alarm comes every "
                                    f"{found:,.0f} values")
    while max(quick, careful) / min(quick, careful) > CLOSE:
        middle = math.sqrt(quick) * math.sqrt(careful)
        quick, careful = (quick, middle) if run_length(middle)[0] >= asked else (middle, careful)
    measured, made = run_length(careful)
    return Calibration(made, setting, careful, asked, measured, error)
