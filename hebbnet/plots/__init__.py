"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .detector import detector
from .lateness import law

__all__ = ["accuracy", "boundary", "detector", "law"]
