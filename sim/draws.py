"""The draw axis: one joint sample of all uncertain inputs a draw; draw 0 is the central assumption.

Every array over draws has ``n + 1`` entries: entry 0 is computed from the central value of every input, entries
``1..n`` are the random ones. Quantiles and chances are taken over ``1..n`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import streams


@dataclass(frozen=True)
class Draws:
    """How many random draws there are, and the seed of all their streams.

    Attributes:
        n: number of random draws (>= 0), not counting draw 0.
        seed: the run's seed.
    """

    n: int
    seed: int

    @property
    def size(self) -> int:
        """Length of the draw axis: ``n + 1``."""
        return self.n + 1

    def normal(self, name: str, width: int = 1, index: tuple[int, ...] = ()) -> NDArray[np.float64]:
        """Standard normal scores of a named quantity, shape ``[n + 1, width]``; row 0 is zero.

        Rows are drawn in order, so the first 500 of 1,000 draws equal a run with 500. ``index`` tells apart the
        quantities of one registered name (see :func:`sim.streams.sequence`).
        """
        scores = np.zeros((self.size, width))
        scores[1:] = streams.generator(name, self.seed, *index).standard_normal((self.n, width))
        return scores


def quantiles(values: NDArray[np.float64], probabilities: tuple[float, ...] = (0.1, 0.5, 0.9)) -> NDArray[np.float64]:
    """Quantiles over draws 1..n along the first axis, shape ``[len(probabilities), ...]``.

    With no random draw (``n = 0``) every quantile is the central value.
    """
    sample = values[1:] if len(values) > 1 else values
    return np.quantile(sample, probabilities, axis=0)


def known_quantiles(
    sample: NDArray[np.float64], probabilities: tuple[float, ...] = (0.1, 0.5, 0.9)
) -> NDArray[np.float64]:
    """Quantiles of random draws (without draw 0) of which some are unknown (NaN: left out) or without bound (infinite).

    Infinite entries come last; a quantile that lies on or beside one is infinite. NaN without a known draw.
    """
    known = sample[~np.isnan(sample)]
    if not len(known):
        return np.full(len(probabilities), np.nan)
    beyond = np.finfo(float).max / 4
    points = np.quantile(np.minimum(known, beyond), probabilities)
    return np.where(points > 1e-9 * beyond, np.inf, points)


def autoregressive(
    scores: NDArray[np.float64], correlation: float, start_at_zero: bool = True
) -> NDArray[np.float64]:
    """Turn independent scores ``[draw, step]`` into a stationary first-order autoregressive path with unit variance.

    ``z[t] = r z[t-1] + sqrt(1 - r^2) e[t]``; with ``start_at_zero`` the path begins at the known present (``z[-1] = 0``),
    so that its variance grows as ``1 - r^(2(t+1))``.
    """
    path = np.empty_like(scores)
    innovation = np.sqrt(1.0 - correlation**2)
    previous = np.zeros(len(scores)) if start_at_zero else None
    for step in range(scores.shape[1]):
        if previous is None:
            path[:, step] = scores[:, step]
        else:
            path[:, step] = correlation * previous + innovation * scores[:, step]
        previous = path[:, step]
    return path
