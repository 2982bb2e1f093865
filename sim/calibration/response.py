"""The simulated emergency service in the set-up of an observation: what a fit of the response is held against.

The set-up is that of the observation: the stations open in its year, one crew less than in the base year for each that opened
since, its calls. All set-ups are run on the same calls (:func:`sim.emergency.runs.calls_of`), so that they differ by their
parameters alone. Places of stations that were not surveyed are no facts: what they do to each figure, beside the tie of the
multiplier to distance (:mod:`sim.emergency.observed_response`), is simulated in draws and counts as error of the observation.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.calibration.exposure import central_scenario
from sim.draws import Draws
from sim.emergency.coverage import distances_km
from sim.emergency.duty import Duty, spread_units
from sim.emergency.metrics import duty_minutes
from sim.emergency.observed_response import ObservedResponse
from sim.emergency.parameters import Parameters
from sim.emergency.runs import calls_of, engine_named
from sim.emergency.scenario_world import ScenarioWorld, Setup, scenario_world
from sim.population import project_region
from sim.region.model import Region

Array = NDArray[np.float64]

FIGURES = (
    *("response_mean", "response_own_station", "response_other_station", "own_station_share"),
    *("response_own_town", "response_other_town", "own_town_share", "utilisation"),
)
"""What is taken down of each set-up. By station: whether the crew came from the nearest one; by town: from the call's own."""

CALL_LEVEL = "emergency.call_level_factor"
CREWS = ("emergency.units_on_duty_day", "emergency.units_on_duty_night")


