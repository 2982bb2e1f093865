"""Travel times in the plane: one scalar function that both engines and the tables use, so that floats are equal.

numpy's vectorised ``**`` and ``exp`` differ from the scalar ones in the last bit; therefore every distance and every
power is computed by :func:`law_minutes`, compiled once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray


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

    def table(
        self,
        from_x: NDArray[np.float64],
        from_y: NDArray[np.float64],
        to_x: NDArray[np.float64],
        to_y: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Minutes between points, shape ``[from, to]``."""
        return _table(from_x, from_y, to_x, to_y, float(self.scale_min), float(self.exponent), int(self.metric))


@njit(cache=True)
def law_minutes(dx: float, dy: float, scale: float, exponent: float, metric: int) -> float:
    """Minutes over a difference of ``dx, dy`` km (see :class:`TravelLaw`)."""
    km = abs(dx) + abs(dy) if metric == 1 else math.sqrt(dx * dx + dy * dy)
    if exponent == 1.0:
        return scale * km
    if km == 0.0:
        return 0.0
    return scale * km**exponent


@njit(cache=True)
def _table(from_x, from_y, to_x, to_y, scale, exponent, metric):
    out = np.empty((len(from_x), len(to_x)))
    for i in range(len(from_x)):
        for j in range(len(to_x)):
            out[i, j] = law_minutes(from_x[i] - to_x[j], from_y[i] - to_y[j], scale, exponent, metric)
    return out


@njit(cache=True)
def hour_of_week(minute: float, first_hour: int) -> int:
    """Hour of the week (Monday 0 h = 0) at a minute of the period; ``first_hour`` is that of minute 0."""
    return (first_hour + int(minute / 60.0)) % 168


@njit(cache=True)
def on_the_way(start: float, end: float, share: float) -> float:
    """A coordinate on the straight way from ``start`` to ``end``."""
    return (1.0 - share) * start + share * end


@njit(cache=True)
def nearest_node(x: float, y: float, node_x: NDArray[np.float64], node_y: NDArray[np.float64]) -> int:
    """The node nearest to a point by straight line, the first one of equally near."""
    best = 0
    least = math.inf
    for node in range(len(node_x)):
        dx = node_x[node] - x
        dy = node_y[node] - y
        square = dx * dx + dy * dy
        if square < least:
            least = square
            best = node
    return best
