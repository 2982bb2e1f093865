"""What the planning documents say: targets of the dictionary's indicators, every other statement, and their checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.csvfile import Column, read_csv
from sim.errors import Problems
from sim.indicators import dictionary
from sim.region.checks import check_sources
from sim.region.model import Confidence, PlanTarget, Source, Statement
from sim.region.observations import GRADES

OPERATORS = ("=", "<=", ">=", "<", ">", "~", "range_min", "range_max")
NATURES = ("binding", "expected", "guiding")
BASES = ("resident", "registered")
_YEAR = Column("year", int, minimum=1990, maximum=2100)


def read_plan(path: Path, sources: Mapping[str, Source], problems: Problems) -> tuple[PlanTarget, ...]:
    """The targets; keys and units must be those of the indicator dictionary, and no target may stand twice."""
    columns = (
        Column("indicator"),
        _YEAR,
        Column("operator", choices=OPERATORS),
        Column("value", float, minimum=0),
        Column("unit"),
        Column("basis", blank=True, choices=BASES),
        Column("nature", blank=True, choices=NATURES),
        Column("decimals", int, minimum=-3, maximum=6),
        Column("source"),
        Column("confidence", choices=GRADES),
        Column("borrowed_from", blank=True),
        Column("quote", blank=True),
        Column("note", blank=True),
    )
    table = read_csv(path, columns, problems)
    check_sources(table, sources, problems)
    known = dictionary()
    first: dict[tuple[str, int, str], int] = {}
    targets = []
    for row, record in enumerate(table.rows):
        key = record["indicator"]
        place = table.place(row)
        if key not in known:
            problems.unknown(table.place(row, "indicator"), "unknown indicator", key, known)
            continue
        if record["unit"] != known[key].unit:
            problems.error(table.place(row, "unit"), f"the unit of {key} is {record['unit']!r}", repr(known[key].unit))
        same = (key, record["year"], record["operator"])
        if same in first:
            line = table.lines[first[same]]
            problems.error(place, f"{key} {record['year']} stands twice", f"each target once (first at line {line})")
        first.setdefault(same, row)
        targets.append(
            PlanTarget(
                indicator=key,
                year=record["year"],
                operator=record["operator"],
                value=record["value"],
                unit=record["unit"],
                basis=record["basis"] or "",
                nature=record["nature"] or "",
                decimals=record["decimals"],
                source=record["source"],
                confidence=Confidence(record["confidence"]),
                borrowed_from=record["borrowed_from"] or "",
                quote=record["quote"] or "",
                note=record["note"] or "",
                place=place,
            )
        )
    return tuple(targets)


def read_statements(path: Path, sources: Mapping[str, Source], problems: Problems) -> tuple[Statement, ...]:
    """Every other statement of the documents (``not_modelled.csv``)."""
    text = {"blank": True}
    columns = (
        Column("key"),
        Column("label_zh"),
        _YEAR,
        Column("kind", choices=("baseline", "achieved", "target", "project")),
        Column("operator", choices=OPERATORS, **text),
        Column("value", float, **text),
        Column("unit", **text),
        Column("denominator", **text),
        Column("basis", **text),
        Column("nature", choices=NATURES, **text),
        Column("source"),
        Column("confidence", choices=GRADES),
        Column("used_as", **text),
        Column("quote", **text),
        Column("note", **text),
    )
    table = read_csv(path, columns, problems)
    check_sources(table, sources, problems)
    statements = []
    for row, record in enumerate(table.rows):
        fields = {name: "" if value is None and name != "value" else value for name, value in record.items()}
        fields["confidence"] = Confidence(fields["confidence"])
        statements.append(Statement(**fields, place=table.place(row)))
    return tuple(statements)
