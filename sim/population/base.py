"""A census table by age group as a population by single years of age up to 100 and over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.population.graduation import monotone
from sim.population.open_age import split_open_age
from sim.region import CensusTable

Array = NDArray[np.float64]


def single_ages_of_census(census: CensusTable, mx: Array) -> Array:
    """Persons by sex and single age, shape ``[sex, age]``, ages 0..100+; the sums of the census groups are kept.

    Closed groups are graduated by the monotone cubic, the open group is split by a stable population.

    Args:
        census: counts by group.
        mx: death rates by single age, last age open, shape ``[sex, age]``.
    """
    single = monotone(census.counts, census.age_from)
    return split_open_age(single, int(census.age_from[-1]), mx)
