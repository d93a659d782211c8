"""Answers to the exercises of notebook 06."""

import numpy as np

import hebbnet as hb


# exercise: one_week
def one_week(learner, X, y):
    accuracy = np.mean(learner.predict(X) == y)
    learner.learn(X, y, epochs=5)
    return accuracy


# exercise: bad_week
class BadWeek(hb.policies.Policy):
    name = "bad week"
    answers = right = 0

    def wants(self, row, right):
        self.answers, self.right = self.answers + 1, self.right + right
        if self.answers < 1_000:
            return False
        bad = self.right < 830
        self.answers = self.right = 0
        return bad


def bad_week():
    return BadWeek()
