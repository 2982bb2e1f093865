"""The whole method on one screen: read, project, demand, supply, emergency, score, write, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sim.clock import Clock, Progress, silent
from sim.demand import model_need
from sim.draws import Draws
from sim.emergency import simulate
from sim.errors import InputError
from sim.output import Rerun, Run, VerifyReport, find_finished, identify, verify_run, watch_parameters, write_run
from sim.population import project_region
from sim.region import find_data_root, load_region
from sim.report import render
from sim.scenario import check_scenario, load_scenario
from sim.scorecard import attribute, score, wisn_rows, with_ambulances
from sim.supply import plan_supply


@dataclass(frozen=True)
class Outcome:
    """A finished run: its folder, and whether an identical one was there already."""

    folder: Path
    reused: bool


def run_scenario(
    path: Path,
    *,
    overrides: Sequence[str] = (),
    data_root: Path | None = None,
    out: Path = Path("outputs"),
    reports: bool = True,
    progress: Progress = silent,
) -> Outcome:
    """Run one scenario from its file to its folder of results.

    Args:
        path: scenario YAML.
        overrides: ``key=value`` settings of the command line.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.
        out: folder in which the run's folder is made.
        reports: whether the report is written beside the tables.
        progress: told the step and the share of it that is done.

    Raises:
        InputError: anything wrong in what the user wrote; nothing is written.
        RunFailedError: the result could not be written.
    """
    clock, started = Clock(progress), datetime.now(UTC)
    root = find_data_root(start=path, explicit=data_root)
    scenario = load_scenario(path, overrides=overrides, data_root=root)
    region = load_region(root / "calibration", scenario.body.region)
    identity = identify(scenario, region)
    finished = find_finished(identity, out)
    if finished is not None:
        return Outcome(finished, reused=True)

    region, draws = watch_parameters(region), Draws(scenario.body.draws, scenario.body.seed)
    with clock.step("population"):
        population = project_region(region, scenario, draws)
    with clock.step("demand"):
        need = model_need(region, scenario, population, draws)
    with clock.step("supply"):
        supply = plan_supply(region, scenario, population)
    with clock.step("emergency"):
        emergency = simulate(region, scenario, population, supply, draws, progress=clock.within("emergency"))
    with clock.step("scorecard"):
        need = with_ambulances(need, emergency)
        scorecard = score(region, scenario, population, need, supply, emergency)
        wisn = wisn_rows(region, population, need, supply)
        attribution = attribute(region, scenario, population, draws)
    with clock.step("report"):
        run = Run(
            scenario, region, population, need, supply, emergency, scorecard, clock.timings, tuple(overrides),
            started=started, attribution=attribution, wisn=wisn,
        )  # fmt: skip
        folder = write_run(run, identity, out, render=render if reports else None)
    return Outcome(folder, reused=False)


def check_all(paths: Sequence[Path], overrides: Sequence[str] = (), data_root: Path | None = None) -> None:
    """Check several scenarios before the first is run; raises InputError with the errors of all of them."""
    problems = [problem for path in paths for problem in check_scenario(path, overrides=overrides, data_root=data_root).errors]
    if problems:
        raise InputError(problems)


def verify(folder: Path, progress: Progress = silent) -> VerifyReport:
    """Compute a run again from its own copy of the inputs and compare every file; see :func:`sim.output.verify_run`."""

    def again(rerun: Rerun) -> Path:
        return run_scenario(
            rerun.scenario,
            overrides=rerun.overrides,
            data_root=rerun.data_root,
            out=rerun.out_dir,
            reports=False,
            progress=progress,
        ).folder

    return verify_run(folder, again)
