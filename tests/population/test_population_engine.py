"""The projection against published ones, closed forms and its laws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from population_cases import FLOWS, Canada, identity_gap, korea, random_case

from sim.errors import RunFailedError
from sim.population.engine import TIMINGS, cohort_component, cohort_component_reference
from sim.population.survival import survival_from_mx

seeds = st.integers(0, 10_000)
timings = st.sampled_from(sorted(TIMINGS))


@pytest.fixture(scope="module")
def canada(shared: Path) -> Canada:
    return Canada(shared)


def test_canada_1985_to_1986_in_the_projects_own_figures(root: Path) -> None:
    published = pd.read_csv(root / "tests/data/population_canada_1985.csv")
    grid = {name: published[name].to_numpy().reshape(2, 101) for name in published.columns if name != "sex"}
    survival = survival_from_mx(grid["mx"], a0="coale-demeny")
    result = cohort_component(
        grid["count_1985"][None], survival[None, None], grid["asfr"][None, 1:], [[1.052]], grid["net_migration"][None, None]
    )
    big = grid["count_1986"] >= 100
    np.testing.assert_allclose(result.counts[0, 1][big], grid["count_1986"][big], rtol=1e-6)
    np.testing.assert_allclose(result.births[0, 0], [188692.1388, 179365.151], rtol=1e-8)
    np.testing.assert_allclose(result.deaths[0, 0].sum(axis=1), [100468.9546, 81178.23785], rtol=1e-6)


def test_canada_1985_to_2020_reproduces_the_un_program(canada: Canada) -> None:
    result = cohort_component(**canada.inputs())
    population = result.counts[0, 1:]
    big = canada.expected >= 100
    assert np.abs(population / canada.expected - 1)[big].max() <= 1e-5
    np.testing.assert_allclose(population.sum(axis=(1, 2)), canada.expected.sum(axis=(1, 2)), rtol=1e-7)
    np.testing.assert_allclose(result.births[0], canada.births, rtol=1e-7)
    np.testing.assert_allclose(result.deaths[0].sum(axis=2), canada.deaths, rtol=1e-6)
    np.testing.assert_allclose(result.net_migration[0].sum(axis=2), canada.net_migration, rtol=1e-6)
    assert identity_gap(result) <= 1e-9


def test_the_wrong_convention_would_be_seen(canada: Canada) -> None:
    """The costs the reference material names: each is far above the accuracy asked for."""
    total = canada.expected.sum(axis=(1, 2))

    def wape(**other: object) -> float:
        result = cohort_component(**{**canada.inputs(), **other})  # type: ignore[arg-type]
        return float((np.abs(result.counts[0, 1:] - canada.expected).sum(axis=(1, 2)) / total).max())

    assert wape() < 1e-7
    assert wape(timing="even") == pytest.approx(0.0043, abs=1e-4)
    assert wape(timing="start") == pytest.approx(0.0078, abs=1e-4)
    assert wape(survival=survival_from_mx(canada.mx, a0="andreev-kingkade")[None]) > 1e-5


def test_wpp_2024_korea_both_sexes(shared: Path) -> None:
    def errors(mean: bool) -> tuple[float, float, float, float]:
        _, inputs, published = korea(shared, mean=mean)
        found, expected = cohort_component(**inputs).counts[0, 1:, 0, :100], published[1:]
        cell = np.abs(found / expected - 1)
        total = np.abs(found.sum(axis=1) / expected.sum(axis=1) - 1)
        wape = np.abs(found - expected).sum(axis=1) / expected.sum(axis=1)
        return float(cell.mean()), float(cell.max()), float(total.max()), float(wape.max())

    mean_cell, max_cell, total, wape = errors(mean=True)
    assert mean_cell <= 2e-4
    assert max_cell <= 5e-3
    assert total <= 5e-5
    assert wape <= 2e-4
    assert errors(mean=False)[3] > 2e-3  # the wrong clock


@given(seeds, timings, st.booleans(), st.sampled_from([1, 2]))
@settings(max_examples=60, deadline=None)
def test_the_compiled_engine_equals_its_specification(seed: int, timing: str, harsh: bool, sexes: int) -> None:
    case = random_case(seed, sexes=sexes, harsh=harsh)
    fast, plain = cohort_component(**case, timing=timing), cohort_component_reference(**case, timing=timing)
    for name in FLOWS:
        np.testing.assert_allclose(getattr(fast, name), getattr(plain, name), rtol=1e-12, atol=1e-9, err_msg=name)
    totals = cohort_component(**case, timing=timing, detail=False)
    for name in ("counts", "births", "clipped"):
        np.testing.assert_array_equal(getattr(totals, name), getattr(fast, name))
    np.testing.assert_allclose(totals.deaths_total, fast.deaths_total, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(totals.net_migration_total, fast.net_migration_total, rtol=1e-9, atol=1e-6)


@given(seeds, timings, st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_accounts_close(seed: int, timing: str, harsh: bool) -> None:
    result = cohort_component(**random_case(seed, harsh=harsh), timing=timing)
    assert identity_gap(result) <= 1e-9
    assert np.all(result.counts >= 0)
    assert np.all(result.deaths >= 0)
    assert np.all(result.clipped >= 0)


@given(seeds, st.floats(0.1, 5), st.floats(0.1, 5))
@settings(max_examples=25, deadline=None)
def test_without_migration_the_projection_is_linear_in_the_base(seed: int, a: float, b: float) -> None:
    case = random_case(seed, draws=1)
    case["migration"] = np.zeros_like(case["migration"])
    other = {**case, "base": random_case(seed + 1, draws=1)["base"]}
    mixed = {**case, "base": a * case["base"] + b * other["base"]}
    parts = [cohort_component(**inputs).counts for inputs in (case, other, mixed)]
    np.testing.assert_allclose(parts[2], a * parts[0] + b * parts[1], rtol=1e-12)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_without_births_and_migration_a_population_only_shrinks(seed: int) -> None:
    case = random_case(seed)
    case["migration"], case["asfr"] = np.zeros_like(case["migration"]), np.zeros_like(case["asfr"])
    result = cohort_component(**case)
    assert np.all(np.diff(result.total, axis=1) <= 0)
    assert not result.births.any()
    assert not result.clipped.any()


def test_constant_rates_give_powers_of_the_leslie_matrix() -> None:
    case = random_case(3, draws=1, intervals=1, ages=12)
    s, f = case["survival"][0, 0, 1], case["asfr"][0, 0]
    female = 1 / (1 + case["srb"][0, 0])
    leslie = np.zeros((12, 12))
    for x in range(1, 12):
        leslie[x, x - 1] = s[x]
    leslie[11, 11] = s[11]
    ages = np.arange(12) > 0
    leslie[0] = s[0] * female * 0.5 * (np.where(ages, f, 0.0) + np.where(ages, f, 0.0) @ np.where(ages[:, None], leslie, 0.0))
    years = 40
    inputs = {name: np.repeat(case[name], years, axis=1) for name in ("survival", "asfr", "srb")}
    result = cohort_component(case["base"], **inputs, migration=np.zeros((1, years, 2, 12)))
    expected = np.linalg.matrix_power(leslie, years) @ case["base"][0, 1]
    np.testing.assert_allclose(result.counts[0, -1, 1], expected, rtol=1e-11)


def test_one_person_is_followed_by_hand() -> None:
    """A woman of 20 among nobody: half her year of births counts at 20, half at 21; her children survive by s[0]."""
    base, survival = np.zeros((1, 2, 30)), np.full((1, 1, 2, 30), 0.9)
    base[0, 1, 20] = 1.0
    asfr = np.zeros((1, 1, 30))
    asfr[0, 0, 20], asfr[0, 0, 21] = 0.2, 0.4
    result = cohort_component(base, survival, asfr, [[1.5]], np.zeros((1, 1, 2, 30)))
    births = 0.5 * (0.2 * 1.0 + 0.4 * 0.9)
    np.testing.assert_allclose(result.births[0, 0], [births * 0.6, births * 0.4])
    np.testing.assert_allclose(result.counts[0, 1, :, 0], [births * 0.6 * 0.9, births * 0.4 * 0.9])
    assert result.counts[0, 1, 1, 21] == pytest.approx(0.9)
    np.testing.assert_allclose(result.deaths[0, 0, 1, [0, 21]], [births * 0.4 * 0.1, 0.1])


@pytest.mark.parametrize(("timing", "expected"), [("end", 100.0), ("start", 50.0), ("even", 75.0)])
def test_migrants_live_through_the_part_of_the_year_they_are_there(timing: str, expected: float) -> None:
    """100 men come at age 10 of whom half die in a year: at the end they count at 10 (end) or 11 (start)."""
    migration = np.zeros((1, 1, 2, 20))
    migration[0, 0, 0, 10] = 100.0
    result = cohort_component(
        np.zeros((1, 2, 20)), np.full((1, 1, 2, 20), 0.5), np.zeros((1, 1, 20)), [[1.05]], migration, timing=timing
    )
    men = result.counts[0, 1, 0]
    assert men.sum() == expected
    assert men[10] == {"end": 100.0, "start": 0.0, "even": 50.0}[timing]
    assert result.net_migration_total[0, 0] == 100.0


def test_symmetric_sexes_stay_equal_and_symmetric_draws_too() -> None:
    case = random_case(11, draws=1)
    for name in ("base", "survival", "migration"):
        case[name] = np.repeat(case[name][..., :1, :], 2, axis=-2)
    case["srb"] = np.ones_like(case["srb"])
    result = cohort_component(**{name: np.repeat(value, 3, axis=0) for name, value in case.items()})
    np.testing.assert_allclose(result.counts[:, :, 0], result.counts[:, :, 1], rtol=1e-12)
    np.testing.assert_array_equal(result.counts[0], result.counts[2])


def test_out_migration_larger_than_its_cohort_is_clipped_as_the_un_program_does() -> None:
    base = np.full((1, 2, 20), 100.0)
    migration = np.zeros((1, 1, 2, 20))
    migration[0, 0, 0, 5] = -250.0
    arguments = {"survival": np.ones((1, 1, 2, 20)), "asfr": np.zeros((1, 1, 20)), "srb": [[1.05]]}
    result = cohort_component(base, migration=migration, **arguments)
    assert result.counts[0, 1, 0, 5] == pytest.approx(1e-5)  # all but 1e-5 of the 100 at age 5 at the start
    assert result.clipped[0, 0] == pytest.approx(150.0 + 1e-5)
    assert result.net_migration[0, 0, 0, 5] == pytest.approx(-100.0 + 1e-5)
    assert identity_gap(result) <= 1e-12
    # At the end of the year the cohort that reaches the age may be smaller than the one clipped at: the floor.
    base[0, 0, 4] = 30.0
    result = cohort_component(base, migration=migration, **arguments)
    assert result.counts[0, 1, 0, 5] == 5e-4
    assert result.net_migration[0, 0, 0, 5] == pytest.approx(-30.0 + 5e-4)
    assert result.clipped[0, 0] == pytest.approx(220.0 + 5e-4)
    assert identity_gap(result) <= 1e-12


def test_an_age_that_is_empty_and_that_nobody_leaves_stays_empty() -> None:
    case = random_case(1, draws=1, intervals=3)
    case["base"][:] = case["migration"][:] = case["asfr"][:] = 0.0
    assert not cohort_component(**case).counts.any()


def test_shapes_that_do_not_fit_are_named() -> None:
    case = random_case(1)
    with pytest.raises(ValueError, match="asfr must have shape"):
        cohort_component(**{**case, "asfr": case["asfr"][:, :, :-1]})
    with pytest.raises(ValueError, match="base must have shape"):  # two draws where the migration has four
        cohort_component(**{**case, "migration": np.concatenate([case["migration"]] * 2)})
    with pytest.raises(ValueError, match="timing 'never'"):
        cohort_component(**case, timing="never")


@pytest.mark.parametrize("name", ["base", "survival", "asfr", "srb", "migration"])
def test_a_value_that_is_not_a_number_never_becomes_a_result(name: str) -> None:
    case = random_case(2)
    case[name].flat[case[name].size // 2 + 1] = np.nan
    with pytest.raises(RunFailedError):
        cohort_component(**case)
