"""The commands of the pipeline: watch, predict, status, history, rollback."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

GIVEN = ("target", "drop", "policy", "every", "detector", "launch", "window", "validate", "sure", "hidden", "rate",
         "seed", "keep")


def add(commands: Any, at_least: Callable[[int], Callable[[str], int]]) -> None:
    """Add them to the command line."""
    watch = commands.add_parser("watch", help="a folder that data fall into, and a model that stays up to date",
                                usage="%(prog)s INBOX --model DIR --target COLUMN [further options]",
                                description="Each new .csv or .csv.gz in INBOX is predicted, scored and learned from, "
                                "once it is complete, oldest first, exactly once.")
    watch.add_argument("inbox", metavar="INBOX", help="the folder that data files fall into")
    watch.add_argument("--model", metavar="DIR", required=True, help="the folder of the model; made at its launch")
    watch.add_argument("--target", metavar="COLUMN", required=True, help="the column to predict")
    watch.add_argument("--drop", metavar="COLUMN", nargs="+", action="extend", help="columns to leave out")
    watch.add_argument("--policy", metavar="NAME", help="never, periodic, on-drift or always (default: on-drift)")
    watch.add_argument("--every", type=at_least(1), metavar="N",
                       help="rows between two trainings of the periodic policy (default: 2000)")
    watch.add_argument("--detector", metavar="NAME", help="of the on-drift policy: adwin or ddm (default: adwin)")
    watch.add_argument("--launch", type=at_least(1), metavar="N",
                       help="at least so many rows, of whole files, train the first model (default: 2000)")
    watch.add_argument("--window", type=at_least(1), metavar="N", help="rows of one training (default: 2000)")
    watch.add_argument("--validate", type=at_least(0), metavar="N",
                       help="rows held back to compare champion and challenger; 0 deploys every model (default: 500)")
    watch.add_argument("--sure", type=float, metavar="S",
                       help="the challenger must be better by S standard errors of the difference (default: 2)")
    watch.add_argument("--hidden", type=at_least(1), nargs="+", metavar="N",
                       help="neurons of each hidden layer (default: 32)")
    watch.add_argument("--rate", type=float, metavar="R", help="learning rate (default: what suits the optimizer)")
    watch.add_argument("--seed", type=at_least(0), metavar="N", help="of the first weights (default: 0)")
    watch.add_argument("--keep", type=at_least(1), metavar="N",
                       help="versions whose weights are kept, at least (default: 100)")
    watch.add_argument("--once", action="store_true", help="do what is there, and end: for cron")
    watch.add_argument("--interval", type=float, default=5.0, metavar="S",
                       help="seconds between two looks, where nothing tells of new files (default: %(default)s)")
    watch.set_defaults(command=_watch, parser=watch)

    for name, command, what in (("predict", _predict, "the champion's label for each row of a file"),
                                ("status", _status, "what serves, how right it is, how old is what it knows"),
                                ("history", _history, "all versions, and why each was deployed or rejected"),
                                ("rollback", _rollback, "let an earlier version serve again")):
        parser = commands.add_parser(name, help=what, description=what)
        parser.add_argument("model", metavar="DIR", help="the folder of the model")
        if name == "predict":
            parser.add_argument("file", metavar="FILE", help=".csv or .csv.gz; the target may be missing")
        if name == "rollback":
            parser.add_argument("version", metavar="VERSION", nargs="?", type=at_least(1),
                                help="default: the one that the champion replaced")
        parser.set_defaults(command=command, parser=parser)


def _watch(options: argparse.Namespace) -> int:
    from .engine import checks
    from .pipeline.watch import Watcher

    interval = checks.number(options.interval, "--interval", above=0.0)
    config = {name: getattr(options, name) for name in GIVEN if getattr(options, name) is not None}
    with Watcher(options.inbox, options.model, config, tell=_tell, draw=_draw) as watcher:
        if options.once:
            watcher.once()
        else:
            _tell(f"watching {options.inbox}; Ctrl-C ends it")
            watcher.watch(interval)
    return 0


def _tell(text: str) -> None:
    print(text, flush=True)


def _draw(run: Any, path: Path) -> None:
    from . import cli

    cli._save_picture(run, path)


def _predict(options: argparse.Namespace) -> int:
    from .pipeline.monitor import predict

    version, labels = predict(options.model, options.file)
    print(f"predicted by version {version}")
    sys.stdout.writelines(f"{label}\n" for label in labels)
    return 0


def _registry(options: argparse.Namespace) -> Any:
    from .engine.checks import InputError
    from .pipeline.registry import Registry

    registry = Registry(options.model)
    if wrong := registry.verify():
        raise InputError("; ".join(wrong))
    return registry


def _status(options: argparse.Namespace) -> int:
    from .engine.checks import InputError

    path = Path(options.model) / "status.json"
    if not path.is_file():
        raise InputError(f"{path}: no such file; hebbnet watch writes it")
    for name, value in json.loads(path.read_text(encoding="utf-8")).items():
        print(f"{name:>20}  {'–' if value is None else f'{value:.4f}' if isinstance(value, float) else value}")
    _registry(options)
    return 0


def _history(options: argparse.Namespace) -> int:
    registry = _registry(options)
    champion = registry.pointer()["version"]
    for version in registry.history():
        m = version.manifest
        mark = "*" if version.number == champion else " "
        print(f"{mark}{version.number:>5}  {m['when']}  {'deployed' if m['deployed'] else 'rejected'}  {m['why']}")
    for move in registry.pointer()["rollbacks"]:
        print(f"       {move['when']}  rolled back from {move['from']} to {move['to']}")
    return 0


def _rollback(options: argparse.Namespace) -> int:
    from .pipeline.registry import Registry

    version = Registry(options.model).rollback(options.version)
    print(f"version {version.number} serves")
    return 0
