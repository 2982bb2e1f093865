"""What is known of a region: the frozen data that :func:`sim.region.load_region` reads from ``calibration/<region>/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Place


class Confidence(StrEnum):
    """How good a number is, best first. Never present the last three as observed."""

    SEED = "seed"
    SOURCED = "sourced"
    SOURCED_SECONDARY = "sourced_secondary"
    DERIVED = "derived"
    MODELLED = "modelled"
    RECALLED = "recalled"
    ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Observation:
    """One number (or short list of numbers) with where it comes from.

    Attributes:
        value: a number, or a tuple of numbers for a schedule.
        unit: unit as a word, for example ``persons`` or ``per 1000 per year``.
        source: id in the pack's or the reference ``sources.yaml``; several are joined by ``;``.
        confidence: its grade.
        year: the year it refers to, or None when not known.
        basis: ``resident``, ``registered`` or another population named in words; empty when it does not apply.
        low, high: stated range, if any (for an assumption: the 10 % and 90 % points of its prior unless the note says else).
        quote: the wording of the document it was read from, if any.
        note: remarks.
        decimals: decimals as printed (a baseline value is reproduced to them), or None.
        layer: where it was found: ``reference`` (what all regions share), ``region`` (the pack) or ``fitted`` (calibration).
        place: file and line it stands in.
    """

    value: float | tuple[float, ...]
    unit: str
    source: str
    confidence: Confidence
    year: int | None = None
    basis: str = ""
    low: float | None = None
    high: float | None = None
    quote: str = ""
    note: str = ""
    decimals: int | None = None
    layer: str = "region"
    place: Place = Place("")

    @property
    def number(self) -> float:
        """The value as one number; raises TypeError for a schedule."""
        if isinstance(self.value, tuple):
            raise TypeError(f"{self.place}: a list stands where one number was asked for")
        return float(self.value)

    @property
    def schedule(self) -> NDArray[np.float64]:
        """The value as an array; raises TypeError for a single number."""
        if not isinstance(self.value, tuple):
            raise TypeError(f"{self.place}: one number stands where a list was asked for")
        return np.array(self.value, dtype=float)


@dataclass(frozen=True)
class PlanTarget:
    """One quantified statement of a plan about an indicator of the dictionary.

    Attributes:
        indicator: key of the indicator dictionary (a per-head key or a count key, as printed).
        year: target year.
        operator: ``=``, ``<=``, ``>=``, ``<``, ``>``, ``~``, ``range_min`` or ``range_max`` as printed.
        value: as printed, in ``unit``.
        basis: population of the denominator: ``resident``, ``registered`` or empty.
        nature: ``binding`` (约束性), ``expected`` (预期性), ``guiding`` (指导性) or empty (prose).
        decimals: decimals as printed (gives the interval of counts that would round to it).
        borrowed_from: another region's plan this benchmark is taken from, or empty.
        source, confidence, quote, note, place: as in :class:`Observation`.
    """

    indicator: str
    year: int
    operator: str
    value: float
    unit: str
    basis: str
    nature: str
    decimals: int
    source: str
    confidence: Confidence
    borrowed_from: str = ""
    quote: str = ""
    note: str = ""
    place: Place = Place("")


@dataclass(frozen=True)
class Statement:
    """One statement of a planning document that is no target of an indicator: carried along so that nothing is dropped.

    Attributes:
        key: stable name.
        label_zh: name as printed.
        year: year it refers to.
        kind: ``baseline``, ``achieved``, ``target`` or ``project``.
        operator, value, unit, denominator, basis, nature: as printed; ``value`` is None where no number is printed.
        source, confidence, quote, note, place: as in :class:`Observation`.
        used_as: parameter or indicator under which the model uses it all the same, or empty.
    """

    key: str
    label_zh: str
    year: int
    kind: str
    operator: str
    value: float | None
    unit: str
    denominator: str
    basis: str
    nature: str
    source: str
    confidence: Confidence
    quote: str = ""
    note: str = ""
    used_as: str = ""
    place: Place = Place("")


@dataclass(frozen=True)
class CensusTable:
    """Counted residents by sex and age group, 1 November of ``year``; stands for 1 January of ``year + 1``.

    Attributes:
        year: census year.
        age_from: first age of each group, ascending from 0, shape ``[group]``.
        counts: persons, shape ``[sex, group]`` (male, female); the last group is open.
        source, confidence: provenance.
    """

    year: int
    age_from: NDArray[np.int64]
    counts: NDArray[np.float64]
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Towns:
    """Towns and subdistricts, arrays over ``[town]``. ``area_km2`` is NaN where not known; ``urban`` is the kind in the list."""

    ids: tuple[str, ...]
    names_zh: tuple[str, ...]
    names_en: tuple[str, ...]
    urban: NDArray[np.bool_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    population: NDArray[np.float64]
    population_confidence: tuple[Confidence, ...]
    population_log_sd: NDArray[np.float64]
    area_km2: NDArray[np.float64]


@dataclass(frozen=True)
class Zones:
    """Demand zones (about 1 km), arrays over ``[zone]``.

    ``x_km, y_km`` are planar (EPSG:32651 / 1000); ``town`` indexes :class:`Towns`.
    """

    ids: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    x_km: NDArray[np.float64]
    y_km: NDArray[np.float64]
    land_km2: NDArray[np.float64]
    town: NDArray[np.int64]
    population: NDArray[np.float64]


@dataclass(frozen=True)
class Stations:
    """Emergency stations, arrays over ``[station]``. ``surveyed`` is False for every place that is an assumption."""

    ids: tuple[str, ...]
    names_zh: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    x_km: NDArray[np.float64]
    y_km: NDArray[np.float64]
    place_sd_km: NDArray[np.float64]
    existence_confidence: tuple[Confidence, ...]
    place_confidence: tuple[Confidence, ...]
    opened: tuple[int | None, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Hospitals:
    """Hospitals named in the plan, arrays over ``[hospital]``.

    ``status`` is ``existing``, ``opening_in_plan`` or ``planned`` (no date); ``beds`` is NaN where not printed.
    """

    ids: tuple[str, ...]
    names_zh: tuple[str, ...]
    level_zh: tuple[str, ...]
    ownership: tuple[str, ...]
    status: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    x_km: NDArray[np.float64]
    y_km: NDArray[np.float64]
    has_emergency: NDArray[np.bool_]
    beds: NDArray[np.float64]
    beds_planned: NDArray[np.float64]
    place_confidence: tuple[Confidence, ...]


@dataclass(frozen=True)
class Source:
    """A named source of numbers."""

    id: str
    text: str
    licence: str = ""


@dataclass(frozen=True)
class JointFit:
    """Parameters that were fitted together: what one draw has of one of them says something about the others.

    Attributes:
        keys: the parameters, in the order in which they are drawn.
        correlation: of their normal scores, shape ``[key, key]``.
    """

    keys: tuple[str, ...]
    correlation: NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """A region pack, checked and complete. Mappings are read-only.

    Attributes:
        key: folder name, for example ``kunshan``.
        name_zh, name_en: names.
        census_code: six-digit code of the census tables.
        parent: the city or province above it.
        base_year: year of the plan's baseline (2020; Taicang 2015; Wuzhong has a census base of 2020 but no baseline values).
        plan_year: the plan's target year.
        census: census tables by year (2010, 2020).
        urban_share: census urban share of the residents, 0..1 (year 2020).
        baseline: observed values of the base year by indicator key (missing = not observed).
        plan: the quantified targets.
        parameters: every other number by dotted key, for example ``demography.tfr``, ``care.length_of_stay_days``,
            ``emergency.travel.detour``: region's own first, then the reference pack's.
        tables: reference tables by name (``mortality``, ``life_expectancy``, ``total_fertility`` ...), columns as arrays.
        towns, zones, stations, hospitals: geography.
        outline: county outline, lon/lat, shape ``[point, 2]``; a NaN row parts two rings (Haimen has an exclave).
        not_modelled: every other statement of the documents, carried into reports.
        sources: by id.
        gives, gives_not: what the region's documents give and what they do not.
        files: every file read, in order, as (name relative to the calibration folder, path).
        joint: groups of parameters that were fitted together, with their correlations.
        observed: values of years after the base year, by indicator or measure (``observed.csv``) and year. What of them a
            scenario uses, :func:`sim.scenario.observed_in_use` says.
    """

    key: str
    name_zh: str
    name_en: str
    census_code: str
    parent: str
    base_year: int
    plan_year: int
    census: Mapping[int, CensusTable]
    urban_share: float
    baseline: Mapping[str, Observation]
    plan: tuple[PlanTarget, ...]
    parameters: Mapping[str, Observation]
    tables: Mapping[str, Mapping[str, NDArray[Any]]]
    towns: Towns
    zones: Zones
    stations: Stations
    hospitals: Hospitals
    outline: NDArray[np.float64]
    not_modelled: tuple[Statement, ...]
    sources: Mapping[str, Source]
    gives: tuple[str, ...]
    gives_not: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    joint: tuple[JointFit, ...] = ()
    observed: Mapping[str, Mapping[int, Observation]] = field(default_factory=dict)

    @property
    def fitted_keys(self) -> tuple[str, ...]:
        """Keys of the parameters that come from ``fitted.yaml``."""
        return tuple(key for key, item in self.parameters.items() if item.layer == "fitted")
