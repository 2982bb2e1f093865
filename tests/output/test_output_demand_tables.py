"""Tables behind the needs: they add up to what the models say, and read as their columns promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.demand import Need, model_need
from sim.draws import Draws, quantiles
from sim.output import demand_tables
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario


@pytest.fixture(scope="module")
def need(root: Path) -> Need:
    scenario = load_scenario(root / "scenarios/kunshan/baseline.yaml", overrides=["draws=20"], data_root=root)
    region, draws = load_region(root / "calibration", "kunshan"), Draws(20, scenario.body.seed)
    return model_need(region, scenario, project_region(region, scenario, draws), draws)


def test_beds_of_the_classes_add_up_on_the_central_draw(need: Need) -> None:
    table = demand_tables.bed_classes(need)
    central = table[table["estimate"] == "central"].groupby("year")["beds"].sum()
    np.testing.assert_allclose(central.to_numpy(dtype=float), need.need["beds"].values[0], rtol=1e-12)
    assert list(table.columns[:3]) == ["year", "class", "estimate"]
    assert len(table) == len(need.years) * 7 * 4
    one = table[(table["class"] == "tcm") & (table["estimate"] == "p90")]["bed_days"].to_numpy(dtype=float)
    np.testing.assert_allclose(one, quantiles(need.activity["bed_days_tcm"].values)[2], rtol=1e-12)


def test_pools_need_fewer_beds_than_wards_and_no_bed_is_more_than_full(need: Need) -> None:
    table = demand_tables.bed_classes(need)
    figures = table[["ward_beds", "pooled_beds", "ward_occupancy", "pooled_occupancy"]].astype(float)
    assert (figures["pooled_beds"] <= np.ceil(figures["ward_beds"]) + 1).all()
    assert figures[["ward_occupancy", "pooled_occupancy"]].to_numpy().max() < 1.0
    assert (figures["pooled_occupancy"] > figures["ward_occupancy"]).mean() > 0.95


def test_inpatients_by_age_add_up_to_the_activity(need: Need) -> None:
    table = demand_tables.inpatient_by_age(need)
    treatment = table[table["class"] != "nursing"].groupby("year")[["discharges", "bed_days"]].sum()
    for column in ("discharges", "bed_days"):
        np.testing.assert_allclose(treatment[column].to_numpy(), need.activity[column].values[0], rtol=1e-10)
    assert table["age_to"].isna().sum() == len(need.years) * 7 * 2
    children = table[(table["class"] == "paediatrics") & (table["discharges"] > 0)]
    assert children["age_from"].max() < 15
