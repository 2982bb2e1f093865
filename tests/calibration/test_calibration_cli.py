"""``healthsim calibrate`` through its command line, on copied data folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.calibration import stages
from sim.errors import GateError, InputError
from sim.region import load_region
from sim_cli import cli

FILES = ("fit_report.md", "fitted.yaml")
QUICK = "settings: {design: 24, rounds: 3, replications: 1, check_replications: 2, place_draws: 4, samples: 512, starts: 4}\n"


@pytest.fixture
def data(root: Path, tmp_path: Path) -> Path:
    """A data folder with three regions, their scenarios and the reference, without what was fitted."""
    folder = tmp_path / "data"
    for key in ("kunshan", "taicang", "wuzhong"):
        for part in ("calibration", "scenarios"):
            shutil.copytree(root / part / key, folder / part / key, ignore=shutil.ignore_patterns(".calibration", *FILES))
    shutil.copytree(root / "calibration" / "reference", folder / "calibration" / "reference")
    return folder


def quick(data: Path, more: str = "") -> None:
    """Kunshan with a small search."""
    (data / "calibration" / "kunshan" / "calibration.yaml").write_text(f"schema: 1\n{QUICK}{more}", encoding="utf-8")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["calibrate", *map(str, arguments)], catch_exceptions=False)


def test_a_region_is_fitted_into_its_own_pack(data: Path) -> None:
    told = run("taicang", "--data", data)
    assert told.exit_code == 0
    for name in FILES:
        assert str(data / "calibration" / "taicang" / name) in told.stdout
    assert "care.admission_level: 1.245 (1.199 to 1.294); discharges" in told.stdout
    assert "discharges: observed 121300, model 121488, residual -188, tolerance 0.03 log, -0.1 tolerances" in told.stdout
    assert "the prior stands" in told.stdout
    assert load_region(data / "calibration", "taicang").fitted_keys


@pytest.mark.parametrize("file", ["scenarios/taicang/baseline.yaml", "calibration/taicang", "calibration/taicang/care.yaml"])
def test_a_scenario_or_a_pack_names_its_region_and_out_leaves_the_pack_alone(data: Path, tmp_path: Path, file: str) -> None:
    out = tmp_path / "fit"
    assert run(data / file, "--out", out).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == list(FILES)
    assert not (data / "calibration" / "taicang" / "fitted.yaml").exists()


def test_several_regions_have_a_folder_each(data: Path, tmp_path: Path) -> None:
    run("taicang", "wuzhong", "--out", tmp_path / "fit", "--data", data)
    assert sorted(path.name for path in (tmp_path / "fit").iterdir()) == ["taicang", "wuzhong"]


@pytest.mark.parametrize("wrong", ["taicaang", "scenarios/taicang/none.yaml"])
def test_an_unknown_region_or_file_is_the_users_error_and_nothing_is_written(data: Path, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputError):
        run("wuzhong", wrong, "--data", data, "--out", tmp_path / "fit")
    assert not (tmp_path / "fit").exists()


def test_faults_of_all_regions_are_told_before_any_is_fitted(data: Path, tmp_path: Path) -> None:
    for key in ("taicang", "wuzhong"):
        text = "schema: 1\ntargets:\n  visits: {tolerance: -1}\n"
        (data / "calibration" / key / "calibration.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run("all", "--data", data, "--out", tmp_path / "fit")
    assert "taicang/calibration.yaml:3:23" in str(caught.value)
    assert "wuzhong/calibration.yaml:3:23" in str(caught.value)
    assert not (tmp_path / "fit").exists()


def test_a_parameter_at_its_bound_is_said_and_strict_ends_with_exit_code_4(data: Path, tmp_path: Path) -> None:
    text = "schema: 1\nparameters:\n  care.admission_level: {bounds: [1.3, 3]}\n"
    (data / "calibration" / "taicang" / "calibration.yaml").write_text(text, encoding="utf-8")
    told = run("taicang", "--data", data, "--out", tmp_path / "a")
    assert told.exit_code == 0
    assert "taicang: care.admission_level ended at its bound: 1.3, bounds 1.3 to 3" in told.stderr
    assert "ended at its bound" in (tmp_path / "a" / "fitted.yaml").read_text(encoding="utf-8")
    assert "**care.admission_level ended at its bound" in (tmp_path / "a" / "fit_report.md").read_text(encoding="utf-8")
    with pytest.raises(GateError) as caught:
        run("taicang", "--data", data, "--out", tmp_path / "b", "--strict")
    assert caught.value.exit_code == 4
    assert (tmp_path / "b" / "fitted.yaml").exists()


def test_a_fit_that_does_not_converge_is_said(data: Path, tmp_path: Path) -> None:
    """One round cannot confirm its own stand-in."""
    quick(data, "")
    text = (data / "calibration" / "kunshan" / "calibration.yaml").read_text(encoding="utf-8").replace("rounds: 3", "rounds: 1")
    (data / "calibration" / "kunshan" / "calibration.yaml").write_text(text, encoding="utf-8")
    told = run("kunshan", "--data", data, "--out", tmp_path / "fit")
    assert "emergency.travel.multiplier did not converge" in told.stderr
    assert "converged: false" in (tmp_path / "fit" / "fitted.yaml").read_text(encoding="utf-8")


def test_an_interrupted_fit_goes_on_where_it_stopped(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(data)
    whole, out = tmp_path / "whole", tmp_path / "fit"
    assert run("kunshan", "--data", data, "--out", whole).exit_code == 0
    write, kept = stages._write, []

    def interrupted(file: Path | None, values: object) -> None:
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(file)
        write(file, values)

    monkeypatch.setattr(stages, "_write", interrupted)
    told = run("kunshan", "--data", data, "--out", out)
    assert told.exit_code == 130
    assert "the same command goes on from there" in told.stderr
    assert not (out / "fitted.yaml").exists()
    assert len(list((out / ".calibration").glob("*.json"))) == 2
    again = []
    monkeypatch.setattr(stages, "_write", lambda file, values: (again.append(file), write(file, values)))
    assert run("kunshan", "--data", data, "--out", out).exit_code == 0
    assert not set(kept) & set(again)
    for name in FILES:
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    again.clear()
    run("kunshan", "--data", data, "--out", out)
    assert not again


def test_a_broken_kept_stage_is_computed_again(data: Path, tmp_path: Path) -> None:
    quick(data)
    out = tmp_path / "fit"
    run("kunshan", "--data", data, "--out", out)
    before = (out / "fitted.yaml").read_bytes()
    for file in (out / ".calibration").glob("*.json"):
        file.write_text("[[1.0, ", encoding="utf-8")
    run("kunshan", "--data", data, "--out", out)
    assert (out / "fitted.yaml").read_bytes() == before


@pytest.mark.slow
def test_the_same_bytes_under_another_hash_seed(data: Path, tmp_path: Path) -> None:
    quick(data)
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "sim_cli", "calibrate", "kunshan", "--data", str(data), "--out", str(tmp_path / seed)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, env=environment, cwd=Path(__file__).resolve().parents[2], capture_output=True)
    for name in FILES:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
