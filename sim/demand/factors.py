"""What can change a need from one year to another. A counterfactual takes each factor from a year of its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Factor(StrEnum):
    """One factor of change; the order is that of tables.

    ``size``: number of residents. ``structure``: their shares by sex and age (and by town). ``births``: births per woman of
    an age. ``use``: use of care per head of an age: its drift and its levers, take-up of childcare, growth of calls beyond
    that of people. ``stay``: length of stay. ``productivity``: target occupancy, accepted refusals, work a head of staff.
    ``other``: day surgery, shares treated in primary care and elsewhere, days of the year.
    """

    SIZE = "size"
    STRUCTURE = "structure"
    BIRTHS = "births"
    USE = "use"
    STAY = "stay"
    PRODUCTIVITY = "productivity"
    OTHER = "other"


FACTORS = tuple(Factor)


def same_moments(years: NDArray[np.int64]) -> Mapping[Factor, NDArray[np.int64]]:
    """Every factor from the scorecard years themselves."""
    return dict.fromkeys(FACTORS, years)


def mixed_moments(start: int, end: int) -> Mapping[Factor, NDArray[np.int64]]:
    """Every mixture of two years: position ``k`` takes factor ``i`` from ``end`` where bit ``i`` of ``k`` is set."""
    coalition = np.arange(2 ** len(FACTORS))
    return {factor: np.where(coalition >> bit & 1, end, start) for bit, factor in enumerate(FACTORS)}
