"""What a synapse does with what it can see: its weight, pre, post, and the signal. A rule gives the change to add."""

from .base import Rule
from .basic import Covariance, Gradient, Hebb
from .competitive import Instar
from .components import Oja, Sanger, Subspace
from .own import rule, synapse
from .plastic import BCM

__all__ = [
    "BCM",
    "Covariance",
    "Gradient",
    "Hebb",
    "Instar",
    "Oja",
    "Rule",
    "Sanger",
    "Subspace",
    "rule",
    "synapse",
]
