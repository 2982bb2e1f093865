"""``observed.csv``: what was observed after the base year, one row an indicator and year. The file may be absent."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.csvfile import Column, Table, read_csv
from sim.errors import Problems
from sim.indicators import Indicator, dictionary
from sim.region.checks import check_rows, check_sources
from sim.region.model import Confidence, Observation, Source
from sim.yamlfile import load_yaml

OBSERVED = "observed.csv"
_MEASURES = Path(__file__).parent / "data" / "observed_measures.yaml"
_FIRM = (Confidence.SEED, Confidence.SOURCED, Confidence.SOURCED_SECONDARY, Confidence.DERIVED)
"""Grades of an observed value: what is modelled, recalled or assumed was not observed."""

_BASES = ("resident", "registered")
_WIDEST = 0.5


@dataclass(frozen=True)
class Measure:
    """What may be observed.

    Attributes:
        key: an indicator of the dictionary, or a flow such as ``births``.
        unit: its unit.
        basis: population it must be counted of; empty where it does not matter.
        tolerance: half-width of the 80 % interval of a published figure as a share of it; None where none is stated.
        indicator: entry of the dictionary; None for a flow.
    """

    key: str
    unit: str
    basis: str = ""
    tolerance: float | None = None
    indicator: Indicator | None = None


@functools.cache
def measures() -> dict[str, Measure]:
    """All measures by key: the indicators in the dictionary's order, then the flows."""
    data = load_yaml(_MEASURES).data
    width = {key: float(entry["value"]) for key, entry in data["tolerances"].items()}
    basis = {key: entry["basis"] for key, entry in data["indicators"].items()}
    known = {
        key: Measure(key, entry.unit, basis.get(key, ""), width.get(key), entry) for key, entry in dictionary().items()
    }
    flows = {
        key: Measure(key, entry["unit"], entry.get("basis", ""), width.get(key)) for key, entry in data["measures"].items()
    }
    return {**known, **flows}


def read_observed(
    path: Path, base_year: int, sources: Mapping[str, Source], problems: Problems
) -> dict[str, dict[int, Observation]]:
    """The observed values by measure and year; faults go to ``problems``.

    Args:
        path: the file.
        base_year: the region's base year; observed years lie after it.
        sources: known sources.
        problems: where findings go.
    """
    columns = (
        Column("indicator"),
        Column("year", int, minimum=1990, maximum=2100),
        Column("value", float, minimum=0),
        Column("unit"),
        Column("basis", blank=True, choices=_BASES, required=False),
        Column("tolerance", float, blank=True, minimum=0, maximum=_WIDEST, required=False),
        Column("source"),
        Column("confidence", choices=tuple(_FIRM)),
        Column("note", blank=True, required=False),
    )
    table = read_csv(path, columns, problems)
    check_rows(table, "observed value", problems)
    check_sources(table, sources, problems)
    found: dict[str, dict[int, Observation]] = {}
    first: dict[tuple[str, int], int] = {}
    for row, record in enumerate(table.rows):
        measure = _measure(table, row, problems)
        if measure is None or not _sound(table, row, measure, base_year, problems):
            continue
        at = (measure.key, record["year"])
        if at in first:
            expected = f"each value once (first at line {table.lines[first[at]]})"
            problems.error(table.place(row, "indicator"), f"{measure.key} {record['year']} stands twice", expected)
        first.setdefault(at, row)
        found.setdefault(measure.key, {})[record["year"]] = _observation(record, measure, table, row)
    order = list(measures())
    return {key: dict(sorted(found[key].items())) for key in sorted(found, key=order.index)}


def _measure(table: Table, row: int, problems: Problems) -> Measure | None:
    key = table.rows[row]["indicator"]
    known = measures()
    if key not in known:
        problems.unknown(table.place(row, "indicator"), "unknown indicator", key, known, meant=_by_label(key, known.values()))
        return None
    return known[key]


def _by_label(word: str, known: Iterable[Measure]) -> str:
    """The measure whose Chinese or English name in the dictionary is ``word``; empty if there is none."""
    wanted = word.lower()
    for measure in known:
        entry = measure.indicator
        if entry is not None and wanted in (entry.zh.lower(), entry.en.lower(), *entry.plan_keys):
            return measure.key
    return ""


def _sound(table: Table, row: int, measure: Measure, base_year: int, problems: Problems) -> bool:
    """Report what is wrong with a row's year, unit, basis and size."""
    record, before = table.rows[row], len(problems.errors)
    key, value, entry = measure.key, record["value"], measure.indicator
    if record["year"] <= base_year:
        what = f"{key} of {record['year']} is not after the base year"
        problems.error(table.place(row, "year"), what, f"a year after {base_year} (values of the base year: baseline.yaml)")
    if record["unit"] != measure.unit:
        problems.error(table.place(row, "unit"), f"the unit of {key} is {record['unit']!r}", repr(measure.unit))
    basis = record.get("basis") or ""
    if measure.basis and basis != measure.basis:
        what = f"{key} is counted of {basis} people" if basis else f"{key} has no basis"
        problems.error(table.place(row, "basis"), what, f"{measure.basis} (no other population is projected)")
    if entry is not None and entry.kind == "share" and value > 1:
        meant = f"{value / 100:g}" if value <= 100 else ""
        problems.error(table.place(row, "value"), f"{key} is {value:g}", "a share from 0 to 1", meant)
    counted = entry is None or (entry.kind == "count" and (entry.whole or key == "population"))
    if counted and value != int(value):
        problems.error(table.place(row, "value"), f"{key} is {value:g}", "a whole number")
    if value == 0 and (entry is None or key == "population"):
        problems.error(table.place(row, "value"), f"{key} is 0", "a number above 0 (leave out what was not observed)")
    return len(problems.errors) == before


def _observation(record: Mapping[str, Any], measure: Measure, table: Table, row: int) -> Observation:
    value, given = float(record["value"]), record.get("tolerance")
    width = measure.tolerance if given is None else float(given)
    return Observation(
        value=value,
        unit=measure.unit,
        source=record["source"],
        confidence=Confidence(record["confidence"]),
        year=record["year"],
        basis=record.get("basis") or "",
        low=None if width is None else value * (1.0 - width),
        high=None if width is None else value * (1.0 + width),
        note=record.get("note") or "",
        place=table.place(row),
    )
