"""Drift detectors: they read a model's errors one after the other and say when the world has moved."""

from .adwin import ADWIN
from .basic import DDM, Detector

__all__ = ["ADWIN", "DDM", "Detector"]
