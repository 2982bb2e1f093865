"""What is fitted to what, as :func:`sim.calibration.reader.read_specification` reads it from ``calibration.yaml``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.calibration.quantities import Quantity
from sim.errors import Place
from sim.region.model import Observation


@dataclass(frozen=True)
class FitParameter:
    """A parameter that may be fitted.

    Attributes:
        key: its key.
        prior: value, low and high (10 % and 90 % points) with their source.
        prior_key: where the prior stands: a parameter's key, or empty where it is written out in ``calibration.yaml``.
        bounds: the search stays between these.
        place: where it stands.
    """

    key: str
    prior: Observation
    prior_key: str
    bounds: tuple[float, float]
    place: Place


@dataclass(frozen=True)
class FitTarget:
    """An observed figure that the model is held against.

    Attributes:
        name: its name in ``calibration.yaml``.
        quantity: what the model produces.
        key: parameter or ``baseline.<indicator>`` that holds the figure; its own name where it is written out.
        observed: the figure with year and source.
        tolerance: standard deviation: of the logarithm (``log``) or in the target's unit (``absolute``).
        log: which of the two.
        fitted: whether it is fitted, or only shown (a check).
        peak_noise, peak_years: for a figure without a year: the highest of so many years, each with so much noise of its own.
        place: where it stands.
    """

    name: str
    quantity: Quantity
    key: str
    observed: Observation
    tolerance: float
    log: bool
    fitted: bool
    peak_noise: float
    peak_years: int
    place: Place

    @property
    def year_known(self) -> bool:
        """False where the document prints a peak without its year."""
        return self.observed.year is not None

    def distance(self, value: float) -> float:
        """Observation less ``value``, in tolerances."""
        if self.log:
            return math.log(self.observed.number / value) / self.tolerance
        return (self.observed.number - value) / self.tolerance


@dataclass(frozen=True)
class Specification:
    """All that a calibration is asked for.

    Attributes:
        parameters: by key, in order.
        targets: those with an observation in this region.
        not_observed: names of the other ones with the key that would hold the observation.
        alternatives: numbers of crews in the base year that are fitted for comparison with the stated one.
        settings: of the search.
        files: the files read, as (name inside the calibration folder, path).
    """

    parameters: Mapping[str, FitParameter]
    targets: tuple[FitTarget, ...]
    not_observed: tuple[tuple[str, str], ...]
    alternatives: tuple[int, ...]
    settings: Mapping[str, int]
    files: tuple[tuple[str, str], ...]
