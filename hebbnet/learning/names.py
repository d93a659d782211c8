"""The names that the rules of learning have in books, each said in the four nouns."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from ..network.network import Dense, Network
from .credit import Backprop, Credit, DirectFeedback, FeedbackAlignment, KolenPollack, NodePerturbation, SignSymmetric
from .learner import Learner
from .optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer, RMSprop
from .part import Part
from .rewards import Reinforce, RewardPredictionError, RightWrong
from .rules.base import Rule
from .rules.basic import Covariance, Gradient, Hebb
from .rules.competitive import Instar, KrotovHopfield, SoftHebb
from .rules.components import Oja, Sanger, Subspace
from .rules.plastic import BCM
from .rules.settling import Foldiak
from .rules.taught import NormalizedLMS, Prototype
from .signals import (
    BinaryCrossEntropy,
    CrossEntropy,
    Huber,
    PerceptronError,
    Signal,
    SquaredError,
    SupervisedHebb,
    Teacher,
)

NOTHING = "\N{EN DASH}"
INTRODUCTION = """# The names of the rules

Four nouns say how a network learns: a **signal** (what the output is told), a **credit** (how hidden layers hear of
it), a **rule** (what a synapse does with it), and an **optimizer** (how the change is applied). Here are the names that
books give to some of their combinations. The perceptron, with three inputs and two classes, is

```python
import hebbnet as hb

network = hb.Network(3, [hb.Dense(2, "identity", init="zero")])
learner = hb.Learner(network, signal=hb.PerceptronError(), rule=hb.rules.Gradient(), optimizer=hb.SGD())
```

"Layers" are activations, the output's last; a name that goes with any of them stands here with one. A read-out that is
told something begins at zero. – means that there is nothing to choose: no layer is hidden, or no label is asked for.

