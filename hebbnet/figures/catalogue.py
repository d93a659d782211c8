"""All figures, in the order in which the story tells them."""

from __future__ import annotations

from . import drift, live, minds, noticing, policies, weights
from .recipe import Recipe

FAMILIES = (drift, policies, live, noticing, weights, minds)
CATALOGUE: dict[str, Recipe] = {recipe.name: recipe for family in FAMILIES for recipe in family.RECIPES}
