"""Writing a comparison: tables, reports, and the manifest last; named by what it was made from.

A comparison folder holds no date and no path: the same runs in the same order, with the same base, languages and formats,
give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.comparison.model import Comparison
from sim.csvout import write_frame
from sim.errors import InputError, Place, Problem
from sim.new_folder import new_folder
from sim.output import file_hash, program_hash

MANIFEST = "manifest.json"
_KIND = "comparison"
TABLES = {"compare.csv": "headline", "compare_emergency.csv": "emergency", "inputs_diff.csv": "inputs"}
"""Tables of a comparison folder and the attribute each holds."""

Renderer = Callable[[Path], Sequence[Path]]
"""Writes reports into the given folder and gives their paths."""


@dataclass(frozen=True)
class ComparisonIdentity:
    """What a comparison is made from: the hashes of the runs in order, the base, languages and formats, and the program."""

    region: str
    runs: tuple[str, ...]
    base: int
    languages: tuple[str, ...]
    formats: tuple[str, ...]

    @property
    def content_hash(self) -> str:
        """Sha256 in hex."""
        content = [list(self.runs), self.base, list(self.languages), list(self.formats), program_hash()]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def folder_name(self) -> str:
        """``<region>-compare-<first 10 hex digits>``."""
        return f"{self.region}-compare-{self.content_hash[:10]}"


def identity_of(comparison: Comparison, languages: Sequence[str], formats: Sequence[str]) -> ComparisonIdentity:
    """The identity of a comparison."""
    hashes = tuple(str(member.manifest["content_hash"]) for member in comparison.members)
    return ComparisonIdentity(comparison.region, hashes, comparison.base, tuple(languages), tuple(formats))


def find_comparison(folder: Path, identity: ComparisonIdentity) -> bool:
    """Whether ``folder`` holds this very comparison, complete and unaltered.

    Raises:
        InputError: something else stands there: nothing is overwritten.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    if _is_complete(folder, identity.content_hash):
        return True
    problem = Problem(
        Place(str(folder)), "already exists and is not this comparison", "a new folder: nothing is overwritten"
    )
    raise InputError([problem])


def write_comparison(comparison: Comparison, identity: ComparisonIdentity, folder: Path, render: Renderer) -> None:
    """Write the folder; an interrupted or failed write leaves nothing that looks finished.

    Raises:
        InputError: ``folder`` is there and not empty.
        RunFailedError: the disk is full or the place cannot be written to.
    """
    with new_folder(folder) as temporary:
        for name, attribute in TABLES.items():
            write_frame(temporary / name, getattr(comparison, attribute))
        reports = [path.name for path in render(temporary)]
        manifest = _manifest(comparison, identity, temporary, reports)
        text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _manifest(comparison: Comparison, identity: ComparisonIdentity, folder: Path, reports: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": 1,
        "kind": _KIND,
        "content_hash": identity.content_hash,
        "region": comparison.region,
        "base": comparison.base_member.letter,
        "runs": [
            {
                "letter": member.letter,
                "run": member.run.name,
                **{key: member.manifest[key] for key in ("scenario", "title", "content_hash", "overrides", "seed", "draws")},
                "program": member.manifest["program"],
            }
            for member in comparison.members
        ],
        "years": list(comparison.years),
        "pairs": comparison.pairs,
        "notices": [notice.text for notice in comparison.notices],
        "languages": list(identity.languages),
        "formats": list(identity.formats),
        "outputs": {name: file_hash(folder / name) for name in (*TABLES, *reports)},
        "reports": list(reports),
        "exit_state": "finished",
    }


def is_comparison(folder: Path) -> bool:
    """Whether a folder is one that :func:`write_comparison` wrote."""
    return _read(folder).get("kind") == _KIND


def _is_complete(folder: Path, content_hash: str) -> bool:
    manifest = _read(folder)
    if manifest.get("kind") != _KIND or manifest.get("content_hash") != content_hash:
        return False
    try:
        return all(file_hash(folder / name) == digest for name, digest in manifest["outputs"].items())
    except OSError:
        return False


def _read(folder: Path) -> Mapping[str, Any]:
    """The manifest of a folder; empty if there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
