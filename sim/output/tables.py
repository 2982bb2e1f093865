"""All tables of a run by file name."""

from __future__ import annotations

import pandas as pd

from sim.output import assumption_tables, demand_tables, place_tables, plan_tables, population_tables, resource_tables
from sim.output.model import Run
from sim.scorecard import audit_plan
from sim.supply import split_targets


def tables_of(run: Run) -> dict[str, pd.DataFrame]:
    """Every CSV of the run folder, in writing order. Column by column they are described in ``docs/outputs.md``."""
    relabel = assumption_tables.portable_names(run.scenario, run.region)
    towns = [population_tables.population_by_town(run.population, run.region, run.scenario.years)]
    names = dict(zip(run.region.towns.ids, zip(run.region.towns.names_zh, run.region.towns.names_en, strict=True), strict=True))
    for measure, values in run.need.by_town.items():
        for position, year in enumerate(map(int, run.need.years)):
            towns.append(population_tables.town_rows(year, measure, values[:, position], run.region.towns.ids, names))
    emergency = run.emergency
    tables = {
        "scorecard.csv": resource_tables.scorecard(run.scorecard),
        "population.csv": population_tables.population_by_age(run.population),
        "population_totals.csv": population_tables.population_totals(run.population),
        "population_groups.csv": population_tables.population_groups(run.population),
        "towns.csv": pd.concat(towns, ignore_index=True),
        "need.csv": resource_tables.need(run.need),
        "activity.csv": resource_tables.activity(run.need),
        "bed_classes.csv": demand_tables.bed_classes(run.need),
        "inpatient_by_age.csv": demand_tables.inpatient_by_age(run.need),
        "staff_wisn.csv": demand_tables.staff_wisn(run.wisn),
        "attribution.csv": demand_tables.attribution(run.attribution),
        "supply.csv": resource_tables.supply(run.supply),
        "emergency.csv": emergency.metrics,
        "emergency_replications.csv": emergency.replications,
        "emergency_draws.csv": emergency.by_draw,
        "emergency_distribution.csv": emergency.distribution,
        "emergency_zones.csv": emergency.zones,
        "emergency_stations.csv": emergency.stations,
        "emergency_duty_needed.csv": emergency.duty_needed,
        "emergency_warm_up.csv": emergency.warm_up,
        "emergency_checks.csv": emergency.checks,
        "emergency_surge.csv": emergency.surge,
        "emergency_staff.csv": emergency.staff,
        "coverage.csv": emergency.coverage,
        "zones.csv": place_tables.zones(run.region),
        "places.csv": place_tables.places(run.region),
        "assumptions.csv": assumption_tables.assumptions(run.scenario, run.region, run.population),
        "not_modelled.csv": assumption_tables.not_modelled(run.region),
        "audit.csv": plan_tables.audit(audit_plan(run.region, run.population), run.region),
        "town_targets.csv": plan_tables.town_targets(split_targets(run.region, run.scenario, run.population, run.supply)),
    }
    for name in ("scorecard.csv", "need.csv", "activity.csv", "supply.csv", "staff_wisn.csv"):
        table = tables[name]
        tables[name] = table.assign(source=[relabel(text) if isinstance(text, str) else text for text in table["source"]])
    return tables
