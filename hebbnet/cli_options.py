"""The options that `hebbnet run` and `hebbnet watch` share: what is read, and how the model is kept up to date."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from .pipeline import DEFAULTS


def add(parser: argparse.ArgumentParser) -> None:
    """Add them, with the same defaults."""
    parser.add_argument("--drop", metavar="COLUMN", nargs="+", action="extend", default=[], help="columns to leave out")
    _number(parser, "every", 1, "rows between two trainings of the periodic policy")
    parser.add_argument("--detector", metavar="NAME", default=DEFAULTS["detector"],
                        help="of the on-drift policy: adwin or ddm (default: %(default)s)")
    _number(parser, "launch", 0, "rows that train the model before it is launched; not scored")
    _number(parser, "window", 1, "rows of one training")
    _number(parser, "validate", 0, "rows held back to compare champion and challenger; 0 deploys every model")
    parser.add_argument("--sure", type=float, metavar="S", default=DEFAULTS["sure"],
                        help="the challenger must beat the champion, and chance, by S standard errors; 0: be no worse "
                        "than the champion (default: %(default)g)")
    parser.add_argument("--hidden", type=at_least(1), nargs="+", default=DEFAULTS["hidden"], metavar="N",
                        help="neurons of each hidden layer (default: 32)")
    parser.add_argument("--rate", type=float, metavar="R", help="learning rate (default: what suits the optimizer)")
    _number(parser, "seed", 0, "of the first weights")


def _number(parser: argparse.ArgumentParser, name: str, low: int, what: str) -> None:
    parser.add_argument(f"--{name}", type=at_least(low), default=DEFAULTS[name], metavar="N",
                        help=f"{what} (default: %(default)s)")


def at_least(low: int) -> Callable[[str], int]:
    """How argparse reads a whole number of at least `low`."""
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {low}, got {text!r}")
        return value
    return read
