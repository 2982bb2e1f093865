"""The table of every key of a scenario, made from the schema: ``python -m sim.scenario.reference docs/scenarios.md``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.indicators import dictionary, rate_of
from sim.scenario.fields import keys, limits_of, options, section_of
from sim.scenario.model import ByYear
from sim.scenario.region_values import PARAMETERS
from sim.scenario.section import Priority, Section

_ITEMS = {int: "years", str: "names", Priority: "priorities"}

BEGIN, END = "<!-- keys: made from the schema -->", "<!-- end of keys -->"


def key_table() -> str:
    """A Markdown table: key, what it takes, default, meaning."""
    lines = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    lines.append("| `extends` | text | - | the parent: path of a scenario, relative to this file |")
    for key, field in keys():
        parameter = PARAMETERS.get(tuple(key.split(".")))
        instead = f"region: `{parameter}`" if parameter else default(field)
        lines.append(f"| `{key}` | {takes(field)} | {instead} | {field.description or ''} |")
    return "\n".join(lines)


def resource_table() -> str:
    """A Markdown table of the resources and the units of their levels."""
    lines = ["| resource | 名称 | `count` in | `per_head` in |", "|---|---|---|---|"]
    for key, indicator in dictionary().items():
        if indicator.resource:
            rate = rate_of(key)
            lines.append(f"| `{key}` | {indicator.zh} | {indicator.unit} | {rate.unit + ' residents' if rate else '-'} |")
    return "\n".join(lines)


def takes(field: FieldInfo) -> str:
    """What a field accepts, in words."""
    limits = limits_of(field)
    if limits is not None:
        return f"{limits}, or by year"
    return _words(next(option for option in options(field.annotation) if option is not type(None)), field)


def default(field: FieldInfo) -> str:
    """A field's default, in words."""
    value = field.get_default(call_default_factory=True)
    if field.is_required() or value is PydanticUndefined:
        return "required"
    if isinstance(value, Section) or value in (None, (), {}, ""):
        return "-"
    if isinstance(value, ByYear):
        value = value.points[0][1]
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def write(page: str) -> str:
    """The page with its two tables as the schema says today."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{key_table()}\n\n{resource_table()}\n\n{END}{after}"


def _words(kind: Any, field: FieldInfo) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if hasattr(kind, "__metadata__"):
        kind = arguments[0]
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in arguments)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(f"`{choice.value}`" for choice in kind)
    if origin is tuple:
        return "list of sections" if section_of(arguments[0]) else f"list of {_ITEMS.get(arguments[0], 'lists of names')}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {int: "number by year", Priority: "number by priority"}.get(arguments[0], "mapping by name")
    if section_of(kind) is not None:
        return "section"
    words = {bool: "true or false", int: "whole number", float: "number", str: "text"}[kind]
    return words + _bounds(field)


def _bounds(field: FieldInfo) -> str:
    found = {name: getattr(item, name) for item in field.metadata for name in ("ge", "gt", "le", "lt") if hasattr(item, name)}
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return "".join(f", {signs[name]} {value}" for name, value in found.items())


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(write(Path(name).read_text(encoding="utf-8")), encoding="utf-8")
