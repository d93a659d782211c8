"""A rule that is wrong in one way is caught, by the name of that fault; what is right passes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.engine.kernel import RULE, kernel
from hebbnet.testing import GradientFault, RuleFault, check_gradient, check_rule

NAMES = ("shape", "memory", "finite", "zero", "locality", "order", "mean", "sign", "scale", "compiled")
seen: list[float] = []
trail = np.zeros(1)


# ---------------------------------------------------------------- what is right


@hb.synapse
def own_gradient(w, pre, post, signal):
    return pre * signal


@hb.rule
def own_whole_gradient(W, pre, post, signal):
    return hb.dot(pre.T, signal) / len(pre)


@hb.synapse
def own_oja(w, pre, post, signal):
    return post * (pre - post * w)


@hb.synapse
def three_factors(w, pre, post, signal):
    return pre * post * signal - 0.1 * w


@hb.synapse
def decaying(w, pre, post, signal):
    return pre * signal - 0.01 * w


@hb.synapse
def by_surprise(w, pre, post, signal):
    return pre * post * abs(signal)


@hb.synapse
def saturating(w, pre, post, signal):
    return pre * np.tanh(signal)


@hb.synapse
def anti_hebb(w, pre, post, signal):
    return -0.5 * pre * post


@hb.rule
def normalised(W, pre, post, signal):
    return hb.dot((pre / (1e-6 + np.sum(pre * pre, axis=1).reshape(-1, 1))).T, signal) / len(pre)


RIGHT = [hb.Gradient(), hb.Hebb(), hb.Hebb(0.1), hb.Oja(), hb.rules.BCM(), hb.rules.Prototype(),
         hb.rules.Foldiak(), own_gradient, own_whole_gradient, own_oja, three_factors, decaying,
         by_surprise, saturating, anti_hebb]
DECLARED = [(hb.Hebb(clip=2.0), {"mean"}), (hb.rules.Covariance(), {"mean"}), (hb.rules.Subspace(), {"locality"}),
            (hb.rules.Sanger(), {"locality"}), (hb.rules.NormalizedLMS(), {"locality"}),
            (hb.rules.Instar(), {"locality"}), (hb.rules.SoftHebb(), {"locality"}),
            (hb.rules.Instar(average=True), {"locality", "mean"}), (hb.rules.KrotovHopfield(), {"locality", "mean"})]


@pytest.mark.parametrize("rng", [0, 1, 2])
@pytest.mark.parametrize("rule", RIGHT, ids=lambda rule: repr(rule.name))
def test_what_is_right_passes(rule, rng):
    report = check_rule(rule, rng=rng)
    assert report.rule == rule.name
    assert set(report.skipped) <= {"scale", "compiled"} | (set() if rule.uses_signal else {"sign"})
    assert [name for name in NAMES if name not in report.skipped] == list(report.passed)


@pytest.mark.parametrize(("rule", "left_out"), DECLARED,
                         ids=lambda value: str(sorted(value) if isinstance(value, set) else value))
def test_what_rules_of_the_package_declare(rule, left_out):
    for rng in (0, 1):
        skipped = set(check_rule(rule, rng=rng).skipped)
        assert skipped & {"mean", "locality"} == left_out
        assert skipped - left_out <= {"scale", "sign", "compiled"}


@pytest.mark.parametrize("rule", [rule for rule, _ in DECLARED], ids=str)
def test_no_rule_declares_more_than_it_must(rule):
    """Taken back, what a rule excuses itself from is a fault."""
    liar = type(rule).__new__(type("Liar", (type(rule),), {"local": True, "mean_of_samples": True}))
    vars(liar).update(vars(rule))
    with pytest.raises(RuleFault) as caught:
        check_rule(liar)
    assert caught.value.fault in ("not local", "not the mean")


def test_all_rules_of_the_package_are_here():
    tried = {type(rule).__name__ for rule in [*RIGHT, *(rule for rule, _ in DECLARED)]}
    assert set(hb.rules.__all__) - {"Rule", "rule", "synapse"} <= tried


def test_what_is_not_local_on_purpose():
    with pytest.raises(RuleFault, match="not local"):
        check_rule(normalised)
    report = check_rule(normalised, local=False)
    assert set(report.skipped) <= {"locality", "scale", "compiled"} and "sign" in report.passed


@pytest.mark.parametrize(("n_in", "n_out"), [(2, 2), (5, 6), (7, 5), (1, 9)])
def test_layers_of_other_sizes(n_in, n_out):
    if n_in < 2:
        with pytest.raises(hb.InputError, match="n_in: expected a whole number of at least 2"):
            check_rule(own_oja, n_in=n_in, n_out=n_out)
    else:
        check_rule(hb.Gradient(), n_in=n_in, n_out=n_out)


# ---------------------------------------------------------------- eight planted faults, and some more


@hb.synapse
def wrong_sign(w, pre, post, signal):
    return -pre * signal


@hb.synapse
def wrong_sign_with_decay(w, pre, post, signal):
    return -pre * signal * post - 0.1 * w


@hb.rule
def summed(W, pre, post, signal):
    return hb.dot(pre.T, signal)


@hb.rule
def summed_oja(W, pre, post, signal):
    return hb.dot(pre.T, post) - np.sum(post * post, axis=0) * W


@hb.rule
def peeks_at_post(W, pre, post, signal):
    return hb.dot(pre.T, post - np.sum(post, axis=1).reshape(-1, 1)) / len(pre)


@hb.rule
def peeks_at_weights(W, pre, post, signal):
    return hb.dot(pre.T, signal) / len(pre) - 0.01 * np.sum(W)


@hb.rule
def peeks_at_pre(W, pre, post, signal):
    return hb.dot(pre.T * np.sum(pre), signal) / len(pre)


@hb.rule
def peeks_at_signal(W, pre, post, signal):
    return hb.dot(pre.T, np.tanh(signal) * np.sum(signal, axis=1).reshape(-1, 1)) / len(pre)


@hb.synapse
def divides_by_zero(w, pre, post, signal):
    return pre * signal / abs(pre)


@hb.rule
def divides_by_length(W, pre, post, signal):
    return hb.dot((pre / np.sqrt(np.sum(pre * pre, axis=1)).reshape(-1, 1)).T, signal) / len(pre)


@hb.synapse
def takes_a_logarithm(w, pre, post, signal):
    return pre * post * math.log(abs(pre))


@hb.rule
def transposed(W, pre, post, signal):
    return hb.dot(signal.T, pre) / len(pre)


@hb.rule
def one_number(W, pre, post, signal):
    return np.mean(pre) * np.mean(signal)


@hb.rule
def does_not_fit(W, pre, post, signal):
    return pre * signal


@hb.synapse
def a_pair(w, pre, post, signal):
    return pre * post, w


@hb.synapse
def nothing(w, pre, post, signal):
    pre * signal


@hb.synapse
def remembers_in_a_list(w, pre, post, signal):
    seen.append(post)
    return pre * signal + 1e-3 * pre * len(seen)


@hb.synapse
def remembers_in_an_array(w, pre, post, signal):
    trail[0] = 0.9 * trail[0] + 0.1 * post
    return pre * (post - trail[0])


def a_closure():
    last = [0.0]

    @hb.rule
    def remembers_in_a_closure(W, pre, post, signal):
        before, last[0] = last[0], float(np.mean(signal))
        return hb.dot(pre.T, signal) / len(pre) + before

    return remembers_in_a_closure


@hb.rule
def random_draw(W, pre, post, signal):
    return hb.dot(pre.T, signal) / len(pre) * np.random.uniform(0.9, 1.1)  # noqa: NPY002


@hb.rule
def over_inputs_too(W, pre, post, signal):
    return hb.dot(pre.T, signal) / pre.size


@hb.rule
def over_outputs_too(W, pre, post, signal):
    return hb.dot(pre.T, signal) / signal.size


@hb.synapse
def ten_times(w, pre, post, signal):
    return 10.0 * pre * signal - 0.01 * w


@hb.rule
def hebb_over_inputs_too(W, pre, post, signal):
    return hb.dot(pre.T, post) / pre.size


@hb.rule
def only_the_last_row(W, pre, post, signal):
    return hb.dot(pre[-1:].T, signal[-1:])


@hb.rule
def by_row_number(W, pre, post, signal):
    weight = np.arange(1.0, len(pre) + 1.0)
    return hb.dot(pre.T, signal * (weight / np.sum(weight)).reshape(-1, 1))


@hb.rule
def row_after_row(W, pre, post, signal):
    V = W.copy()
    for r in range(len(pre)):
        V += 0.1 * (np.outer(pre[r], post[r]) - post[r] * post[r] * V)
    return V - W


@hb.rule
def averaged_twice(W, pre, post, signal):
    return hb.dot(pre.T, signal) / len(pre) ** 2


@hb.rule
def in_place(W, pre, post, signal):
    W += hb.dot(pre.T, signal) / len(pre)
    return W


@hb.synapse
def forgets_pre(w, pre, post, signal):
    return signal


PLANTED = [
    (wrong_sign, "wrong sign", "larger, expected smaller .*cosine to downhill -1.00.*drop the minus"),
    (wrong_sign_with_decay, "wrong sign", "drop the minus"),
    (summed, "sum for mean", "batch of 5 rows is 5 times the mean of its samples' changes.*divide by len"),
    (summed_oja, "sum for mean", "divide by len"),
    (peeks_at_post, "not local", "only the post of other neurons was scrambled.*leave out the sum"),
    (peeks_at_weights, "not local", "only the W of other weights"),
    (peeks_at_pre, "not local", "only the pre of other inputs"),
    (peeks_at_signal, "not local", "only the signal of other neurons"),
    (divides_by_zero, "not finite", r"zeros everywhere.*(nan|division by zero).*guard the division"),
    (divides_by_length, "not finite", r"zeros everywhere W\[0, 0\] changes by nan .*guard the division"),
    (takes_a_logarithm, "not finite", "zeros everywhere.*logarithm"),
    (transposed, "wrong shape", r"has shape \(4, 3\), expected that of W, \(3, 4\).*transposed"),
    (one_number, "wrong shape", r"has shape \(\), expected"),
    (does_not_fit, "wrong shape", r"ValueError: .*W \(3, 4\), pre \(5, 3\), post and signal \(5, 4\)"),
    (a_pair, "wrong shape", "expected one number"),
    (nothing, "wrong shape", "returns None, expected one number.*return"),
    (remembers_in_a_list, "state leak", "the same inputs changed .* and in a later call by"),
    (remembers_in_an_array, "state leak", "remembered from call to call"),
    (a_closure(), "state leak", "remembered from call to call"),
    (random_draw, "state leak", "random draw"),
    (over_inputs_too, "wrong scale", r"0\.333333 times pre signal, which is 1 / n_in; expected 1 times"),
    (over_outputs_too, "wrong scale", r"0\.25 times pre signal, which is 1 / n_out"),
    (ten_times, "wrong scale", "10 times pre signal; expected 1 times.*rate="),
    (hebb_over_inputs_too, "wrong scale", r"pre post, which is 1 / n_in"),
    (only_the_last_row, "batch order", "order of the rows.*no row by its number"),
    (by_row_number, "batch order", "depends on the order of the rows"),
    (row_after_row, "batch order", "depends on the order of the rows"),
    (averaged_twice, "not the mean", r"\(0\.2 times\)"),
    (in_place, "inputs overwritten", "changes W itself.*leave out"),
    (forgets_pre, "something from nothing", "pre = 0 and W = 0.*is a factor pre"),
]


@pytest.mark.parametrize("rng", [0, 1])
@pytest.mark.parametrize(("rule", "fault", "message"), PLANTED, ids=lambda part: getattr(part, "name", ""))
def test_what_is_wrong_is_named(rule, fault, message, rng):
    with pytest.raises(RuleFault, match=f"(?s)^{rule.name}: {fault}: .*{message}") as caught:
        check_rule(rule, rng=rng)
    assert caught.value.fault == fault and isinstance(caught.value, AssertionError)
    assert "\n" not in str(caught.value)


@pytest.mark.compiler
def test_a_global_that_changed_since():
    scope: dict = {"hb": hb, "gain": 1.0}
    exec("@hb.synapse\ndef globally(w, pre, post, signal):\n    return gain * pre * post * post\n", scope)
    with pytest.warns(RuntimeWarning, match="reads the global gain"):
        check_rule(scope["globally"])
    scope["gain"] = 3.0
    with pytest.raises(RuleFault, match=r"globally: compiled differs: at the first update .* reads? a global"):
        check_rule(scope["globally"])


@pytest.mark.compiler
def test_what_cannot_be_compiled():
    @hb.synapse
    def looks_up(w, pre, post, signal):
        table = {"a": pre * post, "b": 0.0 * w}
        return table[min(table, key=lambda name: name)]

    with pytest.raises(RuleFault, match=r"looks_up: cannot be compiled: .*simplify it"):
        check_rule(looks_up)


@kernel(RULE)
def adds_to_dW(W, pre, z, post, signal, hyper, state, dW):
    """dW is not zero when a rule is called: this one adds to what it finds there"""
    dW += np.outer(pre[0], post[0])


def test_a_rule_class_that_does_not_write_its_change():
    @dataclass(frozen=True)
    class Adding(hb.rules.Rule):
        kernel = adds_to_dW

    with pytest.raises(RuleFault, match=r"Adding: .*nan"):
        check_rule(Adding())


def test_checks_can_be_left_out_by_name():
    report = check_rule(summed, skip=["mean"])
    assert report.skipped["mean"] == "it was to be skipped" and "scale" in report.passed
    assert "mean" in check_rule(summed, skip="mean").skipped
    with pytest.raises(hb.InputError, match=r"unknown check 'men'.*did you mean 'mean'"):
        check_rule(summed, skip=["men"])


@pytest.mark.parametrize("rng", range(12))
def test_a_rule_without_a_side_is_not_called_uphill(rng):
    @hb.synapse
    def squared(w, pre, post, signal):
        return pre * signal * signal

    assert "sign" in check_rule(squared, rng=rng, skip=["compiled"]).passed


def test_what_is_no_rule():
    with pytest.raises(hb.InputError, match=r"decorate a function of your own with @hb.synapse or @hb.rule"):
        check_rule(lambda w, pre, post, signal: w)
    assert check_rule(hb.Oja).rule == "Oja"


def test_the_report_reads_like_a_sentence():
    text = repr(check_rule(hb.Oja(), skip=["compiled"]))
    assert text.startswith("Oja passes: shape, memory, finite, zero, locality, order, mean")
    assert "not checked: sign, since the rule reads no signal" in text


# ---------------------------------------------------------------- gradients


def learner(output, signal, n_out=3, **how):
    net = hb.Network(4, [hb.Dense(5, "tanh"), hb.Dense(3, "relu"), hb.Dense(n_out, output)], rng=0)
    rng = np.random.default_rng(1)
    net.theta += 0.3 * rng.normal(size=net.theta.size)
    return hb.Learner(net, signal=signal, **how)


def data(output, n=9, n_out=3):
    rng = np.random.default_rng(2)
    return rng.normal(size=(n, 4)), rng.normal(size=(n, n_out)) if output == "identity" else np.arange(n) % n_out


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("learned", [True, False])
@pytest.mark.parametrize(("output", "signal"), [("softmax", hb.CrossEntropy()), ("sigmoid", hb.BinaryCrossEntropy()),
                                                ("identity", hb.SquaredError()), ("softmax", hb.SquaredError()),
                                                ("identity", hb.Huber(0.7))], ids=str)
def test_the_gradient_is_the_slope(output, signal, learned, standardize):
    student, (X, y) = learner(output, signal, standardize=standardize), data(output)
    if learned:
        student.learn(X, y)
    before = student.network.theta.copy(), student._memory.scaler.copy(), student.n_seen
    assert check_gradient(student, X, y) < 1e-7
    assert np.array_equal(student.network.theta, before[0]) and np.array_equal(student._memory.scaler, before[1])
    assert student.n_seen == before[2]


def test_one_number_and_yes_or_no():
    X, _ = data("softmax")
    assert check_gradient(learner("identity", None, n_out=1), X, X[:, 0] - X[:, 1]) < 1e-7
    assert check_gradient(learner("sigmoid", hb.BinaryCrossEntropy(), n_out=1), X, np.arange(9) % 2) < 1e-7


def test_a_bias_that_a_layer_does_not_have_is_not_asked_for():
    net = hb.Network(2, [hb.Dense(3, "tanh", bias=False), hb.Dense(2, "softmax")], rng=0)
    net.layers[1].W[:] = 0.5 * np.arange(6).reshape(3, 2)
    X, y = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9) % 2
    assert check_gradient(hb.Learner(net, standardize=False), X, y) < 1e-7


def test_kinks_are_left_out():
    net = hb.Network(2, [hb.Dense(3, "relu"), hb.Dense(1, "identity")], rng=0)
    net.theta[:] = 0.0
    net.layers[1].W[:] = 1.0
    assert check_gradient(hb.Learner(net, rate=0.0, standardize=False), np.ones((3, 2)), np.ones(3)) < 1e-7


@hb.synapse
def nearly(w, pre, post, signal):
    return pre * signal * 1.001


@pytest.mark.parametrize("how", [{"rule": [hb.Gradient(), nearly, hb.Gradient()]}, {"credit": hb.FeedbackAlignment()}],
                         ids=["rule", "credit"])
def test_what_does_not_follow_the_gradient(how):
    X, y = data("softmax")
    number, name = (2, "nearly") if "rule" in how else (1, "FeedbackAlignment")
    wanted = rf"layer {number}, W\[0, 0\]: the gradient by trace is (\S+), by central differences .* (\S+);.*{name}"
    with pytest.raises(GradientFault, match=wanted) as caught:
        check_gradient(learner("softmax", hb.CrossEntropy(), **how), X, y)
    assert isinstance(caught.value, AssertionError)


def test_learners_without_a_loss():
    X, y = data("softmax")
    with pytest.raises(hb.InputError, match=r"RightWrong is not the slope of a loss; use a learner with hb"):
        check_gradient(learner("softmax", hb.RightWrong()), X, y)
    with pytest.raises(hb.InputError, match="Silence is not the slope of a loss"):
        check_gradient(learner("softmax", None, rule=hb.Oja()), X, None)
    with pytest.raises(hb.InputError, match="expected a Learner, got Network"):
        check_gradient(hb.Network(2, [hb.Dense(1, "identity")]), X, y)
    with pytest.raises(hb.InputError, match="got 1 dimension"):
        check_gradient(learner("softmax", None), X[0], 0)
    with pytest.raises(hb.InputError, match="label 3 in row"):
        check_gradient(learner("softmax", None), X, y + 1)