This page is written by `hebbnet/learning/names.py`.
"""


@dataclass(frozen=True)
class Name:
    """One classic name in the four nouns.

    Parameters
    ----------
    name : str
    source : str
        Who, and when.
    layers : tuple of str
        The activation of each layer, the output's last.
    signal : Signal or None
        None asks for no label.
    credit : Credit or None
        None where no layer is hidden.
    rule : Rule
        Of every layer.
    optimizer : Optimizer

    Examples
    --------
    >>> from hebbnet.learning.names import NAMES
    >>> [row.name for row in NAMES if row.source.endswith("2016")]
    ['Feedback alignment', 'Direct feedback alignment', 'Sign-symmetric feedback']
    """

    name: str
    source: str
    layers: tuple[str, ...]
    signal: Signal | None = None
    credit: Credit | None = None
    rule: Rule = field(default_factory=Gradient)
    optimizer: Optimizer = field(default_factory=SGD)

    def learner(self, n_inputs: int, n_outputs: int, *, hidden: int = 8, rng: Any = None, **settings: Any) -> Learner:
        """A learner of this name; `settings` are any others of `Learner`, such as `rate`."""
        readout = Dense(n_outputs, self.layers[-1], init="zero" if self.signal else None)
        layers = [*(Dense(hidden, activation) for activation in self.layers[:-1]), readout]
        return Learner(Network(n_inputs, layers, rng=rng), signal=self.signal, credit=self.credit, rule=self.rule,
                       optimizer=self.optimizer, **settings)


MLP = ("tanh", "softmax")
LINEAR = ("identity",)

NAMES = (
    # one layer, told something
    Name("Delta rule, LMS, Adaline", "Widrow & Hoff 1960", LINEAR, SquaredError()),
    Name("Robust regression", "Huber 1964", LINEAR, Huber()),
    Name("Logistic regression", "Cox 1958", ("sigmoid",), BinaryCrossEntropy()),
    Name("Softmax regression", "Bridle 1990", ("softmax",), CrossEntropy()),
    Name("Normalized LMS", "Nagumo & Noda 1967", LINEAR, SquaredError(), rule=NormalizedLMS()),
    Name("Perceptron", "Rosenblatt 1958", LINEAR, PerceptronError()),
    Name("Supervised Hebb", "after Hebb 1949", LINEAR, SupervisedHebb()),
    Name("The right-wrong rule: learning with a critic", "Widrow, Gupta & Maitra 1973", LINEAR, RightWrong()),
    Name("Reward prediction error, R - p", "after Frémaux, Sprekeler & Gerstner 2010", ("softmax",),
         RewardPredictionError()),
    Name("REINFORCE", "Williams 1992", ("softmax",), Reinforce(baseline="none")),
    Name("REINFORCE, a baseline for each stimulus", "after Frémaux, Sprekeler & Gerstner 2010", ("softmax",),
         Reinforce()),
    Name("Nearest prototype, supervised instar", "after Grossberg 1976", LINEAR, Teacher(), rule=Prototype()),
    # hidden layers, told something
    Name("Backpropagation", "Rumelhart, Hinton & Williams 1986", MLP, CrossEntropy(), Backprop()),
    Name("Feedback alignment", "Lillicrap et al. 2016", MLP, CrossEntropy(), FeedbackAlignment()),
    Name("Direct feedback alignment", "Nøkland 2016", MLP, CrossEntropy(), DirectFeedback()),
    Name("Sign-symmetric feedback", "Liao, Leibo & Poggio 2016", MLP, CrossEntropy(), SignSymmetric()),
    # one rate and one decay for W and F: then F becomes W
    Name("Kolen-Pollack", "Kolen & Pollack 1994", MLP, CrossEntropy(),
         KolenPollack(rate=SGD.default_rate, decay=0.001), optimizer=SGD(decay=0.001)),
    Name("Node perturbation", "Andes, Widrow, Lehr & Wan 1990", MLP, CrossEntropy(), NodePerturbation()),
    # backpropagation in other steps
    Name("Momentum, heavy ball", "Polyak 1964", MLP, CrossEntropy(), Backprop(), optimizer=Momentum()),
    Name("Nesterov's accelerated gradient", "Nesterov 1983", MLP, CrossEntropy(), Backprop(), optimizer=Nesterov()),
    Name("RMSprop", "Tieleman & Hinton 2012", MLP, CrossEntropy(), Backprop(), optimizer=RMSprop()),
    Name("Adam", "Kingma & Ba 2015", MLP, CrossEntropy(), Backprop(), optimizer=Adam()),
    Name("AdamW", "Loshchilov & Hutter 2019", MLP, CrossEntropy(), Backprop(), optimizer=AdamW()),
    # told nothing
    Name("Hebb's rule", "after Hebb 1949", LINEAR, rule=Hebb()),
    Name("Covariance rule", "Sejnowski 1977", LINEAR, rule=Covariance()),
    Name("Oja's rule", "Oja 1982", LINEAR, rule=Oja()),
    Name("Subspace rule", "Oja 1989", LINEAR, rule=Subspace()),
    Name("Generalized Hebbian algorithm (GHA)", "Sanger 1989", LINEAR, rule=Sanger()),
    Name("BCM", "Bienenstock, Cooper & Munro 1982", LINEAR, rule=BCM()),
    Name("Instar, competitive learning", "Grossberg 1976; Rumelhart & Zipser 1985", LINEAR,
         rule=Instar(conscience=0.0)),
    Name("Competitive learning with a conscience", "DeSieno 1988", LINEAR, rule=Instar()),
    Name("Anti-Hebbian decorrelation", "Földiák 1990", ("settling",), rule=Foldiak()),
    Name("Krotov-Hopfield", "Krotov & Hopfield 2019", LINEAR, rule=KrotovHopfield()),
    Name("SoftHebb", "Moraitis et al. 2022", LINEAR, rule=SoftHebb()),
)


def table() -> str:
    """The page of all names, in Markdown.

    Examples
    --------
    >>> from hebbnet.learning import names
    >>> print(names.table().splitlines()[0])
    # The names of the rules
    """
    head = ("Name", "Source", "Layers", "Signal", "Credit", "Rule", "Optimizer")
    rows = [head, ("---",) * len(head), *(_cells(row) for row in NAMES)]
    return INTRODUCTION + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(row: Name) -> tuple[str, ...]:
    nouns = (row.signal, row.credit, row.rule, row.optimizer)
    return row.name, row.source, ", ".join(row.layers), *(NOTHING if part is None else _code(part) for part in nouns)


def _code(part: Part) -> str:
    """A part as a reader would type it, without the numbers that are its defaults."""
    chosen = [f"{number.name}={getattr(part, number.name)!r}" for number in fields(part)
              if number.default is MISSING or getattr(part, number.name) != number.default]
    return f"`hb.{'rules.' if isinstance(part, Rule) else ''}{part.name}({', '.join(chosen)})`"
