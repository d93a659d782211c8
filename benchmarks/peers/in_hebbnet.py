"""hebbnet: its built-in rules, or a student's own; one call for all samples, or one for each."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from .task import CLIP, Array, Outcome, Run, Task, share


def hebbnet(task: Task, *, student: bool = False, one_by_one: bool = False) -> Run:
    """A learner as its users make it, but for the first weights and inputs that are scaled already."""
    import hebbnet as hb

    @hb.synapse
    def gradient(w, pre, post, signal):  # type: ignore[no-untyped-def]
        return pre * signal

    @hb.synapse
    def oja(w, pre, post, signal):  # type: ignore[no-untyped-def]
        return post * (pre - post * w)

    built_in = {"Hebb": hb.Hebb(clip=CLIP), "Oja": hb.Oja()}
    own = {"SGD": gradient, "Oja": oja}
    n_in, n_hidden, n_out = task.net
    layers = [hb.Dense(n_hidden, "identity" if task.alone else "tanh")]
    layers += [] if task.alone else [hb.Dense(n_out, "softmax")]
    network = hb.Network(n_in, layers, rng=0)

    def arrays(network: hb.Network) -> tuple[Array, ...]:
        return tuple(array for layer in network.layers for array in (layer.W, layer.b))[: len(task.start())]

    for array, first in zip(arrays(network), task.start(), strict=True):
        array[:] = first
    beginner = hb.Learner(network, rate=task.rate, rule=own[task.rule] if student else built_in.get(task.rule),
                          signal=hb.RewardPredictionError() if task.rule == "RPE" else None,
                          optimizer=hb.Adam() if task.rule == "Adam" else hb.SGD(), standardize=False)

    def run(X: Array, y: Array) -> Outcome:
        learner, told = beginner.copy(), None if task.alone else y
        begin = perf_counter()
        if one_by_one:
            predictions = np.concatenate([learner.learn(X[i : i + 1], y[i : i + 1]) for i in range(len(X))])
        else:
            predictions = learner.learn(X, told, predictions=not task.alone)  # without labels nobody predicts
        seconds = perf_counter() - begin
        return Outcome(seconds, arrays(learner.network), None if task.alone else share(predictions, y))

    return run
