"""Supply through observed counts: they take the place of the plan, which goes on from there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_supply_plan import residents_growing_by

from sim.region import Observation, load_region
from sim.region.model import Confidence
from sim.scenario import load_scenario
from sim.supply import plan_supply


@pytest.fixture(scope="module")
def kunshan(root):
    return load_region(root / "calibration", "kunshan")


def supply(root, kunshan, overrides=(), name="plan_2025", **seen):
    observed = {
        key: {year: Observation(value, "beds", "PLAN_KS", Confidence.SOURCED, year=year) for year, value in counts.items()}
        for key, counts in seen.items()
    }
    scenario = load_scenario(root / "scenarios" / "kunshan" / f"{name}.yaml", overrides=overrides)
    return plan_supply(replace(kunshan, observed=observed), scenario, residents_growing_by(0.01)).series


def by_year(series):
    return dict(zip(range(2020, 2036), series.values, strict=True)), dict(zip(range(2020, 2036), series.how, strict=True))


def test_observed_counts_replace_the_plan_and_the_target_stays(root, kunshan):
    planned, _ = by_year(supply(root, kunshan)["beds"])
    series = supply(root, kunshan, beds={2021: 8200, 2023: 8400})["beds"]
    values, how = by_year(series)
    assert [values[year] for year in (2020, 2021, 2022, 2023)] == [8188, 8200, 8300, 8400]
    assert values[2024] == np.ceil((8400 + planned[2025]) / 2)
    assert [values[year] for year in (2025, 2035)] == [planned[2025], planned[2035]]
    assert [how[year] for year in (2021, 2022, 2023, 2024, 2025, 2026)] == [
        "observed", "interpolated", "observed", "interpolated", "planned", "carried_forward",
    ]  # fmt: skip
    assert "observed 2023 PLAN_KS (sourced)" in series.source


def test_a_target_that_has_passed_gives_way_to_what_came(root, kunshan):
    values, how = by_year(supply(root, kunshan, beds={2026: 9000})["beds"])
    assert values[2025] < 9000
    assert values[2026] == values[2035] == 9000
    assert how[2025] == "interpolated"


def test_what_a_project_added_by_then_stands_in_the_observed_count(root, kunshan):
    projects = "[{name: a, opens: 2022, adds: 300}, {name: b, opens: 2024, adds: 200}]"
    plan = ["resources.beds.hold=true", f"resources.beds.projects={projects}"]
    before, _ = by_year(supply(root, kunshan, plan)["beds"])
    assert [before[year] for year in (2021, 2022, 2024)] == [8188, 8488, 8688]
    now, _ = by_year(supply(root, kunshan, plan, beds={2023: 8450})["beds"])
    assert [now[year] for year in (2023, 2024, 2035)] == [8450, 8650, 8650]


def test_hires_start_from_the_observed_stock(root, kunshan):
    plain = supply(root, kunshan)["physicians"]
    behind = supply(root, kunshan, physicians={2023: 5800})["physicians"]
    assert behind.values[5] == plain.values[5]
    assert behind.hires[4] > plain.hires[4] and behind.hires[3] < plain.hires[3]
    attrition = kunshan.parameters["workforce.attrition.physicians"].number
    assert behind.hires[4] == pytest.approx(5800 + (plain.values[5] - 5800) / 2 - 5800 * (1 - attrition), abs=1)


def test_recruitment_limits_the_path_from_the_last_observed_stock_on(root, kunshan):
    series = supply(root, kunshan, name="what_if_half_recruitment", nurses={2022: 6500})["nurses"]
    values, how = by_year(series)
    assert values[2022] == 6500
    assert how[2022] == "observed" and how[2023] == "flow"
    full, _ = by_year(supply(root, kunshan, nurses={2022: 6500})["nurses"])
    assert values[2025] < full[2025]


def test_what_was_not_observed_in_the_base_year_begins_with_its_first_value(root, kunshan):
    values, how = by_year(supply(root, kunshan, childcare_places={2022: 4200})["childcare_places"])
    assert np.isnan(values[2021]) and how[2021] == "not_observed"
    assert values[2022] == 4200 and how[2022] == "observed"


def test_a_scenario_may_leave_the_observed_values_aside(root, kunshan):
    plain = supply(root, kunshan)["beds"]
    off = supply(root, kunshan, ["horizon.observed_until=2020"], beds={2023: 8400})["beds"]
    assert np.array_equal(plain.values, off.values) and plain.source == off.source
    some = supply(root, kunshan, ["horizon.observed_until=2021"], beds={2021: 8200, 2023: 8400})["beds"]
    assert some.values[1] == 8200 and some.values[3] > 8400
