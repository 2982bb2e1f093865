"""Which observed values of later years a scenario stands on (``horizon.observed_until``)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.region.model import Observation, Region
from sim.scenario.model import Scenario


def observed_in_use(region: Region, scenario: Scenario) -> Mapping[str, Mapping[int, Observation]]:
    """The values of the region's ``observed.csv`` that the scenario uses, by measure and year.

    All up to ``horizon.observed_until``, or all that lie inside the horizon where the scenario does not say. Measures
    without a value in use are left out, so that a scenario that uses none gets an empty mapping.
    """
    horizon = scenario.body.horizon
    last = horizon.end if horizon.observed_until is None else min(horizon.observed_until, horizon.end)
    used = {
        key: {year: value for year, value in by_year.items() if horizon.start < year <= last}
        for key, by_year in region.observed.items()
    }
    return {key: by_year for key, by_year in used.items() if by_year}
