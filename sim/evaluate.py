"""Evaluate a plan at mid-term: the earlier forecast, the one that stands on what was observed, and both side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sim.clock import Progress, silent
from sim.errors import InputError, Place, Problem, Problems
from sim.evaluation import Evaluation, evaluate_runs, find_evaluation, identity_of, write_evaluation
from sim.output import LoadedRun, damaged, load_run
from sim.region import Region, find_data_root, load_region
from sim.report.evaluation import render_evaluation
from sim.run import run_scenario
from sim.scenario import Scenario, load_scenario, observed_in_use

ProgressFor = Callable[[str], AbstractContextManager[Progress]]
"""Opens the progress of one run by its title."""

_UNTIL = "horizon.observed_until"


def _silent(_title: str) -> AbstractContextManager[Progress]:
    return nullcontext(silent)


@dataclass(frozen=True)
class Evaluated:
    """A finished evaluation: what it says, its folder, its reports, and whether it was there already."""

    evaluation: Evaluation
    folder: Path
    reports: tuple[str, ...]
    reused: bool


def evaluate(
    path: Path,
    *,
    earlier: Path | None = None,
    out: Path | None = None,
    runs: Path = Path("outputs"),
    overrides: Sequence[str] = (),
    data_root: Path | None = None,
    languages: Sequence[str] = ("zh", "en"),
    progress_for: ProgressFor = _silent,
) -> Evaluated:
    """Evaluate a scenario against the observed values of its region.

    Everything that can be refused is refused before the first run; run folders that are there already are used again.

    Args:
        path: the scenario, which stands on the observed values of its region's pack.
        earlier: folder of the run that is the earlier forecast; if None, the scenario is run without observed values.
        out: new folder for the evaluation; default: one in ``runs``, named by what was evaluated.
        runs: folder of the run folders.
        overrides: ``key=value`` settings of both runs.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.
        languages: of the page, the first shown first.
        progress_for: opens the progress of a run.

    Raises:
        InputError: anything wrong in what was named or written, or nothing was observed; nothing is written.
        RunFailedError: a run or the evaluation could not be written.
    """
    root = find_data_root(start=path, explicit=data_root)
    scenario = load_scenario(path, overrides=overrides, data_root=root)
    region = load_region(root / "calibration", scenario.body.region)
    _require_observed(scenario, region)
    before = _earlier_of(earlier, scenario, region) if earlier is not None else None
    if before is None:
        settings = [one for one in overrides if one.partition("=")[0].strip() != _UNTIL]
        settings.append(f"{_UNTIL}={scenario.body.horizon.start}")
        before = _run(path, settings, root, runs, progress_for)
    now = _run(path, overrides, root, runs, progress_for)
    evaluation = evaluate_runs(before, now)
    identity = identity_of(evaluation, languages)
    folder = out or runs / identity.folder_name
    reused = find_evaluation(folder, identity)
    if not reused:
        write_evaluation(
            evaluation, identity, folder, lambda into: render_evaluation(evaluation, identity.folder_name, languages, into)
        )
    return Evaluated(evaluation, folder, ("evaluation.html",), reused)


def _run(path: Path, overrides: Sequence[str], root: Path, runs: Path, progress_for: ProgressFor) -> LoadedRun:
    with progress_for(path.stem) as progress:
        outcome = run_scenario(path, overrides=overrides, data_root=root, out=runs, progress=progress)
    return load_run(outcome.folder)


def _require_observed(scenario: Scenario, region: Region) -> None:
    """Refuse a scenario that stands on no observed value."""
    if observed_in_use(region, scenario):
        return
    if region.observed:
        origin = scenario.origins.get(("horizon", "observed_until"))
        place = origin.place if origin is not None and origin.place.file else Place(scenario.path)
        what = "the scenario uses none of the observed values of its region"
        raise InputError([Problem(place, what, "a later horizon.observed_until, or none")])
    place = Place(f"calibration/{region.key}/observed.csv")
    what = f"nothing was observed after {region.base_year}: there is nothing to evaluate"
    raise InputError([Problem(place, what, "a file with indicator,year,value,unit,basis,tolerance,source,confidence,note")])


def _earlier_of(folder: Path, scenario: Scenario, region: Region) -> LoadedRun:
    """The named run, refused when it is incomplete, of another region or base year, or knew all the outcomes."""
    problems = Problems()
    for name, what in damaged(folder):
        problems.error(Place(str(folder / name) if name else str(folder)), what, "a complete, unaltered run")
    problems.raise_errors()
    run = load_run(folder)
    place, horizon = Place(str(folder)), run.manifest["resolved"]["horizon"]
    if run.manifest["region"] != region.key:
        problems.error(place, f"is of region {run.manifest['region']}, the scenario of {region.key}", "a run of the same region")
    elif run.manifest["base_year"] != region.base_year:
        problems.error(place, f"has base year {run.manifest['base_year']}, the scenario {region.base_year}", "one base year")
    problems.raise_errors()
    table = run.table("assumptions")
    known = {(str(row.key), int(float(row.year))) for row in table[table["group"] == "observed"].itertuples()}
    outcomes = {(key, year) for key, by_year in observed_in_use(region, scenario).items() for year in by_year}
    if not outcomes - known:
        problems.error(place, "stands on all the observed values itself: it foresaw none", "a run from before they were known")
    elif all(year > horizon["to"] for _, year in outcomes - known):
        problems.error(place, f"ends in {horizon['to']}, before the outcomes", "a run whose horizon reaches them")
    problems.raise_errors()
    return run
