"""Every public door: what is made by calling it, which methods are asked afterwards, and what is left out, and why."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_values import Guess, X, Y, learner, network, stream, table

import hebbnet as hb
from hebbnet import concepts, detectors, metrics, policies, rules, schedules

LEFT_OUT = {
    "InputError": "what is raised", "dot": "the product of a kernel of one's own: NumPy's own errors",
    "Run": "made by hb.run", "Sweep": "made by hb.sweep", "Comparison": "made by Sweep.compare",
    **dict.fromkeys(["rules.Rule", "concepts.Concept", "concepts.Derived", "concepts.Overlapping", "detectors.Detector",
                     "detectors.FeatureDetector", "policies.Policy", "policies.Window"], "a base"),
    "metrics.AfterDrift": "made by after_drift", "synapse": "takes code", "rule": "takes code",
}
FILES = {"from_csv", "from_npz", "Registry"}  # they take a path: test_hostile_files.py


def doors() -> dict[str, Callable[..., Any]]:
    """All that can be called, by its public name: of `hb`, and of the chapters that have more."""
    found = {name: getattr(hb, name) for name in hb.__all__ if name != "__version__"}
    for chapter in (rules, concepts, detectors, metrics, policies):
        short = chapter.__name__.rpartition(".")[2]
        found |= {f"{short}.{name}": getattr(chapter, name) for name in chapter.__all__}
    found |= {f"schedules.{name}": thing for name, thing in vars(schedules).items()
              if inspect.isclass(thing) and thing.__module__ == schedules.__name__ and name != "Schedule"}
    found["lab.ErrorStream"] = hb.lab.ErrorStream
    known = {id(found[name]) for name in hb.__all__ if name != "__version__"}
    return {name: thing for name, thing in found.items() if "." not in name or id(thing) not in known}


CALLED = {name: door for name, door in doors().items() if name not in LEFT_OUT and name not in FILES}
# What is slow where everything fits is given little to do.
LITTLE: dict[str, dict[str, Any]] = {
    "sweep": {"seeds": 1}, "evaluate_detector": {"seeds": 1, "streams": hb.lab.ErrorStream([(60, 0.2), (40, 0.5)])},
    "calibrate": {"length": 100, "arl0": 20}, "HebbNetClassifier": {"epochs": 1}, "HebbNetRegressor": {"epochs": 1},
}

# ---------------------------------------------------------------- what was accepted must work


def use(thing: Any) -> None:
    """Ask a thing that was accepted for what it is for."""
    for kind, ask in USES:
        if isinstance(thing, kind):
            ask(thing)
            return
    repr(thing)


def _learn(**part: Any) -> None:
    made = learner(**part)
    made.learn(X[:6], Y[:6], batch_size=2)
    with tempfile.TemporaryDirectory() as folder:
        hb.Learner.load(made.save(Path(folder, "x.npz")))


def _concept(thing: Any) -> None:
    rows = thing.sample(3, 0)
    thing.label(rows)
    repr(thing)


def _detector(thing: Any) -> None:
    wide = isinstance(thing, detectors.FeatureDetector)
    values = np.zeros((30, thing.columns)) if wide else np.arange(60) % 2
    thing.run(values)
    thing.copy().set_state(thing.get_state())
    repr(thing)


def _run(policy: Any, **settings: Any) -> None:
    given = stream() if getattr(policy, "needs_truth", False) else table()
    hb.run(Guess(), given, policy, launch=10, steps=40, **settings)


def _fit(thing: Any) -> None:
    thing.fit(X, Y).predict(X)


USES: list[tuple[Any, Callable[[Any], None]]] = [
    (hb.Network, lambda made: made.outputs(X[:2, :1].repeat(made.n_inputs, 1))),
    (hb.Dense, lambda made: hb.Network(3, [made], rng=0).outputs(X[:2])),
    (hb.Learner, lambda made: made.learn(X[:3], Y[:3])),
    (rules.Rule, lambda made: _learn(rule=made)), (hb.SGD.__mro__[1], lambda made: _learn(optimizer=made)),
    (hb.Backprop.__mro__[1], lambda made: _learn(credit=made)),
    (hb.CrossEntropy.__mro__[1], lambda made: _learn(signal=made)),
    (hb.Surprise, lambda made: _learn(surprise=made)),
    (schedules.Cosine.__mro__[1], lambda made: _learn(schedule=made)),
    (concepts.Concept, _concept), (detectors.Detector, _detector),
    (hb.Abrupt.__mro__[1], lambda made: hb.DriftStream([hb.SEA(7), hb.SEA(9)], at=[made]).take(30)),
    (policies.Policy, _run), (policies.Window, lambda made: _run(hb.Periodic(7), window=made)),
    (hb.FactMemory, lambda made: (made.tell("Jane", "red"), made.ask("Jane"), made.table())),
    (hb.Hopfield, lambda made: (made.store([[1] * made.n]), made.recall([1] * made.n))),
    (hb.DenseHopfield, lambda made: (made.store([[1] * made.n]), made.recall([1] * made.n))),
    (hb.Facts, lambda made: made.take(5)), (hb.HebbNetClassifier, _fit), (hb.HebbNetRegressor, _fit),
    (hb.LiveData, lambda made: (made.learn(X, Y), made.predict(X))),
    (hb.LeastSquares, lambda made: (made.learn(X, Y), made.predict(X))),
    (hb.lab.ErrorStream, lambda made: made.draw(0)), (hb.Run, lambda made: made.summary()),
    (hb.Sweep, lambda made: (made.summary(), made.table())), (hb.DriftStream, lambda made: made.take(9)),
]

# ---------------------------------------------------------------- methods


def small_run() -> hb.Run:
    return hb.run(Guess(), stream(), hb.Periodic(10), launch=10, steps=40)


def small_sweep() -> hb.Sweep:
    return hb.sweep(Guess(), stream(), {"a": hb.Never(), "b": hb.Periodic(9)}, seeds=2, launch=10, steps=40)


def fitted(made: Any) -> Any:
    made.fit(X, Y)
    return made


INSTANCES: dict[str, Callable[[], Any]] = {
    "Learner": learner, "Network": network, "FactMemory": lambda: hb.FactMemory(10, values=["red", "green"], rng=0),
    "Regressor": lambda: learner(network=network(1, "identity")),
    "Adam": lambda: learner(optimizer=hb.Adam(), schedule=schedules.Cosine(9), surprise=hb.Surprise()),
    "Hopfield": lambda: hb.Hopfield(3), "DenseHopfield": lambda: hb.DenseHopfield(3), "Facts": lambda: hb.Facts(rng=0),
    "DriftStream": stream, "ArrayStream": table, "LeastSquares": hb.LeastSquares,
    "LiveData": lambda: hb.LiveData(learner()), "Run": small_run, "Sweep": small_sweep,
    "HebbNetClassifier": lambda: fitted(hb.HebbNetClassifier([3], epochs=1, rng=0)),
    "HebbNetRegressor": lambda: fitted(hb.HebbNetRegressor([3], epochs=1, rng=0)),
    "ErrorStream": lambda: hb.lab.ErrorStream([(30, 0.2)]),
    **{name: getattr(detectors, name) for name in detectors.__all__
       if name not in ("Detector", "FeatureDetector", "KS", "PSI")},
    "KS": lambda: detectors.KS(3, reference=9, window=9, alpha=0.1),
    "PSI": lambda: detectors.PSI(3, reference=20, window=9),
    "SEA": hb.SEA, "STAGGER": hb.STAGGER, "Hyperplane": lambda: hb.Hyperplane([1.0, -1.0]), "Circles": concepts.Circles,
    "LED": concepts.LED, "Friedman": concepts.Friedman, "Gauss": concepts.Gauss, "RandomRBF": concepts.RandomRBF,
    "Noisy": lambda: concepts.Noisy(hb.SEA(8), 0.1), "Agrawal": concepts.Agrawal,
}
# Asked by the package itself, in an order and with arguments that it knows.
INNER = {"density", "draw_labels", "follow", "probe", "check_compatible", "check_still", "kernel", "of",
         "shares_inputs", "sample"}  # what a concept draws: n and rng are NumPy's to refuse
PATHS = {"save", "load"}  # test_hostile_files.py


def methods(thing: Any) -> Iterator[str]:
    """The public methods of an object."""
    for name, value in inspect.getmembers_static(type(thing)):
        if not name.startswith("_") and name not in INNER | PATHS and (
                inspect.isfunction(value) or isinstance(value, (classmethod, staticmethod))):
            yield name


def parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(call).parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]

