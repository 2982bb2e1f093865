"""One finished run of the invented region, for all tests of reports."""

from __future__ import annotations

import pytest
from synthetic_run import make_run

from sim.output import identify, load_run, write_run
from sim.output.read import LoadedRun


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> LoadedRun:
    folder = tmp_path_factory.mktemp("report")
    run = make_run(folder / "in", draws=40)
    return load_run(write_run(run, identify(run.scenario, run.region), folder / "out"))
