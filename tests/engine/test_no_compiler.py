"""Where nothing can be compiled, everything works all the same, slowly, with the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from engine_helpers import LIFE, life, run

import hebbnet as hb

WITHOUT_NUMBA = "import sys; sys.modules['numba'] = None\n"


def here(compiled: bool | None) -> np.ndarray:
    """LIFE, one update at a time, in this process."""
    scope: dict = {"print": lambda *words: None}
    exec(LIFE.replace("rate=0.1)", f"rate=0.1, compiled={compiled})"), scope)
    return scope["learner"].network.theta


@pytest.mark.compiler
def test_numba_switched_off():
    expected = here(None)
    assert np.allclose(life(NUMBA_DISABLE_JIT="1"), expected, rtol=1e-10, atol=1e-12)
    assert np.array_equal(life(NUMBA_DISABLE_JIT="1"), here(False))


def life_and_warnings(before: str) -> list[str]:
    """The weights at the end of LIFE and a little more, and the warnings on the way, in a process that begins so."""
    code = (f"import warnings\n{before}\nwith warnings.catch_warnings(record=True) as said:\n"
            "    warnings.simplefilter('always')\n" + "".join(f"    {line}\n" for line in LIFE.strip().splitlines())
            + "    learner.copy().learn(X, y); learner.predict(X)\nprint(*[w.message for w in said], sep='|')")
    return run(code, drop=("NUMBA_DISABLE_JIT",)).stdout.splitlines()


BROKEN = ["ImportError('Numba needs NumPy 2.3 or less.\\nGot NumPy 2.4.')", "AttributeError('no np.long')",
          "SystemError('initialization of _internal failed without raising an exception')", "OSError('libllvmlite.so')"]


@pytest.mark.parametrize("fault", [None, *BROKEN], ids=lambda fault: fault and fault.partition("(")[0])
def test_without_a_numba_that_works_it_warns_once(fault: str | None, tmp_path: Path) -> None:
    """There is none, or one that does not know this NumPy, or was not built for this machine."""
    (tmp_path / "numba.py").write_text(f"raise {fault}")
    before = f"import sys; sys.path.insert(0, {str(tmp_path)!r})" if fault else WITHOUT_NUMBA
    numbers, message = life_and_warnings(before)
    assert np.array_equal([float.fromhex(word) for word in numbers.split()], here(False))
    assert message.startswith("Numba cannot be used (") and "plain NumPy" in message and "|" not in message


def test_own_rules_without_numba():
    code = WITHOUT_NUMBA + """
import warnings; warnings.simplefilter("ignore")
import hebbnet as hb
@hb.synapse
def oja(w, pre, post, signal): return post * (pre - post * w)
learner = hb.Learner(hb.Network(3, [hb.Dense(2, "identity")], rng=0), rule=oja, rate=0.1)
twin = hb.Learner(hb.Network(3, [hb.Dense(2, "identity")], rng=0), rule=hb.Oja(), rate=0.1)
X = [[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]
learner.learn(X), twin.learn(X)
print(abs(learner.network.theta - twin.network.theta).max() < 1e-12)
"""
    assert run(code).stdout.strip() == "True"


@pytest.mark.parametrize("compiled", [True, False, None])
def test_it_may_be_asked_for(compiled):
    learner = hb.Learner(hb.Network(3, [hb.Dense(2, "softmax")], rng=0), compiled=compiled)
    assert len(learner.learn(np.ones((3, 3)), [0, 1, 0])) == 3
