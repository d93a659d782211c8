"""All figures, in the order in which the story tells them."""

from __future__ import annotations

from . import drift, live
from .recipe import Recipe

CATALOGUE: dict[str, Recipe] = {recipe.name: recipe for family in (drift, live) for recipe in family.RECIPES}
