"""What every demand model is handed: the region's parameters, the scenario's levers, people and draws, by draw and year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.demand.factors import Factor
from sim.demand.model import Series
from sim.draws import Draws
from sim.errors import Place
from sim.population.model import Population
from sim.priors import sample, scores
from sim.region.model import Confidence, Observation, Region
from sim.scenario.model import PopulationSection, Scenario

_GRADES = list(Confidence)
_POPULATION = (Confidence.MODELLED, "population projection")
_MOST_NAMES = 6
_LEVERS: dict[str, Factor] = {
    "visit_rate_factor": Factor.USE,
    "admission_rate_factor": Factor.USE,
    "childcare_take_up": Factor.USE,
    "call_rate_growth": Factor.USE,
    "length_of_stay_factor": Factor.STAY,
    "bed_occupancy": Factor.PRODUCTIVITY,
    "refusal_probability": Factor.PRODUCTIVITY,
    "physician_productivity_factor": Factor.PRODUCTIVITY,
    "nurse_productivity_factor": Factor.PRODUCTIVITY,
}
"""The factor of change that a demand lever belongs to; all others are :attr:`Factor.OTHER`."""
MOST_YEARS = 64
"""Width of the drift's random draws: fixed, so that a longer horizon does not move the years it shares with a shorter one."""


