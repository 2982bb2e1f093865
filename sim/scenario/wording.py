"""A fault of the schema as a sentence: what is wrong, what was expected, what was probably meant."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from pydantic_core import ErrorDetails

from sim.errors import Problems, nearest
from sim.scenario.fields import annotation_at, field_at, fields_at, homes, keyed_by_priority, keyed_by_year
from sim.scenario.model import Address, Limits, PathFault, is_year
from sim.scenario.section import PRIORITY_COUNT
from sim.scenario.tree import Node

_A_YEAR = "a year such as 2025, without quotes"
_A_PRIORITY = f"a priority of calls, 1 (most urgent) to {PRIORITY_COUNT}"
_TEXT_KEY = "text, in quotes if it looks like a number"
_NUMBER = re.compile(r"[-+]?\d[\d,_ ]*(\.\d+)?")
_LEAST_PERCENTAGE = 2
"""From here up a number where a share was asked for is taken for a percentage."""

_WANTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list in brackets, such as [2025, 2030]",
    "string_too_short": "text that is not empty",
    "string_pattern_mismatch": "lower-case letters, digits and underscores, such as plan_2025",
}
_BOUNDS = {"greater_than_equal": "of at least", "less_than_equal": "of at most", "greater_than": "above", "less_than": "below"}


def tell(tree: Node, detail: ErrorDetails, problems: Problems) -> None:
    """Add one fault that pydantic found to ``problems``."""
    kind, address = detail["type"], tuple(key for key in detail["loc"] if key != "[key]")
    node, name = tree.find(address), dotted(address)
    error = detail.get("ctx", {}).get("error")
    if kind == "extra_forbidden":
        _tell_unknown(node, address, problems)
    elif kind == "missing":
        field = field_at(address)
        problems.error(node.key_place, f"{name} is missing", (field.description if field else None) or "a value")
    elif isinstance(error, PathFault):
        _tell_path(node, name, error, problems)
    elif node.value is None and keyed_by_year(annotation_at(address[:-1])) and not is_year(address[-1]):
        what = f"{dotted(address[:-1])}: {address[-1]} is no year with a number behind it"
        problems.error(node.key_place, what, "{year: number}, without thousands separators: 9000, not 9,000")
    elif kind == "tuple_type" and node.is_mapping and node.value and all(isinstance(key, int) for key in node.value):
        position = next(iter(node.value))
        problems.error(node.origin.place, f"{name} has no item {position} that could be changed", "the whole list in brackets")
    elif detail["loc"][-1] == "[key]":
        wanted = _A_YEAR if kind == "int_type" else _TEXT_KEY
        if keyed_by_priority(annotation_at(address[:-1])):
            wanted = _A_PRIORITY
        problems.error(node.key_place, f"{dotted(address[:-1])}: the key is {address[-1]!r}", wanted)
    else:
        value = node.plain()
        text = shown(value) + (".0" if kind == "int_type" and isinstance(value, float) and value.is_integer() else "")
        problems.error(node.origin.place, f"{name} is {text}", _expected(detail, address), _meant(detail, value))


def dotted(address: Address) -> str:
    """An address as it is written after ``--set``."""
    return ".".join(map(str, address))


def shown(value: Any) -> str:
    """A value as it is named in messages, close to how it would stand in a file."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple | list):
        return "a list"
    if isinstance(value, str):
        return f"the text {value[:40]!r}" + ("..." if len(value) > 40 else "")
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 24 else f"{text[:20]}..."


def _tell_unknown(node: Node, address: Address, problems: Problems) -> None:
    key, section = str(address[-1]), address[:-1]
    known = [*fields_at(section), *(() if section else ("extends",))]
    what = f"unknown key in {dotted(section)}" if section else "unknown key"
    elsewhere = homes(key)
    if elsewhere and not nearest(key, known):
        problems.error(node.key_place, f"{what} {key!r}", "it in its own section", elsewhere[0])
    else:
        problems.unknown(node.key_place, what, key, known)


def _tell_path(node: Node, name: str, fault: PathFault, problems: Problems) -> None:
    for key in fault.wrong_years:
        problems.error(node.find((key,)).key_place, f"{name}: the key is {key!r}", _A_YEAR)
    for year in fault.wrong_numbers:
        point = node.find((year,))
        meant = _share(point.plain(), fault.limits)
        problems.error(point.origin.place, f"{name}.{year} is {shown(point.plain())}", str(fault.limits), meant)
    if not fault.wrong_years and not fault.wrong_numbers:
        expected = f"{fault.limits}, or such numbers by year"
        problems.error(node.origin.place, f"{name} is {shown(node.plain())}", expected, _share(node.plain(), fault.limits))


def _share(value: Any, limits: Limits) -> str:
    """For a percentage where a share was asked for the share; for a text that holds a number the number."""
    if isinstance(value, str):
        number = _number_in(value)
        return number if number and limits.allow(float(number)) else _share(float(number) if number else None, limits)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < _LEAST_PERCENTAGE:
        return ""
    return f"{value / 100:g}" if limits.high <= 1 and limits.allow(value / 100) else ""


def _expected(detail: ErrorDetails, address: Address) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("dict_type", "mapping_type"):
        if keyed_by_priority(annotation_at(address)):
            return "numbers by priority, such as {1: 0, 4: 2}"
        field = field_at(address)
        return "numbers by year, such as {2025: 9000}" if field and keyed_by_year(field.annotation) else "a mapping by name"
    if kind in _WANTED:
        return _WANTED[kind]
    if kind in _BOUNDS:
        limit = next(iter(context.values()))
        return f"a number {_BOUNDS[kind]} {f'{limit:g}' if isinstance(limit, float) else limit}"
    if kind == "model_type":
        return "a mapping with " + ", ".join(fields_at(address))
    if kind in ("enum", "literal_error"):
        choices = _choices(detail)
        return ("one of " if len(choices) > 1 else "") + ", ".join(choices)
    return str(context["error"]) if "error" in context else detail["msg"]


def _meant(detail: ErrorDetails, value: Any) -> str:
    if detail["type"] in ("int_type", "float_type"):
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return _number_in(value) if isinstance(value, str) else ""
    if detail["type"] in ("enum", "literal_error") and isinstance(value, str):
        return nearest(value, _choices(detail))
    if detail["type"] == "less_than_equal":
        return _share(value, Limits(0, detail["ctx"]["le"]))
    return ""


def _number_in(text: str) -> str:
    """The number that a text was meant to be: full-width digits, separators, a per cent sign, a unit; empty if none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _NUMBER.match(plain)
    rest = plain[match.end() :].strip() if match else ""
    if match is None or re.match(r"[\d.:\-/]", rest):
        return ""
    number = re.sub(r"[,_ ]", "", match[0])
    return f"{float(number) / 100:g}" if rest == "%" else number


def _choices(detail: ErrorDetails) -> list[str]:
    return detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
