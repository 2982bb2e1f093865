"""Settings from the command line: ``--set a.b.c=value``, the uppermost layer.

The value is read as YAML, so that types are as strict as in a file (``--set draws=100``, ``--set
'demand.bed_occupancy={2020: 0.85, 2030: 0.80}'``). A setting changes what its address names and nothing else: one that
ends in a year changes that point of the path only. A point of ``count`` takes the place of a ``per_head`` point of the
same year and the other way round, and either takes the place of ``hold``.

In messages the n-th setting is ``--set:n:column``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import InputError, Place, Problem, Problems
from sim.scenario.model import Address, Key, Origin, is_year
from sim.scenario.tree import LEVEL_KEYS, Node, from_document, lay_over
from sim.yamlfile import parse_yaml

LAYER = "command line"
_FIXED = {"extends": "the parent", "region": "the region"}


@dataclass(frozen=True)
class Setting:
    """One ``key=value``: its address, its value and the place of its key."""

    address: Address
    node: Node
    place: Place

    @property
    def name(self) -> str:
        """The address as it was written."""
        return ".".join(map(str, self.address))


def read_overrides(texts: Sequence[str], problems: Problems) -> list[Setting]:
    """Read the settings; findings (syntax, two that contradict each other) go to ``problems``."""
    settings: list[Setting] = []
    for number, text in enumerate(texts, start=1):
        setting = _read(text, number, problems)
        if setting is None:
            continue
        for earlier in settings:
            if _overlap(earlier, setting) and (earlier.address, earlier.node.plain()) != (setting.address, setting.node.plain()):
                problems.error(
                    setting.place,
                    f"{setting.name} contradicts the setting of {earlier.name} at {earlier.place}",
                    "one setting for each value",
                )
        settings.append(setting)
    return settings


def apply(tree: Node, settings: Sequence[Setting], problems: Problems) -> Node:
    """The tree with the settings laid over it."""
    for setting in settings:
        tree = _assign(tree, setting, 0, problems)
    return tree


def _read(text: str, number: int, problems: Problems) -> Setting | None:
    name, equals, value = text.partition("=")
    place = Place("--set", number, 1)
    keys = name.strip().split(".")
    if not equals or not all(key.strip() for key in keys):
        problems.error(place, f"{text!r} is no setting", "key=value, for example draws=100 or resources.beds.hold=true")
        return None
    address = tuple(_key(key.strip()) for key in keys)
    if address[0] in _FIXED:
        problems.error(place, f"{_FIXED[address[0]]} cannot be changed from the command line", "a scenario file of its own")
        return None
    column = len(name) + 2
    try:
        tree = from_document(parse_yaml(value, "--set"), LAYER)
    except InputError as error:
        problems.found.extend(
            Problem(_moved(found.place, number, column), found.what, found.expected, found.meant, found.severity)
            for found in error.problems
        )
        return None
    if not value.strip():
        tree = tree.with_value(None)
    return Setting(address, _move(tree, number, column), place)


def _key(text: str) -> Key:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _moved(place: Place, number: int, column: int) -> Place:
    return Place("--set", number, column + place.column - 1 if place.line == 1 else column)


def _move(node: Node, number: int, column: int) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _move(child, number, column) for key, child in value.items()}
    elif isinstance(value, tuple):
        value = tuple(_move(child, number, column) for child in value)
    return Node(value, Origin(LAYER, _moved(node.origin.place, number, column)), _moved(node.key_place, number, column))


def _overlap(one: Setting, other: Setting) -> bool:
    """Whether two settings speak of the same value; the levels of one resource count as one statement by year."""
    first, second = _claim(one.address), _claim(other.address)
    size = min(len(first), len(second))
    return first[:size] == second[:size]


def _claim(address: Address) -> Address:
    if len(address) >= 3 and address[0] == "resources" and address[2] in LEVEL_KEYS:
        return (*address[:2], "level", *address[3:])
    return address


def _assign(node: Node, setting: Setting, depth: int, problems: Problems) -> Node:
    key = setting.address[depth]
    here = setting.address[: depth + 1]
    if isinstance(node.value, tuple):
        return _assign_item(node, setting, depth, problems)
    if not node.is_mapping and is_year(key) and not isinstance(node.value, bool) and isinstance(node.value, int | float):
        whole = ".".join(map(str, here[:-1]))
        problems.error(
            setting.place,
            f"{setting.name} sets one year, but {whole} is one number for all years ({node.value:g})",
            f"the whole path, such as {whole}={{{key}: ...}}",
        )
        return node
    children: dict[Key, Any] = dict(node.value) if node.is_mapping else {}
    if depth == 2 and here[0] == "resources" and key in LEVEL_KEYS:
        _give_way(children, setting)
    below = children.get(key)
    last = depth + 1 == len(setting.address)
    if not last:
        start = below or Node({}, Origin(LAYER, setting.place), setting.place)
        children[key] = _assign(start, setting, depth + 1, problems)
    elif setting.node.value is None:
        children.pop(key, None)
    else:
        new = Node(setting.node.value, setting.node.origin, setting.place)
        below = below or Node({}, new.origin, setting.place)
        children[key] = lay_over(below, new, [], here) if below.is_mapping else new
    return Node(children, Origin(LAYER, setting.place), setting.place)


def _assign_item(node: Node, setting: Setting, depth: int, problems: Problems) -> Node:
    index = setting.address[depth]
    if not isinstance(index, int) or not 0 <= index < len(node.value):
        name = ".".join(map(str, setting.address[:depth]))
        problems.error(setting.place, f"{setting.name}: {name} is a list", f"a position from 0 to {len(node.value) - 1}")
        return node
    items = list(node.value)
    if depth + 1 == len(setting.address):
        items[index] = Node(setting.node.value, setting.node.origin, setting.place)
    else:
        items[index] = _assign(items[index], setting, depth + 1, problems)
    return node.with_value(tuple(items))


def _give_way(levels: dict[Key, Any], setting: Setting) -> None:
    """Take away what a new planned level replaces: everything, or for a single point ``hold`` and that year."""
    kind = setting.address[2]
    if len(setting.address) == 3:
        for key in LEVEL_KEYS:
            levels.pop(key, None)
        return
    levels.pop("hold", None)
    other = "per_head" if kind == "count" else "count"
    points = levels.get(other)
    if points is not None and points.is_mapping:
        rest = {year: node for year, node in points.value.items() if year != setting.address[3]}
        levels[other] = points.with_value(rest)
        if not rest:
            del levels[other]
