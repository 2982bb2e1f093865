"""Writing a run: tables, inputs, reports, and the manifest last."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.csvout import write_frame
from sim.errors import HealthsimError, InputError, Place, Problem, RunFailedError
from sim.new_folder import new_folder
from sim.output.identity import Identity, file_hash
from sim.output.model import Run
from sim.output.npz import write_npz
from sim.output.read import MANIFEST, LoadedRun, damaged
from sim.output.resource_tables import arrays_by_draw
from sim.output.tables import tables_of

Renderer = Callable[[LoadedRun], object]
"""Writes reports into the folder of a run whose tables are complete; a failure fails the run."""


def find_finished(identity: Identity, out_dir: Path) -> Path | None:
    """The folder of an identical run that is complete and unaltered, or None if there is none.

    Raises:
        InputError: ``out_dir`` is a file, or a folder of that name is there but is not such a run: nothing is overwritten.
    """
    if out_dir.exists() and not out_dir.is_dir():
        raise InputError([Problem(Place(str(out_dir)), "this is a file", "a folder, which run folders are made in")])
    folder = out_dir / identity.folder_name
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    faults = damaged(folder, identity.content_hash)
    if faults:
        raise InputError(
            [Problem(Place(str(folder / name) if name else str(folder)), what, "a complete run (remove or rename this folder)")
             for name, what in faults]
        )  # fmt: skip
    return folder


def write_run(run: Run, identity: Identity, out_dir: Path, render: Renderer | None = None) -> Path:
    """Write a run folder, or give the finished identical one if another process was faster.

    Args:
        run: the results.
        identity: what they were computed from, taken before the work began (:func:`sim.output.identify`).
        out_dir: the folder of all runs; made if it is not there.
        render: writes the reports from the tables; called before the manifest is written.

    Raises:
        RunFailedError: the disk is full, the place cannot be written to, or an input changed while the run computed;
            nothing is kept.
        InputError: another thing of the same name stands in the way.
    """
    finished = find_finished(identity, out_dir)
    if finished is not None:
        return finished
    final = out_dir / identity.folder_name
    try:
        with new_folder(final) as folder:
            _fill(folder, run, identity, render)
    except (InputError, RunFailedError):
        finished = _finished_meanwhile(identity, out_dir)
        if finished is None:
            raise
    return final


def _finished_meanwhile(identity: Identity, out_dir: Path) -> Path | None:
    try:
        return find_finished(identity, out_dir)
    except HealthsimError:
        return None


def _fill(folder: Path, run: Run, identity: Identity, render: Renderer | None) -> None:
    copy_inputs(folder / "inputs", identity)
    names = []
    for name, table in tables_of(run).items():
        write_frame(folder / name, table)
        names.append(name)
    write_npz(folder / "draws.npz", arrays_by_draw(run.population, run.need))
    names.append("draws.npz")
    manifest = _manifest(run, identity, {name: file_hash(folder / name) for name in names})
    if render is not None:
        started = datetime.now(UTC)
        render(LoadedRun(folder, manifest))
        manifest["timings_s"]["report"] = round((datetime.now(UTC) - started).total_seconds(), 3)
        kept = {*names, "inputs"}
        manifest["reports"] = sorted(path.name for path in folder.iterdir() if path.name not in kept)
    manifest["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
    manifest["exit_state"] = "finished"
    text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def copy_inputs(target: Path, identity: Identity) -> None:
    """Copy every input file; raises RunFailedError if one is no longer what the run read."""
    for file in identity.inputs:
        copy = target / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, copy)
        if file_hash(copy) != file.sha256:
            raise RunFailedError(f"{file.path}: the file changed while the run was computing; nothing was kept")


def _manifest(run: Run, identity: Identity, outputs: Mapping[str, str]) -> dict[str, Any]:
    body = run.scenario.body
    return {
        "schema": 1,
        "content_hash": identity.content_hash,
        "region": identity.region,
        "region_name": {"zh": run.region.name_zh, "en": run.region.name_en},
        "base_year": run.region.base_year,
        "plan_year": run.region.plan_year,
        "gives": list(run.region.gives),
        "gives_not": list(run.region.gives_not),
        "scenario": identity.scenario,
        "title": {"zh": body.title.zh, "en": body.title.en},
        "scenario_file": identity.scenario_file,
        "overrides": list(run.overrides),
        "seed": body.seed,
        "draws": body.draws,
        "replications": body.emergency.replications,
        "engine": run.emergency.engine,
        "program": dict(identity.program),
        "versions": dict(identity.versions),
        "machine": f"{platform.system()} {platform.machine()}",
        "started": run.started.isoformat(timespec="seconds") if run.started else None,
        "timings_s": {name: round(seconds, 3) for name, seconds in run.timings.items()},
        "warnings": [*(str(problem) for problem in run.scenario.warnings), *run.population.warnings, *run.warnings],
        "notices": list(run.emergency.notices),
        "resolved": identity.resolved,
        "inputs": {file.name: file.sha256 for file in identity.inputs},
        "outputs": dict(outputs),
        "reports": [],
    }
