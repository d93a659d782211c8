"""What all tests share: hypothesis without deadlines, figures without a screen, the data beside the checkout."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # benchmarks/; last, so that an installed hebbnet is tested

os.environ.setdefault("MPLBACKEND", "Agg")

import pytest
from hypothesis import settings

from hebbnet.engine.kernel import jit_available

# The first call of a compiled function takes seconds, which is no fault of it.
settings.register_profile("hebbnet", deadline=None)
settings.load_profile("hebbnet")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no Numba
        compiles = jit_available()
    for item in items:
        if item.get_closest_marker("compiler") and not compiles:
            item.add_marker(pytest.mark.skip(reason="no Numba, or NUMBA_DISABLE_JIT is set"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data and numbers; tests that want it are left out where it is not."""
    folder = Path(os.environ.get("HEBBNET_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("no folder of shared data beside the checkout (or in HEBBNET_SHARED)")
    return folder
