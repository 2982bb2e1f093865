"""Compare runs and scenarios: find or run what is named, refuse what cannot be compared, write the comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sim.clock import Progress, silent
from sim.comparison import (
    MOST,
    Comparison,
    Facts,
    compare_runs,
    facts_of_manifest,
    facts_of_scenario,
    find_comparison,
    identity_of,
    is_comparison,
    require_comparable,
    write_comparison,
)
from sim.errors import InputError, Place, Problem, Problems, nearest
from sim.new_folder import require_free
from sim.output import damaged, identify, load_run
from sim.region import find_data_root, load_region
from sim.report.comparison import render_comparison
from sim.run import check_all, run_scenario
from sim.scenario import load_scenario

ProgressFor = Callable[[str], AbstractContextManager[Progress]]
"""Opens the progress of one run by its title."""


def _silent(_title: str) -> AbstractContextManager[Progress]:
    return nullcontext(silent)


@dataclass(frozen=True)
class Compared:
    """A finished comparison: what it says, its folder, its reports, and whether it was there already."""

    comparison: Comparison
    folder: Path
    reports: tuple[str, ...]
    reused: bool


@dataclass(frozen=True)
class _Source:
    """What the user named: a finished run, or a scenario to run."""

    name: str
    path: Path
    is_run: bool
    scenario: str
    content_hash: str
    facts: Facts


def compare(
    sources: Sequence[Path],
    *,
    base: str = "1",
    out: Path | None = None,
    runs: Path = Path("outputs"),
    overrides: Sequence[str] = (),
    data_root: Path | None = None,
    formats: Sequence[str] = ("html",),
    languages: Sequence[str] = ("zh", "en"),
    progress_for: ProgressFor = _silent,
) -> Compared:
    """Compare two to ten runs or scenarios, from their names to a folder.

    Everything that can be refused is refused before the first scenario is run.

    Args:
        sources: run folders (used as they are) and scenario files (run first, or found finished in ``runs``).
        base: what the others are compared with: a position from 1, or the name of a scenario or run.
        out: new folder for the comparison; default: one in ``runs``, named by what was compared.
        runs: folder of the run folders of scenarios.
        overrides: ``key=value`` settings, for scenario files alone.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.
        formats, languages: of the report.
        progress_for: opens the progress of a run.

    Raises:
        InputError: anything wrong in what was named or written; nothing is written.
        RunFailedError: a run or the comparison could not be written.
    """
    found = _take(sources, overrides, data_root)
    if out is not None and not is_comparison(out):
        require_free(out)
    position = _position_of(base, found)
    require_comparable([one.facts for one in found], position)
    folders = []
    for one in found:
        if one.is_run:
            folders.append(one.path)
            continue
        with progress_for(one.path.stem) as progress:
            outcome = run_scenario(one.path, overrides=overrides, data_root=data_root, out=runs, progress=progress)
        folders.append(outcome.folder)
    comparison = compare_runs([load_run(folder) for folder in folders], position)
    identity = identity_of(comparison, languages, formats)
    folder = out or runs / identity.folder_name
    names = [f"compare.{language}.{form}" for language in languages for form in ("docx", "xlsx") if form in formats]
    reports = tuple([*(["compare.html"] if "html" in formats else []), *names])
    reused = find_comparison(folder, identity)
    if not reused:

        def render(into: Path) -> Sequence[Path]:
            return render_comparison(comparison, identity.folder_name, formats, languages, into)

        write_comparison(comparison, identity, folder, render)
    return Compared(comparison, folder, reports, reused)


def _take(sources: Sequence[Path], overrides: Sequence[str], data_root: Path | None) -> list[_Source]:
    """Look at everything that was named; all faults at once."""
    _require_number(sources)
    problems = Problems()
    scenarios = [path for path in sources if path.is_file()]
    try:
        check_all(scenarios, overrides, data_root)
    except InputError as error:
        problems.found.extend(error.problems)
    if overrides and not scenarios:
        problems.error(Place("--set"), "there is no scenario to set values in", "scenario files (a finished run stays as it is)")
    for path in sources:
        if path.is_dir():
            for name, what in _faults(path):
                problems.error(Place(str(path / name) if name else str(path)), what, "a complete, unaltered run")
        elif not path.is_file():
            known = sorted(str(folder) for folder in path.parent.glob("*")) if path.parent.is_dir() else []
            problems.error(Place(str(path)), "there is no such run folder or scenario file", "", nearest(str(path), known))
    problems.raise_errors()
    found = [_run(path) if path.is_dir() else _scenario(path, overrides, data_root) for path in sources]
    _require_different(found)
    return found


def _faults(folder: Path) -> list[tuple[str, str]]:
    """What keeps a folder from being a complete, unaltered run: (file, what is wrong)."""
    if is_comparison(folder):
        return [("", "is a comparison, not a run")]
    return damaged(folder)


def _require_number(sources: Sequence[Path]) -> None:
    if len(sources) < 2:
        what = "one run or scenario alone cannot be compared" if sources else "nothing to compare"
        raise InputError([Problem(Place("compare"), what, f"two to {MOST} runs or scenarios")])
    if len(sources) > MOST:
        raise InputError([Problem(Place("compare"), f"{len(sources)} runs or scenarios", f"two to {MOST}")])


def _run(path: Path) -> _Source:
    manifest = load_run(path).manifest
    return _Source(str(path), path, True, manifest["scenario"], manifest["content_hash"], facts_of_manifest(manifest, str(path)))


def _scenario(path: Path, overrides: Sequence[str], data_root: Path | None) -> _Source:
    root = find_data_root(start=path, explicit=data_root)
    scenario = load_scenario(path, overrides=overrides, data_root=root)
    region = load_region(root / "calibration", scenario.body.region)
    identity = identify(scenario, region)
    facts = facts_of_scenario(identity, region.base_year, str(path))
    return _Source(str(path), path, False, scenario.body.name, identity.content_hash, facts)


def _require_different(found: Sequence[_Source]) -> None:
    problems = Problems()
    first: dict[str, str] = {}
    for one in found:
        if one.content_hash in first:
            what = f"is the same run as {first[one.content_hash]}"
            problems.error(Place(one.name), what, "each run once")
        first.setdefault(one.content_hash, one.name)
    problems.raise_errors()


def _position_of(base: str, found: Sequence[_Source]) -> int:
    """Position of the base: a number from 1, the name of a scenario, or a path or folder name as given."""
    if base.isdigit() and 1 <= int(base) <= len(found):
        return int(base) - 1
    matches = [at for at, one in enumerate(found) if base in (one.scenario, one.name, one.path.name, one.path.stem)]
    if len(matches) == 1:
        return matches[0]
    problems = Problems()
    if matches:
        problems.error(Place("--base"), f"{base!r} names {len(matches)} of them", f"a number from 1 to {len(found)}")
    elif base.lstrip("+-").isdigit():
        problems.error(Place("--base"), f"there is no number {base}", f"a number from 1 to {len(found)}")
    else:
        problems.unknown(Place("--base"), "none of them is called", base, [one.scenario for one in found])
    raise InputError(problems.errors)
