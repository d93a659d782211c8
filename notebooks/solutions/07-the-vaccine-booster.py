"""Answers to the exercises of notebook 07."""

import math


# exercise: late_accuracy
def late_accuracy(degrees, noise):
    agree = 1 - degrees / 180
    return agree * (1 - noise) + (1 - agree) * noise


# exercise: longest_cycle
def longest_cycle(omega, window, period, wanted):
    age = (1 - wanted) * math.pi / omega
    return age - window / 2 - period / 2
