"""The four nouns: what goes together, what is chosen where nothing is said, and what is refused by name."""

from __future__ import annotations

import pytest
from learning_helpers import network

import hebbnet as hb


@hb.synapse
def deaf(w, pre, post, signal):
    return pre - w


@hb.synapse
def listening(w, pre, post, signal):
    return pre * signal


def names(learner: hb.Learner) -> tuple[str, ...]:
    r = learner.recipe
    return r.signal.name, r.credit.name, *(p.name for p in r.rules), *(p.name for p in r.optimizers)


@pytest.mark.parametrize(("output", "rule", "expected", "rates"), [
    ("softmax", None, ("CrossEntropy", "Backprop", "Gradient", "Gradient", "RMSprop", "RMSprop"), (0.005, 0.005)),
    ("identity", None, ("SquaredError", "Backprop", "Gradient", "Gradient", "RMSprop", "RMSprop"), (0.005, 0.005)),
    ("sigmoid", None, ("SquaredError", "Backprop", "Gradient", "Gradient", "RMSprop", "RMSprop"), (0.005, 0.005)),
    ("softmax", hb.Oja(), ("_Silence", "Unsupervised", "Oja", "Oja", "SGD", "SGD"), (0.01, 0.01)),
    ("softmax", [hb.Oja(), hb.Gradient()], ("CrossEntropy", "Unsupervised", "Oja", "Gradient", "SGD", "RMSprop"),
     (0.01, 0.005)),
    ("softmax", [hb.Gradient(), hb.Hebb()], ("CrossEntropy", "Backprop", "Gradient", "Hebb", "RMSprop", "SGD"),
     (0.005, 0.01)),
    ("softmax", deaf, ("_Silence", "Unsupervised", "deaf", "deaf", "SGD", "SGD"), (0.01, 0.01)),
    ("softmax", listening, ("CrossEntropy", "Backprop", "listening", "listening", "SGD", "SGD"), (0.05, 0.05)),
], ids=lambda value: str(getattr(value, "name", value)))
def test_what_fits_where_nothing_is_said(output, rule, expected, rates):
    learner = hb.Learner(network("tanh", output, 2), rule=rule, compiled=False)
    assert names(learner) == expected and learner.recipe.rates == rates


def test_one_layer_needs_no_credit():
    assert names(hb.Learner(network("tanh", "softmax", 1)))[1] == "Unsupervised"


def test_classes_stand_for_their_defaults():
    learner = hb.Learner(network("tanh", "softmax", 2), rule=hb.Gradient, optimizer=hb.Adam, signal=hb.CrossEntropy,
                         credit=hb.Backprop)
    assert learner.recipe.optimizers == (hb.Adam(), hb.Adam()) and learner.recipe.rates == (0.001, 0.001)


