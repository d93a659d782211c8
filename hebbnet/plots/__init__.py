"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .diagram import loop
from .film import film, filmstrip
from .lateness import law
from .recovery import recovery
from .season import season
from .world import world, worlds

__all__ = ["accuracy", "boundary", "film", "filmstrip", "law", "loop", "recovery", "season", "world", "worlds"]
