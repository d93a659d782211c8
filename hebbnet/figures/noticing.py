"""Noticing that the world has moved: a detector at work, and how quick one may be."""

from __future__ import annotations

from typing import Any

import hebbnet as hb
from hebbnet.plots.detector import noticed

from .recipe import Ask, Drawn, Recipe


def detector(ask: Ask) -> Drawn:
    """One life under the eyes of DDM: three drifts, the second of them gradual."""
    stream = hb.DriftStream([hb.SEA(theta) for theta in (7, 9, 11, 13)],
                            at=[5_000, hb.Gradual(10_000, width=1_000), 15_000], noise=0.1, rng=0)
    run = hb.run(hb.Learner(hb.mlp(stream, hidden=[16], rng=0)), stream, hb.OnDrift(hb.DDM()), launch=2_000,
                 window=1_000, cycle_time=500)
    alarms = [event.t for event in run.events if event.kind == "alarm"]
    found = noticed(alarms, stream.drift_points, len(run.t))
    false = len(alarms) - len(found)
    numbers: dict[str, Any] = {f"delay {k}": found[at] - at if at in found else None
                               for k, at in enumerate(stream.drift_points, 1)}
    delays = ", ".join(f"{alarm - at:,}" for at, alarm in found.items())
    alt = (f"Errors of a model, DDM's statistic with its thresholds, and the events of one run: {len(found)} of 3 "
           f"drifts noticed, {delays} rows late, and {false} false alarms.")
    return Drawn(hb.plots.detector(run, size=ask.size()), alt, {**numbers, "false alarms": false})


SETTINGS: dict[str, list[Any]] = {
    "ADWIN": [hb.ADWIN(delta=delta) for delta in (1.0, 0.5, 0.2, 0.002)],
    "DDM": [hb.DDM(drift_threshold=k) for k in (2, 2.5, 3, 4)],
    "PageHinkley": [hb.PageHinkley(threshold=h) for h in (8, 15, 25, 50)],
    "HDDM_A": [hb.HDDM_A(drift_confidence=c) for c in (0.05, 0.01, 1e-3, 1e-4)],
    "HDDM_W": [hb.HDDM_W(drift_confidence=c) for c in (0.05, 0.01, 1e-3, 1e-4)],
}


def tradeoff(ask: Ask) -> Drawn:
    """Five detectors at four settings each, where the errors rise from .2 to .4."""
    errors = hb.lab.ErrorStream([(2_000, 0.2), (1_000, 0.4)])
    found = {name: [hb.evaluate_detector(one, errors, within=1_000, seeds=10 * ask.seeds) for one in made]
             for name, made in SETTINGS.items()}
    ax = hb.plots.tradeoff(found, ax=ask.axes())
    numbers: dict[str, Any] = {}
    for name, line in found.items():
        for one, made in zip(line, SETTINGS[name], strict=True):
            setting = getattr(made, str(made.tuned[0]))
            numbers |= {f"{name} {setting:g}, {what}": one.summary()[what]
                        for what in ("mean_delay", "per_10k", "misses")}
    quick, careful = found["ADWIN"][0].summary(), found["ADWIN"][-1].summary()
    alt = (f"Delay against false alarms of five detectors. From its rashest to its most careful setting ADWIN's delay "
           f"grows from {quick['mean_delay']:.0f} to {careful['mean_delay']:.0f} rows, and its false alarms in 10,000 "
           f"errors fall from {quick['per_10k']:.1f} to {careful['per_10k']:.1f}.")
    return Drawn(ax.figure, alt, numbers)


RECIPES = (
    Recipe("detector", "how a detector notices, how late, and how often for nothing", detector, claims=(9,),
           seconds=1),
    Recipe("tradeoff", "every detector buys speed with false alarms", tradeoff, seeds=10, quick=3,
           seconds=1),
)
