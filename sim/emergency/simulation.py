"""The emergency simulation of a scenario, from region and projection to its tables.

Every simulated year runs the central assumptions in ``replications`` runs of fresh calls, which give the interval of
replication noise, and a fixed subset of the parameter draws in a few runs of the same calls, which give the spread from
what is not known. The two are never mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim.draws import Draws
from sim.emergency import checks, surge_table, tables
from sim.emergency.crew_staff import staff_table
from sim.emergency.duty import Duty, place_of
from sim.emergency.fleet_search import FleetNeeded, fleet_needed
from sim.emergency.notices import notices_of
from sim.emergency.result import EmergencyResult
from sim.emergency.runs import Engine, RunSums, calls_of, engine_named, sums_of
from sim.emergency.scenario_world import ScenarioWorld, Setup, scenario_world
from sim.emergency.statistics import replicate_until
from sim.errors import Problem, Problems
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import Scenario
from sim.supply.model import Supply

DRAW_REPLICATIONS = 1
"""Runs of each parameter draw: on the streams of the first central run, so that noise is common to all draws. One is enough: the
annual mean of some 40,000 calls varies by a few hundredths of a minute between runs, by half a minute and more between draws."""

FLEET_REPLICATIONS = 2
"""Runs on which each fleet of the search is tried under the central assumptions; in a parameter draw ``DRAW_REPLICATIONS``."""

FEWEST_SEQUENTIAL = 10
"""Replications before the sequential rule may stop: with fewer the interval's real coverage falls below what it says (Law 2015,
9.4.1)."""

THREADS = 2
"""Replications that run side by side in the compiled engine; results are gathered in order, so their number changes nothing."""

REFERENCE_YEAR_STEP = 5
"""The reference engine is slow: by default it runs every fifth year and the last; the compiled one runs all."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class YearResult:
    """One simulated year.

    Attributes:
        year: calendar year.
        duty: units on duty by open station.
        setup: the central set-up.
        central: one entry a replication.
        by_draw: for each parameter draw 1..n, one entry a replication.
        checked: rows of the table of checks.
        fleet: the smallest sufficient fleet.
        fleet_by_draw: the same for each parameter draw 1..n, in the mapped years alone; else empty.
        surge: rows of the table of events.
    """

    year: int
    duty: Duty
    setup: Setup
    central: list[RunSums]
    by_draw: list[list[RunSums]]
    checked: list[checks.Row]
    fleet: FleetNeeded
    fleet_by_draw: list[FleetNeeded]
    surge: list[surge_table.Row]


def simulate(
    region: Region,
    scenario: Scenario,
    population: Population,
    supply: Supply,
    draws: Draws,
    *,
    replications: int | None = None,
    engine: str | None = None,
    years: Sequence[int] | None = None,
    policy: str | None = None,
    progress: Progress | None = None,
) -> EmergencyResult:
    """Run a scenario's emergency service.

    Args:
        region, scenario, population, supply, draws: the chain's inputs; ``draws`` is the run's draw axis, of which the
            first ``emergency.parameter_draws`` are simulated.
        replications: runs of each year; default: the scenario's.
        engine: ``compiled`` or ``reference``; default: the scenario's.
        years: calendar years; default: the scenario's, else all of the horizon (every fifth and the last in the reference).
        policy: a policy of one's own, ``FILE.py:CLASS``, for the reference engine (docs/own_policy.md).
        progress: called with the share that is done.

    Raises:
        InputError: years outside the projection, no station open, nobody on duty, a wrong travel-time table, a policy that
            cannot be loaded.
    """
    section = scenario.body.emergency
    name = engine or section.engine
    subset = Draws(min(section.parameter_draws, draws.n), draws.seed)
    chosen = simulated_years(scenario, population, years, name)
    run_one = engine_named(name, policy)
    world = scenario_world(region, scenario, population, subset)
    duties, warnings = duties_of(world, chosen)
    with ThreadPoolExecutor(THREADS if name == "compiled" else 1) as pool:
        run = _Runner(world, run_one, replications or section.replications, chosen, pool, progress)
        results = [run.year(year, duties[year]) for year in chosen]
    return EmergencyResult(
        metrics=tables.metrics(results),
        replications=tables.replications(results),
        coverage=tables.coverage(world),
        by_draw=tables.by_draw(world, results),
        distribution=tables.distribution(results),
        zones=tables.zones(world, results),
        stations=tables.stations(world, results),
        duty_needed=tables.duty_needed(world, results),
        warm_up=tables.warm_up(world, results),
        checks=checks.as_table([*(row for result in results for row in result.checked), *checks.placement_check(world)]),
        notices=notices_of(world, results, supply, warnings),
        engine=name,
        surge=surge_table.as_table([row for result in results for row in result.surge]),
        staff=staff_table(world, [(result.year, result.duty, result.setup) for result in results]),
    )


