"""Printed digits, drawn from the type faces that matplotlib brings along: images that every installation can make."""

from __future__ import annotations

from typing import Any

import numpy as np

SIDE = 12  # pixels
FINE = 4  # points in a pixel, along each side
FACES = tuple((family, style, weight)
              for family in ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono") for weight in ("normal", "bold")
              for style in ("normal", "oblique"))


def printed(n: int, rng: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, SIDE * SIDE) of digits, ink 0 to 1, each in another face, a little turned, stretched and shifted.

    Beside them the digits, (n,).
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    chance = np.random.default_rng(rng)
    y = chance.integers(0, 10, n)
    faces: list[Any] = [FontProperties(family=family, style=style, weight=weight)  # type: ignore[arg-type]
                        for family, style, weight in FACES]
    glyphs = {(k, f): TextPath((0, 0), str(k), size=1.0, prop=face) for k in range(10) for f, face in enumerate(faces)}
    place = (np.arange(SIDE * FINE) + 0.5) / (SIDE * FINE) - 0.5
    points = np.stack(np.meshgrid(place, -place), axis=-1).reshape(-1, 2)
    X = np.empty((n, SIDE * SIDE))
    for i, k in enumerate(y):
        glyph = glyphs[int(k), int(chance.integers(len(FACES)))]
        box = glyph.get_extents()
        size = 0.8 * chance.uniform(0.9, 1.1, 2) / box.height
        moved = (Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2).scale(*size)
                 .rotate_deg(chance.normal(0, 6)).translate(*chance.normal(0, 0.03, 2)))
        ink = glyph.transformed(moved).contains_points(points).reshape(SIDE, FINE, SIDE, FINE)
        X[i] = ink.mean(axis=(1, 3)).ravel()
    return X, y
