"""Standing a projection on what was observed after the census: residents, births and deaths of single years.

The projection is worked year by year up to the last observed one, and its inputs are changed so that it gives what was seen:

* *deaths*: every chance of dying of the year is multiplied by one factor; the next year's chances stay as they were (an
  epidemic year says little about the years after it);
* *births*: every fertility rate of the year is multiplied by one factor ``k``; ``n`` years later ``k ** (r ** n)`` of it is left;
* *residents*: net migration is the residual, ``M = N - (P + B - D)`` (United Nations 1970, Manual VI, chapter II), spread over
  ages as the year's profile says. Between two observed year-ends that do not follow each other the years' net migration is
  shifted by one number. ``n`` years after the last one ``r ** n`` of its deviation from the path is left.

The fading is not a rule of its own. Deviations from a path are first-order autoregressions with correlation ``r`` a year; given
the deviation of one year the later ones move by ``r ** n`` times what that year moved (conditioning by one draw at a time:
Journel & Huijbregts 1978, *Mining Geostatistics*, VII.A; for Gaussian processes Wilson et al. 2021, JMLR 22(105)). A draw
therefore keeps its own chance events and only what was seen is taken out of its uncertainty.

In each draw the truth lies within the tolerance of the published figure: one normal score a draw and measure holds for
all years, because the estimates between two censuses share their base; its factor is lognormal. Draw 0 has the figures as
published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.population.engine import Projection, cohort_component
from sim.population.migration import scale_profile
from sim.priors import log_sd
from sim.region.model import Observation

Array = NDArray[np.float64]

_MEASURES = ("population", "births", "deaths")
# Births and deaths of one year depend a little on each other (infant deaths; mothers who die): the two factors are found in turn.
_ROUNDS = 4
# Any number of migrants a year: the total of a later year is a straight line in it.
_TRIAL_MIGRANTS = 1000.0


@dataclass(frozen=True)
class Seen:
    """What was observed, by draw and projected year, shape ``[draw, year]``; NaN where nothing was.

    ``residents`` at the end of the year, ``births`` and ``deaths`` during it.
    """

    residents: Array
    births: Array
    deaths: Array

    def of(self, block: slice) -> Seen:
        """Some of the draws."""
        return Seen(self.residents[block], self.births[block], self.deaths[block])

    @property
    def length(self) -> int:
        """Number of years up to the last in which anything was observed."""
        known = np.isfinite(self.residents[0]) | np.isfinite(self.births[0]) | np.isfinite(self.deaths[0])
        return int(np.flatnonzero(known)[-1]) + 1 if known.any() else 0


@dataclass(frozen=True)
class Rates:
    """Inputs of a projection by draw.

    Attributes:
        survival: survival ratios, ``[draw, year, sex, age]``.
        asfr: births per woman, ``[draw, year, age]``.
        srb: boys per girl, ``[1, year]``.
        migration: net migrants, ``[draw, year]``.
    """

    survival: Array
    asfr: Array
    srb: Array
    migration: Array


def seen(observed: Mapping[str, Mapping[int, Observation]], years: NDArray[np.int64], draws: Draws) -> Seen:
    """What the projected ``years`` are held to, in each draw within the tolerance of the published figures."""
    scores = draws.normal("population.observed", len(_MEASURES))
    found = []
    for column, key in enumerate(_MEASURES):
        values = np.full((draws.size, len(years)), np.nan)
        for at, year in enumerate(map(int, years)):
            observation = observed.get(key, {}).get(year)
            if observation is not None:
                low, high = observation.low, observation.high
                spread = 0.0 if low is None or high is None else log_sd(low, high)
                values[:, at] = observation.number * np.exp(spread * scores[:, column])
        found.append(values)
    return Seen(*found)


def rebased(base: Array, rates: Rates, profiles: Array, held_to: Seen, fertility_memory: float, migration_memory: float) -> Rates:
    """The inputs with which the projection gives what was observed.

    Args:
        base: persons at the start, ``[sex, age]``.
        rates: the inputs of the paths.
        profiles: net migrants by age of each year, ``[year, sex, age]``, scaled to the totals.
        held_to: what was observed.
        fertility_memory, migration_memory: correlation of a deviation with the next year's.
    """
    new = Rates(rates.survival.copy(), rates.asfr.copy(), rates.srb, rates.migration.copy())
    there = np.broadcast_to(base, (len(new.migration), *base.shape))
    waiting: list[int] = []
    for year in range(held_to.length):
        waiting.append(year)
        wanted = held_to.residents[:, year]
        if np.isnan(wanted[0]):
            continue
        shift = _shift(there, new, profiles, waiting, wanted)
        new.migration[:, waiting] += shift[:, None]
        for one in waiting[:-1]:
            there = _through(there, new, profiles, held_to, one, fertility_memory)
        before = new.migration[:, year] - shift
        there = _through(there, new, profiles, held_to, year, fertility_memory, wanted)
        left = migration_memory ** np.arange(1, new.migration.shape[1] - year)
        new.migration[:, year + 1 :] += (new.migration[:, year] - before)[:, None] * left
        waiting = []
    for year in waiting:
        there = _through(there, new, profiles, held_to, year, fertility_memory)
    return new


def _shift(there: Array, rates: Rates, profiles: Array, years: list[int], wanted: Array) -> Array:
    """Migrants to add in each of some consecutive years so that the last ends with ``wanted`` residents, shape ``[draw]``.

    Exact while nobody is kept from leaving; what is then missing, the last year's own residual takes up.
    """
    if len(years) == 1:
        return np.zeros(len(wanted))
    ends = []
    for more in (0.0, _TRIAL_MIGRANTS):
        counts = there
        for year in years:
            counts = _step(counts, rates, profiles, year, rates.migration[:, year] + more).counts[:, 1]
        ends.append(counts.sum(axis=(1, 2)))
    return _TRIAL_MIGRANTS * (wanted - ends[0]) / (ends[1] - ends[0])


def _through(
    there: Array, rates: Rates, profiles: Array, held_to: Seen, year: int, memory: float, residents: Array | None = None
) -> Array:
    """One year with its observed births and deaths, and net migration as residual if ``residents`` at its end are known.

    Changes ``rates`` in place.

    Returns:
        persons at the end of the year, ``[draw, sex, age]``.
    """
    born, died = held_to.births[:, year], held_to.deaths[:, year]
    if np.isfinite(born[0]) or np.isfinite(died[0]):
        _meet_flows(there, rates, profiles, year, born, died, memory)
    if residents is not None:
        for _ in range(_ROUNDS):
            found = _step(there, rates, profiles, year, rates.migration[:, year]).counts[:, 1].sum(axis=(1, 2))
            rates.migration[:, year] += residents - found
    return _step(there, rates, profiles, year, rates.migration[:, year]).counts[:, 1]


def _meet_flows(
    there: Array, rates: Rates, profiles: Array, year: int, born: Array, died: Array, memory: float
) -> None:
    """Scale the year's fertility and its chances of dying to the observed births and deaths (NaN: not observed)."""
    of_births = np.ones(len(born))
    for _ in range(_ROUNDS):
        result = _step(there, rates, profiles, year, np.zeros(len(born)))
        if np.isfinite(died[0]):
            factor = died / result.deaths_total[:, 0]
            dying = factor[:, None, None] * (1.0 - rates.survival[:, year])
            rates.survival[:, year] = 1.0 - np.minimum(dying, 1.0)
        if np.isfinite(born[0]):
            factor = born / result.births_total[:, 0]
            rates.asfr[:, year] *= factor[:, None]
            of_births *= factor
    left = memory ** np.arange(1, rates.asfr.shape[1] - year)
    rates.asfr[:, year + 1 :] *= (of_births[:, None] ** left)[..., None]


def _step(there: Array, rates: Rates, profiles: Array, year: int, migrants: Array) -> Projection:
    """One year from the persons at its start, with net migrants ``[draw]``."""
    one = slice(year, year + 1)
    return cohort_component(
        there,
        rates.survival[:, one],
        rates.asfr[:, one],
        rates.srb[:, one],
        scale_profile(profiles[one], migrants[:, None]),
    )
