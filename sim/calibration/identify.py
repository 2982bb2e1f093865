"""What a group of targets tells about its parameters, and what it cannot tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.calibration.result import Direction, Swap
from sim.calibration.solve import Axis

_CHANGE = 1.1
"""The change that is tried out: 10 % more."""

_FELT, _UNDONE, _FAR = 0.5, 0.5, 2.5
"""A change counts from so many tolerances on and is undone where no more than so many are left; what undoes it is sought no
farther than so many prior deviations away."""


def directions(covariance: NDArray[np.float64]) -> tuple[Direction, ...]:
    """Principal combinations of the prior scores, widest first; the largest loading of each is positive.

    Args:
        covariance: of the prior scores after fitting: the identity where nothing was learnt.
    """
    widths, vectors = np.linalg.eigh(covariance)
    found = []
    for column in np.argsort(-widths, kind="stable"):
        vector = vectors[:, column]
        vector = vector * math.copysign(1.0, vector[np.argmax(np.abs(vector))])
        found.append(Direction(tuple(map(float, vector)), math.sqrt(max(0.0, float(widths[column])))))
    return tuple(found)


def swaps(axes: Sequence[Axis], sensitivities: NDArray[np.float64], targets: Sequence[str]) -> tuple[Swap, ...]:
    """Pairs of parameters where a change of one is undone by a change of the other, to first order.

    Args:
        axes: the parameters.
        sensitivities: by one prior deviation, in tolerances, shape ``[target, parameter]``.
        targets: their names.
    """
    found = []
    for i, first in enumerate(axes):
        step = math.log(_CHANGE) / first.up
        alone = sensitivities[:, i] * step
        size = float(np.linalg.norm(alone))
        if size < _FELT:
            continue
        for j, second in enumerate(axes):
            column = sensitivities[:, j]
            if j <= i or not column @ column > 0.0:
                continue
            back = -float(alone @ column / (column @ column))
            left = float(np.linalg.norm(alone + back * column))
            if left <= _UNDONE and left < 0.5 * size and abs(back) <= _FAR:
                change = math.exp(back * (second.up if back > 0 else second.down))
                top = targets[int(np.argmax(np.abs(alone)))]
                found.append(Swap(first.key, second.key, _CHANGE, change, size, left, top))
    return tuple(found)
