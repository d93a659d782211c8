"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .detector import detector
from .lateness import law
from .policies import cost, policies
from .recovery import recovery
from .roads import roads
from .season import season
from .step import step
from .weights import fields, growth
from .world import world, worlds

__all__ = [
    "accuracy",
    "boundary",
    "cost",
    "detector",
    "fields",
    "growth",
    "law",
    "policies",
    "recovery",
    "roads",
    "season",
    "step",
    "world",
    "worlds",
]
