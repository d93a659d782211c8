"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .detector import detector
from .diagram import loop
from .film import film, filmstrip
from .lateness import booster, law
from .policies import cost, policies
from .recovery import recovery
from .regret import regret
from .season import season
from .world import world, worlds

__all__ = [
    "accuracy", "booster", "boundary", "cost", "detector", "film", "filmstrip", "law", "loop", "policies",
    "recovery", "regret", "season", "world", "worlds",
]
