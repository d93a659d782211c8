"""The four nouns put together for one network.

Which fit, what is chosen where nothing is said, and the flat vectors and tables that the engine works on.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import loop, seeds
from ..engine.checks import InputError, number
from ..network.activations import ACTIVATIONS
from ..network.network import Network
from .credit import Backprop, Broadcast, Credit, FeedbackAlignment, KolenPollack, SignSymmetric, Unsupervised
from .optimizers import SGD, Optimizer, RMSprop
from .part import instance
from .rewards import Reinforce
from .rules.base import Rule
from .rules.basic import Gradient
from .rules.own import OwnRule
from .schedules import Schedule, Surprise
from .signals import CrossEntropy, Huber, PerceptronError, Signal, SquaredError, SupervisedHebb, Teacher, _Silence

UNSUPERVISED_RATE = 0.01
# What the engine does itself when nothing else is asked for: a call less for the parts that are used most.
USUAL_KERNELS = (ACTIVATIONS["identity"].slope, Backprop.kernel, Gradient.kernel, SGD.kernel)


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


def recipe(network: Network, rate: Any, rule: Any, signal: Any, credit: Any, optimizer: Any, schedule: Any,
           surprise: Any, clip: Any) -> Recipe:
    """Fill in what fits the network where None is given; refuse what does not go together, by name."""
    L = len(network.layers)
    rules = _for_layers(Gradient() if rule is None else rule, Rule, L, "rule")
    told = [r.uses_signal for r in rules]
    signal = _signal(network, signal, rules)
    credit = instance(credit, Credit) if credit is not None else Backprop() if any(told[:-1]) else Unsupervised()
    if any(told[:-1]) and not credit.reaches_hidden:
        deaf = rules[told[:-1].index(True)]
        raise InputError(f"rule {deaf.name} in a hidden layer needs a signal, and credit {credit.name} brings none "
                         "there; use credit=hb.Backprop(), or a rule that needs no signal, such as hb.Oja()")
    _refuse_unheard(credit, rules)
    _refuse_empty_broadcast(network, credit, signal)
    _refuse_unsettled(network, rules, credit)
    if credit.compares_losses and signal.loss is None:
        raise InputError(f"credit {credit.name} compares losses, and signal {signal.name.lstrip('_')} has none; use "
                         "signal=hb.CrossEntropy() or hb.SquaredError(), with a rule that reads it, or another credit")
    optimizers = [_optimizer(r, credit) for r in rules] if optimizer is None else optimizer
    optimizers = _for_layers(optimizers, Optimizer, L, "optimizer")
    for r, o in zip(rules, optimizers, strict=True):
        if o.rescales and not r.trusts_step:
            raise InputError(f"optimizer {o.name} gives every weight a step of its own, which moves the fixed point of "
                             f"rule {r.name}; use hb.SGD() or hb.Momentum()")
        if getattr(o, "decay", 0.0) > 0.0 and not r.trusts_step:
            raise InputError(f"optimizer {o.name} with decay={o.decay:g} pulls every weight towards 0, which moves the "
                             f"fixed point of rule {r.name}; use decay=0")
    if rate is None:
        rate = [UNSUPERVISED_RATE if not r.uses_signal else credit.rate if isinstance(credit, KolenPollack) else
                o.default_rate for r, o in zip(rules, optimizers, strict=True)]
    rates = tuple(number(value, "Learner: rate", low=0.0) for value in _for_layers(rate, None, L, "rate"))
    schedule = None if schedule is None else instance(schedule, Schedule)
    surprise = None if surprise is None else _surprise(surprise, network, signal, rates)
    if credit.steps_by_itself and (schedule or surprise or clip is not None):
        raise InputError(f"credit {credit.name} changes its feedback weights at a rate of its own, which has to be the "
                         "weights' at every update; leave schedule, surprise and clip out, or use another credit")
    _refuse_steps_apart(credit, rules, optimizers, rates)
    for r, given in zip(rules, rates, strict=True):
        given = max(given, surprise.most) if surprise else given
        if given > r.stable_rate:
            warnings.warn(f"rate {given:g} is beyond the stable range of {r!r}, up to about {r.stable_rate:g}: its "
                          "weights may swing or grow without end; use a smaller rate", RuntimeWarning, stacklevel=3)
    clip = None if clip is None else number(clip, "Learner: clip", above=0.0)
    return Recipe(signal, credit, rules, optimizers, rates, schedule, surprise, clip)


def _surprise(surprise: Any, network: Network, signal: Signal, rates: tuple[float, ...]) -> Surprise:
    chosen: Surprise = instance(surprise, Surprise)
    if isinstance(signal, _Silence) or not answers_with_classes(network, signal):
        raise InputError("Surprise counts mistakes, and no rule here is told any label; use it where one is told, such "
                         "as hb.Gradient() in a last layer of softmax, or under hb.SquaredError(classes=True)")
    if chosen.most < max(rates):
        raise InputError(f"Surprise: most={chosen.most:g} is below the rate {max(rates):g}, which it should raise; use "
                         "a larger most, or a smaller rate")
    return chosen


def answers_with_classes(network: Network, signal: Signal) -> bool:
    """Whether the outputs are classes (else numbers)."""
    told_labels = not isinstance(signal, _Silence) and signal.asks_for_classes
    return told_labels or network.recipe[-1].activation in ("softmax", "sigmoid")


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


def _refuse_unheard(credit: Credit, rules: tuple[Rule, ...]) -> None:
    told = [rule.uses_signal for rule in rules]
    # A network without hidden layers may have any credit; the one that shakes all neurons tells the output's too.
    heard = any(told) if credit.compares_losses else len(rules) == 1 or any(told[:-1])
    if credit.reaches_hidden and not heard:
        raise InputError(f"credit {credit.name} is heard by no {'' if credit.compares_losses else 'hidden '}layer: "
                         f"rule {rules[0].name} learns without a signal; leave credit out, or use a rule that reads "
                         "one, such as hb.Gradient()")


def _refuse_empty_broadcast(network: Network, credit: Credit, signal: Signal) -> None:
    if not isinstance(credit, Broadcast):
        return
    # A softmax does not change when all its potentials grow alike: the gradient of any loss behind it sums to zero.
    empty = network.is_classifier and isinstance(signal, (CrossEntropy, SquaredError, Huber))
    always = isinstance(signal, (PerceptronError, SupervisedHebb, Reinforce))  # what one neuron is given, others lose
    if empty or always or isinstance(signal, Teacher):
        raise InputError(f"credit Broadcast tells every neuron the sum of the output's signal, and "
                         f"{'over a softmax that' if empty else 'that'} of {signal.name} is always "
                         f"{'zero' if empty or always else 'one'}; use signal=hb.RewardPredictionError(), or another "
                         "credit, such as hb.DirectFeedback()")


def _refuse_unsettled(network: Network, rules: tuple[Rule, ...], credit: Credit) -> None:
    through = isinstance(credit, (Backprop, FeedbackAlignment, KolenPollack, SignSymmetric))  # layer by layer
    for place, (layer, rule) in enumerate(zip(network.layers, rules, strict=True), 1):
        if layer.activation.settles != rule.settles:
            raise InputError(f"layer {place} is {layer.recipe.activation} under rule {rule.name}: only neurons that "
                             'settle learn by Foldiak, and they settle under its weights; use hb.Dense(units, '
                             '"settling") and hb.rules.Foldiak() together')
        if layer.activation.settles and through and any(below.uses_signal for below in rules[: place - 1]):
            raise InputError(f"credit {credit.name} tells the layers below layer {place} nothing: its neurons are on "
                             "or off, so that no signal comes through them; use credit=hb.DirectFeedback(), or below "
                             "it rules that need no signal, such as hb.Oja()")


def _refuse_steps_apart(credit: Credit, rules: tuple[Rule, ...], optimizers: tuple[Optimizer, ...],
                        rates: tuple[float, ...]) -> None:
    if not isinstance(credit, KolenPollack):
        return
    for place, (rule, optimizer, rate) in enumerate(zip(rules, optimizers, rates, strict=True), 1):
        alike = isinstance(optimizer, SGD) and rate == credit.rate
        if place > 1 and rule.uses_signal and not alike:  # below the first layer there is no F
            raise InputError(f"credit KolenPollack takes plain steps of rate {credit.rate:g} with its feedback weights "
                             f"F, and layer {place} takes those of {optimizer.name} at rate {rate:g}: W and F would "
                             f"part; use optimizer=hb.{SGD(credit.decay)!r}, rate={credit.rate:g}")


def _optimizer(rule: Rule, credit: Credit) -> Optimizer:
    if isinstance(credit, KolenPollack):  # W steps as F does
        return SGD(credit.decay if isinstance(rule, Gradient) else 0.0)
    # Found on generated streams alone, see benchmarks/defaults.md. Momentum and Adam are never a default: on
    # autocorrelated streams they fall below repeating the last label.
    return RMSprop() if isinstance(rule, Gradient) else SGD()


# ---------------------------------------------------------------- what the engine works on


@dataclass
class Memory:
    """Everything that changes while learning, apart from theta: flat vectors."""

    feedback: np.ndarray
    state: np.ndarray
    moments: np.ndarray
    scaler: np.ndarray  # mean (d), sum of squared distances (d), count; empty for raw inputs

    def copy(self) -> Memory:
        """The same numbers on memory of its own."""
        return Memory(*(array.copy() for array in vars(self).values()))


def first_memory(network: Network, recipe: Recipe, standardize: bool, seed: int) -> Memory:
    """Before the first sample."""
    table = layout(network, recipe)
    totals = [int(table[:, column].sum()) for column in (loop.N_STATE, loop.N_MOMENTS)]
    d = network.n_inputs
    columns = np.repeat(table[:, loop.FEEDBACK_COLUMNS], table[:, loop.N_IN] * table[:, loop.FEEDBACK_COLUMNS])
    # Variance 1 / columns: what a layer is told is as large as what was told to the one that tells it, at any width.
    feedback = seeds.child(seed, "feedback").standard_normal(len(columns)) / np.sqrt(columns)
    n_state = int(table[0, loop.STATE]) + totals[0]
    return Memory(feedback, np.zeros(n_state), np.zeros(totals[1]), np.zeros(2 * d + 1 if standardize else 0))


def layout(network: Network, recipe: Recipe) -> np.ndarray:
    """Where everything of each layer begins: int64 (L, COLUMNS)."""
    table = np.zeros((len(network.layers), loop.COLUMNS), dtype=np.int64)
    at = dict.fromkeys((loop.WEIGHTS, loop.UNITS, loop.FEEDBACK, loop.STATE, loop.MOMENTS), 0)
    at[loop.STATE] = recipe.signal.state_size(network.n_outputs) + loop.GATE_MEMORY * bool(recipe.surprise)
    for row, layer, rule, optimizer in zip(table, network.layers, recipe.rules, recipe.optimizers, strict=True):
        n, m = layer.n_in, layer.n_out
        bias_learns = rule.uses_signal and rule.has_bias and layer.recipe.bias
        row[[loop.N_IN, loop.N_OUT, loop.BIAS_LEARNS]] = n, m, bias_learns
        first = layer is network.layers[0]  # there is no one below to tell
        row[loop.FEEDBACK_COLUMNS] = 0 if first else recipe.credit.feedback_columns(m, network.n_outputs)
        row[loop.N_STATE] = rule.state_size(n, m)
        row[loop.N_MOMENTS] = optimizer.moments_size(n * m + m * bias_learns)
        row[list(at)] = list(at.values())
        sizes = (n * m + m, m, n * row[loop.FEEDBACK_COLUMNS], row[loop.N_STATE], row[loop.N_MOMENTS])
        at = {column: start + size for (column, start), size in zip(at.items(), sizes, strict=True)}
    return table


def hyper(network: Network, recipe: Recipe) -> np.ndarray:
    """The numbers of every part, layer by layer, then those of the whole network."""
    table = np.zeros(len(network.layers) * loop.LAYER_NUMBERS + loop.NETWORK_NUMBERS)
    for l, layer in enumerate(network.layers):
        row = table[l * loop.LAYER_NUMBERS :]
        for start, numbers in ((0, layer.activation.hyper), (loop.RULE_NUMBERS, recipe.rules[l].numbers),
                               (loop.OPTIMIZER_NUMBERS, recipe.optimizers[l].numbers),
                               (loop.CREDIT_NUMBERS, recipe.credit.numbers)):
            row[start : start + len(numbers)] = numbers
        row[loop.RATE] = recipe.rates[l]
    row = table[-loop.NETWORK_NUMBERS :]
    for start, part in ((loop.SIGNAL_NUMBERS, recipe.signal), (loop.GATE_NUMBERS, recipe.surprise)):
        if part:
            row[start : start + len(part.numbers)] = part.numbers
    row[loop.CLIP], row[loop.SIGMA] = recipe.clip or 0.0, recipe.credit.noise
    row[loop.MOST] = recipe.surprise.most if recipe.surprise else np.inf
    return table


def tables(network: Network, recipe: Recipe, execution: str) -> tuple[Any, ...]:
    """The functions of every layer, for one execution, in the order in which the engine's `learn` takes them.

    Compiled, tables of addresses. Plain, tuples of Python functions. Mixed, for big layers and batches: Python
    functions again, where the products of matrices are NumPy (BLAS) and everything else is compiled.
    """
    activations = [layer.activation for layer in network.layers]
    # A signal given at the potential is not to be turned by the slope once more.
    slopes = [*(activation.slope for activation in activations[:-1]),
              ACTIVATIONS["identity"].slope if recipe.signal.at_potential else activations[-1].slope]
    L = len(network.layers)
    small = ([activation.function for activation in activations], slopes, [recipe.signal.kernel],
             [recipe.signal.loss] if recipe.signal.loss and recipe.credit.compares_losses else [],
             [recipe.surprise.kernel] if recipe.surprise else [])
    credits = [recipe.credit.kernel] * L
    optimizers = [optimizer.kernel for optimizer in recipe.optimizers]
    if execution == "compiled":
        kernels = (*small, credits, [rule.kernel for rule in recipe.rules], optimizers)
        return tuple(np.array([loop.USUAL if k in USUAL_KERNELS else k.address for k in column], dtype=np.int64)
                     for column in kernels)
    if execution == "mixed":
        fast = [tuple(k.compiled for k in column) for column in small]
        return (*fast, tuple(k.plain for k in credits), tuple(rule.mixed() for rule in recipe.rules),
                tuple(k.compiled for k in optimizers))
    plain = [tuple(k.plain for k in column) for column in small]
    return (*plain, tuple(k.plain for k in credits), tuple(rule.plain() for rule in recipe.rules),
            tuple(k.plain for k in optimizers))


def own_rules(recipe: Recipe) -> list[OwnRule]:
    """The rules in it that a user wrote."""
    return [rule for rule in recipe.rules if isinstance(rule, OwnRule)]
