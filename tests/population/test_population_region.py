"""A region's projection: what it starts from, what moves it, and the laws of its draws."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.draws import Draws, quantiles
from sim.errors import InputError
from sim.population import project_region
from sim.population.inputs import read_inputs
from sim.population.life_table import life_table
from sim.population.mortality import relational_rates, standard_rates
from sim.population.region_projection import project_years
from sim.region import load_region
from sim.scenario.model import Fertility, Migration, Mortality, PopulationSection, Variant

REGIONS = ("kunshan", "taicang", "wuzhong", "qingpu", "haimen")
CENSUS_2020 = {"kunshan": 2092496, "taicang": 831113, "wuzhong": 1388972, "qingpu": 1271424, "haimen": 991782}
CENSUS_2010 = {"kunshan": 1644860, "taicang": 711854, "wuzhong": 1157120, "qingpu": 1081022, "haimen": 907598}


@pytest.fixture(scope="module")
def inputs(root):
    return {key: read_inputs(load_region(root / "calibration", key)) for key in REGIONS}


def asked(**sections):
    return PopulationSection(**sections)


@pytest.mark.parametrize("key", REGIONS)
def test_the_census_stands_unmoved_for_the_next_first_of_january(inputs, key):
    population = project_years(inputs[key], asked(), 2021, 2036, Draws(5, 1))
    assert population.counts[:, 0].sum(axis=(1, 2)) == pytest.approx(np.full(6, CENSUS_2020[key]), abs=1e-6)
    assert population.years.tolist() == list(range(2021, 2037))


@pytest.mark.parametrize("key", REGIONS)
def test_the_census_groups_keep_their_sums(inputs, key):
    census = inputs[key].region.census[2020]
    sums = np.add.reduceat(inputs[key].latest, census.age_from, axis=1)
    assert sums == pytest.approx(census.counts, rel=1e-10)


@pytest.mark.parametrize("key", REGIONS)
def test_the_years_between_the_censuses_lead_from_one_to_the_other(inputs, key):
    population = project_years(inputs[key], asked(), 2011, 2021, Draws(2, 1))
    assert population.total()[:, 0] == pytest.approx(CENSUS_2010[key], abs=1e-6)
    assert population.total()[:, -1] == pytest.approx(CENSUS_2020[key], abs=1e-3)


def test_taicang_starts_in_2016_on_the_census_series_and_not_on_the_plans_denominator(inputs):
    population = project_years(inputs["taicang"], asked(), 2016, 2036, Draws(20, 1))
    assert population.total()[0, 0] == pytest.approx(771_000, rel=0.01)
    assert np.ptp(population.total()[:, population.index(2021)]) < 1e-6
    assert np.ptp(population.total()[:, -1]) > 10_000


@pytest.mark.parametrize("key", REGIONS)
def test_every_interval_balances(inputs, key):
    population = project_years(inputs[key], asked(), 2016, 2036, Draws(20, 3))
    change = np.diff(population.total(), axis=1)
    flows = population.births.sum(axis=2) - population.deaths + population.net_migration
    assert change == pytest.approx(flows, abs=1e-9 * population.total().max())
    assert (population.counts >= 0).all()


def test_fertility_explains_the_counted_infants_of_kunshan(inputs):
    """0.85 gives about 16,400 births, too few for 17,859 infants; what explains them is 0.92 to 0.94."""
    table = inputs["kunshan"].region.tables["total_fertility"]
    tfr = inputs["kunshan"].fertility_ratio * table["tfr"][table["year"] == 2020][0]
    assert 0.90 < tfr < 0.95
    last_year = inputs["kunshan"].decade.projection
    infants = last_year.counts[0, -1, :, 0].sum()
    assert infants == pytest.approx(17_859, abs=1)
    assert last_year.births[0, -1].sum() == pytest.approx(17_859 / 0.9975, rel=0.01)


@pytest.mark.parametrize("key", REGIONS)
def test_children_of_the_decade_need_no_great_migration(inputs, key):
    """With the fertility of 2020 relative to the nation the counted children under 10 come out within 15 %."""
    residual = inputs[key].decade.residual[:, :10].sum()
    assert abs(residual) < 0.16 * inputs[key].latest[:, :10].sum()


def test_grandparents_come_to_kunshan(inputs):
    residual = inputs["kunshan"].decade.residual
    assert residual[:, 10:].sum() == pytest.approx(290_000, rel=0.12)
    women = residual[1]
    assert 0.25 < women[50:70].sum() / women[10:].sum() < 0.35


def test_haimens_rebasing_jump_is_no_migration(inputs):
    """904,700 of 2019 and 991,782 of 2020 are two series: no year between the censuses moves 87,000 people."""
    moved = inputs["haimen"].decade.projection.net_migration_total
    assert np.abs(moved).max() < 20_000


@pytest.mark.parametrize("key", REGIONS)
def test_resident_mortality_lies_by_the_resident_and_below_the_registered_life_expectancy(inputs, key):
    published = inputs[key].region.parameters["demography.life_expectancy"]
    assert published.basis.startswith("resident")
    assert published.number <= inputs[key].life_expectancy_both_sexes <= published.number + 1.5
    registered = inputs[key].region.parameters.get("demography.life_expectancy_registered")
    assert registered is None or inputs[key].life_expectancy_both_sexes < registered.number


@pytest.mark.parametrize("key", REGIONS)
def test_the_fitted_life_table_has_the_life_expectancy_and_infant_mortality(inputs, key):
    standard = standard_rates(inputs[key].region.tables["mortality"], np.array([2020]))
    mx = relational_rates(standard, inputs[key].slope, inputs[key].life_expectancy[None, None])[0, 0]
    tables = [life_table(mx[index], sex=sex) for index, sex in enumerate(("male", "female"))]
    assert [table.ex[0] for table in tables] == pytest.approx(inputs[key].life_expectancy, abs=2e-3)
    infant = inputs[key].region.parameters["demography.infant_mortality_per_1000"]
    if infant.basis == "resident" and infant.year == 2020:
        assert 1000 * np.mean([1 - table.lx[1] for table in tables]) == pytest.approx(infant.number, rel=0.01)


def test_a_region_whose_life_expectancy_is_of_the_registered_is_refused(root):
    region = load_region(root / "calibration", "kunshan")
    wrong = dataclasses.replace(region.parameters["demography.life_expectancy"], basis="registered")
    changed = dataclasses.replace(region, parameters={**region.parameters, "demography.life_expectancy": wrong})
    with pytest.raises(InputError, match="registered"):
        read_inputs(changed)


def test_a_missing_parameter_is_named(root):
    region = load_region(root / "calibration", "kunshan")
    without = {key: value for key, value in region.parameters.items() if key != "population.migration.smoothing"}
    with pytest.raises(InputError, match=r"population\.migration\.smoothing"):
        read_inputs(dataclasses.replace(region, parameters=without))


def test_a_pack_with_the_latest_census_alone_takes_its_total_of_migration_and_a_model_schedule(root):
    region = load_region(root / "calibration", "kunshan")
    alone = read_inputs(dataclasses.replace(region, census={2020: region.census[2020]}))
    population = project_years(alone, asked(), 2021, 2026, Draws(0, 1))
    assert alone.net_migration_per_year == pytest.approx(31_500)
    assert population.total()[0, 0] == pytest.approx(CENSUS_2020["kunshan"])
    with pytest.raises(InputError, match="before the first census"):
        project_years(alone, asked(), 2016, 2026, Draws(0, 1))


def test_draw_0_is_central_and_does_not_depend_on_draws(inputs):
    alone = project_years(inputs["kunshan"], asked(), 2021, 2036, Draws(0, 1))
    among = project_years(inputs["kunshan"], asked(), 2021, 2036, Draws(300, 7))
    assert (alone.counts[0] == among.counts[0]).all()
    low, middle, high = quantiles(among.total())[:, -1]
    assert low < among.total()[0, -1] < high
    assert middle == pytest.approx(among.total()[0, -1], rel=0.03)


def test_fewer_draws_are_the_first_of_more(inputs):
    few = project_years(inputs["haimen"], asked(), 2021, 2031, Draws(300, 11))
    more = project_years(inputs["haimen"], asked(), 2021, 2031, Draws(600, 11))
    assert (few.counts == more.counts[:301]).all()
    assert (few.town_shares == more.town_shares[:301]).all()
    assert (few.deaths == more.deaths[:301]).all()


def test_a_longer_horizon_keeps_the_years_before_it(inputs):
    short = project_years(inputs["haimen"], asked(), 2021, 2026, Draws(10, 11))
    long = project_years(inputs["haimen"], asked(), 2021, 2046, Draws(10, 11))
    assert short.counts == pytest.approx(long.counts[:, :6], rel=1e-12)
    brief = project_years(inputs["haimen"], asked(), 2021, 2023, Draws(10, 11))
    assert brief.counts == pytest.approx(long.counts[:, :3], rel=1e-12)
    late = project_years(inputs["haimen"], asked(), 2024, 2026, Draws(10, 11))
    assert late.counts == pytest.approx(long.counts[:, 3:6], rel=1e-12)
    assert late.town_shares == pytest.approx(long.town_shares[:, 3:6], rel=1e-9)


def test_seeds_differ_and_repeat(inputs):
    first = project_years(inputs["qingpu"], asked(), 2021, 2026, Draws(20, 1)).counts
    again = project_years(inputs["qingpu"], asked(), 2021, 2026, Draws(20, 1)).counts
    other = project_years(inputs["qingpu"], asked(), 2021, 2026, Draws(20, 2)).counts
    assert (first == again).all()
    assert (first[1:, 1:].sum(axis=(2, 3)) != other[1:, 1:].sum(axis=(2, 3))).all()


@settings(max_examples=8, deadline=None)
@given(low=st.floats(0.4, 1.2), more=st.floats(0.05, 0.8))
def test_higher_fertility_gives_more_births_and_children_and_no_more_old(inputs, low, more):
    def run(tfr):
        section = asked(fertility=Fertility.model_validate({"tfr": tfr}))
        return project_years(inputs["wuzhong"], section, 2021, 2036, Draws(2, 5))

    few, many = run(low), run(low + more)
    assert (many.births > few.births).all()
    assert (many.counts[:, -1, :, :15] > few.counts[:, -1, :, :15]).all()
    assert many.counts[:, -1, :, 15:] == pytest.approx(few.counts[:, -1, :, 15:], rel=1e-12)


def test_variants_are_ordered(inputs):
    def final(**sections):
        return project_years(inputs["kunshan"], asked(**sections), 2021, 2036, Draws(0, 1)).total()[0, -1]

    for name, section in (("fertility", Fertility), ("mortality", Mortality), ("migration", Migration)):
        totals = [final(**{name: section(variant=variant)}) for variant in (Variant.LOW, Variant.MEDIUM, Variant.HIGH)]
        assert totals[0] < totals[1] < totals[2], name


def test_set_paths_replace_the_central_ones(inputs):
    section = asked(
        migration=Migration.model_validate({"net_per_year": {2021: 5000, 2025: -3000}}),
        mortality=Mortality.model_validate({"life_expectancy": 84.0}),
    )
    population = project_years(inputs["kunshan"], section, 2021, 2031, Draws(0, 1))
    assert population.net_migration[0] == pytest.approx([5000, 3000, 1000, -1000, -3000, -3000, -3000, -3000, -3000, -3000])
    longer = project_years(inputs["kunshan"], asked(), 2021, 2031, Draws(0, 1))
    assert population.deaths[0, 0] < longer.deaths[0, 0]
    assert ("net migration path", "set by the scenario", "scenario", "assumption") in population.assumptions


def test_assumptions_name_value_source_and_grade(inputs):
    population = project_years(inputs["kunshan"], asked(), 2021, 2026, Draws(0, 1))
    for what, value, source, confidence in population.assumptions:
        assert what and value and source and confidence
    text = " ".join(value for _, value, _, _ in population.assumptions)
    assert "17,859 counted infants" in text
    assert "80.29" in text


def test_the_public_entry_follows_the_scenarios_horizon(root):
    from sim.scenario import load_scenario

    scenario = load_scenario(root / "scenarios" / "taicang" / "plan_2020.yaml")
    region = load_region(root / "calibration", "taicang")
    population = project_region(region, scenario, Draws(3, scenario.body.seed))
    assert population.years[0] == scenario.body.horizon.start + 1
    assert population.years[-1] == scenario.body.horizon.end + 1
    assert population.at_end_of(2020)[0].sum() == pytest.approx(CENSUS_2020["taicang"], abs=1e-3)
