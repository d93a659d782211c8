"""The scikit-learn face: two thin estimators around a Learner, for pipelines and grids. scikit-learn is not needed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, Self

import numpy as np

from . import conventions
from .engine import checks, seeds
from .engine.checks import InputError
from .learning.learner import Learner
from .learning.schedules import Linear
from .network.network import Dense, Network


class NotFittedError(ValueError, AttributeError):
    """Asked to predict before it has learned. Where scikit-learn is loaded, its own class of that name is raised."""


class _Estimator:
    """What both share: parameters by name, `fit` and `partial_fit`, and the conventions of scikit-learn.

    A subclass says what y means: `_begin(y, classes)` at the first rows, and `_told(y)` always.
    """

    _estimator_type: str
    _readout: str

    def __init__(self, hidden: Any = (32,), *, activation: str = "tanh", rule: Any = None, signal: Any = None,
                 credit: Any = None, optimizer: Any = None, rate: Any = None, epochs: int = 20, batch_size: int = 1,
                 rng: Any = 0) -> None:
        self.hidden = hidden
        self.activation = activation
        self.rule = rule
        self.signal = signal
        self.credit = credit
        self.optimizer = optimizer
        self.rate = rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.rng = rng

    # ------------------------------------------------------------ learning

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn anew, in `epochs` passes over the rows in shuffled order, while the rate falls in a line to zero.

        Parameters
        ----------
        X : (n, d) array or DataFrame
        y : (n,) labels or numbers

        Returns
        -------
        self
        """
        epochs = checks.whole(self.epochs, "epochs", low=1)
        batch = checks.whole(self.batch_size, "batch_size", low=1)
        with self._as_it_was_if_refused():
            X, y = self._accept(X, y, first=True)
            learner = self._start(X, y, None, schedule=Linear(updates=max(epochs * (len(X) // batch), 1)))
            order = seeds.child(learner.seed, "order").permutation(len(X))  # sorted rows would unlearn each other
            learner.learn(X[order], self._told(y)[order], batch_size=min(batch, len(X)), epochs=epochs,
                          predictions=False)
            self.learner_, self.n_iter_ = learner, epochs
        return self

    def partial_fit(self, X: Any, y: Any = None, classes: Any = None) -> Self:
        """Go on learning: one pass over the rows in their order, at the full rate.

        Parameters
        ----------
        X : (n, d) array or DataFrame
        y : (n,) labels or numbers
        classes : (K,) array, optional
            All labels that will ever come; a classifier needs them at its first call.

        Returns
        -------
        self
        """
        first = not self.__sklearn_is_fitted__()
        batch = checks.whole(self.batch_size, "batch_size", low=1)
        with self._as_it_was_if_refused():
            X, y = self._accept(X, y, first=first)
            if not first:
                self._same_classes(classes)
            learner = self._start(X, y, classes, schedule=None) if first else self.learner_
            learner.learn(X, self._told(y), batch_size=min(batch, len(X)), predictions=False)
            self.learner_, self.n_iter_ = learner, getattr(self, "n_iter_", 0) + 1
        return self

    @contextmanager
    def _as_it_was_if_refused(self) -> Iterator[None]:
        """What is learned is kept as a whole, or not at all."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    def _start(self, X: np.ndarray, y: np.ndarray, classes: Any, schedule: Any) -> Learner:
        """A learner that has learned nothing, which fits these rows."""
        n_outputs = self._begin(y, classes)
        hidden = [Dense(units, self.activation) for units in conventions.units(self.hidden)]
        seed = seeds.root(self.rng)
        network = Network(X.shape[1], [*hidden, Dense(n_outputs, self._readout)], rng=seed)
        return Learner(network, rule=self.rule, signal=self.signal, credit=self.credit, optimizer=self.optimizer,
                       rate=self.rate, schedule=schedule)

    def _begin(self, y: np.ndarray, classes: Any) -> int:
        """Take note of what y can be; how many outputs that takes."""
        raise NotImplementedError

    def _told(self, y: np.ndarray) -> np.ndarray:
        """Labels or numbers, as the learner wants them."""
        raise NotImplementedError

    def _same_classes(self, classes: Any) -> None:
        """Refuse other classes than those of the first call."""

    # ------------------------------------------------------------ what is given

    def _accept(self, X: Any, y: Any, first: bool) -> tuple[np.ndarray, np.ndarray]:
        """X and y, checked."""
        if y is None:
            raise InputError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        names = conventions.names(X)
        X = self._matrix(X) if not first else conventions.matrix(X, type(self).__name__)
        y = conventions.column(y, len(X))
        self._check_target(y)
        if first:
            self.n_features_in_ = X.shape[1]
            if names is None:
                self.__dict__.pop("feature_names_in_", None)
            else:
                self.feature_names_in_ = names
        return X, y

    def _check_target(self, y: np.ndarray) -> None:
        """Refuse a y of the wrong kind."""

    def _outputs_of(self, X: Any) -> np.ndarray:
        if not self.__sklearn_is_fitted__():
            raise conventions.own("NotFittedError", NotFittedError)(
                f"This {type(self).__name__} instance is not fitted yet. Call fit or partial_fit first.")
        return self.learner_.outputs(self._matrix(X))

    def _matrix(self, X: Any) -> np.ndarray:
        """X of further rows: the columns must be those that were learned."""
        conventions.check_names(X, getattr(self, "feature_names_in_", None), type(self).__name__)
        return conventions.matrix(X, type(self).__name__, self.n_features_in_)

    # ------------------------------------------------------------ conventions

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments it was made with, by name."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change arguments, by name; returns self."""
        known = self.get_params()
        for name in params:
            if name not in known:
                raise InputError(f"Invalid parameter {name!r} for estimator {self!r}. Valid parameters are: "
                                 f"{list(known)}.")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "learner_")

    def __sklearn_tags__(self) -> Any:
        from sklearn import utils  # it is scikit-learn that asks

        kind = self._estimator_type
        return utils.Tags(estimator_type=kind, target_tags=utils.TargetTags(required=True),
                          classifier_tags=utils.ClassifierTags() if kind == "classifier" else None,
                          regressor_tags=utils.RegressorTags() if kind == "regressor" else None,
                          input_tags=utils.InputTags(), transformer_tags=None)

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = {name: value for name, value in self.get_params().items() if value is not defaults[name].default}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in changed.items())})"

    def _repr_html_(self) -> str:
        learner = escape(repr(self.learner_)) if self.__sklearn_is_fitted__() else "not fitted"
        return f"<pre>{escape(repr(self))}</pre><small>{learner}</small>"


