"""Entries of ``calibration.yaml``: those of the region laid over those of the reference pack, each field with its place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, Place, Problems
from sim.indicators import dictionary
from sim.region.load import CALIBRATION, REFERENCE
from sim.region.observations import check_header
from sim.region.parameters import read_region_keys
from sim.yamlfile import Document, load_yaml

_SECTIONS = ("about", "settings", "parameters", "targets", "stated")


@dataclass(frozen=True)
class Layer:
    """One file: the folder it belongs to and what stands in it."""

    folder: str
    document: Document
    known: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A parameter or target with the fields of all layers.

    Attributes:
        section, key: where it stands.
        fields: each field's value and the layer that gave it last.
        place: where its name stands, in the last layer that has it.
        known: keys of observations that a pack can hold.
        base: the folder of the first layer.
    """

    section: str
    key: str
    fields: Mapping[str, tuple[Any, Layer]]
    place: Place
    known: frozenset[str]
    base: str

    def get(self, field: str) -> Any:
        """A field's value, None where it is absent."""
        return self.fields[field][0] if field in self.fields else None

    def at(self, *path: str) -> Place:
        """Where a field's value stands; the entry itself where it is absent."""
        if path[0] not in self.fields:
            return self.place
        return self.fields[path[0]][1].document.place((self.section, self.key, *path))

    def own(self, field: str) -> bool:
        """Whether the region itself gives the field."""
        return field in self.fields and self.fields[field][1].folder != self.base


def read_layers(calibration_dir: Path, region: str, problems: Problems) -> list[Layer]:
    """The reference pack's file and, where there is one, the region's.

    Raises:
        InputError: a file cannot be parsed.
    """
    scratch = Problems()
    region_keys = read_region_keys(calibration_dir / REFERENCE / "region_keys.csv", scratch)
    known = frozenset([*region_keys, *(f"baseline.{key}" for key in dictionary())])
    layers, broken = [], Problems()
    for folder in (REFERENCE, region):
        path = calibration_dir / folder / CALIBRATION
        if folder != REFERENCE and not path.is_file():
            continue
        try:
            document = load_yaml(path)
        except InputError as error:
            broken.found.extend(error.problems)
            continue
        if not isinstance(document.data, dict) or not document.data:
            problems.error(document.place(()), "the file holds nothing", "schema, parameters and targets")
            continue
        check_header(document, _SECTIONS, problems)
        layers.append(Layer(folder, document, known))
    broken.raise_errors()
    problems.raise_errors()
    return layers


def merged_section(
    layers: Sequence[Layer], section: str, fields: Sequence[str], problems: Problems
) -> dict[str, Entry]:
    """The entries of a section by key: fields of later layers over those of earlier ones; an empty entry takes one away."""
    merged: dict[str, dict[str, tuple[Any, Layer]]] = {}
    places: dict[str, Place] = {}
    for layer in layers:
        document = layer.document
        entries = document.data.get(section)
        if entries is None:
            continue
        if not isinstance(entries, dict):
            problems.error(document.place((section,)), f"section {section!r} is no mapping", "one entry a key")
            continue
        for key, entry in entries.items():
            place = document.key_place((section, key))
            if entry is None:
                if key not in merged:
                    problems.unknown(place, "nothing to take away:", str(key), merged)
                merged.pop(key, None)
                continue
            if not isinstance(entry, dict):
                problems.error(document.place((section, key)), f"{key} is {entry!r}", "a mapping with " + ", ".join(fields))
                continue
            for field in entry:
                if field not in fields:
                    problems.unknown(document.key_place((section, key, field)), "unknown key", str(field), fields)
            places[str(key)] = place
            fresh = {str(field): (value, layer) for field, value in entry.items() if field in fields}
            merged[str(key)] = {**merged.get(str(key), {}), **fresh}
    base = layers[0].folder
    known = layers[0].known
    return {key: Entry(section, key, values, places[key], known, base) for key, values in merged.items()}


def are_numbers(values: Any, length: int) -> bool:
    """Whether ``values`` is a list of so many finite numbers (booleans are none)."""
    return (
        isinstance(values, list)
        and len(values) == length
        and all(isinstance(x, (int, float)) and not isinstance(x, bool) and math.isfinite(x) for x in values)
    )
