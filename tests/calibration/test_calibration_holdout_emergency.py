"""Hold-out of an earlier emergency service: a county whose truth is known, a second path to coverage, laws, printed figures."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from sim.calibration.holdout.emergency import (
    Service,
    circle_share,
    emergency_rows,
    fewest_crews,
    service_of,
    square_root_law,
)
from sim.calibration.holdout.emergency_stations import circles_in_print, fewer_stations_rows, without
from sim.draws import Draws
from sim.emergency.duty import Duty
from sim.region import load_region

CENTRAL = Draws(0, 20201101)
MULTIPLIER = 1.3
NEAR_KM, FAR_KM = 2.0, 6.0


@pytest.fixture(scope="module")
def qingpu(root):
    return load_region(root / "calibration", "qingpu")


@pytest.fixture(scope="module")
def service(qingpu):
    return service_of(qingpu, Draws(4, 20201101))


@pytest.fixture(scope="module")
def rows(qingpu):
    return {(row.what, row.variant, row.year): row for row in emergency_rows(qingpu, Draws(6, 20201101))}


def one_zone(region):
    """Qingpu with all calls from one zone; an old station is 6 km away, one built later 2 km."""
    zones, stations = region.zones, region.stations
    zone = {field.name: getattr(zones, field.name)[:1] for field in dataclasses.fields(zones)}
    x, y = float(zones.x_km[0]), float(zones.y_km[0])
    two = without(region, range(2, len(stations.ids))).stations
    two = dataclasses.replace(
        two,
        x_km=np.array([x + FAR_KM, x + NEAR_KM]),
        y_km=np.array([y, y]),
        place_sd_km=np.zeros(2),
        opened=(None, 2020),
    )
    return dataclasses.replace(region, zones=dataclasses.replace(zones, **zone), stations=two)


def ample(service: Service) -> Service:
    """Without units that are sent while they are on their way back: every call is answered from the station."""
    body = service.world.scenario.body
    stay = body.model_copy(update={"emergency": body.emergency.model_copy(update={"return_dispatch": False})})
    return dataclasses.replace(
        service, world=dataclasses.replace(service.world, scenario=dataclasses.replace(service.world.scenario, body=stay))
    )


def closed_form(service: Service, km: float, multiplier: float) -> float:
    """Mean response with a crew always free at one distance: means of lognormals, weighed by the calls of each hour."""
    get, schedule = service.world.parameters.number, service.world.parameters.schedule

    def mean(name: str) -> float:
        return get(f"{name}.median_min") * math.exp(get(f"{name}.sigma") ** 2 / 2)

    share = np.outer(schedule("weekday_factor"), schedule("hourly_profile")).ravel()
    share = share / share.sum()
    hour, workday = np.arange(168) % 24, np.arange(168) < 120
    night = np.isin(hour, schedule("night_hours"))
    turnout = mean("turnout") * np.where(night, get("night_turnout_factor"), 1.0)
    slower = np.where(
        np.isin(hour, schedule("peak_hours")) & workday,
        get("peak_travel_factor"),
        np.where(night, get("night_travel_factor"), 1.0),
    )
    error = math.exp(get("travel_error_sigma") ** 2 / 2)
    travel = get("travel.a_min") * multiplier * km ** get("travel.b") * slower * error
    return mean("call_handling") + float(share @ (turnout + travel))


def test_a_county_whose_truth_is_known_is_foreseen(qingpu):
    """Fitted to what the near station gives, the far one is foreseen from the travel law alone."""
    small = ample(service_of(one_zone(qingpu), CENTRAL))
    crews = Duty(np.array([0, 40]), np.array([0, 40]))
    fitted = small.multiplier(2020, 0, crews, closed_form(small, NEAR_KM, MULTIPLIER))
    assert fitted == pytest.approx(MULTIPLIER, rel=0.02)
    alone = Duty(np.array([40]), np.array([40]))
    assert len(small.world.plan.open_in(2015)) == 1
    assert small.mean(2015, 0, fitted, alone) == pytest.approx(closed_form(small, FAR_KM, MULTIPLIER), rel=0.02)


def test_a_fit_out_of_reach_ends_at_its_bounds(service):
    duty = service.duty(2020, 12)
    assert service.multiplier(2020, 0, duty, 0.1) == pytest.approx(0.2)
    assert service.multiplier(2020, 0, duty, 1e9) == pytest.approx(6.0)


def test_every_draw_is_fitted_to_the_base_year(service):
    duty = service.duty(2020, 12)
    for draw in range(service.world.draws.size):
        fitted = service.multiplier(2020, draw, duty, 10.62)
        assert service.mean(2020, draw, fitted, duty) == pytest.approx(10.62, abs=0.01)


def test_the_five_stations_of_the_plan_are_away_in_2015(qingpu, service):
    plan = service.world.plan
    gone = set(plan.open_in(2020).tolist()) - set(plan.open_in(2015).tolist())
    named = {name.removesuffix("急救分站") for name in (plan.names[station] for station in gone)}
    assert named == {"重固", "朱家角", "赵巷", "白鹤", "国家会展中心"}
    assert (service.then, service.now, service.crews(2015), service.crews(2020)) == (2015, 2020, 7, 12)


def test_coverage_by_a_second_path(service):
    """Every zone against every open station, one by one."""
    zones = service.world.region.zones
    for year, draw in ((2015, 0), (2020, 0), (2015, 3)):
        plan, people = service.world.plan_of(draw), service.world.demand.people(year, draw)
        land = inside_land = inside_people = 0.0
        for zone in range(len(zones.ids)):
            near = any(
                math.dist((zones.x_km[zone], zones.y_km[zone]), (plan.x_km[station], plan.y_km[station])) <= 3.5
                for station in range(len(plan.ids))
                if plan.opens[station] <= year
            )
            land += zones.land_km2[zone]
            inside_land += near * zones.land_km2[zone]
            inside_people += near * people[zone]
        assert service.covered(year, draw, 3.5) == pytest.approx((inside_land / land, inside_people / people.sum()))


def test_taking_stations_away_never_helps_on_the_same_calls(qingpu, service):
    """Stations leave one by one, each with its crew; calls stay the same to the last digit."""
    calls, before = None, 0.0
    for stations in range(12, 3, -1):
        left = service_of(without(qingpu, range(stations, 12)), CENTRAL)
        duty = left.duty(2020, stations)
        now = left.calls(2020, 0, duty)
        if calls is not None:
            np.testing.assert_array_equal(now.time_min, calls.time_min)
            np.testing.assert_array_equal(now.zone, calls.zone)
        mean = left.mean(2020, 0, 1.1, duty)
        assert mean >= before, stations
        calls, before = now, mean


def test_more_crews_never_hurt_and_the_fewest_are_found(service):
    means = [service.mean(2015, 0, 1.1, service.duty(2015, crews)) for crews in range(4, 13)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(means))
    fewest = fewest_crews(service, 0, 1.1, 17.06)
    assert means[fewest - 4] <= 17.06 < means[fewest - 5]


def test_rows_stand_beside_the_printed_figures(rows):
    assert rows["response_mean", "crew_a_station", 2015].observed == 17.06
    assert rows["coverage_area", "central", 2015].observed == 0.346
    assert rows["coverage_people", "central", 2015].observed == 0.8
    assert rows["coverage_area_gained", "central", 2020].observed == pytest.approx(0.28)
    assert rows["coverage_people_gained", "central", 2020].observed == pytest.approx(0.2)
    for row in rows.values():
        assert row.p10 <= row.p90 and row.source == "PLAN_QP"


def test_the_printed_figures_add_up(qingpu):
    """6.44 minutes, 28 and 20 points, as the plan prints them."""
    value = {key: item.number for key, item in qingpu.parameters.items() if key.startswith("activity.")}
    assert value["activity.response_mean_2015_min"] - qingpu.baseline["response_mean_min"].number == pytest.approx(6.44)
    assert value["activity.coverage_3_5km_area_share"] - value["activity.coverage_3_5km_area_2015_share"] == pytest.approx(0.28)
    people = value["activity.coverage_3_5km_people_share"] - value["activity.coverage_3_5km_people_2015_share"]
    assert people == pytest.approx(0.20)


def test_crews_that_stay_make_up_for_part_of_the_stations(rows):
    """With the crews of 2020 at the seven stations the response lies between that of 2020 and that of one crew a station."""
    kept, fewer = (rows["response_mean", variant, 2015] for variant in ("crews_kept", "crew_a_station"))
    assert 10.62 < kept.model < fewer.model
    assert rows["crews_that_give_observed", "central", 2015].model < 7
    assert rows["slowness_that_gives_observed", "crew_a_station", 2015].model > 1.0


def test_the_square_root_law_by_hand(service):
    """12 stations to 7: distance x 1.309, time x 1.309 ** b, on the minutes beside 3.5 of handling and turnout."""
    b = service.world.parameters.number("travel.b")
    before = service.world.parameters.number("overhead_min")
    assert square_root_law(service) == pytest.approx(before + (10.62 - before) * math.sqrt(12 / 7) ** b)


def test_printed_land_cover_is_eleven_full_circles(qingpu, service):
    """11 circles of 3.5 km over 676 km2 are 62.6 %, 6 are 34.2 %: 28 points less."""
    assert circles_in_print(qingpu) == 11
    assert circle_share(service, 2020, 3.5) * 11 / 12 == pytest.approx(0.626, abs=5e-4)
    assert 0.626 - circle_share(service, 2015, 3.5) * 6 / 7 == pytest.approx(0.28, abs=5e-3)


def test_with_fewer_stations_every_way_to_take_one_away_has_its_turn(qingpu):
    (row,) = fewer_stations_rows(qingpu, Draws(7, 20201101))
    assert row.variant == "stations_of_circles" and row.observed == 17.06
    assert row.p10 < row.model < row.p90


def test_no_rows_where_nothing_is_printed(root):
    kunshan = load_region(root / "calibration", "kunshan")
    assert emergency_rows(kunshan, Draws(2, 1)) == () == fewer_stations_rows(kunshan, Draws(2, 1))
