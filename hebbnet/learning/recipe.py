"""How one network learns: the four nouns put together, and what is chosen where nothing is said."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from ..engine.checks import InputError, number
from ..network.network import Network
from . import combinations
from .credit import Backprop, Credit, KolenPollack, Unsupervised
from .optimizers import SGD, Optimizer, RMSprop
from .part import instance
from .rules.base import Rule
from .rules.basic import Gradient
from .rules.own import OwnRule
from .schedules import Schedule, Surprise
from .signals import CrossEntropy, Signal, SquaredError, _Silence

UNSUPERVISED_RATE = 0.01


@dataclass(frozen=True)
class Recipe:
    """How a network learns: one signal, one credit, and for each layer a rule, an optimizer and a rate.

    And how large its steps are: a schedule, a gate, and the largest norm of a change, each or none.
    """

    signal: Signal
    credit: Credit
    rules: tuple[Rule, ...]
    optimizers: tuple[Optimizer, ...]
    rates: tuple[float, ...]
    schedule: Schedule | None = None
    surprise: Surprise | None = None
    clip: float | None = None

    @property
    def needs_labels(self) -> bool:
        """Whether any rule is told anything."""
        return not isinstance(self.signal, _Silence)

    def to_json(self) -> dict[str, Any]:
        """Every part by name and numbers."""
        return {"signal": self.signal.to_json(), "credit": self.credit.to_json(), "rates": self.rates,
                "rules": [rule.to_json() for rule in self.rules], "optimizers": [o.to_json() for o in self.optimizers],
                "schedule": self.schedule and self.schedule.to_json(),
                "surprise": self.surprise and self.surprise.to_json(), "clip": self.clip}

    @classmethod
    def from_json(cls, parts: dict[str, Any], own: Any = None) -> Recipe:
        """The recipe that `to_json` described; `own` are the rules of the user's own in it, which no file holds."""
        rules = tuple(_described_rule(description, own) for description in parts["rules"])
        optimizers = tuple(Optimizer.from_json(description) for description in parts["optimizers"])
        schedule, surprise = (parts[name] and noun.from_json(parts[name])
                              for name, noun in (("schedule", Schedule), ("surprise", Surprise)))
        return cls(Signal.from_json(parts["signal"]), Credit.from_json(parts["credit"]), rules, optimizers,
                   tuple(parts["rates"]), schedule, surprise, parts["clip"])


def _described_rule(description: dict[str, Any], own: Any) -> Rule:
    if description["name"] != "OwnRule":
        return Rule.from_json(description)  # type: ignore[no-any-return]
    for candidate in own if isinstance(own, (list, tuple)) else [own]:
        if isinstance(candidate, OwnRule) and candidate.name == description["function"]:
            return candidate
    raise InputError(f"this learner was saved with a rule of its user's own, {description['function']!r}; "
                     f"give it again: Learner.load(path, rule={description['function']})")


def own_rules(recipe: Recipe) -> list[OwnRule]:
    """The rules in it that a user wrote."""
    return [rule for rule in recipe.rules if isinstance(rule, OwnRule)]


def compose(network: Network, rate: Any, rule: Any, signal: Any, credit: Any, optimizer: Any, schedule: Any,
            surprise: Any, clip: Any) -> Recipe:
    """Fill in what fits the network where None is given; refuse what does not go together, by name."""
    L = len(network.layers)
    rules = _for_layers(Gradient() if rule is None else rule, Rule, L, "rule")
    told = [r.uses_signal for r in rules]
    signal = _signal(network, signal, rules)
    credit = instance(credit, Credit) if credit is not None else Backprop() if any(told[:-1]) else Unsupervised()
    combinations.check_told(network, signal, credit, rules)
    optimizers = [_optimizer(r, credit) for r in rules] if optimizer is None else optimizer
    optimizers = _for_layers(optimizers, Optimizer, L, "optimizer")
    combinations.check_steps(rules, optimizers)
    if rate is None:
        rate = [UNSUPERVISED_RATE if not r.uses_signal else credit.rate if isinstance(credit, KolenPollack) else
                o.default_rate for r, o in zip(rules, optimizers, strict=True)]
    rates = tuple(number(value, "Learner: rate", low=0.0) for value in _for_layers(rate, None, L, "rate"))
    schedule = None if schedule is None else instance(schedule, Schedule)
    surprise = None if surprise is None else combinations.gate(surprise, network, signal, rates)
    combinations.check_kolen_pollack(credit, rules, optimizers, rates, changed=bool(schedule or surprise or clip))
    for r, given in zip(rules, rates, strict=True):
        given = max(given, surprise.most) if surprise else given
        if given > r.stable_rate:
            warnings.warn(f"rate {given:g} is beyond the stable range of {r!r}, up to about {r.stable_rate:g}: its "
                          "weights may swing or grow without end; use a smaller rate", RuntimeWarning, stacklevel=3)
    clip = None if clip is None else number(clip, "Learner: clip", above=0.0)
    return Recipe(signal, credit, rules, optimizers, rates, schedule, surprise, clip)


def _for_layers(given: Any, noun: Any, L: int, what: str) -> tuple[Any, ...]:
    parts = list(given) if isinstance(given, (list, tuple)) else [given] * L
    if len(parts) != L:
        raise InputError(f"Learner: {what}: expected one for all layers or a list of {L}, got a list of {len(parts)}")
    return tuple(instance(part, noun) for part in parts) if noun else tuple(parts)


def _signal(network: Network, signal: Any, rules: tuple[Rule, ...]) -> Signal:
    output = network.recipe[-1].activation
    heard = any(rule.uses_signal for rule in rules)
    if signal is None:
        return _Silence() if not heard else CrossEntropy() if output == "softmax" else SquaredError()
    chosen: Signal = instance(signal, Signal)
    if not heard:
        raise InputError(f"signal {chosen.name} is heard by no layer: rule {rules[-1].name} learns without one; leave "
                         "signal out, or use a rule that reads it, such as hb.Gradient()")
    if chosen.outputs and output not in chosen.outputs:
        raise InputError(f"signal {chosen.name} needs a {' or '.join(chosen.outputs)} output, this network ends in "
                         f"{output}; change the last layer, or use hb.SquaredError()")
    return chosen


def _optimizer(rule: Rule, credit: Credit) -> Optimizer:
    if isinstance(credit, KolenPollack):  # W steps as F does
        return SGD(credit.decay if isinstance(rule, Gradient) else 0.0)
    # Found on generated streams alone, see benchmarks/defaults.md. Momentum and Adam are never a default: on
    # autocorrelated streams they fall below repeating the last label.
    return RMSprop() if isinstance(rule, Gradient) else SGD()
