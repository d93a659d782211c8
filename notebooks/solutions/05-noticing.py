"""Answers to the exercises of notebook 05."""


# exercise: score
def score(alarms, drift):
    delay = next((alarm - drift for alarm in alarms if alarm >= drift), None)
    return delay, sum(alarm < drift for alarm in alarms)


# exercise: last_fifty
class LastFifty:
    def __init__(self):
        self.last = []

    def update(self, x):
        self.last = [*self.last[-49:], x]
        alarm = sum(self.last) > 20
        if alarm:
            self.last = []
        return alarm


def last_fifty():
    return LastFifty()
