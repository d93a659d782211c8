"""PyTorch in double precision: eager, as its users write it, and with the whole step compiled."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from .task import BETA1, BETA2, CLIP, EPS, Array, Outcome, Run, Task, share


def eager(task: Task) -> Run:
    """`nn.Sequential`, a loss and an optimizer; for a rule without labels, what it says about a matrix."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    n_in, n_hidden, n_out = task.net

    def network() -> Any:
        layers = [nn.Linear(n_in, n_hidden, bias=not task.alone)]
        layers += [] if task.alone else [nn.Tanh(), nn.Linear(n_hidden, n_out)]
        model = nn.Sequential(*layers).double()
        with torch.no_grad():
            for parameter, w in zip(model.parameters(), task.start(), strict=True):
                parameter.copy_(torch.from_numpy(w.T))
        return model

    def by_labels(model: Any) -> Callable[..., Any]:
        optimizer = (torch.optim.Adam if task.rule == "Adam" else torch.optim.SGD)(model.parameters(), lr=task.rate)
        cross_entropy = nn.CrossEntropyLoss()

        def step(x: Any, label: Any) -> Any:
            z = model(x)
            chosen = z.argmax(1)
            loss = reward_loss(z[0], chosen[0], label[0]) if task.rule == "RPE" else cross_entropy(z, label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return chosen

        return step

    def by_itself(model: Any) -> Callable[..., Any]:
        weight = model[0].weight  # (n_hidden, n_in), as PyTorch has it

        @torch.no_grad()
        def step(x: Any, label: Any) -> Any:
            post = model(x)
            weight.add_(alone(task, weight.T, x[0], post[0]).T, alpha=task.rate)
            return post

        return step

    def run(X: Array, y: Array) -> Outcome:
        model = network()
        step = by_itself(model) if task.alone else by_labels(model)
        seconds, answers = clocked(step, X, y)
        weights = tuple(parameter.detach().numpy().T for parameter in model.parameters())
        return Outcome(seconds, weights, None if task.alone else share(torch.cat(answers), y))

    return run


def compiled(task: Task) -> Run:
    """`torch.compile` of a whole step as one function of the weights: the form from which it makes the least code."""
    import torch

    torch.set_num_threads(1)
    own = whole_step(task)  # PyTorch keeps what it compiled with the code object, eight at most: each task has its own
    own.__code__ = own.__code__.replace(co_name=f"step_{task}".replace("-", "_").replace(" ", "_"))
    step = torch.compile(own, fullgraph=True, dynamic=False)

    def run(X: Array, y: Array) -> Outcome:
        weights = [torch.from_numpy(w) for w in task.start()]
        zeros = [torch.zeros_like(w) for w in weights]
        state = weights, (zeros, zeros, torch.zeros((), dtype=torch.float64)) if task.rule == "Adam" else ()

        def learn(x: Any, label: Any) -> Any:
            nonlocal state
            state, answer = step(state, x, label)
            return answer

        seconds, answers = clocked(learn, X, y)
        correct = None if task.alone else share(torch.cat(answers), y)
        return Outcome(seconds, tuple(w.numpy() for w in state[0]), correct)

    return run


def clocked(step: Callable[..., Any], X: Array, y: Array) -> tuple[float, list[Any]]:
    """The seconds of one step after the other, and their answers."""
    import torch

    inputs, labels, answers = torch.from_numpy(X), torch.from_numpy(y), []
    begin = perf_counter()
    for i in range(len(inputs)):
        answers.append(step(inputs[i : i + 1], labels[i : i + 1]))
    return perf_counter() - begin, answers


def whole_step(task: Task) -> Callable[..., Any]:
    """A step without side effects: (weights, memory), x, label -> (weights, memory), answer."""
    import torch
    from torch.func import grad

    def loss(weights: Any, x: Any, label: Any) -> Any:
        W1, b1, W2, b2 = weights
        z = torch.tanh(x @ W1 + b1) @ W2 + b2
        chosen = z.argmax(1)
        if task.rule == "RPE":
            return reward_loss(z[0], chosen, label), chosen
        return torch.nn.functional.cross_entropy(z, label), chosen

    def step(state: Any, x: Any, label: Any) -> Any:
        weights, memory = state
        if task.alone:
            answer = x @ weights[0]
            changes = [alone(task, weights[0], x[0], answer[0])]
        else:
            slopes, answer = grad(loss, has_aux=True)(weights, x, label)
            changes = [-slope for slope in slopes]
        if task.rule == "Adam":
            changes, memory = adam(changes, *memory)
        return ([w + task.rate * dw for w, dw in zip(weights, changes, strict=True)], memory), answer

    return step


def reward_loss(z: Any, chosen: Any, label: Any) -> Any:
    """What has R - p as its slope, at the chosen neuron alone."""
    p = z.detach().softmax(0)
    return -((1.0 * (chosen == label) - p[chosen]) * z[chosen]).sum()


def alone(task: Task, W: Any, x: Any, post: Any) -> Any:
    """The change that one sample without a label asks for."""
    product = x.outer(post)
    return product - product.abs() * W / CLIP if task.rule == "Hebb" else product - post**2 * W


def adam(changes: list[Any], m: list[Any], v: list[Any], t: Any) -> tuple[list[Any], Any]:
    """The step of Adam, over the rate; and what it remembers."""
    t = t + 1
    m = [BETA1 * old + (1 - BETA1) * dw for old, dw in zip(m, changes, strict=True)]
    v = [BETA2 * old + (1 - BETA2) * dw**2 for old, dw in zip(v, changes, strict=True)]
    steps = [a / (1 - BETA1**t) / ((b / (1 - BETA2**t)).sqrt() + EPS) for a, b in zip(m, v, strict=True)]
    return steps, (m, v, t)
