"""Hospitals under pressure and closed roads, by head: 1 km is 1 minute. A queue for bays against Erlang."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from emergency_worlds import one_place
from policy_lines import both_engines, line_world

from sim.emergency.call_table import call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.log import NO_CAPABLE_HOSPITAL
from sim.emergency.metrics import summarise
from sim.emergency.policies import UNLIMITED, DispatchRules, HospitalChoice, HospitalRules, Policies, RoadClosures
from sim.emergency.statistics import t_interval
from sim.queueing import mean_wait


def hospitals(**rules) -> Policies:
    """Rules for the hospitals at 0 and 10."""
    arrays = {name: np.array(value) for name, value in rules.items() if isinstance(value, list)}
    return Policies(hospitals=HospitalRules(**{**rules, **arrays}))


def town(policies: Policies, units: int = 4, **options):
    """Units at 4, calls at 4, hospitals at 0 and 10: 4 and 6 minutes away."""
    return line_world([0] * units, policies, stations=(4.0,), zones=(4.0,), hospitals=(0.0, 10.0), **options)


def patients(*times: float, **columns):
    return call_table(list(times), transported=True, **{"handover_min": 20.0, **columns})


@both_engines
def test_units_wait_for_a_bay_in_the_order_of_arrival(run):
    world, calls = town(hospitals(bays=[1, UNLIMITED])), patients(0.0, 1.0, 2.0)
    log = run(world, calls)
    assert log.at_hospital.tolist() == [4.0, 5.0, 6.0]
    assert log.policy.bay_at.tolist() == [4.0, 24.0, 44.0]
    assert log.free.tolist() == [24.0, 44.0, 64.0]
    assert summarise(log, calls, world).get("hospital_wait_mean_min") == pytest.approx((0 + 19 + 38) / 3)


@both_engines
def test_a_bay_that_is_free_at_the_moment_of_arrival_is_taken(run):
    """Handover ends at 24, when the second unit arrives; of two that arrive together the lower number is first."""
    log = run(town(hospitals(bays=[1, UNLIMITED])), patients(0.0, 20.0, 20.0))
    assert log.policy.bay_at.tolist() == [4.0, 24.0, 44.0]


@both_engines
def test_a_hospital_with_units_waiting_diverts_while_another_takes_the_need(run):
    """One in the bay, one waiting since 5: at 6 the third patient is taken to the other one."""
    policies = hospitals(bays=[1, UNLIMITED], divert_at=[1, UNLIMITED])
    world, calls = town(policies), patients(0.0, 1.0, 6.0)
    log = run(world, calls)
    assert log.hospital.tolist() == [0, 0, 1]
    assert log.policy.passed_over.tolist() == [False, False, True]
    assert summarise(log, calls, world).get("passed_over_share") == pytest.approx(1 / 3)
    alone = replace(world, capable=np.array([[True], [False]]))
    assert run(alone, calls).hospital.tolist() == [0, 0, 0]


@pytest.mark.parametrize("handover, chosen", [(1.0, 0), (2.0, 0), (2.1, 1)])
@both_engines
def test_the_least_loaded_hospital_is_near_and_has_bays(run, handover, chosen):
    """One bay, one unit on its way to it: 4 + (1 + 1 - 1) x expected handover against 6 minutes; ties go to the lower number."""
    policies = hospitals(choice=HospitalChoice.LEAST_LOADED, bays=[1, UNLIMITED], expected_handover_min=handover)
    assert run(town(policies), patients(0.0, 1.0)).hospital.tolist() == [0, chosen]


@both_engines
def test_the_hour_counts_for_the_least_loaded_hospital(run):
    """By half the speed the drive of 4 is 8 and that of 6 is 12: a wait of 3 no longer matters."""
    policies = hospitals(choice=HospitalChoice.LEAST_LOADED, bays=[1, UNLIMITED], expected_handover_min=3.0)
    assert run(town(policies), patients(0.0, 1.0)).hospital.tolist() == [0, 1]
    assert run(town(policies, travel_factor=2.0), patients(0.0, 1.0)).hospital.tolist() == [0, 0]


@both_engines
def test_a_closed_hospital_takes_nobody_who_leaves_the_scene_meanwhile(run):
    policies = hospitals(closed_first=[0, 1, 2], closed_start=[10.0, 20.0], closed_end=[30.0, 25.0])
    log = run(town(policies), patients(9.5, 10.0, 22.0, 30.0))
    assert log.hospital.tolist() == [0, 1, NO_CAPABLE_HOSPITAL, 0]
    assert log.policy.passed_over.tolist() == [False, True, False, False]
    assert log.free[2] == 22.0
    recorded = run(town(policies), patients(22.0, hospital=0))
    assert recorded.hospital.tolist() == [0]


def closed_at(km: float, start: float, end: float, extra: float, stations, zones, places=(0.0, 10.0)) -> RoadClosures:
    """A crossing on the line."""
    sides = [np.array([[x > km for x in xs]]) for xs in (zones, stations, places)]
    return RoadClosures(np.array([start]), np.array([end]), np.array([extra]), *sides)


@both_engines
def test_a_closed_road_adds_to_every_leg_that_begins_meanwhile(run):
    """The crossing at 2 is closed until 8: the way to hospital 0 begins at 5, the way back at 6 + ...: only the first pays."""
    closures = closed_at(2.0, 0.0, 8.0, 1.5, (4.0,), (4.0,))
    world = town(replace(hospitals(), closures=closures), units=1)
    log = run(world, patients(5.0, handover_min=1.0))
    assert (log.at_hospital[0], log.free[0], log.back[0]) == (10.5, 11.5, 15.5)
    still = replace(closures, end=np.array([12.0]))
    log = run(replace(world, policies=replace(world.policies, closures=still)), patients(5.0, handover_min=1.0))
    assert log.back[0] == 17.0


@both_engines
def test_the_hospital_is_chosen_with_closed_roads(run):
    closures = closed_at(2.0, 0.0, 8.0, 2.5, (4.0,), (4.0,))
    log = run(town(replace(hospitals(), closures=closures)), patients(7.5, 8.0))
    assert log.hospital.tolist() == [1, 0]
    assert not log.policy.passed_over.any()  # it is the nearest as roads are


@both_engines
def test_the_dispatcher_knows_closed_roads(run):
    """Unit 0 is 4 km away beyond the crossing, unit 1 6 km on this side."""
    stations, zones = (0.0, 10.0), (4.0, -9.0)
    closures = closed_at(2.0, 0.0, 100.0, 3.0, stations, zones, ())
    world = line_world([0, 1], Policies(closures=closures), stations=stations, zones=zones)
    log = run(world, call_table([0.0, 200.0]))
    assert log.unit.tolist() == [1, 0]
    assert log.travel_min.tolist() == [6.0, 4.0]


@both_engines
def test_a_unit_on_the_road_is_on_the_side_of_the_nearest_zone(run):
    """Redirected at 5, at -5, from -9: the zones at -9 and 4 are 4 and 9 away, so it is beyond the crossing and pays twice 3."""
    zones = (-9.0, 4.0)
    closures = closed_at(2.0, 0.0, 100.0, 3.0, (0.0,), zones, ())
    rules = DispatchRules(redirect_to_priority=1, redirect_from_priority=2)
    world = line_world([0], Policies(dispatch=rules, closures=closures), stations=(0.0,), zones=zones)
    log = run(world, call_table([0.0, 5.0], zone=[0, 1], priority=[2, 1]))
    assert log.arrived[1] == 5.0 + 9.0 + 3.0


def test_bays_are_a_queue_with_so_many_servers():
    """Every call is answered at once; patients reach the hospital as a Poisson process, handover is exponential: M/M/c."""
    bays, mean, load = 3, 10.0, 1.8
    policies = Policies(hospitals=HospitalRules(bays=np.array([bays])))
    world = replace(one_place(30, horizon=20_000.0), policies=policies)
    waits = []
    for number in range(60):
        source = np.random.default_rng(500 + number)
        times = np.cumsum(source.exponential(mean / load, 1500))
        calls = call_table(times, transported=True, handover_min=source.exponential(mean, len(times)))
        log = run_compiled(world, calls)
        assert (log.queue_min(calls) == 0).all()
        waits.append(float((log.policy.bay_at - log.at_hospital)[100:].mean()))
    interval = t_interval(waits, level=0.999)
    assert interval.low <= float(mean_wait(bays, load, mean)) <= interval.high
    assert interval.high - interval.low < 1.0
