"""The same doors, guided by coverage: `NUMBA_DISABLE_JIT=1 python tests/fuzz/guided.py csv -max_total_time=60`.

It needs atheris and hypothesis. A folder named behind the target keeps the inputs that led somewhere new. Each input is
judged as the tests judge it, by the same function; what follows the target are libFuzzer's options.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HEBBNET_FUZZ", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["hebbnet"]):
    import fuzz_judge
    import test_command_line
    import test_doors
    import test_hostile_files
    import test_plots
    import test_states


def csv(content: bytes) -> None:
    """The bytes are the file."""
    with test_hostile_files.folder():
        Path("x.csv").write_bytes(content)
        stream = fuzz_judge.allowed("from_csv, the content", test_hostile_files.READERS["from_csv"], "x.csv")
        while not isinstance(stream, Exception) and len(stream.take(3)):
            pass


def npz(content: bytes) -> None:
    """The bytes are the file; the folder of inputs is best begun with saved ones."""
    with test_hostile_files.folder():
        Path("x.npz").write_bytes(content)
        for name, read in test_hostile_files.READERS.items():
            if name != "from_csv":
                fuzz_judge.allowed(f"{name}, the bytes", read, "x.npz")


def _from(test: Callable[..., None]) -> Callable[[bytes], object]:
    """Hypothesis makes the test's arguments out of bytes."""
    return test.hypothesis.fuzz_one_input  # type: ignore[attr-defined, no-any-return]


TARGETS: dict[str, Callable[[bytes], object]] = {
    "csv": csv, "npz": npz, "cli": _from(test_command_line.test_any_words),
    "made": _from(test_doors.test_what_is_called),
    "methods": _from(test_doors.test_methods), "learn": _from(test_doors.test_learn_and_predict),
    "tables": _from(test_doors.test_tables), "descriptions": _from(test_hostile_files.test_descriptions_in_files),
    "states": _from(test_states.test_memories), "plots": _from(test_plots.test_data_that_are_none)}


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"guided.py TARGET [FOLDER] [libFuzzer's options]; the targets: {', '.join(TARGETS)}")
    target = TARGETS[sys.argv.pop(1)]
    faulthandler.enable()
    sys.argv[1:] = [os.path.abspath(given) if os.path.isdir(given) else given for given in sys.argv[1:]]
    os.chdir(tempfile.mkdtemp())  # anything may be the name of a file
    atheris.Setup([*sys.argv, "-rss_limit_mb=6000", "-timeout=60"], target)
    atheris.Fuzz()
