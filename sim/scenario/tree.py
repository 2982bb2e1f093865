"""The tree of values behind a scenario: every value knows its layer and its place, and layers are laid over each other.

The rules of :func:`lay_over`, in the order in which they apply:

1. An empty value (``key:`` or ``key: null``) takes back what a lower layer set; the key falls to the next layer below.
2. A path by year (a mapping whose keys are years) is one value: it replaces the lower one whole.
3. ``count``, ``per_head`` and ``hold`` of one resource are one statement: who writes one of them replaces all three.
4. Other mappings are merged key by key; everything else (numbers, words, lists) replaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.errors import Place
from sim.scenario.model import Address, Key, Origin, is_year
from sim.yamlfile import Document

LEVEL_KEYS = ("count", "per_head", "hold")
"""The keys of a resource that together say its planned level."""


@dataclass(frozen=True)
class Node:
    """A value with its origin; ``key_place`` is where its key stands (its own place for list items and the root)."""

    value: Any
    origin: Origin
    key_place: Place

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping of keys to nodes."""
        return isinstance(self.value, dict)

    @property
    def is_path(self) -> bool:
        """Whether the value is a path by year: a mapping with a year among its keys."""
        return self.is_mapping and any(is_year(key) for key in self.value)

    def plain(self) -> Any:
        """The value as plain data; lists become tuples, as the schema wants them."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(child.plain() for child in self.value)
        return self.value

    def with_value(self, value: Any) -> Node:
        """The same place and layer with another value."""
        return Node(value, self.origin, self.key_place)

    def child(self, key: Key) -> Node | None:
        """The node under ``key``, if there is one."""
        if isinstance(self.value, dict):
            return self.value.get(key)
        if isinstance(self.value, tuple) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    def find(self, address: Address) -> Node:
        """The node at ``address``, or the deepest one on the way to it."""
        node = self
        for key in address:
            below = node.child(key)
            if below is None:
                return node
            node = below
        return node

    def has(self, address: Address) -> bool:
        """Whether there is a node at ``address``."""
        node: Node | None = self
        for key in address:
            node = node.child(key) if node is not None else None
        return node is not None

    def walk(self, address: Address = ()) -> Iterator[tuple[Address, Node]]:
        """Every node below this one with its address, parents first."""
        yield address, self
        for key, child in self.items():
            yield from child.walk((*address, key))

    def items(self) -> list[tuple[Key, Node]]:
        """The nodes right below this one by key or position; none for a plain value."""
        if isinstance(self.value, dict):
            return list(self.value.items())
        return list(enumerate(self.value)) if isinstance(self.value, tuple) else []


def from_document(document: Document, layer: str) -> Node:
    """The tree of one file."""

    def build(value: Any, address: Address) -> Node:
        if isinstance(value, dict):
            value = {key: build(item, (*address, key)) for key, item in value.items()}
        elif isinstance(value, list):
            value = tuple(build(item, (*address, index)) for index, item in enumerate(value))
        return Node(value, Origin(layer, document.place(address)), document.key_place(address))

    return build(document.data, ())


def relabel(node: Node, layer: str) -> Node:
    """The same tree under another layer name (a file becomes a parent when another extends it)."""
    value = node.value
    if isinstance(value, dict):
        value = {key: relabel(child, layer) for key, child in value.items()}
    elif isinstance(value, tuple):
        value = tuple(relabel(child, layer) for child in value)
    return Node(value, Origin(layer, node.origin.place), node.key_place)


def lay_over(lower: Node, upper: Node, emptied: list[tuple[Address, Node]], address: Address = ()) -> Node:
    """Lay one layer over another; see the module's rules.

    Args:
        lower: the layer below.
        upper: the layer above.
        emptied: collects the empty values of ``upper`` that had nothing to take back.
        address: where the two stand.
    """
    if not (lower.is_mapping and upper.is_mapping) or lower.is_path or upper.is_path:
        return upper
    merged = dict(lower.value)
    if len(address) == 2 and address[0] == "resources" and any(key in upper.value for key in LEVEL_KEYS):
        for key in LEVEL_KEYS:
            merged.pop(key, None)
    for key, above in upper.value.items():
        here = (*address, key)
        if above.value is None:
            merged.pop(key, None)
            if key not in lower.value:
                emptied.append((here, above))
            continue
        below = merged.get(key)
        if below is None and above.is_mapping and not above.is_path:
            below = above.with_value({})
        merged[key] = above if below is None else lay_over(below, above, emptied, here)
    return upper.with_value(merged)
