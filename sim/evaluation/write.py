"""Writing an evaluation: tables, the page, and the manifest last; named by what it was made from, without date or path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

import pandas as pd

from sim.csvout import write_frame
from sim.errors import InputError, Place, Problem
from sim.evaluation.model import Evaluation, Row
from sim.new_folder import new_folder
from sim.output import file_hash, program_hash

MANIFEST = "manifest.json"
_KIND = "evaluation"

Renderer = Callable[[Path], Sequence[Path]]
"""Writes reports into the given folder and gives their paths."""


@dataclass(frozen=True)
class EvaluationIdentity:
    """What an evaluation is made from: the hashes of the two runs, the languages, and the program."""

    region: str
    runs: tuple[str, str]
    languages: tuple[str, ...]

    @property
    def content_hash(self) -> str:
        """Sha256 in hex."""
        content = [list(self.runs), list(self.languages), program_hash()]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def folder_name(self) -> str:
        """``<region>-evaluate-<first 10 hex digits>``."""
        return f"{self.region}-evaluate-{self.content_hash[:10]}"


def identity_of(evaluation: Evaluation, languages: Sequence[str]) -> EvaluationIdentity:
    """The identity of an evaluation."""
    runs = (str(evaluation.earlier.manifest["content_hash"]), str(evaluation.now.manifest["content_hash"]))
    return EvaluationIdentity(str(evaluation.now.manifest["region"]), runs, tuple(languages))


def find_evaluation(folder: Path, identity: EvaluationIdentity) -> bool:
    """Whether ``folder`` holds this very evaluation, complete and unaltered.

    Raises:
        InputError: something else stands there: nothing is overwritten.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    if _is_complete(folder, identity.content_hash):
        return True
    what = "already exists and is not this evaluation"
    raise InputError([Problem(Place(str(folder)), what, "a new folder: nothing is overwritten")])


def write_evaluation(evaluation: Evaluation, identity: EvaluationIdentity, folder: Path, render: Renderer) -> None:
    """Write the folder; an interrupted or failed write leaves nothing that looks finished.

    Raises:
        InputError: ``folder`` is there and not empty.
        RunFailedError: the disk is full or the place cannot be written to.
    """
    tables = {"evaluation.csv": table_of(evaluation.rows), "evaluation_paths.csv": evaluation.paths}
    with new_folder(folder) as temporary:
        for name, table in tables.items():
            write_frame(temporary / name, table)
        reports = [path.name for path in render(temporary)]
        manifest = {
            "schema": 1,
            "kind": _KIND,
            "content_hash": identity.content_hash,
            "region": identity.region,
            "runs": [
                {"role": role, "run": run.name, **{key: run.manifest[key] for key in ("scenario", "content_hash", "overrides")}}
                for role, run in (("earlier", evaluation.earlier), ("now", evaluation.now))
            ],
            "years": list(evaluation.years),
            "coverage": asdict(evaluation.coverage),
            "notices": [list(notice) for notice in evaluation.notices],
            "languages": list(identity.languages),
            "outputs": {name: file_hash(temporary / name) for name in (*tables, *reports)},
            "reports": reports,
            "exit_state": "finished",
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def table_of(rows: Sequence[Row]) -> pd.DataFrame:
    """``evaluation.csv``: the fields of the rows, in their order."""
    return pd.DataFrame([astuple(row) for row in rows], columns=[item.name for item in fields(Row)], dtype=object)


def _is_complete(folder: Path, content_hash: str) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest.get("kind") != _KIND or manifest.get("content_hash") != content_hash:
            return False
        return all(file_hash(folder / name) == digest for name, digest in manifest["outputs"].items())
    except (OSError, ValueError, AttributeError):
        return False
