"""Composing the needs: every file of ``sim/demand/resources/`` is one resource, run after those whose results it reads."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from sim.demand import resources
from sim.demand.context import Context
from sim.demand.factors import mixed_moments, same_moments
from sim.demand.model import BedClass, Need, Series
from sim.demand.resource import Resource
from sim.draws import Draws
from sim.errors import InputError, Place, Problem
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import Scenario


def model_need(region: Region, scenario: Scenario, population: Population, draws: Draws) -> Need:
    """What the projected people need of every modelled resource, by draw and scorecard year.

    Args:
        region: parameters, among them the levels of use fitted to observed activity.
        scenario: years and levers.
        population: projected residents; draw ``i`` of the need belongs to draw ``i`` of the population.
        draws: number and seed of the draws.

    Raises:
        InputError: a parameter is missing from the region, or has an impossible range.
    """
    return _compose(Context(region, scenario, population, draws, same_moments(scenario.years)))


def need_of_mixtures(
    region: Region, scenario: Scenario, population: Population, draws: Draws, start: int, end: int
) -> Need:
    """The needs if some factors of change stood as in ``end`` and the others as in ``start``: the same models, no other formula.

    Args:
        region, scenario, population, draws: as for :func:`model_need`.
        start, end: two scorecard years.

    Returns:
        needs whose second axis are the mixtures in the order of :func:`sim.demand.factors.mixed_moments`: the first is
        ``start`` itself, the last ``end``.
    """
    return _compose(Context(region, scenario, population, draws, mixed_moments(start, end)))


def _compose(context: Context) -> Need:
    ordered = ordered_resources()
    _require_parameters(context.region, ordered)
    known: dict[str, Series] = {}
    need: dict[str, Series] = {}
    second: dict[tuple[str, str], Series] = {}
    activity: dict[str, Series] = {}
    by_town: dict[str, NDArray[np.float64]] = {}
    bed_classes: dict[str, BedClass] = {}
    by_age: dict[str, NDArray[np.float64]] = {}
    for resource in ordered:
        part = resource.model(context, {key: known[key] for key in resource.reads})
        need.update({series.key: series for series in part.need})
        activity.update({series.key: series for series in part.activity})
        second.update(part.second)
        by_town.update(part.by_town)
        known.update({series.key: series for series in (*part.activity, *part.need)})
        bed_classes.update(part.bed_classes)
        by_age.update(part.by_age)
    age_from = context.schedule("care.age_groups_from")
    return Need(context.years, need, second, activity, by_town, bed_classes, by_age, age_from)


@functools.cache
def ordered_resources() -> tuple[Resource, ...]:
    """All resources, each after those that give what it reads (otherwise by file name).

    Raises:
        ValueError: two resources give the same key, or one reads a key that none gives.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(resources.__path__))
    found = {name: importlib.import_module(f"{resources.__name__}.{name}").RESOURCE for name in names}
    giver: dict[str, str] = {}
    for name, resource in found.items():
        for key in resource.gives:
            if key in giver:
                raise ValueError(f"{key!r} is given by {giver[key]} and by {name}")
            giver[key] = name
    for name, resource in found.items():
        for key in resource.reads:
            if key not in giver:
                raise ValueError(f"{name} reads {key!r}, which no resource gives")
    order = TopologicalSorter({name: [giver[key] for key in found[name].reads] for name in names})
    return tuple(found[name] for name in order.static_order())


def required_parameters() -> tuple[str, ...]:
    """Keys of all parameters that the demand models use, sorted."""
    return tuple(sorted({key for resource in ordered_resources() for key in resource.parameters}))


def _require_parameters(region: Region, ordered: tuple[Resource, ...]) -> None:
    missing = sorted({key for resource in ordered for key in resource.parameters} - set(region.parameters))
    if missing:
        place, wanted = Place(f"calibration/{region.key}"), "it in the region's pack or in calibration/reference"
        raise InputError([Problem(place, f"parameter {key!r} is missing", wanted) for key in missing])
