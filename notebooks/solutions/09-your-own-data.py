"""Answers to the exercises of notebook 09."""

import numpy as np


# exercise: kappa_t
def kappa_t(accuracy, no_change):
    return (accuracy - no_change) / (1 - no_change)


# exercise: alone
def alone(x, y):
    above = [np.mean((x > c) == y) for c in np.percentile(x, range(1, 100))]
    return max(max(above), 1 - min(above))
