"""The command line: `hebbnet` (the demo) and `hebbnet run FILE` (your own data). The only place that prints."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import __version__, cli_figures, cli_options, cli_watch
from .cli_options import at_least

OUT = "hebbnet-out"
POLICIES = ("never", "periodic", "on-drift", "always")
BASELINES = {"bayes": "best possible", "no_change": "repeat the last label", "majority": "commonest label so far",
             "chance": "chance"}
COUNTS = ("alarms", "retrainings", "updates", "recovery")
DRIFTS_KNOWN = ("accuracy", "dip", "recovery", "alarms", "retrainings", "staleness", "updates")  # 80 characters wide
DRIFTS_UNKNOWN = ("accuracy", "kappa_t", "alarms", "retrainings", "staleness", "updates")
EXPLAINED = """\
what the table says:
  accuracy     the share of the scored rows that was predicted rightly
  kappa_t      0 is as good as repeating the last label, 1 is perfect
  dip          the accuracy lost after a drift (where the drifts are known)
  recovery     rows until it is back; a dash where it never is
  alarms       of the drift detector
  retrainings  models that were trained and deployed
  staleness    labelled rows that the serving model does not know, on average
  updates      rows learned, the price
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every error is one line on standard error, and exit code 2."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "demo")
    if given[0].endswith((".csv", ".csv.gz", ".npz")):
        return _say(f"for data of your own: hebbnet run {given[0]}", 2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without a dash shows a question mark
    try:
        options, unknown = _parser().parse_known_args(given)
        if unknown:
            options.parser.error(f"unknown: {' '.join(unknown)}")
        code = int(options.command(options))
        if sys.stdout is not None:  # None: closed by whoever called, hebbnet ... >&-
            sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except MemoryError:
        return _say("not enough memory; use fewer rows or a smaller --hidden", 2)
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    from .engine.checks import InputError
    from .learning.learner import Diverged

    if os.environ.get("HEBBNET_DEBUG"):
        raise error
    if isinstance(error, (InputError, Diverged, OSError)):
        return _say(str(error), 2)
    return _say(f"a fault in hebbnet itself, please report it: {type(error).__name__}: {error} "
                "(HEBBNET_DEBUG=1 shows where)", 2)


def _say(text: str, code: int) -> int:
    print("hebbnet: " + " ".join(text.split()), file=sys.stderr)
    return code


# ---------------------------------------------------------------- what can be asked


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, not the whole usage."""
        from .engine.checks import InputError

        if message.endswith("required: FILE"):
            message = "which FILE? It comes first, before the options"
        raise InputError(f"{message.removeprefix('argument ')}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="hebbnet", description="How models learn, and why they go stale. Alone: the demo.")
    parser.add_argument("--version", action="version", version=f"hebbnet {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    layout: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "epilog": EXPLAINED}

    demo = commands.add_parser("demo", help="a model goes stale; four ways of keeping it up to date",
                               description="SEA 7 -> 9 -> 11 -> 13, 10,000 samples each, 10% label noise. A network\n"
                               "is launched after 5,000; four policies keep it up to date, or not.", **layout)
    demo.add_argument("--seeds", type=at_least(1), default=10, metavar="N", help="repetitions (default: %(default)s)")
    _add_out(demo)
    demo.set_defaults(command=_demo, parser=demo)

    run = commands.add_parser("run", help="the same for your own data: .csv, .csv.gz, or .npz with X and y",
                              usage="%(prog)s FILE [--target COLUMN] [--policy NAME] [further options]",
                              description="Live through the rows of FILE in their order: predict each before its\n"
                              "label is learned, and compare policies of keeping the model up to date.", **layout)
    run.add_argument("file", metavar="FILE", help=".csv or .csv.gz with a header, or .npz with arrays X and y")
    run.add_argument("--target", metavar="COLUMN", help="the column to predict (default: the last; in an .npz, y)")
    run.add_argument("--delimiter", metavar="C", help="between cells (default: found in the header)")
    run.add_argument("--policy", metavar="NAME", default="all",
                     help="never, periodic, on-drift, always or all (default: %(default)s)")
    cli_options.add(run)
    run.add_argument("--arrival", type=at_least(1), default=1, metavar="N",
                     help="rows that come at once, all predicted before any label (default: %(default)s)")
    run.add_argument("--label-delay", type=at_least(0), default=0, metavar="N",
                     help="rows until a label is known (default: %(default)s)")
    run.add_argument("--cycle-time", type=at_least(0), default=0, metavar="N",
                     help="rows that a training takes until its model serves (default: %(default)s)")
    run.add_argument("--json", metavar="FILE", help="write the numbers there too")
    _add_out(run)
    run.set_defaults(command=_run, parser=run)
    cli_figures.add(commands)
    cli_watch.add(commands)
    return parser


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", default=OUT,
                        help="folder for accuracy.png and summary.json (default: %(default)s)")


# ---------------------------------------------------------------- the commands


def _demo(options: argparse.Namespace) -> int:
    from .figures.drift import demo
    from .training.loop import Interrupted

    out = _out(options)
    print(f"The world drifts three times; a model is launched into it. {options.seeds} seeds.", flush=True)
    interrupted = False
    try:
        sweep = demo(options.seeds, progress=None)
    except Interrupted as stop:
        sweep, interrupted = stop.run, True
    return _report(sweep, out, interrupted)


def _run(options: argparse.Namespace) -> int:
    import hebbnet as hb

    from .engine import checks
    from .training import loop

    policies = _policies(options)
    rate = None if options.rate is None else checks.number(options.rate, "--rate", low=0)
    stream = _stream(options)
    if options.launch >= stream.n_rows:
        raise checks.InputError(f"--launch: {options.file} has {stream.n_rows:,} rows, and a launch of "
                                f"{options.launch:,} leaves none to score; try --launch {stream.n_rows // 5}")
    learner = hb.Learner(hb.mlp(stream, options.hidden, rng=options.seed), rate=rate)
    settings = {name: getattr(options, name) for name in ("launch", "window", "arrival", "label_delay", "cycle_time",
                                                          "validate", "sure")}
    loop.check(learner, stream, **settings)
    out = _out(options)
    runs: dict[str, list[Any]] = {}
    interrupted = False
    try:
        for name, policy in policies.items():
            runs[name] = [hb.run(learner, stream, policy, progress=None, **settings)]
    except loop.Interrupted as stop:
        runs[name], interrupted = [stop.run], True
    finished = {name: of for name, of in runs.items() if len(of[0].predictions)}
    return _report(hb.Sweep.of(finished), out, interrupted)


def _out(options: argparse.Namespace) -> list[Path]:
    """The picture and the JSON files to write; what cannot be written is refused, and nothing is made yet."""
    from .engine import checks, files

    out = Path(options.out)
    wanted = [out / "accuracy.png", out / "summary.json"]
    if getattr(options, "json", None) is not None:
        wanted.append(Path(options.json))
    for path in wanted:
        if path.is_dir():
            raise checks.InputError(f"cannot write {path}: this is a folder; choose another name")
        files.folder(next(place for place in path.absolute().parents if os.path.lexists(place)))
    return wanted


def _policies(options: argparse.Namespace) -> dict[str, Any]:
    from .engine import checks
    from .training import policies

    wanted = checks.choice(options.policy, (*POLICIES, "all"), "policy")
    known = policies.by_name(options.every, options.detector)
    return known if wanted == "all" else {wanted: known[wanted]}


def _stream(options: argparse.Namespace) -> Any:
    import hebbnet as hb

    from .engine.checks import InputError

    if str(options.file).endswith(".npz"):
        if options.drop:
            raise InputError(f"--drop: the columns of {options.file} have no names; leave them out of X")
        return hb.from_npz(options.file)
    return hb.from_csv(options.file, target=options.target, drop=options.drop, delimiter=options.delimiter)


# ---------------------------------------------------------------- what is shown


def _report(sweep: Any, wanted: list[Path], interrupted: bool) -> int:
    """The numbers, the picture, the table; written before anything is printed, for a pipe may break."""
    from .engine import files

    if not sweep.seeds:
        return _say("interrupted before the first prediction; nothing to save", 130)
    numbers = _numbers(sweep)
    if interrupted:
        numbers["interrupted"] = True
    picture, *others = wanted
    for path in wanted:
        files.folder(path.parent)
    for path in others:
        files.write_json(path, numbers)
    finished = {name: runs for name, runs in sweep.runs.items() if "scored" not in numbers["policies"][name]}
    _save_picture(sweep.of(finished), picture)
    _print_table(sweep, numbers)
    print("wrote " + ", ".join(map(str, wanted)))
    return _say("interrupted; what was done so far is saved", 130) if interrupted else 0


def _numbers(sweep: Any) -> dict[str, Any]:
    """The summary as JSON: accuracies as fractions of 1, over the scored rows."""
    summary = sweep.summary()
    full = max(summary.values(), key=lambda numbers: numbers["scored"])
    baselines = {name: full[name] for name in BASELINES if full[name] is not None}
    counts = {name: int(full[name]) for name in ("rows", "scored")}
    policies = {policy: {key: _whole(key, value) for key, value in numbers.items() if key not in {*BASELINES, *counts}}
                for policy, numbers in summary.items()}
    for policy, numbers in summary.items():
        if numbers["scored"] < counts["scored"]:  # Ctrl-C came during this one
            policies[policy]["scored"] = int(numbers["scored"])
    return {**counts, "seeds": sweep.seeds, "baselines": baselines, "policies": policies, "hebbnet": __version__}


def _whole(key: str, value: Any) -> Any:
    return int(value) if key in COUNTS and value is not None and value == int(value) else value


def _print_table(sweep: Any, numbers: dict[str, Any]) -> None:
    """One row for each policy, and below, under their accuracies, those of the baselines."""
    from .training.results import align

    n = f"mean of {sweep.seeds} seeds" if sweep.seeds > 1 else "one run"
    print(f"{numbers['scored']:,} of {numbers['rows']:,} rows scored; {n}")
    policies, baselines = numbers["policies"], numbers["baselines"]
    head, *body = sweep.table(DRIFTS_KNOWN if any(row["dip"] is not None for row in policies.values())
                              else DRIFTS_UNKNOWN)
    unfinished = {name: row["scored"] for name, row in policies.items() if "scored" in row}
    table = align([head, *([name + " *" * (name in unfinished), *cells] for name, *cells in body)])
    under = table[0].index(head[1]) + len(head[1])
    lines = table + [""] + [f"{baselines[name]:{under}.3f}  {said}" for name, said in BASELINES.items()
                            if name in baselines]
    lines += [f"* interrupted: over its first {scored:,} scored rows only" for scored in unfinished.values()]
    if baselines["no_change"] >= max(row["accuracy"] for row in policies.values()):
        lines.append("No policy beats repeating the last label: nothing here shows that the inputs were of use.")
    for line in lines:
        print(f"  {line}".rstrip())


def _save_picture(sweep: Any, path: Path) -> None:
    from matplotlib.figure import Figure

    from . import plots
    from .engine import files
    from .plots import style

    figure: Any = Figure(figsize=style.SIZE, layout="constrained")  # without pyplot, whose backend is its user's own
    plots.accuracy(sweep, ax=figure.subplots())
    files.write(path, lambda file: figure.savefig(file, format="png", dpi=150, bbox_inches="tight"))
