"""Staff as stock and flow, and the inverse question: how many hires a year does a target imply?

The stock of the next year is what stays plus who arrives,

    S[t] = S[t-1] (1 - a[t]) + arrivals[t]        (manpower planning: Bartholomew, Forbes & McClean 1991, ch. 1)

with ``a`` the share that leaves in a year (retirement and exit together). The hires implied by a target path ``T`` are
``h[t] = T[t] - T[t-1] (1 - a[t])``. With a training lag of ``k`` years, who is recruited in ``t`` arrives in ``t + k``;
the pipeline at the start holds the replacement of the first stock, so that a stock at rest stays at rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def implied_hires(path: NDArray[np.float64], attrition: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hires a year that keep the stock on ``path``.

    Args:
        path: persons at the end of each year, shape ``[year]``.
        attrition: share leaving during each year, 0..1, shape ``[year]``.

    Returns:
        persons hired during each year, shape ``[year]``; NaN in the first (nothing is known of the year before) and
        where the path is not known; never below zero (a stock that may shrink faster than people leave hires nobody).
    """
    hires = np.full(len(path), np.nan)
    hires[1:] = np.maximum(path[1:] - path[:-1] * (1.0 - attrition[1:]), 0.0)
    return hires


def stock_and_flow(
    start: float,
    recruits: NDArray[np.float64],
    attrition: NDArray[np.float64],
    training_lag_years: int = 0,
) -> NDArray[np.float64]:
    """The stock by year from a start, recruits and attrition.

    Args:
        start: persons at the end of the first year.
        recruits: persons recruited during each year, shape ``[year]``; the first entry is not used.
        attrition: share leaving during each year, shape ``[year]``.
        training_lag_years: years from recruitment to arrival.

    Returns:
        persons at the end of each year, shape ``[year]``.
    """
    stock = np.empty(len(recruits))
    stock[0] = start
    for year in range(1, len(recruits)):
        recruited = year - training_lag_years
        arrivals = recruits[recruited] if recruited >= 1 else start * attrition[year]
        stock[year] = stock[year - 1] * (1.0 - attrition[year]) + arrivals
    return stock
