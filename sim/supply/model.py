"""What a scenario provides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SupplySeries:
    """Planned count of one resource by scorecard year.

    Attributes:
        key: indicator key of the count, for example ``beds``.
        values: shape ``[year]``; NaN where the scenario and the baseline say nothing (``not observed``).
        how: per year: ``observed``, ``planned``, ``interpolated``, ``carried_forward``, ``project``, ``flow``, ``not_observed``.
        planning_population: residents with which a per-head target became a count, per target year.
        source: where it was written (file:line or pack source).
        hires: staff only: recruits a year that the path implies, shape ``[year]``, else None.
    """

    key: str
    values: NDArray[np.float64]
    how: tuple[str, ...]
    planning_population: Mapping[int, float]
    source: str
    hires: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Supply:
    """All planned resources. ``years`` as in :class:`~sim.demand.model.Need`."""

    years: NDArray[np.int64]
    series: Mapping[str, SupplySeries]
