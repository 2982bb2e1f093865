"""Ambulances needed: what the simulation says, put beside the needs of the demand models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.demand.model import Need, Series
from sim.emergency.result import EmergencyResult


def with_ambulances(need: Need, emergency: EmergencyResult) -> Need:
    """The needs with ambulances filled in: the smallest duty fleet that meets the time standard, times the reserve.

    Known in the simulated years alone and under the central parameters (the same in every draw); NaN elsewhere and
    where no fleet meets the standard from the given stations.
    """
    by_year = {int(row.year): float(row.vehicles) for row in emergency.duty_needed.itertuples() if row.met}
    values = np.array([by_year.get(int(year), np.nan) for year in need.years])
    draws = len(next(iter(need.need.values())).values)
    series = Series(
        "ambulances",
        "vehicles",
        np.tile(values, (draws, 1)),
        "simulation: smallest duty fleet that meets the standard x reserve",
        "assumption: emergency travel, station places, reserve",
    )
    return replace(need, need={**need.need, "ambulances": series})
