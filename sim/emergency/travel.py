"""Travel times in the plane.

numpy's vectorised ``**`` differs from the scalar one in the last bit; therefore every distance and every power, in the
tables and in both engines, is computed by one compiled function (:mod:`sim.emergency.machine`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.emergency import machine


class Metric(IntEnum):
    """How distance is measured in the plane."""

    EUCLIDEAN = 0
    MANHATTAN = 1


@dataclass(frozen=True)
class TravelLaw:
    """Minutes = ``scale_min`` x km ** ``exponent``: speed grows with distance when the exponent is below 1.

    With exponent 1 it is a constant speed of ``60 / scale_min`` km/h. A detour factor or a local multiplier is part of the
    scale.

    Attributes:
        scale_min: minutes of the first km, >= 0.
        exponent: > 0.
        metric: straight line or along the axes.
    """

    scale_min: float
    exponent: float = 1.0
    metric: Metric = Metric.EUCLIDEAN

    def minutes(self, dx_km: float, dy_km: float) -> float:
        """Minutes over a difference of coordinates."""
        return machine.law_minutes(float(dx_km), float(dy_km), float(self.scale_min), float(self.exponent), int(self.metric))

    def table(self, from_x: ArrayLike, from_y: ArrayLike, to_x: ArrayLike, to_y: ArrayLike) -> NDArray[np.float64]:
        """Minutes between points, shape ``[from, to]``."""
        points = [np.array(given, dtype=float) for given in (from_x, from_y, to_x, to_y)]
        return machine.law_table(*points, float(self.scale_min), float(self.exponent), int(self.metric))
