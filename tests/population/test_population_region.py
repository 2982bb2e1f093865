"""A region's projection: what it starts from, what moves it, and the laws of its draws."""

from __future__ import annotations

import dataclasses
import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.draws import Draws, quantiles
from sim.errors import InputError
from sim.population import project_region
from sim.population.fertility import age_patterns
from sim.population.graduation import monotone
from sim.population.inputs import national, national_life_expectancy, read_inputs
from sim.population.life_table import life_table
from sim.population.model import SEXES
from sim.population.mortality import relational_rates, standard_rates
from sim.population.old_age import years_to_add
from sim.population.open_age import split_open_age
from sim.population.paths import life_expectancy_path, net_migration_path, survival_evidence_deviation, triangular
from sim.population.region_projection import central_profiles, project_years
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
def test_the_draws_hold_the_published_life_expectancy_and_the_one_the_censuses_show(inputs, key):
    drawn = life_expectancy_path(inputs[key], np.array([2021]), Mortality(), Draws(2000, 5))[:, 0].mean(axis=1)
    drawn += inputs[key].life_expectancy_both_sexes - drawn[0]
    published = inputs[key].published_both
    p10, p90 = quantiles(drawn, (0.1, 0.9))
    assert p10 < published < p90
    assert published + inputs[key].survival_shows < quantiles(drawn, (0.99,))[0]
    assert drawn[1:].mean() == pytest.approx(drawn[0], abs=0.1)


def test_the_weight_of_the_censuses_has_its_ends_and_may_be_certain(root, inputs):
    shows = inputs["kunshan"].survival_shows
    deviation = survival_evidence_deviation(inputs["kunshan"], Draws(3000, 5))
    assert deviation[0] == 0.0
    assert deviation.min() == pytest.approx(-shows / 3, rel=0.01)
    assert 0.6 * shows < deviation.max() < 2 / 3 * shows
    region = load_region(root / "calibration", "kunshan")
    key = "population.life_expectancy.survival_weight"
    certain = dataclasses.replace(region.parameters[key], value=0.0, low=None, high=None)
    published = read_inputs(dataclasses.replace(region, parameters={**region.parameters, key: certain}))
    assert published.life_expectancy_both_sexes == published.published_both
    assert not survival_evidence_deviation(published, Draws(50, 5)).any()


def test_triangular_quantiles_invert_the_distribution():
    probability = np.linspace(0.0, 1.0, 101)
    x = triangular(probability, 1.0, 2.0, 5.0)
    rising, falling = (x - 1.0) ** 2 / 4.0, 1.0 - (5.0 - x) ** 2 / 12.0
    assert np.where(x < 2.0, rising, falling) == pytest.approx(probability, abs=1e-12)
    assert triangular(np.array([0.0, 0.75, 1.0]), 0.0, 0.0, 1.0) == pytest.approx([0.0, 0.5, 1.0])


def test_the_whole_nation_where_nobody_moves_shows_part_of_what_the_counties_show(inputs):
    """Between its censuses the nation's old survived as if life expectancy were 2 years above the UN's; the counties' 3 to 4.

    Persons of 70 and over in the census of 2010, by five-year group, quoted from memory, the sexes as in WPP 2019; of 80 and
    over in that of 2020.
    """
    region = inputs["kunshan"].region
    years = np.arange(2011, 2021)
    standard = standard_rates(region.tables["mortality"], years)
    ages = np.arange(0, 90, 5)
    first = np.stack([region.parameters[f"population.backtest.china_2010.{sex}"].schedule for sex in SEXES]) * 1000.0
    first = np.concatenate([first[:, :17], first[:, 17:].sum(axis=1, keepdims=True)], axis=1)
    first[:, 14:] *= np.array([32_972_397, 23_852_133, 13_373_198, 7_616_148]) / first[:, 14:].sum(axis=0)
    there = split_open_age(monotone(first, ages), 85, standard[0])
    counted = np.zeros_like(there)
    counted[:, 80] = 35_800_835 / 2
    shown = years_to_add(there, counted, standard, national_life_expectancy(region, years), 80)
    assert shown == pytest.approx(2.0, abs=0.1)
    assert all(found.survival_shows > shown for found in inputs.values())


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


