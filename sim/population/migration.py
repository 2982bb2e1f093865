"""Age schedules of migration, and net migration scaled to a total.

Source of the model schedule: Rogers, A. & Castro, L. (1981), *Model Migration Schedules*, IIASA RR-81-30; parameters of the
United Nations (1992), *Preparing Migration Data for Subnational Population Projections*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.population.model import OPEN_AGE, SEXES

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


def model_schedule(table: Mapping[str, NDArray[Any]], schedule: str, male_share: float) -> Array:
    """A published schedule as shares of all migrants by sex and single age, shape ``[sex, age]``, ages 0..100; sums to 1.

    Args:
        table: columns ``schedule, sex`` and the seven parameters.
        schedule: name of the schedule, for example ``ld`` (low dependency).
        male_share: share of men among the migrants.
    """
    ages = np.arange(OPEN_AGE + 1)
    shares = np.empty((len(SEXES), len(ages)))
    for index, (sex, share) in enumerate(zip(SEXES, (male_share, 1.0 - male_share), strict=True)):
        row = np.flatnonzero((table["schedule"] == schedule) & (table["sex"] == sex))[0]
        rates = RogersCastro(**{field.name: float(table[field.name][row]) for field in fields(RogersCastro)}).rates(ages)
        shares[index] = share * rates / rates.sum()
    return shares


def scale_profile(profile: Array, total: ArrayLike) -> Array:
    """Net migration by sex and age with a given total: the ages that make its sign are scaled, the others stay.

    ``M = profile + (total - sum(profile)) part / sum(part)`` where ``part`` is the positive part of the profile if its sum is
    positive, else the negative part. In a region that gains, ages that lose people keep losing them, whatever arrives; a total
    below what they take turns the arrivals into departures of the same ages.

    Args:
        profile: net migrants a year, shape ``[..., sex, age]``, not all 0; one sign of the sum in all of them.
        total: net migrants a year wanted, shape ``[...]``, broadcasting with the profiles.

    Returns:
        shape ``[..., sex, age]``; sums to ``total``.

    Raises:
        ValueError: nobody moves in a profile.
    """
    part = np.maximum(profile, 0.0) if profile.sum() >= 0 else np.minimum(profile, 0.0)
    whole = part.sum(axis=(-2, -1), keepdims=True)
    if not whole.all():
        raise ValueError("nobody moves in the profile of net migration")
    missing = np.asarray(total, dtype=float)[..., None, None] - profile.sum(axis=(-2, -1), keepdims=True)
    return profile + missing * (part / whole)
