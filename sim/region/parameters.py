"""Parameters of a region by dotted key: fitted before the region's own before the reference pack's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.csvfile import Column, read_csv
from sim.errors import Place, Problems
from sim.region.checks import check_ids
from sim.region.model import Observation, Source
from sim.region.observations import check_header, read_observations
from sim.yamlfile import Document

_COLUMNS = (
    Column("key"),
    Column("unit"),
    Column("required", int, minimum=0, maximum=1),
    Column("meaning"),
)


@dataclass(frozen=True)
class RegionKey:
    """A key that only regions give: its unit, and whether every pack must give it."""

    unit: str
    required: bool


def read_region_keys(path: Path, problems: Problems) -> dict[str, RegionKey]:
    """The keys of ``region_keys.csv``."""
    table = read_csv(path, _COLUMNS, problems)
    check_ids(table, "key", problems)
    return {row["key"]: RegionKey(row["unit"], bool(row["required"])) for row in table.rows}


def read_layer(
    documents: Iterable[Document],
    layer: str,
    sources: Mapping[str, Source],
    problems: Problems,
    beside: tuple[str, ...] = (),
) -> dict[str, Observation]:
    """The parameters of all files of one layer; a key that stands in two of them is an error.

    ``beside`` names sections that such a file may hold beside its parameters.
    """
    found: dict[str, Observation] = {}
    for document in documents:
        check_header(document, ("about", "parameters", *beside), problems)
        for key, observation in read_observations(document, "parameters", sources, problems, layer=layer).items():
            if key in found:
                expected = f"each key once (first at {found[key].place})"
                problems.error(observation.place, f"parameter {key!r} stands twice", expected)
            found[key] = observation
    return found


def merge_layers(
    reference: Mapping[str, Observation],
    over: Iterable[Mapping[str, Observation]],
    region_keys: Mapping[str, RegionKey],
    folder: str,
    problems: Problems,
) -> dict[str, Observation]:
    """The reference parameters overridden by the layers ``over``, in order, sorted by key; ``folder`` is the pack's.

    A key must be one of the reference pack's or of ``region_keys.csv`` (a misspelt one would be ignored silently), in
    the unit it has there. Required keys must be given; they are looked for only in a pack without another fault.
    """
    units = {key: item.unit for key, item in reference.items()} | {key: item.unit for key, item in region_keys.items()}
    result = dict(reference)
    for layer in over:
        for key, observation in layer.items():
            if key not in units:
                problems.unknown(observation.place, "unknown parameter", key, units)
            elif observation.unit != units[key]:
                problems.error(observation.place, f"the unit of {key} is {observation.unit!r}", repr(units[key]))
        result.update(layer)
    has_fault = any(problem.place.file.startswith(folder) for problem in problems.errors)
    for key, item in region_keys.items():
        if item.required and key not in result and not has_fault:
            problems.error(Place(folder), f"parameter {key!r} is missing", f"a value in {item.unit}")
    return dict(sorted(result.items()))
