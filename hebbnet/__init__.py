"""hebbnet: how models learn, and why they go stale."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Where each public name lives. Nothing is imported before it is asked for: `import hebbnet` takes milliseconds.
_HOME = {
    # network
    "Dense": "network.network",
    "Network": "network.network",
    "mlp": "network.network",
    # learning
    "Learner": "learning.learner",
    "CrossEntropy": "learning.signals",
    "BinaryCrossEntropy": "learning.signals",
    "SquaredError": "learning.signals",
    "Huber": "learning.signals",
    "PerceptronError": "learning.signals",
    "SupervisedHebb": "learning.signals",
    "Teacher": "learning.signals",
    "RightWrong": "learning.rewards",
    "RewardPredictionError": "learning.rewards",
    "Reinforce": "learning.rewards",
    "Backprop": "learning.credit",
    "Unsupervised": "learning.credit",
    "FeedbackAlignment": "learning.credit",
    "DirectFeedback": "learning.credit",
    "KolenPollack": "learning.credit",
    "SignSymmetric": "learning.credit",
    "Broadcast": "learning.credit",
    "NodePerturbation": "learning.credit",
    "alignment": "learning.alignment",
    "Gradient": "learning.rules.basic",
    "Hebb": "learning.rules.basic",
    "Oja": "learning.rules.components",
    "synapse": "learning.rules.own",
    "rule": "learning.rules.own",
    "dot": "engine.arrays",
    "SGD": "learning.optimizers",
    "Momentum": "learning.optimizers",
    "Nesterov": "learning.optimizers",
    "RMSprop": "learning.optimizers",
    "Adam": "learning.optimizers",
    "AdamW": "learning.optimizers",
    "Surprise": "learning.schedules",
    "FactMemory": "learning.memory",
    "Hopfield": "learning.hopfield",
    "DenseHopfield": "learning.hopfield",
    # streams
    "SEA": "streams",
    "STAGGER": "streams",
    "RotatingBoundary": "streams",
    "Hyperplane": "streams.concepts",
    "Abrupt": "streams",
    "Gradual": "streams",
    "Incremental": "streams",
    "DriftStream": "streams",
    "recurring": "streams",
    "blip": "streams",
    "Facts": "streams",
    "from_arrays": "streams",
    "from_csv": "streams",
    "from_npz": "streams",
    # monitoring
    "ADWIN": "monitoring.detectors",
    "DDM": "monitoring.detectors",
    "EDDM": "monitoring.detectors",
    "PageHinkley": "monitoring.detectors",
    "HDDM_A": "monitoring.detectors",
    "HDDM_W": "monitoring.detectors",
    "KSWIN": "monitoring.detectors",
    # training
    "Never": "training.policies",
    "Periodic": "training.policies",
    "OnDrift": "training.policies",
    "OnAccuracy": "training.policies",
    "Always": "training.policies",
    "run": "training.loop",
    "Run": "training.record",
    "sweep": "training.sweep",
    "Sweep": "training.results",
    "Comparison": "training.compare",
    "LiveData": "training.live",
    "LeastSquares": "training.law",
    "cycle_time_law": "training.law",
    "hindsight": "training.hindsight",
    "evaluate_detector": "training.lab",
    "calibrate": "training.calibration",
    # pipeline
    "Registry": "pipeline.registry",
    # at home in scikit-learn
    "HebbNetClassifier": "estimator",
    "HebbNetRegressor": "estimator",
    # what goes wrong
    "InputError": "engine.checks",
}
_CHAPTERS = {
    "rules": "learning.rules",
    "schedules": "learning.schedules",
    "concepts": "streams.concepts",
    "detectors": "monitoring.detectors",
    "metrics": "monitoring.metrics",
    "policies": "training.policies",
    "lab": "training.lab",
    "plots": "plots",
    "testing": "testing",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    elif name in _CHAPTERS:
        value = importlib.import_module(f"{__name__}.{_CHAPTERS[name]}")
    else:
        raise AttributeError(f"module 'hebbnet' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_CHAPTERS])
