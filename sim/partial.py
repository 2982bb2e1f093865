"""Single links of the chain on their own: the population, the emergency simulation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from sim import __version__
from sim.clock import Clock, Progress, silent
from sim.csvout import write_frame
from sim.draws import Draws
from sim.new_folder import new_folder
from sim.output.identity import Identity, InputFile, file_hash, identify
from sim.output.population_tables import population_by_age, population_by_town, population_groups, population_totals
from sim.population import project_region
from sim.population.model import Population
from sim.region import find_data_root, load_region
from sim.region.model import Region
from sim.scenario import Scenario, load_scenario


@dataclass(frozen=True)
class PartialResult:
    """A folder of tables of one link, with what to tell the user."""

    folder: Path
    text: str
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class _Start:
    """What every link starts from."""

    scenario: Scenario
    region: Region
    identity: Identity
    population: Population
    draws: Draws


def project_scenario(path: Path, out: Path, *, overrides: Sequence[str] = (), data_root: Path | None = None) -> PartialResult:
    """The population of a scenario alone, into the new folder ``out``.

    Raises:
        InputError: anything wrong in what the user wrote; nothing is written.
    """
    start = _start(path, overrides, data_root, Clock())
    tables = {
        "population.csv": population_by_age(start.population),
        "population_totals.csv": population_totals(start.population),
        "population_groups.csv": population_groups(start.population),
        "towns.csv": population_by_town(start.population, start.region, start.scenario.years),
    }
    _write(out, start.identity, tables)
    totals = start.population.total()[0]
    years = start.population.years
    first, last = (f"1 January {years[at]}: {totals[at]:,.0f} residents" for at in (0, -1))
    text = f"{first}; {last} (central); tables in {out}"
    return PartialResult(out, text, (*map(str, start.scenario.warnings), *start.population.warnings))


def emergency_scenario(
    path: Path,
    out: Path,
    *,
    year: int | None = None,
    log_calls: bool = False,
    policy: str | None = None,
    overrides: Sequence[str] = (),
    data_root: Path | None = None,
    progress: Progress = silent,
) -> PartialResult:
    """The emergency simulation of a scenario alone, into the new folder ``out``.

    Args:
        path: scenario YAML.
        out: new folder for the tables.
        year: one calendar year; default: the scenario's years.
        log_calls: whether ``calls.csv`` is written: one line per call of the central runs, floats in full.
        policy: a policy of one's own, ``FILE.py:CLASS`` (docs/own_policy.md).
        overrides: settings of the command line.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.
        progress: told how far the work is.

    Raises:
        InputError: anything wrong in what the user wrote; nothing is written.
    """
    from sim.emergency import simulate
    from sim.emergency.call_log import write_call_log
    from sim.emergency.own_policy import load_policy
    from sim.supply import plan_supply

    if policy is not None:
        load_policy(policy)  # before the long work
    clock = Clock(progress)
    start = _start(path, overrides, data_root, clock)
    supply = plan_supply(start.region, start.scenario, start.population)
    years = None if year is None else [year]
    with clock.step("emergency"):
        result = simulate(
            start.region,
            start.scenario,
            start.population,
            supply,
            start.draws,
            years=years,
            policy=policy,
            progress=clock.within("emergency"),
        )
    tables = {
        "emergency.csv": result.metrics,
        "emergency_replications.csv": result.replications,
        "emergency_draws.csv": result.by_draw,
        "emergency_distribution.csv": result.distribution,
        "emergency_zones.csv": result.zones,
        "emergency_stations.csv": result.stations,
        "emergency_duty_needed.csv": result.duty_needed,
        "emergency_warm_up.csv": result.warm_up,
        "emergency_checks.csv": result.checks,
        "emergency_surge.csv": result.surge,
        "emergency_staff.csv": result.staff,
        "coverage.csv": result.coverage,
    }

    def write_calls(file: Path) -> None:
        counts = result.replications[result.replications["draw"] == 0].groupby("year").size().to_dict()
        inputs = (start.region, start.scenario, start.population, start.draws)
        write_call_log(file, *inputs, years=years, replications=counts, policy=policy)

    identity = start.identity
    if policy is not None:
        file = Path(policy.rpartition(":")[0])
        read = InputFile(file.name, str(file), file_hash(file), file.stat().st_size)
        identity = replace(identity, inputs=(*identity.inputs, read))
    _write(out, identity, tables, {"calls.csv": write_calls} if log_calls else {})
    means = result.metrics[(result.metrics["metric"] == "response_mean_min") & (result.metrics["segment"] == "all")]
    loads = result.checks[result.checks["name"] == "load"]
    overloaded = set(loads.loc[~loads["ok"].astype(bool), "year"])
    lines = [
        f"{row.year}: mean response {row.mean:.2f} min ({row.ci_low:.2f} to {row.ci_high:.2f}; {row.replications} replications)"
        + ("; overload: no steady state" if row.year in overloaded else "")
        for row in means.itertuples()
    ]
    notices = (*map(str, start.scenario.warnings), *result.notices)
    return PartialResult(out, "\n".join([*lines, f"tables in {out}"]), notices)


def _start(path: Path, overrides: Sequence[str], data_root: Path | None, clock: Clock) -> _Start:
    root = find_data_root(start=path, explicit=data_root)
    scenario = load_scenario(path, overrides=overrides, data_root=root)
    region = load_region(root / "calibration", scenario.body.region)
    draws = Draws(scenario.body.draws, scenario.body.seed)
    identity = identify(scenario, region)
    with clock.step("population"):
        population = project_region(region, scenario, draws)
    return _Start(scenario, region, identity, population, draws)


def _write(
    out: Path,
    identity: Identity,
    tables: dict[str, pd.DataFrame],
    streamed: Mapping[str, Callable[[Path], None]] = MappingProxyType({}),
) -> None:
    """Fill the new folder ``out``: tables that are there, and ``streamed`` ones that are too long to be held in memory."""
    with new_folder(out) as folder:
        for name, table in tables.items():
            write_frame(folder / name, table)
        for name, write in streamed.items():
            write(folder / name)
        manifest: dict[str, Any] = {
            "schema": 1,
            "program": {"version": __version__, **identity.program},
            "versions": dict(identity.versions),
            "resolved": identity.resolved,
            "inputs": {file.name: file.sha256 for file in identity.inputs},
            "outputs": [*tables, *streamed],
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")


