"""The command line: `hebbnet` (the demo) and `hebbnet run FILE` (your own data). The only place that prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import __version__

OUT = "hebbnet-out"
POLICIES = ("never", "periodic", "on-drift", "always")
DETECTORS = ("adwin", "ddm")
COUNTS = ("alarms", "retrainings", "updates", "recovery")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every error is one line on standard error, and exit code 2."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "demo")
    try:
        options = _parser().parse_args(given)
        return int(options.command(options))
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
        raise SystemExit(_say(f"{message}; see {self.prog} --help", 2))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="hebbnet", description="How models learn, and why they go stale. Alone: the demo.")
    parser.add_argument("--version", action="version", version=f"hebbnet {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    demo = commands.add_parser("demo", help="a model goes stale; four ways of keeping it up to date",
                               description="SEA 7 -> 9 -> 11 -> 13, 10,000 samples each, 10% label noise. A network is "
                               "launched after 5,000; four policies keep it up to date, or not.")
    demo.add_argument("--seeds", type=int, default=10, metavar="N", help="repetitions (default: %(default)s)")
    _add_out(demo)
    demo.set_defaults(command=_demo)

    run = commands.add_parser("run", help="the same for your own data: .csv, .csv.gz, or .npz with X and y",
                              description="Live through the rows of FILE in their order: predict each before its label "
                              "is learned, and compare policies of keeping the model up to date.")
    run.add_argument("file", metavar="FILE", help=".csv or .csv.gz with a header, or .npz with arrays X and y")
    run.add_argument("--target", metavar="COLUMN", help="the column to predict (default: the last; in an .npz, y)")
    run.add_argument("--drop", metavar="COLUMN", nargs="+", action="extend", default=[], help="columns to leave out")
    run.add_argument("--delimiter", metavar="C", help="between cells (default: found in the header)")
    run.add_argument("--policy", metavar="NAME", default="all",
                     help="never, periodic, on-drift, always or all (default: %(default)s)")
    run.add_argument("--every", type=int, default=2_000, metavar="N",
                     help="rows between two trainings of the periodic policy (default: %(default)s)")
    run.add_argument("--detector", metavar="NAME", default="adwin",
                     help="of the on-drift policy: adwin or ddm (default: %(default)s)")
    run.add_argument("--launch", type=int, default=2_000, metavar="N",
                     help="rows that train the model before it is launched; not scored (default: %(default)s)")
    run.add_argument("--window", type=int, default=2_000, metavar="N",
                     help="rows of one training (default: %(default)s)")
    run.add_argument("--arrival", type=int, default=1, metavar="N",
                     help="rows that come at once, all predicted before any label (default: %(default)s)")
    run.add_argument("--label-delay", type=int, default=0, metavar="N",
                     help="rows until a label is known (default: %(default)s)")
    run.add_argument("--cycle-time", type=int, default=0, metavar="N",
                     help="rows that a training takes until its model serves (default: %(default)s)")
    run.add_argument("--hidden", type=int, nargs="+", default=[32], metavar="N",
                     help="neurons of each hidden layer (default: 32)")
    run.add_argument("--rate", type=float, metavar="R", help="learning rate (default: what suits the optimizer)")
    run.add_argument("--seed", type=int, default=0, metavar="N", help="of the first weights (default: %(default)s)")
    run.add_argument("--json", metavar="FILE", help="write the numbers there too")
    _add_out(run)
    run.set_defaults(command=_run)
    return parser


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", default=OUT,
                        help="folder for accuracy.png and summary.json (default: %(default)s)")


# ---------------------------------------------------------------- the commands


def _demo(options: argparse.Namespace) -> int:
    import hebbnet as hb

    from .engine import checks, files
    from .training.loop import Interrupted

    seeds = checks.whole(options.seeds, "--seeds", low=1)
    out = files.folder(options.out)
    stream = hb.DriftStream([hb.SEA(7), hb.SEA(9), hb.SEA(11), hb.SEA(13)], at=[10_000, 20_000, 30_000], noise=0.1,
                            rng=0)
    learner = hb.Learner(hb.mlp(stream, hidden=[16], rng=0))
    policies = {"never": hb.Never(), "periodic": hb.Periodic(3_000), "on-drift": hb.OnDrift(hb.ADWIN()),
                "always": hb.Always()}
    print(f"The world drifts three times; a model is launched into it. {seeds} seeds.")
    interrupted = False
    try:
        sweep = hb.sweep(learner, stream, policies, seeds=seeds, launch=5_000, window=1_000, cycle_time=500,
                         progress=None)
    except Interrupted as stop:
        sweep, interrupted = stop.run, True
    return _report(sweep, out, None, interrupted)


def _run(options: argparse.Namespace) -> int:
    import hebbnet as hb

    from .engine import files
    from .training import loop

    policies = _policies(options)
    stream = _stream(options)
    learner = hb.Learner(hb.mlp(stream, options.hidden, rng=options.seed), rate=options.rate)
    settings = {name: getattr(options, name) for name in ("launch", "window", "arrival", "label_delay", "cycle_time")}
    loop.check(learner, stream, **settings)
    out = files.folder(options.out)
    if options.json:
        files.folder(Path(options.json).parent)
    runs: dict[str, list[Any]] = {}
    interrupted = False
    try:
        for name, policy in policies.items():
            runs[name] = [hb.run(learner, stream, policy, progress=None, **settings)]
    except loop.Interrupted as stop:
        runs[name], interrupted = [stop.run], True
    finished = {name: of for name, of in runs.items() if len(of[0].predicted)}
    return _report(hb.Sweep(finished), out, options.json, interrupted)


def _policies(options: argparse.Namespace) -> dict[str, Any]:
    import hebbnet as hb

    from .engine import checks

    wanted = checks.choice(options.policy, (*POLICIES, "all"), "policy")
    detector = {"adwin": hb.ADWIN, "ddm": hb.DDM}[checks.choice(options.detector, DETECTORS, "detector")]()
    known = {"never": hb.Never(), "periodic": hb.Periodic(options.every), "on-drift": hb.OnDrift(detector),
             "always": hb.Always()}
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


def _report(sweep: Any, out: Path, json_file: str | None, interrupted: bool) -> int:
    """The table, the picture, the numbers."""
    if not sweep.seeds:
        return _say("interrupted before the first prediction; nothing to save", 130)
    numbers = _numbers(sweep)
    if interrupted:
        numbers["interrupted"] = True
    _print_table(sweep, numbers)
    picture = _save_picture(sweep, out / "accuracy.png")
    from .engine import files

    written = [picture, files.write_json(out / "summary.json", numbers)]
    if json_file:
        written.append(files.write_json(json_file, numbers))
    print("wrote " + ", ".join(map(str, written)))
    return _say("interrupted; what was done so far is saved", 130) if interrupted else 0


def _numbers(sweep: Any) -> dict[str, Any]:
    """The summary as JSON: accuracies as fractions of 1, over the scored rows."""
    summary = sweep.summary()
    first = next(iter(summary.values()))
    baselines = {name: first[name] for name in ("no_change", "majority", "chance", "bayes") if first[name] is not None}
    counts = {name: int(first[name]) for name in ("rows", "scored")}
    shared = {*baselines, *counts, "bayes", "no_change", "majority", "chance"}
    policies = {policy: {key: _whole(key, value) for key, value in numbers.items() if key not in shared}
                for policy, numbers in summary.items()}
    return {**counts, "seeds": sweep.seeds, "baselines": baselines, "policies": policies, "hebbnet": __version__}


def _whole(key: str, value: Any) -> Any:
    return int(value) if key in COUNTS and value is not None and value == int(value) else value


def _print_table(sweep: Any, numbers: dict[str, Any]) -> None:
    from .training.sweep import align

    n = f"mean of {sweep.seeds} seeds" if sweep.seeds > 1 else "one run"
    print(f"{numbers['scored']:,} of {numbers['rows']:,} rows scored; {n}")
    head, *body = sweep.table()
    names = {"bayes": "best possible", "no_change": "repeat the last label", "majority": "commonest label so far",
             "chance": "chance"}
    known = [[names[name], f"{numbers['baselines'][name]:.3f}", *[""] * (len(head) - 2)] for name in names
             if name in numbers["baselines"]]
    for line in align([head, *body, [""] * len(head), *known]):
        print("  " + line.rstrip())
    if numbers["baselines"]["no_change"] >= max(row["accuracy"] for row in numbers["policies"].values()):
        print("  No policy beats repeating the last label: nothing here shows that the inputs were of use.")


def _save_picture(sweep: Any, path: Path) -> Path:
    import matplotlib

    matplotlib.use("Agg")
    from . import plots
    from .engine import files

    figure: Any = plots.accuracy(sweep).figure
    return files.write(path, lambda file: figure.savefig(file, format="png", dpi=150, bbox_inches="tight"))
