"""Networks: layers of neurons on one flat vector of weights, theta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import checks, seeds
from ..engine.checks import InputError
from .activations import Activation, activation_named

INITS = ("lecun", "zero", "glorot", "he", "orthogonal")


@dataclass(frozen=True)
class Dense:
    """A layer of neurons, each connected to every input: z = x W + b, a = f(z).

    Parameters
    ----------
    units : int
        How many neurons.
    activation : str
        f: "identity" (also called "linear"), "relu", "leaky_relu", "softplus", "tanh", "sigmoid" or "softmax";
        "settling" for `hb.rules.Foldiak()`, whose neurons inhibit each other.
    bias : bool
        Without one, b stays zero.
    init : str, optional
        How W begins: "lecun" (normal, variance 1 / inputs; LeCun et al. 1998), "glorot" (2 / (inputs + units); Glorot
        and Bengio 2010), "he" (2 / inputs, for relu; He et al. 2015), "orthogonal" (rows or columns, whichever are
        fewer, at right angles and of length 1; Saxe et al. 2014) or "zero". None is zero for a softmax output, which
        then starts without an opinion, and LeCun for every other layer. Biases begin at zero.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Dense(16, "tanh")
    Dense(units=16, activation='tanh', bias=True, init=None)
    """

    units: int
    activation: str = "tanh"
    bias: bool = True
    init: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", checks.whole(self.units, "Dense: units", low=1, high=checks.MAX_SIZE))
        object.__setattr__(self, "activation", activation_named(self.activation).name)
        object.__setattr__(self, "bias", checks.truth(self.bias, "Dense: bias"))
        if self.init is not None:
            checks.choice(self.init, INITS, "init")


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer in its place in a network: W (n_in, n_out) and b (n_out,) are views of the network's theta."""

    W: np.ndarray
    b: np.ndarray
    activation: Activation
    recipe: Dense

    @property
    def n_in(self) -> int:
        """How many numbers come in."""
        return int(self.W.shape[0])

    @property
    def n_out(self) -> int:
        """How many neurons."""
        return int(self.W.shape[1])


