"""All hold-outs and back-tests of a region in one call."""

from __future__ import annotations

from sim.calibration.holdout.emergency import emergency_rows
from sim.calibration.holdout.emergency_stations import fewer_stations_rows
from sim.calibration.holdout.model import HoldoutRow
from sim.calibration.holdout.population import population_rows
from sim.calibration.holdout.population_midway import midway_rows
from sim.calibration.holdout.resources import plan_rows, resource_rows
from sim.draws import Draws
from sim.region.model import Region

DRAWS = Draws(n=1000, seed=20201101)
"""The draws of the published tables (docs/backtests.md)."""


def holdout_rows(region: Region, draws: Draws = DRAWS) -> tuple[HoldoutRow, ...]:
    """What the model says of the region's observations that it was not fitted to; a subject without observations gives no row.

    Args:
        region: its pack.
        draws: parameter draws; the emergency simulation takes the first few of them.

    Raises:
        InputError: the pack lacks something that a test needs.
    """
    midway = midway_rows(region, draws)
    return (
        *population_rows(region, draws),
        *midway,
        *emergency_rows(region, draws),
        *fewer_stations_rows(region, draws),
        *resource_rows(region, draws),
        *plan_rows(region, midway),
    )
