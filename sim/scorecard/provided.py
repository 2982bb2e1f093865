"""What is provided in one year, whatever link of the chain it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Provided:
    """The supply side of a scorecard row.

    Attributes:
        value: central value in the indicator's unit.
        by_draw: its value in each draw, central first. Simulated figures run over the parameter draws that were simulated.
        how: how it came about, for example ``planned`` or ``simulated``.
        source: from where, in words.
        confidence: worst grade it rests on.
        low, high: bounds of an observed count that was derived from a printed ratio.
    """

    value: float
    by_draw: NDArray[np.float64]
    how: str
    source: str
    confidence: str
    low: float | None = None
    high: float | None = None