@dataclass(frozen=True)
class Context:
    """The inputs of all demand models. Arrays are ``[draw, year]`` or broadcast to it.

    Attributes:
        region, scenario, population, draws: what :func:`sim.demand.model_need` was handed.
        moments: the calendar year that each factor of change is taken from, shape ``[year]``; the scorecard years unless a
            counterfactual mixes two years.
    """

    region: Region
    scenario: Scenario
    population: Population
    draws: Draws
    moments: Mapping[Factor, NDArray[np.int64]]
    _grounds: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def years(self) -> NDArray[np.int64]:
        """Scorecard years; in a counterfactual the years whose calendar and remaining levers rule."""
        return self.moments[Factor.OTHER]

    def parameter(self, key: str) -> Observation:
        """A parameter of the region with its provenance."""
        return self.region.parameters[key]

    def number(self, key: str) -> float:
        """A parameter that is taken as certain."""
        return self.parameter(key).number

    def schedule(self, key: str) -> NDArray[np.float64]:
        """A parameter that is a list of numbers."""
        return self.parameter(key).schedule

    def uncertain(self, key: str, stream: str = "") -> NDArray[np.float64]:
        """A parameter with its stated range as one value a draw, shape ``[draw, 1]``; draw 0 is the central value.

        Args:
            key: the parameter.
            stream: the random stream; by default the parameter's own, named by its key.
        """
        return sample(self.parameter(key), scores(self.region.joint, self.draws, key, stream))[:, None]

    def walk(self, key: str) -> NDArray[np.float64]:
        """A random walk from 0 in the base year, one step a year, ``[draw, year since the base year]``.

        Args:
            key: parameter with the standard deviation of a step.
        """
        steps = self.draws.normal("demand.parameter", MOST_YEARS, index=tuple(key.encode()))
        steps[:, 0] = 0.0
        return np.cumsum(steps, axis=1) * self.number(key)

    def drift(self, walk: NDArray[np.float64]) -> NDArray[np.float64]:
        """The factor ``[draw, year]`` that wanders from 1 in the base year: exp of a :meth:`walk`."""
        return np.exp(walk[:, np.maximum(self.moments[Factor.USE] - self.region.base_year, 0)])

    def lever(self, name: str) -> NDArray[np.float64] | None:
        """A demand lever of the scenario by year, shape ``[year]``, or None when the scenario leaves it to the region."""
        path = getattr(self.scenario.body.demand, name)
        return None if path is None else path.at(self.moments[_LEVERS.get(name, Factor.OTHER)])

    def place_of(self, name: str) -> Place:
        """Where a demand lever was set, for messages."""
        origin = self.scenario.origins.get(("demand", name))
        return Place(self.scenario.path) if origin is None else origin.place

    def lever_or(self, name: str, key: str) -> NDArray[np.float64]:
        """A lever by year, shape ``[year]``, or the region's (uncertain) parameter, shape ``[draw, 1]``."""
        path = self.lever(name)
        return self.uncertain(key) if path is None else path

    def unless_set(self, name: str, key: str) -> tuple[str, ...]:
        """The parameter that stands in for a lever as a ground of a series: none when the scenario sets the lever."""
        return () if self.lever(name) is not None else (key,)

    def stock(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted residents at the end of each scorecard year, ``[draw, year]``.

        Args:
            weights: shape ``[age]`` or ``[sex, age]``.
        """
        return self._mixed(self._weighted(weights), self._at_end)

    def flow(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted residents of the middle of each scorecard year, ``[draw, year]``: the exposure of its flows.

        A year whose 1 January lies before the projection stands with its year-end people, as
        :meth:`~sim.population.model.Population.mid_year` says.
        """
        return self._mixed(self._weighted(weights), self._at_middle)

    def flow_by_group(self, age_from: NDArray[np.float64]) -> NDArray[np.float64]:
        """Residents of the middle of each scorecard year by sex and age group, ``[draw, year, sex, group]``.

        Args:
            age_from: first ages of the groups, ascending from 0; the last is open.
        """
        groups = np.add.reduceat(self.population.counts, age_from.astype(int), axis=3)
        return self._mixed(groups, self._at_middle)

    def births_per_head(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Births of a calendar year over weighted residents of its middle, ``[draw, year]``, relative to the first projected
        year of the central draw; 1 where no births are projected.

        Args:
            weights: shape ``[sex, age]``.
        """
        weighted = self._weighted(weights)
        births = self.population.births.sum(axis=2)
        middle = 0.5 * (weighted[:, 1:] + weighted[:, :-1])
        if births[0, 0] <= 0.0 or middle[0, 0] <= 0.0:
            return np.ones((1, 1))
        at = self.moments[Factor.BIRTHS] - int(self.population.years[0])
        known = np.maximum(at, 0)
        rate = np.divide(births, middle, out=np.zeros(births.shape), where=middle > 0.0)
        return np.where(at >= 0, rate[:, known] / (births[0, 0] / middle[0, 0]), 1.0)

    def reference(self) -> Context:
        """The same inputs on the region's own central projection: this one where the scenario leaves population alone."""
        asked = self.scenario.body.population
        if asked.model_copy(update={"planning_population": {}}) == PopulationSection():
            return self
        from sim.population import project_region

        body = self.scenario.body.model_copy(update={"population": PopulationSection()})
        scenario, central = replace(self.scenario, body=body), Draws(0, self.draws.seed)
        return replace(self, scenario=scenario, population=project_region(self.region, scenario, central), draws=central)

    def at(self, **factors: NDArray[np.int64]) -> Context:
        """The same inputs with some factors (by value, for example ``size``) taken from other years."""
        return replace(self, moments={**self.moments, **{Factor(name): years for name, years in factors.items()}})

    def _at_end(self, values: NDArray[np.float64], years: NDArray[np.int64]) -> NDArray[np.float64]:
        """Values by 1 January at the end of each of some years."""
        return values[:, years + 1 - int(self.population.years[0])]

    def _at_middle(self, values: NDArray[np.float64], years: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mean of the values of both 1 Januaries of each of some years."""
        end = years + 1 - int(self.population.years[0])
        return 0.5 * (values[:, np.maximum(end - 1, 0)] + values[:, end])

    def _mixed(
        self,
        values: NDArray[np.float64],
        taken: Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Values ``[draw, time, ...]`` in the years of the age structure, scaled to the residents of the years of the size."""
        size, structure = self.moments[Factor.SIZE], self.moments[Factor.STRUCTURE]
        found = taken(values, structure)
        if size is structure:
            return found
        total = self.population.total()
        scale = taken(total, size) / taken(total, structure)
        return found * scale.reshape(*scale.shape, *(1,) * (found.ndim - 2))

    def _weighted(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over sex and age of residents times weights, ``[draw, time]``; the same bits whatever the number of draws."""
        counts = self.population.counts
        full = np.broadcast_to(weights, counts.shape[2:]).reshape(-1)
        return np.einsum("dtk,k->dt", counts.reshape(*counts.shape[:2], -1), full)

    def series(
        self,
        key: str,
        unit: str,
        values: NDArray[np.float64],
        method: str,
        *,
        rests_on: Iterable[str] = (),
        after: Iterable[str] = (),
        name: str = "",
    ) -> Series:
        """A result with the words of its worst-graded inputs.

        Args:
            key, unit, method: as in :class:`~sim.demand.model.Series`.
            values: broadcast to ``[draw, year]``.
            rests_on: parameters that enter directly.
            after: keys of earlier series whose inputs enter through them.
            name: under which the inputs are remembered for later series; default ``key``.
        """
        grounds = dict.fromkeys(rests_on)
        for earlier in after:
            grounds.update(dict.fromkeys(self._grounds[earlier]))
        self._grounds[name or key] = tuple(grounds)
        full = np.broadcast_to(np.asarray(values, dtype=float), (self.draws.size, len(self.years)))
        return Series(key, unit, full, method, self.worst_of(grounds))

    def not_modelled(self, key: str, unit: str, reason: str) -> Series:
        """A need that no model gives: NaN in every year, with the reason."""
        return Series(key, unit, np.full((self.draws.size, len(self.years)), np.nan), reason, "not modelled")

    def worst_of(self, keys: Iterable[str]) -> str:
        """The worst grade among parameters (and the population projection), with the names of those that have it."""
        graded = [_POPULATION, *((self.parameter(key).confidence, _words(key)) for key in keys)]
        worst = max((grade for grade, _ in graded), key=_GRADES.index)
        names = [name for grade, name in graded if grade == worst]
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        return f"{worst}: " + ", ".join(names[:_MOST_NAMES]) + more


def _words(key: str) -> str:
    """A parameter's key as words: the part after the first dot."""
    return key.partition(".")[2].replace("_", " ").replace(".", " ")
