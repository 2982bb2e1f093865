"""``healthsim calibrate`` through its command line, on a copied data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.errors import InputError
from sim_cli import cli

FILES = ("fitted.yaml", "fit_report.md")


@pytest.fixture
def data(root: Path, tmp_path: Path) -> Path:
    """A data folder with one region, its scenarios and the reference, without what was fitted."""
    folder = tmp_path / "data"
    for part in ("calibration/reference", "calibration/kunshan", "scenarios/kunshan"):
        shutil.copytree(root / part, folder / part)
    for name in FILES:
        (folder / "calibration" / "kunshan" / name).unlink()
    return folder


def calibrate(*arguments: object) -> str:
    outcome = CliRunner().invoke(cli, ["calibrate", *map(str, arguments)], catch_exceptions=False)
    assert outcome.exit_code == 0
    return outcome.stdout


def test_a_region_is_fitted_into_its_own_pack(root: Path, data: Path) -> None:
    told = calibrate("kunshan", "--data", data)
    for name in FILES:
        written = data / "calibration" / "kunshan" / name
        assert str(written) in told
        assert written.read_bytes() == (root / "calibration" / "kunshan" / name).read_bytes()
    assert "care.admission_level: 0.97" in told
    assert "the prior stands" in told


@pytest.mark.parametrize("file", ["scenarios/kunshan/plan_2025.yaml", "calibration/kunshan", "calibration/kunshan/care.yaml"])
def test_a_scenario_or_a_pack_names_its_region_and_out_leaves_the_pack_alone(data: Path, tmp_path: Path, file: str) -> None:
    out = tmp_path / "fit"
    calibrate(data / file, "--out", out)
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert not (data / "calibration" / "kunshan" / "fitted.yaml").exists()


@pytest.mark.parametrize("wrong", ["kunshaan", "scenarios/kunshan/none.yaml"])
def test_an_unknown_region_or_file_is_the_users_error_and_nothing_is_written(data: Path, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputError):
        calibrate(wrong, "--data", data, "--out", tmp_path / "fit")
    assert not (tmp_path / "fit").exists()
