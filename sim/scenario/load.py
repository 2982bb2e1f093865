"""Loading and checking a scenario: files, settings, schema, cross-checks.

Which value counts, from the strongest to the weakest (the one statement of precedence, tested as such):

1. command line (``--set``),
2. the scenario file,
3. its parent (``extends``), then the parent's parent, and so on,
4. the region's fitted or observed value (where the schema's default is "none": the region decides),
5. the default of the schema.

How two layers are laid over each other stands in :mod:`sim.scenario.tree`. Two settings of the same layer that speak of
the same value and disagree are an error: a key that stands twice in a file, ``count`` and ``per_head`` for one year,
``hold`` beside points, two ``--set`` of one address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import InputError, Place, Problems
from sim.region import available_regions, find_data_root, load_region, region_names
from sim.region.model import Region
from sim.scenario.chain import FileLayer, merge_chain, read_chain
from sim.scenario.checks import check_body
from sim.scenario.checks_emergency import check_emergency
from sim.scenario.checks_policies_region import check_policies_of_region
from sim.scenario.checks_region import check_region
from sim.scenario.explain import leaves
from sim.scenario.model import Address, Origin, Scenario
from sim.scenario.overrides import apply, read_overrides
from sim.scenario.region_values import region_values
from sim.scenario.schema import read_body
from sim.scenario.tree import Node
from sim.scenario.view import View

RegionLoader = Callable[[Path, str], Region]
"""Given the calibration folder and a region's key, the region."""


@dataclass(frozen=True)
class _Read:
    """What reading gave: the tree with its body, the files, and the region."""

    view: View
    layers: list[FileLayer]
    region: Region


def load_scenario(
    path: Path,
    *,
    overrides: Sequence[str] = (),
    data_root: Path | None = None,
    region_loader: RegionLoader | None = None,
) -> Scenario:
    """Read, merge and check a scenario.

    Args:
        path: the scenario file.
        overrides: settings of the command line, ``key=value`` each.
        data_root: folder that holds ``calibration/``; looked for above the file and in the usual places if None.
        region_loader: how a region is read (default: :func:`sim.region.load_region`).

    Raises:
        InputError: every fault that was found, in files, settings, schema or cross-checks.
    """
    problems = Problems()
    read = _read(Path(path), overrides, data_root, region_loader, problems)
    if read is None or problems.errors:
        raise InputError(problems.errors)
    return _scenario(read, str(path), problems)


def check_scenario(
    path: Path,
    *,
    overrides: Sequence[str] = (),
    data_root: Path | None = None,
    region_loader: RegionLoader | None = None,
) -> Problems:
    """All findings about a scenario, warnings too, in order of place. Arguments as for :func:`load_scenario`."""
    problems = Problems()
    _read(Path(path), overrides, data_root, region_loader, problems)
    problems.found.sort(key=lambda problem: problem.place)
    return problems


def _read(
    path: Path, overrides: Sequence[str], data_root: Path | None, region_loader: RegionLoader | None, problems: Problems
) -> _Read | None:
    settings = read_overrides(overrides, problems)
    chain = read_chain(path, problems)
    if not chain.layers:
        return None
    layers = chain.layers
    tree = apply(_named(merge_chain(layers, problems), layers, problems), settings, problems)
    body = read_body(tree, problems, complete=chain.complete)
    if body is None or not chain.complete:
        return None
    view = View(tree, body, problems, {layer.shown_as: layer.path for layer in layers})
    check_body(view)
    check_emergency(view)
    view.tell_cut_off()
    region = _region(view, path, data_root, region_loader)
    if region is None:
        return None
    check_region(view, region)
    check_policies_of_region(view, region)
    return _Read(view, layers, region)


def _named(tree: Node, layers: list[FileLayer], problems: Problems) -> Node:
    """Give a scenario that extends another one its own name (that of its file), and say so if it has no title."""
    file = layers[-1]
    if len(layers) == 1:
        return tree
    place = Place(file.shown_as, 1, 1)
    if file.tree.child("title") is None:
        problems.warn(place, "the scenario has no title of its own; its parent's is shown", "title: {zh: ..., en: ...}")
    name = re.sub(r"[^a-z0-9_]+", "_", file.path.stem.lower()).strip("_")
    if tree.child("name") is not None or not name:
        return tree
    return tree.with_value({**tree.value, "name": Node(name, Origin("default", place), place)})


def _region(view: View, path: Path, data_root: Path | None, region_loader: RegionLoader | None) -> Region | None:
    key, place = view.body.region, view.place(("region",))
    try:
        calibration = find_data_root(start=path, explicit=data_root) / "calibration"
        if region_loader is not None:
            return region_loader(calibration, key)
        known = available_regions(calibration)
        if key not in known:
            meant = next((one for one, names in region_names(calibration).items() if key in names), "")
            view.problems.unknown(place, "unknown region", key, known, meant=meant)
            return None
        return load_region(calibration, key)
    except InputError as error:
        view.problems.found.extend(error.problems)
        return None


def _scenario(read: _Read, path: str, problems: Problems) -> Scenario:
    body, table = read.view.body, read.view.travel_table()
    files = [(layer.shown_as, layer.path) for layer in read.layers]
    if table is not None:
        files.append((str(body.emergency.travel_table), table))
    common = Path(os.path.commonpath([file.parent for _, file in files]))
    names = {shown: file.relative_to(common).as_posix() for shown, file in files}
    origins: dict[Address, Origin] = {}
    for address, node in read.view.tree.walk():
        place = node.origin.place
        origins[address] = Origin(node.origin.layer, Place(names.get(place.file, place.file), place.line, place.column))
    given = {}
    for address, observation in region_values(body, read.region):
        given[address] = observation.number
        place = observation.place
        file = next((f"calibration/{name}" for name, where in read.region.files if where == place.file), place.file)
        origins[address] = Origin("region", Place(file, place.line, place.column))
    for address, _, _ in leaves(body):
        origins.setdefault(address, Origin("default", Place("")))
    return Scenario(
        body=body,
        origins=origins,
        files=tuple((names[shown], str(file)) for shown, file in files),
        path=path,
        warnings=problems.warnings,
        travel_table=None if table is None else str(table),
        region_values=given,
    )
