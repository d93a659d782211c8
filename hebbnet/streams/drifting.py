"""The stream that drifts from concept to concept, and hands out the truth about itself.

Row t of it is a pure function of (recipe, seed, t). Rows are made in blocks of fixed length, and every block of every
part (the inputs of each concept, the mixing, the label noise) has a generator of its own. So a stream gives the same
rows however they are asked for, restarts exactly, and no part ever shares its randomness with another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine import checks, seeds
from . import labels, truth
from .ceiling import Ceiling
from .concepts import Concept, kind_of_drift
from .drift import Drift, as_drift, fitted
from .stream import Batch, Stream

BLOCK = 4_096  # rows made at a time; another number gives other rows for the same seed


class _Stretch(NamedTuple):
    """Rows [start, next stretch) of a drift stream: one concept alone (drift None), or the window of a drift."""

    start: int
    place: int  # of the concept in the recipe; in a window, of the new one
    drift: Drift | None


class DriftStream(Stream):
    """Concepts one after another, each giving way to the next at a drift; the last one stays for ever.

    Parameters
    ----------
    concepts : sequence of Concept
        In order of appearance; one that is listed again recurs. All have the same inputs and classes.
    at : sequence of int or Drift
        One for each change. A number p is `Abrupt(p)`: row p is the first of the new concept. The windows of the drifts
        follow each other and do not overlap.
    noise : float
        The share of labels that are replaced by another class, each as likely. At most 1 - 1 / K for K classes, where
        labels mean nothing any more. Of numbers: the standard deviation of what is added to them.
    rng : int, numpy Generator or None
        The seed. A Generator gives one number, here, and is not used again; None draws a seed once, so that `restart`
        replays in any case.

    Notes
    -----
    With D the disagreement of two concepts, q = min(p, 1 - p) and K classes, the Bayes accuracy in the window of a
    gradual drift is 1 - noise - q D (1 - noise - noise / (K - 1)), for sharp concepts that share p(x); elsewhere it is
    1 - noise. Where classes overlap it is less (`Concept.bayes_accuracy`); the general case is in `streams/ceiling.py`.
    Of numbers, the least mean squared error is noise^2, in such a window p (1 - p) D more, D being the mean squared
    difference.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(8), hb.SEA(9), hb.SEA(8)], at=[5_000, hb.Gradual(9_000, width=500)], rng=0)
    >>> batch = stream.take(10_000)
    >>> batch.X.shape, batch.concept[[0, 5_000, 9_999]].tolist(), stream.drift_points
    ((10000, 3), [0, 1, 0], [5000, 9000])
    """

    def __init__(self, concepts: Iterable[Concept] | Concept, at: Iterable[int | Drift] | int | Drift = (), *,
                 noise: float = 0.0, rng: Any = None) -> None:
        self._recipe: tuple[Concept, ...] = tuple(
            checks.several(concepts, "concepts", "concepts") if isinstance(concepts, Iterable) else [concepts])
        changes = [as_drift(change) for change in
                   (checks.several(at, "at", "drifts") if isinstance(at, Iterable) else [at])]
        self._drifts = fitted(self._recipe, changes)
        first = self._recipe[0]
        self.n_inputs, self.classes = first.n_inputs, first.classes
        self.concepts = tuple(dict.fromkeys(self._recipe))
        self.noise: float = checks.number(noise, "noise", low=0.0,
                                          high=1 - 1 / len(self.classes) if self.classes else np.inf)
        self.position = 0
        self._seed = seeds.root(rng)
        self._stretches = _stretches(self._drifts)
        self._ceilings = [Ceiling(*pair, self.noise) for pair in zip(self._recipe, self._recipe[1:], strict=False)]
        self._block: tuple[int, list[np.ndarray]] | None = None  # the last one made: many take row by row

    @property
    def recipe(self) -> list[Concept]:
        """The concepts in the order in which they rule, one more than there are drifts; one that recurs, each time."""
        return list(self._recipe)

    @property
    def drifts(self) -> list[Drift]:
        """The drifts in order."""
        return list(self._drifts)

    def take(self, n: int) -> Batch:
        """The next `n` rows. A drift stream never ends."""
        first, stop = self.position, self.position + checks.whole(n, "n")
        taken = self._columns(stop - first)
        for b in range(first // BLOCK, -(-stop // BLOCK)):
            begin, end = max(first, b * BLOCK), min(stop, (b + 1) * BLOCK)
            room = [column[begin - first : end - first] for column in taken]
            if end - begin == BLOCK:
                self._make(b, room)  # where it will stay
            else:
                for column, made in zip(room, self._kept(b), strict=True):
                    column[:] = made[begin - b * BLOCK : end - b * BLOCK]
        self.position = stop
        return Batch(*taken)

    def restart(self) -> None:
        """Go back to the first row: the very same rows come again."""
        self.position = 0

    def fresh(self, rng: Any = None) -> DriftStream:
        """An independent stream of the same recipe."""
        return DriftStream(self._recipe, self._drifts, noise=self.noise, rng=rng)

    def twin(self) -> DriftStream:
        """The same world had it never drifted: the same rows until the first drift, and the first concept for ever."""
        return DriftStream(self._recipe[:1], noise=self.noise, rng=self._seed)

    def bayes_rule(self, X: Any, at: Any) -> np.ndarray:
        """The labels (n,) that the best rule of row `at`, an int or (n,), gives to the inputs X (n, d)."""
        return truth.bayes_rule(self._recipe, self._drifts, X, at)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: not the last block, which anybody can make again."""
        return {**self.__dict__, "_block": None}

    def __repr__(self) -> str:
        at = f", at=[{', '.join(map(repr, self._drifts))}]" if self._drifts else ""
        return f"DriftStream([{', '.join(map(repr, self._recipe))}]{at}, noise={self.noise:g})"

    def describe(self) -> str:
        """The recipe in a few readable lines: each concept's prior and best score; each drift's kind and size."""
        lines = [f"{super().describe()}, {'label noise' if self.classes else 'noise'} {self.noise:g}"]
        for k, concept in enumerate(self._recipe):
            prior = " ".join(f"{share:.3f}" for share in concept.prior)
            best = labels.best(concept, self.noise)
            line = f"{concept}, " + (f"prior {prior}, Bayes accuracy {best:.3g}" if self.classes else
                                     f"least mean squared error {best:.3g}")
            if k:
                old, drift = self._recipe[k - 1], self._drifts[k - 1]
                differ = concept.disagreement(old)
                line += f"; {drift}, {kind_of_drift(old, concept)}: " + (
                    f"{differ:.1%} of the inputs change class" if self.classes else
                    f"mean squared difference {differ:.3g}")
            lines.append(f"  from row {self._drifts[k - 1].position if k else 0:>9,}  {line}")
        return "\n".join(lines)

    def _columns(self, n: int) -> list[np.ndarray]:
        """Room for n rows, all zeros: (X, y, concept, p, bayes, clean)."""
        label = np.int64 if self.classes else float
        return [np.zeros((n, self.n_inputs)), *(np.zeros(n, kind) for kind in (label, np.int64, float, float, label))]

    def _kept(self, b: int) -> list[np.ndarray]:
        """Block b, for those who take it in parts."""
        if self._block is None or self._block[0] != b:
            self._block = b, self._columns(BLOCK)
            self._make(*self._block)
        return self._block[1]

    def _make(self, b: int, room: list[np.ndarray]) -> None:
        """Write block b, the rows [b BLOCK, (b + 1) BLOCK), into `room`: (X, y, concept, p, bayes, clean)."""
        X, y, concept, p, bayes, clean = room
        start, stop = b * BLOCK, (b + 1) * BLOCK
        i = bisect_right(self._stretches, start, key=lambda stretch: stretch.start) - 1
        oldest = self._stretches[i].place - (self._stretches[i].drift is not None)
        while start < stop:
            end = min(stop, self._stretches[i + 1].start) if i + 1 < len(self._stretches) else stop
            rows = slice(start - b * BLOCK, end - b * BLOCK)
            rows_of = self._window if self._stretches[i].drift else self._constant
            for column, made in zip((X, concept, p, bayes, clean), rows_of(self._stretches[i], b, rows), strict=True):
                if np.ndim(made) or made:  # zeros are there already, and memory that nobody touches costs nothing
                    column[rows] = made
            start, i = end, i + 1
        y[:] = clean
        for k in {self.concepts.index(ruler) for ruler in self._recipe[oldest : self._stretches[i - 1].place + 1]}:
            if self.concepts[k].overlap:
                labels.draw(y, self.concepts[k], concept == k, X, self._random(f"labels {k}", b))
        if self.noise:
            labels.disturb(y, self.noise, len(self.classes), self._random("noise", b))

    def _constant(self, stretch: _Stretch, b: int, rows: slice) -> tuple[Any, ...]:
        """Rows of block b where one concept rules alone: (X, concept, p, bayes, clean)."""
        ruler = self._recipe[stretch.place]
        X = self._inputs(stretch.place, b)[rows]
        best = labels.best(ruler, self.noise)
        return X, self.concepts.index(ruler), float(stretch.place > 0), best, ruler.label(X)

    def _window(self, stretch: _Stretch, b: int, rows: slice) -> tuple[np.ndarray, ...]:
        """Rows of block b inside the window of a drift: (X, concept, p, bayes, clean)."""
        drift, place = stretch.drift, stretch.place
        assert drift is not None
        old, new = self._recipe[place - 1 : place + 1]
        t = np.arange(b * BLOCK, (b + 1) * BLOCK)[rows]
        u = self._random("mixing", b).random(BLOCK)[rows]
        blend = drift.blend(t, old, new, self._inputs(place - 1, b)[rows], self._inputs(place, b)[rows], u)
        concept = np.where(blend.is_new, self.concepts.index(new), self.concepts.index(old))
        bayes = self._ceilings[place - 1].at(blend.p, blend.doubt > 0)
        return blend.X, concept, blend.p, bayes, blend.clean

    def _inputs(self, place: int, b: int) -> np.ndarray:
        """Block b of the inputs of the concept at this place of the recipe."""
        return self._recipe[place].sample(BLOCK, self._random(f"concept {place}", b))

    def _random(self, part: str, b: int) -> np.random.Generator:
        """The generator of one part of the stream in block b."""
        return seeds.child(self._seed, f"stream {part}", b)


def _stretches(drifts: Sequence[Drift]) -> list[_Stretch]:
    """Who rules from which row on: first one concept, then for each drift its window (if any) and the next concept."""
    stretches = [_Stretch(0, 0, None)]
    for k, drift in enumerate(drifts):
        if drift.width:
            stretches.append(_Stretch(drift.position, k + 1, drift))
        stretches.append(_Stretch(drift.stop, k + 1, None))
    return stretches
