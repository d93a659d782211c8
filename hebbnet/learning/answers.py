"""What the outputs of a network say, classes or numbers, and so what they can be told."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from ..network.network import Network
from .combinations import answers_with_classes
from .recipe import Recipe
from .signals import one_hot


class Answers:
    """The meaning of one network's outputs under one recipe.

    `classes` is whether they are classes (else numbers), `n_classes` how many. One sigmoid output that is told targets
    answers yes or no: it has two classes, 1 where the output is above a half.
    """

    def __init__(self, network: Network, recipe: Recipe) -> None:
        self.n_outputs, self.signal = network.n_outputs, recipe.signal
        output = network.recipe[-1].activation
        self.classes = answers_with_classes(network, recipe.signal)
        self.yes_or_no = output == "sigmoid" and self.n_outputs == 1 and not recipe.signal.for_classes
        self.n_classes = 2 if self.yes_or_no else self.n_outputs

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """The predicted labels (n,), or the numbers: (n,) of one output, else (n, n_outputs)."""
        if not self.classes:
            return outputs[:, 0] if self.n_outputs == 1 else outputs
        labels: np.ndarray = (outputs[:, 0] > 0.5).astype(np.int64) if self.yes_or_no else outputs.argmax(axis=1)
        return labels

    def told(self, y: Any, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Labels (rows,) and targets (rows, n_outputs) of y, as the signal wants them; refused where they cannot be."""
        values = _array(y)
        if not self.classes or (self.signal.takes_shares and values.ndim == 2):
            return np.zeros(rows, np.int64), self._targets(values, rows)
        labels = checks.labels(y, n_classes=self.n_classes, rows=rows, where="learn: y")
        if self.signal.for_classes:
            return labels, np.zeros((rows, 0))
        return labels, labels.reshape(-1, 1).astype(float) if self.yes_or_no else one_hot(labels, self.n_outputs)

    def _targets(self, values: np.ndarray, rows: int) -> np.ndarray:
        target = checks.matrix(values.reshape(-1, 1) if values.ndim == 1 else values, columns=self.n_outputs,
                               where="learn: y")
        if len(target) != rows:
            raise InputError(f"learn: y: expected as many rows as X, {rows}, got {len(target)}")
        if self.classes:
            for shares in target.T:
                checks.bounded(shares, low=0.0, high=1.0, where="learn: y")
        return target

    def told_of_one(self, y: Any) -> Any:
        """What one sample is told, as for a batch of one."""
        values = _array(y)
        return values.reshape(-1) if self.classes and values.size == 1 else values.reshape(1, -1)


def _array(y: Any) -> np.ndarray:
    try:
        return np.asarray(y)
    except ValueError:
        raise InputError("learn: y: expected labels or numbers, got rows of different lengths") from None
