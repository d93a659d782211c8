"""Answers to the exercises of notebook 01."""

import hebbnet as hb


# exercise: steps
def steps(w, pre, eta, limit):
    n = 0
    while w <= limit:
        w, n = w * (1 + eta * pre**2), n + 1
    return n


# exercise: forgetful
@hb.synapse
def forgetful(w, pre, post, signal):
    return pre * post - 0.5 * w  # each step multiplies by 1 + 0.1 * (4 - 0.5): it does not hold
