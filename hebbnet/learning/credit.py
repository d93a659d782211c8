"""How hidden layers hear of the output's signal.

`above` (n, n_out) is the signal of the layer above, W (n_in, n_out) the weights between, `pre` (n, n_in) the activity
below them, and `below` (n, n_in) what the layer below is told, before its own slope. `top` (n, n_outputs) is the
output's signal. F (n_in, n_out), or (n_in, n_outputs), are feedback weights: connections that lead down only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..engine.arrays import add_outer, dot_t, each, total
from ..engine.checks import number, whole
from ..engine.kernel import CREDIT, kernel
from .part import Part


@dataclass(frozen=True)
class Credit(Part):
    """Base of all credits.

    `reaches_hidden`: whether hidden layers are told anything. `compares_losses`: whether it needs a signal that has a
    loss. `steps_by_itself`: whether F takes steps of its own rate, so that W's may not be others.
    """

    noun: ClassVar[str] = "credit"
    reaches_hidden: ClassVar[bool] = True
    compares_losses: ClassVar[bool] = False
    steps_by_itself: ClassVar[bool] = False

    @property
    def noise(self) -> float:
        """The size of the noise that shakes every potential; 0 for none."""
        return 0.0

    def draws(self, units: int) -> int:
        """How many normal random numbers it uses for each row, of a net of so many neurons."""
        return 0

    def feedback_columns(self, n_out: int, n_outputs: int) -> int:
        """How many columns F has below a layer of n_out neurons in a net of n_outputs; 0 for no F."""
        return 0


@kernel(CREDIT)
def backprop(above, W, F, top, pre, hyper, below):
    """below = above W^T: the chain rule"""
    dot_t(above, W, below)


@kernel(CREDIT)
def feedback_alignment(above, W, F, top, pre, hyper, below):
    """below = above F^T"""
    dot_t(above, F, below)


@kernel(CREDIT)
def direct_feedback(above, W, F, top, pre, hyper, below):
    """below = top F^T"""
    dot_t(top, F, below)


@kernel(CREDIT)
def kolen_pollack(above, W, F, top, pre, hyper, below):
    """below = above F^T; then F_ij += rate (pre_i above_j - decay F_ij)"""
    rate, decay = hyper[0], hyper[1]
    dot_t(above, F, below)
    for i in each(F.shape[0]):
        for j in each(F.shape[1]):
            F[i, j] *= 1.0 - rate * decay
    add_outer(rate, pre, above, F)


@kernel(CREDIT)
def sign_symmetric(above, W, F, top, pre, hyper, below):
    """below = above F^T, F_ij = sign(W_ij) / sqrt(n_out)"""
    size = 1.0 / np.sqrt(W.shape[1])
    for i in each(W.shape[0]):
        for j in each(W.shape[1]):
            F[i, j] = size * np.sign(W[i, j])
    dot_t(above, F, below)


@kernel(CREDIT)
def broadcast(above, W, F, top, pre, hyper, below):
    """below_i = sum_k top_k, the same for every neuron"""
    for r in each(len(below)):
        told = total(top, r)
        for i in each(below.shape[1]):
            below[r, i] = told


@kernel(CREDIT)
def unsupervised(above, W, F, top, pre, hyper, below):
    """below = 0"""
    for r in each(len(below)):
        for j in each(below.shape[1]):
            below[r, j] = 0.0


@dataclass(frozen=True)
class Backprop(Credit):
    """The chain rule: the signal goes back through the weights it came by (Rumelhart, Hinton and Williams 1986).

    Exact, and hard to imagine in a brain: each synapse would have to know the strength of another, that leads upward.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.Learner(hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])).recipe.credit
    Backprop()
    """

    kernel = backprop


@dataclass(frozen=True)
class FeedbackAlignment(Credit):
    """The signal goes back through fixed random weights F in place of W (Lillicrap et al. 2016).

    It works because W turns towards F while it learns, so that what hidden layers are told comes to point where the
    gradient does: `hb.alignment` shows the angle fall. F is drawn once, normal with variance 1 / n_out.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])
    >>> hb.Learner(network, credit=hb.FeedbackAlignment()).recipe.credit
    FeedbackAlignment()
    """

    kernel = feedback_alignment

    def feedback_columns(self, n_out: int, n_outputs: int) -> int:
        """F has the shape of W."""
        return n_out


@dataclass(frozen=True)
class DirectFeedback(Credit):
    """The output's signal goes to every hidden layer at once, through fixed random weights F (Nøkland 2016).

    With one hidden layer this is feedback alignment. F is drawn once, normal with variance 1 / n_outputs. Under
    `hb.RewardPredictionError()` each neuron hears a global reward, through its weight for the answer that was chosen.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(5), hb.Dense(4), hb.Dense(2, "softmax")])
    >>> hb.Learner(network, credit=hb.DirectFeedback()).recipe.credit
    DirectFeedback()
    """

    kernel = direct_feedback

    def feedback_columns(self, n_out: int, n_outputs: int) -> int:
        """A column for each output."""
        return n_outputs


@dataclass(frozen=True)
class KolenPollack(Credit):
    """Feedback weights that learn as W does: dF_ij = pre_i above_j - decay F_ij (Kolen and Pollack 1994).

    No synapse needs to know another's strength: W and F change by the same product. Where both take the same steps
    (`hb.Gradient()` under `hb.SGD()`, at the same rate) W - F stays as it began while both grow; where W decays as
    F does, W - F shrinks by 1 - rate decay at each step, and F becomes W. Akrout et al. (2019) train large networks so.
    Told neither optimizer nor rate, a learner takes these steps; others, above the first layer, are refused.

    Parameters
    ----------
    rate : float
        The plain step of F; the same as the rate of W, for W and F to stay together.
    decay : float
        The share of F that is forgotten at each step of rate 1; for a W that decays alike. Where W does not, F forgets
        it as soon as there is nothing more to learn, and the angle opens again.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])
    >>> recipe = hb.Learner(network, credit=hb.KolenPollack(rate=0.1, decay=0.001)).recipe
    >>> recipe.credit, recipe.optimizers[1], recipe.rates[1]
    (KolenPollack(rate=0.1, decay=0.001), SGD(decay=0.001), 0.1)
    """

    rate: float = 0.05
    decay: float = 0.0

    kernel = kolen_pollack
    steps_by_itself = True

    def __post_init__(self) -> None:
        number(self.rate, "KolenPollack: rate", above=0.0)
        number(self.decay, "KolenPollack: decay", low=0.0, high=1.0 / self.rate)

    def feedback_columns(self, n_out: int, n_outputs: int) -> int:
        """F has the shape of W."""
        return n_out


@dataclass(frozen=True)
class SignSymmetric(Credit):
    """The signal goes back through the signs of W, all of one size: F_ij = sign(W_ij) / sqrt(n_out) (Liao et al. 2016).

    A synapse need only know whether the one that leads upward excites or inhibits. Where W is normal and wide, what
    is told lies about 37 degrees, arccos sqrt(2 / pi), from the gradient.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])
    >>> hb.Learner(network, credit=hb.SignSymmetric()).recipe.credit
    SignSymmetric()
    """

    kernel = sign_symmetric

    def feedback_columns(self, n_out: int, n_outputs: int) -> int:
        """F has the shape of W, and is written anew at each update."""
        return n_out


@dataclass(frozen=True)
class Broadcast(Credit):
    """Every hidden neuron is told the same: the sum of the output's signal, as dopamine tells a whole region.

    For a rule with a term of its own in it, such as the three factors pre post signal. It cannot say who was to blame,
    and what it says must not be zero: with a softmax output it takes `hb.RewardPredictionError()` or
    `hb.RightWrong()`, which speak to the chosen neuron alone.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])
    >>> learner = hb.Learner(network, signal=hb.RewardPredictionError(), credit=hb.Broadcast())
    >>> learner.trace([1.0, 1.0], 0).layers[1].signal  # it guesses class 0, rightly, with probability 1/2
    array([[0.5, 0. ]])
    """

    kernel = broadcast


@dataclass(frozen=True)
class NodePerturbation(Credit):
    """Shake every neuron a little, and see whether the loss is better for it (Andes, Widrow, Lehr and Wan 1990).

    Every potential gets normal noise of its own, sigma xi; each neuron, the output's too, is told
    (L - L_shaken) xi / sigma, its own noise times one number that all can hear. In the mean over the noise this is
    minus the gradient at its potential, for small sigma; of few trials it is mostly noise, and the more so the more
    neurons there are. No signal travels backward. Needs a signal with a loss, such as `hb.CrossEntropy()`.

    Parameters
    ----------
    sigma : float
        The size of the noise, in units of the potentials.
    trials : int
        How often each sample is tried with new noise; each costs a forward pass.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3), hb.Dense(2, "softmax")])
    >>> hb.Learner(network, credit=hb.NodePerturbation()).recipe.credit
    NodePerturbation(sigma=0.1, trials=1)
    """

    sigma: float = 0.1
    trials: int = 1

    kernel = unsupervised  # never asked: the noise has told every layer before
    compares_losses = True

    def __post_init__(self) -> None:
        number(self.sigma, "NodePerturbation: sigma", above=0.0)
        whole(self.trials, "NodePerturbation: trials", low=1)

    @property
    def noise(self) -> float:
        """sigma"""
        return self.sigma

    def draws(self, units: int) -> int:
        """One for each neuron, at each trial."""
        return self.trials * units


@dataclass(frozen=True)
class Unsupervised(Credit):
    """Hidden layers are told nothing: they learn from their inputs alone, or not at all.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(2, [hb.Dense(3, "identity"), hb.Dense(2, "softmax")])
    >>> hb.Learner(network, rule=[hb.Oja(), hb.Gradient()]).recipe.credit  # features by Oja, read out by the gradient
    Unsupervised()
    """

    kernel = unsupervised
    reaches_hidden = False
