"""Staff: WISN's worked example, joint productivity, and that need is free to differ from supply."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from demand_world import ALL_REGIONS, census_population, region_of, scenario_of
from hypothesis import given
from hypothesis import strategies as st

from sim.demand import model_need
from sim.demand.workload import Joint, available_days, category_allowance_factor, wisn_staff
from sim.draws import Draws


def test_wisn_worked_example() -> None:
    """Burmen et al. 2017, Human Resources for Health 15:9, table 3: an HIV clinic; allowance factor of the WHO manual."""
    available = available_days(52, 4.5, 10, 30, 15)
    hours = 10_000 * 10 * 0.25
    assert available == 179
    assert wisn_staff(hours / 8, available) == pytest.approx(17.46, abs=0.005)
    assert category_allowance_factor(10 / 179) == pytest.approx(1.05917159763, rel=1e-11)
    assert wisn_staff(hours / 8, available, 10 / 179) == pytest.approx(18.4911242604, rel=1e-11)


def test_wisn_example_of_the_reference_material(shared: Path) -> None:
    with (shared / "validation/demography/wisn/hiv_clinic_2017_table3.csv").open(encoding="utf-8") as file:
        given = {row["item"]: float(row["value"]) for row in csv.DictReader(file)}
    available = available_days(
        given["weeks_per_year"],
        given["consultation_days_per_week"],
        given["public_holidays"],
        given["annual_leave"],
        given["sick_leave"],
    )
    share = given["category_allowance_days"] / available
    assert available == given["available_working_days"]
    assert wisn_staff(given["annual_workload_days"], available) == pytest.approx(given["baseline_staff_required"], abs=0.01)
    required = wisn_staff(given["annual_workload_days"], available, share)
    assert required == pytest.approx(given["staff_required_after_CAF"], rel=1e-9)


def test_individual_allowances_add_staff() -> None:
    assert wisn_staff(1000.0, 100.0, 0.5, 2.0) == pytest.approx(22.0)


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_category_allowance_outside_its_domain_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="category allowance"):
        category_allowance_factor(share)


@given(st.floats(1, 1e5), st.floats(0.1, 1e4), st.floats(0.1, 30), st.floats(1, 1e4))
def test_a_years_work_of_one_person_needs_one_person(visits: float, days: float, weight: float, staff: float) -> None:
    one = Joint(visits, days, weight)
    assert one.staff(np.array(visits * staff), np.array(days * staff)) == pytest.approx(staff, rel=1e-12)
    apart = one.staff(np.array(visits * staff), np.array(0.0)) + one.staff(np.array(0.0), np.array(days * staff))
    assert apart == pytest.approx(staff, rel=1e-12)


def test_a_bed_day_is_worth_about_three_visits_of_a_physicians_year() -> None:
    """National workload by class (visits a day x 251, bed-days a day x 365): the k at which two classes carry the same."""
    parameters = region_of().parameters

    def year(kind: str, year: int) -> tuple[float, float]:
        visits = parameters[f"workload.visits_per_physician_day_{year}.{kind}"].number * 251
        return visits, parameters[f"workload.bed_days_per_physician_day_{year}.{kind}"].number * 365

    for at, expected in ((2019, 3.40), (2010, 3.14)):
        (hospital_visits, hospital_days), (centre_visits, centre_days) = year("hospital", at), year("chc", at)
        weight = (centre_visits - hospital_visits) / (hospital_days - centre_days)
        assert weight == pytest.approx(expected, abs=0.01)
        assert parameters["need.physician.bed_day_visits"].low < weight < parameters["need.physician.bed_day_visits"].high


@pytest.mark.parametrize("key", ALL_REGIONS)
def test_need_does_not_know_supply(key: str) -> None:
    """Twice the beds and staff in the base year change no need; only the labelled own-productivity estimates move."""
    region = region_of(key)
    doubled = {name: replace(value, value=2 * value.number, low=None, high=None) for name, value in region.baseline.items()}
    scenario = scenario_of(key, start=region.base_year, end=region.base_year + 5)
    people = census_population(region, start=region.base_year, end=region.base_year + 5)
    one = model_need(region, scenario, people, Draws(0, 1))
    other = model_need(replace(region, baseline=doubled), scenario, people, Draws(0, 1))
    for name, series in one.need.items():
        np.testing.assert_array_equal(series.values, other.need[name].values)
    for (name, method), series in one.second.items():
        factor = 2.0 if method == "own_productivity" else 1.0
        np.testing.assert_allclose(factor * series.values, other.second[name, method].values, rtol=1e-12)


def test_the_width_of_the_level_reaches_the_need_of_the_base_year() -> None:
    region = region_of()
    people = census_population(region, draws=400)
    need = model_need(region, scenario_of(draws=400), people, Draws(400, 11))
    for name in ("beds", "physicians", "nurses"):
        low, high = np.quantile(need.need[name].values[1:, 0], [0.1, 0.9])
        assert high / low > 1.3, name
        assert need.need[name].values[0, 0] != region.baseline[name].number


def test_own_productivity_gives_the_observed_staff_in_the_base_year_and_grows_with_the_work() -> None:
    region = region_of()
    need = model_need(region, scenario_of(), census_population(region, growth=0.02), Draws(0, 1))
    for name in ("physicians", "nurses", "general_practitioners"):
        own = need.second[name, "own_productivity"].values[0]
        assert own[0] == pytest.approx(region.baseline[name].number, rel=1e-12)
        np.testing.assert_allclose(own / own[0], need.need[name].values[0] / need.need[name].values[0, 0], rtol=1e-12)


def test_what_was_not_observed_has_no_own_productivity_and_what_is_not_modelled_is_nan() -> None:
    region = region_of("wuzhong")
    need = model_need(region, scenario_of("wuzhong"), census_population(region), Draws(0, 1))
    assert not [key for key in need.second if key[1] == "own_productivity"]
    for name in ("psychiatrists", "public_health_staff", "monitoring_ambulances"):
        assert np.isnan(need.need[name].values).all()
        assert need.need[name].method.startswith("not modelled")


def test_productivity_levers_divide() -> None:
    region = region_of()
    people = census_population(region)
    plain = model_need(region, scenario_of(), people, Draws(0, 1))
    levers = scenario_of(physician_productivity_factor=1.25, nurse_productivity_factor=2.0)
    brisk = model_need(region, levers, people, Draws(0, 1))
    np.testing.assert_allclose(brisk.need["physicians"].values, plain.need["physicians"].values / 1.25, rtol=1e-12)
    np.testing.assert_allclose(brisk.need["nurses"].values, plain.need["nurses"].values / 2.0, rtol=1e-12)
    np.testing.assert_array_equal(brisk.need["beds"].values, plain.need["beds"].values)
