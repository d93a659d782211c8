"""Concepts: rules of the world, each with the inputs it is asked about and the closed forms that tests hold it to."""

from __future__ import annotations

from .basic import SEA, STAGGER, Concept, RotatingBoundary
from .curves import Circles, Mixed, Sine
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
    "Friedman",
    "Gauss",
    "Hyperplane",
    "Mixed",
    "Overlapping",
    "RandomRBF",
    "RotatingBoundary",
    "Sine",
    "TwoMoons",
]
