"""Answers to the exercises of notebook 08."""


# exercise: outvoted
def outvoted(n, decay):
    old, new, tellings = 0.0, 0.0, 0
    for _ in range(n):
        old = (1 - decay) * old + 1
    while new <= old:
        old, new, tellings = (1 - decay) * old, (1 - decay) * new + 1, tellings + 1
    return tellings


# exercise: forgetful
def forgetful(w, pre, signal):
    return pre * signal - w
