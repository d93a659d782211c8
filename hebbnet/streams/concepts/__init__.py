"""Concepts: rules of the world, each with the inputs it is asked about and the closed forms that tests hold it to."""

from __future__ import annotations

from .basic import SEA, STAGGER, Concept, RotatingBoundary
from .curves import Circles, Mixed, Sine
from .derived import Derived, kind_of_drift
from .derived_inputs import Permuted, Reweighted, Shifted
from .derived_labels import Local, Noisy, Relabelled
from .digits import Digits
from .mixtures import Gauss, Overlapping, RandomRBF, TwoMoons
from .records import LED, Agrawal
from .zoo import Checkerboard, Friedman, Hyperplane

__all__ = [
    "LED",
    "SEA",
    "STAGGER",
    "Agrawal",
    "Checkerboard",
    "Circles",
    "Concept",
    "Derived",
    "Digits",
    "Friedman",
    "Gauss",
    "Hyperplane",
    "Local",
    "Mixed",
    "Noisy",
    "Overlapping",
    "Permuted",
    "RandomRBF",
    "Relabelled",
    "Reweighted",
    "RotatingBoundary",
    "Shifted",
    "Sine",
    "TwoMoons",
    "kind_of_drift",
]