def duties_of(world: ScenarioWorld, years: Sequence[int]) -> tuple[dict[int, Duty], tuple[Problem, ...]]:
    """Units on duty of every year, and the warnings found on the way.

    Raises:
        InputError: a year without an open station, a shift without a unit, a station without a unit by day.
    """
    problems = Problems()
    duties = {}
    for year in years:
        if len(world.plan.open_in(year)):
            duties[year] = world.duty(year, problems)
        else:
            place = place_of(world.scenario, ("emergency", "closures"))
            problems.error(place, f"{year}: no station is open", "at least one station")
    problems.raise_errors()
    return duties, problems.warnings


def simulated_years(
    scenario: Scenario, population: Population, asked: Sequence[int] | None, engine: str | None = None
) -> list[int]:
    """Calendar years to simulate, ascending: those asked for, else the scenario's, else those of the horizon.

    In the reference engine, which is slow, the horizon's default is every fifth year and the last.

    Raises:
        InputError: a year without a mid-year population.
    """
    first, last = int(population.years[0]), int(population.years[-1])
    horizon = scenario.body.horizon
    section = scenario.body.emergency
    chosen = asked or section.years
    if not chosen:
        step = 1 if (engine or section.engine) == "compiled" else REFERENCE_YEAR_STEP
        chosen = sorted({*range(horizon.start, horizon.end + 1, step), horizon.end})
    problems = Problems()
    for year in chosen:
        if not first - 1 <= year < last:
            place = place_of(scenario, ("emergency", "years"))
            problems.error(place, f"{year} lies outside the projection", f"a year from {first - 1} to {last - 1}")
    problems.raise_errors()
    return sorted(set(chosen))


