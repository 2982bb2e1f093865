"""Small worlds for the tests of demand: real region packs, people made by hand."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.population.model import OPEN_AGE, Population
from sim.region import Region, load_region
from sim.region.model import Confidence, Observation
from sim.scenario.model import Scenario, ScenarioBody

CALIBRATION = Path(__file__).resolve().parents[2] / "calibration"
ALL_REGIONS = ("haimen", "kunshan", "qingpu", "taicang", "wuzhong")


@functools.cache
def pack_of(key: str) -> Region:
    """A region pack as shipped, read once."""
    return load_region(CALIBRATION, key)


def region_of(key: str = "kunshan", **changed: float) -> Region:
    """A region pack; ``changed`` parameters (dots as double underscores) become certain values."""
    region = pack_of(key)
    parameters = dict(region.parameters)
    for name, value in changed.items():
        parameters[name.replace("__", ".")] = Observation(value, "test", "ASSUMED", Confidence.ASSUMPTION)
    return replace(region, parameters=parameters)


def scenario_of(
    region: str = "kunshan", start: int = 2020, end: int = 2035, draws: int = 0, seed: int = 1, **demand: Any
) -> Scenario:
    """A scenario with nothing but demand levers."""
    body = ScenarioBody.model_validate(
        {
            "schema": 1,
            "name": "test",
            "title": {"zh": "测试", "en": "Test"},
            "region": region,
            "horizon": {"from": start, "to": end},
            "draws": draws,
            "seed": seed,
            "demand": demand,
        }
    )
    return Scenario(body, {}, (), "test.yaml")


def population_of(
    ages: Mapping[tuple[int, int], float], start: int = 2020, end: int = 2035, draws: int = 0, growth: float = 0.0
) -> Population:
    """The same people in every draw: counts by (sex, age), growing by a constant factor a year, in one town."""
    base = np.zeros((2, OPEN_AGE + 1))
    for (sex, age), count in ages.items():
        base[sex, age] = count
    return _population(base, start, end, draws, growth)


def census_population(
    region: Region, year: int = 2020, start: int = 2020, end: int = 2035, draws: int = 0, growth: float = 0.0
) -> Population:
    """The people of a census, spread evenly over the ages of their group (85+ over 85..89)."""
    census = region.census[year]
    base = np.zeros((2, OPEN_AGE + 1))
    bounds = [*map(int, census.age_from), 90]
    for group, (low, high) in enumerate(pairwise(bounds)):
        base[:, low:high] = census.counts[:, [group]] / (high - low)
    return _population(base, start, end, draws, growth)


def _population(base: NDArray[np.float64], start: int, end: int, draws: int, growth: float) -> Population:
    years = np.arange(start + 1, end + 2)
    factors = (1.0 + growth) ** np.arange(len(years))
    counts = np.broadcast_to(base * factors[:, None, None], (draws + 1, len(years), 2, OPEN_AGE + 1))
    steps = (draws + 1, len(years) - 1)
    return Population(
        years=years,
        counts=counts,
        births=np.zeros((*steps, 2)),
        deaths=np.zeros(steps),
        net_migration=np.zeros(steps),
        clipped=np.zeros(steps),
        towns=("t1", "t2"),
        town_shares=np.broadcast_to(np.array([0.75, 0.25])[None, None, :, None], (draws + 1, len(years), 2, 2)),
        town_age_from=np.array([0, 3]),
    )
