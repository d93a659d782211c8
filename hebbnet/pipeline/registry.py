"""The registry: a folder of model versions, where each came from, and which of them serves.

    versions/000001.npz     the weights, and all it takes to go on learning
    versions/000001.json    the manifest: where the version came from, the SHA-256 of its weights, and its own
    champion.json           the pointer: which version serves, and which is the last; written last, it makes a version
    lock                    held while something is written

A version is one that the pointer knows of. Until then, what lies in the folder is nobody's, and is written over.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from ..engine import checks, files
from ..engine.checks import InputError
from ..engine.lock import Lock, now
from ..learning.learner import Learner

WAIT = 30.0  # seconds: writing a version takes less
EMPTY: dict[str, Any] = {"version": 0, "last": 0, "moves": 0, "rollbacks": []}


@dataclass(frozen=True, repr=False)
class Version:
    """One version of a model.

    Attributes
    ----------
    manifest : dict
        version, parent (the champion at that time; 0 for none), sha256 (of the weights), when, data, config, seed,
        packages, scores, deployed, why, and pruned: when its weights were removed, or None.
    path : Path
        The weights.
    """

    manifest: dict[str, Any]
    path: Path

    @property
    def number(self) -> int:
        """1 is the first."""
        return int(self.manifest["version"])

    def load(self, *, rule: Any = None) -> Learner:
        """The learner. Weights that are not those that were published are refused; `rule` is as in `Learner.load`."""
        if self.manifest["pruned"]:
            raise InputError(f"version {self.number}: its weights were removed on {self.manifest['pruned']}; "
                             "choose a newer version")
        if files.sha256(self.path) != self.manifest["sha256"]:
            raise InputError(f"{self.path}: altered since it was published (its SHA-256 is not that of the manifest); "
                             "restore it, or roll back to another version")
        return Learner.load(self.path, rule=rule)

    def __repr__(self) -> str:
        m = self.manifest
        return f"Version({self.number} of {m['when']}: {'deployed' if m['deployed'] else 'rejected'}, {m['why']})"


class Registry:
    """A folder of model versions with one champion, the version that serves.

    Every step is atomic, and one process writes at a time; readers need no lock, and see whole versions only. Hashes
    show what was altered by accident or by hand; they are no signature, and stop nobody who writes new ones too.

    Parameters
    ----------
    path : path
        Made with the first version.

    Raises
    ------
    InputError
        Where the folder cannot be written, is held by another process, or was altered.

    Examples
    --------
    >>> import hebbnet as hb, tempfile
    >>> registry = hb.Registry(tempfile.mkdtemp())
    >>> learner = hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(8)], rng=0), hidden=[4], rng=0))
    >>> registry.publish(learner, why="the first").number
    1
    >>> registry.publish(learner, why="a second look").number, registry.champion().number
    (2, 2)
    >>> registry.rollback().number, registry.verify()
    (1, [])
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = files.place(path)

    # ------------------------------------------------------------ reading

    def champion(self) -> Version:
        """The version that serves; `champion().load()` is its learner."""
        number = self.pointer()["version"]
        if not number:
            raise InputError(f"{self.path}: no model has been published here yet")
        return self.version(number)

    def version(self, number: int) -> Version:
        """One version, by its number."""
        last = self.pointer()["last"]
        if not 1 <= checks.whole(number, "version") <= last:
            raise InputError(f"{self.path}: there is no version {number}; "
                             + (f"known: 1 to {last}" if last else "none has been published yet"))
        path = self._manifest(number)
        manifest = _unseal(path, "sha256")
        if manifest["version"] != number:
            raise InputError(f"{path}: this is the manifest of version {manifest['version']}; restore it")
        return Version(manifest, self._weights(number))

    def history(self) -> list[Version]:
        """All versions in their order, those that were rejected and those whose weights were removed too."""
        return [self.version(number) for number in range(1, self.pointer()["last"] + 1)]

    def pointer(self) -> dict[str, Any]:
        """Which `version` serves, the `last` there is, how many `moves` made it so, and the `rollbacks` among them."""
        path = self.path / "champion.json"
        if path.exists() or self._manifest(2).exists():  # a second version without a pointer: somebody removed it
            return _unseal(path, "moves")
        return dict(EMPTY)

    def verify(self) -> list[str]:
        """What is wrong, one sentence each, which names the file; nothing where all is well."""
        try:
            pointer = self.pointer()
        except InputError as error:
            return [str(error)]
        wrong = []
        for number in range(1, pointer["last"] + 1):
            try:
                version = self.version(number)
                if not version.manifest["pruned"]:
                    found = files.sha256(version.path)
                    if found != version.manifest["sha256"]:
                        wrong.append(f"{version.path}: altered since it was published (its SHA-256 is not that of the "
                                     "manifest)")
            except InputError as error:
                wrong.append(str(error))
        return wrong

    # ------------------------------------------------------------ writing

    def publish(self, learner: Learner, *, deploy: bool = True, why: str = "", data: Sequence[Mapping[str, Any]] = (),
                config: Mapping[str, Any] | None = None, scores: Mapping[str, Any] | None = None) -> Version:
        """Make a version of a learner, and let it serve, or (deploy=False) keep it as one that was rejected.

        Parameters
        ----------
        learner : Learner
            As `save` writes it: it can go on learning.
        why : str
            Why it was deployed or rejected.
        data : sequence of dict
            What it was trained on: file, sha256, rows.
        config : dict, optional
            How it was trained.
        scores : dict, optional
            Of champion and challenger, on the same rows.
        """
        with self.lock():
            pointer = self.pointer()
            number = self.stage(learner, pointer, deploy=deploy, why=why, data=data, config=config, scores=scores)
            self.move(pointer, version=number if deploy else pointer["version"], last=number)
            return self.version(number)

    def rollback(self, to: int | None = None) -> Version:
        """Let an earlier version serve again: the one that the champion replaced, or any whose weights are there."""
        self.champion()  # where none has been published, not even the folder is made
        with self.lock():
            champion = self.champion()
            if to is None and not (to := champion.manifest["parent"]):
                raise InputError(f"{self.path}: version {champion.number} is the first that served: there is nothing "
                                 "to go back to")
            version = self.version(to)
            version.load()
            pointer = self.pointer()
            moved = {"when": now(), "from": champion.number, "to": version.number}
            self.move(pointer, version=version.number, rollbacks=[*pointer["rollbacks"], moved])
            return version

    def prune(self, keep: int) -> list[int]:
        """Remove the weights of all but the last `keep` versions, the champion and its parent; the manifests stay."""
        keep = checks.whole(keep, "prune: keep", low=1)
        with self.lock():
            pointer = self.pointer()
            spared = {pointer["version"], *range(pointer["last"] - keep + 1, pointer["last"] + 1)}
            if pointer["version"]:
                spared.add(self.champion().manifest["parent"])
            gone = [version for version in self.history()
                    if version.number not in spared and not version.manifest["pruned"]]
            for version in gone:  # the manifest first: weights that nobody knows of do no harm
                _seal(self._manifest(version.number), {**version.manifest, "pruned": now()})
                version.path.unlink(missing_ok=True)
            return [version.number for version in gone]

    # ------------------------------------------------------------ the steps of writing, for whoever holds the lock

    def lock(self) -> Lock:
        """Held by whoever writes."""
        files.folder(self.path / "versions")
        return Lock(self.path / "lock", f"the registry {self.path}", WAIT)

    def stage(self, learner: Learner, pointer: Mapping[str, Any], *, deploy: bool, why: str,
              data: Sequence[Mapping[str, Any]], config: Mapping[str, Any] | None,
              scores: Mapping[str, Any] | None) -> int:
        """Write the version behind the last that `pointer` knows; nobody sees it before `move` makes it the last."""
        if not isinstance(learner, Learner):
            raise InputError(f"publish: expected a Learner, got {type(learner).__name__}; others have no files")
        deploy, data = checks.truth(deploy, "publish: deploy"), checks.several(data, "publish: data", "dicts")
        for what, given in (("config", config), ("scores", scores)):
            if not (given is None or isinstance(given, Mapping)):
                raise InputError(f"publish: {what}: expected a dict, got {checks.shown(given)}")
        try:
            files.as_json([data, dict(config or {}), dict(scores or {})])
        except (TypeError, ValueError, RecursionError):
            raise InputError("publish: data, config, scores: expected finite numbers, texts, lists and dicts") from None
        number = int(pointer["last"]) + 1
        for half in (self.path / "versions").glob(".*"):  # what a process that died was writing
            half.unlink(missing_ok=True)
        weights = learner.save(self._weights(number))
        _seal(self._manifest(number), {
            "version": number, "parent": pointer["version"], "sha256": files.sha256(weights), "when": now(),
            "data": data, "config": {"learner": learner.recipe.to_json(), **(config or {})},
            "seed": learner.seed, "packages": packages(), "scores": dict(scores or {}), "deployed": deploy,
            "why": str(why), "pruned": None})
        return number

    def move(self, pointer: Mapping[str, Any], **changes: Any) -> None:
        """Write the pointer anew: the one moment at which something changes for readers."""
        _seal(self.path / "champion.json", {**pointer, "moves": pointer["moves"] + 1, **changes})

    def _weights(self, number: int) -> Path:
        return self.path / "versions" / f"{number:06}.npz"

    def _manifest(self, number: int) -> Path:
        return self.path / "versions" / f"{number:06}.json"

    def __repr__(self) -> str:
        pointer = self.pointer()
        return f"Registry({str(self.path)!r}: champion {pointer['version'] or 'none'} of {pointer['last']} versions)"


def packages() -> dict[str, str]:
    """The versions that made a model; without Numba's, where there is none."""
    found = {}
    for name in ("numpy", "numba"):
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return {"hebbnet": sys.modules["hebbnet"].__version__, **found, "python": platform.python_version()}


def _seal(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that carries its own SHA-256."""
    content = json.loads(files.as_json(content))
    files.write_json(path, {**content, "seal": _seal_of(content)})


def _unseal(path: Path, known_by: str) -> dict[str, Any]:
    """Read what `_seal` wrote; refuse it if it was altered, or is something else (which has no such key)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sealed = content.pop("seal") == _seal_of(content) and known_by in content
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sealed = False
    if not sealed:
        raise InputError(f"{path}: altered since it was written (it no longer fits its seal); restore it")
    return dict(content)


def _seal_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
