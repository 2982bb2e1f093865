"""What all regions share: ``calibration/reference/`` with its sources, parameters and tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, read_csv
from sim.errors import Problems
from sim.region.frozen import ReadOnly
from sim.region.model import Source
from sim.region.observations import check_grade, check_header, check_keys, check_source, read_section
from sim.yamlfile import Document, Path_

_KINDS = {"int": int, "float": float, "text": str}
_FIELDS = ("file", "source", "confidence", "about", "columns")
_DTYPES: dict[str, Any] = {"int": np.int64, "float": float, "text": object}


def read_tables(
    document: Document, path_of: Callable[[str], Path], sources: Mapping[str, Source], problems: Problems
) -> dict[str, Mapping[str, NDArray[Any]]]:
    """The tables that ``tables.yaml`` lists, columns as arrays.

    A column of kind ``int`` has no blanks; a blank in a ``float`` column is NaN; ``text`` columns are object arrays.

    Args:
        document: ``tables.yaml``: by table name, ``{file, source, confidence, about, columns: {name: {kind, unit}}}``.
        path_of: gives the path of a file of the reference folder.
        sources: known sources.
        problems: where findings go.
    """
    check_header(document, ("tables",), problems)
    result: dict[str, Mapping[str, NDArray[Any]]] = {}
    for name, entry in read_section(document, "tables", problems).items():
        kinds = _kinds(document, ("tables", name), entry, sources, problems)
        if kinds is None:
            continue
        columns = [Column(column, _KINDS[kind], blank=kind != "int") for column, kind in kinds.items()]
        table = read_csv(path_of(entry["file"]), columns, problems)
        arrays = {
            column: np.array([_filled(value, kind) for value in table.values(column)], dtype=_DTYPES[kind])
            for column, kind in kinds.items()
        }
        result[name] = ReadOnly(arrays, f"column of table {name!r}", table.file)
    return result


def _kinds(
    document: Document, path: Path_, entry: Any, sources: Mapping[str, Source], problems: Problems
) -> dict[str, str] | None:
    """Kind of each column of one entry of ``tables.yaml``, or None when the entry has a fault (which is reported)."""
    before = len(problems.errors)
    if not isinstance(entry, dict):
        problems.error(document.place(path), f"{path[-1]} is no mapping", ", ".join(_FIELDS))
        return None
    check_keys(document, path, _FIELDS, problems)
    for field in _FIELDS:
        if not entry.get(field):
            problems.error(document.key_place(path), f"{path[-1]} has no {field}", ", ".join(_FIELDS))
    check_grade(document, path, entry.get("confidence"), problems)
    check_source(document, path, entry.get("source"), sources, problems)
    columns = entry.get("columns")
    kinds = {}
    for column, description in columns.items() if isinstance(columns, dict) else ():
        kind = description.get("kind") if isinstance(description, dict) else None
        if kind not in _KINDS:
            problems.unknown(document.place((*path, "columns", column)), "unknown kind", str(kind), _KINDS)
        kinds[column] = kind
    return kinds if len(problems.errors) == before else None


def _filled(value: Any, kind: str) -> Any:
    if value is not None:
        return value
    return math.nan if kind == "float" else ""
