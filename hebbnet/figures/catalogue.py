"""All figures, in the order in which the story tells them."""

from __future__ import annotations

from . import drift
from .recipe import Recipe

CATALOGUE: dict[str, Recipe] = {recipe.name: recipe for family in (drift,) for recipe in family.RECIPES}
