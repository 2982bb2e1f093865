"""The shipped what-ifs of emergency policies run, obey the exact laws, and do what their titles say."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.draws import Draws
from sim.emergency import simulate
from sim.emergency.checks import run_checks
from sim.emergency.log import EventLog, Outcome
from sim.emergency.metrics import Summary, summarise
from sim.emergency.runs import calls_of, engine_named
from sim.emergency.scenario_world import Setup, scenario_world
from sim.emergency.simulation import duties_of
from sim.emergency.surge_table import METRICS
from sim.emergency.world import Vehicle
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.supply import plan_supply

ROOT = Path(__file__).resolve().parents[2]
WITH_POLICIES = [
    "kunshan/what_if_move_up", "kunshan/what_if_reserve_redirect", "kunshan/what_if_hospital_pressure", "kunshan/what_if_surge",
    "kunshan/what_if_shifts", "qingpu/what_if_move_up", "qingpu/what_if_redirect", "qingpu/what_if_expo_surge",
]  # fmt: skip


@functools.cache
def county(region: str):
    pack = load_region(ROOT / "calibration", region)
    plan = load_scenario(ROOT / f"scenarios/{region}/plan_2025.yaml", data_root=ROOT)
    return pack, project_region(pack, plan, Draws(0, 11))


@functools.cache
def one_year(name: str, *overrides: str) -> tuple[Setup, object, EventLog, Summary]:
    """The first replication of 2025 in the compiled engine."""
    region = name.split("/")[0]
    pack, population = county(region)
    scenario = load_scenario(ROOT / f"scenarios/{name}.yaml", overrides=overrides, data_root=ROOT)
    world = scenario_world(pack, scenario, population, Draws(0, 11))
    setup = world.setup(2025, 0, duties_of(world, [2025])[0][2025])
    calls = calls_of(setup, 11, 2025, 0)
    log = engine_named("compiled")(setup.world, calls)
    return setup, calls, log, summarise(log, calls, setup.world, urban=world.urban)


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_every_what_if_obeys_the_exact_laws(name):
    setup, calls, log, _ = one_year(name)
    found = {row[0]: row[4] for row in run_checks(2025, setup, calls, log)}
    assert found.pop("conservation")
    assert all(found.values()), found


def test_what_ifs_meet_the_calls_of_the_plan():
    _, plain, _, _ = one_year("kunshan/plan_2025")
    for name in ("move_up", "hospital_pressure", "shifts"):
        _, calls, _, _ = one_year(f"kunshan/what_if_{name}")
        np.testing.assert_array_equal(calls.time_min, plain.time_min)
        np.testing.assert_array_equal(calls.scene_min, plain.scene_min)


def test_moving_idle_crews_up_shortens_the_mean_response_and_costs_kilometres():
    _, _, _, plain = one_year("qingpu/plan_2025")
    _, _, _, moved = one_year("qingpu/what_if_move_up")
    assert moved.get("response_mean_min") < plain.get("response_mean_min") - 0.2
    assert moved.get("move_up_km") > 100


def test_redirecting_helps_the_most_urgent_calls_and_somebody_gives_up():
    _, _, _, plain = one_year("qingpu/plan_2025")
    _, _, log, summary = one_year("qingpu/what_if_redirect")
    assert summary.get("response_mean_min", "priority_1") < plain.get("response_mean_min", "priority_1")
    assert len(log.policy.aborted.unit) > 20
    setup, calls, log, _ = one_year("kunshan/what_if_reserve_redirect")
    monitoring = setup.world.units.vehicle[log.unit] == Vehicle.MONITORING
    shares = [monitoring[log.answered & (calls.priority == priority)].mean() for priority in (1, 2)]
    assert shares[0] > shares[1] + 0.02
    given_up = log.outcome == Outcome.ABANDONED
    assert (calls.priority[given_up] == 4).all()


def test_nobody_is_brought_to_a_hospital_that_is_closed():
    setup, _, log, summary = one_year("kunshan/what_if_hospital_pressure")
    rules = setup.world.policies.hospitals
    closed = (log.left_scene >= rules.closed_start[0]) & (log.left_scene < rules.closed_end[0])
    assert closed.sum() > 1000
    assert not (log.hospital[closed] == 0).any()
    assert summary.get("hospital_wait_mean_min") > 0


def test_crews_have_most_of_their_breaks():
    setup, _, log, summary = one_year("kunshan/what_if_shifts")
    began = log.policy.break_began
    assert summary.get("breaks_missed_share") < 0.2
    known = np.isfinite(began)
    assert (began[known] >= setup.world.policies.shifts.break_due[known]).all()
    assert (began[known] <= setup.world.policies.shifts.break_latest[known]).all()


def test_breaks_at_once_leave_nobody_for_a_while_and_breaks_in_turns_do_not():
    at_once, in_turns = (
        one_year("qingpu/plan_2025", f"emergency.shifts={{patterns: {{day: {{from: 8, to: 20, breaks: [{pause}]}}}}}}")[3]
        for pause in (f"{{due: 11, latest: 14, minutes: 30, in_turns: {word}}}" for word in ("false", "true"))
    )
    assert at_once.get("queue_mean_min") > 10 * in_turns.get("queue_mean_min")


@pytest.fixture(scope="module")
def fair():
    """The whole simulation of Qingpu's fair."""
    pack, _ = county("qingpu")
    settings = ("emergency.replications=3", "emergency.parameter_draws=0")
    scenario = load_scenario(ROOT / "scenarios/qingpu/what_if_expo_surge.yaml", overrides=settings, data_root=ROOT)
    draws = Draws(0, 11)
    population = project_region(pack, scenario, draws)
    return simulate(pack, scenario, population, plan_supply(pack, scenario, population), draws)


