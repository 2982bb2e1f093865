"""Where the data is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.region import find as find_module
from sim.region import find_data_root


def data_root(folder: Path) -> Path:
    for name in ("calibration", "scenarios"):
        (folder / name).mkdir(parents=True)
    return folder


def test_an_explicit_folder_is_taken_or_refused_and_nothing_else_tried(root: Path, tmp_path: Path) -> None:
    assert find_data_root(root, data_root(tmp_path / "own")) == (tmp_path / "own").resolve()
    with pytest.raises(InputError, match="no data folder"):
        find_data_root(root, tmp_path)


def test_the_folders_above_the_scenario_come_before_the_current_one(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = data_root(tmp_path / "own")
    scenario = own / "scenarios" / "kunshan" / "plan.yaml"
    scenario.parent.mkdir()
    scenario.write_text("schema: 1\n")
    monkeypatch.chdir(root)
    assert find_data_root(scenario) == own.resolve()
    assert find_data_root(tmp_path) == root
    assert find_data_root() == root


def test_a_checkout_works_from_any_directory(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_data_root() == root


def test_the_installed_copy_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    installed = data_root(tmp_path / "prefix" / "share" / "healthsim")
    monkeypatch.setattr(find_module, "CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setattr(find_module.sysconfig, "get_path", lambda name: str(tmp_path / "prefix"))
    assert find_data_root() == installed


def test_when_nothing_is_found_the_message_says_where_was_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(find_module, "CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setattr(find_module, "INSTALLED", Path("share") / "absent")
    with pytest.raises(InputError) as caught:
        find_data_root(tmp_path / "a" / "plan.yaml")
    assert str(tmp_path / "a") in str(caught.value)
    assert "calibration/ and scenarios/" in str(caught.value)
