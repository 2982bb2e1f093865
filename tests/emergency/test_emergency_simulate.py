"""The whole emergency simulation on Kunshan: tables, both kinds of uncertainty, laws, and what a user can do wrong."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.draws import Draws
from sim.emergency import simulate
from sim.emergency.call_log import write_call_log
from sim.emergency.duty import Duty, spread_units
from sim.emergency.runs import calls_of, engine_named, mean_response
from sim.emergency.scenario_world import scenario_world
from sim.emergency.simulation import duties_of
from sim.errors import InputError
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.supply import plan_supply

DRAWS = Draws(6, 11)
SMALL = {"emergency.replications": "3", "emergency.parameter_draws": "3", "emergency.years": "[2020, 2025]"}


PARTS = ("queue_wait_min", "dispatch_delay_min", "turnout_time_min", "travel_time_min")


class Case:
    """A scenario with everything that the simulation is handed."""

    def __init__(self, root, *overrides, region="kunshan", name="plan_2025"):
        path = root / f"scenarios/{region}/{name}.yaml"
        self.region = load_region(root / "calibration", region)
        settings = {**SMALL, **dict(override.split("=", 1) for override in overrides)}
        merged = [f"{key}={value}" for key, value in settings.items()]
        self.scenario = load_scenario(path, overrides=merged, data_root=root)
        self.population = project_region(self.region, self.scenario, DRAWS)

    def run(self, **options):
        supply = plan_supply(self.region, self.scenario, self.population)
        return simulate(self.region, self.scenario, self.population, supply, DRAWS, **options)

    def world(self, draws=0):
        return scenario_world(self.region, self.scenario, self.population, Draws(draws, DRAWS.seed))


@pytest.fixture(scope="module")
def plan(root):
    return Case(root)


@pytest.fixture(scope="module")
def result(plan):
    return plan.run()


def of(table, metric, year, segment="all"):
    row = table[(table.metric == metric) & (table.year == year) & (table.segment == segment)]
    return row.iloc[0]


def test_columns_of_the_contract(result):
    contract = "year,metric,segment,unit,mean,ci_low,ci_high,replications,param_p10,param_p90,draws"
    assert ",".join(result.metrics.columns) == contract
    assert ",".join(result.coverage.columns).startswith("year,radius_km,metric,segment,population_share,area_share")
    assert {"year", "draw", "replication", "response_mean_min"} <= set(result.replications.columns)
    assert len(result.replications) == 2 * (3 + 3)
    assert sorted(result.metrics.year.unique()) == [2020, 2025]


def test_every_exact_law_holds(result):
    # Three replications are few: whether they are enough is said, not hoped for.
    laws = result.checks[result.checks.name != "replications"]
    assert laws.ok.all(), laws[~laws.ok]
    assert {"conservation", "little", "response_parts", "one_call_at_a_time", "erlang_delay"} <= set(result.checks.name)


def test_metrics_are_what_the_calls_say(plan, result, tmp_path):
    """A second path: every figure again from calls.csv, with plain Python and scipy."""
    path = tmp_path / "calls.csv"
    write_call_log(path, plan.region, plan.scenario, plan.population, DRAWS, years=[2020])
    runs = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["outcome"] != "answered":
                continue
            parts = sum(float(row[name]) for name in PARTS)
            assert float(row["response_time_min"]) == pytest.approx(parts, abs=1e-6)
            runs[row["replication"]].append(float(row["response_time_min"]))
    means = [np.mean(values) for values in runs.values()]
    reported = of(result.metrics, "response_mean_min", 2020)
    low, high = stats.t.interval(0.95, len(means) - 1, loc=np.mean(means), scale=stats.sem(means))
    assert reported["mean"] == pytest.approx(np.mean(means), rel=1e-9)
    assert (reported.ci_low, reported.ci_high) == pytest.approx((low, high), rel=1e-9)
    within = of(result.metrics, "response_share_within_12", 2020)["mean"]
    assert within == pytest.approx(np.mean([np.mean(np.array(values) <= 12) for values in runs.values()]), rel=1e-9)


def test_parameter_spread_and_noise_stand_apart(result):
    row = of(result.metrics, "response_mean_min", 2025)
    frame = result.replications[(result.replications.year == 2025) & (result.replications.draw > 0)]
    by_draw = frame.groupby("draw").response_mean_min.mean()
    assert row.draws == 3
    assert (row.param_p10, row.param_p90) == pytest.approx(tuple(np.quantile(by_draw, [0.1, 0.9])))
    assert row.ci_high - row.ci_low < row.param_p90 - row.param_p10


def test_same_seed_same_tables_whatever_the_threads(plan, result, monkeypatch):
    monkeypatch.setattr("sim.emergency.simulation.THREADS", 1)
    again = plan.run()
    tables = (
        "metrics", "replications", "coverage", "by_draw", "distribution", "zones", "stations", "duty_needed", "warm_up", "checks",
    )  # fmt: skip
    for name in tables:
        pd.testing.assert_frame_equal(getattr(result, name), getattr(again, name), check_exact=True)


def test_more_parameter_draws_leave_the_first_as_they_were(root, result):
    more = Case(root, "emergency.parameter_draws=5", "emergency.years=[2020]").run().replications
    first = result.replications[result.replications.year == 2020].reset_index(drop=True)
    pd.testing.assert_frame_equal(more[more.draw <= 3].reset_index(drop=True), first, check_exact=True)


@pytest.mark.slow
def test_reference_engine_gives_the_same_run(plan):
    world = plan.world()
    duties, _ = duties_of(world, [2025])
    setup = world.setup(2025, 0, duties[2025])
    calls = calls_of(setup, DRAWS.seed, 2025, 0)
    one, two = (engine_named(name)(setup.world, calls) for name in ("compiled", "reference"))
    for (name, a), (_, b) in zip(one.columns(), two.columns(), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


def one_crew_each(stations):
    """The set-up of the observations: every station has one crew, day and night."""
    return Duty(np.ones(stations, dtype=int), np.ones(stations, dtype=int))


@pytest.mark.parametrize(("region", "year", "stations", "mean"), [("kunshan", 2017, 12, 13.61), ("qingpu", 2020, 12, 10.62)])
def test_observed_response_is_reproduced(root, region, year, stations, mean):
    """Kunshan 2015-2019 (Occup Health Emerg Rescue 2022;40(4):468-473), Qingpu 2020 (its plan): the fitted travel law."""
    case = Case(root, region=region, name="baseline")
    world = case.world()
    observed = world.observed
    assert (observed.year, observed.mean_min) == (year, mean)
    calls = world.demand.calls(2020)
    calls = calls * (observed.calls / calls.sum())
    setup = world.setup(observed.year, 0, one_crew_each(stations), calls)
    assert len(setup.stations) == len(setup.world.units) == stations
    runs = [calls_of(setup, DRAWS.seed, observed.year, number) for number in range(3)]
    assert mean_response(setup.world, runs, engine_named("compiled")) == pytest.approx(mean, abs=0.15)


def test_draws_keep_the_observed_mean(root):
    """A draw moves stations, turnout and speed together so that the observed set-up still answers as observed."""
    case = Case(root, name="baseline")
    world = case.world(6)
    calls = world.demand.calls(2020)
    calls = calls * (world.observed.calls / calls.sum())
    means = []
    for draw in range(1, 7):
        setup = world.setup(2017, draw, one_crew_each(12), calls)
        means.append(mean_response(setup.world, [calls_of(setup, DRAWS.seed, 2017, 0)], engine_named("compiled")))
    assert abs(np.mean(means) - 13.61) < 0.5
    assert max(abs(np.array(means) - 13.61)) < 1.5


def test_smallest_fleet_meets_the_standard_and_one_less_does_not(plan, result):
    row = result.duty_needed[result.duty_needed.year == 2025].iloc[0]
    assert row.met and row.mean_min <= row.standard_min
    assert row.vehicles == np.ceil(row.units * row.vehicles_per_unit)
    assert row.ample_mean_min < row.mean_min
    world = plan.world()
    duties, _ = duties_of(world, [2025])
    setup = world.setup(2025, 0, duties[2025])
    per_station = setup.intensity.hourly.sum() * np.bincount(setup.own_station, setup.intensity.zone_share)
    fewer = spread_units(int(row.units) - 1, per_station)
    crews = world.units(Duty(fewer, fewer), setup.intensity)
    runs = [calls_of(setup, DRAWS.seed, 2025, number) for number in range(2)]
    assert mean_response(replace(setup.world, units=crews), runs, engine_named("compiled")) > row.standard_min


def test_an_unreachable_standard_is_said_not_searched(root):
    case = Case(root, "emergency.standard_min=6", "emergency.years=[2020]", "emergency.parameter_draws=0")
    row = case.run().duty_needed.iloc[0]
    assert not row.met and np.isnan(row.units) and row.ample_mean_min > 6


def test_plan_is_faster_than_baseline_on_the_same_calls(root, result):
    baseline = Case(root, name="baseline").run()
    assert of(baseline.metrics, "calls", 2025)["mean"] == of(result.metrics, "calls", 2025)["mean"]
    assert of(result.metrics, "response_mean_min", 2025)["mean"] < of(baseline.metrics, "response_mean_min", 2025)["mean"] - 1
    assert of(result.metrics, "turnout_mean_min", 2025)["mean"] < 2.5 < of(baseline.metrics, "turnout_mean_min", 2025)["mean"]


def test_stations_table_says_how_each_was_placed(result):
    table = result.stations[result.stations.year == 2025]
    assert len(table) == 19
    assert (table.place == "rule:mean_distance").sum() == 5
    assert table.units_day.sum() == table.units_night.sum() == 19
    assert table.calls_answered.sum() == pytest.approx(of(result.metrics, "answered", 2025)["mean"])
    assert any("have no place" in notice for notice in result.notices)


def test_distribution_adds_up(result):
    totals = result.distribution.groupby(["year", "segment"]).share.sum()
    np.testing.assert_allclose(totals, 1.0, atol=1e-12)


def test_zones_say_who_is_outside(plan, result):
    zones = result.zones[result.zones.year == 2025]
    urban = zones[zones.urban]
    reached = urban[urban.within_straight].people.sum() / urban.people.sum()
    row = result.coverage[
        (result.coverage.year == 2025)
        & (result.coverage.radius_km == 5)
        & (result.coverage.metric == "straight")
        & (result.coverage.segment == "urban")
    ].iloc[0]
    assert row.population_share == pytest.approx(reached)
    assert zones.calls.sum() == pytest.approx(plan.world().demand.yearly(2025))


def test_overload_is_said(root):
    case = Case(root, "demand.call_rate_growth=0.5", "emergency.years=[2025]", "emergency.parameter_draws=0")
    outcome = case.run()
    assert any(notice.startswith("Overload in 2025") for notice in outcome.notices)
    assert not outcome.checks.set_index("name").loc["load", "ok"]


def test_too_few_vehicles_for_the_crews_is_said(root):
    settings = ("resources.monitoring_ambulances.per_head={2025: 0.25}", "emergency.parameter_draws=0", "emergency.years=[2025]")
    case = Case(root, "resources.ambulances.per_head={2025: 0.05}", *settings)
    assert any("ambulances are planned" in notice for notice in case.run().notices)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("emergency.units_on_duty.day=5", "day are fewer than the 14 stations"),
        ("emergency.units_on_duty.night=0", "nobody is on duty"),
        ("emergency.units_on_duty.stations={kunshan_01: {day: 0, night: 1}}", "1 of 14 stations have no unit on duty by day"),
    ],
)
def test_wrong_duty_is_an_error_with_its_place(root, override, message):
    with pytest.raises(InputError, match=message):
        Case(root, override).run()


def test_few_units_by_night_are_allowed_and_said(root):
    case = Case(root, "emergency.units_on_duty.night=6", "emergency.years=[2020]", "emergency.parameter_draws=0")
    outcome = case.run()
    assert any("no unit on duty by night" in notice for notice in outcome.notices)
    assert outcome.stations.units_night.sum() == 6
    assert outcome.checks[outcome.checks.name == "conservation"].ok.all()


def test_years_outside_the_projection(plan):
    with pytest.raises(InputError, match="2050 lies outside the projection"):
        plan.run(years=[2050])


def test_user_travel_table_replaces_the_law(root, tmp_path, plan):
    path = tmp_path / "travel.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("zone,station,minutes\n")
        file.writelines(f"{zone},{station},7\n" for zone in plan.region.zones.ids for station in plan.region.stations.ids)
    settings = ("emergency.years=[2025]", "emergency.parameter_draws=0", "emergency.return_dispatch=false")
    case = Case(root, f"emergency.travel_table={path}", *settings, name="baseline")
    assert not any("cannot know" in notice for notice in case.run().notices)
    assert any("cannot know 5" in notice for notice in Case(root, f"emergency.travel_table={path}", *settings).run().notices)
    travel = of(case.run().metrics, "travel_mean_min", 2025)["mean"]
    # 7 minutes x the mean lognormal error exp(0.3^2 / 2) x the mean hour factor, close to 1.
    assert travel == pytest.approx(7 * np.exp(0.045), rel=0.03)
