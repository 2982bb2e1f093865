"""The whole method on one screen: read, project, demand, supply, emergency, score, write, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.demand import model_need
from sim.draws import Draws
from sim.emergency import simulate
from sim.output import Run, find_finished, identify, write_run
from sim.population import project_region
from sim.region import find_data_root, load_region
from sim.report import render
from sim.scenario import Scenario, load_scenario
from sim.scorecard import score
from sim.supply import plan_supply

Progress = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, 0..1."""


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
    progress: Progress = lambda step, share: None,
) -> Outcome:
    """Run one scenario from its file to its folder of results.

    Args:
        path: scenario YAML.
        overrides: ``key=value`` settings of the command line.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.
        out: folder in which the run's folder is made.
        progress: see :data:`Progress`.

    Raises:
        InputError: anything wrong in what the user wrote; nothing is written.
        RunFailedError: the result could not be written.
    """
    clock = _Clock(progress)
    root = find_data_root(start=path.parent, explicit=data_root)
    scenario = load_scenario(path, overrides=overrides, data_root=root)
    region = load_region(root / "calibration", scenario.body.region)
    identity = identify(scenario, region)
    finished = find_finished(identity, out)
    if finished is not None:
        return Outcome(finished, reused=True)

    draws = Draws(scenario.body.draws, scenario.body.seed)
    with clock.step("population"):
        population = project_region(region, scenario, draws)
    with clock.step("demand"):
        need = model_need(region, scenario, population, draws)
    with clock.step("supply"):
        supply = plan_supply(region, scenario, population)
    with clock.step("emergency"):
        emergency = simulate(region, scenario, population, supply, draws, progress=clock.share_of("emergency"))
    with clock.step("scorecard"):
        scorecard = score(region, scenario, population, need, supply, emergency)
    with clock.step("report"):
        run = Run(scenario, region, population, need, supply, emergency, scorecard, clock.timings)
        folder = write_run(run, identity, out, render=render)
    return Outcome(folder, reused=False)


class _Clock:
    """Times the steps and tells the progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.timings: dict[str, float] = {}

    def step(self, name: str) -> _Step:
        return _Step(self, name)

    def share_of(self, name: str) -> Callable[[float], None]:
        return lambda share: self.progress(name, share)


@dataclass
class _Step:
    clock: _Clock
    name: str
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = time.perf_counter()
        self.clock.progress(self.name, 0.0)

    def __exit__(self, *error: object) -> None:
        self.clock.timings[self.name] = time.perf_counter() - self.started
        if error[0] is None:
            self.clock.progress(self.name, 1.0)


__all__ = ["Outcome", "Progress", "Scenario", "run_scenario"]
