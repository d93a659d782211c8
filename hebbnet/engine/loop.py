"""The learning loop, one source for every depth and every rule: predict, be told, assign credit, change.

All weights, states and buffers are flat vectors; `layout` says where each layer's begin. Tables hold the functions
of each layer (addresses when compiled). A buffer of a layer with m neurons is a (batch, m) matrix.
"""

from __future__ import annotations

import numpy as np

from .arrays import (
    add_mean,
    add_outer,
    affine,
    column_mean,
    copy,
    dot_t,
    each,
    matrix,
    mean_rows,
    outer,
    rows,
    squared_distance,
    vector,
)
from .kernel import ACTIVATION, CREDIT, OPTIMIZER, RULE, SIGNAL, SLOPE, kernel, pointer

# The columns of `layout`: sizes, then where things begin, then how many numbers, then switches.
N_IN, N_OUT, WEIGHTS, UNITS, FEEDBACK, FEEDBACK_COLUMNS, STATE, N_STATE, MOMENTS, N_MOMENTS, BIAS_LEARNS = range(11)
COLUMNS = 11
# A layer's numbers in `hyper`: 4 for each part, then its rate; the signal's follow the last layer's.
NUMBERS, RULE_NUMBERS, OPTIMIZER_NUMBERS, CREDIT_NUMBERS, RATE, LAYER_NUMBERS = 4, 4, 8, 12, 16, 17

# In a table of addresses, 0 is the usual part, which needs no call: a slope of 1, the chain rule, gradient, plain step.
USUAL = 0

activation_at, slope_at, signal_at = pointer(ACTIVATION), pointer(SLOPE), pointer(SIGNAL)
credit_at, rule_at, optimizer_at = pointer(CREDIT), pointer(RULE), pointer(OPTIMIZER)


@kernel("X M, scaler V, out M")
def standardize(X, scaler, out):
    """out = (X - mean) / spread, with what the scaler knows; a column whose spread is not known yet counts as 0."""
    d = X.shape[1]
    mean, squares, count = vector(scaler, 0, d), vector(scaler, d, d), scaler[2 * d]
    for j in each(d):
        known = squares[j] > 0.0
        inverse = known * np.sqrt(count / (squares[j] + (1.0 - known)))
        for r in each(len(X)):
            out[r, j] = (X[r, j] - mean[j]) * inverse


@kernel("X M, scaler V")
def notice(X, scaler):
    """Take the rows of X into the running mean and the sum of squared distances from it (Chan et al. 1979)."""
    n, d = X.shape
    mean, squares, count = vector(scaler, 0, d), vector(scaler, d, d), scaler[2 * d]
    share = n / (count + n)
    for j in each(d):
        centre = column_mean(X, j)
        shift = centre - mean[j]
        mean[j] += shift * share
        squares[j] += squared_distance(X, j, centre) + shift * shift * count * share
    scaler[2 * d] = count + n


@kernel("activations I, layout T, theta V, state V, hyper V, x M, z V, a V")
def predict(activations, layout, theta, state, hyper, x, z, a):
    """Fill the buffers z (potentials) and a (activities) of every layer, for the rows of x."""
    batch = len(x)
    pre = x
    for l in range(len(layout)):
        n, m, at, unit = layout[l, N_IN], layout[l, N_OUT], layout[l, WEIGHTS], layout[l, UNITS] * batch
        potential, activity = matrix(z, unit, batch, m), matrix(a, unit, batch, m)
        affine(pre, matrix(theta, at, n, m), vector(theta, at + n * m, m), potential)
        memory = vector(state, layout[l, STATE], layout[l, N_STATE])
        activation_at(activations, l)(potential, vector(hyper, l * LAYER_NUMBERS, NUMBERS), memory, activity)
        pre = activity


@kernel("slopes I, credits I, rules I, optimizers I, layout T, theta V, change V, feedback V, state V, moments V, "
        "hyper V, x M, z V, a V, told V")
