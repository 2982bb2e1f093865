"""``region.yaml``: what a region is called, its years, the published census totals, and what its documents give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import Problems
from sim.region.model import Confidence, Source
from sim.region.observations import check_grade, check_header, check_keys, check_source, read_observation
from sim.yamlfile import Document

_TEXTS = ("name_zh", "name_en", "census_code", "parent")
_INTEGERS = {"base_year": (1990, 2100), "plan_year": (1990, 2100), "utm_zone": (1, 60)}
_LISTS = ("gives", "gives_not")
_KEYS = (*_TEXTS, *_INTEGERS, "census", "urban_share", *_LISTS)
_PERSONS = ("total", "male", "female")


@dataclass(frozen=True)
class CensusTotals:
    """Published totals of one census, that the rows of ``census.csv`` must add up to."""

    total: int
    male: int
    female: int
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Head:
    """The content of ``region.yaml``. With faults reported, faulty entries hold a stand-in that is never handed on."""

    texts: Mapping[str, str]
    integers: Mapping[str, int]
    lists: Mapping[str, tuple[str, ...]]
    urban_share: float
    totals: Mapping[int, CensusTotals]

    @property
    def latest_total(self) -> float | None:
        """The total of the latest census, or None when it could not be read."""
        return float(self.totals[max(self.totals)].total) if self.totals else None


def read_head(document: Document, sources: Mapping[str, Source], problems: Problems) -> Head:
    """Read and check ``region.yaml``; faults go to ``problems``."""
    data = check_header(document, _KEYS, problems)
    for name in _KEYS:
        if document.data is not None and name not in data:
            problems.error(document.place(()), f"key {name!r} is missing", ", ".join(_KEYS))
    for name in _TEXTS:
        if name in data and not (isinstance(data[name], str) and data[name]):
            wanted = "text (in quotes if it looks like a number)"
            problems.error(document.place((name,)), f"{name} is {data[name]!r}", wanted)
    integers = {}
    for name, (low, high) in _INTEGERS.items():
        value = data.get(name)
        integers[name] = low
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            integers[name] = value
        elif name in data:
            problems.error(document.place((name,)), f"{name} is {value!r}", f"a whole number from {low} to {high}")
    lists = {}
    for name in _LISTS:
        value = data.get(name)
        lists[name] = ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            lists[name] = tuple(value)
        elif name in data:
            problems.error(document.place((name,)), f"{name} is no list of sentences", "a list of sentences")
    return Head(
        texts={name: str(data.get(name)) for name in _TEXTS},
        integers=integers,
        lists=lists,
        urban_share=_urban_share(document, data, sources, problems),
        totals=_totals(document, data, sources, problems),
    )


def _urban_share(document: Document, data: dict[str, Any], sources: Mapping[str, Source], problems: Problems) -> float:
    if "urban_share" not in data:
        return 0.0
    share = read_observation(document, ("urban_share",), sources, problems, layer="region", one_number=True)
    if share is None:
        return 0.0
    if not 0 <= share.number <= 1:
        problems.error(document.place(("urban_share", "value")), f"urban_share is {share.number:g}", "a share from 0 to 1")
    return share.number


def _totals(
    document: Document, data: dict[str, Any], sources: Mapping[str, Source], problems: Problems
) -> dict[int, CensusTotals]:
    result: dict[int, CensusTotals] = {}
    entries = data.get("census")
    if "census" in data and not (isinstance(entries, dict) and entries):
        problems.error(document.place(("census",)), "no census is named", "at least one census year")
    for year, entry in entries.items() if isinstance(entries, dict) else ():
        path = ("census", year)
        before = len(problems.errors)
        if not isinstance(year, int) or not isinstance(entry, dict):
            wanted = "a year with total, male, female, source, confidence"
            problems.error(document.key_place(path), f"census {year!r}", wanted)
            continue
        check_keys(document, path, (*_PERSONS, "source", "confidence"), problems)
        for name in _PERSONS:
            value = entry.get(name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                problems.error(document.place((*path, name)), f"census {year} {name} is {value!r}", "a whole number of persons")
        check_grade(document, path, str(entry.get("confidence")), problems)
        check_source(document, path, str(entry.get("source")), sources, problems)
        if len(problems.errors) == before:
            result[year] = CensusTotals(
                **{name: entry[name] for name in _PERSONS}, source=entry["source"], confidence=Confidence(entry["confidence"])
            )
    return result