def first_weights(init: str, n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """W (n_in, n_out) as `init` begins it."""
    if init == "zero":
        return np.zeros((n_in, n_out))
    if init == "orthogonal":
        return orthogonal(n_in, n_out, rng)
    one_over_variance = {"lecun": n_in, "glorot": (n_in + n_out) / 2, "he": n_in / 2}[init]
    W: np.ndarray = rng.standard_normal((n_in, n_out)) / np.sqrt(one_over_variance)
    return W


def orthogonal(n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """W (n_in, n_out) with W.T W = 1, or W W.T = 1 where it is wider than high, every such W equally likely."""
    Q, R = np.linalg.qr(rng.standard_normal((max(n_in, n_out), min(n_in, n_out))))
    Q = Q * np.copysign(1.0, np.diag(R))  # QR leaves the signs to the algorithm, and so favours some (Mezzadri 2007)
    return Q if n_in >= n_out else Q.T


class Network:
    """A feed-forward network.

    Parameters
    ----------
    n_inputs : int
        d, the number of columns of X.
    layers : sequence of Dense
        From the first hidden layer to the output.
    rng
        Where the first weights come from: anything `np.random.default_rng` takes.

    Attributes
    ----------
    theta : (n_parameters,) float64 array
        Every weight, layer by layer, W (row by row) before b.
    layers : tuple of Layer
        `layers[i].W` and `layers[i].b` are views of theta.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(3, [hb.Dense(16, "tanh"), hb.Dense(2, "softmax")], rng=0)
    >>> network
    Network 3-16-2 (tanh, softmax), 98 parameters
    >>> network.layers[0].W.shape
    (3, 16)
    """

    def __init__(self, n_inputs: int, layers: Sequence[Dense], *, rng: Any = None) -> None:
        self.n_inputs = checks.whole(n_inputs, "Network: n_inputs", low=1, high=checks.MAX_SIZE)
        self.recipe: tuple[Dense, ...] = tuple(layers) if isinstance(layers, (list, tuple)) else ()
        if not self.recipe or not all(isinstance(layer, Dense) for layer in self.recipe):
            raise InputError("Network: expected a list of at least one hb.Dense(...)")
        for number, layer in enumerate(self.recipe[:-1], 1):
            if layer.activation == "softmax":
                raise InputError(f"Network: layer {number} is softmax, which only the output layer can be; use tanh")
        self.seed = seeds.root(rng)
        self.sizes = (self.n_inputs, *(layer.units for layer in self.recipe))
        self.theta = np.zeros(sum((n + 1) * m for n, m in zip(self.sizes, self.sizes[1:], strict=False)))
        self.layers = tuple(self._views())
        names = ", ".join(layer.activation for layer in self.recipe)  # said once: every call of a learner names it
        self._text = f"Network {'-'.join(map(str, self.sizes))} ({names}), {self.theta.size:,} parameters"
        self._draw()

    def _views(self) -> list[Layer]:
        layers, start = [], 0
        for recipe, n, m in zip(self.recipe, self.sizes, self.sizes[1:], strict=False):
            W = self.theta[start : start + n * m].reshape(n, m)
            b = self.theta[start + n * m : start + n * m + m]
            layers.append(Layer(W, b, activation_named(recipe.activation), recipe))
            start += (n + 1) * m
        return layers

    def _draw(self) -> None:
        rng = seeds.child(self.seed, "weights")
        for layer in self.layers:
            init = layer.recipe.init or ("zero" if layer.recipe.activation == "softmax" else "lecun")
            layer.W[:] = first_weights(init, layer.n_in, layer.n_out, rng)

    @property
    def n_outputs(self) -> int:
        """How many numbers come out."""
        return self.sizes[-1]

    @property
    def is_classifier(self) -> bool:
        """Whether the outputs are the probabilities of classes."""
        return self.recipe[-1].activation == "softmax"

    def outputs(self, X: Any) -> np.ndarray:
        """The activity of the last layer, (n, n_outputs), for inputs X (n, n_inputs)."""
        a = checks.matrix(X, columns=self.n_inputs, where=f"{self!r}: X")
        if any(layer.activation.settles for layer in self.layers):
            raise InputError(f"{self!r}: its learner keeps the weights that the layer settles under; ask "
                             "learner.outputs(X)")
        state = np.empty(0)
        for layer in self.layers:
            z = a @ layer.W + layer.b
            a = np.empty_like(z)
            with np.errstate(over="ignore"):
                layer.activation.function.plain(z, layer.activation.hyper, state, a)
        return a

    def copy(self) -> Network:
        """The same network with the same weights, on memory of its own."""
        return _with_weights(self.n_inputs, self.recipe, self.seed, self.theta)

    def fresh(self, rng: Any) -> Network:
        """A new network of the same recipe, with first weights drawn from `rng`."""
        return Network(self.n_inputs, self.recipe, rng=rng)

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:  # theta travels, and the views of it are made anew
        return _with_weights, (self.n_inputs, self.recipe, self.seed, self.theta)

    def __repr__(self) -> str:
        return self._text


def _with_weights(n_inputs: int, recipe: tuple[Dense, ...], seed: int, theta: np.ndarray) -> Network:
    network = Network(n_inputs, recipe, rng=seed)
    network.theta[:] = theta
    return network


def mlp(source: Any, hidden: Sequence[int] = (32,), *, activation: str = "tanh", rng: Any = None) -> Network:
    """A network that fits a stream: its inputs, `hidden` layers, and one softmax output for each class.

    Where the stream gives numbers (it has no classes), one linear output predicts them.

    Parameters
    ----------
    source : Stream
        Anything with `n_inputs` and `classes`.
    hidden : sequence of int
        Units of each hidden layer; [] for none.
    activation : str
        Of the hidden layers.
    rng
        Where the first weights come from.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.mlp(hb.DriftStream([hb.SEA(8)]), hidden=[16], rng=0)
    Network 3-16-2 (tanh, softmax), 98 parameters
    """
    if not hasattr(source, "n_inputs") or not hasattr(source, "classes"):
        raise InputError(f"mlp: expected a stream (n_inputs, classes), got {type(source).__name__}; "
                         "hb.from_arrays(X, y) makes one of arrays")
    if not isinstance(hidden, (list, tuple)):
        raise InputError(f"mlp: hidden: expected a list, the units of each hidden layer, such as [16], got {hidden!r}")
    layers = [Dense(units, activation) for units in hidden]
    readout = Dense(len(source.classes), "softmax") if source.classes else Dense(1, "identity")
    return Network(source.n_inputs, [*layers, readout], rng=rng)