def test_half_as_many_young_women_lose_half_as_many(inputs):
    """Women of 25-29 leave Kunshan; those who reach that age around 2028 are half as many as in the decade before."""
    kunshan, years = inputs["kunshan"], np.arange(2021, 2036)
    tables = kunshan.region.tables
    standard, patterns = standard_rates(tables["mortality"], years), age_patterns(tables["fertility_pattern"], years)
    ratio = national(tables["sex_ratio_at_birth"], "srb", years)
    leaving = central_profiles(kunshan, standard, patterns, ratio, years)[:, 1, 25:30].sum(axis=1)
    before = kunshan.profile[1, 25:30].sum()
    women = project_years(kunshan, asked(), 2021, 2036, Draws(0, 1)).counts[0, :, 1]
    then = kunshan.decade.projection.counts[0, :-1, 1]
    assert before < -1500
    assert leaving / before == pytest.approx(women[:-1, 24:29].sum(axis=1) / then[:, 24:29].sum(axis=1).mean(), abs=0.06)
    assert leaving[7] / before < 0.6


@pytest.mark.parametrize("key", REGIONS)
def test_the_central_total_of_migration_is_the_path(inputs, key):
    population = project_years(inputs[key], asked(), 2021, 2036, Draws(0, 1))
    path = net_migration_path(inputs[key], np.arange(2021, 2036), Migration(), Draws(0, 1))
    assert population.net_migration == pytest.approx(path)


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


@pytest.mark.parametrize("key", REGIONS)
def test_variants_are_ordered(inputs, key):
    def final(**sections):
        return project_years(inputs[key], asked(**sections), 2021, 2036, Draws(0, 1)).total()[0, -1]

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


@pytest.mark.parametrize("key", REGIONS)
def test_the_page_shows_what_the_benchmark_prints(root, inputs, key):
    place = importlib.util.spec_from_file_location("population_results", root / "benchmarks" / "population_results.py")
    command = importlib.util.module_from_spec(place)
    place.loader.exec_module(command)
    page = (root / "docs" / "model_population.md").read_text(encoding="utf-8")
    rows = dict(command.tables(inputs[key], command.DRAWS))
    assert set(rows) == set(command.TABLES)
    for row in rows.values():
        assert row.removesuffix(" |") in page, row


def test_haimens_registered_deaths_speak_for_a_higher_life_expectancy(root, inputs):
    """9,599 died in 2019, of residents and registered that are nearly the same people."""
    region = load_region(root / "calibration", "haimen")
    key = "population.life_expectancy.survival_weight"

    def deaths(weight):
        changed = dataclasses.replace(region.parameters[key], value=weight, low=None, high=None)
        there = read_inputs(dataclasses.replace(region, parameters={**region.parameters, key: changed}))
        return project_years(there, asked(), 2021, 2022, Draws(0, 1)).deaths[0, 0]

    registered = region.parameters["demography.registered_deaths_per_year"].number
    used = project_years(inputs["haimen"], asked(), 2021, 2022, Draws(0, 1)).deaths[0, 0]
    assert registered == 9_599
    assert deaths(1.0) < registered < used < deaths(0.0)


def test_out_migration_beyond_its_cohort_is_told(inputs):
    leaving = asked(migration=Migration.model_validate({"net_per_year": -150_000}))
    population = project_years(inputs["haimen"], leaving, 2021, 2026, Draws(4, 1))
    (warning,) = population.warnings
    assert f"{population.clipped[0].sum():,.0f} persons in the central projection, 4 of 4 draws (up to" in warning
    assert population.net_migration[0].sum() == pytest.approx(population.clipped[0].sum() - 5 * 150_000)
    assert project_years(inputs["haimen"], asked(), 2021, 2026, Draws(4, 1)).warnings == ()


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
