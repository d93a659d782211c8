"""The recipes of policies and of noticing: they draw, say what they drew, and their numbers are the findings."""

from __future__ import annotations

import math

import pytest

from hebbnet.figures import noticing, policies
from hebbnet.figures.recipe import Drawn, Recipe

RECIPES = {recipe.name: recipe for recipe in (*noticing.RECIPES, *policies.RECIPES)}


def quick(name: str) -> Drawn:
    return RECIPES[name].make(RECIPES[name].ask(quick=True))


@pytest.mark.long
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_a_recipe_draws_and_says_what_it_drew(recipe: Recipe) -> None:
    drawn = recipe.make(recipe.ask(quick=True))
    assert drawn.figure.get_figwidth() == 10.0 and drawn.alt.endswith(".") and "nan" not in drawn.alt
    assert drawn.numbers and all(value is None or math.isfinite(value) for value in drawn.numbers.values())


@pytest.mark.long
def test_always_learning_is_best_where_the_world_moves_and_none_is_better_where_it_does_not() -> None:
    numbers = quick("policies").numbers
    for kind in ("abrupt", "gradual", "incremental", "recurring"):
        assert numbers[f"{kind}, always"] > numbers[f"{kind}, never"] + 0.1
    assert abs(numbers["no drift, always"] - numbers["no drift, never"]) < 0.01


@pytest.mark.long
def test_the_parts_of_the_regret_add_up() -> None:
    numbers = quick("regret").numbers
    for policy in policies.POLICIES:
        parts = sum(numbers[f"{policy}, {part}"] for part in ("drift", "latency", "learning"))
        assert parts == pytest.approx(numbers[f"{policy}, regret"])
    assert numbers["never, latency"] == 0.0 == numbers["always, drift"]


def test_periods_are_out_of_step_with_the_blocks() -> None:
    first, last = policies.SETTINGS["launch"], 4 * policies.BLOCK
    assert not set(range(first, last, policies.EVERY)) & set(range(policies.BLOCK, last, policies.BLOCK))


def test_what_was_learned_last_is_known_and_what_contradicts_it_is_not() -> None:
    found = policies.remembered(0)
    assert min(found[k][k] for k in range(3)) > 0.85 > 0.5 > found[2][0]
    assert found[3][0] > 0.85
