"""The order of the house: arrows point one way, files can be read in one sitting, what is public is explained."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hebbnet as hb

HOUSE = Path(hb.__file__).resolve().parent
ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(HOUSE.rglob("*.py"))
CHAPTERS = ["network", "streams", "monitoring", "learning", "training", "pipeline", "plots", "figures"]

# Who may know whom, besides themselves and engine, which knows nobody.
KNOWS: dict[str, set[str]] = {
    "engine": set(), "tiny": set(), "network": set(), "streams": set(), "monitoring": set(),
    "learning": {"network"},
    "training": {"network", "learning", "streams", "monitoring"},
    "plots": {"network", "learning", "streams", "monitoring", "training"},
    "pipeline": {"network", "learning", "streams", "monitoring", "training"},
    "estimator": {"network", "learning", "conventions"}, "conventions": set(),
    "figures": {"", "network", "learning", "streams", "monitoring", "training", "plots"},
    "testing": {"network", "learning", "streams"},
    "cli": {"", "cli_figures", "cli_options", "cli_watch", *CHAPTERS},
    "cli_figures": {"figures"},
    "cli_options": {"pipeline"},
    "cli_watch": {"pipeline", "cli", "cli_options"},
    "__main__": {"cli"},
    "": set(),  # hebbnet/__init__.py, which is lazy
}
HEAVY = {"numba", "matplotlib", "mpl_toolkits", "pandas", "scipy", "sklearn"}
LINES = 340
FROM_BASE = {"direction"}  # explained once, by hb.detectors.Detector
MADE_FOR_US = {"streams.CsvStream"}  # nobody calls it: hb.from_csv does


def name_of(file: Path) -> str:
    """hebbnet/streams/csv.py is streams.csv."""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path, *, anywhere: bool = True) -> Iterator[str]:
    """What a file imports, by full name; `anywhere=False` leaves out what only functions and type checkers import."""
    package = ("hebbnet", *file.relative_to(HOUSE).parts[:-1])
    for node in statements(ast.parse(file.read_text(encoding="utf-8")), anywhere):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            base += node.module.split(".") if node.module else []
            yield from (".".join([*base, alias.name]) for alias in node.names)


def statements(tree: ast.AST, anywhere: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if anywhere or not (function or typing):
            yield node
            yield from statements(node, anywhere)


def chapters(file: Path) -> set[str]:
    """The parts of the house from which a file imports: "" is hebbnet/__init__.py."""
    known = set()
    for name in imports(file):
        first, _, rest = name.partition(".")
        if first == "hebbnet":
            part = rest.split(".")[0]
            known.add(part if (HOUSE / part).is_dir() or (HOUSE / f"{part}.py").exists() else "")
    return known


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_arrows_point_one_way(file: Path) -> None:
    own = name_of(file).split(".")[0]
    assert own in KNOWS, f"a new part of the house: {own}; say in KNOWS whom it may know"
    allowed = KNOWS[own] | {own} | ({"engine"} if own != "tiny" else set())
    assert chapters(file) <= allowed


def test_the_arrows_are_seen_at_all() -> None:
    assert chapters(HOUSE / "training/loop.py") == {"engine", "learning", "streams", "training"}
    assert "matplotlib" in {name.split(".")[0] for name in imports(HOUSE / "cli.py")}
    assert "matplotlib" not in {name.split(".")[0] for name in imports(HOUSE / "cli.py", anywhere=False)}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_nothing_heavy_is_imported_at_the_door(file: Path) -> None:
    found = {name.split(".")[0] for name in imports(file, anywhere=False)} & HEAVY
    numbas_own = (HOUSE / "engine/compiled.py", HOUSE / "engine/compiled_arrays.py")
    assert found == ({"numba"} if file in numbas_own else set())


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_only_the_engine_room_and_plots_know_what_is_heavy(file: Path) -> None:
    """SciPy nowhere; numba, matplotlib, pandas and scikit-learn (its digits) where they belong."""
    found = {name.split(".")[0] for name in imports(file)} & HEAVY
    own = name_of(file).split(".")[0]
    assert found <= {"engine": {"numba"}, "learning": {"numba"}, "streams": {"sklearn"}, "training": {"pandas"},
                     "estimator": {"sklearn"}, "plots": {"matplotlib"}, "figures": {"matplotlib"},
                     "cli": {"matplotlib"}}.get(own, set())


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_is_read_in_one_sitting(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LINES


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_opens_with_one_sentence(file: Path) -> None:
    opening = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert opening and opening.splitlines()[0].endswith((".", "python -m hebbnet.tiny")), "a plain sentence"


@pytest.mark.parametrize("file", [f for f in FILES if not re.match("cli|tiny", name_of(f))], ids=name_of)
def test_only_the_command_line_prints(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write")] == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_nothing_is_pickled_and_nothing_is_fetched(file: Path) -> None:
    roots = {name.split(".")[0] for name in imports(file)}
    assert not roots & {"pickle", "shelve", "marshal", "urllib", "http", "socket", "requests", "random"}
    assert "allow_pickle=True" not in file.read_text(encoding="utf-8")


# ---------------------------------------------------------------- the public face


def test_the_public_names() -> None:
    assert len(hb.__all__) == len(set(hb.__all__))
    assert 30 <= len(hb.__all__) <= 82
    assert set(hb.__all__) <= set(dir(hb))
    for name in ("rules", "concepts", "detectors", "metrics", "policies", "plots", "testing"):
        assert inspect.ismodule(getattr(hb, name))
    with pytest.raises(AttributeError, match="'nonsense'"):
        hb.nonsense  # noqa: B018


def test_type_checkers_are_told_where_each_name_lives() -> None:
    """`__init__.pyi` says for them what `__init__.py` looks up."""
    stub = ast.parse((HOUSE / "__init__.pyi").read_text(encoding="utf-8"))
    told = {alias.asname: (node.module, alias.name) for node in stub.body if isinstance(node, ast.ImportFrom)
            for alias in node.names}
    chapters = {name: tuple(f".{home}".rpartition(".")[::2]) for name, home in hb._CHAPTERS.items()}
    assert told == {name: (home, name) for name, home in hb._HOME.items()} | {
        name: (parent.removeprefix(".") or None, own) for name, (parent, own) in chapters.items()}


@pytest.mark.parametrize("name", [name for name in hb.__all__ if name != "__version__"])
def test_what_is_public_is_explained(name: str) -> None:
    thing = getattr(hb, name)
    text = inspect.getdoc(thing)
    assert text and text.splitlines()[0].rstrip().endswith((".", ":")), "one plain sentence first"
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__ != (thing.__mro__[1].__doc__ if inspect.isclass(thing) else None), "a docstring of its own"
        if not (inspect.isclass(thing) and issubclass(thing, Exception)):
            assert "Examples\n--------" in text and ">>> " in text


def in_chapters() -> dict[str, Any]:
    """Every class and function that is public in a chapter, by the name that a user writes, each once."""
    found: dict[str, Any] = {}
    for chapter in ("rules", "concepts", "detectors", "metrics", "policies", "plots", "testing", "streams"):
        module = importlib.import_module("hebbnet.streams") if chapter == "streams" else getattr(hb, chapter)
        found |= {f"{chapter}.{name}": getattr(module, name) for name in module.__all__}
    once = {id(thing): name for name, thing in reversed(found.items())}
    return {name: found[name] for name in once.values()
            if inspect.isclass(found[name]) or inspect.isfunction(found[name])}


@pytest.mark.parametrize("name", in_chapters())
def test_what_is_public_in_a_chapter_is_explained_and_shown(name: str) -> None:
    """Every argument is named, and an example runs (`test_the_examples_in_the_docstrings`); of a fault, neither."""
    thing = in_chapters()[name]
    text = inspect.getdoc(thing) or ""
    assert text.splitlines()[0].rstrip().endswith((".", ":")), "one plain sentence first"
    if not (inspect.isclass(thing) and issubclass(thing, Exception)):
        assert "Examples\n--------" in text and ">>> " in text
        arguments = inspect.signature(thing).parameters.keys() - FROM_BASE if name not in MADE_FOR_US else set()
        assert [one for one in arguments if not (one.startswith("_") or re.search(rf"\b{one}\b", text))] == []


def test_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert hb.__version__ == project["version"]


@pytest.mark.parametrize("module", [name_of(file) for file in FILES if file.name != "__main__.py"])
def test_the_examples_in_the_docstrings(module: str) -> None:
    import matplotlib.pyplot as plt

    if module.startswith("engine.compiled"):
        pytest.importorskip("numba")
    found: Any = importlib.import_module(f"hebbnet.{module}" if module else "hebbnet")
    failed, _ = doctest.testmod(found)
    plt.close("all")
    assert failed == 0


def test_importing_it_imports_nothing() -> None:
    """Measured by what is there afterwards, not by time."""
    program = "import sys; bare = set(sys.modules); import hebbnet; print(*sorted(set(sys.modules) - bare))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=HOUSE.parent)
    modules = done.stdout.split()
    assert "hebbnet" in modules
    assert [name for name in modules if name.startswith("hebbnet.")] == []
    assert {name.split(".")[0] for name in modules} & {*HEAVY, "numpy"} == set()


def test_using_it_imports_only_what_is_needed() -> None:
    """A network and its first predictions: neither figures nor tables."""
    program = ("import sys, hebbnet as hb; s = hb.DriftStream([hb.SEA(8)], rng=0); hb.mlp(s).outputs(s.take(9).X); "
               "hb.plots; print(*sys.modules)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=HOUSE.parent)
    assert {name.split(".")[0] for name in done.stdout.split()} & HEAVY == set()
