"""From runs to the tables of :class:`~sim.emergency.result.EmergencyResult`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.draws import known_quantiles
from sim.emergency.coverage import COLUMNS, coverage_rows, distances_km, people_within, segments
from sim.emergency.metrics import METRICS
from sim.emergency.policy_metrics import POLICY_METRICS
from sim.emergency.runs import LAST_BIN_MIN, RunSums
from sim.emergency.scenario_world import ScenarioWorld
from sim.emergency.statistics import mser5, t_interval, welch_series
from sim.indicators import whole_up
from sim.region.model import Region

if TYPE_CHECKING:
    from sim.emergency.simulation import YearResult

DENSE_CELL_PER_KM2 = 1500.0
"""Density from which a 1 km cell is urban in the sensitivity rows ``urban_density``: the threshold of an urban centre in the
Degree of Urbanisation (European Union, FAO, UN-Habitat, OECD, World Bank 2021)."""

_SEGMENTS = ("all", "urban", "rural")


def metrics(results: Sequence[YearResult]) -> pd.DataFrame:
    """``emergency.csv``: replication noise and parameter uncertainty of every metric, apart."""
    rows, known = [], {**METRICS, **POLICY_METRICS}
    for result in results:
        first = result.central[0].summary.values
        for segment in first:
            for metric, unit in ((name, unit) for name, unit in known.items() if name in first[segment]):
                interval = t_interval([run.summary.get(metric, segment) for run in result.central])
                if not interval.n:
                    continue
                means = np.array([_mean(runs, metric, segment) for runs in result.by_draw])
                low, high = np.quantile(means, (0.1, 0.9)) if len(means) else (np.nan, np.nan)
                rows.append(
                    (
                        result.year, metric, segment, unit, interval.mean, interval.low, interval.high,
                        interval.n, low, high, len(means),
                    )
                )  # fmt: skip
    columns = [
        "year", "metric", "segment", "unit", "mean", "ci_low", "ci_high", "replications", "param_p10", "param_p90", "draws",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def replications(results: Sequence[YearResult]) -> pd.DataFrame:
    """``emergency_replications.csv``: one row per year, draw and replication, the metrics of all calls."""
    rows, columns = [], [*METRICS]
    if any("moves" in run.summary.values["all"] for result in results for run in result.central):
        columns += POLICY_METRICS
    for result in results:
        for draw, runs in enumerate([result.central, *result.by_draw]):
            for number, run in enumerate(runs):
                values = run.summary.values["all"]
                rows.append((result.year, draw, number, *(values.get(metric, np.nan) for metric in columns)))
    return pd.DataFrame(rows, columns=["year", "draw", "replication", *columns])


def coverage(world: ScenarioWorld) -> pd.DataFrame:
    """``coverage.csv``: every year of the horizon; central residents and places, and the spread over the parameter draws."""
    zones, towns = world.region.zones, world.region.towns
    section, get = world.scenario.body.emergency, world.parameters.number
    radii = sorted({section.radius_urban_km, section.radius_rural_km, get("radius_rural_max_km")})
    others = {"density": zones.population / zones.land_km2 >= DENSE_CELL_PER_KM2, "town_list": towns.urban[zones.town]}
    groups = segments(world.urban, zones.town, towns.ids, others)
    detour = section.detour or get("travel.detour")
    parts = []
    for year in world.scenario.years:
        nearest, people = _reach(world, int(year))
        parts.append(coverage_rows(int(year), nearest, people, zones.land_km2, groups, radii, detour))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _reach(world: ScenarioWorld, year: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance to the nearest open station, and residents, both ``[draw, zone]``."""
    zones, draws = world.region.zones, range(world.draws.size)
    nearest = np.stack([world.plan_of(draw).nearest_km(year, zones.x_km, zones.y_km) for draw in draws])
    return nearest, np.stack([world.demand.people(year, draw) for draw in draws])


