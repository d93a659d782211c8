"""What a synapse does with what it can see: its weight, pre, post, and the signal. A rule gives the change to add."""

from .base import Rule
from .basic import Covariance, Gradient, Hebb
from .competitive import Instar, KrotovHopfield, SoftHebb
from .components import Oja, Sanger, Subspace
from .own import rule, synapse
from .plastic import BCM

__all__ = [
    "BCM",
    "Covariance",
    "Gradient",
    "Hebb",
    "Instar",
    "KrotovHopfield",
    "Oja",
    "Rule",
    "Sanger",
    "SoftHebb",
    "Subspace",
    "rule",
    "synapse",
]
