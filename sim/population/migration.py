"""Age schedules of migration, and net migration scaled to a total.

Source of the model schedule: Rogers, A. & Castro, L. (1981), *Model Migration Schedules*, IIASA RR-81-30; parameters of the
United Nations (1992), *Preparing Migration Data for Subnational Population Projections*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RogersCastro:
    """Parameters of ``m(x) = a1 exp(-alpha1 x) + a2 exp(-alpha2 (x - mu2) - exp(-lambda2 (x - mu2))) + c`` (per person-year).

    ``a1, alpha1``: level and descent of the children; ``a2, alpha2, mu2, lambda2``: level, descent, place and ascent of the
    labour force; ``c``: constant.
    """

    a1: float
    alpha1: float
    a2: float
    alpha2: float
    mu2: float
    lambda2: float
    c: float

    def rates(self, ages: ArrayLike) -> Array:
        """Rates at exact ages ``ages``."""
        x = np.asarray(ages, dtype=float)
        labour = self.a2 * np.exp(-self.alpha2 * (x - self.mu2) - np.exp(-self.lambda2 * (x - self.mu2)))
        return self.a1 * np.exp(-self.alpha1 * x) + labour + self.c


def scale_profile(profile: Array, total: ArrayLike) -> Array:
    """Net migration by sex and age with a given total: arrivals are scaled, ages that lose people keep losing them.

    ``M = profile + (total - sum(profile)) arrivals / sum(arrivals)`` with ``arrivals`` the positive part of the profile. A
    total below what the losing ages take turns the arrivals into departures of the same ages.

    Args:
        profile: net migrants a year, shape ``[sex, age]``, positive somewhere.
        total: net migrants a year wanted, shape ``[...]``.

    Returns:
        shape ``[..., sex, age]``; sums to ``total``.

    Raises:
        ValueError: no age of the profile gains people.
    """
    arrivals = np.maximum(profile, 0.0)
    if not arrivals.any():
        raise ValueError("the profile of net migration has no age that gains people")
    total = np.asarray(total, dtype=float)[..., None, None]
    return profile + (total - profile.sum()) * (arrivals / arrivals.sum())
