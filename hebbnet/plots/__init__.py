"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .dashboard import dashboard
from .decay import accuracy
from .detector import detector
from .diagram import loop
from .facts import told, unlearning
from .film import film, filmstrip
from .forgetting import forgetting
from .health import health
from .lateness import booster, law
from .policies import cost, policies
from .recovery import recovery
from .regret import regret
from .roads import roads
from .season import season
from .step import step
from .tradeoff import tradeoff
from .weights import fields, growth
from .world import world, worlds

__all__ = [
    "accuracy", "booster", "boundary", "cost", "dashboard", "detector", "fields", "film", "filmstrip",
    "forgetting", "growth", "health", "law", "loop", "policies", "recovery", "regret", "roads", "season",
    "step", "told", "tradeoff", "unlearning", "world", "worlds",
]
