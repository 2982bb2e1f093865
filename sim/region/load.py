"""Reading a region pack: every file of ``calibration/<region>/`` and of ``calibration/reference/``, all faults at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.errors import InputError, Place, Problem, Problems, nearest
from sim.indicators import dictionary
from sim.region.census import read_census
from sim.region.geography import box_of, read_hospitals, read_outline, read_stations, read_towns, read_zones
from sim.region.model import Observation, Region, Source
from sim.region.observations import check_grade, check_header, check_keys, read_observation, read_observations, read_sources
from sim.region.plan import read_checks, read_plan, read_statements
from sim.region.reference import read_tables
from sim.yamlfile import Document, load_yaml

REFERENCE = "reference"
FITTED = "fitted.yaml"
_OWN_KINDS = ("region.yaml", "baseline.yaml", "sources.yaml", "tables.yaml", FITTED)
_REGION_KEYS = (
    "name_zh",
    "name_en",
    "census_code",
    "parent",
    "base_year",
    "plan_year",
    "utm_zone",
    "census",
    "urban_share",
    "gives",
    "gives_not",
)
_TEXTS = ("name_zh", "name_en", "census_code", "parent")
_INTEGERS = {"base_year": (1990, 2100), "plan_year": (1990, 2100), "utm_zone": (1, 60)}


def available_regions(calibration_dir: Path) -> tuple[str, ...]:
    """Keys of the packs in a calibration folder, sorted: the folders that hold a ``region.yaml``."""
    return tuple(sorted(path.parent.name for path in calibration_dir.glob("*/region.yaml")))


def load_region(calibration_dir: Path, key: str) -> Region:
    """Read and check the pack of one region.

    A parameter's value comes from ``fitted.yaml`` if it stands there, else from the region's own files, else from the
    reference files.

    Args:
        calibration_dir: the folder that holds the packs and ``reference/``.
        key: name of the pack's folder.

    Raises:
        InputError: no such region, or anything wrong in any file; all faults at once, with file, line and column.
    """
    known = available_regions(calibration_dir)
    if key not in known:
        raise InputError(
            [Problem(Place(str(calibration_dir)), f"unknown region {key!r}", "one of " + ", ".join(known), nearest(key, known))]
        )
    return _Reader(calibration_dir, key).read()


class _Reader:
    """One reading: collects the findings and the names of the files read."""

    def __init__(self, calibration_dir: Path, key: str) -> None:
        self.root = calibration_dir
        self.key = key
        self.problems = Problems()
        self.files: list[tuple[str, str]] = []

    def read(self) -> Region:
        sources = self.sources()
        head, urban_share, totals = self.head(sources)
        census = read_census(self.own("census.csv"), totals, self.problems, shown_as=self.shown("census.csv"))
        total = totals[max(totals)].get("total") if totals else None
        outline = read_outline(self.own("outline.csv"), self.problems, shown_as=self.shown("outline.csv"))
        box, zone = box_of(outline), head.get("utm_zone") or 51
        towns = read_towns(self.own("towns.csv"), total, box, sources, self.problems, shown_as=self.shown("towns.csv"))
        zones = read_zones(self.own("zones.csv"), towns, total, box, zone, self.problems, shown_as=self.shown("zones.csv"))
        stations = read_stations(
            self.own("stations.csv"), box, zone, sources, self.problems, shown_as=self.shown("stations.csv")
        )
        hospitals = read_hospitals(
            self.own("hospitals.csv"), box, zone, sources, self.problems, shown_as=self.shown("hospitals.csv")
        )
        baseline = self.baseline(sources)
        plan = read_plan(self.own("plan.csv"), sources, self.problems, shown_as=self.shown("plan.csv"))
        statements = read_statements(
            self.own("not_modelled.csv"), sources, self.problems, shown_as=self.shown("not_modelled.csv")
        )
        checks = read_checks(self.own("checks.csv"), self.problems, shown_as=self.shown("checks.csv"))
        parameters = self.parameters(sources)
        tables = self.tables(sources)
        self.problems.raise_errors()
        return Region(
            key=self.key,
            name_zh=head["name_zh"],
            name_en=head["name_en"],
            census_code=head["census_code"],
            parent=head["parent"],
            base_year=head["base_year"],
            plan_year=head["plan_year"],
            census=MappingProxyType(census),
            urban_share=urban_share,
            baseline=MappingProxyType(baseline),
            plan=plan,
            parameters=MappingProxyType(parameters),
            tables=MappingProxyType(tables),
            towns=towns,
            zones=zones,
            stations=stations,
            hospitals=hospitals,
            outline=outline,
            not_modelled=statements,
            checks=checks,
            sources=MappingProxyType(sources),
            gives=tuple(head["gives"]),
            gives_not=tuple(head["gives_not"]),
            files=tuple(self.files),
        )

    def own(self, name: str, folder: str = "") -> Path:
        """Path of a file of the pack (or of ``folder``), noted as read."""
        folder = folder or self.key
        path = self.root / folder / name
        self.files.append((f"{folder}/{name}", str(path)))
        return path

    def shown(self, name: str, folder: str = "") -> str:
        return str(self.root / (folder or self.key) / name)

    def yaml(self, name: str, folder: str = "") -> Document:
        """A parsed YAML file; its faults join the others and an empty document stands in."""
        try:
            return load_yaml(self.own(name, folder), shown_as=self.shown(name, folder))
        except InputError as error:
            self.problems.found.extend(error.problems)
            return Document(self.shown(name, folder), {}, {}, {})

    def sources(self) -> dict[str, Source]:
        shared = read_sources(self.yaml("sources.yaml", REFERENCE), self.problems)
        document = self.yaml("sources.yaml")
        own = read_sources(document, self.problems)
        for identifier in own:
            if identifier in shared:
                self.problems.error(
                    document.key_place(("sources", identifier)),
                    f"source {identifier!r} is defined in the reference pack as well",
                    "each id once",
                )
        return {**shared, **own}

    def head(self, sources: dict[str, Source]) -> tuple[dict[str, Any], float, dict[int, dict[str, Any]]]:
        """``region.yaml``: its plain entries, the urban share, and the published census totals by year."""
        document = self.yaml("region.yaml")
        data = check_header(document, _REGION_KEYS, self.problems)
        for name in _REGION_KEYS:
            if name not in data:
                self.problems.error(document.place(()), f"key {name!r} is missing", ", ".join(_REGION_KEYS))
        for name in _TEXTS:
            if name in data and not (isinstance(data[name], str) and data[name]):
                self.problems.error(document.place((name,)), f"{name} is {data[name]!r}", "text (in quotes if it looks like a number)")
        for name, (low, high) in _INTEGERS.items():
            value = data.get(name)
            if name in data and not (isinstance(value, int) and not isinstance(value, bool) and low <= value <= high):
                self.problems.error(document.place((name,)), f"{name} is {value!r}", f"a whole number from {low} to {high}")
                data = {**data, name: None}
        for name in ("gives", "gives_not"):
            value = data.get(name)
            if name in data and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                self.problems.error(document.place((name,)), f"{name} is no list of sentences", "a list of sentences")
        urban = read_observation(document, ("urban_share",), sources, self.problems, layer="region") if "urban_share" in data else None
        if urban is not None and not 0 <= urban.number <= 1:
            self.problems.error(document.place(("urban_share", "value")), f"urban_share is {urban.number:g}", "a share from 0 to 1")
        return data, urban.number if urban else 0.0, self.totals(document, data, sources)

    def totals(self, document: Document, data: dict[str, Any], sources: dict[str, Source]) -> dict[int, dict[str, Any]]:
        result: dict[int, dict[str, Any]] = {}
        entries = data.get("census") or {}
        for year, entry in entries.items() if isinstance(entries, dict) else ():
            path = ("census", year)
            before = len(self.problems.errors)
            if not isinstance(year, int) or not isinstance(entry, dict):
                self.problems.error(document.key_place(path), f"census {year!r}", "a year with total, male, female, source, confidence")
                continue
            check_keys(document, path, ("total", "male", "female", "source", "confidence"), self.problems)
            for name in ("total", "male", "female"):
                value = entry.get(name)
                if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                    self.problems.error(document.place((*path, name)), f"census {year} {name} is {value!r}", "a whole number of persons")
            check_grade(document, path, entry.get("confidence", ""), self.problems)
            if entry.get("source") not in sources:
                self.problems.unknown(document.place((*path, "source")), "unknown source", str(entry.get("source")), sources)
            if len(self.problems.errors) == before:
                result[year] = entry
        if "census" in data and not entries:
            self.problems.error(document.place(("census",)), "no census is named", "at least one census year")
        return result

    def baseline(self, sources: dict[str, Source]) -> dict[str, Observation]:
        document = self.yaml("baseline.yaml")
        check_header(document, ("statement", "baseline"), self.problems)
        result = read_observations(document, "baseline", sources, self.problems, layer="region")
        known = dictionary()
        for key, observation in result.items():
            if key not in known:
                self.problems.unknown(observation.place, "unknown indicator", key, known)
            elif observation.unit != known[key].unit:
                self.problems.error(observation.place, f"the unit of {key} is {observation.unit!r}", repr(known[key].unit))
            elif observation.number < 0:
                self.problems.error(observation.place, f"{key} is {observation.number:g}", "no negative number")
        return result

    def parameters(self, sources: dict[str, Source]) -> dict[str, Observation]:
        result: dict[str, Observation] = {}
        for folder, layer in ((REFERENCE, "reference"), (self.key, "region")):
            found: dict[str, Observation] = {}
            names = sorted(path.name for path in (self.root / folder).glob("*.yaml"))
            for name in names:
                if name not in _OWN_KINDS:
                    self.merge(found, self.parameter_file(name, folder, layer, sources))
            result.update(found)
        if (self.root / self.key / FITTED).is_file():
            result.update(self.parameter_file(FITTED, self.key, "fitted", sources))
        return dict(sorted(result.items()))

    def parameter_file(self, name: str, folder: str, layer: str, sources: dict[str, Source]) -> dict[str, Observation]:
        document = self.yaml(name, folder)
        check_header(document, ("about", "parameters"), self.problems)
        return read_observations(document, "parameters", sources, self.problems, layer=layer)

    def merge(self, found: dict[str, Observation], more: dict[str, Observation]) -> None:
        """Add a file's parameters; two files of one layer that name the same key are an error."""
        for key, observation in more.items():
            if key in found:
                self.problems.error(observation.place, f"parameter {key!r} stands twice", f"each key once (first at {found[key].place})")
        found.update(more)

    def tables(self, sources: dict[str, Source]) -> Any:
        document = self.yaml("tables.yaml", REFERENCE)
        shown = str(self.root / REFERENCE)
        result, files = read_tables(document, self.root / REFERENCE, sources, self.problems, shown_in=shown)
        self.note(REFERENCE, files)
        return result

    def note(self, folder: str, names: Iterable[str]) -> None:
        self.files.extend((f"{folder}/{name}", str(self.root / folder / name)) for name in names)
