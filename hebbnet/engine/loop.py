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
from .kernel import ACTIVATION, CREDIT, GATE, LOSS, OPTIMIZER, RULE, SIGNAL, SLOPE, kernel, pointer

# The columns of `layout`: sizes, then where things begin, then how many numbers, then switches.
N_IN, N_OUT, WEIGHTS, UNITS, FEEDBACK, FEEDBACK_COLUMNS, STATE, N_STATE, MOMENTS, N_MOMENTS, BIAS_LEARNS = range(11)
COLUMNS = 11
# A layer's numbers in `hyper`: 4 for each part, then its rate.
NUMBERS, RULE_NUMBERS, OPTIMIZER_NUMBERS, CREDIT_NUMBERS, RATE, LAYER_NUMBERS = 4, 4, 8, 12, 16, 17
# Behind the last layer's, the network's: signal and gate, the largest norm of a change (0: any), the largest rate,
# and the size of the noise that shakes the neurons (0: none).
SIGNAL_NUMBERS, GATE_NUMBERS, CLIP, MOST, SIGMA, NETWORK_NUMBERS = 0, 4, 8, 9, 10, 11
GATE_MEMORY = 3  # numbers of `state`, which holds the signal's, then the gate's, if there is one, then the layers'

LEAST = 1e-280  # a sum of squares that can be divided by: below, a column is as good as constant

# In a table of addresses, 0 is the usual part, which needs no call: a slope of 1, the chain rule, gradient, plain step.
USUAL = 0

activation_at, slope_at, signal_at = pointer(ACTIVATION), pointer(SLOPE), pointer(SIGNAL)
credit_at, rule_at, optimizer_at = pointer(CREDIT), pointer(RULE), pointer(OPTIMIZER)
gate_at, loss_at = pointer(GATE), pointer(LOSS)


@kernel("X M, scaler V, out M")
def standardize(X, scaler, out):
    """out = (X - mean) / spread, with what the scaler knows; a column whose spread is not known yet counts as 0."""
    d = X.shape[1]
    mean, squares, count = vector(scaler, 0, d), vector(scaler, d, d), scaler[2 * d]
    for j in each(d):
        known = squares[j] > LEAST
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


@kernel("activations I, layout T, theta V, state V, hyper V, x M, noise V, z V, a V")
def predict(activations, layout, theta, state, hyper, x, noise, z, a):
    """Fill the buffers z (potentials) and a (activities) of every layer, for the rows of x.

    `noise`, if it has numbers, shakes every potential: it is laid out as z is.
    """
    batch, sigma = len(x), hyper[len(layout) * LAYER_NUMBERS + SIGMA]
    pre = x
    for l in range(len(layout)):
        n, m, at, unit = layout[l, N_IN], layout[l, N_OUT], layout[l, WEIGHTS], layout[l, UNITS] * batch
        potential, activity = matrix(z, unit, batch, m), matrix(a, unit, batch, m)
        affine(pre, matrix(theta, at, n, m), vector(theta, at + n * m, m), potential)
        if len(noise) > 0:
            shaken = matrix(noise, unit, batch, m)
            for r in each(batch):
                for j in each(m):
                    potential[r, j] += sigma * shaken[r, j]
        memory = vector(state, layout[l, STATE], layout[l, N_STATE])
        activation_at(activations, l)(potential, vector(hyper, l * LAYER_NUMBERS, NUMBERS), memory, activity)
        pre = activity


@kernel("optimizers I, l i, layout T, theta V, change V, moments V, hyper V, rate f")
def step(optimizers, l, layout, theta, change, moments, hyper, rate):
    """Apply the change of layer l."""
    at, m = layout[l, WEIGHTS], layout[l, N_OUT]
    size = layout[l, N_IN] * m + (m if layout[l, BIAS_LEARNS] > 0 else 0)
    w, dw = vector(theta, at, size), vector(change, at, size)
    if optimizers[l] == USUAL:
        for i in each(size):
            w[i] += rate * dw[i]
    else:
        optimizer_at(optimizers, l)(w, dw, vector(moments, layout[l, MOMENTS], layout[l, N_MOMENTS]), rate,
                                    vector(hyper, l * LAYER_NUMBERS + OPTIMIZER_NUMBERS, NUMBERS))