class _Runner:
    """Runs year after year and tells how far it is."""

    def __init__(
        self,
        world: ScenarioWorld,
        engine: Engine,
        replications: int,
        years: Sequence[int],
        pool: ThreadPoolExecutor,
        progress: Progress | None,
    ) -> None:
        self.world = world
        self.engine = engine
        self.replications = replications
        self.pool = pool
        self.progress = progress
        section = world.scenario.body.emergency
        self.target = section.target_half_width_min or checks.TARGET_HALF_WIDTH_MIN
        self.searched = tables.mapped_years(world.region, years)
        self.steps = len(years) * (replications + DRAW_REPLICATIONS * world.draws.n + 1) + len(self.searched) * world.draws.n
        self.done = 0

    def year(self, year: int, duty: Duty) -> YearResult:
        """All runs of one year."""
        setup = self.world.setup(year, 0, duty)
        setups = [setup, *(self.world.setup(year, draw, duty) for draw in range(1, self.world.draws.size))]
        central = self.central(setup, year)
        drawn = self.runs([(one, year, number) for one in setups[1:] for number in range(DRAW_REPLICATIONS)])
        by_draw = [drawn[start : start + DRAW_REPLICATIONS] for start in range(0, len(drawn), DRAW_REPLICATIONS)]
        answered = sum(run.summary.get("answered") for run in central)
        busy = sum(run.busy_min for run in central) / answered if answered else 0.0
        way_back = sum(run.way_back_min for run in central) / answered if answered else 0.0
        seed, fleets = self.world.draws.seed, min(FLEET_REPLICATIONS, self.replications)
        tries = [calls_of(setup, seed, year, number) for number in range(fleets)]
        first = self.engine(setup.world, tries[0])
        checked = [
            *checks.run_checks(year, setup, tries[0], first),
            checks.precision_check(year, [run.summary.get("response_mean_min") for run in central], self.target),
            *self.closed_forms(year, setup, central, busy, way_back),
        ]
        overloaded = any(row[0] == "load" and not row[4] for row in checked)
        checked += checks.warm_up_check(year, first.response_min(tries[0])[first.answered], overloaded)
        standard = self.world.scenario.body.emergency.standard_min
        fleet = fleet_needed(self.world, setup, tries, standard, busy, self.engine)
        self.step()
        in_draws = self.fleets(year, setups[1:], by_draw, fleet) if year in self.searched else []
        return YearResult(year, duty, setup, central, by_draw, checked, fleet, in_draws, self.events(year, setup, duty))

    def events(self, year: int, setup: Setup, duty: Duty) -> list[surge_table.Row]:
        """Every event of the year against the year without it, under the central assumptions."""
        if not setup.happenings:
            return []
        names = [one.event.name for one in setup.happenings]
        others = {name: self.world.setup(year, 0, duty, without=name) for name in names}
        rule = surge_table.judgement(self.world.parameters, self.world.scenario.body.emergency.standard_min)
        seed = self.world.draws.seed

        def compare(number: int) -> dict[str, dict[str, float]]:
            return surge_table.compare_events(setup, others, seed, (year, number), self.engine, rule)

        return surge_table.rows(year, setup, list(self.pool.map(compare, range(self.replications))))

    def central(self, setup: Setup, year: int) -> list[RunSums]:
        """The central runs: a set number, then one after the other until their mean response is known as well as asked for."""
        runs = self.runs([(setup, year, number) for number in range(self.replications)])
        section = self.world.scenario.body.emergency
        if section.target_half_width_min is None:
            return runs

        def response(number: int) -> float:
            if number >= len(runs):  # so many at once as there are threads; those after the last one needed are dropped
                runs.extend(self.runs([(setup, year, next_) for next_ in range(number, number + THREADS)]))
            return runs[number].summary.get("response_mean_min")

        least = max(self.replications, FEWEST_SEQUENTIAL)
        found = replicate_until(response, self.target, least=least, most=max(least, section.most_replications))
        return runs[: len(found.values)]

    def runs(self, jobs: Sequence[tuple[Setup, int, int]]) -> list[RunSums]:
        """Runs of set-ups, years and numbers, in order."""
        found = []
        for run in self.pool.map(self.replication, *zip(*jobs, strict=True)) if jobs else ():
            found.append(run)
            self.step()
        return found

    def replication(self, setup: Setup, year: int, number: int) -> RunSums:
        """One run."""
        calls = calls_of(setup, self.world.draws.seed, year, number)
        return sums_of(setup, calls, self.engine(setup.world, calls), self.world.urban)

    def fleets(
        self, year: int, setups: Sequence[Setup], by_draw: Sequence[Sequence[RunSums]], central: FleetNeeded
    ) -> list[FleetNeeded]:
        """The smallest sufficient fleet of each draw, on the calls that the draw was run on, looked for near the central one."""
        standard = self.world.scenario.body.emergency.standard_min

        def search(setup: Setup, runs: Sequence[RunSums]) -> FleetNeeded:
            tries = [calls_of(setup, self.world.draws.seed, year, number) for number in range(DRAW_REPLICATIONS)]
            answered = sum(run.summary.get("answered") for run in runs)
            busy = sum(run.busy_min for run in runs) / answered if answered else 0.0
            return fleet_needed(self.world, setup, tries, standard, busy, self.engine, central.units)

        found = []
        for fleet in self.pool.map(search, setups, by_draw):
            found.append(fleet)
            self.step()
        return found

    def closed_forms(
        self, year: int, setup: Setup, central: list[RunSums], busy: float, way_back: float
    ) -> list[checks.Row]:
        """Erlang, the hypercube where it can be solved, and the arithmetic of the radii."""
        section, get = self.world.scenario.body.emergency, self.world.parameters.number
        load = checks.load_of(setup, busy, way_back)
        queued = float(np.mean([run.summary.get("queued_share") for run in central]))
        workload = sum(run.unit_busy_min for run in central) / (len(central) * setup.world.horizon_min)
        overhead = float(
            np.mean([run.summary.get("dispatch_mean_min") + run.summary.get("turnout_mean_min") for run in central])
        )
        detour = section.detour or get("travel.detour")
        radii = sorted({section.radius_urban_km, section.radius_rural_km})
        # Erlang and the hypercube know neither policies nor events.
        plain = setup.world.policies is None and not setup.happenings
        return [
            *(row for row in checks.load_checks(year, load, queued) if plain or row[0] == "load"),
            *(checks.hypercube_checks(year, setup, busy, workload) if plain else ()),
            *checks.radius_checks(year, radii, section.standard_min, overhead, detour),
        ]

    def step(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(min(1.0, self.done / self.steps))
