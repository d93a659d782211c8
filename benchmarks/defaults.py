"""How the learner's default settings are chosen: every candidate learns fifteen generated worlds, test-then-train.

    python -m benchmarks.defaults [--quick] [--out FILE]

No real data are read, here or in `worlds.py`. Each question (which optimizer and rate? which activation? ...) is one
table; its candidates are the package's default and that default with the thing in question changed.
"""

from __future__ import annotations

import argparse
import inspect
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

import hebbnet as hb
from hebbnet.engine.progress import Progress
from hebbnet.learning.optimizers import Optimizer
from hebbnet.streams.stream import Stream

from .worlds import ROWS, WORLDS, draw

SEEDS, QUICK = 10, 1
REPEATING = [name for name, world in WORLDS.items() if world.autocorrelated]
RUN_LENGTHS = (3, 5, 10, 20, 50, 100)  # of one label, in the world "long runs"
SAME_STEP = 0.05  # of SGD, and in the long run of momentum: rate / (1 - beta)
STEPS = "Optimizer and rate"


@dataclass(frozen=True)
class Candidate:
    """A way to set up a learner."""

    optimizer: Optimizer
    rate: float
    activation: str
    readout: str
    hidden: tuple[int, ...]
    batch_size: int
    standardize: bool

    def accuracy(self, stream: Stream, rng: int) -> float:
        """The share of all rows whose label was predicted rightly, each before it was learned."""
        stream.restart()
        rows = stream.take(ROWS)
        layers = [hb.Dense(units, self.activation) for units in self.hidden]
        readout = hb.Dense(len(stream.classes), "softmax", init=self.readout)
        learner = hb.Learner(hb.Network(stream.n_inputs, [*layers, readout], rng=rng), optimizer=self.optimizer,
                             rate=self.rate, standardize=self.standardize)
        return float(np.mean(learner.learn(rows.X, rows.y, batch_size=self.batch_size) == rows.y))


def package_default() -> Candidate:
    """What one gets who asks for nothing, read from the package itself."""
    learner = hb.Learner(hb.mlp(draw(next(iter(WORLDS)))))
    hidden, readout = learner.network.layers[:-1], learner.network.layers[-1]
    return Candidate(learner.recipe.optimizers[0], learner.recipe.rates[0], hidden[0].activation.name,
                     "lecun" if readout.W.any() else "zero", tuple(layer.W.shape[1] for layer in hidden),
                     inspect.signature(learner.learn).parameters["batch_size"].default, learner.standardize)


Question = dict[str, Candidate]  # the candidates by the name that each has in this question's table


def questions(default: Candidate) -> dict[str, Question]:
    """The candidates of every question. A setting of the package's that is none of these takes part as well."""
    grid = [(hb.SGD(), (0.01, 0.02, 0.05, 0.1)), (hb.Momentum(0.9), (0.001, 0.003, 0.01)),
            (hb.RMSprop(0.99), (0.001, 0.002, 0.005, 0.01)), (hb.RMSprop(0.9), (0.002, 0.005, 0.01)),
            (hb.Adam(), (0.001, 0.003, 0.01, 0.03))]
    steps = [replace(default, optimizer=optimizer, rate=rate) for optimizer, rates in grid for rate in rates]
    asked = {STEPS: named([*steps, default], step_name)}
    settings: list[tuple[str, str, list[Any]]] = [
        ("Activation of the hidden layer", "activation", ["tanh", "relu", "sigmoid"]),
        ("First weights of the read-out", "readout", ["zero", "lecun"]),
        ("Hidden units", "hidden", [(16,), (32,), (64,), (32, 32)]),
        ("Batch size", "batch_size", [1, 8, 32]),
        ("Standardized inputs", "standardize", [True, False])]
    for title, field, values in settings:
        changed = [replace(default, **{field: value}) for value in values]
        asked[title] = named([*changed, default], partial(setting_name, field))
    pairs = [replace(default, activation=f, readout=init) for f in ("tanh", "relu") for init in ("zero", "lecun")]
    asked["Activation and read-out"] = named([*pairs, default], lambda c: f"{c.activation}, {c.readout} read-out")
    return asked


def named(candidates: Iterable[Candidate], name: Callable[[Candidate], str]) -> Question:
    """The candidates by name, each once."""
    return {name(candidate): candidate for candidate in candidates}


def step_name(candidate: Candidate) -> str:
    """Optimizer, its beta if there is one, and rate."""
    beta = getattr(candidate.optimizer, "beta", None)
    return f"{candidate.optimizer.name}{'' if beta is None else f'({beta:g})'} {candidate.rate:g}"


def setting_name(field: str, candidate: Candidate) -> str:
    """The value of one setting, readable without its question."""
    value = getattr(candidate, field)
    return {"readout": f"{value} read-out", "hidden": "-".join(map(str, candidate.hidden)) + " hidden",
            "batch_size": f"batch {value}", "standardize": "z-scores" if value else "raw inputs"}.get(field, str(value))


# ---------------------------------------------------------------- measuring


Scores = dict[Candidate, np.ndarray]  # accuracies (worlds, seeds)


