"""The earlier response if the pack holds more stations than there were.

How many stations a county had is not always printed. A coverage that is printed as a share of the area says it indirectly: it
is reproduced by stations x full circle / area, to the printed decimals and in both years, when their number is right. Where the
pack holds more, the surplus is taken from its assumed stations, one after the other or in pairs, turning through the draws.
This uses the printed coverage, so it is a hold-out of the response alone.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np

from sim.calibration.holdout.emergency import AREA, RADIUS, SIMULATED_DRAWS, Service, can_be_tested, response_row, service_of
from sim.calibration.holdout.model import HoldoutRow
from sim.draws import Draws
from sim.region.model import Confidence, Region

VARIANT = "stations_of_circles"


def fewer_stations_rows(region: Region, draws: Draws) -> tuple[HoldoutRow, ...]:
    """The mean response of the earlier year, one crew a station, with as many stations as the printed coverage has circles.

    The model value is the median over the draws: no assumed station is less likely than another, so there is no central one.
    None where the pack has no more stations than that, or too few assumed ones.
    """
    if not can_be_tested(region) or not {AREA, RADIUS} <= set(region.parameters):
        return ()
    some = Draws(min(draws.n, SIMULATED_DRAWS), draws.seed)
    whole = service_of(region, some)
    surplus = len(whole.world.plan.open_in(whole.now)) - circles_in_print(region)
    grades = region.stations.existence_confidence
    old = set(whole.world.plan.open_in(whole.then).tolist())
    assumed = [index for index in sorted(old) if grades[index] is Confidence.ASSUMPTION]
    ways = list(itertools.combinations(assumed, surplus)) if surplus > 0 else []
    if not ways:
        return ()
    means: dict[int, float] = {}
    for turn, way in enumerate(ways[: max(some.n, 1)]):
        service = service_of(without(region, way), some)
        means |= {draw: _response(service, draw) for draw in range(1 + turn, some.size, len(ways)) or (0,)}
    return (response_row(service, VARIANT, np.array([float(np.median(list(means.values()))), *means.values()])),)


def circles_in_print(region: Region) -> int:
    """Stations at which full circles make up the printed share of the area in the base year, rounded."""
    area = region.parameters.get("demography.area_km2")
    total = area.number if area else float(region.zones.land_km2.sum())
    return round(region.parameters[AREA].number * total / (math.pi * region.parameters[RADIUS].number ** 2))


def without(region: Region, stations: Sequence[int]) -> Region:
    """The region without the stations of these positions."""
    kept = np.setdiff1d(np.arange(len(region.stations.ids)), stations)
    columns = {}
    for field in dataclasses.fields(region.stations):
        values = getattr(region.stations, field.name)
        columns[field.name] = values[kept] if isinstance(values, np.ndarray) else tuple(values[index] for index in kept)
    return dataclasses.replace(region, stations=dataclasses.replace(region.stations, **columns))


def _response(service: Service, draw: int) -> float:
    """Fitted to the base year in a draw, asked for the earlier one."""
    now, then = (service.duty(year, service.crews(year)) for year in (service.now, service.then))
    return service.mean(service.then, draw, service.multiplier(service.now, draw, now, service.observed), then)