def change_weights(slopes, credits, rules, optimizers, layout, theta, change, feedback, state, moments,
                   hyper, x, z, a, told):
    """From the output down: tell the layer below, then change this layer. `told` holds the signal of every layer."""
    batch, last = len(x), len(layout) - 1
    top = matrix(told, layout[last, UNITS] * batch, batch, layout[last, N_OUT])
    for l in range(last, -1, -1):
        n, m, at, unit = layout[l, N_IN], layout[l, N_OUT], layout[l, WEIGHTS], layout[l, UNITS] * batch
        numbers = l * LAYER_NUMBERS
        W, signal = matrix(theta, at, n, m), matrix(told, unit, batch, m)
        pre = x
        if l > 0:
            unit_below = layout[l - 1, UNITS] * batch
            pre, below = matrix(a, unit_below, batch, n), matrix(told, unit_below, batch, n)
            F = matrix(feedback, layout[l, FEEDBACK], n, layout[l, FEEDBACK_COLUMNS])
            if credits[l] == USUAL:
                dot_t(signal, W, below)
            else:
                credit_at(credits, l)(signal, W, F, top, pre, vector(hyper, numbers + CREDIT_NUMBERS, NUMBERS), below)
            if slopes[l - 1] != USUAL:
                slope_at(slopes, l - 1)(matrix(z, unit_below, batch, n), pre,
                                        vector(hyper, numbers - LAYER_NUMBERS, NUMBERS), below)
        size, rate = n * m, hyper[numbers + RATE]
        if rules[l] == USUAL and optimizers[l] == USUAL:  # nothing of the size of W is written but W
            add_outer(rate, pre, signal, W)
            if layout[l, BIAS_LEARNS] > 0:
                add_mean(rate, signal, vector(theta, at + size, m))
            continue
        if rules[l] == USUAL:
            outer(pre, signal, matrix(change, at, n, m))
        else:
            rule_at(rules, l)(W, pre, matrix(z, unit, batch, m), matrix(a, unit, batch, m), signal,
                              vector(hyper, numbers + RULE_NUMBERS, NUMBERS),
                              vector(state, layout[l, STATE], layout[l, N_STATE]), matrix(change, at, n, m))
        if layout[l, BIAS_LEARNS] > 0:  # a bias is told what its neuron is told
            mean_rows(signal, vector(change, at + size, m))
            size += m
        if optimizers[l] == USUAL:
            w, dw = vector(theta, at, size), vector(change, at, size)
            for i in each(size):
                w[i] += rate * dw[i]
        else:
            optimizer_at(optimizers, l)(vector(theta, at, size), vector(change, at, size),
                                        vector(moments, layout[l, MOMENTS], layout[l, N_MOMENTS]), rate,
                                        vector(hyper, numbers + OPTIMIZER_NUMBERS, NUMBERS))


@kernel("activations I, slopes I, signals I, credits I, rules I, optimizers I, layout T, theta V, change V, "
        "feedback V, state V, moments V, hyper V, scaler V, counts i, X M, served M, labels I, target M, "
        "noise M, x_buffer M, z V, a V, told V, out M, batch i")
def learn(activations, slopes, signals, credits, rules, optimizers, layout, theta, change, feedback, state, moments,
          hyper, scaler, counts, X, served, labels, target, noise, x_buffer, z, a, told, out, batch):
    """Go through X, `batch` rows at a time: predict before each update, into `out`; then learn.

    `served`, if it has rows, are other rows to predict before each update (labels that come late: the rows learned
    now are older than those served). `scaler` is empty for raw inputs; `counts` says whether it takes X in.
    """
    L = len(layout)
    m, unit = layout[L - 1, N_OUT], layout[L - 1, UNITS] * batch
    scaled = len(scaler) > 0
    for step in range(len(X) // batch):
        start = step * batch
        if len(served) > 0:
            x = rows(served, start, batch)
            if scaled:
                x = rows(x_buffer, 0, batch)
                standardize(rows(served, start, batch), scaler, x)
            predict(activations, layout, theta, state, hyper, x, z, a)
            copy(matrix(a, unit, batch, m), rows(out, start, batch))
        x = rows(X, start, batch)
        if scaled:
            x = rows(x_buffer, 0, batch)
            standardize(rows(X, start, batch), scaler, x)
            if counts > 0:
                notice(rows(X, start, batch), scaler)
        predict(activations, layout, theta, state, hyper, x, z, a)
        output, signal = matrix(a, unit, batch, m), matrix(told, unit, batch, m)
        if len(served) == 0:
            copy(output, rows(out, start, batch))
        signal_at(signals, 0)(output, vector(labels, start, batch), rows(target, start, batch),
                              rows(noise, start, batch), vector(hyper, L * LAYER_NUMBERS, NUMBERS), state, signal)
        if slopes[L - 1] != USUAL:
            slope_at(slopes, L - 1)(matrix(z, unit, batch, m), output,
                                    vector(hyper, (L - 1) * LAYER_NUMBERS, NUMBERS), signal)
        change_weights(slopes, credits, rules, optimizers, layout, theta, change, feedback, state, moments, hyper,
                       x, z, a, told)
