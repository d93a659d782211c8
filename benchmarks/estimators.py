"""`HebbNetClassifier` untuned beside scikit-learn's classifiers untuned, on tables that stand still.

    python -m benchmarks.estimators [--draws N] [--data FOLDER]

The fifteen generated worlds on which the learner's defaults were chosen (worlds.py), their rows shuffled, so that
nothing drifts: it learns from 300 or 3,000, and is tested on 3,000 others. `epochs` was chosen here, among 5, 20 and
50 at 300 rows. With --data also the first 20,000 rows, shuffled, of each .npz in FOLDER that has at most 100 columns:
nothing was chosen on those.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import hebbnet as hb

from . import worlds

SIZES, TEST, READ = (300, 3_000), 3_000, 20_000
WIDEST = 100


def contestants(seed: int) -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return {"HebbNetClassifier": hb.HebbNetClassifier(rng=seed),
            "MLPClassifier, scaled": make_pipeline(StandardScaler(), MLPClassifier(random_state=seed)),
            "LogisticRegression, scaled": make_pipeline(StandardScaler(), LogisticRegression()),
            "HistGradientBoosting": HistGradientBoostingClassifier(random_state=seed)}


def tables(draws: int, folder: Path | None) -> Iterator[tuple[str, int, np.ndarray, np.ndarray]]:
    """Name, draw, X and y; shuffled."""
    for k in range(draws):
        found = [(name, worlds.draw(name, k).take(worlds.ROWS)) for name in worlds.WORLDS]
        given = [(name, batch.X, batch.y) for name, batch in found]
        for path in sorted(folder.glob("*.npz")) if folder else ():
            with np.load(path, allow_pickle=False) as data:
                if data["X"].shape[1] <= WIDEST:
                    given.append((path.stem, data["X"][:READ].astype(float), data["y"][:READ]))
        for name, X, y in given:
            order = np.random.default_rng(k).permutation(len(X))
            yield name, k, X[order], y[order]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimators", description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=3, metavar="N")
    parser.add_argument("--data", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # MLPClassifier says that 200 epochs were not enough
    right: dict[tuple[int, str, str], list[float]] = {}
    for table, k, X, y in tables(options.draws, options.data):
        for n in SIZES:
            for name, model in contestants(k).items():
                score = model.fit(X[:n], y[:n]).score(X[-TEST:], y[-TEST:])
                right.setdefault((n, table, name), []).append(score)
    names = list(contestants(0))
    print("| rows | table | " + " | ".join(names) + " |\n|---:|---|" + "---:|" * len(names))
    for n in SIZES:
        means = {table: [100 * float(np.mean(right[n, table, name])) for name in names]
                 for m, table, _ in right if m == n}
        for table, row in means.items():
            if table not in worlds.WORLDS:
                print(f"| {n:,} | {table} | " + " | ".join(f"{value:.1f}" for value in row) + " |")
        made = np.array([row for table, row in means.items() if table in worlds.WORLDS])
        worst = (made.max(axis=1, keepdims=True) - made).max(axis=0)
        cells = [f"{mean:.1f} ({short:.1f})" for mean, short in zip(made.mean(axis=0), worst, strict=True)]
        print(f"| {n:,} | 15 made worlds, mean (worst shortfall) | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
