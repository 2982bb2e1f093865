"""From the merged tree to the typed body: every fault of the schema in our own words, at the place of the layer that set it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problems, nearest
from sim.scenario.model import Address, Limits, PathFault, ScenarioBody
from sim.scenario.tree import Node

_STAND_INS = {"schema": 1, "name": "unnamed", "title": {"zh": "-", "en": "-"}, "seed": 0}
"""Used for missing or wrong top-level values only so that the remaining checks can be made; the scenario is refused anyhow."""

_LEAST_PERCENTAGE = 2
"""From here up a number where a share was asked for is taken for a percentage."""

_WANTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "mapping_type": "a mapping",
    "model_type": "a mapping of keys to values",
    "tuple_type": "a list",
    "string_too_short": "text that is not empty",
}


def read_body(tree: Node, problems: Problems, *, complete: bool = True) -> ScenarioBody | None:
    """Validate the tree; with ``complete=False`` (a parent could not be read) nothing is called missing.

    Every fault goes to ``problems``. A body is given even when there are faults, made from the sound values, so that the
    other checks can be made in the same go; None when too little is left (no region, no horizon).
    """
    data = tree.plain()
    for attempt in range(3):
        try:
            return ScenarioBody.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            if attempt == 0:
                for detail in details:
                    if complete or detail["type"] != "missing":
                        _tell(tree, detail, problems)
            for detail in details:
                _prune(data, detail)
    return None


def fields_at(address: Address) -> dict[str, Any] | None:
    """The fields (by the names used in files) of the section at ``address``; None if there is no section."""
    here: Any = ScenarioBody
    for key in address:
        here = _below(here, key)
    section = _section(here)
    if section is None:
        return None
    return {field.alias or name: field for name, field in section.model_fields.items()}


def _tell(tree: Node, detail: ErrorDetails, problems: Problems) -> None:
    kind, address = detail["type"], tuple(key for key in detail["loc"] if key != "[key]")
    node = tree.find(address)
    name = ".".join(map(str, address))
    if kind == "extra_forbidden":
        known = [*(fields_at(address[:-1]) or {}), *(("extends",) if len(address) == 1 else ())]
        where = f" in {'.'.join(map(str, address[:-1]))}" if len(address) > 1 else ""
        key = str(address[-1])
        if nearest(key, known) or not (homes := _homes(ScenarioBody, key)):
            problems.unknown(node.key_place, f"unknown key{where}", key, known)
        else:
            problems.error(node.key_place, f"unknown key{where} {key!r}", "it in its own section", homes[0])
    elif kind == "missing":
        problems.error(node.key_place, f"{name} is missing", _describe(address))
    elif kind == "value_error" and isinstance(detail["ctx"]["error"], PathFault):
        for year, expected in detail["ctx"]["error"].faults:
            _tell_path(tree, address, year, expected, problems)
    elif kind == "value_error":
        problems.error(node.origin.place, f"{name} is {shown(node.plain())}", str(detail["ctx"]["error"]))
    elif detail["loc"][-1] == "[key]":
        wanted = "a year such as 2025, without quotes" if kind == "int_type" else "text, in quotes if it looks like a number"
        problems.error(node.key_place, f"{'.'.join(map(str, address[:-1]))}: the key is {address[-1]!r}", wanted)
    else:
        problems.error(node.origin.place, f"{name} is {shown(node.plain())}", _expected(detail), _meant(detail, address))


def _tell_path(tree: Node, address: Address, year: Any, expected: str, problems: Problems) -> None:
    name = ".".join(map(str, address))
    if year is None:
        node = tree.find(address)
        problems.error(node.origin.place, f"{name} is {shown(node.plain())}", expected, _percent(node.plain(), address))
        return
    node = tree.find((*address, year))
    if expected.startswith("a year"):
        problems.error(node.key_place, f"{name}: the key is {year!r}", expected)
    else:
        value = node.plain()
        problems.error(node.origin.place, f"{name}.{year} is {shown(value)}", expected, _percent(value, address))


def _percent(value: Any, address: Address) -> str:
    """For a percentage where a share was asked for: the share."""
    limits = next((item for item in _metadata(address) if isinstance(item, Limits)), None)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if limits is None or not number or limits.high > 1 or not limits.allow(value / 100):
        return ""
    return _share_of(value)


def _share_of(value: float) -> str:
    return f"{value / 100:g}" if value >= _LEAST_PERCENTAGE else ""


def _expected(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _WANTED:
        return _WANTED[kind]
    if kind in ("enum", "literal_error"):
        return "one of " + context["expected"].replace("'", "").replace(" or ", ", ")
    if kind == "string_pattern_mismatch":
        return "lower-case letters, digits and underscores, such as plan_2025"
    words = {"greater_than_equal": "of at least", "less_than_equal": "of at most", "greater_than": "above", "less_than": "below"}
    if kind in words:
        limit = next(iter(context.values()))
        return f"a number {words[kind]} {limit:.20g}" if isinstance(limit, float) else f"a number {words[kind]} {limit}"
    return detail["msg"]


def _meant(detail: ErrorDetails, address: Address) -> str:
    if detail["type"] in ("enum", "literal_error") and isinstance(detail["input"], str):
        return nearest(detail["input"], detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", "))
    if detail["type"] == "less_than_equal" and detail["ctx"].get("le") == 1 and detail["input"] <= 100:
        return _share_of(detail["input"])
    return ""


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


def _prune(data: Any, detail: ErrorDetails) -> None:
    """Take the value at fault out of the data, or the section that misses something; give top-level values a stand-in."""
    address = tuple(key for key in detail["loc"] if key != "[key]")
    if address[0] in _STAND_INS:
        data[address[0]] = _STAND_INS[address[0]]
        return
    error = detail.get("ctx", {}).get("error")
    holder, key = data, address[0]
    for below in address[1:]:
        if isinstance(holder, dict) and isinstance(holder.get(key), dict) and _deeper(holder[key], below, detail):
            holder, key = holder[key], below
        else:
            break
    if isinstance(error, PathFault) and isinstance(holder.get(key), dict):
        for year, _ in error.faults:
            holder[key].pop(year, None)
        if holder[key]:
            return
    if isinstance(holder, dict):
        holder.pop(key, None)


def _deeper(section: dict[Any, Any], key: Any, detail: ErrorDetails) -> bool:
    return key in section or detail["type"] != "missing"


def _describe(address: Address) -> str:
    fields = fields_at(address[:-1]) or {}
    field = fields.get(str(address[-1]))
    return field.description if field is not None and field.description else "a value"


def _homes(section: type[BaseModel], key: str, prefix: str = "") -> list[str]:
    """Where in the schema a key of this name belongs, as dotted addresses."""
    found = []
    for name, field in section.model_fields.items():
        shown_name = f"{prefix}{field.alias or name}"
        if (field.alias or name) == key:
            found.append(shown_name)
        below = _section(field.annotation)
        if below is not None:
            found.extend(_homes(below, key, f"{shown_name}."))
    return found


def _metadata(address: Address) -> list[Any]:
    field = (fields_at(address[:-1]) or {}).get(str(address[-1]))
    if field is None:
        return []
    found = list(field.metadata)
    for part in get_args(field.annotation):
        found += [item for item in getattr(part, "__metadata__", ())]
    return found


def _below(kind: Any, key: Any) -> Any:
    """The type of what stands under ``key`` of a value of type ``kind``."""
    section = _section(kind)
    if section is not None:
        for name, field in section.model_fields.items():
            if key == (field.alias or name):
                return field.annotation
        return None
    for option in _options(kind):
        origin, arguments = get_origin(option), get_args(option)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) == 2:
            return arguments[1]
        if origin is tuple and arguments:
            return arguments[0]
    return None


def _section(kind: Any) -> type[BaseModel] | None:
    return next((option for option in _options(kind) if isinstance(option, type) and issubclass(option, BaseModel)), None)


def _options(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) in (Union, types.UnionType):
        return get_args(kind)
    return (kind,)
