"""Classes and owners of beds: they add up, they follow who lies in them, and they obey the laws of all beds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from demand_world import ALL_REGIONS, census_population, pack_of, population_of, region_of, scenario_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.demand import Need, model_need
from sim.demand.bed_shares import CLASSES, NURSING, TREATMENT, days_by_class, maternity_share
from sim.draws import Draws
from sim.population import project_region

DRAWS = 5
people = st.dictionaries(st.tuples(st.integers(0, 1), st.integers(0, 100)), st.floats(1.0, 1e5), min_size=1, max_size=12)
slow_enough = settings(max_examples=15, deadline=None)


def need_of(ages: dict[tuple[int, int], float], **levers: object) -> Need:
    scenario = scenario_of(start=2020, end=2022, draws=DRAWS, **levers)
    return model_need(pack_of("kunshan"), scenario, population_of(ages, 2020, 2022, DRAWS), Draws(DRAWS, 3))


def beds_of(need: Need) -> list[np.ndarray]:
    return [values for item in need.bed_classes.values() for values in (item.beds, item.ward_beds)]


# --- adding up ---


@slow_enough
@given(people, st.floats(0.0, 0.6), st.floats(0.5, 1.5))
def test_classes_add_up_to_the_whole_in_every_draw_and_year(ages: dict, day_surgery: float, stay: float) -> None:
    need = need_of(ages, day_surgery_share=day_surgery, length_of_stay_factor=stay)
    for what in ("discharges", "bed_days"):
        parts = sum(need.activity[f"{what}_{name}"].values for name in TREATMENT)
        np.testing.assert_allclose(parts, need.activity[what].values, rtol=1e-10)
        assert all((need.activity[f"{what}_{name}"].values >= 0.0).all() for name in CLASSES)
    np.testing.assert_allclose(sum(item.beds for item in need.bed_classes.values()), need.need["beds"].values, rtol=1e-10)
    of_two = need.need["treatment_beds"].values + need.need["elderly_nursing_beds"].values
    np.testing.assert_allclose(of_two, need.need["beds"].values, rtol=1e-10)
    owners = sum(need.need[key].values for key in ("public_hospital_beds", "private_hospital_beds", "primary_care_beds"))
    np.testing.assert_allclose(owners, need.need["beds"].values, rtol=1e-10)
    for key, values in need.by_age.items():
        np.testing.assert_allclose(values.sum(axis=(1, 2)), need.activity[key].values[0], rtol=1e-10, atol=1e-12)


@given(st.floats(0.1, 10.0), st.floats(0.0, 20.0), st.floats(0.0, 20.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_shares_of_an_age_add_up_and_specialised_care_stays_below_its_limit(
    days: float, ill: float, weak: float, children: float, tcm: float
) -> None:
    ages = np.array([0.0, 15.0])
    asked = {name: np.full((1, 2, 2), value) for name, value in (("psychiatric", ill), ("rehabilitation", weak))}
    shares = (np.full((1, 1, 1), children), np.full((1, 1, 1), tcm), 0.6)
    parts = days_by_class(ages, np.full((1, 2, 2), days), asked, *shares)
    np.testing.assert_allclose(sum(parts.values()), days, rtol=1e-12)
    assert (parts["psychiatric"] + parts["rehabilitation"] <= 0.6 * days * (1 + 1e-12)).all()
    assert all((part >= -1e-12 * days).all() for part in parts.values())


# --- who lies where ---


def test_who_lies_in_which_class() -> None:
    boy, woman, man = (need_of({who: 1000.0}) for who in ((0, 3), (1, 28), (0, 82)))
    for need, some, none in (
        (boy, ("paediatrics", "general_acute", "rehabilitation"), ("obstetrics", "tcm", "psychiatric", "nursing")),
        (woman, ("obstetrics", "general_acute", "tcm", "psychiatric"), ("paediatrics", "nursing")),
        (man, ("general_acute", "tcm", "rehabilitation", "nursing"), ("obstetrics", "paediatrics")),
    ):
        assert all(need.bed_classes[name].beds[0, 0] > 0.0 for name in some)
        assert all(need.bed_classes[name].beds[0, 0] == 0.0 for name in none)


def test_maternity_is_what_women_of_15_to_44_have_more_than_men() -> None:
    ages = np.array([0.0, 15.0, 30.0, 45.0])
    share = maternity_share(ages, np.array([[0.1, 0.05, 0.06, 0.1], [0.2, 0.1, 0.05, 0.2]]))
    assert share.tolist() == [[0.0] * 4, [0.0, 0.5, 0.0, 0.0]]


def test_patients_in_psychiatric_and_rehabilitation_beds_are_prevalence_times_share_in_hospital() -> None:
    """On China's ages the mean census is 4.5 per 1000 x 0.075, and 0.21 per 1000; the county differs by its ages alone."""
    region = region_of("wuzhong", care__admission_level=1.552)
    need = model_need(region, scenario_of("wuzhong"), census_population(region), Draws(0, 1))
    residents = region.census[2020].counts.sum()
    for name, per_head in (("psychiatric", 0.0045 * 0.075), ("rehabilitation", 0.00021)):
        census = need.bed_classes[name].load[0, 1]
        assert census / residents == pytest.approx(per_head, rel=0.25)
        assert need.bed_classes[name].bed_days[0, 1] / need.bed_classes[name].discharges[0, 1] == pytest.approx(
            {"psychiatric": 47.0, "rehabilitation": 25.0}[name], rel=1e-9
        )


