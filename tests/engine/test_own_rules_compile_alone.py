"""A rule of one's own compiles itself and nothing else: the package's kernels come from the disk."""

from __future__ import annotations

import pytest
from engine_helpers import run

# Every compilation of the process is written down, by the module and name of its function; what is loaded is none.
NOTEBOOK = """
from numba.core.event import install_recorder
with install_recorder("numba:compile") as recorder:
    import numpy as np, hebbnet as hb

    @hb.synapse
    def synapse(w, pre, post, signal):
        return pre * signal - 0.01 * post * w

    @hb.rule
    def whole(W, pre, post, signal):
        return hb.dot(pre.T, signal) / len(pre)

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.integers(2, size=40)
    for rule in (synapse, whole):
        learner = hb.Learner(hb.Network(3, [hb.Dense(5), hb.Dense(2, "softmax")], rng=0), rule=rule, rate=0.1)
        learner.learn(X, y, batch_size=4)
        learner.learn(X, y)
        learner.accuracy(X[:5], y[:5])
for _, event in recorder.buffer:
    if event.is_start:
        function = event.data["dispatcher"].py_func
        print(function.__module__, function.__qualname__)
"""
AROUND = "hebbnet.learning.rules.own"  # what the engine calls: each rule's own function inside it
CALLED = ("numba.", "hebbnet.engine.compiled_arrays ")  # what a whole rule calls, such as hb.dot, becomes part of it
ALONE = ["__main__ synapse.function", "__main__ whole.function", f"{AROUND} _copy_whole.<locals>.change",
         f"{AROUND} _loop_over_synapses.<locals>.change"]


@pytest.mark.compiler
def test_in_a_new_process_rules_of_ones_own_compile_nothing_but_themselves():
    run(NOTEBOOK)  # whatever was not on the disk yet is now
    compiled = run(NOTEBOOK).stdout.splitlines()
    assert sorted(line for line in compiled if not line.startswith(CALLED)) == ALONE
