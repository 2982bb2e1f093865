"""Splitting a low open age group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from population_cases import Canada

from sim.population.engine import cohort_component
from sim.population.life_table import life_table
from sim.population.open_age import split_open_age
from sim.population.survival import survival_from_mx


def _collapse(counts: np.ndarray, age: int) -> np.ndarray:
    return np.concatenate([counts[..., :age], counts[..., age:].sum(axis=-1, keepdims=True)], axis=-1)


def _gompertz() -> np.ndarray:
    return 5e-5 * np.exp(0.095 * (np.arange(101) + 0.5))


def test_canada_collapsed_to_85_and_split_for_35_years(shared: Path) -> None:
    canada = Canada(shared)
    split = split_open_age(_collapse(canada.base, 85), 85, canada.mx[0])
    inputs = {**canada.inputs(), "base": split[None]}
    found = cohort_component(**inputs).counts[0, 1:]
    old, expected_old = found[:, :, 85:].sum(axis=(1, 2)), canada.expected[:, :, 85:].sum(axis=(1, 2))
    total, expected = found.sum(axis=(1, 2)), canada.expected.sum(axis=(1, 2))
    assert np.abs(old / expected_old - 1).max() <= 0.01
    assert np.abs(total / expected - 1).max() <= 2e-4


def test_keeping_one_open_group_would_cost_what_the_reference_says(shared: Path) -> None:
    canada = Canada(shared)
    rates = canada.mx[..., :86].copy()
    years = np.stack([life_table(canada.mx[:, i], sex=sex).Lx for i, sex in enumerate(("male", "female"))], axis=1)
    rates[..., 85] = (years * canada.mx)[..., 85:].sum(axis=-1) / years[..., 85:].sum(axis=-1)
    inputs = canada.inputs()
    inputs |= {"base": _collapse(inputs["base"], 85), "survival": survival_from_mx(rates, a0="coale-demeny")[None]}
    inputs |= {"asfr": inputs["asfr"][..., :86], "migration": _collapse(inputs["migration"], 85)}
    found = cohort_component(**inputs).counts[0, -1]
    expected = canada.expected[-1]
    assert abs(found[:, 85].sum() / expected[:, 85:].sum() - 1) > 0.02


@pytest.mark.parametrize("growth", [-0.02, 0.0, 0.03])
def test_a_stable_population_is_recovered(growth: float) -> None:
    mx = _gompertz()
    years = life_table(mx, sex="female").Lx
    counts = 1000 * years * np.exp(-growth * (np.arange(101) + 0.5))
    split = split_open_age(_collapse(counts, 85), 85, mx)
    np.testing.assert_allclose(split[85:100], counts[85:100], rtol=5e-3)
    np.testing.assert_allclose(split[:85], counts[:85])


@given(st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=86, max_size=86))
@settings(max_examples=50, deadline=None)
def test_the_open_group_keeps_its_sum_and_nothing_else_moves(counts: list[float]) -> None:
    given_counts = np.array(counts)
    split = split_open_age(given_counts, 85, _gompertz())
    assert split.shape == (101,)
    np.testing.assert_array_equal(split[:85], given_counts[:85])
    np.testing.assert_allclose(split[85:].sum(), given_counts[85], rtol=1e-12)
    assert np.all(split >= 0)


def test_leading_axes_are_split_one_by_one() -> None:
    rng = np.random.default_rng(0)
    counts = rng.uniform(1, 100, (3, 2, 86))
    mx = np.stack([_gompertz(), 0.8 * _gompertz()])
    split = split_open_age(counts, 85, mx)
    np.testing.assert_allclose(split[2, 1], split_open_age(counts[2, 1], 85, mx[1]), rtol=1e-12)


def test_axes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="open age 85"):
        split_open_age(np.ones(85), 85, _gompertz())