def by_draw(world: ScenarioWorld, results: Sequence[YearResult]) -> pd.DataFrame:
    """``emergency_draws.csv``: what the scorecard's chances of coverage and of enough ambulances are taken over.

    ``coverage_<segment>_people`` is the share within the segment's radius by straight line. The fleet is known in the simulated
    years in draw 0, in the mapped years (:func:`mapped_years`) in all; ``met`` is False where no number of crews suffices.
    """
    section = world.scenario.body.emergency
    fleets = {
        (result.year, draw): fleet
        for result in results
        for draw, fleet in enumerate([result.fleet, *result.fleet_by_draw])
    }
    reserve = world.parameters.drawn("vehicle_reserve")
    rows = []
    for year in map(int, world.scenario.years):
        nearest, people = _reach(world, year)
        for draw in range(world.draws.size):
            urban = people_within(nearest[draw], people[draw], world.urban, section.radius_urban_km)
            rural = people_within(nearest[draw], people[draw], ~world.urban, section.radius_rural_km)
            fleet = fleets.get((year, draw))
            needed = (None, np.nan, np.nan)
            if fleet is not None:
                units = np.nan if fleet.units is None else float(fleet.units)
                needed = (fleet.units is not None, units, np.nan if fleet.units is None else whole_up(units * reserve[draw]))
            rows.append((year, draw, urban, rural, *needed))
    columns = ["year", "draw", "coverage_urban_people", "coverage_rural_people", "met", "units_needed", "vehicles_needed"]
    return pd.DataFrame(rows, columns=columns)


def mapped_years(region: Region, simulated: Sequence[int]) -> set[int]:
    """Years that are told in more detail: the first and the last simulated one, and the plan's target year."""
    return {simulated[0], simulated[-1], *(year for year in simulated if year == region.plan_year)}


def distribution(results: Sequence[YearResult]) -> pd.DataFrame:
    """Shares of answered calls by whole minutes of response, central runs pooled; the last bin is open (``bin_to_min`` empty)."""
    rows = []
    for result in results:
        counts = sum(run.histogram for run in result.central)
        for name, line in zip(_SEGMENTS, counts, strict=True):
            total = line.sum()
            for minute, count in enumerate(line):
                end = minute + 1 if minute < LAST_BIN_MIN else np.nan
                rows.append((result.year, name, minute, end, count / total if total else np.nan))
    return pd.DataFrame(rows, columns=["year", "segment", "bin_from_min", "bin_to_min", "share"])


