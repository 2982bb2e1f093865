"""Net migration as a residual: the Swedish reference, and what it must give back."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.decade import between_censuses
from sim.population.engine import cohort_component
from sim.population.residual import intercensal_residual, residual_stock, survive, yearly_profile

AGES = 101


def sweden(shared):
    folder = shared / "validation" / "demography" / "migration"
    cells: dict[tuple[int, str, int], dict[str, str]] = {}
    with (folder / "sweden_residual_migration.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            cells[int(row["year"]), row["sex"], int(row["age"])] = row
    years = sorted({key[0] for key in cells})

    def table(column):
        return np.array(
            [
                [[float(cells[year, sex, age][column] or "nan") for age in range(AGES)] for sex in ("male", "female")]
                for year in years
            ]
        )

    asfr = np.zeros((len(years) - 1, AGES))
    srb = np.zeros(len(years) - 1)
    with (folder / "sweden_asfr_srb.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            asfr[int(row["year"]) - years[0], int(row["age"])] = float(row["asfr"])
            srb[int(row["year"]) - years[0]] = float(row["srb"])
    return table("pop"), table("sr")[:-1], asfr, srb, table("netmig_stock")[:-1]


def mortality(intervals: int) -> np.ndarray:
    """A plausible survival table, the same for both sexes, shape ``[interval, sex, age]``."""
    survival = np.exp(-2e-5 * np.exp(0.1 * np.arange(AGES)))
    survival[0] = 0.995
    return np.broadcast_to(survival, (intervals, 2, AGES)).copy()


def pyramid() -> np.ndarray:
    return 1000.0 * np.exp(-((np.arange(AGES) - 30.0) ** 2) / 900.0) * np.ones((2, 1)) + 5.0


FERTILITY = np.where((np.arange(AGES) >= 20) & (np.arange(AGES) < 40), 0.05, 0.0)


def test_stock_method_equals_the_swedish_reference_to_a_hundredth_of_a_person(shared):
    population, survival, asfr, srb, reference = sweden(shared)
    assert residual_stock(population, survival, asfr, srb) == pytest.approx(reference, abs=0.01)


def test_stock_method_finds_the_migration_that_was_put_in():
    rng = np.random.default_rng(5)
    migration = rng.normal(0, 0.3, (4, 2, AGES))
    asfr, srb = np.tile(FERTILITY, (4, 1)), np.full(4, 1.07)
    survival = mortality(4)
    counts = cohort_component(pyramid()[None], survival[None], asfr[None], srb[None], migration[None]).counts[0]
    found = residual_stock(counts, survival, asfr, srb)
    assert found[:, :, 1:] == pytest.approx(migration[:, :, 1:], abs=1e-9)
    # births here come from women counted after migration, in the projection from women before it
    assert found[:, :, 0] == pytest.approx(migration[:, :, 0], abs=1.0)


def test_no_migration_leaves_no_residual():
    asfr, srb, survival = np.tile(FERTILITY, (10, 1)), np.full(10, 1.07), mortality(10)
    still = cohort_component(pyramid()[None], survival[None], asfr[None], srb[None], np.zeros((1, 10, 2, AGES)))
    residual = intercensal_residual(pyramid(), still.counts[0, -1], survival, asfr, srb)
    assert residual[:, 10:] == pytest.approx(0.0, abs=1e-9)
    assert np.abs(residual[:, :10]).max() < 0.03 * still.counts[0, -1, :, :10].max()


def test_the_profile_gives_the_residual_back():
    """A smooth yearly profile, repeated for ten years, is found again."""
    ages = np.arange(AGES)
    wave = 300.0 * np.exp(-((ages - 22.0) ** 2) / 60.0) + 40.0 * np.exp(-((ages - 58.0) ** 2) / 80.0)
    truth = np.stack([wave, 0.8 * wave])
    survival = mortality(10)
    left = np.zeros((2, AGES))
    for interval in range(10):
        left = survive(left, np.zeros(2), survival[interval]) + truth
    profile = yearly_profile(left, survival, 100.0)
    assert np.abs(profile - truth)[:, 15:].sum() < 0.1 * truth.sum()
    assert np.abs(profile[:, :10]).max() < 0.1 * truth.max()
    again = np.zeros((2, AGES))
    for interval in range(10):
        again = survive(again, np.zeros(2), survival[interval]) + profile
    assert again.sum(axis=1) == pytest.approx(left.sum(axis=1), rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_years_between_two_censuses_lead_exactly_from_one_to_the_other(seed):
    rng = np.random.default_rng(seed)
    first = pyramid()
    second = np.roll(first, 10, axis=1) * rng.uniform(0.9, 1.3, first.shape)
    second[:, :10] = 300.0
    asfr, srb, survival = np.tile(FERTILITY, (10, 1)), np.full(10, 1.07), mortality(10)
    decade = between_censuses(first, second, np.arange(2011, 2021), survival, asfr, srb, smoothing=100.0)
    assert decade.projection.counts[0, 0] == pytest.approx(first)
    assert decade.projection.counts[0, -1] == pytest.approx(second, rel=1e-9, abs=1e-6)


def test_people_whom_the_first_census_missed_are_no_migrants():
    first = pyramid()
    missed = np.where(np.arange(AGES) < 5, 0.1, 0.0) * first
    asfr, srb, survival = np.tile(FERTILITY, (10, 1)), np.full(10, 1.07), mortality(10)
    true = cohort_component((first + missed)[None], survival[None], asfr[None], srb[None], np.zeros((1, 10, 2, AGES)))
    decade = between_censuses(
        first, true.counts[0, -1], np.arange(2011, 2021), survival, asfr, srb, smoothing=100.0, missed=missed
    )
    assert decade.residual[:, 10:15] == pytest.approx(0.0, abs=1e-9)
