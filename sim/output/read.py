"""Reading a run folder back, for reports, comparisons and ``verify``."""

from __future__ import annotations

import csv
import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError, Place, Problem
from sim.output.identity import file_hash, program_hash

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class LoadedRun:
    """A run folder: its manifest and, on demand, its tables."""

    folder: Path
    manifest: Mapping[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name without ``.csv``: exact numbers (an empty field is NaN) or text (an empty field is empty)."""
        return _tables(self.folder / f"{name}.csv")

    def draws(self) -> dict[str, NDArray[np.generic]]:
        """The arrays of ``draws.npz``."""
        with np.load(self.folder / "draws.npz", allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}

    @property
    def name(self) -> str:
        """Name of the folder."""
        return f"{self.manifest['region']}-{self.manifest['scenario']}-{self.manifest['content_hash'][:10]}"


def load_run(folder: Path) -> LoadedRun:
    """Open a finished run folder.

    Raises:
        InputError: it is not one: no manifest, or one that cannot be read.
    """
    path = folder / MANIFEST
    expected = "the folder of a finished run"
    if not folder.is_dir():
        raise InputError([Problem(Place(str(folder)), "there is no such folder", expected)])
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Problem(Place(str(folder)), "holds no manifest.json: the run was not finished", expected)]) from None
    except (OSError, ValueError) as error:
        raise InputError([Problem(Place(str(path)), f"cannot be read: {error}", "the manifest of a run")]) from None
    if not isinstance(manifest, dict) or manifest.get("schema") != 1 or not isinstance(manifest.get("outputs"), dict):
        raise InputError([Problem(Place(str(path)), "is not a manifest of this program", "schema 1")])
    return LoadedRun(folder, manifest)


def damaged(folder: Path, content_hash: str | None = None) -> list[tuple[str, str]]:
    """What keeps a folder from being a complete, unaltered run: (file name, what is wrong); empty when all is well."""
    try:
        run = load_run(folder)
    except InputError as error:
        return [("", "; ".join(problem.what for problem in error.problems))]
    if run.manifest.get("exit_state") != "finished":
        return [(MANIFEST, "does not say that the run was finished")]
    if content_hash is not None and run.manifest.get("content_hash") != content_hash:
        return [(MANIFEST, "belongs to another run")]
    recorded = {**{f"inputs/{name}": digest for name, digest in run.manifest["inputs"].items()}, **run.manifest["outputs"]}
    return [(name, what) for name, digest in recorded.items() if (what := fault(folder / name, digest))]


def by_other_program(run: LoadedRun) -> bool:
    """Whether other sources than the present ones made the run."""
    return bool(run.manifest["program"]["sources"] != program_hash())


def doubts(run: LoadedRun) -> tuple[str, ...]:
    """What a reader of the run must know before trusting a page made from it: altered or missing files, another program."""
    found = [f"{run.folder / name}: {what}" if name else f"{run.folder}: {what}" for name, what in damaged(run.folder)]
    if by_other_program(run):
        found.append(f"{run.folder}: was made by version {run.manifest['program']['version']} of the program with other sources")
    return tuple(found)


def added_files(run: LoadedRun) -> tuple[str, ...]:
    """Names of the files in the folder that the run did not write and no report is, in order."""
    recorded = {MANIFEST, *run.manifest["outputs"], *(f"inputs/{name}" for name in run.manifest["inputs"])}
    there = (path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file())
    return tuple(sorted(name for name in there if name not in recorded and not name.startswith("report.")))


def fault(path: Path, digest: str) -> str:
    """``is missing``, ``was altered`` or nothing."""
    if not path.is_file():
        return "is missing"
    return "" if file_hash(path) == digest else "was altered"


@functools.lru_cache(maxsize=64)
def _read_table(path: Path, _stamp: int) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    return pd.DataFrame({name: _typed(column) for name, column in zip(header, columns, strict=True)})


def _typed(column: Sequence[str]) -> NDArray[Any]:
    """Whole numbers, numbers (an empty field is NaN) or text, whichever all fields of a column are.

    Not pandas' own reader: its float parser has not been exact in every version.
    """
    for kind in (int, float):
        try:
            return np.array([kind(text) if text or kind is int else math.nan for text in column], dtype=kind)
        except ValueError:
            continue
    return np.array(column, dtype=object)


def _tables(path: Path) -> pd.DataFrame:
    return _read_table(path, path.stat().st_mtime_ns)