def zones(world: ScenarioWorld, results: Sequence[YearResult]) -> pd.DataFrame:
    """Zones of the mapped years: people, calls, response, and who is outside."""
    region, section = world.region, world.scenario.body.emergency
    points = region.zones
    mapped = mapped_years(region, [result.year for result in results])
    radius = np.where(world.urban, section.radius_urban_km, section.radius_rural_km)
    detour = section.detour or world.parameters.number("travel.detour")
    parts = []
    for result in (result for result in results if result.year in mapped):
        here = result.setup.stations
        distance = distances_km(points.x_km, points.y_km, world.plan.x_km[here], world.plan.y_km[here])
        nearest = distance.argmin(axis=1)
        km = distance[np.arange(len(nearest)), nearest]
        calls = sum(run.zone_calls for run in result.central)
        minutes = sum(run.zone_response_min for run in result.central)
        parts.append(
            pd.DataFrame(
                {
                    "year": result.year,
                    "zone": points.ids,
                    "lon": points.lon,
                    "lat": points.lat,
                    "town": [region.towns.ids[town] for town in points.town],
                    "urban": world.urban,
                    "people": world.demand.people(result.year),
                    "calls": world.demand.calls(result.year),
                    "nearest_station": [world.plan.ids[here[station]] for station in nearest],
                    "distance_km": km,
                    "within_straight": km <= radius,
                    "within_road": km * detour <= radius,
                    "response_mean_min": np.divide(minutes, calls, out=np.full(len(calls), np.nan), where=calls > 0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def stations(world: ScenarioWorld, results: Sequence[YearResult]) -> pd.DataFrame:
    """Open stations by year: place and how it was found, crews, calls answered a year, share of on-duty time busy."""
    plan = world.plan
    rows = []
    for result in results:
        units = result.setup.world.units
        on_duty = np.bincount(units.station, _on_duty_min(result), minlength=len(result.setup.stations))
        busy = np.bincount(
            units.station, sum(run.unit_busy_min for run in result.central) / len(result.central), minlength=len(on_duty)
        )
        answered = sum(run.station_calls for run in result.central) / len(result.central)
        for position, station in enumerate(result.setup.stations):
            rows.append(
                (
                    result.year, plan.ids[station], plan.names[station], plan.lon[station], plan.lat[station],
                    result.duty.day[position], result.duty.night[position], answered[position],
                    busy[position] / on_duty[position] if on_duty[position] else np.nan, plan.place[station],
                )
            )  # fmt: skip
    columns = [
        "year", "station", "name", "lon", "lat", "units_day", "units_night", "calls_answered", "utilisation", "place",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


_WELCH_BATCH = 5
_WELCH_WINDOW = 20
"""Welch's series is drawn over batches of five calls, as MSER-5 uses, and smoothed over 41 of them (at its start over fewer)."""


def warm_up(world: ScenarioWorld, results: Sequence[YearResult]) -> pd.DataFrame:
    """Does the empty start show? Mean response of the first calls over the central runs, smoothed (Welch), and MSER-5's cut.

    One row a batch of five answered calls of the mapped years: ``call`` is its last one; ``dropped_calls`` what MSER-5 drops.
    """
    mapped = mapped_years(world.region, [result.year for result in results])
    parts = []
    for result in (result for result in results if result.year in mapped):
        batches = min(len(run.first_min) for run in result.central) // _WELCH_BATCH
        if batches <= 2 * _WELCH_WINDOW:
            continue
        calls = np.stack([run.first_min[: batches * _WELCH_BATCH] for run in result.central])
        by_batch = calls.reshape(len(calls), batches, _WELCH_BATCH).mean(axis=2)
        smooth = welch_series(by_batch, _WELCH_WINDOW)
        parts.append(
            pd.DataFrame(
                {
                    "year": result.year,
                    "call": _WELCH_BATCH * np.arange(1, len(smooth) + 1),
                    "mean_min": by_batch.mean(axis=0)[: len(smooth)],
                    "welch_min": smooth,
                    "replications": len(calls),
                    "dropped_calls": mser5(calls.mean(axis=0)),
                }
            )
        )
    columns = ["year", "call", "mean_min", "welch_min", "replications", "dropped_calls"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def duty_needed(world: ScenarioWorld, results: Sequence[YearResult]) -> pd.DataFrame:
    """Smallest duty fleet that meets the standard, by year; ``units`` is empty where no number of crews meets it.

    Quantiles over the parameter draws in the mapped years: empty where so many draws have no sufficient fleet.
    """
    reserves = world.parameters.drawn("vehicle_reserve")
    reserve = float(reserves[0])
    standard = world.scenario.body.emergency.standard_min
    rows = []
    for result in results:
        found = result.fleet
        met = found.units is not None
        units = float(found.units) if found.units is not None else np.nan
        vehicles = whole_up(units * reserve) if met else np.nan
        central = (units, vehicles, met, standard, found.mean_min, found.ample_mean_min, result.duty.largest, reserve)
        drawn = np.array([np.inf if fleet.units is None else fleet.units for fleet in result.fleet_by_draw])
        in_vehicles = np.ceil(np.round(drawn * reserves[1 : len(drawn) + 1], 6))
        met_share = float(np.isfinite(drawn).mean()) if len(drawn) else np.nan
        rows.append((result.year, *central, *_whole_spread(drawn), *_whole_spread(in_vehicles), met_share, len(drawn)))
    columns = [
        "year", "units", "vehicles", "met", "standard_min", "mean_min", "ample_mean_min", "units_planned", "vehicles_per_unit",
        "units_p10", "units_p90", "vehicles_p10", "vehicles_p90", "met_share", "draws",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _whole_spread(sample: NDArray[np.float64]) -> tuple[float, float]:
    """The 10 and 90 % quantiles, rounded up; NaN where no number suffices or no draw was searched."""
    low, high = (whole_up(value) if np.isfinite(value) else np.nan for value in known_quantiles(sample, (0.1, 0.9)))
    return low, high


def _mean(runs: Sequence[RunSums], metric: str, segment: str) -> float:
    """Mean of a metric over a draw's replications, those without a call left out."""
    return t_interval([run.summary.get(metric, segment) for run in runs]).mean


def _on_duty_min(result: YearResult) -> NDArray[np.float64]:
    """Minutes on duty of each unit within the year."""
    units, horizon = result.setup.world.units, result.setup.world.horizon_min
    minutes = np.clip(units.window_end, 0, horizon) - np.clip(units.window_start, 0, horizon)
    total = np.concatenate([[0.0], np.cumsum(minutes)])
    return total[units.window_first[1:]] - total[units.window_first[:-1]]
