"""Drift detectors: what a value costs, beside River; and how late and how rarely wrong each of them is.

    python -m benchmarks.detectors [--quick] [--json FILE]

hebbnet's `run` reads a million values; River's detectors, which are called value by value, read the beginning of the
same (KSWIN 5,000 of them, the others 200,000). Before anything is clocked, both must give the same alarms.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.training.lab import ErrorStream, Evaluation, table
from hebbnet.training.results import align

from .machine import machine

VALUES = 1_000_000
ERRORS = ErrorStream([(VALUES // 10, p) for p in (0.1, 0.2) * 5])  # a drift every 100,000 values

# name, ours, its name in River, values that River reads, and the ratio that is asked for
CONTESTANTS: list[tuple[str, hb.detectors.Detector, str, int, float]] = [
    ("ADWIN", hb.ADWIN(), "ADWIN", 200_000, 6),
    ("DDM", hb.DDM(), "binary.DDM", 200_000, 40),
    ("EDDM", hb.EDDM(), "binary.EDDM", 200_000, 40),
    ("PageHinkley", hb.PageHinkley(), "PageHinkley", 200_000, 40),
    ("HDDM_A", hb.HDDM_A(), "binary.HDDMA", 200_000, 150),
    ("HDDM_W", hb.HDDM_W(), "binary.HDDMW", 200_000, 150),
    ("KSWIN", hb.KSWIN(), "KSWIN", 5_000, 50),
]
OTHERS: list[tuple[str, hb.detectors.Detector]] = [("CUSUM", hb.detectors.CUSUM()), ("ECDD", hb.detectors.ECDD())]
ROWS = 200_000  # that the detectors of features read, of 5 columns
ON_FEATURES: list[tuple[str, hb.detectors.Detector]] = [("KS", hb.detectors.KS(5)), ("PSI", hb.detectors.PSI(5))]

RIVER = importlib.util.find_spec("river") is not None
CHANGES = [(0.2, 0.3), (0.2, 0.5), (0.05, 0.2)]
ARL0 = 5_000  # at which they are compared after calibration
LENGTH = 2_000  # of errors before a change; 1,000 follow


# ---------------------------------------------------------------- speed


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def river_run(name: str, xs: list[int]) -> list[int]:
    """Read all values with one of River's detectors, as its users do; the alarms."""
    from river import drift

    place: Any = drift
    for part in name.split("."):
        place = getattr(place, part)
    detector, alarms = place(**({"seed": 1} if name == "KSWIN" else {})), []
    for i, x in enumerate(xs):
        detector.update(x)
        if detector.drift_detected:
            alarms.append(i)
    return alarms


