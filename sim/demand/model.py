"""What the demand models give: need per indicator, and the activity behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Series:
    """One quantity by draw and scorecard year.

    Attributes:
        key: indicator key (for need) or activity name, for example ``discharges``.
        unit: as in the dictionary, for example ``beds``.
        values: shape ``[draw, year]``, draw 0 central; NaN where it is not modelled.
        method: one plain sentence: what it is and how it was reached, or a catalogue key of one.
        source: worst-graded inputs it rests on, for the scorecard's ``source`` column, e.g. ``assumption: length of stay``.
    """

    key: str
    unit: str
    values: NDArray[np.float64]
    method: str
    source: str


@dataclass(frozen=True)
class BedClass:
    """One class of beds: its care, and the beds it asks for. Arrays are ``[draw, year]`` unless said otherwise.

    Attributes:
        key: name, for example ``obstetrics``.
        discharges, bed_days: of the year.
        load: mean census of the year's days.
        beds: by target occupancy; the classes' beds add up to all beds.
        ward_beds: in wards of ``ward_size`` in which a patient of the busiest season finds no bed free with at most the
            accepted chance.
        ward_size: beds of a full ward.
        peak: load of the busiest day over that of the mean day.
        refusal: the accepted chance, shape ``[year]`` or ``[1]``.
    """

    key: str
    discharges: NDArray[np.float64]
    bed_days: NDArray[np.float64]
    load: NDArray[np.float64]
    beds: NDArray[np.float64]
    ward_beds: NDArray[np.float64]
    ward_size: int
    peak: NDArray[np.float64]
    refusal: NDArray[np.float64]


@dataclass(frozen=True)
class Need:
    """Need of every modelled resource.

    Attributes:
        years: scorecard years, shape ``[year]`` (31 December; flows during the year).
        need: by indicator key.
        second: second, labelled estimates by (indicator key, method name), for example ``("physicians", "wisn")``.
        activity: flows and intermediate quantities by name (visits, discharges, bed_days, calls, births, children_under_3 ...).
        by_town: town tables by name, each ``[draw, year, town]`` (for example children_under_3).
        bed_classes: beds by class, in the order of tables; bed-days and beds add up to those of all beds.
        by_age: central activity by sex and age group, by its key, each ``[year, sex, group]``.
        age_from: first ages of these groups.
    """

    years: NDArray[np.int64]
    need: Mapping[str, Series]
    second: Mapping[tuple[str, str], Series]
    activity: Mapping[str, Series]
    by_town: Mapping[str, NDArray[np.float64]]
    bed_classes: Mapping[str, BedClass] = field(default_factory=dict)
    by_age: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    age_from: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
