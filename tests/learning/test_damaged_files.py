"""Files that are damaged, foreign or dangerous are refused in one line, and nothing in them is run."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from learning_helpers import blobs, network
from test_learner import same

import hebbnet as hb


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = hb.Learner(network("tanh", "softmax", 2, n_out=2))
    made.learn(*blobs(20))
    return made.save(tmp_path_factory.mktemp("saved") / "learner.npz")


def refused(path: Path, match: str) -> None:
    with pytest.raises(hb.InputError, match=match) as said:
        hb.Learner.load(path)
    assert "\n" not in str(said.value) and str(path) in str(said.value)


def test_cut_anywhere(saved, tmp_path):
    whole, path = saved.read_bytes(), tmp_path / "cut.npz"
    for length in [*range(0, len(whole), 41), len(whole) - 1]:
        path.write_bytes(whole[:length])
        refused(path, "damaged or not an .npz file")


def test_a_byte_changed_anywhere(saved, tmp_path):
    """Either it is noticed, or it was a byte that says nothing about the learner (a date, say)."""
    whole, path, original, noticed = saved.read_bytes(), tmp_path / "flipped.npz", hb.Learner.load(saved), 0
    positions = range(0, len(whole), 13)
    for position in positions:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1 :])
        try:
            loaded = hb.Learner.load(path)
        except hb.InputError as error:
            assert "\n" not in str(error)
            noticed += 1
        else:
            assert same(loaded, original)
    assert noticed > 0.8 * len(positions)


def test_missing_and_folder(tmp_path):
    refused(tmp_path / "nowhere.npz", "no such file")
    refused(tmp_path, "damaged or not an .npz file")


def test_foreign_files(tmp_path):
    np.savez(tmp_path / "other.npz", theta=np.zeros(3))
    refused(tmp_path / "other.npz", "was not written by hebbnet")
    np.savez(tmp_path / "strange.npz", __meta__=np.zeros(3))
    refused(tmp_path / "strange.npz", "was not written by hebbnet")
    np.savez(tmp_path / "list.npz", __meta__=np.array("[1, 2]"))
    refused(tmp_path / "list.npz", "was not written by hebbnet")
    np.savez(tmp_path / "run.npz", __meta__=np.array('{"hebbnet": "Run"}'))
    refused(tmp_path / "run.npz", "expected a saved Learner, got a saved Run")
    np.save(tmp_path / "single.npy", np.zeros(3))
    (tmp_path / "single.npy").rename(tmp_path / "renamed.npz")
    refused(tmp_path / "renamed.npz", "not an .npz file")
    (tmp_path / "text.npz").write_text("X,y\n1,2\n")
    refused(tmp_path / "text.npz", "not an .npz file")


class Mark:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.path, "this code was run")


def test_pickles_are_not_run(tmp_path):
    mark, path = tmp_path / "mark", tmp_path / "evil.npz"
    np.savez(path, __meta__=np.array('{"hebbnet": "Learner"}'), theta=np.array([Mark(mark)], dtype=object))
    refused(path, "holds Python pickles, which can run code when read")
    path.write_bytes(pickle.dumps(Mark(mark)))
    refused(path, "not an .npz file")
    assert not mark.exists()
    pickle.loads(path.read_bytes())
    assert mark.exists()  # it would have been


def changed(saved: Path, path: Path, *, arrays: dict | None = None, **meta: object) -> Path:
    """The saved learner with some of its contents replaced (an array that is None is left out)."""
    with np.load(saved) as file:
        contents = {name: file[name] for name in file.files}
    description = json.loads(str(contents.pop("__meta__")))
    contents = {name: value for name, value in {**contents, **(arrays or {})}.items() if value is not None}
    description.update(meta)
    np.savez(path, __meta__=np.array(json.dumps(description)), **contents)
    return path


@pytest.mark.parametrize(("change", "match"), [
    ({"arrays": {"theta": np.zeros(3)}}, r"theta should have shape \(56,\) and be float64, has \(3,\)"),
    ({"arrays": {"theta": np.zeros(56, np.float32)}}, "theta"),
    ({"arrays": {"moments": np.zeros((56, 1))}}, "moments should have shape"),
    ({"arrays": {"scaler": None}}, "scaler"),
    ({"recipe": None}, "not a learner that this version of hebbnet can read"),
    ({"compiled": "x", "network": None}, "not a learner that this version of hebbnet can read"),
    ({"recipe": {}}, "not a learner that this version"),
    ({"network": {"n_inputs": 10**7, "layers": [{"units": 10**7}], "seed": 0}}, "theta should have shape"),
    ({"n_seen": -1}, "n_seen: expected a whole number"),
    ({"chance": {"bit_generator": "MT19937"}}, "not a learner that this version"),
    ({"chance": 3}, "not a learner that this version"),
    ({"network": {"n_inputs": 3, "layers": [{"units": 2, "activation": "swish"}], "seed": 0}}, "activation 'swish'"),
    ({"network": {"n_inputs": -3, "layers": [{"units": 2}], "seed": 0}}, "n_inputs"),
    ({"network": {"n_inputs": 3, "layers": [{"neurons": 2}], "seed": 0}}, "not a learner that this version"),
    ({"network": []}, "not a learner that this version"),
])
def test_contents_that_do_not_fit(saved, tmp_path, change, match):
    refused(changed(saved, tmp_path / "changed.npz", **change), match)


def test_parts_that_are_not_known(saved, tmp_path):
    with np.load(saved) as file:
        recipe = json.loads(str(file["__meta__"]))["recipe"]
    for change, match in (({"signal": {"name": "Gossip"}}, "unknown signal 'Gossip'; known: .*CrossEntropy"),
                          ({"rules": [{"name": "Sleep"}] * 2}, "unknown rule 'Sleep'"),
                          ({"optimizers": [{"name": "Adam", "beta": 1}] * 2}, "not a learner that this version"),
                          ({"optimizers": [{"name": "Adam", "beta1": 2.0}] * 2}, "Adam: beta1")):
        refused(changed(saved, tmp_path / "changed.npz", recipe={**recipe, **change}), match)


def test_a_rate_that_is_missing(saved, tmp_path):
    with np.load(saved) as file:
        recipe = json.loads(str(file["__meta__"]))["recipe"]
    refused(changed(saved, tmp_path / "changed.npz", recipe={**recipe, "rates": []}), "not a learner that this version")


def test_saving_where_nothing_can_be_written(saved, tmp_path):
    made = hb.Learner.load(saved)
    for target in (tmp_path / "no" / "folder.npz", tmp_path):
        with pytest.raises(hb.InputError, match="cannot write"):
            made.save(target)
    assert list(tmp_path.iterdir()) == [] and not list(tmp_path.parent.glob(f".{tmp_path.name}*"))
