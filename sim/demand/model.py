"""What the demand models give: need per indicator, and the activity behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
class Need:
    """Need of every modelled resource.

    Attributes:
        years: scorecard years, shape ``[year]`` (31 December; flows during the year).
        need: by indicator key.
        second: second, labelled estimates by (indicator key, method name), for example ``("physicians", "wisn")``.
        activity: flows and intermediate quantities by name (visits, discharges, bed_days, calls, births, children_under_3 ...).
        by_town: town tables by name, each ``[draw, year, town]`` (for example children_under_3).
    """

    years: NDArray[np.int64]
    need: Mapping[str, Series]
    second: Mapping[tuple[str, str], Series]
    activity: Mapping[str, Series]
    by_town: Mapping[str, NDArray[np.float64]]
