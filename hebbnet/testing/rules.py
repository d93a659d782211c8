"""Hold a rule to what every rule of the package keeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..engine import checks, seeds
from ..learning.part import instance
from ..learning.rules.base import Rule
from .bench import Bench
from .faults import CHECKS
from .report import Report, go_through, to_skip


class RuleReport(Report):
    """What was checked of a rule (`subject`, its name): the checks it `passed`, those `skipped`, and why.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.testing.check_rule(hb.Oja()).passed[:4]
    ('shape', 'memory', 'finite', 'zero')
    """

    @property
    def rule(self) -> str:
        """The name of the rule."""
        return self.subject


def check_rule(rule: Any, *, local: bool = True, n_in: int = 3, n_out: int = 4, rng: Any = 0,
               skip: Collection[str] = ()) -> RuleReport:
    """Hold a rule to what every rule of the package keeps; the first fault found is raised.

    The checks, in this order. shape: dW is (n_in, n_out), as W, and nothing else is written. memory: the same inputs
    give the same change at every call. finite: also for zeros, ones, thousands, negative numbers and one row. zero:
    where pre and W are zero, so is dW. locality: the change of W_ij needs W_ij, pre_i, z_j, post_j and signal_j alone.
    order: the rows of a batch may come in any order. mean: the change of a batch is the mean of its samples' changes.
    sign: a step along it makes a squared error smaller, not larger (for a rule that reads the signal). scale: a rule
    made of pre times signal is 1 times that, one made of pre times post the same number of times at every width.
    compiled: machine code gives what Python gives, to 1e-12, over updates in a row.

    Parameters
    ----------
    rule : Rule, `@hb.synapse` or `@hb.rule`
    local : bool
        False if the rule looks beyond its synapse on purpose. Rules of the package say so themselves.
    n_in, n_out : int
        The layer to try it on, at least 2 each, better not the same: then a transposed change shows.
    rng
        What the random layer is drawn from.
    skip : names of checks
        What the rule does on purpose; each is reported as not checked.

    Returns
    -------
    RuleReport

    Raises
    ------
    RuleFault
        What was seen, what was expected, and the likely fix; `fault` is its name.
    InputError
        For what is no rule, and for unknown checks.

    Examples
    --------
    >>> import hebbnet as hb
    >>> @hb.rule
    ... def mine(W, pre, post, signal):
    ...     return hb.dot(pre.T, post)
    >>> try:
    ...     hb.testing.check_rule(mine)
    ... except hb.testing.RuleFault as error:
    ...     error.fault
    'sum for mean'
    """
    rule = instance(rule, Rule)
    bench = Bench(rule, checks.whole(n_in, "check_rule: n_in", low=2), checks.whole(n_out, "check_rule: n_out", low=2),
                   seeds.root(rng))
    left_out = to_skip(skip, CHECKS)
    if not (local and rule.local):
        left_out["locality"] = "the rule is not meant to be local"
    if not rule.mean_of_samples:
        left_out["mean"] = "the rule says that the change of a batch is something else"
    return RuleReport(rule.name, *go_through(CHECKS, bench, left_out))
