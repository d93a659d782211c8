"""The commands of the pipeline: watch, predict, status, history, rollback."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from . import cli_options
from .cli_options import at_least
from .pipeline import DEFAULTS

# What a detector believes, in words: ADWIN looks at the answers of its window, DDM at all since its last alarm.
BELIEFS = {"n_seen": "  answers it was told", "n": "  those it looks at", "mean": "  share of them wrong",
           "variance": "  variance of that", "value": "  compared", "threshold": "  alarm above"}


def add(commands: Any) -> None:
    """Add them to the command line."""
    watch = commands.add_parser("watch", help="a folder that data fall into, and a model that stays up to date",
                                usage="%(prog)s INBOX --model DIR --target COLUMN [further options]",
                                description="Each new .csv or .csv.gz in INBOX is predicted, scored and learned from, "
                                "once it is complete, oldest first, exactly once.")
    watch.add_argument("inbox", metavar="INBOX", help="the folder that data files fall into")
    watch.add_argument("--model", metavar="DIR", required=True, help="the folder of the model; made at its launch")
    watch.add_argument("--target", metavar="COLUMN", required=True, help="the column to predict")
    watch.add_argument("--policy", metavar="NAME", default=DEFAULTS["policy"],
                       help="never, periodic, on-drift or always (default: %(default)s)")
    cli_options.add(watch)
    watch.add_argument("--keep", type=at_least(1), metavar="N", default=DEFAULTS["keep"],
                       help="versions whose weights are kept, at least (default: %(default)s)")
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
    config = {name: getattr(options, name) for name in ("target", *DEFAULTS)}
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
    print("\n".join(labels))
    return 0


def _registry(options: argparse.Namespace) -> Any:
    from .engine.checks import InputError
    from .pipeline.registry import Registry

    registry = Registry(options.model)
    if wrong := registry.verify():
        raise InputError("; ".join(wrong))
    return registry


def _status(options: argparse.Namespace) -> int:
    from .engine import lock
    from .engine.checks import InputError
    from .pipeline.registry import Registry

    path = Path(options.model) / "status.json"
    if not path.is_file():
        raise InputError(f"{path}: no such file; hebbnet watch writes it")
    try:
        status = json.loads(path.read_text(encoding="utf-8"))
        before = status["champion"]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: damaged; the next look of hebbnet watch writes it anew") from None
    pointer = Registry(options.model).pointer()
    if (serves := pointer["version"]) != before:  # the watch has not looked since
        status |= {"champion": f"{serves}; what follows is of {before}, which served before",
                   "versions": pointer["last"]}
    if since := status["staleness"]["knows_until"]:
        status["staleness"]["age"] = _age(lock.now(), since)
    for name, value in status.items():
        shown = value if isinstance(value, dict) else {"": value}
        for k, (part, of) in enumerate(shown.items()):
            part = BELIEFS.get(part, part) if name == "drift" else part
            cell = "–" if of is None else f"{of:.4g}" if isinstance(of, float) else of
            print(f"{name if not k else '':>12}  {part:24}{cell}" if part else f"{name:>12}  {cell}")
    _registry(options)
    return 0


def _age(at: str, since: str) -> str:
    """From one time of day to another, in words; nothing where the clock was set back."""
    seconds = max(int((datetime.fromisoformat(at) - datetime.fromisoformat(since)).total_seconds()), 0)
    return f"{seconds:,} seconds" if seconds < 7_200 else f"{seconds / 86_400:,.1f} days"


def _history(options: argparse.Namespace) -> int:
    registry = _registry(options)
    champion = registry.champion().number
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
