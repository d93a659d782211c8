"""Continuous training: policies say when a model is renewed, the loop lives through a stream, a Run remembers it."""