class HebbNetClassifier(_Estimator):
    """A network as a classifier of scikit-learn's kind; `learner_` is the `hb.Learner` inside.

    Parameters
    ----------
    hidden : sequence of int
        Units of each hidden layer.
    activation : str
        Of the hidden layers.
    rule, signal, credit, optimizer, rate
        As of `hb.Learner`: None is what fits.
    epochs : int
        Passes of `fit` over the rows.
    batch_size : int
        Rows in one update.
    rng
        Of the first weights and the order of the rows.

    Attributes
    ----------
    learner_ : Learner
    classes_ : (K,) array
        The labels, as they were given.
    n_features_in_ : int
    feature_names_in_ : (d,) array
        Where X had names.

    Raises
    ------
    InputError
        For rows or labels that cannot be used; nothing has been changed.

    Examples
    --------
    >>> import hebbnet as hb
    >>> batch = hb.DriftStream([hb.SEA(8)], rng=0).take(1_000)
    >>> model = hb.HebbNetClassifier().fit(batch.X, batch.y)
    >>> bool(model.score(batch.X, batch.y) > 0.95)
    True
    """

    _estimator_type = "classifier"
    _readout = "softmax"

    def predict(self, X: Any) -> np.ndarray:
        """The label of each row, (n,)."""
        winner = self._outputs_of(X).argmax(axis=1)
        labels: np.ndarray = self.classes_[winner]
        return labels

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (n, K)."""
        return self._outputs_of(X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of rows (or of their weights) that are predicted rightly."""
        return float(np.average(self.predict(X) == np.ravel(y), weights=sample_weight))

    def _begin(self, y: np.ndarray, classes: Any) -> int:
        known = np.unique(y if classes is None else np.asarray(classes))
        self._check_known(y, known)
        self.classes_ = known
        return len(known)

    def _told(self, y: np.ndarray) -> np.ndarray:
        self._check_known(y, self.classes_)
        return np.searchsorted(self.classes_, y)

    def _same_classes(self, classes: Any) -> None:
        if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise InputError(f"partial_fit: classes={np.unique(classes)} is not the same as on the first call, "
                             f"{self.classes_}; classes are fixed when a network is built")

    def _check_target(self, y: np.ndarray) -> None:
        if y.dtype.kind == "f" and (y != np.floor(y)).any():
            raise InputError("Unknown label type: continuous; HebbNetRegressor takes numbers")

    @staticmethod
    def _check_known(y: np.ndarray, known: np.ndarray) -> None:
        strange = np.setdiff1d(y, known)
        if len(strange):
            raise InputError(f"y: label {strange[0].item()!r} is unknown; the classes are {known}. Give all that will "
                             "ever come as classes= in the first partial_fit")


class HebbNetRegressor(_Estimator):
    """A network as a regressor of scikit-learn's kind; `learner_` is the `hb.Learner` inside.

    It learns y as z-scores, by the mean and spread of the first rows it is given: `target_mean_`, `target_spread_`.

    Parameters and attributes are those of `HebbNetClassifier`, but for `classes_`.

    Raises
    ------
    InputError
        For rows or numbers that cannot be used; nothing has been changed.

    Examples
    --------
    >>> import numpy as np
    >>> import hebbnet as hb
    >>> X = np.linspace(-1, 1, 200).reshape(-1, 1)
    >>> model = hb.HebbNetRegressor().fit(X, 3 * X[:, 0] + 100)
    >>> bool(model.score(X, 3 * X[:, 0] + 100) > 0.99)
    True
    """

    _estimator_type = "regressor"
    _readout = "identity"

    def predict(self, X: Any) -> np.ndarray:
        """The number predicted for each row, (n,)."""
        out = self._outputs_of(X)
        numbers: np.ndarray = self.target_mean_ + self.target_spread_ * out[:, 0]
        return numbers

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R^2, the share of the variance of y that is explained: 1 is perfect, 0 is as good as the mean."""
        y, w = np.ravel(np.asarray(y, float)), sample_weight
        left = np.average((y - self.predict(X)) ** 2, weights=w)
        spread = np.average((y - np.average(y, weights=w)) ** 2, weights=w)
        return float(1 - left / spread) if spread else float(left == 0)

    def _begin(self, y: np.ndarray, classes: Any) -> int:
        self.target_mean_, self.target_spread_ = float(np.mean(y)), float(np.std(y)) or 1.0
        return 1

    def _told(self, y: np.ndarray) -> np.ndarray:
        z: np.ndarray = (y - self.target_mean_) / self.target_spread_
        return z

    def _check_target(self, y: np.ndarray) -> None:
        checks.vector(y, where="y (NaN and infinity are refused)")
