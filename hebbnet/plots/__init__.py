"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .facts import told, unlearning
from .health import health
from .lateness import law
from .roads import roads
from .step import step
from .weights import fields, growth

__all__ = ["accuracy", "boundary", "fields", "growth", "health", "law", "roads", "step", "told",
           "unlearning"]
