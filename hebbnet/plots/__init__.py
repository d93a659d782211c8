"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .detector import detector
from .lateness import law
from .policies import cost, policies
from .recovery import recovery
from .season import season
from .world import world, worlds

__all__ = [
    "accuracy",
    "boundary",
    "cost",
    "detector",
    "law",
    "policies",
    "recovery",
    "season",
    "world",
    "worlds",
]
