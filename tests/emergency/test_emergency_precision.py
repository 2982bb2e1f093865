"""How many replications: the sequential rule in the chain, real coverage of the intervals, the warm-up series."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from emergency_worlds import one_place

from sim.draws import Draws
from sim.emergency import simulate, statistics
from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, draw_calls
from sim.emergency.kernel import run_compiled
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.supply import plan_supply
from sim_cli import run_cli

COMMON = {"emergency.parameter_draws": "0", "emergency.years": "[2020]"}


def run(root, *settings):
    region = load_region(root / "calibration", "taicang")
    merged = {**COMMON, **dict(setting.split("=", 1) for setting in settings)}
    overrides = [f"{key}={value}" for key, value in merged.items()]
    scenario = load_scenario(root / "scenarios/taicang/baseline.yaml", overrides=overrides, data_root=root)
    draws = Draws(0, 5)
    population = project_region(region, scenario, draws)
    return simulate(region, scenario, population, plan_supply(region, scenario, population), draws)


@pytest.fixture(scope="module")
def many(root):
    """More replications than any rule below asks for."""
    return run(root, "emergency.replications=60").replications.response_mean_min.to_numpy()


def half_width(values):
    return statistics.t_interval(values).half_width


def test_replications_go_on_until_the_interval_is_narrow_enough(root, many):
    target = 1.02 * half_width(many[:25])
    stop = next(n for n in range(10, 60) if half_width(many[:n]) <= target)
    assert 10 < stop <= 25
    outcome = run(root, "emergency.replications=3", f"emergency.target_half_width_min={target}")
    assert outcome.replications.response_mean_min.tolist() == many[:stop].tolist()
    assert set(outcome.metrics.replications) == {stop}
    row = outcome.checks.set_index("name").loc["replications"]
    assert row.ok and f"(n = {stop})" in row.got and row.expected.startswith(f"<= {target:g}")
    assert not any("asked for" in notice for notice in outcome.notices)


def test_a_bound_ends_them_and_is_said(root, many):
    outcome = run(root, "emergency.target_half_width_min=0.0001", "emergency.most_replications=12")
    assert outcome.replications.response_mean_min.tolist() == many[:12].tolist()
    assert not outcome.checks.set_index("name").loc["replications", "ok"]
    assert any("2020: 12 replications leave" in notice and "wider than the 0.0001 min" in notice for notice in outcome.notices)


@pytest.mark.slow
def test_the_command_says_how_many_it_took_and_logs_the_calls_of_each(root, tmp_path, capsys):
    scenario = str(root / "scenarios/taicang/baseline.yaml")
    options = ["--target-halfwidth", "0.0001", "--most-replications", "11", "--year", "2020", "--log-calls"]
    settings = ["--set", "emergency.parameter_draws=0", "--set", "draws=0", "--replications", "2"]
    assert run_cli(["emergency", scenario, *options, *settings, "--out", str(tmp_path / "out")]) == 0
    assert "11 replications" in capsys.readouterr().out
    with (tmp_path / "out" / "calls.csv").open(encoding="utf-8") as stream:
        assert {row["replication"] for row in csv.DictReader(stream)} == {str(number) for number in range(11)}


def test_intervals_of_the_engine_cover_as_they_say():
    """300 macro-replications of ten months: the mean of all 3,000 lies in about 95 % of the intervals.

    Single days are too short: their means are so skewed by the days with queues that only 90 % of the intervals hold it.
    """
    service = ServiceLaw(
        Lognormal(1.0, 0.5), np.full(168, 2.0), 0.4, Lognormal(30.0, 0.8), Lognormal(20.0, 0.5), np.ones(1)
    )
    intensity = CallIntensity(np.full(720, 3.0), np.ones(1), np.ones(1))
    world = one_place(6, horizon=43_200.0)
    means = np.empty((300, 10))
    for number in range(means.size):
        calls = draw_calls(intensity, service, 20260101, (number,))
        means.flat[number] = np.nanmean(run_compiled(world, calls, checked=True).response_min(calls))
    truth = means.mean()
    hits = sum(statistics.t_interval(row).low <= truth <= statistics.t_interval(row).high for row in means)
    assert 0.92 <= hits / len(means) <= 0.98


def test_welch_series_starts_empty_and_settles(root):
    outcome = run(root, "emergency.replications=10")
    table = outcome.warm_up
    assert set(table.year) == {2020} and (table.replications == 10).all()
    assert (np.diff(table.call) == 5).all()
    assert table.welch_min.std() < table.mean_min.std()
    assert table.dropped_calls.nunique() == 1 and table.dropped_calls[0] % 5 == 0
    assert table.welch_min[0] == table.mean_min[0]
    assert table.welch_min[30] == pytest.approx(table.mean_min[10:51].mean())


def test_a_standard_out_of_reach_is_said_once(root):
    outcome = run(root, "emergency.standard_min=5", "emergency.years=[2020, 2021]", "emergency.replications=2")
    said = [notice for notice in outcome.notices if notice.startswith("No number of crews")]
    assert len(said) == 1 and "2020, 2021" in said[0]
