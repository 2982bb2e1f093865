"""Levels of use after observed discharges and visits: the closed form, and what must not move."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from demand_world import region_of, scenario_of

from sim.calibration.lognormal import update
from sim.demand import model_need
from sim.demand.levels import VISITS, key_in
from sim.demand.model import Need
from sim.draws import Draws, quantiles
from sim.population import project_region
from sim.priors import log_sd
from sim.region import Observation, Region
from sim.region.model import Confidence

DRAWS = Draws(80, 3)
SCENARIO = scenario_of("kunshan", 2020, 2030, draws=80, seed=3)


def figures(**by_measure: dict[int, tuple[float, float | None]]) -> dict[str, dict[int, Observation]]:
    """Observed values with their tolerance (None: that of the fit)."""
    return {
        key: {
            year: Observation(
                value, "a year", "S", Confidence.SOURCED, year=year,
                low=None if width is None else value * (1 - width), high=None if width is None else value * (1 + width),
            )
            for year, (value, width) in values.items()
        }
        for key, values in by_measure.items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def population():
    return project_region(region_of(), SCENARIO, DRAWS)


@pytest.fixture(scope="module")
def earlier(population) -> Need:
    return model_need(region_of(), SCENARIO, population, DRAWS)


def need(population, region: Region | None = None, draws: Draws = DRAWS, **observed) -> Need:
    return model_need(replace(region or region_of(), observed=figures(**observed)), SCENARIO, population, draws)


def activity(result: Need, name: str, year: int) -> np.ndarray:
    return result.activity[name].values[:, year - 2020]


@pytest.mark.parametrize("name", ["discharges", "visits"])
def test_a_figure_equal_to_the_central_forecast_changes_nothing_but_the_width(population, earlier, name) -> None:
    seen = {year: (float(activity(earlier, name, year)[0]), None) for year in (2021, 2023)}
    now = need(population, **{name: seen})
    for key, series in earlier.need.items():
        assert now.need[key].values[0] == pytest.approx(series.values[0], rel=1e-9, nan_ok=True), key
    for year in (2021, 2023, 2030):
        before, after = (quantiles(activity(one, name, year)) for one in (earlier, now))
        assert after[2] - after[0] < before[2] - before[0]


def test_one_figure_and_no_drift_is_the_closed_form_of_the_fit(population) -> None:
    """With a certain drift of nothing the update of a run is the update of ``calibrate``."""
    region = region_of(need__visit_drift_sd=0.0)
    level = region.parameters[key_in(region, VISITS)]
    before = model_need(region, SCENARIO, population, DRAWS)
    value, tolerance = 20_000_000.0, 0.04
    now = need(population, region, visits={2022: (value, tolerance)})
    implied = value / (activity(before, "visits", 2022)[0] / level.number)
    median, sd = update(level.number, log_sd(level.low, level.high), [(implied, log_sd(1 - tolerance, 1 + tolerance))])
    moved = activity(now, "visits", 2022)[0] / activity(before, "visits", 2022)[0]
    assert moved == pytest.approx(median / level.number, rel=1e-9)
    spread = np.std(np.log(activity(now, "visits", 2022)[1:] / value))
    assert spread == pytest.approx(sd, rel=0.25)


def test_an_exact_figure_is_met(population) -> None:
    now = need(population, visits={2022: (15_000_000.0, 0.0)}, discharges={2021: (190_000.0, 0.0), 2023: (215_000.0, 0.0)})
    assert activity(now, "visits", 2022) == pytest.approx(15_000_000.0, rel=1e-4)
    assert activity(now, "discharges", 2021) == pytest.approx(190_000.0, rel=1e-4)
    assert activity(now, "discharges", 2023) == pytest.approx(215_000.0, rel=1e-4)


def test_beds_follow_discharges_and_visits_leave_them_alone(population, earlier) -> None:
    low = float(activity(earlier, "discharges", 2023)[0]) * 0.8
    fewer = need(population, discharges={2023: (low, None)})
    assert fewer.need["beds"].values[0, -1] < 0.95 * earlier.need["beds"].values[0, -1]
    other = need(population, visits={2023: (10_000_000.0, None)})
    assert np.array_equal(other.activity["discharges"].values, earlier.activity["discharges"].values)


def test_later_figures_weigh_more_on_later_years(population, earlier) -> None:
    """A walk: what was seen last says most about what comes."""
    now = need(population, visits={2021: (float(activity(earlier, "visits", 2021)[0]) * 1.2, 0.01),
                                   2024: (float(activity(earlier, "visits", 2024)[0]), 0.01)})  # fmt: skip
    ratio = now.activity["visits"].values[0] / earlier.activity["visits"].values[0]
    assert ratio[1] > ratio[10] > 1.0
    assert ratio[4:] == pytest.approx(ratio[4], rel=1e-9)


def test_fewer_draws_are_the_first_of_more(population) -> None:
    few, more = (
        need(replace(population, counts=population.counts[: n + 1], births=population.births[: n + 1],
                     deaths=population.deaths[: n + 1], net_migration=population.net_migration[: n + 1],
                     clipped=population.clipped[: n + 1], town_shares=population.town_shares[: n + 1]),
             draws=Draws(n, 3), visits={2022: (16_000_000.0, None)}, discharges={2023: (200_000.0, None)})
        for n in (10, 40)
    )  # fmt: skip
    assert np.array_equal(few.need["beds"].values, more.need["beds"].values[:11])
