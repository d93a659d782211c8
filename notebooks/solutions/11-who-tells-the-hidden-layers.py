"""Answers to the exercises of notebook 11."""


# exercise: told
def told(signal, F, post):
    return F @ signal * (1 - post**2)


# exercise: gap
def gap(rate, decay, steps):
    return (1 - rate * decay) ** steps
