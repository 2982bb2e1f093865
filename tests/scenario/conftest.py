"""A county to write scenarios into: the shipped packs, and Kunshan's scenarios as a copy."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from gallery import ROOT, make_county

from sim.region import load_region
from sim.scenario import Scenario, check_scenario, load_scenario

_read_region = functools.cache(load_region)


@pytest.fixture(autouse=True)
def read_each_region_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packs do not change between tests: each is read once."""
    monkeypatch.setattr("sim.scenario.load.load_region", lambda folder, key: _read_region(ROOT / "calibration", key))


HEAD = "schema: 1\nextends: plan_2025.yaml\ntitle: {zh: 例, en: Example}\n"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Folder of the scenarios of a data root of its own."""
    return make_county(tmp_path)


@pytest.fixture
def load(county: Path) -> Callable[..., Scenario]:
    """Load a scenario that extends Kunshan's plan by the given text."""

    def load_text(text: str = "", overrides: Sequence[str] = (), head: str = HEAD) -> Scenario:
        (county / "example.yaml").write_text(head + text, encoding="utf-8")
        return load_scenario(county / "example.yaml", overrides=overrides)

    return load_text


@pytest.fixture
def findings(county: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """All findings about a scenario that extends Kunshan's plan by the given text."""

    def check_text(text: str = "", overrides: Sequence[str] = (), head: str = HEAD) -> list[str]:
        monkeypatch.chdir(county)
        Path("example.yaml").write_text(head + text, encoding="utf-8")
        return [str(problem) for problem in check_scenario(Path("example.yaml"), overrides=overrides).found]

    return check_text
