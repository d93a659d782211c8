"""Puts measured numbers into prose: collects them in docs/numbers.json, and renders README, docs and benchmarks.

    python docs/render.py [--check]

Numbers come from docs/demo/summary.json (the demo), docs/figures/numbers.json (`hebbnet figures --out docs/figures`)
and benchmarks/results/*.json (`python -m benchmarks.NAME --keep`). Prose names them between marks that nobody sees:

    it scored <!--n:demo.never.accuracy:.3f-->0.664<!--/n-->        a number and its format, in a sentence or a cell
    <!--b                                                           a block: what stands in the comment, filled in
    {demo.never.accuracy:.3f}
    -->
    0.664
    <!--/b-->

A format is Python's, or `%.1`: 100 times the number, with one decimal.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = ROOT / "docs" / "numbers.json"
INLINE = re.compile(r"<!--n:([^:>]+):([^>]*?)-->(.*?)<!--/n-->", flags=re.DOTALL)
BLOCK = re.compile(r"<!--b\n(.*?)\n-->\n(.*?)<!--/b-->", flags=re.DOTALL)
FIELD = re.compile(r"\{([a-z0-9-]+(?:\.[a-z0-9-]+)+):([^}]*)\}")
Numbers = dict[str, float | int | None]


def pages() -> list[Path]:
    """All that quotes numbers."""
    return [ROOT / "README.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


# ---------------------------------------------------------------- collecting


def collect() -> Numbers:
    """Every number that was measured, by name: demo.never.accuracy, figure.decay.never, booster.curve.abrupt.250."""
    found: Numbers = {}
    demo = ROOT / "docs" / "demo" / "summary.json"
    drawn = ROOT / "docs" / "figures" / "numbers.json"
    if demo.is_file():
        summary = json.loads(demo.read_text(encoding="utf-8"))
        found |= flat("demo", summary | summary.pop("policies"))
    if drawn.is_file():
        found |= flat("figure", json.loads(drawn.read_text(encoding="utf-8")))
    for kept in sorted((ROOT / "benchmarks" / "results").glob("*.json")):
        found |= flat(kept.stem, json.loads(kept.read_text(encoding="utf-8")))
    return found


def flat(name: str, value: Any) -> Numbers:
    """The numbers in nested dictionaries; what is a word (a date, a machine) is left out."""
    if isinstance(value, dict):
        return {key: number for part, below in value.items() for key, number in flat(f"{name}.{slug(part)}",
                                                                                     below).items()}
    return {name: value} if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)) else {}


def slug(key: str) -> str:
    """A key as a part of a name: "PyTorch eager / hebbnet" is pytorch-eager-hebbnet."""
    return re.sub(r"[^a-z0-9]+", "-", str(key).lower()).strip("-")


# ---------------------------------------------------------------- rendering


def render(text: str, numbers: Numbers) -> str:
    """The page with the numbers of today. KeyError names a number that nobody measured."""
    text = BLOCK.sub(lambda found: f"<!--b\n{found[1]}\n-->\n{fill(found[1], numbers)}\n<!--/b-->", text)
    return INLINE.sub(lambda found: f"<!--n:{found[1]}:{found[2]}-->{said(found[1], found[2], numbers)}<!--/n-->", text)


def fill(template: str, numbers: Numbers) -> str:
    """A block with its fields filled in."""
    return FIELD.sub(lambda found: said(found[1], found[2], numbers), template)


def said(name: str, how: str, numbers: Numbers) -> str:
    """One number as prose says it: in a format of Python's, or `%.1`, of a share, in percent; – where there is none."""
    value = numbers[name]
    if value is None:
        return "–".rjust(int(re.match(r"\d*", how)[0] or 0))  # type: ignore[index]  # it matches always
    return f"{100 * value:{how[1:]}f}" if how.startswith("%") else f"{value:{how}}"


def faults(text: str, numbers: Numbers) -> Iterator[str]:
    """What is wrong with the marks of a page, one sentence each."""
    asked = [found[0] for found in INLINE.findall(text)]
    asked += [field[0] for found in BLOCK.findall(text) for field in FIELD.findall(found[0])]
    yield from (f"no number is called {name}" for name in asked if name not in numbers)
    for kind, pattern in (("n", INLINE), ("b", BLOCK)):
        if not text.count(f"<!--{kind}") == text.count(f"<!--/{kind}-->") == len(pattern.findall(text)):
            yield f"a mark <!--{kind} without its end, or an end without its mark"
    # Markdown takes a line that begins with a comment for HTML, and ends the paragraph there.
    yield from (f"line {k} begins with a mark" for k, line in enumerate(text.splitlines(), 1)
                if re.match(r"\s*(?:[-*>]\s+|\d+\.\s+)?<!--n:", line))


def main() -> int:
    """Collect and render, or with --check say what is out of date."""
    numbers = collect()
    kept = json.dumps(dict(sorted(numbers.items())), indent=1) + "\n"
    stale = [] if NUMBERS.is_file() and NUMBERS.read_text(encoding="utf-8") == kept else [NUMBERS]
    if stale and "--check" not in sys.argv:
        NUMBERS.write_text(kept, encoding="utf-8")
    wrong = False
    for page in pages():
        text = page.read_text(encoding="utf-8")
        found = list(faults(text, numbers))
        wrong |= bool(found)
        print(*(f"{page.relative_to(ROOT)}: {fault}" for fault in found), sep="\n", end="\n" * bool(found))
        if not found and (new := render(text, numbers)) != text:
            stale.append(page)
            if "--check" not in sys.argv:
                page.write_text(new, encoding="utf-8")
    print(*(f"{page.relative_to(ROOT)}: {'out of date' if '--check' in sys.argv else 'written'}" for page in stale),
          sep="\n", end="\n" * bool(stale))
    return int(wrong or (bool(stale) and "--check" in sys.argv))


if __name__ == "__main__":
    sys.exit(main())
