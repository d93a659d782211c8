"""Answers to the exercises of notebook 04."""


# exercise: best_possible
def best_possible(noise, D, p):
    return (1 - noise) - min(p, 1 - p) * D * (1 - 2 * noise)  # worst at p = 0.5 and D = 1


# exercise: stories
def stories():
    # Training again is of no use for the tired clerk: the rule is what it was, and the best possible has fallen.
    return {"a new law: the same incomes, other people get a loan": "real",
            "the shop opens in another country; a given customer would buy the same": "covariate",
            "flu season: more of the patients are ill, the ill look as they always did": "prior",
            "a tired clerk types in a wrong result now and then": "noise-level",
            "after the repair, the plugs of two sensors are exchanged": "feature-swap"}