@kernel("change V, most f", arrays=True)
def shorten(change, most):
    """Where |change|, over all layers, is beyond `most`: make it that long, in the same direction."""
    length = np.sqrt(np.sum(change * change))
    if length > most:
        for i in each(len(change)):
            change[i] *= most / length


@kernel("slopes I, credits I, rules I, optimizers I, layout T, theta V, change V, feedback V, state V, moments V, "
        "hyper V, x M, z V, a V, told V, pace f")
def change_weights(slopes, credits, rules, optimizers, layout, theta, change, feedback, state, moments,
                   hyper, x, z, a, told, pace):
    """From the output down: tell the layer below, then change this layer. `told` holds the signal of every layer."""
    batch, last = len(x), len(layout) - 1
    top = matrix(told, layout[last, UNITS] * batch, batch, layout[last, N_OUT])
    network_numbers = len(layout) * LAYER_NUMBERS
    clip, most = hyper[network_numbers + CLIP], hyper[network_numbers + MOST]
    all_are_told = hyper[network_numbers + SIGMA] > 0.0
    for l in range(last, -1, -1):
        n, m, at, unit = layout[l, N_IN], layout[l, N_OUT], layout[l, WEIGHTS], layout[l, UNITS] * batch
        numbers = l * LAYER_NUMBERS
        W, signal = matrix(theta, at, n, m), matrix(told, unit, batch, m)
        pre = x
        if l > 0:
            unit_below = layout[l - 1, UNITS] * batch
            pre, below = matrix(a, unit_below, batch, n), matrix(told, unit_below, batch, n)
        if l > 0 and not all_are_told:
            F = matrix(feedback, layout[l, FEEDBACK], n, layout[l, FEEDBACK_COLUMNS])
            if credits[l] == USUAL:
                dot_t(signal, W, below)
            else:
                credit_at(credits, l)(signal, W, F, top, pre, vector(hyper, numbers + CREDIT_NUMBERS, NUMBERS), below)
            if slopes[l - 1] != USUAL:
                slope_at(slopes, l - 1)(matrix(z, unit_below, batch, n), pre,
                                        vector(hyper, numbers - LAYER_NUMBERS, NUMBERS), below)
        rate = min(hyper[numbers + RATE] * pace, most)
        if rules[l] == USUAL and optimizers[l] == USUAL and clip == 0.0:  # nothing of the size of W is written but W
            add_outer(rate, pre, signal, W)
            if layout[l, BIAS_LEARNS] > 0:
                add_mean(rate, signal, vector(theta, at + n * m, m))
            continue
        if rules[l] == USUAL:
            outer(pre, signal, matrix(change, at, n, m))
        else:
            rule_at(rules, l)(W, pre, matrix(z, unit, batch, m), matrix(a, unit, batch, m), signal,
                              vector(hyper, numbers + RULE_NUMBERS, NUMBERS),
                              vector(state, layout[l, STATE], layout[l, N_STATE]), matrix(change, at, n, m))
        if layout[l, BIAS_LEARNS] > 0:  # a bias is told what its neuron is told
            mean_rows(signal, vector(change, at + n * m, m))
        if clip == 0.0:
            step(optimizers, l, layout, theta, change, moments, hyper, rate)
    if clip > 0.0:  # the length is known when the first layer's change is
        shorten(change, clip)
        for l in range(last + 1):
            step(optimizers, l, layout, theta, change, moments, hyper,
                 min(hyper[l * LAYER_NUMBERS + RATE] * pace, most))


@kernel("labels I, output M -> f")
def share_wrong(labels, output):
    """The share of rows that are classified wrongly; one output says yes (1) where it is above a half."""
    wrong = 0.0
    for r in range(len(output)):
        chosen = output[r].argmax() if output.shape[1] > 1 else int(output[r, 0] > 0.5)
        if chosen != labels[r]:
            wrong += 1.0
    return wrong / len(output)


@kernel("activations I, losses I, layout T, theta V, state V, hyper V, x M, labels I, target M, noise V, a V, told V",
        arrays=True)
