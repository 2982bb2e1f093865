"""What a run was computed from, and the hash that names its folder.

The hash covers the resolved scenario (with seed, draws, replications and engine), the sha256 of every input file, the
program (version and sources) and the versions of Python and of the libraries that compute. Paths, dates and the machine
stay outside: the same inputs in another folder are the same run.
"""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import sim
from sim.errors import InputError, Place, Problem
from sim.region.model import Region
from sim.scenario.model import ByYear, Scenario

LIBRARIES = ("numpy", "scipy", "pandas", "simpy", "numba")
"""Libraries whose version can move a figure."""

_SHORT = 10


@dataclass(frozen=True)
class InputFile:
    """A file that was read: its name inside ``inputs/``, where it stands, and the hash of its bytes."""

    name: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Identity:
    """What a run was computed from.

    Attributes:
        region, scenario: keys.
        resolved: the resolved scenario as plain data (what JSON can hold).
        scenario_file: name of the scenario inside ``inputs/``.
        inputs: every file read, by name.
        program: ``version`` and ``sources`` (sha256 over the package's files).
        versions: Python and library versions.
    """

    region: str
    scenario: str
    resolved: Mapping[str, Any]
    scenario_file: str
    inputs: tuple[InputFile, ...]
    program: Mapping[str, str]
    versions: Mapping[str, str]

    @functools.cached_property
    def content_hash(self) -> str:
        """Sha256 in hex over everything that can move a figure."""
        content = {
            "resolved": self.resolved,
            "scenario_file": self.scenario_file,
            "inputs": [[file.name, file.sha256] for file in self.inputs],
            "program": dict(self.program),
            "versions": dict(self.versions),
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def folder_name(self) -> str:
        """``<region>-<scenario>-<first 10 hex digits of the content hash>``."""
        return f"{self.region}-{self.scenario}-{self.content_hash[:_SHORT]}"


def identify(scenario: Scenario, region: Region) -> Identity:
    """Take down what a run is computed from. Call it before the work: input files may change meanwhile.

    Raises:
        InputError: an input file can no longer be read.
    """
    scenarios = {f"scenarios/{name}": Path(path) for name, path in scenario.files}
    files = {**scenarios, **{f"calibration/{name}": Path(path) for name, path in region.files}}
    main = Path(scenario.path).resolve()
    return Identity(
        region=region.key,
        scenario=scenario.body.name,
        resolved=plain(scenario.body),
        scenario_file=next(name for name, path in scenarios.items() if path.resolve() == main),
        inputs=tuple(_take(name, path) for name, path in sorted(files.items())),
        program={"version": sim.__version__, "sources": program_hash()},
        versions={"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}},
    )


def plain(value: Any) -> Any:
    """A scenario section as plain data: paths by year as ``{year: number}`` or one number, keys as text."""
    if isinstance(value, BaseModel):
        return {field.alias or name: plain(getattr(value, name)) for name, field in type(value).model_fields.items()}
    if isinstance(value, ByYear):
        if len(value.points) == 1:
            return value.points[0][1]
        return {str(year): number for year, number in value.points}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def file_hash(path: Path) -> str:
    """Sha256 of a file's bytes in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@functools.cache
def program_hash() -> str:
    """Sha256 over the program's own files (sources, dictionaries, coefficients), by name inside the package."""
    package = Path(sim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*"), key=lambda file: file.relative_to(package).as_posix()):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(package).as_posix()}\0{file_hash(path)}\n".encode())
    return digest.hexdigest()


def _take(name: str, path: Path) -> InputFile:
    try:
        return InputFile(name, str(path), file_hash(path), path.stat().st_size)
    except OSError as error:
        problem = Problem(Place(str(path)), f"the file cannot be read: {error.strerror or error}", "an input of the run")
        raise InputError([problem]) from error
