"""One update in slow motion: what each layer saw, was told, and would change."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from ..network.network import Network


@dataclass(frozen=True)
class LayerTrace:
    """One layer in one update. n rows in the batch; shapes as in the rules.

    pre (n, n_in), z, post and signal (n, n_out); W, dW (n_in, n_out); b, db (n_out,). dW is what the rule gives,
    before the optimizer; signal is -dL/dz.
    """

    pre: np.ndarray
    z: np.ndarray
    post: np.ndarray
    signal: np.ndarray
    W: np.ndarray
    b: np.ndarray
    dW: np.ndarray
    db: np.ndarray


@dataclass(frozen=True)
class Trace:
    """What `Learner.trace` saw: `layers` (a LayerTrace each) and the `prediction` made before the update."""

    layers: tuple[LayerTrace, ...]
    prediction: np.ndarray

    @classmethod
    def read(cls, before: Network, pre: np.ndarray, z: np.ndarray, a: np.ndarray, told: np.ndarray,
             change: np.ndarray, prediction: np.ndarray) -> Trace:
        """Cut the engine's flat buffers into layers."""
        batch, unit, weight, layers = len(pre), 0, 0, []
        for layer in before.layers:
            n, m = layer.n_in, layer.n_out
            cut = slice(unit * batch, (unit + m) * batch)
            post = a[cut].reshape(batch, m)
            dW, db = change[weight : weight + n * m].reshape(n, m), change[weight + n * m : weight + n * m + m]
            layers.append(LayerTrace(pre, z[cut].reshape(batch, m), post, told[cut].reshape(batch, m), layer.W, layer.b,
                                     dW, db))
            pre, unit, weight = post, unit + m, weight + (n + 1) * m
        return cls(tuple(layers), prediction)

    def rows(self) -> list[tuple[str, ...]]:
        """The table: a row for each neuron, of the first sample."""
        table: list[tuple[str, ...]] = [("layer", "neuron", "z", "post", "signal", "|W|", "|dW|", "db")]
        for number, layer in enumerate(self.layers, 1):
            for j in range(layer.z.shape[1]):
                lengths = np.linalg.norm(layer.W[:, j]), np.linalg.norm(layer.dW[:, j])
                numbers = (layer.z[0, j], layer.post[0, j], layer.signal[0, j], *lengths, layer.db[j])
                table.append((str(number), str(j), *(f"{value:.4g}" for value in numbers)))
        return table

    def __repr__(self) -> str:
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)

    def _repr_html_(self) -> str:
        head, *body = self.rows()
        cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
        return f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{cells}</table>"