@pytest.mark.parametrize(("arguments", "match"), [
    ({"rule": "oja"}, "unknown rule 'oja'; known: .*Gradient, Hebb, .*Oja"),
    ({"rule": [hb.Oja(), 3]}, "unknown rule 3; known"),
    ({"rule": hb.Adam()}, r"unknown rule Adam\(.*known: .*Gradient"),
    ({"rule": lambda w, pre, post, signal: pre}, "decorate a function of your own with @hb.synapse or @hb.rule"),
    ({"signal": "cross_entropy"}, "unknown signal 'cross_entropy'; known: BinaryCrossEntropy, CrossEntropy"),
    ({"signal": hb.Oja()}, "unknown signal"),
    ({"signal": "gossip", "rule": hb.Oja()}, "unknown signal 'gossip'"),
    ({"credit": "blame"}, "unknown credit 'blame'; known: Backprop, Broadcast, DirectFeedback"),
    ({"optimizer": "adam"}, "unknown optimizer 'adam'; known: Adam, AdamW, Momentum, Nesterov, RMSprop, SGD"),
    ({"optimizer": [hb.SGD()] * 3}, "optimizer: expected one for all layers or a list of 2, got a list of 3"),
    ({"rule": [hb.Oja()]}, "rule: expected one for all layers or a list of 2, got a list of 1"),
])
def test_unknown_names_are_refused_with_the_known_ones(arguments, match):
    with pytest.raises(hb.InputError, match=match) as refused:
        hb.Learner(network("tanh", "softmax", 2), **arguments)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("output", "arguments", "match"), [
    ("softmax", {"rule": hb.Oja(), "optimizer": hb.RMSprop()}, "optimizer RMSprop .* fixed point of rule Oja"),
    ("softmax", {"rule": hb.Hebb(0.1), "optimizer": hb.Adam()}, "optimizer Adam .* rule Hebb"),
    ("softmax", {"rule": hb.Oja(), "optimizer": hb.AdamW()}, "optimizer AdamW .* rule Oja"),
    ("softmax", {"rule": hb.Oja(), "optimizer": hb.SGD(decay=0.1)}, "SGD with decay=0.1 .* rule Oja; use decay=0"),
    ("softmax", {"rule": [hb.Oja(), hb.Gradient()], "optimizer": hb.Adam()}, "optimizer Adam .* rule Oja"),
    ("identity", {"signal": hb.CrossEntropy()}, "CrossEntropy needs a softmax output, this network ends in identity"),
    ("sigmoid", {"signal": hb.CrossEntropy()}, "ends in sigmoid"),
    ("softmax", {"signal": hb.BinaryCrossEntropy()}, "BinaryCrossEntropy needs a sigmoid output, .* ends in softmax"),
    ("identity", {"signal": hb.RewardPredictionError()}, "needs a softmax or sigmoid output"),
    ("softmax", {"credit": hb.Unsupervised()}, "Gradient in a hidden layer needs a signal, and credit Unsupervised"),
    ("softmax", {"rule": listening, "credit": hb.Unsupervised()}, "rule listening in a hidden layer needs a signal"),
    ("softmax", {"rule": hb.Oja(), "signal": hb.CrossEntropy()}, "signal CrossEntropy is heard by no layer: rule Oja"),
    ("softmax", {"rule": hb.Oja(), "credit": hb.Backprop()}, "credit Backprop is heard by no hidden layer: rule Oja"),
    ("softmax", {"rule": [hb.Oja(), hb.Gradient()], "credit": hb.FeedbackAlignment()},
     "credit FeedbackAlignment is heard by no hidden layer: rule Oja learns without a signal; leave credit out"),
    ("softmax", {"rule": hb.Oja(), "credit": hb.NodePerturbation()}, "NodePerturbation is heard by no layer: rule Oja"),
    ("softmax", {"signal": hb.Teacher(), "credit": hb.Broadcast()}, "that of Teacher is always one; use signal="),
    ("softmax", {"credit": hb.KolenPollack(0.05, 0.1), "optimizer": hb.Adam()},
     r"layer 2 takes those of Adam at rate 0.05: .* use optimizer=hb.SGD\(decay=0.1\), rate=0.05"),
    ("softmax", {"credit": hb.KolenPollack(0.05), "optimizer": hb.Momentum(), "rate": 0.05}, "those of Momentum"),
    ("softmax", {"credit": hb.KolenPollack(0.05), "rate": 0.1}, "layer 2 takes those of SGD at rate 0.1"),
    ("softmax", {"credit": hb.KolenPollack(), "clip": 1.0}, "leave schedule, surprise and clip out"),
])
def test_what_makes_no_sense_is_refused_by_name(output, arguments, match):
    with pytest.raises(hb.InputError, match=match) as refused:
        hb.Learner(network("tanh", output, 2), compiled=False, **arguments)
    assert "\n" not in str(refused.value)


def test_a_layer_that_settles_lets_no_signal_through():
    net = hb.Network(3, [hb.Dense(5), hb.Dense(4, "settling"), hb.Dense(2, "softmax")], rng=0)
    rules = [hb.Gradient(), hb.rules.Foldiak(), hb.Gradient()]
    for credit in (hb.Backprop(), hb.FeedbackAlignment(), hb.SignSymmetric()):
        with pytest.raises(hb.InputError, match=f"{credit.name} tells the layers below layer 2 nothing: .* on or off"):
            hb.Learner(net, rule=rules, credit=credit)
    for credit in (hb.DirectFeedback(), hb.NodePerturbation()):
        layers = hb.Learner(net, rule=rules, credit=credit, compiled=False)
        layers.learn([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]], [0, 1])
        assert layers.trace([1.0, 2.0, 3.0], 0).layers[0].signal.any()
    hb.Learner(net, rule=[hb.Oja(), hb.rules.Foldiak(), hb.Gradient()])


def test_a_credit_that_is_heard_stays():
    net = network("tanh", "softmax", 3)
    hb.Learner(net, rule=[hb.Oja(), hb.Gradient(), hb.Gradient()], credit=hb.FeedbackAlignment())
    hb.Learner(net, rule=[hb.Oja(), hb.Oja(), hb.Gradient()], credit=hb.NodePerturbation())
    for credit in (hb.Backprop(), hb.FeedbackAlignment()):  # nothing is hidden: the same call at any depth
        hb.Learner(network("tanh", "softmax", 1), credit=credit)


def test_kolen_pollack_steps_as_its_feedback_does():
    learner = hb.Learner(network("tanh", "softmax", 2), credit=hb.KolenPollack(0.2, 0.01))
    assert learner.recipe.optimizers == (hb.SGD(0.01), hb.SGD(0.01)) and learner.recipe.rates == (0.2, 0.2)
    hb.Learner(network("tanh", "softmax", 2), credit=hb.KolenPollack(0.2), rate=[0.0, 0.2])  # no F below the first


def test_own_rules_may_have_any_optimizer():
    for optimizer in (hb.SGD(), hb.SGD(decay=0.1), hb.Momentum(), hb.Nesterov(), hb.RMSprop(), hb.Adam(), hb.AdamW()):
        hb.Learner(network("tanh", "softmax", 2), rule=deaf, optimizer=optimizer, compiled=False)
