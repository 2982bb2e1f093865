"""The admission and stay schedules on census ages give the published levels."""

from __future__ import annotations

import numpy as np
import pytest
from demand_world import census_population, region_of, scenario_of

from sim.demand import model_need
from sim.demand.schedule import by_single_age
from sim.draws import Draws

ADMISSIONS_PER_100 = {"kunshan": 11.14, "taicang": 12.96, "wuzhong": 11.81, "qingpu": 12.27, "haimen": 14.77}
MEAN_STAY_DAYS = {"kunshan": 8.43, "taicang": 9.16, "wuzhong": 8.69, "qingpu": 8.83, "haimen": 9.64}


@pytest.mark.parametrize("key", sorted(ADMISSIONS_PER_100))
def test_admissions_and_stay_on_the_census_of_2020_at_a_level_of_1(key: str) -> None:
    """Reference: utilisation tables on the 2020 census ages, survey scale, two printed decimals."""
    region = region_of(key, care__admission_level=1.0, care__stay_level=1.0)
    scenario = scenario_of(key, start=region.base_year, end=region.base_year + 1)
    people = census_population(region, start=region.base_year, end=region.base_year + 1)
    need = model_need(region, scenario, people, Draws(0, 1))
    discharges, bed_days = (need.activity[name].values[0, 0] for name in ("discharges", "bed_days"))
    assert round(100.0 * discharges / region.census[2020].counts.sum(), 2) == ADMISSIONS_PER_100[key]
    assert round(bed_days / discharges, 2) == MEAN_STAY_DAYS[key]


def test_the_schedule_gives_12_26_admissions_per_100_and_9_0_days_on_chinas_census_ages() -> None:
    region = region_of()
    table = region.tables["census_2020_areas"]
    china = table["area"] == "china"
    sex, age, count = table["sex"][china], table["age_from"][china], table["count"][china]
    ages = region.parameters["care.age_groups_from"].schedule
    admissions = np.zeros(len(count))
    for name in ("male", "female"):
        rates = region.parameters[f"care.admission_rate_schedule.{name}"].schedule
        mine = sex == name
        admissions[mine] = count[mine] * by_single_age(ages, rates)[age[mine]]
    days = by_single_age(ages, region.parameters["care.length_of_stay_schedule_days"].schedule)[age]
    assert admissions.sum() / count.sum() == pytest.approx(12.26, abs=0.005)
    assert (admissions * days).sum() / admissions.sum() == pytest.approx(9.0, abs=0.05)


def test_single_ages_take_the_rate_of_their_group_and_the_last_group_is_open() -> None:
    rates = by_single_age(np.array([0, 5, 80]), np.array([1.0, 2.0, 3.0]))
    assert rates[[0, 4, 5, 79, 80, 100]].tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    assert len(rates) == 101
