"""All figures, in the order in which the story tells them."""

from __future__ import annotations

from . import drift, policies, weights
from .recipe import Recipe

CATALOGUE: dict[str, Recipe] = {recipe.name: recipe for family in (drift, policies, weights) for recipe in family.RECIPES}
