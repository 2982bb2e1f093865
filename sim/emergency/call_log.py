"""``calls.csv``: one line per call of the central runs, floats in full, so that every figure can be computed again.

Columns that ``replay`` writes too carry its names (docs/replay.md); ``year`` and ``replication`` say which run a call
belongs to, ``zone`` and ``station`` where it happened and where the unit that came is based.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.csvout import write_csv
from sim.draws import Draws
from sim.emergency.calls import CallTable
from sim.emergency.log import EventLog, Outcome, SentFrom
from sim.emergency.runs import Engine, calls_of, engine_named
from sim.emergency.scenario_world import ScenarioWorld, Setup, scenario_world
from sim.emergency.simulation import duties_of, simulated_years
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import Scenario

COLUMNS = (
    "year", "replication", "call_id", "time_min", "zone", "priority", "outcome", "unit_id", "station", "sent_from", "hospital",
    "dispatched_min", "rolling_min", "arrived_min", "left_scene_min", "at_hospital_min", "free_min", "back_min",
    "queue_wait_min", "dispatch_delay_min", "turnout_time_min", "travel_time_min", "response_time_min",
)  # fmt: skip

_OUTCOMES = {outcome: outcome.name.lower() for outcome in Outcome}
_PLACES = {SentFrom.NOWHERE: None, SentFrom.BASE: "base", SentFrom.WAY_BACK: "way_back", SentFrom.REDIRECTED: "redirected"}


def write_call_log(
    path: Path,
    region: Region,
    scenario: Scenario,
    population: Population,
    draws: Draws,
    *,
    years: Sequence[int] | None = None,
    replications: Mapping[int, int] | None = None,
    policy: str | None = None,
) -> None:
    """Run the central replications once more and write their calls, run by run, so that memory stays flat.

    Args:
        path: the file.
        region, scenario, population, draws, years, policy: as :func:`~sim.emergency.simulation.simulate` was handed them.
        replications: how many of each year; default: the scenario's number.
    """
    section = scenario.body.emergency
    world = scenario_world(region, scenario, population, Draws(0, draws.seed))
    chosen = simulated_years(scenario, population, years)
    counts = replications or dict.fromkeys(chosen, section.replications)
    write_csv(path, COLUMNS, _lines(world, chosen, counts, engine_named(section.engine, policy)))


def _lines(
    world: ScenarioWorld, years: Sequence[int], replications: Mapping[int, int], run: Engine
) -> Iterator[tuple[Any, ...]]:
    duties, _ = duties_of(world, years)
    for year in years:
        setup = world.setup(year, 0, duties[year])
        for number in range(replications[year]):
            calls = calls_of(setup, world.draws.seed, year, number)
            yield from _run_lines(world, year, number, setup, calls, run(setup.world, calls))


def _run_lines(
    world: ScenarioWorld, year: int, number: int, setup: Setup, calls: CallTable, log: EventLog
) -> Iterator[tuple[Any, ...]]:
    zone_ids = world.region.zones.ids
    station_ids = [world.plan.ids[station] for station in setup.stations]
    hospital_ids = [world.region.hospitals.ids[hospital] for hospital in world.hospitals_in(year)]
    home = setup.world.units.station.tolist()
    columns = (
        calls.time_min, calls.zone, calls.priority, log.outcome, log.unit, log.sent_from, log.hospital,
        log.dispatched, log.rolling, log.arrived, log.left_scene, log.at_hospital, log.free, log.back,
        log.queue_min(calls), calls.dispatch_min, log.turnout_min, log.travel_min, log.response_min(calls),
    )  # fmt: skip
    for index, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        time, zone, priority, outcome, unit, sent_from, hospital, *times = row
        sent = unit >= 0
        yield (
            year, number, index, time, zone_ids[zone], priority, _OUTCOMES[outcome],
            unit if sent else None, station_ids[home[unit]] if sent else None, _PLACES[sent_from],
            hospital_ids[hospital] if hospital >= 0 else None, *times,
        )  # fmt: skip
