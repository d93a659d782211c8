"""Answers to the exercises of notebook 03."""


# exercise: heard
def heard(W2, signal, z):
    return (W2 @ signal) * (z > 0)


# exercise: slope_at
def slope_at(f, w, h=1e-5):
    return (f(w + h) - f(w - h)) / (2 * h)
