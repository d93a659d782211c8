"""Concepts: rules of the world, each with the inputs it is asked about and the closed forms that tests hold it to."""

from __future__ import annotations

from .basic import SEA, STAGGER, Concept, RotatingBoundary

__all__ = ["SEA", "STAGGER", "Concept", "RotatingBoundary"]
