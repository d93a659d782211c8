"""The verdict on one call: an answer or a documented refusal, in time, within memory, and nothing changed."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fuzz_values import Own

import hebbnet as hb
from hebbnet.engine.kernel import Kernel
from hebbnet.learning.learner import Diverged

# Of the processor, for one call. Where few are asked for, nothing was compiled before.
SECONDS = 5.0 if "HEBBNET_FUZZ" in os.environ else 60.0
BYTES = 4 << 30  # that one call may ask for: what is more ends as MemoryError, not in the machine's swap
# Own is what an object raises that was handed in. MemoryError says how much was asked for.
DOCUMENTED = (hb.InputError, Diverged, MemoryError, Own)
COUNTS: Counter[str] = Counter()


class Hangs(AssertionError):
    """One call took more than `SECONDS`."""


@contextmanager
def bounded() -> Iterator[None]:
    """Time and memory have an end, where the system can say so."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    import resource

    def stop(*_: Any) -> None:
        raise Hangs(f"more than {SECONDS:g} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + BYTES, hard))
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * 4096
    except OSError:  # no Linux
        return 8 << 30


def compile_all() -> None:
    """Compile every kernel of the package beforehand: that takes seconds, and is not what is judged."""
    for module in [thing for name, thing in sys.modules.items() if name.startswith("hebbnet.")]:
        for thing in vars(module).values():
            if isinstance(thing, Kernel):
                thing.compiled  # noqa: B018


def allowed(door: str, function: Callable[..., Any], *given: Any, refusals: tuple[type[BaseException], ...] = (),
            **named: Any) -> Any:
    """What it returns, or the documented refusal: one line that can be read. Warnings are documented too."""
    COUNTS[door] += 1
    with warnings.catch_warnings(), bounded():
        warnings.simplefilter("ignore")
        try:
            return function(*given, **named)
        except DOCUMENTED as error:
            if isinstance(error, hb.InputError):
                assert "\n" not in str(error) and len(str(error)) < 5_000
            return error
        except ImportError as error:  # of what an extra brings, and it says which
            assert "pip install" in str(error)
            return error
        except refusals as error:
            return error


def state(thing: Any) -> bytes | None:
    """All that a thing is, to compare; None where it cannot be pickled."""
    if isinstance(thing, (hb.Run, hb.Sweep)):  # a record, which remembers what it was asked
        return None
    if isinstance(thing, hb.Learner):
        return b"".join(array.tobytes() for array in thing._arrays().values()) + repr(
            (thing.n_seen, thing.n_updates, thing._rng.bit_generator.state)).encode()
    with suppress(pickle.PicklingError, AttributeError, TypeError, Own):
        return pickle.dumps(thing)
    return None


def refused(answer: Any) -> bool:
    """Whether a call came back with nothing done; what diverges has learned up to there."""
    return isinstance(answer, Exception) and not isinstance(answer, Diverged)
