"""The pipeline: a model that stays up to date by itself."""

from typing import Any

# What `hebbnet run` and `hebbnet watch` do unless they are told otherwise.
DEFAULTS: dict[str, Any] = {
    "drop": [], "policy": "on-drift", "every": 2_000, "detector": "adwin", "launch": 2_000, "window": 2_000,
    "validate": 500, "sure": 2.0, "hidden": [32], "rate": None, "seed": 0, "keep": 100}
