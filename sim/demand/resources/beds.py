"""Beds of all medical institutions, and by class.

By default bed-days over the days of the year and a target occupancy, the same for every class, so that the classes' beds add
up to all beds:

    beds = bed-days / (days in the year x occupancy)

Beside it, beds such that a patient finds none free with at most a stated chance, so that occupancy is an outcome. Each class
stands in wards of its own, and a ward is a loss system (Erlang B; A. M. de Bruin, R. Bekker, L. van Zanten and G. M. Koole
2010, Annals of Operations Research 178, 23-43). A full ward of w beds carries at most the load a(w, p) at which a share p of
patients is refused. A class needs as many wards as its load in the busiest season fills, or one ward as small as its load
allows:

    beds = w x load / a(w, p) where load >= a(w, p), else the c with a(c, p) = load (linear between whole c)
    load = mean census x peak factor

Admissions swing over the year as a sine; the census follows with the lag and damping of a time-varying infinite-server
queue (S. G. Eick, W. A. Massey and W. Whitt 1993, Management Science 39(2), 241-252).
"""

from __future__ import annotations

import calendar
import functools
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.demand.bed_shares import CLASSES, NURSING
from sim.demand.context import Context
from sim.demand.model import BedClass, Series
from sim.demand.resource import Known, Part, Resource
from sim.errors import InputError, Problem
from sim.queueing import erlang_b

_OCCUPANCY, _REFUSAL = "care.occupancy_target", "need.refusal_probability"
_INSTITUTIONS = "need.class.tcm.institution_share"
_YEAR_DAYS = 365.25
_HALVINGS = 50
_BY_OCCUPANCY = "bed-days / (days in the year x target occupancy)"
_OF_CLASS = {
    "treatment_beds": tuple(name for name in CLASSES if name != NURSING),
    "elderly_nursing_beds": (NURSING,),
    "psychiatric_beds": ("psychiatric",),
    "tcm_beds": ("tcm",),
}
"""Resources of the dictionary that are one or several classes of beds."""


def model(context: Context, known: Known) -> Part:
    """Beds by target occupancy; by queueing as the second estimate; both by class."""
    classes = {name: _class_of(context, known, name) for name in CLASSES}
    beds = _needs(context, "beds", classes, CLASSES)
    of_class = [_needs(context, key, classes, names) for key, names in _OF_CLASS.items()]
    institutions = context.series(
        "tcm_institution_beds",
        "beds",
        classes["tcm"].beds * context.uncertain(_INSTITUTIONS),
        "TCM beds needed x share of them that stands in TCM institutions (national)",
        rests_on=(_INSTITUTIONS,),
        after=("tcm_beds",),
    )
    return Part(
        need=(beds, *of_class, institutions),
        second={
            (key, "queueing"): _in_wards(context, key, classes, names)
            for key, names in {"beds": CLASSES, **_OF_CLASS}.items()
        },
        bed_classes=classes,
    )


def _class_of(context: Context, known: Known, name: str) -> BedClass:
    days = np.array([366 if calendar.isleap(year) else 365 for year in map(int, context.years)])
    cases, nights = known[f"discharges_{name}"].values, known[f"bed_days_{name}"].values
    load = nights / days
    peak = season_peak(nights / np.maximum(cases, 1e-9), context.number(_season(name)))
    ward, refusal = int(context.number(_ward(name))), _accepted_refusal(context)
    beds = load / context.lever_or("bed_occupancy", _OCCUPANCY)
    return BedClass(name, cases, nights, load, beds, ward_beds(load * peak, ward, refusal), ward, peak, refusal)


def _needs(context: Context, key: str, classes: dict[str, BedClass], names: tuple[str, ...]) -> Series:
    return context.series(
        key,
        "beds",
        sum(classes[name].beds for name in names),
        _BY_OCCUPANCY,
        rests_on=context.unless_set("bed_occupancy", _OCCUPANCY),
        after=tuple(f"bed_days_{name}" for name in names),
    )


