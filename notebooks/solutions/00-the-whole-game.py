"""Answers to the exercises of notebook 00."""

import hebbnet as hb


# exercise: fallen_to
def fallen_to(noise, disagreement):
    return (1 - 2 * noise) * (1 - disagreement) + noise


# exercise: world
def world():
    return hb.DriftStream([hb.SEA(7), hb.SEA(9), hb.SEA(11)], at=[4_000, 8_000], noise=0.1, rng=0)
