"""Reading a scenario file and its parents (``extends``), from the oldest ancestor to the file itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError, Place, Problems
from sim.scenario.model import Origin
from sim.scenario.tree import Node, from_document, lay_over, relabel
from sim.textfile import exists, is_file
from sim.yamlfile import load_yaml

_MAX_CHAIN = 20


@dataclass(frozen=True)
class FileLayer:
    """One file of a chain.

    Attributes:
        shown_as: how messages name the file: the path the user gave, or for a parent the path from the same place.
        path: absolute path.
        tree: its values.
    """

    shown_as: str
    path: Path
    tree: Node


@dataclass(frozen=True)
class Chain:
    """The files read, oldest ancestor first, the file itself last (none if it cannot be read).

    ``complete`` says whether no parent is lacking and all speak of one region: only then is the whole worth a closer check.
    """

    layers: list[FileLayer]
    complete: bool


def read_chain(path: Path, problems: Problems) -> Chain:
    """The file and its parents.

    Findings go to ``problems``: files that are missing or broken, a top level that is no mapping, ``extends`` that is no
    text, runs in a circle or is too long, and a parent of another region.
    """
    layers: list[FileLayer] = []
    complete = False
    shown, asked_at, layer = str(path), None, "file"
    while True:
        absolute = plain_path(shown)
        if any(_same(absolute, done.path) for done in layers):
            trail = " -> ".join(done.shown_as for done in layers)
            problems.error(asked_at, f"'extends' runs in a circle: {trail} -> {shown}", "a parent that does not extend this file")
            break
        if len(layers) == _MAX_CHAIN:
            problems.error(asked_at, f"more than {_MAX_CHAIN} files extend one another", "a shorter chain of 'extends'")
            break
        tree = _read(absolute, shown, layer, asked_at, problems)
        if tree is None:
            break
        layers.append(FileLayer(shown, absolute, tree))
        parent = tree.child("extends")
        if parent is None or parent.value is None:
            complete = True
            break
        if not isinstance(parent.value, str) or "\0" in parent.value:
            problems.error(parent.origin.place, "extends is no file name", "the path of a scenario, relative to this file")
            break
        asked_at, layer = parent.origin.place, "parent"
        shown = os.path.normpath(Path(shown).parent / parent.value)
    layers.reverse()
    return Chain(layers, _one_region(layers, problems) and complete)


def merge_chain(layers: list[FileLayer], problems: Problems) -> Node:
    """One tree from all files of a chain; what belongs to a single file (``extends``, ``name``) is not inherited."""
    file = layers[-1].shown_as
    merged = Node({}, Origin("default", Place(file)), Place(file, 1, 1))
    for layer in layers:
        own = {key: node for key, node in layer.tree.value.items() if key != "extends"}
        if layer is not layers[-1]:
            own.pop("name", None)
        emptied: list = []
        merged = lay_over(merged, layer.tree.with_value(own), emptied)
        for address, node in emptied:
            problems.warn(
                node.key_place,
                f"{'.'.join(map(str, address))} is empty and there is nothing inherited to take back",
                "a value, or leave the key out",
            )
    return merged


def _read(path: Path, shown: str, layer: str, asked_at: Place | None, problems: Problems) -> Node | None:
    try:
        tree = from_document(load_yaml(path, shown_as=shown), layer)
    except InputError as error:
        if asked_at is not None and not is_file(path):
            what = "is no file" if exists(path) else "does not exist"
            problems.error(asked_at, f"the parent {shown} {what}", "the path of a scenario, relative to this file")
        else:
            problems.found.extend(error.problems)
        return None
    if not tree.is_mapping or not tree.value:
        what = "the file is empty" if tree.is_mapping else "the file holds no scenario"
        problems.error(Place(shown, 1, 1), what, "a mapping with keys such as schema, name, region")
        return None
    return relabel(tree, layer)


def _one_region(layers: list[FileLayer], problems: Problems) -> bool:
    known = None
    same = True
    for layer in layers:
        region = layer.tree.child("region")
        if region is None or region.value is None:
            continue
        if known is not None and region.value != known[0]:
            same = False
            problems.error(
                region.origin.place,
                f"region {region.value!r} differs from the parent's, {known[0]!r} in {known[1]}",
                "a parent of the same region",
                known[0] if isinstance(known[0], str) else "",
            )
        known = known or (region.value, layer.shown_as)
    return same


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other


def plain_path(path: str | Path) -> Path:
    """The absolute path without ``..``; links are not followed, so that what a file names is found beside it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
