"""Itemised projects: what opens when, at once or over a ramp-up."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray


def opening_date(text: str) -> dt.date:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` as a date; a bare year or month means its first day.

    Raises:
        ValueError: anything else.
    """
    parts = [int(part) for part in text.split("-")]
    if len(text.split("-")[0]) != 4 or len(parts) > 3:
        raise ValueError(f"{text!r} is not a date")
    year, month, day = [*parts, 1, 1][:3]
    return dt.date(year, month, day)


def added_by(opens: dt.date, adds: float, ramp_up_years: float, years: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a project has added at the end of each year: nothing before it opens, all of it after the ramp-up.

    Args:
        opens: opening day.
        adds: places in full use (negative takes away).
        ramp_up_years: years of straight growth from nothing to ``adds``; 0 = all on the first day.
        years: scorecard years (31 December of each), shape ``[year]``.
    """
    shares = []
    for year in years:
        elapsed = (dt.date(int(year), 12, 31) - opens).days / 365.25
        if elapsed < 0:
            shares.append(0.0)
        elif ramp_up_years == 0:
            shares.append(1.0)
        else:
            shares.append(min(elapsed / ramp_up_years, 1.0))
    return adds * np.array(shares)
