"""The table of every key of a scenario, made from the schema: ``python -m sim.scenario.reference docs/scenarios.md``."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.indicators import dictionary, rate_of
from sim.scenario.model import ByYear, Limits, ScenarioBody, Section
from sim.scenario.region_values import PARAMETERS

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


def keys(section: type[Section] = ScenarioBody, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of the schema in order, with its field; ``RESOURCE``, ``STATION`` and ``N`` stand for names and positions."""
    for name, field in section.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield key, field
        below, step = _section_below(field.annotation)
        if below is not None:
            yield from keys(below, f"{key}.{step}")


def takes(field: FieldInfo) -> str:
    """What a field accepts, in words."""
    metadata = [item for part in (field, *_parts(field.annotation)) for item in _metadata(part)]
    limits = next((item for item in metadata if isinstance(item, Limits)), None)
    if limits is not None:
        return f"{limits}, or by year"
    kind = next((part for part in _parts(field.annotation) if part is not type(None)), None)
    return _words(kind, field)


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
    if _metadata(kind) and arguments:
        kind = arguments[0]
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in arguments)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(f"`{choice.value}`" for choice in kind)
    if origin is tuple:
        below = arguments[0]
        return "list of sections" if isinstance(below, type) and issubclass(below, Section) else "list of years"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "number by year" if arguments[0] is int else "mapping by name"
    if isinstance(kind, type) and issubclass(kind, Section):
        return "section"
    words = {bool: "true or false", int: "whole number", float: "number", str: "text"}[kind]
    return words + _bounds(field)


def _bounds(field: FieldInfo) -> str:
    found = {name: getattr(item, name) for item in field.metadata for name in ("ge", "gt", "le", "lt") if hasattr(item, name)}
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return "".join(f", {signs[name]} {value}" for name, value in found.items())


def _parts(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _metadata(part: Any) -> tuple[Any, ...]:
    return tuple(part.metadata) if isinstance(part, FieldInfo) else getattr(part, "__metadata__", ())


def _section_below(annotation: Any) -> tuple[type[Section] | None, str]:
    """The section that a field holds, and what stands between: nothing, a name or a position."""
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, Section):
            return part, ""
        origin, arguments = get_origin(part), get_args(part)
        if origin is tuple and isinstance(arguments[0], type) and issubclass(arguments[0], Section):
            return arguments[0], "N."
        by_name = isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(arguments[1], type)
        if by_name and issubclass(arguments[1], Section):
            return arguments[1], "RESOURCE."
    return None, ""


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(write(Path(name).read_text(encoding="utf-8")), encoding="utf-8")
