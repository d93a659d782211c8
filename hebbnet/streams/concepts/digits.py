"""Real images with drift made of them: handwritten digits that turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...engine import checks
from .basic import Concept

SIDE = 8  # pixels
PARTS = ("train", "test")
STRANGERS = 1_000  # compared with all images at a time


@dataclass(frozen=True)
class Digits(Concept):
    """Handwritten digits, 8 x 8 pixels in [0, 1], turned by an angle; needs scikit-learn (the extra `bench`).

    Images are drawn with replacement, each as likely. An image that is none of these has the class of the nearest of
    them (Euclidean distance). Other drifts come from what is made of it: `Relabelled(Digits(), {3: 8})` exchanges two
    digits, `Permuted(Digits(), np.random.default_rng(0).permutation(64))` the pixels, `Reweighted` makes some rare.

    Parameters
    ----------
    angle : float
        In degrees, counter-clockwise, by bilinear interpolation; what turns out of the square is lost. The number that
        an `Incremental` drift moves.
    part : {"train", "test"}
        Every fourth of the 1,797 images is for tests, and never drawn from "train".

    References
    ----------
    Alpaydin and Kaynak (1998), Optical recognition of handwritten digits. UCI Machine Learning Repository.

    Examples
    --------
    >>> import hebbnet as hb
    >>> turning = hb.DriftStream([hb.concepts.Digits(), hb.concepts.Digits(90)], at=hb.Incremental(2_000, rate=0.01))
    >>> turning.n_inputs, turning.drifts[0].stop
    (64, 11000)
    """

    angle: float = 0.0
    part: str = "train"
    n_inputs = SIDE * SIDE
    classes = tuple(range(10))
    moves = "angle"

    def __post_init__(self) -> None:
        object.__setattr__(self, "angle", checks.number(self.angle, "Digits: angle"))
        checks.choice(self.part, PARTS, "part of the digits")

    def __repr__(self) -> str:
        return f"Digits({self.angle:g}{'' if self.part == 'train' else f', part={self.part!r}'})"

    def sample(self, n: int, rng: Any) -> np.ndarray:
        """Draw `n` images, turned by the angle: (n, 64)."""
        known, _ = _known(self.part, self.angle)
        return known[np.random.default_rng(rng).integers(len(known), size=n)]

    def label(self, X: Any, moved: Any = None) -> np.ndarray:
        """The digit on each image; `moved` gives an angle for each."""
        X = checks.matrix(X, columns=self.n_inputs)
        if moved is None:
            return np.take(_images(self.part)[1], _which(X, self.part, self.angle))
        labels = np.empty(len(X), dtype=np.int64)
        angles = self._moving(moved, len(X))
        for angle in np.unique(angles):
            labels[angles == angle] = Digits(float(angle), self.part).label(X[angles == angle])
        return labels

    def follow(self, X: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same images, each turned by an angle of its own, and their digits."""
        images, digits = _images(self.part)
        rows = _which(X, self.part, self.angle)
        return turn(images[rows], moved), digits[rows]

    def density(self, X: np.ndarray) -> np.ndarray:
        """1 / (number of images) for each of them."""
        known, place = _known(self.part, self.angle)
        return np.array([row.tobytes() in place for row in X + 0.0]) / len(known)

    def probe(self) -> np.ndarray:
        """All images."""
        return _known(self.part, self.angle)[0].copy()


def turn(images: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Images (n, 8, 8), each turned counter-clockwise by its angle (n,) in degrees: (n, 64), bilinear, 0 outside.

    A few lines of our own: SciPy's `ndimage.rotate` turns all images by one angle, and in a drift each has its own.
    """
    across = np.arange(SIDE) - (SIDE - 1) / 2
    x, y = np.meshgrid(across, -across)  # of each pixel, y upwards
    cos, sin = (part(np.deg2rad(angles))[:, None] for part in (np.cos, np.sin))
    column = np.round((SIDE - 1) / 2 + cos * x.ravel() + sin * y.ravel(), 9)  # where the pixel comes from
    row = np.round((SIDE - 1) / 2 + sin * x.ravel() - cos * y.ravel(), 9)
    edged = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    turned = np.zeros(row.shape)
    r, c = (np.clip(np.floor(place), -1, SIDE).astype(np.int64) for place in (row, column))
    for down in (0, 1):
        for right in (0, 1):
            near = np.maximum(0, 1 - np.abs(row - r - down)) * np.maximum(0, 1 - np.abs(column - c - right))
            turned += near * edged[np.arange(len(images))[:, None], r + 1 + down, c + 1 + right]
    return turned


@lru_cache(maxsize=len(PARTS))
def _images(part: str) -> tuple[np.ndarray, np.ndarray]:
    """The images of one part (m, 8, 8), and their digits (m,)."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise ImportError("hb.concepts.Digits needs scikit-learn, which holds the images: "
                          "pip install 'hebbnet[bench]'") from None
    found = load_digits()
    chosen = (np.arange(len(found.target)) % 4 == 3) == (part == "test")
    return found.images[chosen] / 16.0, found.target[chosen].astype(np.int64)


@lru_cache(maxsize=16)
def _known(part: str, angle: float) -> tuple[np.ndarray, dict[bytes, int]]:
    """The images of one part turned by an angle (m, 64), and the place of each."""
    images, _ = _images(part)
    known = turn(images, np.full(len(images), angle))
    return known, {row.tobytes(): k for k, row in enumerate(known)}


def _which(X: np.ndarray, part: str, angle: float) -> np.ndarray:
    """The place of each row of X among the images turned by an angle, or of the image that is nearest to it."""
    known, place = _known(part, angle)
    found = np.array([place.get(row.tobytes(), -1) for row in X + 0.0], dtype=np.int64)  # + 0.0: there is no -0
    strange = np.flatnonzero(found < 0)
    for start in range(0, len(strange), STRANGERS):
        rows = strange[start : start + STRANGERS]
        found[rows] = np.argmin((known * known).sum(axis=1) - 2 * X[rows] @ known.T, axis=1)
    return found
