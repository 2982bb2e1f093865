"""``verify``: compute a run again from its own copy of the inputs and compare every file."""

from __future__ import annotations

import csv
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path

import numpy as np

from sim.errors import InputError, Place, Problem, RunFailedError
from sim.output.read import MANIFEST, LoadedRun, added_files, fault, load_run

TOLERANCE = 1e-9
"""Largest relative difference of two numbers that are called equal across machines (absolute below 1)."""

_SHOWN = 3

_STATED = ("region", "scenario", "title", "base_year", "plan_year", "seed", "draws", "replications", "engine", "resolved")
"""What a manifest states of the run and its inputs decide."""


class Outcome(StrEnum):
    """What was found of a file, best first."""

    EQUAL = "equal"
    CLOSE = "equal to 1e-9"
    DIFFERENT = "different"
    ALTERED = "altered since the run"
    MISSING = "missing"


@dataclass(frozen=True)
class FileResult:
    """One file and what was found; ``detail`` names the first differences."""

    name: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class Rerun:
    """What to compute again: the scenario in the run's own ``inputs/`` (a data folder of its own), and where the result goes."""

    scenario: Path
    data_root: Path
    overrides: tuple[str, ...]
    out_dir: Path


@dataclass(frozen=True)
class VerifyReport:
    """The result of :func:`verify_run`.

    Attributes:
        folder: the run.
        files: every recorded file; inputs as ``inputs/...``.
        notes: what is different about the program or the libraries of then and now; files that the run did not write.
    """

    folder: Path
    files: tuple[FileResult, ...]
    notes: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of a file."""
        order = list(Outcome)
        return max((file.outcome for file in self.files), key=order.index)

    @property
    def exit_code(self) -> int:
        """0 when every file is equal, or equal to 1e-9; 4 otherwise."""
        return 0 if self.outcome in (Outcome.EQUAL, Outcome.CLOSE) else 4


def verify_run(folder: Path, rerun: Callable[[Rerun], Path]) -> VerifyReport:
    """Compare a run folder with its manifest, and with the same run computed again.

    The run is not repeated when one of its own inputs is missing or altered: the result could only mislead.

    Args:
        folder: a finished run.
        rerun: computes a :class:`Rerun` and gives the new run folder (inside its ``out_dir``).

    Raises:
        InputError: ``folder`` is not a finished run.
        RunFailedError: the run could not be repeated.
    """
    run = load_run(folder)
    manifest = run.manifest
    if manifest.get("exit_state") != "finished":
        raise InputError([Problem(Place(str(folder)), "the run was not finished", "the folder of a finished run")])
    inputs = [_recorded(run, f"inputs/{name}", digest) for name, digest in manifest["inputs"].items()]
    outputs = [_recorded(run, name, digest) for name, digest in manifest["outputs"].items()]
    if any(file.outcome is not Outcome.EQUAL for file in inputs):
        return VerifyReport(folder, (*inputs, *outputs), ("not computed again: an input is missing or altered",))
    with tempfile.TemporaryDirectory(prefix="healthsim-verify-") as temporary:
        request = Rerun(
            scenario=folder / "inputs" / manifest["scenario_file"],
            data_root=folder / "inputs",
            overrides=tuple(manifest["overrides"]),
            out_dir=Path(temporary),
        )
        try:
            again = load_run(rerun(request))
        except InputError as error:
            # The inputs are those of the run: if they are refused now, the program has changed, not the user's file.
            raise RunFailedError(f"{folder}: the run could not be repeated with this program:\n{error}") from error
        compared = [_compare(run, again, file) for file in outputs]
        return VerifyReport(folder, (_manifest(run, again), *inputs, *compared), _notes(run, again))


def _manifest(run: LoadedRun, again: LoadedRun) -> FileResult:
    """What the manifest says of the run, beside what the repeated run says: a manifest has no hash of its own."""
    different = [key for key in _STATED if run.manifest.get(key) != again.manifest.get(key)]
    if not different:
        return FileResult(MANIFEST, Outcome.EQUAL)
    same_program = run.manifest["program"] == again.manifest["program"]
    outcome = Outcome.ALTERED if same_program else Outcome.DIFFERENT
    return FileResult(MANIFEST, outcome, f"it does not state what the inputs say: {', '.join(different)}")


def _recorded(run: LoadedRun, name: str, digest: str) -> FileResult:
    what = fault(run.folder / name, digest)
    outcome = {"": Outcome.EQUAL, "is missing": Outcome.MISSING}.get(what, Outcome.ALTERED)
    return FileResult(name, outcome)


def _compare(run: LoadedRun, again: LoadedRun, recorded: FileResult) -> FileResult:
    name = recorded.name
    then, now = run.manifest["outputs"][name], again.manifest["outputs"].get(name)
    if recorded.outcome is not Outcome.EQUAL:
        return recorded
    if now is None:
        return FileResult(name, Outcome.DIFFERENT, "the program no longer writes it")
    if then == now:
        return recorded
    differences = (_npz_differences if name.endswith(".npz") else _csv_differences)(run.folder / name, again.folder / name)
    if differences:
        more = f" and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
        return FileResult(name, Outcome.DIFFERENT, "; ".join(differences[:_SHOWN]) + more)
    return FileResult(name, Outcome.CLOSE)


def _csv_differences(one: Path, other: Path) -> list[str]:
    """Fields that are not the same text nor the same number to 1e-9, as ``line 3, supply: 8188 -> 8190``."""
    with one.open(encoding="utf-8", newline="") as first, other.open(encoding="utf-8", newline="") as second:
        rows = list(zip_longest(csv.reader(first), csv.reader(second)))
    header = rows[0][0] or []
    if rows[0][0] != rows[0][1]:
        return ["the columns differ"]
    found = []
    for line, (then, now) in enumerate(rows[1:], start=2):
        if then is None or now is None:
            found.append(f"line {line} stands on one side only")
            continue
        for column, old, new in zip(header, then, now, strict=True):
            if old != new and not _same_number(old, new):
                found.append(f"line {line}, {column}: {old or '(empty)'} -> {new or '(empty)'}")
    return found


def _same_number(one: str, other: str) -> bool:
    try:
        return math.isclose(float(one), float(other), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except ValueError:
        return False


def _npz_differences(one: Path, other: Path) -> list[str]:
    with np.load(one, allow_pickle=False) as then, np.load(other, allow_pickle=False) as now:
        if then.files != now.files:
            return ["the arrays differ in name"]
        return [
            f"array {name}"
            for name in then.files
            if then[name].shape != now[name].shape
            or not np.allclose(then[name], now[name], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        ]


def _notes(run: LoadedRun, again: LoadedRun) -> tuple[str, ...]:
    then = {**run.manifest["program"], **run.manifest["versions"], "machine": run.manifest["machine"]}
    now = {**again.manifest["program"], **again.manifest["versions"], "machine": again.manifest["machine"]}
    changed = (f"{name}: {then.get(name)} then, {now.get(name)} now" for name in now if then.get(name) != now.get(name))
    return (*changed, *(f"{name}: was added later, the run did not write it" for name in added_files(run)))
