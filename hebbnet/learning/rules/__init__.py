"""What a synapse does with what it can see: its weight, pre, post, and the signal. A rule gives the change to add."""

from .base import Rule
from .basic import Covariance, Gradient, Hebb
from .competitive import Instar, KrotovHopfield, SoftHebb
from .components import Oja, Sanger, Subspace
from .own import rule, synapse
from .plastic import BCM
from .settling import Foldiak
from .taught import NormalizedLMS, Prototype

__all__ = [
    "BCM",
    "Covariance",
    "Foldiak",
    "Gradient",
    "Hebb",
    "Instar",
    "KrotovHopfield",
    "NormalizedLMS",
    "Oja",
    "Prototype",
    "Rule",
    "Sanger",
    "SoftHebb",
    "Subspace",
    "rule",
    "synapse",
]
