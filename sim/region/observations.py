"""Numbers in YAML: each with value, unit, source and confidence, read strictly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from sim.errors import Problems
from sim.region.model import Confidence, Observation, Source
from sim.yamlfile import Document, Path_

GRADES = tuple(grade.value for grade in Confidence)
_REQUIRED = ("value", "unit", "source", "confidence")
_TEXT = ("unit", "source", "confidence", "basis", "quote", "note")
_NUMBERS = ("low", "high")
_INTEGERS = ("year", "decimals")
_FIELDS = ("value", *_TEXT, *_NUMBERS, *_INTEGERS)


def check_header(document: Document, allowed: Iterable[str], problems: Problems) -> dict[str, Any]:
    """The top level of a pack's YAML file: a mapping with ``schema: 1`` and no unknown key; faults go to ``problems``.

    A document without data could not be parsed and was reported then: it gives an empty mapping and no finding.
    """
    data = document.data
    if data is None:
        return {}
    if not isinstance(data, dict):
        problems.error(document.place(()), "the file is no mapping", "keys and values")
        return {}
    if data.get("schema") != 1 or isinstance(data.get("schema"), bool):
        problems.error(document.place(("schema",)), f"schema is {data.get('schema')!r}", "'schema: 1'")
    check_keys(document, (), ("schema", *allowed), problems)
    return data


def check_keys(document: Document, path: Path_, allowed: Iterable[str], problems: Problems) -> None:
    """Report every key of the mapping at ``path`` that is not ``allowed``."""
    node = document.data
    for step in path:
        node = node[step]
    for key in node:
        if key not in allowed:
            problems.unknown(document.key_place((*path, key)), "unknown key", str(key), allowed)


def read_observations(
    document: Document,
    section: str,
    sources: Mapping[str, Source],
    problems: Problems,
    *,
    layer: str,
    one_number: bool = False,
) -> dict[str, Observation]:
    """The observations under ``section``, by key; faulty ones are left out and reported.

    Args:
        document: a parsed file.
        section: top-level key that holds ``key: {value, unit, source, confidence, ...}``.
        sources: known sources.
        problems: where findings go.
        layer: ``reference``, ``region`` or ``fitted``.
        one_number: whether a list of numbers is refused.
    """
    result = {}
    for key in read_section(document, section, problems):
        observation = read_observation(document, (section, key), sources, problems, layer=layer, one_number=one_number)
        if observation is not None:
            result[str(key)] = observation
    return result


def read_section(document: Document, section: str, problems: Problems) -> dict[str | int, Any]:
    """The mapping under a top-level key; reported when it is missing or no mapping, empty then."""
    if not isinstance(document.data, dict):
        return {}
    entries = document.data.get(section)
    if not isinstance(entries, dict):
        what = f"section {section!r} is missing" if entries is None else f"{section!r} is no mapping"
        problems.error(document.place((section,)), what, f"'{section}:' with one entry per key")
        return {}
    return entries


def read_observation(
    document: Document,
    path: Path_,
    sources: Mapping[str, Source],
    problems: Problems,
    *,
    layer: str,
    one_number: bool = False,
) -> Observation | None:
    """The observation at ``path``, or None when it has a fault (which is reported)."""
    entry = document.data
    for step in path:
        entry = entry[step]
    place, name = document.key_place(path), path[-1]
    if not isinstance(entry, dict):
        problems.error(document.place(path), f"{name} is {entry!r}", "a mapping with " + ", ".join(_REQUIRED))
        return None
    before = len(problems.errors)
    check_keys(document, path, _FIELDS, problems)
    for required in _REQUIRED:
        if entry.get(required) in (None, ""):
            problems.error(place, f"{name} has no {required}", "each of " + ", ".join(_REQUIRED))
    for fields, fits, wanted in (
        (_TEXT, _is_text, "text"),
        (_NUMBERS, is_number, "a finite number"),
        (_INTEGERS, _is_whole, "a whole number"),
    ):
        for field in fields:
            if entry.get(field) is not None and not fits(entry[field]):
                problems.error(document.place((*path, field)), f"{field} is {entry[field]!r}", wanted)
    value = _value(document, path, entry.get("value"), problems)
    if one_number and isinstance(value, tuple):
        problems.error(document.place((*path, "value")), f"{name} is a list", "one number")
    check_grade(document, path, entry.get("confidence"), problems)
    check_source(document, path, entry.get("source"), sources, problems)
    low, high = entry.get("low"), entry.get("high")
    if len(problems.errors) > before or value is None:
        return None
    if not isinstance(value, tuple) and not (low if low is not None else value) <= value <= (high if high is not None else value):
        problems.error(place, f"{name} is {value:g}, outside its own range {low} to {high}", "low <= value <= high")
        return None
    return Observation(
        value=value,
        unit=entry["unit"],
        source=entry["source"],
        confidence=Confidence(entry["confidence"]),
        year=entry.get("year"),
        basis=entry.get("basis") or "",
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        quote=entry.get("quote") or "",
        note=entry.get("note") or "",
        decimals=entry.get("decimals"),
        layer=layer,
        place=place,
    )


def check_grade(document: Document, path: Path_, grade: Any, problems: Problems) -> None:
    """Report a confidence that is none of the grades."""
    if grade is not None and grade not in GRADES:
        problems.unknown(document.place((*path, "confidence")), "unknown confidence", str(grade), GRADES)


def check_source(document: Document, path: Path_, text: Any, sources: Mapping[str, Source], problems: Problems) -> None:
    """Report every id of a ``source`` (several are joined by ``;``) that is not known."""
    for identifier in text.split(";") if isinstance(text, str) else ():
        if identifier not in sources:
            problems.unknown(document.place((*path, "source")), "unknown source", identifier, sources)


def read_sources(document: Document, problems: Problems) -> dict[str, Source]:
    """The sources of a ``sources.yaml``, by id."""
    check_header(document, ("sources",), problems)
    result = {}
    for key, entry in read_section(document, "sources", problems).items():
        place = document.key_place(("sources", key))
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"]:
            problems.error(place, f"source {key!r} has no text", "'text:' (the citation) and, where it has one, 'licence:'")
            continue
        check_keys(document, ("sources", key), ("text", "licence"), problems)
        result[str(key)] = Source(str(key), entry["text"], str(entry.get("licence") or ""))
    return result


def is_number(value: Any) -> bool:
    """Whether a YAML value is a finite number (booleans are none)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _value(document: Document, path: Path_, value: Any, problems: Problems) -> float | tuple[float, ...] | None:
    if value is None:
        return None
    if isinstance(value, list):
        for index, item in enumerate(value):
            if not is_number(item):
                problems.error(document.place((*path, "value", index)), f"value is {item!r}", "a finite number")
                return None
        if not value:
            problems.error(document.place((*path, "value")), "value is an empty list", "at least one number")
            return None
        return tuple(float(item) for item in value)
    if not is_number(value):
        problems.error(document.place((*path, "value")), f"value is {value!r}", "a finite number or a list of them")
        return None
    return float(value)