def speed(repetitions: int) -> dict[str, dict[str, Any]]:
    """Microseconds a value: `run`, `run` on a tenth, `update`, and River; all of a detector in turns."""
    xs = ERRORS.draw(0)
    tenth, single, bits = xs[: VALUES // 10], xs[:20_000].tolist(), xs.astype(int).tolist()
    X = np.random.default_rng(0).normal(size=(ROWS, 5))
    found: dict[str, dict[str, Any]] = {}
    for name, ours, theirs, n, asked in CONTESTANTS:
        if RIVER and name != "KSWIN" and ours.fresh().run(xs[:n]).tolist() != river_run(theirs, bits[:n]):
            raise SystemExit(f"{name}: not the alarms of River's {theirs}")
        works: dict[str, tuple[Callable[[], Any], int]] = {
            "run": (lambda ours=ours: ours.fresh().run(xs), VALUES),
            "tenth": (lambda ours=ours: ours.fresh().run(tenth), VALUES // 10),
            "update": (lambda ours=ours: one_by_one(ours.fresh(), single), len(single)),
            **({"river": (lambda theirs=theirs, n=n: river_run(theirs, bits[:n]), n)} if RIVER else {})}
        found[name] = timed(works, repetitions) | {"asked": asked, "grows": memory(ours, xs)}
    for name, ours in OTHERS:
        found[name] = timed({"run": (lambda ours=ours: ours.fresh().run(xs), VALUES),
                             "tenth": (lambda ours=ours: ours.fresh().run(tenth), VALUES // 10),
                             "update": (lambda ours=ours: one_by_one(ours.fresh(), single), len(single))}, repetitions)
    for name, ours in ON_FEATURES:
        found[name] = timed({"run": (lambda ours=ours: ours.fresh().run(X), ROWS),
                             "tenth": (lambda ours=ours: ours.fresh().run(X[: ROWS // 10]), ROWS // 10),
                             "update": (lambda ours=ours: one_by_one(ours.fresh(), X[:5_000]), 5_000)}, repetitions)
    return found


def one_by_one(detector: hb.detectors.Detector, xs: Any) -> None:
    """Call `update` with every value."""
    for x in xs:
        detector.update(x)


def timed(works: dict[str, tuple[Callable[[], Any], int]], repetitions: int) -> dict[str, list[float]]:
    """Microseconds a value of each piece of work, in turns; a first round, which compiles, is not counted."""
    taken: dict[str, list[float]] = {what: [] for what in works}
    for repetition in range(repetitions + 1):
        for what, (work, n) in works.items():
            us = 1e6 * seconds(work) / n
            if repetition:
                taken[what].append(us)
    return taken


def memory(detector: hb.detectors.Detector, xs: np.ndarray) -> int:
    """By how many bytes a detector grows while `update` reads 20,000 values more."""
    detector = detector.fresh()
    one_by_one(detector, xs[:1_000].tolist())
    more = xs[1_000:21_000].tolist()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for x in more:
        detector.update(x)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown


# ---------------------------------------------------------------- delays and false alarms


def quality(detectors: dict[str, hb.detectors.Detector]) -> dict[str, dict[str, Evaluation]]:
    """Every change with every detector: 30 seeds."""
    return {f"{old:g} -> {new:g}": {
        name: hb.evaluate_detector(detector, ErrorStream([(LENGTH, old), (1_000, new)]), within=1_000)
        for name, detector in detectors.items()} for old, new in CHANGES}


def false_alarms(detectors: dict[str, hb.detectors.Detector]) -> dict[str, dict[str, float]]:
    """False alarms in 10,000 errors of a fresh detector: 100 seeds."""
    return {name: {f"{p:g}": hb.evaluate_detector(detector, ErrorStream([(10_000, p)]), within=1,
                                                  seeds=100).summary()["per_10k"] for p in (0.05, 0.2)}
            for name, detector in detectors.items()}


def delays(found: dict[str, dict[str, Evaluation]]) -> list[str]:
    """The median delay and, where there are any, the misses of each detector at each change."""
    def cell(one: Evaluation) -> str:
        delay = "–" if one.delay is None else f"{one.delay:,.0f}"
        return f"{delay} ({one.misses} missed)" if one.misses else delay

    changes = list(found)
    rows = [[name, *(cell(found[change][name]) for change in changes)] for name in found[changes[0]]]
    return align([["median delay", *changes], *rows])


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """A value read by our `run` over one read by River, the median of the rounds; the lower the better."""
    return {f"{name}: run / River": median(our / their for our, their in zip(one["run"], one["river"], strict=True))
            for name, one in results["speed"].items() if "river" in one}


def report(results: dict[str, Any]) -> str:
    """The speed, as a table in Markdown."""
    lines = ["| us a value | run | update | River | River / run | at least | | 10 x the values | bytes it grows |",
             "|---|---:|---:|---:|---:|---:|---|---:|---:|"]
    beside = ratios(results)
    for name, one in results["speed"].items():
        longer, ratio = median(one["run"]) * 10 / median(one["tenth"]), beside.get(f"{name}: run / River")
        said = "- | - | | "
        if ratio:
            verdict = "met" if 1 / ratio >= one["asked"] else "**MISSED**"
            said = f"{median(one['river']):.2f} | {1 / ratio:.0f} | {one['asked']:g} | {verdict}"
        lines.append(f"| {name} | {median(one['run']):.4f} | {median(one['update']):.2f} | {said} | {longer:.1f} x | "
                     f"{one.get('grows', '')} |")
    return "\n".join(lines if RIVER else [*lines, "", "River: not measured (it is not installed)"])


def quality_report(results: dict[str, Any]) -> str:
    """Delays and false alarms, as a person reads them."""
    lines = ["", "at their defaults, 30 seeds:", *delays(results["defaults"]), "",
              *align(table(results["defaults"]["0.2 -> 0.5"])), "", "false alarms in 10,000 errors, 100 seeds:"]
    lines += align([["", "p = .05", "p = .2"], *([name, *(f"{found:.2f}" for found in one.values())]
                                                for name, one in results["false alarms"].items())])
    lines += [f"all of this in {results['seconds']['defaults']:.1f} s", "",
              f"calibrated to one false alarm in {ARL0:,} errors at p = .2, on streams of {LENGTH + 1_000:,} "
              f"({results['seconds']['calibrate']:.1f} s):"]
    lines += align([["", "setting", "value", "ARL0"],
                    *([name, one.setting, f"{one.value:.4g}", f"{one.arl0:,.0f}"]
                      for name, one in results["calibrated"].items())])
    return "\n".join([*lines, "", *delays(results["equal"])])


def measure(quick: bool) -> dict[str, Any]:
    """The speed alone."""
    return {"machine": machine(), "speed": speed(repetitions=2 if quick else 5)}


def everything(quick: bool) -> dict[str, Any]:
    """Delays and false alarms as well, before and after calibration."""
    results: dict[str, Any] = {**measure(quick), "seconds": {}}
    detectors = {name: ours for name, ours, *_ in CONTESTANTS} | dict(OTHERS)
    begin = perf_counter()
    results["defaults"], results["false alarms"] = quality(detectors), false_alarms(detectors)
    results["seconds"]["defaults"] = perf_counter() - begin
    begin = perf_counter()
    found = {name: hb.calibrate(detector, arl0=ARL0, length=LENGTH + 1_000) for name, detector in detectors.items()}
    results["seconds"]["calibrate"] = perf_counter() - begin
    results["calibrated"] = found
    equal = quality({name: one.detector for name, one in found.items()})
    results["equal"] = {change: equal[change] for change in ("0.2 -> 0.3", "0.2 -> 0.5")}
    return results


def main() -> None:
    """Measure, print, and write the JSON file if one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detectors", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 repetitions instead of 5: for a first look only")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the times, every repetition, to FILE")
    options = parser.parse_args()
    results = everything(options.quick)
    print(report(results), quality_report(results), sep="\n")
    if options.json:
        plain = {name: results[name] for name in ("machine", "speed", "false alarms", "seconds")}
        options.json.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
