"""The correlations of a fit: section ``joint`` of ``fitted.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sim.errors import Problems
from sim.region.model import JointFit, Observation
from sim.region.observations import check_keys, is_number
from sim.yamlfile import Document, Path_


def read_joint(
    documents: Iterable[Document], parameters: Mapping[str, Observation], problems: Problems
) -> tuple[JointFit, ...]:
    """The groups of ``joint``: a list of ``{keys, correlation}``; each key is a parameter and stands in one group only.

    Args:
        documents: ``fitted.yaml`` if there is one.
        parameters: the region's parameters in force.
        problems: where findings go.
    """
    groups = []
    for document in documents:
        entries = document.data.get("joint") if isinstance(document.data, dict) else None
        if entries is None:
            continue
        if not isinstance(entries, list):
            problems.error(document.place(("joint",)), "section 'joint' is no list", "a list of groups with keys and correlation")
            continue
        seen: set[str] = set()
        for index in range(len(entries)):
            group = _group(document, ("joint", index), entries[index], parameters, problems)
            if group is None:
                continue
            twice = [key for key in group.keys if key in seen]
            for key in twice:
                problems.error(document.place(("joint", index, "keys")), f"{key!r} stands in two groups", "each key in one group")
            seen.update(group.keys)
            groups.append(group)
    return tuple(groups)


def _group(
    document: Document, path: Path_, entry: Any, parameters: Mapping[str, Observation], problems: Problems
) -> JointFit | None:
    if not isinstance(entry, dict):
        problems.error(document.place(path), "a group is no mapping", "keys and correlation")
        return None
    before = len(problems.errors)
    check_keys(document, path, ("keys", "correlation"), problems)
    keys = entry.get("keys")
    if not isinstance(keys, list) or len(keys) < 2 or len({str(key) for key in keys}) < len(keys):
        problems.error(document.place((*path, "keys")), "keys of a group", "a list of two parameters or more, each once")
        return None
    for at, key in enumerate(keys):
        if key not in parameters:
            problems.unknown(document.place((*path, "keys", at)), "unknown parameter", str(key), parameters)
    rows = entry.get("correlation")
    place = document.place((*path, "correlation"))
    square = isinstance(rows, list) and len(rows) == len(keys) and all(
        isinstance(row, list) and len(row) == len(keys) and all(is_number(value) for value in row) for row in rows
    )
    if not square:
        problems.error(place, "correlation of a group", f"{len(keys)} rows of {len(keys)} numbers")
        return None
    matrix = np.array(rows, dtype=float)
    sound = np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)
    if not sound or float(np.linalg.eigvalsh(matrix).min()) <= 0.0:
        problems.error(place, "these are no correlations", "a symmetric positive definite matrix with 1 on the diagonal")
    return JointFit(tuple(keys), matrix) if len(problems.errors) == before else None
