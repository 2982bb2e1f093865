"""A quadratic stand-in for the simulation, fitted on a space-filling design.

The simulated mean of a year is a smooth function of the parameters plus a little noise that differences over small steps would
multiply. A full quadratic in the scores, fitted by least squares to many set-ups over a stated box, averages the noise out; its
residuals say how well it stands in (Box and Draper 2007, *Response Surfaces, Mixtures, and Ridge Analyses*, 2nd ed., 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Quadratic:
    """``y(z)`` as a full quadratic.

    Attributes:
        centre, half: the box it was fitted on, shape ``[parameter]`` each.
        coefficients: shape ``[term, output]``.
        covariance: of the residuals, shape ``[output, output]``.
    """

    centre: Array
    half: Array
    coefficients: Array
    covariance: Array

    def __call__(self, scores: Array) -> Array:
        """Outputs at points ``[point, parameter]``, shape ``[point, output]``."""
        return _terms((scores - self.centre) / self.half) @ self.coefficients

    def holds(self, scores: Array) -> bool:
        """Whether a point lies in the box."""
        return bool(np.all(np.abs(scores - self.centre) <= self.half * (1.0 + 1e-9)))


def fit_quadratic(scores: Array, outputs: Array, centre: Array, half: Array) -> Quadratic:
    """The quadratic that fits the outputs of a design best.

    Args:
        scores: the design, shape ``[point, parameter]``.
        outputs: what was simulated, shape ``[point, output]``.
        centre, half: the box.

    Raises:
        ValueError: fewer points than a quadratic has terms.
    """
    terms = _terms((scores - centre) / half)
    if len(terms) <= terms.shape[1]:
        raise ValueError(f"{len(terms)} points cannot fit {terms.shape[1]} terms")
    coefficients, *_ = np.linalg.lstsq(terms, outputs, rcond=None)
    away = outputs - terms @ coefficients
    return Quadratic(centre, half, coefficients, away.T @ away / (len(terms) - terms.shape[1]))


def terms_of(parameters: int) -> int:
    """Number of terms of a full quadratic."""
    return (parameters + 1) * (parameters + 2) // 2


def _terms(x: Array) -> Array:
    """1, x, and all products of two, shape ``[point, term]``."""
    first, second = np.triu_indices(x.shape[1])
    return np.concatenate([np.ones((len(x), 1)), x, x[:, first] * x[:, second]], axis=1)
