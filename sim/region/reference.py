"""What all regions share: ``calibration/reference/`` with its sources, parameters and tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, read_csv
from sim.errors import Problems
from sim.region.model import Source
from sim.region.observations import check_grade, check_header, check_keys
from sim.yamlfile import Document

_KINDS = {"int": int, "float": float, "text": str}
_DTYPES: dict[str, Any] = {"int": np.int64, "float": float, "text": object}


def read_tables(
    document: Document, folder: Path, sources: Mapping[str, Source], problems: Problems, *, shown_in: str
) -> tuple[dict[str, Mapping[str, NDArray[Any]]], list[str]]:
    """The tables that ``tables.yaml`` lists, columns as arrays, and the names of the files read.

    A column of kind ``int`` has no blanks; a blank in a ``float`` column is NaN; ``text`` columns are object arrays.

    Args:
        document: ``tables.yaml``: by table name, ``{file, source, confidence, about, columns: {name: {kind, unit}}}``.
        folder: where the CSV files are.
        sources: known sources.
        problems: where findings go.
        shown_in: the folder's name in messages.
    """
    check_header(document, ("tables",), problems)
    result: dict[str, Mapping[str, NDArray[Any]]] = {}
    files: list[str] = []
    for name, entry in (document.data.get("tables") or {}).items():
        path = ("tables", name)
        before = len(problems.errors)
        check_keys(document, path, ("file", "source", "confidence", "about", "columns"), problems)
        check_grade(document, path, entry.get("confidence"), problems)
        for identifier in str(entry.get("source")).split(";"):
            if identifier not in sources:
                problems.unknown(document.place((*path, "source")), "unknown source", identifier, sources)
        for column, description in entry["columns"].items():
            if description.get("kind") not in _KINDS:
                problems.unknown(document.place((*path, "columns", column)), "unknown kind", str(description.get("kind")), _KINDS)
        if len(problems.errors) > before:
            continue
        columns = [
            Column(column, _KINDS[description["kind"]], blank=description["kind"] != "int")
            for column, description in entry["columns"].items()
        ]
        table = read_csv(folder / entry["file"], columns, problems, shown_as=f"{shown_in}/{entry['file']}")
        files.append(entry["file"])
        result[name] = MappingProxyType(
            {
                column.name: np.array(
                    [_filled(value, entry["columns"][column.name]["kind"]) for value in table.values(column.name)],
                    dtype=_DTYPES[entry["columns"][column.name]["kind"]],
                )
                for column in columns
            }
        )
    return result, files


def _filled(value: Any, kind: str) -> Any:
    if value is not None:
        return value
    return math.nan if kind == "float" else ""
