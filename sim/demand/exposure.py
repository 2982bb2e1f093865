"""The residents of a past year by age, between two censuses, and what an age schedule makes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.region.model import CensusTable, Region


def residents(region: Region, year: int, age_from: NDArray[np.float64]) -> NDArray[np.float64]:
    """Residents in the middle of a year by sex and age group, shape ``[sex, group]``.

    A census stands for 1 January of the year after it. Between two censuses each group changes along a straight line; before
    the first and after the last the nearest census stands. Official estimates between censuses are not used: some were
    rebased later, and the jump is no change of people.

    Args:
        region: its census tables.
        year: calendar year.
        age_from: first ages of the wanted groups, ascending from 0; each census group lies within one of them.
    """
    taken = sorted(region.census)
    at = np.array([census_year + 1.0 for census_year in taken])
    tables = np.array([_regrouped(region.census[census_year], age_from) for census_year in taken])
    middle = float(np.clip(year + 0.5, at[0], at[-1]))
    after = min(int(np.searchsorted(at, middle)), len(at) - 1)
    before = max(after - 1, 0)
    if before == after:
        return tables[after]
    share = (middle - at[before]) / (at[after] - at[before])
    return (1.0 - share) * tables[before] + share * tables[after]


def _regrouped(census: CensusTable, age_from: NDArray[np.float64]) -> NDArray[np.float64]:
    """A census summed over the census groups that lie in each wanted group."""
    group = np.searchsorted(age_from, census.age_from, side="right") - 1
    wanted = np.zeros((census.counts.shape[0], len(age_from)))
    np.add.at(wanted, (slice(None), group), census.counts)
    return wanted
