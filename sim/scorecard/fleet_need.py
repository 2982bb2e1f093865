"""Ambulances needed: what the simulation says, put beside the needs of the demand models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.demand.model import Need, Series
from sim.emergency.result import EmergencyResult


def with_ambulances(need: Need, emergency: EmergencyResult) -> Need:
    """The needs with ambulances filled in: the smallest duty fleet that meets the time standard, times the reserve.

    Known in the simulated years under the central parameters (draw 0), in the mapped years also in the parameter draws that
    were simulated, the first ones of the run. NaN = not searched for, so that no spread or chance is made of it; infinite in
    a draw in which no fleet meets the standard from the given stations (NaN in draw 0, which has nothing to show then).
    """
    by_draw = np.full_like(next(iter(need.need.values())).values, np.nan)
    position = {int(year): at for at, year in enumerate(need.years)}
    searched = emergency.by_draw[emergency.by_draw["met"].notna()]
    for row in searched.itertuples():
        if int(row.year) in position:
            missing = np.nan if row.draw == 0 else np.inf
            by_draw[row.draw, position[int(row.year)]] = row.vehicles_needed if row.met else missing
    drawn = int(searched["draw"].max())
    series = Series(
        "ambulances",
        "vehicles",
        by_draw,
        f"simulation: smallest duty fleet that meets the standard x reserve; spread over {drawn} parameter draws",
        "assumption: emergency travel, station places, reserve",
    )
    return replace(need, need={**need.need, "ambulances": series})
