"""All figures, in the order in which the story tells them."""

from __future__ import annotations

from . import drift, noticing, policies
from .recipe import Recipe

CATALOGUE: dict[str, Recipe] = {
    recipe.name: recipe for family in (drift, noticing, policies) for recipe in family.RECIPES}
