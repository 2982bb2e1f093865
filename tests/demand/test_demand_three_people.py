"""The worked example of docs/model_demand.md: three people, every step by hand."""

from __future__ import annotations

import numpy as np
import pytest
from demand_world import population_of, region_of, scenario_of

from sim.demand import model_need
from sim.draws import Draws
from sim.region import Region

GIRL, WOMAN, MAN = (1, 2), (1, 28), (0, 82)
PEOPLE = {GIRL: 1.0, WOMAN: 1.0, MAN: 1.0}
KNOWN = {
    "care__admission_level": 1.2,
    "care__stay_level": 1.1,
    "care__visit_level": 7.0,
    "need__primary_care_visit_share": 0.5,
    "need__physician__bed_day_visits": 3.0,
    "need__nurse__bed_day_visits": 12.0,
    "need__childcare_take_up": 0.2,
}
ADMISSIONS = 1.2 * (0.105 + 0.175 + 0.3352)
BED_DAYS = 1.2 * 1.1 * (0.105 * 6.0 + 0.175 * 6.2 + 0.3352 * 12.0)
VISITS = 7.0 * (1.35 + 0.65 + 2.0)


@pytest.fixture(scope="module")
def region() -> Region:
    return region_of(**KNOWN)


def need_of(region: Region, start: int = 2020, **levers: object):
    scenario = scenario_of(start=start, end=start + 1, **levers)
    return model_need(region, scenario, population_of(PEOPLE, start, start + 1), Draws(0, 1))


def test_use_of_care(region: Region) -> None:
    activity = need_of(region).activity
    assert activity["discharges"].values[0, 0] == pytest.approx(ADMISSIONS, rel=1e-12)
    assert activity["bed_days"].values[0, 0] == pytest.approx(BED_DAYS, rel=1e-12)
    assert activity["bed_days_65_and_over"].values[0, 0] == pytest.approx(1.2 * 1.1 * 0.3352 * 12.0, rel=1e-12)
    assert activity["visits"].values[0, 0] == pytest.approx(VISITS, rel=1e-12)
    assert activity["primary_care_visits"].values[0, 0] == pytest.approx(VISITS / 2, rel=1e-12)


def test_beds_count_the_days_of_the_year(region: Region) -> None:
    """The man of 82 may also lie in a long-term nursing bed: a nation's 0.13 per 100, by his age."""
    need = need_of(region)
    nursing = need.need["elderly_nursing_beds"].values[0]
    beds = need.need["beds"].values[0] - nursing
    assert beds == pytest.approx([BED_DAYS / (366 * 0.85), BED_DAYS / (365 * 0.85)], rel=1e-12)
    assert need.need["treatment_beds"].values[0] == pytest.approx(beds, rel=1e-12)
    profile = 3.5 / 0.98188648974
    assert nursing[1] == pytest.approx(0.0013 * profile * 365.25 / (365 * 0.85), rel=1e-9)


def test_physicians_and_nurses_share_visits_and_bed_days(region: Region) -> None:
    """China 2019: 6.2 visits and 0.1903 x 9.09 bed-days a head; 2.77 physicians and 3.18 nurses per 1,000."""
    need = need_of(region).need
    china_bed_days = 0.1903 * 9.09
    physicians = (VISITS + 3.0 * BED_DAYS) / ((6.2 + 3.0 * china_bed_days) / 0.00277)
    nurses = (VISITS + 12.0 * BED_DAYS) / ((6.2 + 12.0 * china_bed_days) / 0.00318)
    assert need["physicians"].values[0, 0] == pytest.approx(physicians, rel=1e-12)
    assert need["nurses"].values[0, 0] == pytest.approx(nurses, rel=1e-12)


def test_general_practitioners_follow_visits_in_primary_care(region: Region) -> None:
    per_practitioner = 6.2 * 0.5217 / 0.000261
    found = need_of(region, primary_care_visit_share=0.65).need["general_practitioners"].values[0, 0]
    assert found == pytest.approx(0.65 * VISITS / per_practitioner, rel=1e-12)


def test_childcare_places_are_for_the_girl_of_two_and_her_town(region: Region) -> None:
    need = need_of(region)
    assert need.need["childcare_places"].values[0, 0] == pytest.approx(0.2, rel=1e-12)
    assert need.by_town["children_under_3"][0, 0] == pytest.approx([0.75, 0.25])
    assert need.by_town["childcare_places"][0, 0] == pytest.approx([0.15, 0.05])


def test_day_surgery_moves_cases_and_saves_their_nights(region: Region) -> None:
    """Elective surgery 15 % of admissions at 14.5 % day cases; at 20 %, 0.15 x 0.055 / 0.855 x 0.996 of them move."""
    activity = need_of(region, day_surgery_share=0.2).activity
    moved = ADMISSIONS * 0.15 * (0.2 - 0.145) / (1 - 0.145) * (1 - 0.004)
    assert activity["moved_to_day_surgery"].values[0, 0] == pytest.approx(moved, rel=1e-12)
    assert activity["discharges"].values[0, 0] == pytest.approx(ADMISSIONS - moved, rel=1e-12)
    assert activity["bed_days"].values[0, 0] == pytest.approx(BED_DAYS - 3.0 * moved, rel=1e-12)


def test_the_base_years_share_treated_elsewhere_changes_nothing_and_more_takes_residents_away(region: Region) -> None:
    flow = need_of(region, treated_elsewhere_share={2020: 0.12, 2021: 0.56}).activity["discharges"].values[0]
    assert flow[0] == pytest.approx(ADMISSIONS, rel=1e-12)
    assert flow[1] == pytest.approx(ADMISSIONS * (0.94 * 0.44 / 0.88 + 0.06), rel=1e-12)


def test_factors_multiply(region: Region) -> None:
    activity = need_of(region, admission_rate_factor=1.5, length_of_stay_factor=0.5, visit_rate_factor=2.0).activity
    assert activity["discharges"].values[0, 0] == pytest.approx(1.5 * ADMISSIONS, rel=1e-12)
    assert activity["bed_days"].values[0, 0] == pytest.approx(0.75 * BED_DAYS, rel=1e-12)
    assert activity["visits"].values[0, 0] == pytest.approx(2.0 * VISITS, rel=1e-12)


def test_flows_take_the_mean_of_both_1_januaries_and_stocks_the_end_of_the_year() -> None:
    region = region_of(**KNOWN)
    people = population_of(PEOPLE, 2020, 2022, growth=1.0)
    need = model_need(region, scenario_of(start=2020, end=2022), people, Draws(0, 1))
    assert need.activity["visits"].values[0] == pytest.approx(VISITS * np.array([1.0, 1.5, 3.0]), rel=1e-12)
    assert need.activity["children_under_3"].values[0] == pytest.approx([1.0, 2.0, 4.0], rel=1e-12)
