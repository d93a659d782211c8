"""`import hebbnet` costs nothing: what is heavy is loaded when it is asked for."""

from __future__ import annotations

from engine_helpers import run

HEAVY = ("numba", "matplotlib", "pandas", "scipy", "sklearn", "numpy")


def loaded_by(code: str) -> set[str]:
    return set(run(f"{code}\nimport sys\nprint(*sys.modules)").stdout.split())


def test_import_loads_nothing_heavy():
    loaded = loaded_by("import hebbnet; dir(hebbnet); hebbnet.__version__; hebbnet.__all__")
    assert not loaded & set(HEAVY)
    assert {name for name in loaded if name.startswith("hebbnet.")} == set()


def test_building_loads_no_compiler():
    code = "import hebbnet as hb; hb.Network(3, [hb.Dense(2)], rng=0); hb.synapse; hb.rules.Oja(); hb.Adam()"
    assert not loaded_by(code) & {"numba", "matplotlib", "pandas", "scipy"}


def test_an_unknown_name_is_an_attribute_error():
    code = "import hebbnet\ntry: hebbnet.Perceptron\nexcept AttributeError as error: print(error)"
    assert run(code).stdout.strip() == "module 'hebbnet' has no attribute 'Perceptron'"
