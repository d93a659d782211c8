"""Answers to the exercises of notebook 10."""

import hebbnet as hb


# exercise: mended
@hb.synapse
def mended(w, pre, post, signal):
    return pre * signal - 0.001 * w


# exercise: bounded
@hb.synapse
def bounded(w, pre, post, signal):
    return pre * post - abs(pre * post) * w / 2


# exercise: cautious
@hb.synapse
def cautious(w, pre, post, signal):
    return pre * max(-0.5, min(0.5, signal))
