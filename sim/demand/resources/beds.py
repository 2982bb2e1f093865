"""Beds of all medical institutions.

By default bed-days over the days of the year and a target occupancy:

    beds = bed-days / (days in the year x occupancy)

Beside it, beds such that a patient finds none free with at most a stated chance, so that occupancy is an outcome. Beds
stand in wards of a given size, and a ward is a loss system (Erlang B; A. M. de Bruin, R. Bekker, L. van Zanten and G. M.
Koole 2010, Annals of Operations Research 178, 23-43). A ward of c beds carries at most the load a(c, p) at which a share p
of patients is refused; the county needs as many wards as its load in the busiest season fills:

    beds = c x (mean load x peak factor) / a(c, p)

Admissions swing over the year as a sine; the census follows with the lag and damping of a time-varying infinite-server
queue (S. G. Eick, W. A. Massey and W. Whitt 1993, Management Science 39(2), 241-252).
"""

from __future__ import annotations

import calendar
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource
from sim.errors import InputError, Problem
from sim.queueing import erlang_b

_OCCUPANCY, _REFUSAL = "care.occupancy_target", "need.refusal_probability"
_WARD, _SEASON = "need.ward_beds", "need.admission_season_amplitude"
_YEAR_DAYS = 365.25
_HALVINGS = 50


def model(context: Context, known: Known) -> Part:
    """Beds by target occupancy; by queueing as the second estimate."""
    days = np.array([366 if calendar.isleap(year) else 365 for year in map(int, context.years)])
    load = known["bed_days"].values / days
    stay = known["bed_days"].values / np.maximum(known["discharges"].values, 1e-9)
    busiest = load * season_peak(stay, context.number(_SEASON))
    ward = int(context.number(_WARD))
    refusal = _accepted_refusal(context)
    return Part(
        need=(
            context.series(
                "beds",
                "beds",
                load / context.lever_or("bed_occupancy", _OCCUPANCY),
                "bed-days / (days in the year x target occupancy)",
                rests_on=context.unless_set("bed_occupancy", _OCCUPANCY),
                after=("bed_days",),
            ),
        ),
        second={
            "queueing": context.series(
                "beds",
                "beds",
                ward * busiest / largest_load(ward, refusal),
                "wards in which a patient of the busiest season finds no bed free with at most the accepted chance (Erlang loss)",
                rests_on=(_WARD, _SEASON, *context.unless_set("refusal_probability", _REFUSAL)),
                after=("bed_days",),
                name="beds_queueing",
            )
        },
    )


def _accepted_refusal(context: Context) -> NDArray[np.float64]:
    """The accepted chance of finding no bed free; a lever of 1 would need no bed at all and is refused."""
    refusal = context.lever_or("refusal_probability", _REFUSAL)
    if np.any(refusal >= 1.0):
        raise InputError([Problem(context.place_of("refusal_probability"), "refusal_probability reaches 1", "less than 1")])
    return refusal


def season_peak(stay_days: NDArray[np.float64] | float, amplitude: float) -> NDArray[np.float64]:
    """The census of the busiest day relative to the year's mean, when admissions swing as ``1 + amplitude sin(w t)``.

    ``1 + amplitude / sqrt(1 + (w s)^2)``, the maximum of :func:`sim.queueing.sinusoidal_mean_busy` (Eick, Massey and Whitt
    1993): with a stay ``s`` of weeks the season is felt almost whole, with one of a year hardly.
    """
    turn = 2.0 * math.pi / _YEAR_DAYS
    return 1.0 + amplitude / np.sqrt(1.0 + np.square(turn * np.asarray(stay_days, dtype=float)))


def largest_load(beds: int, refusal: ArrayLike) -> NDArray[np.float64]:
    """The load in Erlang at which a ward of ``beds`` refuses a share ``refusal`` of its patients, by bisection.

    Args:
        beds: beds of the ward, at least 1.
        refusal: chances between 0 and 1, any shape.

    Raises:
        ValueError: a refusal outside (0, 1), or no bed.
    """
    chances, back = np.unique(np.asarray(refusal, dtype=float), return_inverse=True)
    if beds < 1 or not (np.all(chances > 0.0) and np.all(chances < 1.0)):
        raise ValueError(f"a ward of {beds} beds cannot refuse a share of {refusal}")
    low, high = np.zeros(chances.shape), beds / (1.0 - chances)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        carried = erlang_b(beds, middle) <= chances
        low, high = np.where(carried, middle, low), np.where(carried, high, middle)
    return low[back].reshape(np.shape(refusal))


RESOURCE = Resource(
    gives=("beds",),
    reads=("bed_days", "discharges"),
    parameters=(_OCCUPANCY, _REFUSAL, _WARD, _SEASON),
    model=model,
)