def tell_by_noise(activations, losses, layout, theta, state, hyper, x, labels, target, noise, a, told):
    """Tell every neuron how much worse its own noise made the loss: told = mean of (L - L_shaken) noise / sigma.

    a has the activities without noise; `noise` the noise of one trial after the other, each laid out as a is.
    """
    batch, L, units = len(x), len(layout), len(a)
    m, unit = layout[L - 1, N_OUT], layout[L - 1, UNITS] * batch
    numbers = vector(hyper, L * LAYER_NUMBERS + SIGNAL_NUMBERS, NUMBERS)
    z, shaken, loss, shaken_loss = np.empty(units), np.empty(units), np.empty(batch), np.empty(batch)
    loss_at(losses, 0)(matrix(a, unit, batch, m), labels, target, numbers, loss)
    for i in each(units):
        told[i] = 0.0
    trials = len(noise) // units
    for trial in range(trials):
        xi = vector(noise, trial * units, units)
        predict(activations, layout, theta, state, hyper, x, xi, z, shaken)
        loss_at(losses, 0)(matrix(shaken, unit, batch, m), labels, target, numbers, shaken_loss)
        for l in range(L):
            start, width = layout[l, UNITS] * batch, layout[l, N_OUT]
            its_noise, signal = matrix(xi, start, batch, width), matrix(told, start, batch, width)
            for r in range(batch):
                better = (loss[r] - shaken_loss[r]) / (trials * hyper[L * LAYER_NUMBERS + SIGMA])
                for j in each(width):
                    signal[r, j] += better * its_noise[r, j]


@kernel("activations I, slopes I, signals I, losses I, gates I, credits I, rules I, optimizers I, layout T, theta V, "
        "change V, feedback V, state V, moments V, hyper V, scaler V, counts i, X M, served M, labels I, target M, "
        "noise V, paces V, x_buffer M, z V, a V, told V, out M, batch i")
def learn(activations, slopes, signals, losses, gates, credits, rules, optimizers, layout, theta, change, feedback,
          state, moments, hyper, scaler, counts, X, served, labels, target, noise, paces, x_buffer, z, a, told, out,
          batch):
    """Go through X, `batch` rows at a time: predict before each update, into `out` if it has rows; then learn.

    `served`, if it has rows, are other rows to predict before each update (labels that come late: the rows learned
    now are older than those served). `scaler` is empty for raw inputs; `counts` says whether it takes X in. `paces`
    has a factor of the rates for each update, `noise` the same number of draws for each row.
    """
    L = len(layout)
    m, unit, numbers = layout[L - 1, N_OUT], layout[L - 1, UNITS] * batch, L * LAYER_NUMBERS
    scaled = len(scaler) > 0
    draws = len(noise) // len(X)
    calm, memory = vector(noise, 0, 0), vector(state, 0, layout[0, STATE])
    for update in range(len(X) // batch):
        start = update * batch
        if len(served) > 0:
            x = rows(served, start, batch)
            if scaled:
                x = rows(x_buffer, 0, batch)
                standardize(rows(served, start, batch), scaler, x)
            predict(activations, layout, theta, state, hyper, x, calm, z, a)
            copy(matrix(a, unit, batch, m), rows(out, start, batch))
        x = rows(X, start, batch)
        if scaled:
            x = rows(x_buffer, 0, batch)
            standardize(rows(X, start, batch), scaler, x)
            if counts > 0:
                notice(rows(X, start, batch), scaler)
        predict(activations, layout, theta, state, hyper, x, calm, z, a)
        output, signal = matrix(a, unit, batch, m), matrix(told, unit, batch, m)
        if len(served) == 0 and len(out) > 0:
            copy(output, rows(out, start, batch))
        pace, its_labels, its_target = paces[update], vector(labels, start, batch), rows(target, start, batch)
        if len(gates) > 0:
            pace *= gate_at(gates, 0)(share_wrong(its_labels, output),
                                      vector(hyper, numbers + GATE_NUMBERS, NUMBERS),
                                      vector(memory, len(memory) - GATE_MEMORY, GATE_MEMORY))
        if hyper[numbers + SIGMA] > 0.0:
            tell_by_noise(activations, losses, layout, theta, state, hyper, x, its_labels, its_target,
                          vector(noise, start * draws, batch * draws), a, told)
        else:
            signal_at(signals, 0)(output, its_labels, its_target, matrix(noise, start * draws, batch, draws),
                                  vector(hyper, numbers + SIGNAL_NUMBERS, NUMBERS), memory, signal)
            if slopes[L - 1] != USUAL:
                slope_at(slopes, L - 1)(matrix(z, unit, batch, m), output,
                                        vector(hyper, numbers - LAYER_NUMBERS, NUMBERS), signal)
        change_weights(slopes, credits, rules, optimizers, layout, theta, change, feedback, state, moments, hyper,
                       x, z, a, told, pace)
