"""A run folder: what stands in it, what its name covers, and that nothing half-written looks finished."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic_run import YEARS, make_run

from sim.errors import InputError, RunFailedError
from sim.output import find_finished, identify, load_run, write_run
from sim.output.read import LoadedRun
from sim.output.write import _fill

CONTRACT_COLUMNS = {
    "scorecard.csv": "region,scenario,year,indicator,unit,basis,supply,norm,need_p10,need_p50,need_p90,gap_to_norm,gap_to_need,"
    "p_norm_met,p_need_met,status,source",
    "population.csv": "year,sex,age,mean,p10,p50,p90",
    "population_totals.csv": "year,total,births,deaths,net_migration,clipped",
    "emergency.csv": "year,metric,segment,unit,mean,ci_low,ci_high,replications,param_p10,param_p90,draws",
    "coverage.csv": "year,radius_km,metric,segment,population_share,area_share",
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inputs")


@pytest.fixture(scope="module")
def run(inputs: Path):
    return make_run(inputs)


@pytest.fixture(scope="module")
def identity(run):
    return identify(run.scenario, run.region)


@pytest.fixture(scope="module")
def finished(run, identity, tmp_path_factory: pytest.TempPathFactory) -> LoadedRun:
    return load_run(write_run(run, identity, tmp_path_factory.mktemp("outputs")))


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", CONTRACT_COLUMNS)
def test_contract_columns_stand_first_and_in_order(finished, name):
    header = (finished.folder / name).read_text(encoding="utf-8").split("\n", 1)[0]
    assert header == CONTRACT_COLUMNS[name] or header.startswith(CONTRACT_COLUMNS[name] + ",")


def test_the_folder_is_named_by_region_scenario_and_hash(finished, identity):
    assert finished.folder.name == f"samplia-plan_2025-{identity.content_hash[:10]}" == finished.name


def test_floats_read_back_exactly(finished, run):
    table = finished.table("population")
    assert table["central"].to_numpy().reshape(len(YEARS), 2, 101).tolist() == run.population.counts[0].tolist()


def test_population_totals_close_their_own_account(finished):
    table = finished.table("population_totals")
    flows = table["births"] - table["deaths"] + table["net_migration"]
    assert np.allclose(table["total"].shift(-1)[:-1], (table["total"] + flows)[:-1], rtol=1e-12)
    assert table["births"].isna().tolist() == [False] * (len(table) - 1) + [True]


def test_ages_and_towns_add_up_to_the_total(finished):
    totals = finished.table("population_totals").set_index("year")["total"]
    by_age = finished.table("population").groupby("year")["central"].sum()
    assert np.allclose(by_age, totals, rtol=1e-12)
    towns = finished.table("towns")
    by_town = towns[towns["measure"] == "residents"].groupby("year")["central"].sum()
    assert np.allclose(by_town.loc[2025], totals.loc[2026], rtol=1e-12)


def test_age_groups_make_up_all(finished):
    table = finished.table("population_groups")
    shares = table[table["group"].isin(["0_14", "15_59", "60_plus"])].groupby("year")["share_central"].sum()
    assert np.allclose(shares, 1.0, rtol=1e-12)


def test_not_available_is_empty_and_never_zero(finished):
    places = [row for row in rows(finished.folder, "scorecard.csv") if row["indicator"] == "childcare_places"]
    assert places[0]["year"] == "2020"
    assert places[0]["supply"] == places[0]["gap_to_need"] == ""


def test_draws_hold_the_quantiles_of_the_tables(finished):
    arrays = finished.draws()
    need = finished.table("need")
    beds = need[(need["indicator"] == "beds") & (need["estimate"] == "main") & (need["year"] == 2035)].iloc[0]
    assert np.quantile(arrays["need/beds"][1:, -1], 0.9) == beds["p90"]
    assert arrays["need/beds"][0, -1] == beds["central"]


def test_every_input_stands_in_the_folder_and_in_the_manifest(finished, run):
    recorded = finished.manifest["inputs"]
    assert set(recorded) == {"scenarios/plan_2025.yaml", "scenarios/baseline.yaml", "calibration/samplia/baseline.yaml"}
    assert (finished.folder / "inputs/scenarios/plan_2025.yaml").read_bytes() == Path(run.scenario.path).read_bytes()


def test_assumptions_carry_value_unit_source_grade_and_place(finished):
    table = rows(finished.folder, "assumptions.csv")
    tfr = next(row for row in table if row["key"] == "demography.tfr")
    assert (tfr["value"], tfr["unit"], tfr["low"], tfr["confidence"]) == ("0.95", "children per woman", "0.85", "assumption")
    assert tfr["source"] == "census: Samplia census of 2020 (invented)"
    beds = next(row for row in table if row["key"] == "resources.beds.per_head.2025")
    assert (beds["value"], beds["layer"], beds["place"]) == ("4.6", "file", "plan_2025.yaml:9:5")
    observed = next(row for row in table if row["group"] == "baseline" and row["key"] == "beds")
    assert observed["place"] == "calibration/samplia/baseline.yaml:4:3"


def test_no_table_holds_a_path_of_this_machine(finished, inputs):
    for path in finished.folder.glob("*.csv"):
        assert str(inputs) not in path.read_text(encoding="utf-8"), path.name


def test_statements_outside_the_model_are_carried(finished):
    assert rows(finished.folder, "not_modelled.csv")[0]["label_zh"] == "人均期望寿命"


def test_a_finished_identical_run_is_found_and_reused(run, identity, finished):
    out = finished.folder.parent
    before = (finished.folder / "manifest.json").read_bytes()
    assert find_finished(identity, out) == finished.folder
    assert write_run(run, identity, out) == finished.folder
    assert (finished.folder / "manifest.json").read_bytes() == before


def test_the_hash_covers_scenario_inputs_program_and_versions(run, identity):
    changed = {
        "resolved": {**identity.resolved, "seed": 6},
        "inputs": (replace(identity.inputs[0], sha256="0" * 64), *identity.inputs[1:]),
        "program": {**identity.program, "version": "9.9"},
        "versions": {**identity.versions, "numpy": "0.0"},
    }
    hashes = {replace(identity, **{name: value}).content_hash for name, value in changed.items()}
    assert len(hashes | {identity.content_hash}) == 5


@pytest.mark.parametrize("change", [{"seed": 6}, {"draws": 61}, {"emergency": {"replications": 11}}])
def test_the_hash_moves_with_seed_draws_and_replications(run, identity, change):
    body = run.scenario.body
    if "emergency" in change:
        change = {"emergency": body.emergency.model_copy(update=change["emergency"])}
    other = identify(replace(run.scenario, body=body.model_copy(update=change)), run.region)
    assert other.content_hash != identity.content_hash


def test_the_hash_does_not_move_with_the_working_directory(run, identity, monkeypatch, inputs):
    monkeypatch.chdir(inputs)
    shown = replace(run.scenario, path="scenarios/samplia/plan_2025.yaml")
    assert identify(shown, run.region).content_hash == identity.content_hash


def test_a_damaged_folder_is_named_and_never_overwritten(run, identity, tmp_path):
    folder = write_run(run, identity, tmp_path)
    (folder / "scorecard.csv").write_text("tampered\n", encoding="utf-8")
    (folder / "need.csv").unlink()
    with pytest.raises(InputError, match=r"need\.csv: is missing.*\n.*scorecard\.csv: was altered"):
        write_run(run, identity, tmp_path)
    assert (folder / "scorecard.csv").read_text(encoding="utf-8") == "tampered\n"


def test_a_full_disk_leaves_nothing(run, identity, tmp_path, monkeypatch):
    def full(path, arrays):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.output.write.write_npz", full)
    with pytest.raises(RunFailedError, match="No space left on device"):
        write_run(run, identity, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_report_leaves_nothing(run, identity, tmp_path):
    def fail(_):
        raise ValueError("no report")

    with pytest.raises(ValueError, match="no report"):
        write_run(run, identity, tmp_path, render=fail)
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_changed_meanwhile_fails_the_run(run, tmp_path):
    mine = make_run(tmp_path / "in")
    taken = identify(mine.scenario, mine.region)
    Path(mine.scenario.path).write_text("schema: 1\n", encoding="utf-8")
    with pytest.raises(RunFailedError, match="changed while the run was computing"):
        write_run(mine, taken, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_second_of_two_runs_at_once_finds_the_finished_one(run, identity, tmp_path):
    """Both find the place free; the other one finishes while this one is still writing its report."""

    def other_process(_):
        write_run(run, identity, tmp_path)

    folder = write_run(run, identity, tmp_path, render=other_process)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert find_finished(identity, tmp_path) == folder


def test_the_manifest_is_written_after_everything_else(run, identity, tmp_path):
    seen = []
    target = tmp_path / "folder"
    target.mkdir()
    _fill(target, run, identity, lambda loaded: seen.extend(path.name for path in loaded.folder.iterdir()))
    assert "manifest.json" not in seen
    assert set(seen) >= set(json.loads((target / "manifest.json").read_text(encoding="utf-8"))["outputs"])


WRITER = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from synthetic_run import make_run
from sim.output import identify, write_run
run = make_run(Path({inputs!r}))
def render(loaded):
    if {hang}:
        print("writing", flush=True)
        time.sleep(60)
print(write_run(run, identify(run.scenario, run.region), Path({out!r}), render=render))
"""


def writer(inputs: Path, out: Path, *, hang: bool, seed: str = "0") -> subprocess.Popen[str]:
    script = WRITER.format(tests=str(Path(__file__).parents[1]), inputs=str(inputs), out=str(out), hang=hang)
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)


def test_a_killed_writer_leaves_nothing_that_looks_finished(run, identity, inputs, tmp_path):
    process = writer(inputs, tmp_path, hang=True)
    assert process.stdout is not None and process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert find_finished(identity, tmp_path) is None
    assert [path.name.startswith(".writing-") for path in tmp_path.iterdir()] == [True]
    folder = write_run(run, identity, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name], "the next run clears what the dead one left"


def test_every_byte_is_the_same_under_any_hash_seed_and_on_any_day(inputs, tmp_path):
    outs = [tmp_path / "one", tmp_path / "two"]
    processes = [writer(inputs, out, hang=False, seed=seed) for out, seed in zip(outs, ("1", "4242"), strict=True)]
    folders = [Path(process.communicate()[0].strip()) for process in processes]
    names = sorted(path.relative_to(folders[0]) for path in folders[0].rglob("*") if path.is_file())
    assert Path("draws.npz") in names
    for name in names:
        if name.name != "manifest.json":
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
