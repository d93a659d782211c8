"""Whether a layer can still learn: how many of its neurons have fallen silent, and how many directions it uses.

Both look at the activity of the layer's neurons on some rows, (n, m), and change nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks


def dormant(activity: Any, tau: float = 0.025) -> float:
    """The share of neurons that are all but silent.

    Parameters
    ----------
    activity : (n, m) array
        Of m neurons on n rows.
    tau : float
        A neuron is dormant when its score is at most so.

    Returns
    -------
    float
        The share of neurons with s_j <= tau, where s_j = mean |a_j| / mean over all neurons of the same: 1 for a neuron
        that is as active as the others. Where all are silent, all are dormant.

    Raises
    ------
    InputError
        Without rows or neurons, for numbers that are not finite, or a negative tau.

    Notes
    -----
    Source: Sokar, Agarwal, Castro, Evci (2023), The dormant neuron phenomenon in deep reinforcement learning.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.metrics.dormant([[1.0, 0.0, -2.0, 0.01], [3.0, 0.0, 2.0, 0.01]])
    0.5
    """
    a, tau = _activity(activity, "dormant"), checks.number(tau, "dormant: tau", low=0.0)
    size = np.abs(a).mean(axis=0)
    return float(np.mean(size <= tau * size.mean()))


def effective_rank(activity: Any) -> float:
    """How many directions the activity of a layer fills.

    Parameters
    ----------
    activity : (n, m) array
        Of m neurons on n rows. It is taken as it is: take away the mean first to leave that direction out.

    Returns
    -------
    float
        exp(-sum_k p_k log p_k), where p_k = sigma_k / sum sigma are the singular values as shares: r where r directions
        are filled alike and no other, less where some are filled more; 0 where there is no activity.

    Raises
    ------
    InputError
        Without rows or neurons, or for numbers that are not finite.

    Notes
    -----
    Source: Roy, Vetterli (2007), The effective rank: a measure of effective dimensionality.

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> round(hb.metrics.effective_rank(np.eye(5)), 9)
    5.0
    """
    sigma = np.linalg.svd(_activity(activity, "effective_rank"), compute_uv=False)
    if not sigma.any():
        return 0.0
    p = sigma[sigma > 0.0] / sigma.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


def _activity(activity: Any, where: str) -> np.ndarray:
    a = checks.matrix(activity, where=f"{where}: activity")
    if not a.size:
        raise checks.InputError(f"{where}: activity: expected at least one row and one neuron, got shape {a.shape}")
    return a
