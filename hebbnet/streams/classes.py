"""Labels of any kind, numbered: their sorted distinct values are the classes, and each label its index there."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from ..engine import checks


def number(values: np.ndarray, where: str) -> tuple[tuple[Any, ...], np.ndarray]:
    """Labels (n,) of any kind as (their sorted distinct values, the index of each label there)."""
    if values.dtype.kind == "O":
        return _encode_objects(values.tolist(), where)
    distinct, codes = np.unique(values, return_inverse=True)
    if values.dtype.kind in "fcmM" and not np.isfinite(distinct).all():
        raise checks.no_label(where, int(np.argmin(np.isfinite(values))))
    return check_classes(distinct.tolist(), where), codes.astype(np.int64)


def _encode_objects(values: list[Any], where: str) -> tuple[tuple[Any, ...], np.ndarray]:
    for row, value in enumerate(values):
        if not isinstance(value, Hashable):
            raise checks.InputError(f"{where}: expected labels that are numbers or texts, got a {type(value).__name__} "
                                    f"in row {row}")
        if is_nothing(value):
            raise checks.no_label(where, row)
    try:
        distinct = sorted(set(values))
    except TypeError:  # numbers beside texts
        distinct = sorted(set(values), key=str)
    classes = check_classes(distinct, where)
    code = {name: k for k, name in enumerate(distinct)}
    return classes, np.array([code[value] for value in values], dtype=np.int64)


def is_nothing(value: Any) -> bool:
    """Whether a label is None, NaN, NaT or pandas' NA: what does not even equal itself."""
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def check_classes(distinct: list[Any], where: str) -> tuple[Any, ...]:
    """Class names, at least two and not so many that they must be numbers; whole numbers become ints."""
    if len(distinct) < 2:
        raise checks.InputError(f"{where}: expected at least two classes, got only {distinct[0]!r} in every row; "
                                "there is nothing to tell apart")
    if len(distinct) > checks.MAX_CLASSES:
        raise checks.InputError(f"{where}: more than {checks.MAX_CLASSES:,} different labels: it looks like a number "
                                "to predict, not a label; choose another target, or cut the numbers into ranges first")
    if all(type(value) in (int, float) and value == int(value) for value in distinct):
        return tuple(map(int, distinct))
    return tuple(distinct)
