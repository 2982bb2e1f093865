"""A finished calibration as flat records: what is written, reported and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.specification import FitParameter, FitTarget
from sim.priors import Z90, forward, is_share
from sim.region.model import Region


@dataclass(frozen=True)
class ParameterFit:
    """One parameter after fitting.

    Attributes:
        parameter: key, prior and bounds.
        value, low, high: most probable value (median where the posterior is exact) and its 10 % and 90 % points.
        width: width of the posterior over that of the prior, on the transformed scale; 1 where the prior stands.
        targets: names of the targets that inform it; none where the prior stands.
        at_bound: whether it ended at a bound.
    """

    parameter: FitParameter
    value: float
    low: float
    high: float
    width: float
    targets: tuple[str, ...]
    at_bound: bool

    @property
    def key(self) -> str:
        """The parameter's key."""
        return self.parameter.key

    @property
    def informed(self) -> bool:
        """False where the prior stands."""
        return bool(self.targets)

    @property
    def prior_scores(self) -> tuple[float, float, float]:
        """Low, value and high as normal scores of the prior: -1.28 and 1.28 are its own 10 % and 90 % points."""
        prior, share = self.parameter.prior, is_share(self.parameter.prior.unit)
        centre, low, high = (forward(float(x or 0.0), share) for x in (prior.number, prior.low, prior.high))
        away = [forward(x, share) - centre for x in (self.low, self.value, self.high)]
        first, middle, last = (Z90 * move / ((high - centre) if move > 0 else (centre - low)) for move in away)
        return first, middle, last


@dataclass(frozen=True)
class Swap:
    """Two parameters that the targets of their group hardly tell apart: a change of one and what undoes it.

    Attributes:
        first, second: keys.
        change_first, change_second: factors on their values (odds for a share).
        moves: what the first change does alone, in tolerances; ``left``: what remains of it after the second.
        moves_target: the target that the first change alone moves most.
    """

    first: str
    second: str
    change_first: float
    change_second: float
    moves: float
    left: float
    moves_target: str


@dataclass(frozen=True)
class Direction:
    """A combination of parameters (loadings on their prior scores, of length 1) and its width over the prior's."""

    loadings: tuple[float, ...]
    width: float


@dataclass(frozen=True)
class GroupFit:
    """Parameters that were fitted together.

    Attributes:
        keys: the parameters.
        targets: names of the fitted targets.
        sensitivities: what one prior deviation of a parameter moves each target by, in tolerances, ``[target, parameter]``.
        covariance: of the parameters on their transformed scales (logarithm, logit), ``[parameter, parameter]``.
        correlation: the same as correlations.
        directions: principal combinations, widest first.
        swaps: pairs that the targets hardly tell apart.
        method: how it was fitted.
        effective: effective size of the posterior sample; 0 where the posterior is exact.
        converged: whether the search ended.
    """

    keys: tuple[str, ...]
    targets: tuple[str, ...]
    sensitivities: NDArray[np.float64]
    covariance: NDArray[np.float64]
    correlation: NDArray[np.float64]
    directions: tuple[Direction, ...]
    swaps: tuple[Swap, ...]
    method: str
    effective: float
    converged: bool

    @property
    def undetermined(self) -> tuple[Direction, ...]:
        """The combinations that are as wide as the prior."""
        return tuple(direction for direction in self.directions if direction.width > UNDETERMINED)


UNDETERMINED = 0.9
"""A combination whose posterior is wider than this part of its prior was not determined by the targets."""


@dataclass(frozen=True)
class TargetFit:
    """One target after fitting.

    Attributes:
        target: what was observed.
        years: the year, or the years of which the figure is the highest.
        model: what the fitted model gives (in the last of the years).
        at_prior: what the model gives at the priors.
        place_sd: what the uncertain places of stations add to the tolerance, in the target's unit; 0 elsewhere.
    """

    target: FitTarget
    years: tuple[int, ...]
    model: float
    at_prior: float
    place_sd: float = 0.0

    @property
    def residual(self) -> float:
        """Observation less model, in the target's unit."""
        return self.target.observed.number - self.model

    @property
    def tolerances(self) -> float:
        """The same in tolerances."""
        return self.target.distance(self.model)


@dataclass(frozen=True)
class AnchorFit:
    """One baseline value: what was observed and what the model stands on in the base year.

    Attributes:
        indicator: key of the dictionary.
        observed: the figure; ``tolerance``: 0 for a count that is a definition, half of the last printed decimal for a rate, the
            stated range for an estimate.
        model: supply or residents of the base year.
        year: the base year.
        kind: ``definition``, ``printed_rate`` or ``estimate``.
        other_base: whether the document's own denominator, not the census, stands behind the figure.
        source: of the figure.
    """

    indicator: str
    observed: float
    model: float
    tolerance: float
    year: int
    kind: str
    other_base: bool
    source: str

    @property
    def met(self) -> bool:
        """Whether the model is within the tolerance."""
        return abs(self.observed - self.model) <= self.tolerance * (1.0 + 1e-9)


@dataclass(frozen=True)
class CrewsFit:
    """The same fit with another number of crews on duty.

    Attributes:
        crews: by day in the base year; ``crews_then``: in the observed set-up.
        misfit: chi-squared of targets and priors.
        figures: what is simulated at the most probable values.
        values: these, by key.
    """

    crews: int
    crews_then: int
    misfit: float
    figures: Mapping[str, float]
    values: Mapping[str, float]


@dataclass(frozen=True)
class Finding:
    """Something that must not be passed over: a key of the catalogue with its values."""

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class RegionFit:
    """All that a calibration found out about a region.

    Attributes:
        region: the pack it was fitted to, without what was fitted.
        parameters: by key, in the order of the specification.
        groups: fitted together.
        targets: with observation and model.
        anchors: definitions of the baseline.
        not_observed: targets without an observation here, as (name, key).
        crews: the stated number of crews and its alternatives; empty where no response was observed.
        figures: what the fitted emergency service gives besides its targets.
        settings: of the search.
        inputs: sha256 of every file read, by name.
    """

    region: Region
    parameters: Mapping[str, ParameterFit]
    groups: tuple[GroupFit, ...]
    targets: tuple[TargetFit, ...]
    anchors: tuple[AnchorFit, ...]
    not_observed: tuple[tuple[str, str], ...]
    crews: tuple[CrewsFit, ...]
    figures: Mapping[str, float]
    settings: Mapping[str, int]
    inputs: Mapping[str, str]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What must be said, and what ``--strict`` stops at."""
        found = []
        for group in self.groups:
            if not group.converged:
                found.append(Finding("not_converged", {"parameters": ", ".join(group.keys), "method": group.method}))
        for fit in self.parameters.values():
            if fit.at_bound:
                low, high = (f"{bound:g}" for bound in fit.parameter.bounds)
                found.append(Finding("at_bound", {"parameter": fit.key, "value": f"{fit.value:.4g}", "low": low, "high": high}))
        for anchor in self.anchors:
            if not anchor.met and not anchor.other_base:
                values = {"indicator": anchor.indicator, "observed": f"{anchor.observed:.10g}", "model": f"{anchor.model:.10g}"}
                found.append(Finding("anchor", values))
        return tuple(found)