def test_these_patients_do_not_follow_the_level_of_use() -> None:
    one, other = (
        model_need(region_of(care__admission_level=level), scenario_of(), census_population(region_of()), Draws(0, 1))
        for level in (1.2, 1.5)
    )
    for name in ("psychiatric", "rehabilitation", "nursing"):
        np.testing.assert_allclose(one.bed_classes[name].beds, other.bed_classes[name].beds, rtol=1e-12)
    assert (other.bed_classes["general_acute"].beds > one.bed_classes["general_acute"].beds).all()


def test_obstetrics_follows_the_births_of_the_projection() -> None:
    """With the same women, half the births are half the obstetric days; the base year stands as it was fitted."""
    region, draws = pack_of("kunshan"), Draws(0, 1)
    scenario = scenario_of(end=2030)
    projected = project_region(region, scenario, draws)
    births = projected.births.copy()
    births[:, 3:] *= 0.5
    fewer = model_need(region, scenario, replace(projected, births=births), draws)
    asked = model_need(region, scenario, projected, draws)
    ratio = fewer.bed_classes["obstetrics"].bed_days[0] / asked.bed_classes["obstetrics"].bed_days[0]
    np.testing.assert_allclose(ratio, [1.0] * 4 + [0.5] * 7, rtol=1e-12)
    a_birth = asked.activity["discharges_obstetrics"].values[0, 1:] / asked.activity["births"].values[0, 1:]
    np.testing.assert_allclose(a_birth, a_birth[0], rtol=1e-9)


def test_taicangs_psychiatric_and_rehabilitation_beds_are_of_the_size_of_its_hospitals() -> None:
    """Its plan lists 300 beds of the psychiatric and 200 of the rehabilitation hospital; neither was fitted."""
    region = pack_of("taicang")
    scenario = scenario_of("taicang", start=2015, end=2020)
    need = model_need(region, scenario, census_population(region, 2010, 2015, 2020), Draws(0, 1))
    assert need.bed_classes["psychiatric"].beds[0, 0] == pytest.approx(300, rel=0.25)
    assert need.bed_classes["rehabilitation"].beds[0, 0] == pytest.approx(200, rel=0.25)


@pytest.mark.parametrize("key", ALL_REGIONS)
def test_owners_hold_the_countys_own_shares_where_they_were_observed(key: str) -> None:
    region = pack_of(key)
    base = region.base_year
    need = model_need(
        region, scenario_of(key, start=base, end=base + 1), census_population(region, start=base, end=base + 1), Draws(0, 1)
    )
    beds, public = need.need["beds"].values[0, 0], need.need["public_hospital_beds"].values[0, 0]
    if key == "taicang":
        counts = [region.baseline[f"{owner}_beds"].number for owner in ("public_hospital", "private_hospital", "primary_care")]
        assert public / beds == pytest.approx(counts[0] / sum(counts), rel=1e-12)
        assert ("public_hospital_beds", "national_shares") in need.second
    else:
        assert public / beds == pytest.approx((1 - 0.121) * 0.828, rel=1e-12)
        assert ("public_hospital_beds", "national_shares") not in need.second


# --- laws ---


@slow_enough
@given(people, st.integers(0, 1), st.integers(0, 100), st.floats(0.0, 1e5))
def test_more_people_never_need_fewer_beds_of_any_class(ages: dict, sex: int, age: int, more: float) -> None:
    grown = {**ages, (sex, age): ages.get((sex, age), 0.0) + more}
    for before, after in zip(beds_of(need_of(ages)), beds_of(need_of(grown)), strict=True):
        assert (after >= before * (1 - 1e-9)).all()


@slow_enough
@given(people, st.floats(0.2, 2.0), st.floats(0.05, 1.0))
def test_shorter_stays_never_need_more_beds_of_any_class(ages: dict, stay: float, shorter: float) -> None:
    long, short = need_of(ages, length_of_stay_factor=stay), need_of(ages, length_of_stay_factor=stay * shorter)
    for one, other in zip(beds_of(short), beds_of(long), strict=True):
        assert (one <= other * (1 + 1e-9)).all()


@slow_enough
@given(people, st.floats(0.001, 0.5), st.floats(0.01, 1.0))
def test_a_lower_refusal_never_needs_fewer_beds_of_any_class(ages: dict, refusal: float, lower: float) -> None:
    loose, strict = need_of(ages, refusal_probability=refusal), need_of(ages, refusal_probability=refusal * lower)
    for one, other in zip(strict.bed_classes.values(), loose.bed_classes.values(), strict=True):
        assert (one.ward_beds >= other.ward_beds * (1 - 1e-9)).all()


def test_long_term_nursing_follows_the_province() -> None:
    shanghai, jiangsu = (
        model_need(pack_of(key), scenario_of(key), population_of({(0, 70): 1e5}), Draws(0, 1)).activity[f"bed_days_{NURSING}"]
        for key in ("qingpu", "kunshan")
    )
    np.testing.assert_allclose(shanghai.values / jiangsu.values, 0.64 / 0.13, rtol=1e-12)
