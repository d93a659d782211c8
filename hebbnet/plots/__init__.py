"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .lateness import law
from .step import step

__all__ = ["accuracy", "boundary", "law", "step"]