@dataclass(frozen=True)
class ResponseWorld:
    """A region's service as it was when its response was observed.

    Attributes:
        region: the pack without what was fitted, every emergency parameter certain.
        base: the world at the pack's values.
        observed: the observation.
        seed: of the calls and of the places.
        places: draws of the stations' places.
        threads: set-ups that run side by side; results are gathered in order.
    """

    region: Region
    base: ScenarioWorld
    observed: ObservedResponse
    seed: int
    places: int
    threads: int

    @property
    def calls_observed(self) -> bool:
        """Whether the calls of the observed set-up were counted; else their level is a parameter."""
        return {"activity.emergency_calls_per_year", "activity.response_mean_min"} <= set(self.region.parameters)

    @functools.cached_property
    def calls(self) -> Array:
        """Calls of the observed set-up by zone at the pack's level."""
        shape = self.base.demand.calls(self.region.base_year)
        return shape * (self.observed.calls / shape.sum())

    @functools.cached_property
    def opened_since(self) -> int:
        """Stations that opened between the observation and the base year; each brought a crew."""
        year, base = self.observed.year, self.region.base_year
        opens = self.base.plan.opens
        return int(((opens > year) & (opens <= base)).sum()) if base > year else 0

    @functools.cached_property
    def crews(self) -> tuple[int, int]:
        """Crews on duty by day and by night in the base year, as stated."""
        units = self.base.base_units
        return round(units["day"]), round(units["night"])

    def duty(self, crews: tuple[int, int]) -> Duty:
        """Crews by station in the observed set-up, from those of the base year."""
        zones, plan = self.region.zones, self.base.plan
        here = plan.open_in(self.observed.year)
        nearest = distances_km(zones.x_km, zones.y_km, plan.x_km[here], plan.y_km[here]).argmin(axis=1)
        by_station = np.bincount(nearest, self.calls, minlength=len(here))
        day, night = (spread_units(number - self.opened_since, by_station) for number in crews)
        return Duty(day, night)

    def figures(
        self, points: Sequence[Mapping[str, float]], crews: tuple[int, int], replications: int
    ) -> Array:
        """Every set-up simulated: :data:`FIGURES` by point, means over replications, shape ``[point, figure]``.

        Args:
            points: values by parameter key; a parameter that is absent keeps the pack's.
            crews: on duty in the base year, day and night.
            replications: years of calls.
        """
        duty = self.duty(crews)

        def one(values: Mapping[str, float]) -> Array:
            setup = self.at(values).setup(self.observed.year, 0, duty, self.calls * values.get(CALL_LEVEL, 1.0))
            return self.simulated(setup, replications)

        with ThreadPoolExecutor(self.threads) as pool:
            return np.array(list(pool.map(one, points)))

    def spread_of_places(self, values: Mapping[str, float], crews: tuple[int, int], replications: int) -> Array:
        """The figures in draws of the stations' places, the multiplier tied to distance, shape ``[draw, figure]``."""
        draws = Draws(self.places, self.seed)
        certain = with_values(self.region, values)
        world = replace(self.base, region=certain, draws=draws, parameters=Parameters(certain, draws))
        duty, calls = self.duty(crews), self.calls * values.get(CALL_LEVEL, 1.0)
        setups = [world.setup(self.observed.year, draw, duty, calls) for draw in range(1, draws.size)]
        with ThreadPoolExecutor(self.threads) as pool:
            return np.array(list(pool.map(lambda setup: self.simulated(setup, replications), setups)))

    def at(self, values: Mapping[str, float]) -> ScenarioWorld:
        """The world at other values of its parameters."""
        certain = with_values(self.region, values)
        return replace(self.base, region=certain, parameters=Parameters(certain, self.base.draws))

    def simulated(self, setup: Setup, replications: int) -> Array:
        """Means of the figures over replications."""
        return np.mean([self._run(setup, number) for number in range(replications)], axis=0)

    def _run(self, setup: Setup, number: int) -> Array:
        calls = calls_of(setup, self.seed, self.observed.year, number)
        log = engine_named("compiled")(setup.world, calls)
        rows = np.flatnonzero(log.answered)
        response, zone = log.response_min(calls)[rows], calls.zone[rows]
        station = setup.world.units.station[log.unit[rows]]
        own = station == setup.own_station[zone]
        town = self._town_of_station[setup.stations][station] == self.region.zones.town[zone]
        busy = float((log.free[rows] - log.dispatched[rows]).sum())
        on_duty = float(duty_minutes(setup.world.units, 0.0, setup.world.horizon_min).sum())
        parts = [response.mean(), *_split(response, own), *_split(response, town), busy / on_duty]
        return np.array(parts, dtype=float)

    @functools.cached_property
    def _town_of_station(self) -> NDArray[np.int64]:
        """The town in which each station of the plan stands: that of the nearest zone."""
        zones, plan = self.region.zones, self.base.plan
        return zones.town[distances_km(plan.x_km, plan.y_km, zones.x_km, zones.y_km).argmin(axis=1)]


def response_world(region: Region, *, seed: int, places: int, threads: int = 2) -> ResponseWorld | None:
    """The observed service of a region; None where no response was observed.

    Args:
        region: the pack without what was fitted.
        seed: of calls and places.
        places: draws of the stations' places.
        threads: set-ups that run side by side.
    """
    scenario = central_scenario(region, region.base_year, region.base_year + 1)
    certain, draws = with_values(region, {}), Draws(0, seed)
    base = scenario_world(certain, scenario, project_region(certain, scenario, draws), draws)
    if base.observed is None:
        return None
    return ResponseWorld(certain, base, base.observed, seed, places, threads)


def with_values(region: Region, values: Mapping[str, float]) -> Region:
    """The region with every emergency parameter certain, at ``values`` where they are given."""
    changed = {
        key: replace(item, value=values.get(key, item.value), low=None, high=None)
        for key, item in region.parameters.items()
        if key.startswith("emergency.") and (key in values or item.low is not None)
    }
    return replace(region, parameters={**region.parameters, **changed}, joint=())


def _split(response: Array, own: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Mean response of own and of other calls, and the share of own ones; NaN where there are none."""
    means = [float(response[part].mean()) if part.any() else float("nan") for part in (own, ~own)]
    return means[0], means[1], float(own.mean())
