"""A learner as a description and arrays, and back: all it takes to go on as if never stopped."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks, files, seeds
from ..engine.checks import InputError
from ..network.network import Dense, Network
from . import assembly
from .recipe import Recipe

if TYPE_CHECKING:
    from pathlib import Path

    from .learner import Learner


def describe(learner: Learner) -> dict[str, Any]:
    """What is not an array, but for the recipe."""
    network = {"n_inputs": learner.network.n_inputs, "layers": [vars(layer) for layer in learner.network.recipe],
               "seed": learner.network.seed}
    return {"network": network, "seed": learner.seed, "n_seen": learner.n_seen, "n_updates": learner.n_updates,
            "standardize": learner.standardize, "compiled": learner.compiled,
            "chance": learner._rng.bit_generator.state}


def save(learner: Learner, path: str | os.PathLike[str]) -> Path:
    """Write it; one that has diverged is refused before the file is touched."""
    if wrong := learner._machine.what_is_infinite():
        raise InputError(f"cannot save {path}: {wrong.what} are infinite: this learner has diverged; go on from an "
                         "earlier one")
    return files.save(path, "Learner", {**describe(learner), "recipe": learner.recipe.to_json()}, learner._arrays())


def load(learner: Learner, path: str | os.PathLike[str], rule: Any) -> Learner:
    """Make of `learner`, which has nothing yet, the one that was saved."""
    meta, arrays = files.load(path, "Learner")
    try:
        restore(learner, Recipe.from_json(meta["recipe"], rule), meta, arrays)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, MemoryError) as error:
        raise InputError(f"{path}: not a learner that this version of hebbnet can read ({error})") from None
    if wrong := learner._machine.what_is_infinite():
        raise InputError(f"{path}: {wrong.what} are infinite: this learner has diverged; load an earlier one")
    return learner


def restore(learner: Learner, recipe: Recipe, description: dict[str, Any], arrays: files.Arrays) -> None:
    """Begin a learner where another was. Sizes are compared before there is room made for them."""
    net, standardize = description["network"], description["standardize"]
    layers = [Dense(**layer) for layer in net["layers"]]
    sizes = [checks.whole(net["n_inputs"], "n_inputs", low=1), *(layer.units for layer in layers)]
    _expect("theta", arrays, sum((n + 1) * m for n, m in pairwise(sizes)))
    network = Network(sizes[0], layers, rng=net["seed"])
    for name, size in assembly.memory_sizes(network, recipe, standardize).items():
        _expect(name, arrays, size)
    learner._begin(network, recipe, standardize=standardize, compiled=description["compiled"],
                   seed=seeds.root(description["seed"]))
    learner.n_seen = checks.whole(description["n_seen"], "n_seen")
    learner.n_updates = checks.whole(description["n_updates"], "n_updates")
    learner._rng.bit_generator.state = description["chance"]
    for name, mine in learner._arrays().items():
        mine[:] = arrays[name]


def _expect(name: str, arrays: files.Arrays, size: int) -> None:
    found = arrays[name]
    if found.shape != (size,) or found.dtype != np.float64:
        raise InputError(f"{name} should have shape {(size,)} and be float64, has {found.shape} and is {found.dtype}")
