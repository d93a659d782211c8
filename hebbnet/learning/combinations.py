"""Which of the four nouns go together: what breaks a theorem or is heard by nobody is refused, by name."""

from __future__ import annotations

from typing import Any

from ..engine.checks import InputError
from ..network.network import Network
from .credit import Backprop, Broadcast, Credit, FeedbackAlignment, KolenPollack, SignSymmetric
from .optimizers import SGD, Optimizer
from .part import instance
from .rewards import Reinforce
from .rules.base import Rule
from .schedules import Surprise
from .signals import CrossEntropy, Huber, PerceptronError, Signal, SquaredError, SupervisedHebb, Teacher, _Silence

Rules = tuple[Rule, ...]


def check_told(network: Network, signal: Signal, credit: Credit, rules: Rules) -> None:
    """Refuse what nobody would hear, and what would say nothing."""
    _refuse_deaf(credit, rules)
    _refuse_unheard(credit, rules)
    _refuse_empty_broadcast(network, credit, signal)
    _refuse_unsettled(network, rules, credit)
    if credit.compares_losses and signal.loss is None:
        raise InputError(f"credit {credit.name} compares losses, and signal {signal.name.lstrip('_')} has none; use "
                         "signal=hb.CrossEntropy() or hb.SquaredError(), with a rule that reads it, or another credit")


def check_steps(rules: Rules, optimizers: tuple[Optimizer, ...]) -> None:
    """Refuse an optimizer that moves the fixed point of its rule."""
    for r, o in zip(rules, optimizers, strict=True):
        if o.rescales and not r.trusts_step:
            raise InputError(f"optimizer {o.name} gives every weight a step of its own, which moves the fixed point of "
                             f"rule {r.name}; use hb.SGD() or hb.Momentum()")
        decay = getattr(o, "decay", 0.0)
        if decay > 0.0 and not r.trusts_step:
            raise InputError(f"optimizer {o.name} with decay={decay:g} pulls every weight towards 0, which moves the "
                             f"fixed point of rule {r.name}; use decay=0")


def check_kolen_pollack(credit: Credit, rules: Rules, optimizers: tuple[Optimizer, ...], rates: tuple[float, ...], *,
                        changed: bool) -> None:
    """Refuse steps of W that are not those of its feedback weights; `changed`: something changes W's on the way."""
    if credit.steps_by_itself and changed:
        raise InputError(f"credit {credit.name} changes its feedback weights at a rate of its own, which has to be the "
                         "weights' at every update; leave schedule, surprise and clip out, or use another credit")
    _refuse_steps_apart(credit, rules, optimizers, rates)


def gate(surprise: Any, network: Network, signal: Signal, rates: tuple[float, ...]) -> Surprise:
    """The gate of surprise, where there are mistakes to count."""
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


def _refuse_deaf(credit: Credit, rules: Rules) -> None:
    told = [rule.uses_signal for rule in rules]
    if any(told[:-1]) and not credit.reaches_hidden:
        deaf = rules[told[:-1].index(True)]
        raise InputError(f"rule {deaf.name} in a hidden layer needs a signal, and credit {credit.name} brings none "
                         "there; use credit=hb.Backprop(), or a rule that needs no signal, such as hb.Oja()")


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
