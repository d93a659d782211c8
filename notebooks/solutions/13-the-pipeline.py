"""Answers to the exercises of notebook 13."""

import numpy as np


# exercise: passes
def passes(champion, challenger, sure):
    better = challenger.astype(int) - champion.astype(int)
    error = better.std() / np.sqrt(len(better))
    return bool(better.mean() >= sure * error)


# exercise: untouched
def untouched(version):
    import hashlib

    return hashlib.sha256(version.path.read_bytes()).hexdigest() == version.manifest["sha256"]
