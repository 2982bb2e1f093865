"""Explaining a scenario: every value with the layer, file and line that set it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sim.errors import InputError, Place, Problem, nearest
from sim.scenario.model import Address, ByYear, Origin, Scenario, ScenarioBody, Section


@dataclass(frozen=True)
class ExplainedValue:
    """One resolved value: its address as written in ``--set``, the value, and where it was set.

    ``origin.place`` is empty for a default; ``note`` says what the value means, from the schema.
    """

    key: str
    value: Any
    origin: Origin
    note: str

    @property
    def is_set(self) -> bool:
        """Whether there is a value: not an empty default."""
        return self.origin.layer != "default" or self.value not in (None, (), {}, "")


def explain(scenario: Scenario, key: str | None = None) -> list[ExplainedValue]:
    """Every value that is set, by a layer, the region or a default, in the order of the schema.

    With ``key``, the values at and below it, also those that nothing sets.

    Raises:
        InputError: nothing in the scenario has that key.
    """
    wanted = () if key is None else tuple(key.split("."))
    found = [
        ExplainedValue(".".join(map(str, address)), scenario.region_values.get(address, value), scenario.origins[address], note)
        for address, value, note in leaves(scenario.body)
        if tuple(map(str, address[: len(wanted)])) == wanted
    ]
    if key is None:
        return [one for one in found if one.is_set]
    if not found:
        addresses = [address for address, _, _ in leaves(scenario.body)]
        known = {".".join(map(str, address[:size])) for address in addresses for size in range(1, len(address) + 1)}
        expected = "a key of the scenario, such as resources.beds"
        raise InputError([Problem(Place(scenario.path), f"unknown key {key!r}", expected, nearest(str(key), sorted(known)))])
    return found


def leaves(body: ScenarioBody) -> Iterator[tuple[Address, Any, str]]:
    """Every value of a body with its address and its description; a path by year gives one value a year."""
    yield from _leaves(body, (), "")


def _leaves(value: Any, address: Address, note: str) -> Iterator[tuple[Address, Any, str]]:
    if isinstance(value, Section):
        for name, field in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), (*address, field.alias or name), field.description or "")
    elif isinstance(value, ByYear) and value.points[0][0] != 0:
        for year, number in value.points:
            yield (*address, year), number, note
    elif isinstance(value, ByYear):
        yield address, value.points[0][1], note
    elif isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, (*address, key), note)
    elif isinstance(value, tuple) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, (*address, index), note)
    else:
        yield address, str(value) if isinstance(value, StrEnum) else value, note
