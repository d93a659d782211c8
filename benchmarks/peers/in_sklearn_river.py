"""scikit-learn's network, and models of River: not the same computation, so their weights are their own."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from .task import Array, Outcome, Run, Task, share


def partial_fit(task: Task) -> Run:
    """scikit-learn's network of the same size; of two classes it makes one logistic output."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    _, n_hidden, n_out = task.net

    def run(X: Array, y: Array) -> Outcome:
        model = MLPClassifier((n_hidden,), activation="tanh", solver=task.rule.lower(), alpha=0, batch_size=1,
                              learning_rate_init=task.rate, momentum=0, nesterovs_momentum=False, random_state=0)
        classes, predictions = np.arange(n_out), []
        begin = perf_counter()
        for i in range(len(X)):
            predictions.append(model.predict(X[i : i + 1])[0] if i else 0)  # it cannot predict before its first sample
            model.partial_fit(X[i : i + 1], y[i : i + 1], classes=classes)
        seconds = perf_counter() - begin
        return Outcome(seconds, correct=share(predictions, y))

    return run


def river(task: Task, *, model: str) -> Run:
    """A model of River, one dictionary a sample: another model, here to show what a library for streams costs."""
    from river import linear_model, optim, tree

    linear = linear_model.LogisticRegression if task.net[-1] == 2 else linear_model.SoftmaxRegression
    makers: dict[str, Callable[[], Any]] = {"regression": lambda: linear(optimizer=optim.SGD(task.rate)),
                                            "Hoeffding tree": tree.HoeffdingTreeClassifier}

    def run(X: Array, y: Array) -> Outcome:
        learner = makers[model]()
        samples = [(dict(enumerate(x)), label) for x, label in zip(X.tolist(), y.tolist(), strict=True)]
        predictions = []
        begin = perf_counter()
        for x, label in samples:
            predictions.append(learner.predict_one(x) or 0)
            learner.learn_one(x, label)
        seconds = perf_counter() - begin
        return Outcome(seconds, correct=share(predictions, y))

    return run