def measure(candidates: list[Candidate], seeds: int) -> Scores:
    """Every candidate on every draw of every world: the k-th draw is learned from the k-th first weights."""
    scores = {candidate: np.empty((len(WORLDS), seeds)) for candidate in candidates}
    with Progress("learning") as progress:
        for w, world in enumerate(WORLDS):
            for k in range(seeds):
                stream = draw(world, k)
                for candidate in scores:
                    scores[candidate][w, k] = candidate.accuracy(stream, rng=k)
                progress((w + (k + 1) / seeds) / len(WORLDS), world)
    return scores


@dataclass(frozen=True)
class Comparison:
    """The candidates of one question against each other; all numbers in the order of `names`."""

    names: list[str]
    accuracy: np.ndarray  # (candidates, worlds), means over the seeds
    lead: np.ndarray  # (candidates, seeds), over the default, in the mean over the worlds

    @property
    def rank(self) -> np.ndarray:
        """The mean over the worlds of the place in each: 1 is best, equals share."""
        one, other = self.accuracy[:, None], self.accuracy[None]
        places = (other > one).sum(axis=1) + ((other == one).sum(axis=1) + 1) / 2
        return np.asarray(places.mean(axis=1))

    @property
    def shortfall(self) -> np.ndarray:
        """How far behind the best candidate of each world, (candidates, worlds)."""
        return np.asarray(self.accuracy.max(axis=0) - self.accuracy)


def compare(question: Question, scores: Scores, default: Candidate) -> Comparison:
    """Put the scores of one question side by side."""
    all_scores = np.array([scores[candidate] for candidate in question.values()])
    return Comparison(list(question), all_scores.mean(axis=2), (all_scores - scores[default]).mean(axis=1))


def best_of_each_kind(steps: Question, scores: Scores) -> Question:
    """Each optimizer at the rate where its mean accuracy is highest."""
    best: Question = {}
    for candidate in sorted(steps.values(), key=lambda candidate: -scores[candidate].mean()):
        best.setdefault(step_name(candidate).split()[0], candidate)
    return named(best.values(), step_name)


def margins_by_run_length(steps: Question, seeds: int) -> np.ndarray:
    """Accuracy over repeating the last label where runs are short and where they are long: (steps, lengths)."""
    margins = np.zeros((len(steps), len(RUN_LENGTHS)))
    for l, length in enumerate(RUN_LENGTHS):
        for k in range(seeds):
            stream = draw("long runs", k, length=length)
            repeating = hb.metrics.no_change(stream.take(ROWS).y).mean()
            margins[:, l] += [candidate.accuracy(stream, rng=k) - repeating for candidate in steps.values()]
    return margins / seeds


def references(seeds: int) -> np.ndarray:
    """What the commonest label and the last label are right in, without learning: (worlds, 2)."""
    found = np.zeros((len(WORLDS), 2))
    for w, world in enumerate(WORLDS):
        for stream in (draw(world, k) for k in range(seeds)):
            y = stream.take(ROWS).y
            found[w] += hb.metrics.majority(y, len(stream.classes)).mean(), hb.metrics.no_change(y).mean()
    return found / seeds


# ---------------------------------------------------------------- reporting


def markdown(header: list[str], rows: list[list[str]], numbers_from: int = 1) -> list[str]:
    """A table, its columns from `numbers_from` on aligned to the right."""
    rule = ["---"] * numbers_from + ["---:"] * (len(header) - numbers_from)
    return ["| " + " | ".join(cells) + " |" for cells in (header, rule, *rows)] + [""]


def table_of_worlds(default: Candidate, scores: Scores, steps: Comparison, baselines: np.ndarray) -> list[str]:
    """The worlds, what each is worth without learning, the default, and the best optimizer and rate."""
    rows = []
    for w, (name, world) in enumerate(WORLDS.items()):
        best = int(steps.accuracy[:, w].argmax())
        stream = draw(name)
        rows.append([name, world.character, str(stream.n_inputs), str(len(stream.classes)), *percent(*baselines[w]),
                     *percent(scores[default][w].mean(), steps.accuracy[best, w]), steps.names[best]])
    return ["### The worlds", "", *markdown(["world", "character", "inputs", "classes", "commonest label", "last label",
                                            "default", "best step", "which is"], rows, numbers_from=2)]


def table_of(title: str, comparison: Comparison, default_name: str, baselines: np.ndarray) -> list[str]:
    """One question's candidates, the best mean first."""
    worlds = list(WORLDS)
    rows = []
    for c in np.argsort(-comparison.accuracy.mean(axis=1), kind="stable"):
        name, worst = comparison.names[c], int(comparison.shortfall[c].argmax())
        margins = [f"{100 * (comparison.accuracy[c, w] - baselines[w, 1]):+.1f}" for w in map(worlds.index, REPEATING)]
        is_default = name == default_name
        rows.append([f"**{name}** (default)" if is_default else name, *percent(comparison.accuracy[c].mean()),
                     "" if is_default else mean_lead(comparison, c), f"{comparison.rank[c]:.1f}",
                     f"{100 * comparison.shortfall[c, worst]:.2f} ({worlds[worst]})", *margins])
    header = ["", "mean accuracy", "over the default", "mean rank", "worst shortfall",
              *(f"{name}: over the last label" for name in REPEATING)]
    return [f"### {title}", "", *markdown(header, rows)]


