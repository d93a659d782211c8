"""Seeing: each picture is one function, which draws into `ax` and returns it. Nothing is shown or saved."""

from .boundaries import boundary
from .decay import accuracy
from .detector import detector
from .forgetting import forgetting
from .lateness import booster, law
from .policies import cost, policies
from .regret import regret
from .tradeoff import tradeoff

__all__ = ["accuracy", "booster", "boundary", "cost", "detector", "forgetting", "law", "policies", "regret", "tradeoff"]
