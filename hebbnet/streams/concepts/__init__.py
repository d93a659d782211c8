"""Concepts: rules of the world, each with the inputs it is asked about and the closed forms that tests hold it to."""

from __future__ import annotations

from .basic import SEA, STAGGER, Concept, RotatingBoundary
from .derived import Derived, kind_of_drift
from .derived_inputs import Permuted, Reweighted, Shifted
from .derived_labels import Local, Noisy, Relabelled
from .digits import Digits

__all__ = ["SEA", "STAGGER", "Concept", "Derived", "Digits", "Local", "Noisy", "Permuted", "Relabelled", "Reweighted",
           "RotatingBoundary", "Shifted", "kind_of_drift"]
