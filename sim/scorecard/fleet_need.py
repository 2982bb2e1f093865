"""Ambulances needed: what the simulation says, put beside the needs of the demand models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.demand.model import Need, Series
from sim.emergency.result import EmergencyResult


def with_ambulances(need: Need, emergency: EmergencyResult) -> Need:
    """The needs with ambulances filled in: the smallest duty fleet that meets the time standard, times the reserve.

    Known in the simulated years under the central parameters (draw 0) alone; NaN elsewhere, so that no spread or chance is
    made of it, and where no fleet meets the standard from the given stations.
    """
    by_year = {int(row.year): float(row.vehicles) for row in emergency.duty_needed.itertuples() if row.met}
    by_draw = np.full_like(next(iter(need.need.values())).values, np.nan)
    by_draw[0] = [by_year.get(int(year), np.nan) for year in need.years]
    series = Series(
        "ambulances",
        "vehicles",
        by_draw,
        "simulation: smallest duty fleet that meets the standard x reserve",
        "assumption: emergency travel, station places, reserve",
    )
    return replace(need, need={**need.need, "ambulances": series})
