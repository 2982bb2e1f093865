"""Walking the schema: which keys stand where, and what is known of them."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.scenario.model import Address, Limits, ScenarioBody
from sim.scenario.section import Priority, Section

_WILDCARDS = {"RESOURCE", "NAME", "N"}

Fields = dict[str, FieldInfo]
"""The fields of a section by the names used in files."""


def fields_of(section: type[Section]) -> Fields:
    """The fields of a section."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def fields_at(address: Address) -> Fields:
    """The fields of the section at an address; none if there is no section."""
    section = section_of(annotation_at(address))
    return {} if section is None else fields_of(section)


def annotation_at(address: Address) -> Any:
    """The type of what stands at an address; None if the schema knows nothing of it."""
    here: Any = ScenarioBody
    for key in address:
        here = _step(here, key)
    return here


def field_at(address: Address) -> FieldInfo | None:
    """The field at an address."""
    return fields_at(address[:-1]).get(str(address[-1]))


def keys(section: type[Section] = ScenarioBody, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of the schema in order, with its field; ``RESOURCE``, ``NAME`` and ``N`` stand for names and positions."""
    for name, field in fields_of(section).items():
        yield f"{prefix}{name}", field
        for option in options(field.annotation):
            inner, step = _inside(option)
            below = section_of(inner)
            if step == "NAME." and name == "resources":
                step = "RESOURCE."
            if below is not None:
                yield from keys(below, f"{prefix}{name}.{step}")


def homes(key: str) -> list[str]:
    """Where in the schema a key of this name belongs, as dotted addresses."""
    return [name for name, _ in keys() if name.rpartition(".")[2] == key and not _WILDCARDS & set(name.split("."))]


def limits_of(field: FieldInfo) -> Limits | None:
    """The limits of a field that takes one number or numbers by year."""
    found = list(field.metadata)
    for option in options(field.annotation):
        found.extend(getattr(option, "__metadata__", ()))
    return next((item for item in found if isinstance(item, Limits)), None)


def section_of(annotation: Any) -> type[Section] | None:
    """The section that an annotation names, None if it names none."""
    return next((one for one in options(annotation) if isinstance(one, type) and issubclass(one, Section)), None)


def options(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the annotation alone."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def keyed_by_year(annotation: Any) -> bool:
    """Whether a field takes a mapping of years to numbers."""
    return any(get_origin(one) is Mapping and get_args(one)[0] is int for one in options(annotation))


def keyed_by_priority(annotation: Any) -> bool:
    """Whether a type is a mapping of priorities of calls to numbers."""
    return any(get_origin(one) is Mapping and get_args(one)[0] is Priority for one in options(annotation))


def _step(annotation: Any, key: Any) -> Any:
    """The annotation of what stands under a key."""
    section = section_of(annotation)
    if section is not None:
        field = fields_of(section).get(str(key))
        return None if field is None else field.annotation
    return next((inner for inner, step in map(_inside, options(annotation)) if step), None)


def _inside(annotation: Any) -> tuple[Any, str]:
    """What a list or a mapping holds, and how its place is written in the reference; else the annotation itself."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return arguments[0], "N."
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return arguments[1], "NAME."
    return annotation, ""
