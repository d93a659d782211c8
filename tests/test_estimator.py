"""The scikit-learn face: its conformance checks, its tools, river's adapter; and what can be said without either."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import hebbnet as hb


def blobs(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    return rng.normal(size=(n, 4)) + 2.5 * np.eye(3, 4)[y], np.array(["ant", "bee", "cow"])[y]


# ---------------------------------------------------------------- alone


def test_scikit_learn_is_never_imported_by_us() -> None:
    code = ("import sys, numpy as np, hebbnet as hb; X = np.random.default_rng(0).normal(size=(50, 2)); "
            "m = hb.HebbNetClassifier(epochs=1).fit(X, X[:, 0] > 0); m.predict(X); repr(m); m._repr_html_(); "
            "print('sklearn' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_labels_come_back_as_they_were_given() -> None:
    X, y = blobs()
    model = hb.HebbNetClassifier().fit(X, y)
    assert model.classes_.tolist() == ["ant", "bee", "cow"]
    assert set(model.predict(X)) == {"ant", "bee", "cow"}
    assert model.score(X, y) > 0.9
    assert np.allclose(model.predict_proba(X).sum(axis=1), 1)
    assert (model.classes_[model.predict_proba(X).argmax(axis=1)] == model.predict(X)).all()


def test_fit_begins_anew_and_partial_fit_goes_on() -> None:
    X, y = blobs()
    once, twice = hb.HebbNetClassifier().fit(X, y), hb.HebbNetClassifier().fit(X[:100], y[:100]).fit(X, y)
    assert (once.predict_proba(X) == twice.predict_proba(X)).all()
    parts = hb.HebbNetClassifier()
    for rows in (slice(0, 120), slice(120, 300)):
        parts.partial_fit(X[rows], y[rows], classes=["ant", "bee", "cow"])
    whole = hb.HebbNetClassifier().partial_fit(X, y, classes=["ant", "bee", "cow"])
    assert (parts.predict_proba(X) == whole.predict_proba(X)).all()
    assert parts.n_iter_ == 2


def test_partial_fit_is_the_learner_itself() -> None:
    X, y = blobs()
    model = hb.HebbNetClassifier(rng=3).partial_fit(X, y)
    learner = hb.Learner(hb.Network(4, [hb.Dense(32), hb.Dense(3, "softmax")], rng=3))
    learner.learn(X, np.searchsorted(model.classes_, y))
    assert (model.predict_proba(X) == learner.predict_proba(X)).all()


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_regressor_does_not_care_about_the_unit_of_y(scale: float) -> None:
    X = np.random.default_rng(0).normal(size=(400, 3))
    y = np.sin(X[:, 0]) + X[:, 1]
    plain = hb.HebbNetRegressor().fit(X, y)
    scaled = hb.HebbNetRegressor().fit(X, scale * y + 7 * scale)
    assert np.allclose(scaled.predict(X) / scale - 7, plain.predict(X), atol=1e-6)
    assert plain.score(X, y) > 0.95


def test_any_of_the_four_nouns_fits_in() -> None:
    X, y = blobs()
    for given in ({"credit": hb.FeedbackAlignment()}, {"signal": hb.RewardPredictionError(), "rate": 0.01},
                  {"optimizer": hb.Adam(), "batch_size": 8}, {"hidden": 8}, {"hidden": []}):
        assert hb.HebbNetClassifier(**given).fit(X, y).score(X, y) > 0.8, given


@pytest.mark.parametrize(("call", "said"), [
    (lambda m, X, y: m.fit(X[:, 0], y), "Reshape your data"),
    (lambda m, X, y: m.fit(X, y[:-1]), "vector of 300"),
    (lambda m, X, y: m.fit(X * np.nan, np.arange(300)), "finite numbers"),
    (lambda m, X, y: m.fit(X, X[:, 0]), "continuous"),
    (lambda m, X, y: m.fit(X), "requires y"),
    (lambda m, X, y: m.partial_fit(X, y, classes=["ant", "bee"]), "'cow' is unknown"),
    (lambda m, X, y: m.set_params(depth=3), "Invalid parameter 'depth'"),
    (lambda m, X, y: m.set_params(epochs=0).fit(X, y), "epochs: expected a whole number of at least 1, got 0"),
])
def test_what_cannot_be_used_is_refused_and_changes_nothing(call: Any, said: str) -> None:
    X, y = blobs()
    model = hb.HebbNetClassifier()
    with pytest.raises(hb.InputError, match=said):
        call(model, X, y)
    with pytest.raises(ValueError, match="is not fitted yet"):  # ours, or scikit-learn's where that is loaded
        model.predict(X)


def test_a_refused_fit_leaves_the_model_as_it_was() -> None:
    X, y = blobs()
    model = hb.HebbNetClassifier(epochs=1).fit(X, y)
    before = dict(vars(model))
    with pytest.raises(hb.InputError, match="units"):
        model.set_params(hidden=[0]).fit(X[:, :2], np.arange(300) > 5)
    assert vars(model) == {**before, "hidden": [0]}


def test_a_refused_partial_fit_leaves_the_model_as_it_was() -> None:
    X, y = blobs()
    model = hb.HebbNetClassifier().partial_fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(hb.InputError, match="'dog' is unknown"):
        model.partial_fit(X[:2], ["ant", "dog"])
    with pytest.raises(hb.InputError, match="expecting 4 features"):
        model.partial_fit(X[:2, :3], ["ant", "bee"])
    with pytest.raises(hb.InputError, match="not the same as on the first call"):
        model.partial_fit(X[:2], ["ant", "bee"], classes=["ant", "bee"])
    assert (model.predict_proba(X) == before).all()


# ---------------------------------------------------------------- among others


@pytest.mark.peers
@pytest.mark.parametrize("name", ["HebbNetClassifier", "HebbNetRegressor"])
def test_check_estimator_passes_with_no_expected_failures(name: str) -> None:
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one says that it does not inherit from BaseEstimator
        checks.check_estimator(getattr(hb, name)())


@pytest.mark.peers
def test_the_tools_of_scikit_learn_take_it() -> None:
    pytest.importorskip("sklearn")
    from sklearn.base import clone, is_classifier, is_regressor
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = blobs()
    model = hb.HebbNetClassifier(hidden=(8,), epochs=5)
    assert is_classifier(model) and is_regressor(hb.HebbNetRegressor())
    assert clone(model).get_params() == model.get_params()
    assert cross_val_score(model, X, y, cv=3).min() > 0.85
    pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
    assert pipeline.score(X, y) > 0.9 and "HebbNetClassifier" in pipeline._repr_html_()
    grid = GridSearchCV(model, {"hidden": [(4,), (8,)], "rate": [0.005, 0.01]}, cv=3).fit(X, y)
    assert grid.best_score_ > 0.85
    assert CalibratedClassifierCV(model, cv=3).fit(X, y).predict_proba(X).shape == (300, 3)


@pytest.mark.peers
def test_tables_give_their_names() -> None:
    pandas = pytest.importorskip("pandas")
    X, y = blobs()
    table = pandas.DataFrame(X, columns=list("abcd"))
    model = hb.HebbNetClassifier(epochs=1).fit(table, pandas.Series(y))
    assert model.feature_names_in_.tolist() == list("abcd")
    with pytest.raises(hb.InputError, match="same order"):
        model.predict(table[list("badc")])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict(X)


@pytest.mark.peers
def test_river_takes_it_through_its_adapter() -> None:
    river = pytest.importorskip("river")
    from river import compat, datasets, evaluate, metrics

    stream = datasets.synth.SEA(seed=1, noise=0.1).take(600)
    model = compat.SKL2RiverClassifier(hb.HebbNetClassifier(), classes=[False, True])
    assert evaluate.progressive_val_score(stream, model, metrics.Accuracy()).get() > 0.75, river.__version__
