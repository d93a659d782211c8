"""The command `hebbnet figures`: redraws any picture of the package, from fixed seeds."""

from __future__ import annotations

import argparse
import sys
from typing import Any

OUT = "hebbnet-out/figures"


def add(commands: Any) -> None:
    """Add it to the command line."""
    figures = commands.add_parser("figures", help="redraw any or all pictures, from fixed seeds",
                                  usage="%(prog)s [NAME ...] [--out DIR] [--quick] [--post] [--slides] [--list]",
                                  description="Redraw the figures NAME ..., or all of them. The same command gives "
                                  "the same bytes.")
    figures.add_argument("names", metavar="NAME", nargs="*", help="which (default: all); see --list")
    figures.add_argument("--out", metavar="DIR", default=OUT, help="folder for the pictures (default: %(default)s)")
    figures.add_argument("--quick", action="store_true", help="fewer seeds, which the caption says")
    figures.add_argument("--post", action="store_true", help="those that illustrate the claims of the post")
    figures.add_argument("--slides", action="store_true", help="in the shape of a slide, 16:9, 1920 pixels wide")
    figures.add_argument("--list", action="store_true", help="say what each teaches and how long it takes; draw none")
    figures.set_defaults(command=_figures, parser=figures)


def _figures(options: argparse.Namespace) -> int:
    from .engine import checks, files
    from .engine.progress import Progress
    from .figures import draw
    from .figures.catalogue import CATALOGUE

    known = [name for name, recipe in CATALOGUE.items() if recipe.claims or not options.post]
    names = [checks.choice(name, known, "figure") for name in dict.fromkeys(options.names)] or known
    if options.list:
        _print_list(names)
        return 0
    out = files.folder(options.out)
    written: list[draw.Written] = []
    with Progress(f"drawing {len(names)} figure{'s' * (len(names) > 1)}") as progress:
        progress(0.0)
        for one in draw.draw(names, out, quick=options.quick, slides=options.slides):
            written.append(one)
            progress(len(written) / len(names), one.name)
            print(f"{one.name}: {one.failed}" if one.failed else f"wrote {one.path}", flush=True)
    drawn = [one for one in written if not one.failed]
    draw.keep_numbers(drawn, out)
    if len(drawn) < len(names):
        print(f"hebbnet: {len(names) - len(drawn)} of {len(names)} figures could not be drawn", file=sys.stderr)
        return 2
    return 0


def _print_list(names: list[str]) -> None:
    from .figures.catalogue import CATALOGUE

    widest = max(map(len, names))
    for name in names:
        recipe = CATALOGUE[name]
        claims = f"  [post: {', '.join(map(str, recipe.claims))}]" if recipe.claims else ""
        print(f"  {name:<{widest}} {recipe.seconds:4.0f} s  {recipe.teaches}{claims}")
    seconds = sum(CATALOGUE[name].seconds for name in names)
    print(f"  {'together':<{widest}} {seconds / 2:4.0f} s  two at a time; --quick takes less than half")
