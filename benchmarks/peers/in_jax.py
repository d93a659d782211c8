"""JAX in double precision: one compiled loop over all samples, or one compiled step that is called for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from .task import BETA1, BETA2, CLIP, EPS, Array, Outcome, Run, Task, share

Step = Callable[[Any, Any], tuple[Any, Any]]  # (weights, memory), sample -> (weights, memory), prediction


def scan(task: Task, *, tuned: bool = False) -> Run:
    """One compiled loop over all samples: as users write it, or the gradient by hand and the loop unrolled."""
    import jax

    body = step(task, by_hand=tuned)
    loop = jax.jit(partial(jax.lax.scan, body, unroll=4 if tuned else 1))

    def run(X: Array, y: Array) -> Outcome:
        given = jax.block_until_ready(jax.device_put((beginning(task), (X, y))))
        begin = perf_counter()
        (weights, _), predictions = jax.block_until_ready(loop(*given))
        seconds = perf_counter() - begin
        return Outcome(seconds, tuple(map(np.asarray, weights)), None if task.alone else share(predictions, y))

    return run


def one_by_one(task: Task) -> Run:
    """One compiled step, called from Python for every sample: the price where samples come one by one."""
    import jax

    compiled = jax.jit(step(task))

    def run(X: Array, y: Array) -> Outcome:
        state, predictions = jax.device_put(beginning(task)), []
        begin = perf_counter()
        for i in range(len(X)):
            state, prediction = compiled(state, (X[i], y[i]))
            predictions.append(prediction)
        jax.block_until_ready((state, predictions))
        seconds = perf_counter() - begin
        return Outcome(seconds, tuple(map(np.asarray, state[0])), share(predictions, y))

    return run


def beginning(task: Task) -> tuple[Any, Any]:
    """The first weights, and what Adam remembers: m, v and t."""
    weights = task.start()
    zeros = tuple(map(np.zeros_like, weights))
    return weights, (zeros, zeros, np.zeros(())) if task.rule == "Adam" else ()


def step(task: Task, *, by_hand: bool = False) -> Step:
    """Predict a sample, then learn it."""
    import jax

    jax.config.update("jax_enable_x64", True)
    changes = alone(task) if task.alone else gradient_by_hand if by_hand else gradient(task)

    def step(state: Any, sample: Any) -> tuple[Any, Any]:
        weights, memory = state
        dw, prediction = changes(weights, *sample)
        if task.rule == "Adam":
            dw, memory = adam(dw, *memory)
        return (jax.tree.map(lambda w, d: w + task.rate * d, weights, dw), memory), prediction

    return step


def gradient(task: Task) -> Callable[..., Any]:
    """What one labelled sample asks for, by automatic differentiation."""
    import jax
    import jax.numpy as jnp

    def loss(weights: Any, x: Any, label: Any) -> Any:
        W1, b1, W2, b2 = weights
        z = jnp.tanh(x @ W1 + b1) @ W2 + b2
        log_p, chosen = jax.nn.log_softmax(z), jnp.argmax(z)
        if task.rule == "RPE":
            surprise = (chosen == label) - jnp.exp(log_p[chosen])
            return -jax.lax.stop_gradient(surprise) * z[chosen], chosen
        return -log_p[label], chosen

    def changes(weights: Any, x: Any, label: Any) -> Any:
        downhill, prediction = jax.grad(loss, has_aux=True)(weights, x, label)
        return jax.tree.map(lambda slope: -slope, downhill), prediction

    return changes


def gradient_by_hand(weights: Any, x: Any, label: Any) -> Any:
    """The same for cross-entropy, written out."""
    import jax
    import jax.numpy as jnp

    W1, b1, W2, b2 = weights
    h = jnp.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    signal = jax.nn.one_hot(label, len(b2)) - jax.nn.softmax(z)
    below = (W2 @ signal) * (1 - h**2)
    return (jnp.outer(x, below), below, jnp.outer(h, signal), signal), jnp.argmax(z)


def alone(task: Task) -> Callable[..., Any]:
    """What one sample without a label asks for."""
    import jax.numpy as jnp

    def changes(weights: Any, x: Any, label: Any) -> Any:
        (W,) = weights
        post = x @ W
        product = jnp.outer(x, post)
        return (product - jnp.abs(product) * W / CLIP if task.rule == "Hebb" else product - post**2 * W,), ()

    return changes


def adam(dw: Any, m: Any, v: Any, t: Any) -> Any:
    """The step of Adam, over the rate; and what it remembers."""
    import jax
    import jax.numpy as jnp

    t = t + 1
    m = jax.tree.map(lambda m, d: BETA1 * m + (1 - BETA1) * d, m, dw)
    v = jax.tree.map(lambda v, d: BETA2 * v + (1 - BETA2) * d**2, v, dw)
    return jax.tree.map(lambda m, v: m / (1 - BETA1**t) / (jnp.sqrt(v / (1 - BETA2**t)) + EPS), m, v), (m, v, t)
