"""What a projection gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEXES = ("male", "female")
OPEN_AGE = 100


@dataclass(frozen=True)
class Population:
    """Projected residents, from 1 January of ``years[0]`` to 1 January of ``years[-1]``.

    Interval ``i`` runs from 1 January ``years[i]`` to 1 January ``years[i + 1]`` and is the calendar year ``years[i]``.

    Attributes:
        years: 1 January of each, shape ``[time]``, consecutive.
        counts: persons, shape ``[draw, time, sex, age]``, ages 0..100 (100 = 100+), draw 0 central.
        births: live births in the interval, shape ``[draw, time - 1, sex]``.
        deaths: deaths in the interval, shape ``[draw, time - 1]``.
        net_migration: net migrants in the interval, after clipping, shape ``[draw, time - 1]``.
        clipped: net out-migrants that could not leave because their cohort was too small, shape ``[draw, time - 1]``.
        towns: town ids, shape ``[town]``.
        town_shares: share of the region's residents of a broad age group who live in a town,
            shape ``[draw, time, town, group]``; sums to 1 over towns.
        town_age_from: first ages of the broad groups, shape ``[group]``, for example 0, 3, 15, 60, 75.
        assumptions: names and values in words, for the report: (what, value, source, confidence).
    """

    years: NDArray[np.int64]
    counts: NDArray[np.float64]
    births: NDArray[np.float64]
    deaths: NDArray[np.float64]
    net_migration: NDArray[np.float64]
    clipped: NDArray[np.float64]
    towns: tuple[str, ...]
    town_shares: NDArray[np.float64]
    town_age_from: NDArray[np.int64]
    assumptions: tuple[tuple[str, str, str, str], ...] = ()

    def index(self, year: int) -> int:
        """Position of 1 January ``year``; raises KeyError outside the projection."""
        position = int(year) - int(self.years[0])
        if not 0 <= position < len(self.years):
            raise KeyError(f"1 January {year} is outside {self.years[0]}..{self.years[-1]}")
        return position

    def at_end_of(self, year: int) -> NDArray[np.float64]:
        """Residents on 31 December ``year`` (= 1 January ``year + 1``), ``[draw, sex, age]``: the scorecard's clock."""
        return self.counts[:, self.index(year + 1)]

    def mid_year(self, year: int) -> NDArray[np.float64]:
        """Mean of both 1 Januaries of calendar year ``year``, ``[draw, sex, age]``: the exposure of its flows.

        For the first scorecard year, whose 1 January lies before the projection, the year-end population stands.
        """
        if year + 1 == int(self.years[0]):
            return self.counts[:, 0]
        return 0.5 * (self.counts[:, self.index(year)] + self.counts[:, self.index(year + 1)])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must be told: out-migration that was larger than its cohort and could not all take place."""
        people = self.clipped.sum(axis=1)
        central = f"{people[0]:,.0f} persons in the central projection"
        drawn = people[1:][people[1:] >= 0.5]
        share = f"{len(drawn):,} of {len(people) - 1:,} draws"
        if len(drawn):
            share += f" (up to {drawn.max():,.0f} persons)"
        if people[0] < 0.5 and not len(drawn):
            return ()
        return (f"out-migration was larger than its cohort and stayed in part: {central}, {share}",)

    def total(self) -> NDArray[np.float64]:
        """Residents of all ages and both sexes, ``[draw, time]``."""
        return self.counts.sum(axis=(2, 3))
