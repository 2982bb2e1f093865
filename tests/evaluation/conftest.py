"""The worked example of docs/evaluation.md, evaluated once for all tests."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from evaluation_county import QUICK, example, make_county

from sim.evaluate import Evaluated, evaluate
from sim.run import run_scenario


@pytest.fixture(scope="session")
def county(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of a county whose pack holds the worked example."""
    return make_county(root, tmp_path_factory.mktemp("county"), example(root))


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the runs, so that each is computed once."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def done(county: Path, runs: Path) -> Evaluated:
    """The finished evaluation of the worked example; its runs have tables and no reports of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.evaluate.run_scenario", functools.partial(run_scenario, reports=False))
        return evaluate(county, runs=runs, overrides=QUICK)
