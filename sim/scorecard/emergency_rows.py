"""What the emergency simulation provides, by indicator and year, for the scorecard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.emergency.result import EmergencyResult
from sim.scenario.model import Scenario
from sim.scorecard.provided import Provided

_METRICS = ("response_mean_min", "response_share_within_12", "turnout_mean_min", "turnout_share_within_3")


def emergency_values(result: EmergencyResult, scenario: Scenario) -> dict[tuple[str, int], Provided]:
    """Simulated response and turnout, and coverage of people by straight line; chances over the parameter draws.

    Args:
        result: the simulation's tables.
        scenario: whose radii decide the two coverage rows.
    """
    return {**_simulated(result), **_covered(result, scenario)}


def _simulated(result: EmergencyResult) -> dict[tuple[str, int], Provided]:
    values = {}
    for row in result.metrics[result.metrics["segment"] == "all"].itertuples():
        if row.metric in _METRICS:
            year = int(row.year)
            source = f"simulation ({result.engine} engine, {row.replications} replications, {row.draws} parameter draws)"
            by_draw = _means_by_draw(result, year, row.metric)
            by_draw[0] = row.mean
            values[row.metric, year] = Provided(float(row.mean), by_draw, "simulated", source, "assumption")
    return values


def _means_by_draw(result: EmergencyResult, year: int, metric: str) -> NDArray[np.float64]:
    """Mean over the replications of each simulated parameter draw, the central one first."""
    frame = result.replications[result.replications["year"] == year]
    return frame.groupby("draw", sort=True)[metric].mean().to_numpy(dtype=float).copy()


def _covered(result: EmergencyResult, scenario: Scenario) -> dict[tuple[str, int], Provided]:
    emergency = scenario.body.emergency
    wanted = {
        ("urban", emergency.radius_urban_km): "coverage_urban_people",
        ("rural", emergency.radius_rural_km): "coverage_rural_people",
    }
    values = {}
    for row in result.coverage[result.coverage["metric"] == "straight"].itertuples():
        key = wanted.get((row.segment, float(row.radius_km)))
        if key is not None:
            by_draw = result.by_draw.loc[result.by_draw["year"] == row.year, key].to_numpy(dtype=float)
            source = f"straight line, {row.radius_km:g} km, people of {row.segment} zones ({len(by_draw) - 1} parameter draws)"
            values[key, int(row.year)] = Provided(float(row.population_share), by_draw, "computed", source, "assumption")
    return values
