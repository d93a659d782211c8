"""An inbox, files that fall into it, a watch that looks once, and what it left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import hebbnet as hb
from hebbnet.pipeline import watch

HOME = Path(hb.__file__).resolve().parents[1]
HEAD = "a,b,c,class\n"
CONFIG: dict[str, Any] = {"target": "class", "policy": "periodic", "every": 200, "launch": 200, "window": 200,
                          "validate": 60, "hidden": [4], "sure": 1.0}
STREAM = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[500], noise=0.1, rng=0)
BATCH = STREAM.take(1_000)
LINES = [f"{a!r},{b!r},{c!r},{'yes' if y else 'no'}\n" for (a, b, c), y in
         zip(BATCH.X.tolist(), BATCH.y.tolist(), strict=True)]


def drop(name: str, text: str | bytes, when: int) -> Path:
    """A file in the inbox that was changed so many seconds after the beginning."""
    path = Path("in") / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (1_000_000_000 + when,) * 2)
    return path


def fill(rows: int = 1_000, size: int = 100) -> None:
    for k, start in enumerate(range(0, rows, size)):
        drop(f"{k:02}.csv", HEAD + "".join(LINES[start : start + size]), k)


def once(config: dict[str, Any] = CONFIG, model: str = "model") -> list[str]:
    said: list[str] = []
    with watch.Watcher("in", model, config, tell=said.append) as watcher:
        watcher.once()
    return said


def events(model: str = "model") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(model, "events.jsonl").read_text().splitlines()]


def status(model: str = "model") -> dict[str, Any]:
    return json.loads(Path(model, "status.json").read_text())


def outcome(model: str = "model") -> Any:
    """All that a life left behind, but the time of day."""
    registry = hb.Registry(model)
    assert registry.verify() == []

    def timeless(each: dict[str, Any]) -> dict[str, Any]:
        clock = ("when", "seal", "pruned", "pid", "knows_until")
        return {name: timeless(value) if isinstance(value, dict) else value for name, value in each.items()
                if name not in clock}

    weights = [version.load().network.theta.tolist() for version in registry.history()]
    return (registry.pointer(), [timeless(version.manifest) for version in registry.history()], weights,
            [timeless(event) for event in events(model) if event["kind"] != "trouble"],
            Path(model, "scores.csv").read_bytes(), timeless(status(model)))


def in_a_process(model: str, *more: str, first: str = "pass") -> subprocess.Popen[str]:
    """A watch that says when it begins; before that, it does `first`."""
    program = (f"import sys\n{first}\nfrom hebbnet import cli_watch, cli\nfrom hebbnet.pipeline import watch\n"
               "watch.SETTLE = 0.0\ncli_watch._draw = None\nprint('begins', flush=True)\n"
               "sys.exit(cli.main(sys.argv[1:]))")
    command = [sys.executable, "-c", program, "watch", "in", "--model", model, "--target", "class"]
    for name, value in CONFIG.items():
        if name != "target":
            command += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    return subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "PYTHONPATH": str(HOME)})
