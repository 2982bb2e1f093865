"""Reading a region pack: every file of ``calibration/<region>/`` and of ``calibration/reference/``, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from sim.errors import InputError, Place, Problem, Problems, nearest
from sim.indicators import dictionary
from sim.region.census import read_census
from sim.region.checks import box_of
from sim.region.frozen import ReadOnly
from sim.region.geography import read_hospitals, read_outline, read_stations, read_towns, read_zones
from sim.region.head import read_head
from sim.region.joint import read_joint
from sim.region.model import Observation, Region, Source
from sim.region.observations import check_header, read_observations, read_sources
from sim.region.observed import OBSERVED, read_observed
from sim.region.parameters import merge_layers, read_layer, read_region_keys
from sim.region.plan import read_plan, read_statements
from sim.region.reference import read_tables
from sim.yamlfile import Document, load_yaml

REFERENCE = "reference"
FITTED = "fitted.yaml"
CALIBRATION = "calibration.yaml"
_NO_PARAMETERS = ("region.yaml", "baseline.yaml", "sources.yaml", "tables.yaml", CALIBRATION, FITTED)


def available_regions(calibration_dir: Path) -> tuple[str, ...]:
    """Keys of the packs in a calibration folder, sorted: the folders that hold a ``region.yaml``."""
    return tuple(sorted(path.parent.name for path in calibration_dir.glob("*/region.yaml")))


def region_names(calibration_dir: Path) -> dict[str, tuple[str, ...]]:
    """The names by which a pack may be meant (its file's name_zh and name_en), by key; a broken pack has none."""
    names: dict[str, tuple[str, ...]] = {}
    for key in available_regions(calibration_dir):
        try:
            head = load_yaml(calibration_dir / key / "region.yaml").data
        except InputError:
            continue
        zh, en = str(head.get("name_zh", "")), str(head.get("name_en", ""))
        names[key] = (zh, zh[:-1], en, en.lower())
    return names


def load_region(calibration_dir: Path, key: str, *, fitted: bool = True) -> Region:
    """Read and check the pack of one region.

    A parameter's value comes from ``fitted.yaml`` if it stands there, else from the region's own files, else from the
    reference files.

    Args:
        calibration_dir: the folder that holds the packs and ``reference/``.
        key: name of the pack's folder.
        fitted: whether ``fitted.yaml`` is read; calibration leaves it out, so that no fit becomes its own prior.

    Raises:
        InputError: no such region, or anything wrong in any file; all faults at once, with file, line and column.
    """
    known = available_regions(calibration_dir)
    if key not in known:
        wanted = "one of " + ", ".join(known) if known else "folders with a region.yaml in it, but there is none"
        raise InputError([Problem(Place(str(calibration_dir)), f"unknown region {key!r}", wanted, nearest(key, known))])
    return _Reader(Path(calibration_dir), key, fitted).read()


class _Reader:
    """One reading of one pack: collects the findings and the files read."""

    def __init__(self, calibration_dir: Path, key: str, fitted: bool) -> None:
        self.root = calibration_dir
        self.key = key
        self.with_fit = fitted and (calibration_dir / key / FITTED).is_file()
        self._fit: Document | None = None
        self.problems = Problems()
        self.files: list[tuple[str, str]] = []

    def read(self) -> Region:
        """The whole pack."""
        problems = self.problems
        sources = self.sources()
        head = read_head(self.yaml("region.yaml"), sources, problems)
        total, zone = head.latest_total, head.integers["utm_zone"]
        census = read_census(self.path("census.csv"), head.totals, problems)
        outline = read_outline(self.path("outline.csv"), problems)
        box = box_of(outline)
        towns = read_towns(self.path("towns.csv"), total, box, sources, problems)
        zones = read_zones(self.path("zones.csv"), towns, total, box, zone, problems)
        stations = read_stations(self.path("stations.csv"), box, zone, sources, problems)
        hospitals = read_hospitals(self.path("hospitals.csv"), box, zone, sources, problems)
        baseline = self.baseline(sources)
        plan = read_plan(self.path("plan.csv"), sources, problems)
        statements = read_statements(self.path("not_modelled.csv"), sources, problems)
        parameters = self.parameters(sources)
        tables = self.tables(sources)
        joint = read_joint(self.fit(), parameters, problems)
        observed = self.observed(head.integers["base_year"], sources)
        problems.raise_errors()
        folder = str(self.root / self.key)
        return Region(
            key=self.key,
            **head.texts,
            base_year=head.integers["base_year"],
            plan_year=head.integers["plan_year"],
            census=ReadOnly(census, "census", f"{folder}/census.csv"),
            urban_share=head.urban_share,
            baseline=ReadOnly(baseline, "baseline value", f"{folder}/baseline.yaml"),
            plan=plan,
            parameters=ReadOnly(parameters, "parameter", folder),
            tables=tables,
            towns=towns,
            zones=zones,
            stations=stations,
            hospitals=hospitals,
            outline=outline,
            not_modelled=statements,
            sources=ReadOnly(sources, "source", f"{folder}/sources.yaml"),
            gives=head.lists["gives"],
            gives_not=head.lists["gives_not"],
            files=tuple(self.files),
            joint=joint,
            observed=observed,
        )

    def path(self, name: str, folder: str = "") -> Path:
        """Path of a file of the pack (or of ``folder``), noted as read."""
        folder = folder or self.key
        path = self.root / folder / name
        self.files.append((f"{folder}/{name}", str(path)))
        return path

    def yaml(self, name: str, folder: str = "") -> Document:
        """A parsed YAML file; if it cannot be parsed, its faults are noted and a document without data stands in."""
        path = self.path(name, folder)
        try:
            document = load_yaml(path)
        except InputError as error:
            self.problems.found.extend(error.problems)
            return Document(str(path), None, {}, {})
        if document.data is None:
            self.problems.error(document.place(()), "the file holds nothing", "keys and values")
        return document

    def sources(self) -> Mapping[str, Source]:
        """Shared and own sources. If one of the files has a fault, every id counts as known: one fault, one message."""
        before = len(self.problems.errors)
        shared = read_sources(self.yaml("sources.yaml", REFERENCE), self.problems)
        document = self.yaml("sources.yaml")
        own = read_sources(document, self.problems)
        for identifier in own:
            if identifier in shared:
                place = document.key_place(("sources", identifier))
                self.problems.error(place, f"source {identifier!r} stands in the reference pack as well", "each id once")
        return {**shared, **own} if len(self.problems.errors) == before else _AnySource()

    def baseline(self, sources: Mapping[str, Source]) -> dict[str, Observation]:
        """Observed values of the base year; keys and units must be those of the indicator dictionary."""
        document = self.yaml("baseline.yaml")
        check_header(document, ("statement", "baseline"), self.problems)
        result = read_observations(document, "baseline", sources, self.problems, layer="region", one_number=True)
        known = dictionary()
        for key, observation in result.items():
            if key not in known:
                self.problems.unknown(observation.place, "unknown indicator", key, known)
            elif observation.unit != known[key].unit:
                self.problems.error(observation.place, f"the unit of {key} is {observation.unit!r}", repr(known[key].unit))
            elif observation.number < 0:
                self.problems.error(observation.place, f"{key} is {observation.number:g}", "no negative number")
        return result

    def observed(self, base_year: int, sources: Mapping[str, Source]) -> Mapping[str, Mapping[int, Observation]]:
        """What was observed after the base year; most packs have no such file."""
        if not (self.root / self.key / OBSERVED).is_file():
            return {}
        return read_observed(self.path(OBSERVED), base_year, sources, self.problems)

    def parameters(self, sources: Mapping[str, Source]) -> dict[str, Observation]:
        """All parameters by key."""
        region_keys = read_region_keys(self.path("region_keys.csv", REFERENCE), self.problems)
        reference = read_layer(self.parameter_files(REFERENCE), "reference", sources, self.problems)
        own = read_layer(self.parameter_files(self.key), "region", sources, self.problems)
        fitted = read_layer(self.fit(), "fitted", sources, self.problems, ("joint", "fit"))
        return merge_layers(reference, (own, fitted), region_keys, str(self.root / self.key), self.problems)

    def fit(self) -> list[Document]:
        """What was fitted: one document, none where the region was not calibrated."""
        if self.with_fit and self._fit is None:
            self._fit = self.yaml(FITTED)
        return [self._fit] if self._fit is not None else []

    def parameter_files(self, folder: str) -> list[Document]:
        """The YAML files of a folder that hold parameters, in order of name."""
        names = sorted(path.name for path in (self.root / folder).glob("*.yaml"))
        return [self.yaml(name, folder) for name in names if name not in _NO_PARAMETERS]

    def tables(self, sources: Mapping[str, Source]) -> ReadOnly[Mapping[str, NDArray[Any]]]:
        """The reference tables, by name."""
        document = self.yaml("tables.yaml", REFERENCE)
        tables = read_tables(document, lambda name: self.path(name, REFERENCE), sources, self.problems)
        return ReadOnly(tables, "table", document.file)


class _AnySource(dict[str, Source]):
    """Stands in for the sources when they could not be read: knows every id."""

    def __contains__(self, identifier: object) -> bool:
        return True
