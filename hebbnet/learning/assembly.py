"""A recipe for one network as the flat vectors and tables that the engine works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import loop, seeds
from ..engine.kernel import Kernel
from ..network.activations import ACTIVATIONS
from ..network.network import Network
from .credit import Backprop
from .optimizers import SGD
from .recipe import Recipe
from .rules.basic import Gradient

# What the engine does itself when nothing else is asked for: a call less for the parts that are used most.
USUAL_KERNELS = (ACTIVATIONS["identity"].slope, Backprop.kernel, Gradient.kernel, SGD.kernel)


@dataclass
class Memory:
    """Everything that changes while learning, apart from theta: flat vectors."""

    feedback: np.ndarray
    state: np.ndarray
    moments: np.ndarray
    scaler: np.ndarray  # mean (d), sum of squared distances (d), count; empty for raw inputs

    def copy(self) -> Memory:
        """The same numbers on memory of its own."""
        return Memory(*(array.copy() for array in vars(self).values()))


def first_memory(network: Network, recipe: Recipe, standardize: bool, seed: int) -> Memory:
    """Before the first sample."""
    table, sizes = layout(network, recipe), memory_sizes(network, recipe, standardize)
    columns = np.repeat(table[:, loop.FEEDBACK_COLUMNS], table[:, loop.N_IN] * table[:, loop.FEEDBACK_COLUMNS])
    # Variance 1 / columns: what a layer is told is as large as what was told to the one that tells it, at any width.
    feedback = seeds.child(seed, "feedback").standard_normal(len(columns)) / np.sqrt(columns)
    return Memory(feedback, *(np.zeros(sizes[name]) for name in ("state", "moments", "scaler")))


def memory_sizes(network: Network, recipe: Recipe, standardize: bool) -> dict[str, int]:
    """How many numbers each vector of a `Memory` has."""
    table = layout(network, recipe)
    return {"feedback": int(table[:, loop.N_IN] @ table[:, loop.FEEDBACK_COLUMNS]),
            "state": int(table[0, loop.STATE] + table[:, loop.N_STATE].sum()),
            "moments": int(table[:, loop.N_MOMENTS].sum()),
            "scaler": 2 * network.n_inputs + 1 if standardize else 0}


def layout(network: Network, recipe: Recipe) -> np.ndarray:
    """Where everything of each layer begins: int64 (L, COLUMNS)."""
    table = np.zeros((len(network.layers), loop.COLUMNS), dtype=np.int64)
    at = dict.fromkeys((loop.WEIGHTS, loop.UNITS, loop.FEEDBACK, loop.STATE, loop.MOMENTS), 0)
    at[loop.STATE] = recipe.signal.state_size(network.n_outputs) + loop.GATE_MEMORY * bool(recipe.surprise)
    for row, layer, rule, optimizer in zip(table, network.layers, recipe.rules, recipe.optimizers, strict=True):
        n, m = layer.n_in, layer.n_out
        bias_learns = rule.uses_signal and rule.has_bias and layer.recipe.bias
        row[[loop.N_IN, loop.N_OUT, loop.BIAS_LEARNS]] = n, m, bias_learns
        first = layer is network.layers[0]  # there is no one below to tell
        row[loop.FEEDBACK_COLUMNS] = 0 if first else recipe.credit.feedback_columns(m, network.n_outputs)
        row[loop.N_STATE] = rule.state_size(n, m)
        row[loop.N_MOMENTS] = optimizer.moments_size(n * m + m * bias_learns)
        row[list(at)] = list(at.values())
        sizes = (n * m + m, m, n * row[loop.FEEDBACK_COLUMNS], row[loop.N_STATE], row[loop.N_MOMENTS])
        at = {column: start + size for (column, start), size in zip(at.items(), sizes, strict=True)}
    return table


def hyper(network: Network, recipe: Recipe) -> np.ndarray:
    """The numbers of every part, layer by layer, then those of the whole network."""
    table = np.zeros(len(network.layers) * loop.LAYER_NUMBERS + loop.NETWORK_NUMBERS)
    for l, layer in enumerate(network.layers):
        row = table[l * loop.LAYER_NUMBERS :]
        for start, numbers in ((0, layer.activation.hyper), (loop.RULE_NUMBERS, recipe.rules[l].numbers),
                               (loop.OPTIMIZER_NUMBERS, recipe.optimizers[l].numbers),
                               (loop.CREDIT_NUMBERS, recipe.credit.numbers)):
            row[start : start + len(numbers)] = numbers
        row[loop.RATE] = recipe.rates[l]
    row = table[-loop.NETWORK_NUMBERS :]
    for start, part in ((loop.SIGNAL_NUMBERS, recipe.signal), (loop.GATE_NUMBERS, recipe.surprise)):
        if part:
            row[start : start + len(part.numbers)] = part.numbers
    row[loop.CLIP], row[loop.SIGMA] = recipe.clip or 0.0, recipe.credit.noise
    row[loop.MOST] = recipe.surprise.most if recipe.surprise else np.inf
    return table


def tables(network: Network, recipe: Recipe, execution: str) -> tuple[Any, ...]:
    """The functions of every layer, for one execution, in the order in which the engine's `learn` takes them.

    Compiled, tables of addresses. Plain, tuples of Python functions. Mixed, for big layers and batches: Python
    functions again, where the products of matrices are NumPy (BLAS) and everything else is compiled.
    """
    activations = [layer.activation for layer in network.layers]
    # A signal given at the potential is not to be turned by the slope once more.
    slopes = [*(activation.slope for activation in activations[:-1]),
              ACTIVATIONS["identity"].slope if recipe.signal.at_potential else activations[-1].slope]
    L = len(network.layers)
    small = ([activation.function for activation in activations], slopes, [recipe.signal.kernel],
             [recipe.signal.loss] if recipe.signal.loss and recipe.credit.compares_losses else [],
             [recipe.surprise.kernel] if recipe.surprise else [])
    credits = [recipe.credit.kernel] * L
    optimizers = [optimizer.kernel for optimizer in recipe.optimizers]
    if execution == "compiled":
        kernels = (*small, credits, [rule.kernel for rule in recipe.rules], optimizers)
        return tuple(np.array([loop.USUAL if k in USUAL_KERNELS else k.address for k in column], dtype=np.int64)
                     for column in kernels)
    if execution == "mixed":
        fast = [_usual_or(column, [k.compiled for k in column]) for column in (*small, optimizers)]
        rules = _usual_or([rule.kernel for rule in recipe.rules], [rule.mixed() for rule in recipe.rules])
        return *fast[:-1], _usual_or(credits, [k.plain for k in credits]), rules, fast[-1]
    plain = [tuple(k.plain for k in column) for column in small]
    return (*plain, tuple(k.plain for k in credits), tuple(rule.plain() for rule in recipe.rules),
            tuple(k.plain for k in optimizers))


def _usual_or(kernels: list[Kernel], functions: list[Any]) -> tuple[Any, ...]:
    """The functions of these kernels, but for what the engine does itself."""
    return tuple(loop.USUAL if k in USUAL_KERNELS else function for k, function in zip(kernels, functions, strict=True))
