"""The split over towns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.draws import Draws
from sim.population.inputs import read_inputs
from sim.population.region_projection import project_years
from sim.population.towns import AGE_FROM, broad_groups, fit_shares, town_shares
from sim.region import load_region
from sim.scenario.model import PopulationSection

REGIONS = ("kunshan", "taicang", "wuzhong", "qingpu", "haimen")


@pytest.fixture(scope="module")
def regions(root):
    return {key: load_region(root / "calibration", key) for key in REGIONS}


@pytest.mark.parametrize("key", REGIONS)
def test_towns_sum_to_the_region_in_every_draw_year_and_age_group(regions, key):
    population = project_years(read_inputs(regions[key]), PopulationSection(), 2021, 2031, Draws(30, 4))
    assert population.town_shares.shape == (31, 11, len(regions[key].towns.ids), len(AGE_FROM))
    assert population.town_shares.sum(axis=2) == pytest.approx(np.ones((31, 11, len(AGE_FROM))), abs=1e-12)
    people = population.town_shares * broad_groups(population.counts)[:, :, None, :]
    assert people.sum(axis=(2, 3)) == pytest.approx(population.total(), rel=1e-12)


def test_the_central_split_of_the_base_year_is_the_packs(regions):
    towns = regions["kunshan"].towns
    inputs = read_inputs(regions["kunshan"])
    population = project_years(inputs, PopulationSection(), 2021, 2026, Draws(0, 4))
    people = (population.town_shares * broad_groups(population.counts)[:, :, None, :])[0, 0].sum(axis=1)
    assert people == pytest.approx(towns.population * population.total()[0, 0] / towns.population.sum(), rel=1e-6)


def test_rural_towns_are_older(regions):
    towns = regions["kunshan"].towns
    population = project_years(read_inputs(regions["kunshan"]), PopulationSection(), 2021, 2022, Draws(0, 4))
    old, all_ages = population.town_shares[0, 0, :, -1], towns.population / towns.population.sum()
    assert (old[~towns.urban] > all_ages[~towns.urban]).all()
    assert (old[towns.urban] < all_ages[towns.urban]).all()


def test_the_error_of_a_towns_population_enters_the_draws(regions):
    towns = regions["kunshan"].towns
    shares = town_shares(towns, np.ones(5), np.ones(5), 0.01, np.array([0, 15]), Draws(4000, 9))[1:, :, :, 0]
    weakest, best = np.argmax(towns.population_log_sd), np.argmin(towns.population_log_sd)
    spread = np.log(shares[:, 0]).std(axis=0)
    assert spread[weakest] > spread[best]
    # a town of a seventh of the region: its own error of 0.45, less what the sum takes back
    middle = int(np.flatnonzero(np.array(towns.ids) == "kunshan_t05")[0])
    assert spread[middle] == pytest.approx(0.45, rel=0.15)
    assert np.log(shares[:, 1]).std(axis=0)[best] > spread[best]


@given(
    share=st.lists(st.floats(0.05, 1), min_size=3, max_size=6),
    groups=st.lists(st.floats(0.05, 1), min_size=2, max_size=5),
    seed=st.integers(0, 1000),
)
def test_fitted_shares_keep_both_margins(share, groups, seed):
    share, groups = np.array(share) / sum(share), np.array(groups) / sum(groups)
    leaning = np.random.default_rng(seed).uniform(0.7, 1.4, (len(share), len(groups)))
    fitted = fit_shares(share, groups, leaning)
    assert fitted.sum(axis=0) == pytest.approx(np.ones(len(groups)), abs=1e-12)
    assert (fitted * groups).sum(axis=1) == pytest.approx(share, abs=1e-9)
