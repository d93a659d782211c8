"""The numbers that prose quotes: each benchmark keeps its own in results/NAME.json, for docs/render.py.

`--keep` of a benchmark writes them. A file that was filled in by hand from a table says so under "from".
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"
DIGITS = 6  # significant: more would only tell runs apart


def ask(parser: argparse.ArgumentParser) -> None:
    """Let whoever runs a benchmark say that its numbers are to be quoted."""
    parser.add_argument("--keep", action="store_true", help="write the numbers that README and docs quote, to results/")


def keep(name: str, numbers: dict[str, Any]) -> Path:
    """Write benchmarks/results/NAME.json: numbers by name, in dictionaries as deep as you like."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    said = {"command": f"python -m benchmarks.{name}", "from": f"run of {date.today()}", **_plain(numbers)}
    path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    """As JSON has it: what is not finite is null."""
    if isinstance(value, dict):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, (str, bool)) or value is None:
        return value
    number = float(value)
    if number - number != 0.0:
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else float(f"{number:.{DIGITS}g}")
