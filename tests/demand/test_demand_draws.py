"""Draws: draw 0 is central, more draws or a longer horizon move none of the others."""

from __future__ import annotations

import numpy as np
import pytest
from demand_world import census_population, region_of, scenario_of

from sim.demand import Need, model_need
from sim.draws import Draws


def need_of(draws: int, end: int = 2035, seed: int = 5) -> Need:
    region = region_of()
    people = census_population(region, end=end, draws=draws, growth=0.01)
    return model_need(region, scenario_of(end=end, draws=draws), people, Draws(draws, seed))


def everything(need: Need) -> dict[object, np.ndarray]:
    return {key: series.values for part in (need.need, need.activity, need.second) for key, series in part.items()}


def test_the_first_draws_equal_a_run_with_fewer() -> None:
    few, many = everything(need_of(40)), everything(need_of(80))
    for key, values in few.items():
        np.testing.assert_array_equal(values, many[key][:41])


def test_a_longer_horizon_moves_no_earlier_year() -> None:
    short, long = everything(need_of(30, end=2028)), everything(need_of(30, end=2035))
    for key, values in short.items():
        np.testing.assert_array_equal(values, long[key][:, : values.shape[1]])


def test_draw_0_is_the_central_assumption_whatever_the_seed() -> None:
    alone, among = everything(need_of(0)), everything(need_of(25, seed=99))
    for key, values in alone.items():
        np.testing.assert_array_equal(values[0], among[key][0])


def test_another_seed_gives_other_draws() -> None:
    one, other = need_of(25, seed=1), need_of(25, seed=2)
    assert not np.allclose(one.need["beds"].values[1:], other.need["beds"].values[1:])


def test_intervals_widen_with_the_years_because_use_drifts() -> None:
    values = np.log(need_of(2000).activity["discharges"].values[1:])
    first, last = values[:, 0].std(), values[:, -1].std()
    assert last**2 - first**2 == pytest.approx(15 * 0.02**2, rel=0.25)


def test_quantities_with_streams_of_their_own_are_independent() -> None:
    activity = need_of(2000).activity
    logs = np.log([activity[name].values[1:, 0] for name in ("discharges", "visits", "calls")])
    correlation = np.corrcoef(logs)
    assert np.abs(correlation - np.eye(3)).max() < 0.08


def test_a_series_has_a_row_a_draw_and_a_column_a_year() -> None:
    need = need_of(3)
    for values in everything(need).values():
        assert values.shape == (4, 16)
    assert need.by_town["children_under_3"].shape == (4, 16, 2)
    assert need.years.tolist() == list(range(2020, 2036))
