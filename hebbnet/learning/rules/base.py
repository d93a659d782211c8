"""What every rule is: a formula for dW, the change to ADD to W, averaged over the batch.

Symbols, here and in every rule: W_ij the weight from input i to neuron j, W (n_in, n_out); pre_i what comes in; z_j
the potential; post_j the activity; signal_j which way z_j should move. `state` is the rule's own memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from ..part import Part


@dataclass(frozen=True)
class Rule(Part):
    """Base of all rules; `@hb.synapse` and `@hb.rule` make one from a function.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Oja().uses_signal, hb.Gradient().uses_signal, hb.rules.Sanger().local
    (False, True, False)
    """

    noun: ClassVar[str] = "rule"
    uses_signal: ClassVar[bool] = False  # whether it needs to be told anything
    trusts_step: ClassVar[bool] = False  # whether any optimizer may rescale its change (a gradient) or not
    has_bias: ClassVar[bool] = True  # whether a bias is told what its neuron is told; else it stays
    settles: ClassVar[bool] = False  # whether its state is what a "settling" layer settles under
    local: ClassVar[bool] = True  # whether the change of W_ij needs no more than W_ij, pre_i, z_j, post_j, signal_j
    mean_of_samples: ClassVar[bool] = True  # whether the change of a batch is the mean of its samples' changes

    def state_size(self, n_in: int, n_out: int) -> int:
        """How many numbers it remembers."""
        return 0

    @property
    def stable_rate(self) -> float:
        """The largest rate at which it is stable as far as its own numbers tell; a learner beyond it warns."""
        return math.inf

    def plain(self) -> Any:
        """The formula as plain NumPy."""
        return self.kernel.plain

    def mixed(self) -> Any:
        """The formula for big layers: as NumPy, since a rule is a product of matrices and BLAS does these best."""
        return self.kernel.plain
