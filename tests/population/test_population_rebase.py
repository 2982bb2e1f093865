"""A projection through observed values: what was seen is met, what was as foreseen changes nothing, the rest keeps its draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.draws import Draws, quantiles
from sim.population import project_region
from sim.population.model import Population
from sim.priors import Z90
from sim.region import Observation, Region, load_region
from sim.region.model import Confidence
from sim.scenario import load_scenario, observed_in_use
from sim.scenario.model import Scenario

DRAWS = Draws(60, 7)


@pytest.fixture(scope="module")
def scenario(root: Path) -> Scenario:
    return load_scenario(root / "scenarios" / "kunshan" / "plan_2025.yaml")


@pytest.fixture(scope="module")
def region(root: Path) -> Region:
    return load_region(root / "calibration", "kunshan")


@pytest.fixture(scope="module")
def earlier(region: Region, scenario: Scenario) -> Population:
    return project_region(region, scenario, DRAWS)


def observed(tolerance: float = 0.005, **by_measure: dict[int, float]) -> dict[str, dict[int, Observation]]:
    return {
        key: {
            year: Observation(
                value, "persons", "S", Confidence.SOURCED, year=year, low=value * (1 - tolerance), high=value * (1 + tolerance)
            )
            for year, value in values.items()
        }
        for key, values in by_measure.items()
    }


def through(region: Region, scenario: Scenario, draws: Draws = DRAWS, **found: dict[str, dict[int, Observation]]) -> Population:
    return project_region(replace(region, observed=found["values"]), scenario, draws)


def total(population: Population, year: int) -> np.ndarray:
    """Residents on 31 December by draw."""
    return population.at_end_of(year).sum(axis=(1, 2))


def central(population: Population, *years: int) -> dict[int, float]:
    return {year: float(total(population, year)[0]) for year in years}


def test_without_observed_values_not_a_bit_changes(region: Region, scenario: Scenario, earlier: Population) -> None:
    until = scenario.body.horizon.model_copy(update={"observed_until": 2020})
    off = replace(scenario, body=scenario.body.model_copy(update={"horizon": until}))
    values = observed(population={2021: 1_900_000.0})
    again = project_region(replace(region, observed=values), off, DRAWS)
    assert np.array_equal(again.counts, earlier.counts)
    assert observed_in_use(replace(region, observed=values), off) == {}


@pytest.mark.parametrize("years", [(2021, 2022, 2023), (2022,), (2021, 2024)])
def test_outcomes_equal_to_the_central_forecast_leave_it_as_it_was(
    region: Region, scenario: Scenario, earlier: Population, years: tuple[int, ...]
) -> None:
    births = {year: float(earlier.births[0, year - 2021].sum()) for year in years}
    deaths = {year: float(earlier.deaths[0, year - 2021]) for year in years}
    values = observed(population=central(earlier, *years), births=births, deaths=deaths)
    now = through(region, scenario, values=values)
    assert now.counts[0] == pytest.approx(earlier.counts[0], rel=1e-9, abs=1e-6)
    last, horizon = years[-1], 2035
    for year in (last, last + 1, horizon):
        before, after = (quantiles(total(one, year)) for one in (earlier, now))
        assert after[2] - after[0] < before[2] - before[0]


def test_observed_residents_are_met_exactly_and_the_draws_within_the_tolerance(region: Region, scenario: Scenario) -> None:
    seen = {2021: 2_105_000.0, 2022: 2_090_000.0, 2024: 2_120_000.0}
    now = through(region, scenario, values=observed(population=seen))
    for year, value in seen.items():
        ratio = total(now, year) / value
        assert ratio[0] == pytest.approx(1.0, abs=1e-10)
        assert 0.002 < np.std(ratio[1:]) < 0.006
        assert np.ptp(total(now, 2024) / seen[2024] - ratio) < 1e-9, "one error of measurement for all years"


def test_an_exact_figure_is_met_by_every_draw(region: Region, scenario: Scenario) -> None:
    now = through(region, scenario, values=observed(tolerance=0.0, population={2023: 2_150_000.0}))
    assert total(now, 2023) == pytest.approx(2_150_000.0, abs=1e-4)


def test_births_and_deaths_are_those_observed(region: Region, scenario: Scenario, earlier: Population) -> None:
    values = observed(births={2022: 12_000.0, 2023: 11_000.0}, deaths={2023: 14_000.0}, population={2023: 2_150_000.0})
    now = through(region, scenario, values=values)
    assert now.births[0].sum(axis=1)[1:3] == pytest.approx([12_000.0, 11_000.0], rel=1e-9)
    assert now.deaths[0, 2] == pytest.approx(14_000.0, rel=1e-9)
    assert now.births[0, 0].sum() == pytest.approx(earlier.births[0, 0].sum(), rel=1e-12), "2021 was not observed"
    later = now.births.sum(axis=2)[0, 3:] / earlier.births.sum(axis=2)[0, 3:]
    assert later[0] < 0.95, "low fertility goes on"
    mortality = now.deaths[0, 3] / now.counts[0, 3].sum() / (earlier.deaths[0, 3] / earlier.counts[0, 3].sum())
    assert mortality == pytest.approx(1.0, abs=0.05), "one year of many deaths says nothing of the next"


def test_every_year_balances(region: Region, scenario: Scenario) -> None:
    values = observed(population={2021: 2_105_000.0, 2024: 2_120_000.0}, births={2022: 12_000.0}, deaths={2023: 14_000.0})
    now = through(region, scenario, values=values)
    balance = np.diff(now.total(), axis=1) - (now.births.sum(axis=2) - now.deaths + now.net_migration)
    assert np.abs(balance).max() < 1e-6
    assert (now.counts >= 0).all()


def test_migration_that_was_seen_fades_with_the_correlation_of_the_pack(
    region: Region, scenario: Scenario, earlier: Population
) -> None:
    r = region.parameters["population.migration.correlation_per_year"].number
    seen = central(earlier, 2021)[2021] - 20_000
    now = through(region, scenario, Draws(0, 1), values=observed(population={2021: seen}))
    moved = now.net_migration[0] - earlier.net_migration[0]
    assert moved[0] == pytest.approx(-20_000, abs=1e-6)
    assert moved[1:4] == pytest.approx(-20_000 * r ** np.arange(1, 4), rel=1e-9)


def test_fewer_draws_are_the_first_of_more(region: Region, scenario: Scenario) -> None:
    values = observed(population={2021: 2_105_000.0, 2023: 2_120_000.0}, births={2022: 12_000.0})
    few, more = (through(region, scenario, Draws(n, 7), values=values).counts for n in (5, 12))
    assert np.array_equal(few, more[:6])


def test_a_census_year_is_not_rebased(root: Path) -> None:
    taicang = replace(load_region(root / "calibration", "taicang"), observed={})
    scenario = load_scenario(root / "scenarios" / "taicang" / "plan_2020.yaml")
    before = project_region(taicang, scenario, Draws(3, 1))
    now = project_region(replace(taicang, observed=observed(population={2018: 700_000.0})), scenario, Draws(3, 1))
    assert np.array_equal(before.counts, now.counts), "the years between the censuses are known from both"


@settings(max_examples=12, deadline=None)
@given(
    change=st.lists(st.floats(-0.05, 0.05), min_size=3, max_size=3),
    years=st.sets(st.sampled_from([2021, 2022, 2023, 2024]), min_size=1, max_size=3),
    births=st.floats(6_000, 25_000),
)
def test_whatever_was_observed_is_met(
    region: Region, scenario: Scenario, change: list[float], years: set[int], births: float
) -> None:
    seen = {year: 2_092_496 * (1 + more) for year, more in zip(sorted(years), change, strict=False)}
    values = observed(population=seen, births={max(years): births})
    now = through(region, scenario, Draws(3, 2), values=values)
    for year, value in seen.items():
        assert total(now, year)[0] == pytest.approx(value, rel=1e-9)
    assert now.births[0, max(years) - 2021].sum() == pytest.approx(births, rel=1e-9)
    balance = np.diff(now.total(), axis=1) - (now.births.sum(axis=2) - now.deaths + now.net_migration)
    assert np.abs(balance).max() < 1e-6


@pytest.mark.slow
def test_the_forecast_after_observed_years_is_as_sure_as_it_says(region: Region, scenario: Scenario) -> None:
    """Truths of the model, published with the stated error: about 80 % of them lie in the 80 % interval of later years."""
    truths = 60
    truth, error = project_region(region, scenario, Draws(truths, 1234)), np.random.default_rng(5).standard_normal(truths)
    inside = []
    for one in range(truths):
        published = {year: float(total(truth, year)[one + 1]) * (1 + 0.005 / Z90 * error[one]) for year in (2021, 2022, 2023)}
        now = through(region, scenario, Draws(100, 7), values=observed(population=published))
        for year in (2025, 2030):
            low, _, high = quantiles(total(now, year))
            inside.append(low <= total(truth, year)[one + 1] <= high)
    assert 0.68 <= np.mean(inside) <= 0.92
