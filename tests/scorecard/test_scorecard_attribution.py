"""Attribution of a change: Shapley's laws, a case by hand, and the parts of real needs."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.demand import Factor, model_need
from sim.draws import Draws
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.scorecard.attribution import attribute, attribute_between, periods
from sim.scorecard.shapley import shapley_values

games = st.integers(1, 6).flatmap(lambda n: arrays(float, 2**n, elements=st.floats(-1e6, 1e6)))


def test_two_factors_by_hand() -> None:
    """People x beds a head: 100 x 2 = 200 becomes 150 x 3 = 450. People alone +100 (after: +150), rate alone +100 (+150)."""
    assert shapley_values(np.array([200.0, 300.0, 300.0, 450.0])) == pytest.approx([125.0, 125.0])
    assert shapley_values(np.array([200.0, 300.0, 220.0, 330.0])) == pytest.approx([105.0, 25.0])


def test_three_players_of_the_glove_game() -> None:
    """One left glove, two right ones: a pair is worth 1. Shapley's values are 2/3, 1/6, 1/6."""
    worth = [1.0 if coalition & 1 and coalition & 6 else 0.0 for coalition in range(8)]
    assert shapley_values(np.array(worth)) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@given(games)
def test_the_parts_add_up_to_the_change(values: np.ndarray) -> None:
    parts = shapley_values(values)
    assert parts.sum() == pytest.approx(values[-1] - values[0], rel=1e-9, abs=1e-9 * (1 + np.abs(values).max()))


@given(games, st.floats(-1e3, 1e3))
def test_a_factor_that_only_adds_has_what_it_adds_and_the_others_do_not_notice(values: np.ndarray, more: float) -> None:
    grown = np.concatenate([values, values + more])
    parts = shapley_values(grown)
    scale = 1 + np.abs(grown).max()
    assert parts[-1] == pytest.approx(more, abs=1e-9 * scale)
    np.testing.assert_allclose(parts[:-1], shapley_values(values), atol=1e-9 * scale)


@given(games)
def test_a_factor_that_changes_nothing_has_exactly_no_part(values: np.ndarray) -> None:
    assert shapley_values(np.concatenate([values, values]))[-1] == 0.0


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(1, 1e4))
def test_factors_that_do_the_same_get_the_same(base: float, change: float, level: float) -> None:
    values = [level * (base + change) ** coalition.bit_count() for coalition in range(8)]
    parts = shapley_values(np.array(values))
    assert parts[0] == pytest.approx(parts[1], rel=1e-9, abs=1e-9) == pytest.approx(parts[2], rel=1e-9, abs=1e-9)


def test_a_wrong_number_of_values_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="coalitions"):
        shapley_values(np.zeros(6))


LEVERS = [
    "draws=20",
    "demand.length_of_stay_factor={2020: 1.0, 2025: 0.9}",
    "demand.bed_occupancy={2020: 0.85, 2025: 0.9}",
    "demand.day_surgery_share={2020: 0.145, 2025: 0.3}",
    "demand.visit_rate_factor={2020: 1.0, 2025: 1.1}",
]


@pytest.fixture(scope="module")
def kunshan(root: Path):
    scenario = load_scenario(root / "scenarios/kunshan/plan_2025.yaml", overrides=LEVERS, data_root=root)
    region, draws = load_region(root / "calibration", "kunshan"), Draws(20, scenario.body.seed)
    return region, scenario, project_region(region, scenario, draws), draws


def test_parts_of_every_need_add_up_and_start_and_end_are_those_of_the_chain(kunshan) -> None:
    region, scenario, population, draws = kunshan
    need = model_need(region, scenario, population, draws)
    years = scenario.years.tolist()
    rows = attribute(region, scenario, population, draws)
    seen = set()
    for (key, start, end), group in groupby(rows, key=lambda row: (row.indicator, row.from_year, row.to_year)):
        parts = list(group)
        seen.add((key, start, end))
        assert [row.factor for row in parts] == [str(factor) for factor in Factor]
        assert parts[0].need_from == pytest.approx(need.need[key].values[0, years.index(start)], rel=1e-9)
        assert parts[0].need_to == pytest.approx(need.need[key].values[0, years.index(end)], rel=1e-9)
        change = parts[0].need_to - parts[0].need_from
        assert sum(row.part for row in parts) == pytest.approx(change, rel=1e-9, abs=1e-9 * parts[0].need_to)
        assert all(row.part_p10 <= row.part_p90 for row in parts)
    modelled = {key for key, series in need.need.items() if np.isfinite(series.values[0]).all()}
    assert seen == {(key, *span) for key in modelled for span in periods(region, scenario)}
    assert periods(region, scenario) == [(2020, 2025), (2020, 2035)]


def test_each_lever_shows_in_its_own_factor_alone(kunshan) -> None:
    region, scenario, population, draws = kunshan
    parts = {
        (row.indicator, row.factor): row.part
        for row in attribute_between(region, scenario, population, Draws(0, draws.seed), 2020, 2025)
    }
    assert parts["beds", "stay"] < 0.0
    assert parts["beds", "productivity"] < 0.0
    assert parts["beds", "other"] < 0.0
    assert parts["beds", "use"] == pytest.approx(0.0, abs=1e-6)
    assert parts["physicians", "use"] > 0.0
    assert parts["general_practitioners", "stay"] == pytest.approx(0.0, abs=1e-6)
    assert parts["childcare_places", "structure"] < 0.0 < parts["beds", "structure"]


def test_a_year_to_itself_changes_nothing(kunshan) -> None:
    region, scenario, population, _ = kunshan
    rows = attribute_between(region, scenario, population, Draws(0, 1), 2025, 2025)
    assert rows
    assert all(row.part == 0.0 for row in rows)