def _in_wards(context: Context, key: str, classes: dict[str, BedClass], names: tuple[str, ...]) -> Series:
    settings = tuple(setting(name) for name in names for setting in (_ward, _season))
    return context.series(
        key,
        "beds",
        sum(classes[name].ward_beds for name in names),
        "wards of each class in which a patient of the busiest season finds no bed free with at most the accepted chance "
        "(Erlang loss)",
        rests_on=(*settings, *context.unless_set("refusal_probability", _REFUSAL)),
        after=tuple(f"bed_days_{name}" for name in names),
        name=f"{key}_queueing",
    )


def _ward(name: str) -> str:
    return f"need.class.{name}.ward_beds"


def _season(name: str) -> str:
    return f"need.class.{name}.season_amplitude"


def _accepted_refusal(context: Context) -> NDArray[np.float64]:
    """The accepted chance of finding no bed free, by year; a lever of 1 would need no bed at all and is refused."""
    path = context.lever("refusal_probability")
    if path is None:
        return np.array([context.number(_REFUSAL)])
    if np.any(path >= 1.0):
        raise InputError([Problem(context.place_of("refusal_probability"), "refusal_probability reaches 1", "less than 1")])
    return path


def season_peak(stay_days: NDArray[np.float64] | float, amplitude: float) -> NDArray[np.float64]:
    """The census of the busiest day relative to the year's mean, when admissions swing as ``1 + amplitude sin(w t)``.

    ``1 + amplitude / sqrt(1 + (w s)^2)``, the maximum of :func:`sim.queueing.sinusoidal_mean_busy` (Eick, Massey and Whitt
    1993): with a stay ``s`` of weeks the season is felt almost whole, with one of a year hardly.
    """
    turn = 2.0 * math.pi / _YEAR_DAYS
    return 1.0 + amplitude / np.sqrt(1.0 + np.square(turn * np.asarray(stay_days, dtype=float)))


@functools.cache
def _loads_of_sizes(ward: int, refusal: float) -> NDArray[np.float64]:
    """The largest load of every size from 0 to ``ward`` beds."""
    return np.concatenate([[0.0], largest_load(np.arange(1, ward + 1), refusal)])


def largest_load(beds: ArrayLike, refusal: ArrayLike) -> NDArray[np.float64]:
    """The load in Erlang at which a ward of ``beds`` refuses a share ``refusal`` of its patients, by bisection.

    Args:
        beds: beds of the ward, at least 1; broadcast against ``refusal``.
        refusal: chances between 0 and 1, any shape.

    Raises:
        ValueError: a refusal outside (0, 1), or no bed.
    """
    sizes, chances = np.broadcast_arrays(np.asarray(beds), np.asarray(refusal, dtype=float))
    if not (np.all(sizes >= 1) and np.all(chances > 0.0) and np.all(chances < 1.0)):
        raise ValueError(f"a ward of {beds} beds cannot refuse a share of {refusal}")
    low, high = np.zeros(chances.shape), sizes / (1.0 - chances)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        carried = erlang_b(sizes, middle) <= chances
        low, high = np.where(carried, middle, low), np.where(carried, high, middle)
    return low


def ward_beds(load: NDArray[np.float64], ward: int, refusal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beds in wards of at most ``ward`` beds that carry a load with at most the accepted refusals, ``[draw, year]``.

    Args:
        load: Erlang, ``[draw, year]``.
        ward: beds of a full ward.
        refusal: the accepted chance, ``[year]`` or ``[1]``.
    """
    chances = np.broadcast_to(refusal, load.shape[-1:])
    sizes = np.arange(ward + 1)
    found = np.empty(load.shape)
    for chance in np.unique(chances):
        carried = _loads_of_sizes(ward, float(chance))
        years = chances == chance
        mine = load[:, years]
        small = np.interp(mine, carried, sizes)
        found[:, years] = np.where(mine >= carried[-1], ward * mine / carried[-1], small)
    return found


RESOURCE = Resource(
    gives=("beds", *_OF_CLASS, "tcm_institution_beds"),
    reads=tuple(f"{what}_{name}" for name in CLASSES for what in ("discharges", "bed_days")),
    parameters=(
        *(_OCCUPANCY, _REFUSAL, _INSTITUTIONS),
        *(setting(name) for name in CLASSES for setting in (_ward, _season)),
    ),
    model=model,
)