def test_every_event_is_compared_with_the_year_without_it(fair):
    table = fair.surge
    assert list(table["event"].unique()) == ["展会", "群体事件", "会展中心站停用"]
    assert set(table["metric"]) <= set(METRICS)
    by_metric = table.set_index(["event", "metric"])["mean"]
    assert by_metric["群体事件", "calls_added"] == 25
    assert by_metric["群体事件", "extra_min"] > 1
    assert by_metric["群体事件", "event_last_reached_min"] > by_metric["群体事件", "event_response_mean_min"]
    assert by_metric["会展中心站停用", "calls_added"] == 0
    assert by_metric["展会", "calls_added"] > 50
    assert (table["replications"] == 3).all()
    calls = fair.metrics.set_index(["metric", "segment"])["mean"]["calls", "all"]
    assert calls > 25


def test_the_roster_is_paid_while_a_station_is_lost(fair):
    year = 365 * 24.0
    assert (fair.staff["crew_hours"] == 12 * year).all()
    assert fair.staff["role"].tolist() == ["physicians", "nurses", "drivers", "stretcher_bearers"]


def test_closed_forms_are_not_asked_of_a_year_with_events(fair):
    assert "load" in set(fair.checks["name"])
    assert not {"erlang_delay", "hypercube"} & set(fair.checks["name"])


def test_a_fleet_can_be_sought_where_crews_have_breaks():
    from sim.emergency.fleet_search import fleet_needed

    pack, population = county("qingpu")
    pause = "{due: 11, latest: 14, minutes: 30}"
    settings = (f"emergency.shifts={{patterns: {{day: {{from: 8, to: 20, breaks: [{pause}]}}}}}}",)
    scenario = load_scenario(ROOT / "scenarios/qingpu/plan_2025.yaml", overrides=settings, data_root=ROOT)
    world = scenario_world(pack, scenario, population, Draws(0, 11))
    setup = world.setup(2025, 0, duties_of(world, [2025])[0][2025])
    calls = calls_of(setup, 11, 2025, 0)
    month = calls.select(calls.time_min < 31 * 1440.0)
    short = replace(setup, world=replace(setup.world, horizon_min=31 * 1440.0))
    found = fleet_needed(world, short, [month], 12.0, 50.0, engine_named("compiled"), 12)
    assert found.units is not None


def shortened(setup: Setup, calls, days: float):
    """The first days of a year."""
    horizon = days * 1440.0
    return replace(setup.world, horizon_min=horizon), calls.select(calls.time_min < horizon)


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("kunshan/what_if_reserve_redirect", ()),
        ("kunshan/what_if_shifts", ()),
        ("qingpu/what_if_redirect", ("emergency.move_up={method: table}",)),
        ("kunshan/what_if_surge", ("emergency.surge.road_closures.0.from=2025-01-02",)),
    ],
)
def test_both_engines_give_the_same_year_of_a_county(name, overrides):
    setup, calls, _, _ = one_year(name, *overrides)
    world, few = shortened(setup, calls, 8.0)
    logs = [engine_named(engine)(world, few) for engine in ("reference", "compiled")]
    for (column, left), (_, right) in zip(*(log.columns() for log in logs), strict=True):
        np.testing.assert_array_equal(left, right, err_msg=column)
    for table in ("aborted", "moves"):
        for column in getattr(logs[0].policy, table).__dataclass_fields__:
            np.testing.assert_array_equal(*(getattr(getattr(log.policy, table), column) for log in logs), err_msg=column)
    np.testing.assert_array_equal(*(log.policy.break_began for log in logs))


def test_a_call_that_lost_its_unit_has_a_second_draw_of_turnout():
    _, calls, log, _ = one_year("qingpu/what_if_redirect")
    lost = np.unique(log.policy.aborted.call)
    again = lost[log.answered[lost] & (log.sent_from[lost] == 0)]
    assert (calls.turnout_again_min[again] != calls.turnout_min[again]).all()