def table_world_by_world(default: Candidate, candidates: Question, scores: Scores) -> list[str]:
    """Where the default loses: what each of the others has over it. One that has two names stands there once."""
    leads: dict[Candidate, np.ndarray] = {}
    header = ["world"]
    for name, candidate in candidates.items():
        if candidate not in (default, *leads):
            leads[candidate] = 100 * (scores[candidate] - scores[default]).mean(axis=1)
            header.append(name)
    rows = [[world, *(f"{lead[w]:+.1f}" for lead in leads.values())] for w, world in enumerate(WORLDS)]
    return ["### World by world: points over the default", "", *markdown(header, rows)]


def table_of_run_lengths(steps: Question, seeds: int) -> list[str]:
    """Who beats repeating the last label, and how long its runs must be for that."""
    margins = margins_by_run_length(steps, seeds)
    rows = [[name, *(f"{100 * margin:+.1f}" for margin in row)] for name, row in zip(steps, margins, strict=True)]
    return ["### Long runs, shorter and longer: points over repeating the last label", "",
            *markdown(["mean length of a run, in rows", *map(str, RUN_LENGTHS)], rows)]


def verdict(title: str, comparison: Comparison, default_name: str) -> str:
    """Who wins by either measure, and whether that is the default."""
    own = comparison.accuracy[comparison.names.index(default_name)]
    parts = []
    for measured, c in (("mean accuracy", int(comparison.accuracy.mean(axis=1).argmax())),
                        ("smallest worst shortfall", int(comparison.shortfall.max(axis=1).argmin()))):
        if comparison.names[c] == default_name:
            parts.append(f"{measured}: {default_name}, the default")
        else:
            better = int((comparison.accuracy[c] > own).sum())
            parts.append(f"{measured}: {comparison.names[c]}, not the default, {default_name} (mean lead "
                         f"{mean_lead(comparison, c)} points; better in {better} of {len(WORLDS)} worlds)")
    return f"- {title}. Best by {'; by '.join(parts)}."


def mean_lead(comparison: Comparison, c: int) -> str:
    """The lead over the default in points, and its standard error where there is one."""
    mean, seeds = comparison.lead[c].mean(), comparison.lead.shape[1]
    error = f" ± {100 * comparison.lead[c].std(ddof=1) / np.sqrt(seeds):.2f}" if seeds > 1 else ""
    return f"{100 * mean:+.2f}{error}"


def percent(*accuracies: float) -> list[str]:
    """Accuracies as they stand in a table."""
    return [f"{100 * accuracy:.2f}" for accuracy in accuracies]


def report(seeds: int) -> str:
    """The whole choice, in Markdown."""
    begin = process_time()
    default = package_default()
    asked = questions(default)
    scores = measure(list(dict.fromkeys(c for question in asked.values() for c in question.values())), seeds)
    baselines = references(seeds)
    compared = {title: compare(question, scores, default) for title, question in asked.items()}
    own_name = {title: next(name for name, c in question.items() if c == default) for title, question in asked.items()}
    kinds = best_of_each_kind(asked[STEPS], scores)
    changes = {name: c for title, question in asked.items() if title != STEPS for name, c in question.items()}
    lines = table_of_worlds(default, scores, compared[STEPS], baselines)
    for title, comparison in compared.items():
        lines += table_of(title, comparison, own_name[title], baselines)
    memories = [replace(default, optimizer=hb.Momentum(beta), rate=SAME_STEP * (1 - beta)) for beta in (0.5, 0.9)]
    lines += table_world_by_world(default, kinds | changes, scores)
    lines += table_of_run_lengths(kinds | named(memories, step_name), seeds)
    lines += ["### Verdict", "", *(verdict(title, one, own_name[title]) for title, one in compared.items())]
    return "\n".join([heading(len(scores), seeds, process_time() - begin), "", *lines, ""])


def heading(candidates: int, seeds: int, seconds: float) -> str:
    """What was run, and on what."""
    made_with = ", ".join(f"{name} {version(package)}" for name, package in (("NumPy", "numpy"), ("Numba", "numba")))
    return (f"{candidates} candidates x {len(WORLDS)} worlds of {ROWS:,} rows x {seeds} seed{'s' * (seeds > 1)}, "
            f"{seconds:.0f} s of processor time; hebbnet {hb.__version__}, Python {platform.python_version()}, "
            f"{made_with}. Accuracies in per cent, test-then-train over all rows; differences in points, ± their "
            "standard error over the seeds.")


def main() -> None:
    """Measure, print, and write the tables if a file is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.defaults", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} seed instead of {SEEDS}: for a first look only")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write the tables, in Markdown, to FILE")
    options = parser.parse_args()
    text = report(QUICK if options.quick else SEEDS)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
