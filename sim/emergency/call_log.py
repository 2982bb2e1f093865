"""One line per call of the central runs: what was drawn, what happened, when. Floats in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from sim.draws import Draws
from sim.emergency.calls import CallTable
from sim.emergency.log import EventLog, Outcome, SentFrom
from sim.emergency.runs import calls_of, engine_named
from sim.emergency.scenario_world import ScenarioWorld, Setup, scenario_world
from sim.emergency.simulate import REFERENCE_YEAR_STEP, simulated_years
from sim.errors import Problems
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import Scenario

_DRAWN = tuple(field.name for field in fields(CallTable) if field.name not in ("zone", "thinning", "time_min"))


def call_log(
    region: Region, scenario: Scenario, population: Population, draws: Draws, *, years: Sequence[int] | None = None
) -> pd.DataFrame:
    """The calls of every central replication that :func:`sim.emergency.simulate.simulate` runs for a scenario.

    Args:
        region, scenario, population, draws: as for the simulation.
        years: calendar years; default as there.

    Returns:
        columns ``year, replication, call, time_min, zone_id``, what was drawn for the call, then ``outcome, station_id,
        unit, sent_from, hospital_id`` and the times of the event log, minutes from 1 January of the year.

    Raises:
        InputError: as the simulation does.
    """
    section = scenario.body.emergency
    step = 1 if section.engine == "compiled" else REFERENCE_YEAR_STEP
    world = scenario_world(region, scenario, population, Draws(0, draws.seed))
    engine = engine_named(section.engine)
    problems = Problems()
    frames = []
    for year in simulated_years(scenario, population, years, step):
        duty = world.duty(year, problems)
        problems.raise_errors()
        setup = world.setup(year, 0, duty)
        for replication in range(section.replications):
            calls = calls_of(setup, draws.seed, year, replication)
            frames.append(_frame(world, setup, year, replication, calls, engine(setup.world, calls)))
    return pd.concat(frames, ignore_index=True)


def _frame(
    world: ScenarioWorld, setup: Setup, year: int, replication: int, calls: CallTable, log: EventLog
) -> pd.DataFrame:
    zones = np.array(world.region.zones.ids)
    hospitals = np.array([*world.region.hospitals.ids, "", ""])
    stations = np.array([*(world.plan.ids[station] for station in setup.stations), ""])
    home = np.where(log.unit >= 0, setup.world.units.station[log.unit], -1)
    frame = {
        "year": np.full(len(calls), year),
        "replication": replication,
        "call": np.arange(len(calls)),
        "time_min": calls.time_min,
        "zone_id": zones[calls.zone],
        **{name: getattr(calls, name) for name in _DRAWN},
        "outcome": [Outcome(code).name.lower() for code in log.outcome],
        "station_id": stations[home],
        "unit": log.unit,
        "sent_from": [SentFrom(code).name.lower() for code in log.sent_from],
        "hospital_id": hospitals[log.hospital],
    }
    times = {name: values for name, values in log.columns() if name not in ("outcome", "unit", "sent_from", "hospital")}
    times = {(f"taken_{name}" if name in frame else name): values for name, values in times.items()}
    return pd.DataFrame({**frame, **times, "response_min": log.response_min(calls)})
