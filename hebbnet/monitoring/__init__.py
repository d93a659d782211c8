"""Noticing: detectors that watch the errors of a model, and metrics that put its accuracy beside honest baselines."""
