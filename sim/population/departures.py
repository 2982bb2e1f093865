"""Net migration by age in the years to come: arrivals in numbers, departures in proportion to those who could leave.

Ages that gain are fed from outside, and their numbers say nothing of the people already here; ages that lose people lose
them out of the residents, so that a cohort half as large loses half as many (Smith, S., Tayman, J. & Swanson, D. (2013), *A
Practitioner's Guide to State and Local Population Projections*, chapter 6: population at risk of migration).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.population.engine import cohort_component
from sim.population.migration import scale_profile

Array = NDArray[np.float64]


def departure_rates(profile: Array, counts: Array) -> Array:
    """Net departures a year per person who could leave, not positive, 0 at ages that gain, shape ``[sex, age]``.

    Args:
        profile: net migrants a year by the age reached at its end, shape ``[sex, age]``.
        counts: persons at the start of each year that the profile describes, shape ``[interval, sex, age]``.
    """
    there = at_risk(counts).mean(axis=0)
    return np.divide(np.minimum(profile, 0.0), there, out=np.zeros_like(profile), where=there > 0)


def at_risk(counts: Array) -> Array:
    """Those who reach each age in the year, shape as ``counts``, ``[..., age]``; this year's infants stand for the next ones."""
    there = np.concatenate([counts[..., :1], counts[..., :-1]], axis=-1)
    there[..., -1] += counts[..., -1]
    return there


def profiles_to_come(
    profile: Array, rates: Array, base: Array, survival: Array, asfr: Array, srb: Array, total: Array
) -> Array:
    """The profile of net migration in each year of a projection, shape ``[interval, sex, age]``.

    Arrivals as in ``profile``; departures at ``rates`` of the residents, who are projected on the way. A region that loses
    people on balance keeps its profile: its departures follow the total.

    Args:
        profile, rates, base: net migrants a year, :func:`departure_rates`, persons at the start, shape ``[sex, age]``.
        survival, asfr, srb: shapes ``[interval, sex, age]``, ``[interval, age]``, ``[interval]``.
        total: net migrants in each year, shape ``[interval]``.
    """
    profiles = np.broadcast_to(profile, survival.shape).copy()
    if profile.sum() < 0:
        return profiles
    there = base
    for year, net in enumerate(total):
        profiles[year] = np.maximum(profile, 0.0) + rates * at_risk(there)
        rest = (survival[year], asfr[year], srb[year], scale_profile(profiles[year], net))
        there = cohort_component(there[None], *(np.asarray(values)[None, None] for values in rest)).counts[0, 1]
    return profiles
