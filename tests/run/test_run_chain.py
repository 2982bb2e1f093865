"""The whole chain: every shipped scenario, the laws that hold across links, and the same bytes whatever the machine's mood."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.run import run_scenario
from sim.scenario import load_scenario

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.relative_to(ROOT) for path in (ROOT / "scenarios").glob("*/*.yaml"))
QUICK = ("draws=12", "emergency.replications=2", "emergency.parameter_draws=2", "emergency.years=[2020, 2025]")


@pytest.mark.parametrize("scenario", SHIPPED, ids=str)
def test_every_shipped_scenario_runs(scenario, tmp_path):
    horizon = load_scenario(ROOT / scenario).body.horizon
    years = f"emergency.years=[{horizon.start}, {min(horizon.start + 5, horizon.end)}]"
    folder = run_scenario(ROOT / scenario, overrides=(*QUICK[:3], years), out=tmp_path, reports=False).folder
    card = pd.read_csv(folder / "scorecard.csv")
    assert {"population", "beds"} <= set(card["indicator"]) or "wuzhong" in str(scenario)
    people = card[card["indicator"] == "population"].sort_values("year")["supply"].to_numpy()
    assert np.all(people > 100_000)
    emergency = pd.read_csv(folder / "emergency.csv")
    mean = emergency[(emergency["metric"] == "response_mean_min") & (emergency["segment"] == "all")]["mean"]
    assert mean.between(2, 60).all()


@pytest.fixture(scope="module")
def kunshan(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    return run_scenario(ROOT / "scenarios/kunshan/plan_2025.yaml", overrides=QUICK, out=out, reports=False).folder


def test_people_are_accounted_for(kunshan):
    totals = pd.read_csv(kunshan / "population_totals.csv")
    change = totals["total"].diff().to_numpy()[1:]
    flows = (totals["births"] - totals["deaths"] + totals["net_migration"]).to_numpy()[:-1]
    assert change == pytest.approx(flows, abs=1e-6)
    by_age = pd.read_csv(kunshan / "population.csv").groupby("year")["central"].sum()
    assert by_age.to_numpy() == pytest.approx(totals["total"].to_numpy(), rel=1e-12)


def test_rates_are_counts_over_people(kunshan):
    card = pd.read_csv(kunshan / "scorecard.csv").set_index(["indicator", "year"])
    for year in (2020, 2025, 2035):
        people = card.loc[("population", year), "supply"]
        for count, rate, per in (("beds", "beds_per_1000", 1000), ("ambulances", "ambulances_per_10k", 10_000)):
            assert card.loc[(rate, year), "supply"] == pytest.approx(card.loc[(count, year), "supply"] / people * per)


def test_fewer_draws_are_the_first_of_more(kunshan, tmp_path):
    more = run_scenario(
        ROOT / "scenarios/kunshan/plan_2025.yaml", overrides=("draws=24", *QUICK[1:]), out=tmp_path, reports=False
    ).folder
    with np.load(kunshan / "draws.npz") as few, np.load(more / "draws.npz") as many:
        assert few.files == many.files
        compared = 0
        for name in few.files:
            if few[name].ndim and few[name].shape[0] == 13:
                assert np.array_equal(few[name], many[name][:13], equal_nan=True), name
                compared += 1
    assert compared >= 5


def test_no_new_stations_and_slower_hiring_never_help(kunshan, tmp_path):
    def mean_2025(name: str) -> float:
        folder = run_scenario(ROOT / f"scenarios/kunshan/{name}.yaml", overrides=QUICK, out=tmp_path, reports=False).folder
        card = pd.read_csv(folder / "scorecard.csv").set_index(["indicator", "year"])
        return card.loc[("response_mean_min", 2025), "supply"], card.loc[("physicians", 2025), "supply"]

    plan = pd.read_csv(kunshan / "scorecard.csv").set_index(["indicator", "year"])["supply"]
    assert mean_2025("what_if_no_new_stations")[0] > plan["response_mean_min", 2025]
    assert mean_2025("what_if_half_recruitment")[1] < plan["physicians", 2025]


@pytest.mark.slow
def test_the_same_bytes_for_any_hash_seed_and_from_any_directory(tmp_path):
    seen = []
    for number, seed in enumerate(("0", "12345")):
        out = tmp_path / str(number)
        arguments = ["run", str(ROOT / "scenarios/kunshan/plan_2025.yaml"), "--out", str(out), "--draws", "12"]
        settings = [part for setting in QUICK[1:] for part in ("--set", setting)]
        cwd = tmp_path if number else ROOT
        environment = {**os.environ, "PYTHONHASHSEED": seed, "NUMBA_NUM_THREADS": str(number + 1)}
        subprocess.run(
            [sys.executable, str(ROOT / "sim_cli.py"), *arguments, *settings], cwd=cwd, env=environment, check=True,
            capture_output=True,
        )  # fmt: skip
        folder = next(out.iterdir())
        files = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".npz"))
        seen.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files} | {"folder": folder.name})
    assert seen[0] == seen[1]
