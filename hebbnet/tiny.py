"""How a model learns, and why it goes stale: all of hebbnet on one page, in NumPy alone. python -m hebbnet.tiny

The chapters follow the package: a world that drifts, a network, two ways for its weights to change (the gradient
and Hebb), and the loop that keeps a launched model up to date. Symbols: x what comes in, z the potential of a neuron,
a its activity, W[i, j] the weight from input i to neuron j, signal = -dL/dz, which way a potential should move.
"""

import numpy as np

# ---------------------------------------------------------------- 1. a world that drifts (Street and Kim's SEA)

CONCEPTS = [7, 9, 11, 13]  # the threshold that the world uses, for BLOCK samples each
BLOCK = 3_000
NOISE = 0.1  # the share of labels that are wrong: nobody can be right more often than 1 - NOISE


def sample(theta, n, rng):
    """n inputs, and their labels: class 1 where the first two numbers sum to theta at the most; the third is idle."""
    X = rng.uniform(0, 10, (n, 3))
    y = (X[:, 0] + X[:, 1] <= theta).astype(int)
    wrong = rng.random(n) < NOISE
    return (X - 5) / 2.9, np.where(wrong, 1 - y, y)  # inputs of spread 1


# ---------------------------------------------------------------- 2. a network: 3 inputs, 16 neurons, 2 classes


def network(rng):
    """Its weights: W1 (3, 16), b1, W2 (16, 2), b2. The read-out starts at zero: without an opinion."""
    return [rng.normal(0, 3**-0.5, (3, 16)), np.zeros(16), np.zeros((16, 2)), np.zeros(2)]


def forward(weights, x):
    """The hidden activities a and the probability p of each class."""
    W1, b1, W2, b2 = weights
    a = np.tanh(x @ W1 + b1)
    z = a @ W2 + b2
    p = np.exp(z - z.max())
    return a, p / p.sum()


# ---------------------------------------------------------------- 3. how weights change: the gradient


def learn(weights, x, label, rate=0.05):
    """One step down the gradient of L = -log p[label]. Predicts first: returns whether that was right."""
    W1, b1, W2, b2 = weights
    a, p = forward(weights, x)
    signal = -p  # what the output is told: -dL/dz = onehot(label) - p. Wrong is reduced, right is increased ...
    signal[label] += 1
    below = (W2 @ signal) * (1 - a * a)  # ... and how the hidden neurons hear of it: the chain rule
    W2 += rate * np.outer(a, signal)  # what came in, times which way to go
    b2 += rate * signal
    W1 += rate * np.outer(x, below)
    b1 += rate * below
    return p.argmax() == label


# ---------------------------------------------------------------- 4. how weights change: Hebb


def hebb(w, x, rate=0.005):
    """Neurons that fire together wire together: what came in, times what went out. One word apart from above."""
    w += rate * x * (x @ w)


def oja(w, x, rate=0.005):
    """Hebb, with just enough forgetting to keep |w| at 1."""
    out = x @ w
    w += rate * out * (x - out * w)


def two_neurons(rng):
    """|w| after Hebb, and after Oja how well w points along the first principal component (|cos|, 1 is exactly)."""
    X = rng.normal(size=(5_000, 3)) * [2.0, 1.0, 0.5]  # the most varied direction is the first
    hebbian, ojas = np.full(3, 0.1), np.full(3, 0.1)
    for x in X[:1_000]:
        hebb(hebbian, x)
    for x in X:
        oja(ojas, x)
    return np.linalg.norm(hebbian), abs(ojas[0]) / np.linalg.norm(ojas)


# ---------------------------------------------------------------- 5. launched, and then? the loop


def train(weights, X, y, rng, epochs=5):
    """Some shuffled passes over what is known."""
    for _ in range(epochs):
        for i in rng.permutation(len(X)):
            learn(weights, X[i], y[i])


def run(policy, rng, every=1_000, window=1_000):
    """Train on the first concept, launch, then live through all of them; the share predicted rightly on each.

    "never" leaves the model as it was launched, "periodic" trains it on the last `window` samples every so often,
    "always" learns from each sample, after it was predicted. Predict before you learn: or the score is a lie.
    """
    weights = network(rng)
    train(weights, *sample(CONCEPTS[0], BLOCK, rng), rng)
    X, y = map(np.concatenate, zip(*(sample(theta, BLOCK, rng) for theta in CONCEPTS), strict=True))
    right = np.zeros(len(X))
    for t in range(len(X)):
        if policy == "always":
            right[t] = learn(weights, X[t], y[t])
        else:
            right[t] = forward(weights, X[t])[1].argmax() == y[t]
            if policy == "periodic" and (t + 1) % every == 0:
                train(weights, X[t + 1 - window : t + 1], y[t + 1 - window : t + 1], rng)
    return right.reshape(len(CONCEPTS), BLOCK).mean(axis=1)


# ---------------------------------------------------------------- six numbers


def story(seed=0):
    """The six numbers, by name."""
    never = run("never", np.random.default_rng(seed))
    length, cosine = two_neurons(np.random.default_rng(seed))
    return {
        "launched: right on the world it was trained for": never[0],
        "the same model, three drifts later": never[-1],
        "retrained every 1,000 samples, three drifts later": run("periodic", np.random.default_rng(seed))[-1],
        "always learning, three drifts later": run("always", np.random.default_rng(seed))[-1],
        "Hebb: the length of a weight vector that began at 0.17": length,
        "Oja: |cos| between the weights and the first principal component": cosine,
    }


if __name__ == "__main__":
    for name, value in story().items():
        print(f"{value:12.4g}  {name}")
