"""Is one better than the other? The difference over paired seeds, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ..engine.checks import InputError, number


@dataclass(frozen=True)
class Comparison:
    """The mean of a - b over n pairs, with an interval that holds the true one with the given `confidence`.

    Each pair met the same rows, from the same first weights: what is common to both drops out.

    Attributes
    ----------
    a, b : str
        What was compared.
    metric : str
        Which number of the summary.
    n : int
        How many pairs.
    difference, low, high : float
        The mean of a - b, and the interval: difference -+ t s / sqrt(n) (Student 1908).
    confidence : float

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Comparison.of("new", "old", [0.84, 0.86, 0.85], [0.80, 0.83, 0.82])
    new - old: accuracy +0.033 [+0.019, +0.048], 95 % of 3 pairs
    """

    a: str
    b: str
    metric: str
    n: int
    difference: float
    low: float
    high: float
    confidence: float = 0.95

    @classmethod
    def of(cls, a: str, b: str, of_a: list[float], of_b: list[float], metric: str = "accuracy",
           confidence: float = 0.95) -> Comparison:
        """Compare paired numbers."""
        confidence = number(confidence, "confidence", above=0.0, high=0.9999)
        gain = np.subtract(of_a, of_b)
        if len(gain) < 2:
            raise InputError(f"compare: {a} and {b} have {len(gain)} seeds in common; two at least say how sure it is")
        half = student_t(0.5 + confidence / 2.0, len(gain) - 1) * float(gain.std(ddof=1)) / np.sqrt(len(gain))
        mean = float(gain.mean())
        return cls(a, b, metric, len(gain), mean, float(mean - half), float(mean + half), confidence)

    @property
    def resolved(self) -> bool:
        """Whether the interval leaves out 0: else these seeds do not tell which is better."""
        return not self.low <= 0.0 <= self.high

    def __repr__(self) -> str:
        interval = f"[{self.low:+.3f}, {self.high:+.3f}], {100 * self.confidence:.4g} % of {self.n} pairs"
        resolved = "" if self.resolved else ": not resolved"
        return f"{self.a} - {self.b}: {self.metric} {self.difference:+.3f} {interval}{resolved}"


def student_t(p: float, degrees: int) -> float:
    """The p-quantile of Student's t: exact for 1 and 2 degrees of freedom, else to .4 % for p up to .99.

    Expansion about the normal quantile: Abramowitz and Stegun (1964), 26.7.5.
    """
    if degrees == 1:
        return float(np.tan(np.pi * (p - 0.5)))
    if degrees == 2:
        return float((2 * p - 1) / np.sqrt(2 * p * (1 - p)))
    z, v = NormalDist().inv_cdf(p), float(degrees)
    terms = ((z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
             (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160)
    return float(z + sum(term / v ** (k + 1) for k, term in enumerate(terms)))
