"""The population of the latest census projected from a base year between the censuses, for a plan that began there.

Two bases. *As published then*: the ages of the census of 2010 projected to the base year, scaled to the number of residents
that the plan prints; an honest back-test. *Re-stated*: the base year on today's census series, which joins both censuses by
cohort and so knows the outcome in part; it tells how much of the error the base alone makes. Both go on with what was known
in 2010 (:mod:`sim.population.backtest`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.calibration.holdout.as_it_stood import as_it_stood
from sim.calibration.holdout.model import HoldoutRow, Kind, Naive
from sim.calibration.holdout.population import AGE_KEYS
from sim.draws import Draws, quantiles
from sim.population import project_region
from sim.population.backtest import BROAD_AGES, path_as_known_in_2010
from sim.population.inputs import EARLIER_CENSUS, LATEST_CENSUS
from sim.region.model import Region

Array = NDArray[np.float64]

SUBJECT = "population_midway"

_PRINTED = "population"


def midway_rows(region: Region, draws: Draws) -> tuple[HoldoutRow, ...]:
    """Residents of the base year and of the latest census; none where the base year does not lie between the censuses."""
    year = region.base_year
    if {EARLIER_CENSUS, LATEST_CENSUS} - set(region.census) or not EARLIER_CENSUS < year < LATEST_CENSUS:
        return ()
    from_2010 = path_as_known_in_2010(region, draws).counts[:, year - EARLIER_CENSUS]
    series = restated(region)
    rows = [_base_row(region, from_2010, series)]
    if _PRINTED in region.baseline:
        published = from_2010[0] * (region.baseline[_PRINTED].number / from_2010[0].sum())
        rows += _outcome_rows(region, draws, published, "published_base", Kind.BACK_TEST)
    rows += _outcome_rows(region, draws, series, "restated_base", Kind.HINDSIGHT)
    return tuple(rows)


def restated(region: Region) -> Array:
    """Residents at the end of the base year on the census series, exact by cohort at both censuses, shape ``[sex, age]``."""
    series = project_region(region, as_it_stood(region, region.base_year, LATEST_CENSUS), Draws(0, 0))
    return series.at_end_of(region.base_year)[0]


def _base_row(region: Region, from_2010: Array, series: Array) -> HoldoutRow:
    """Residents of the base year: projected from 2010 against the census series."""
    naives = [Naive("no_change", float(region.census[EARLIER_CENSUS].counts.sum()))]
    if _PRINTED in region.baseline:
        naives.append(Naive("published", region.baseline[_PRINTED].number))
    people = from_2010.sum(axis=(1, 2))
    return _row(region, "residents", "from_2010", region.base_year, float(series.sum()), people, naives, Kind.BACK_TEST)


def _outcome_rows(region: Region, draws: Draws, base: Array, variant: str, kind: Kind) -> list[HoldoutRow]:
    """Residents of the latest census by broad age, projected from a base."""
    year, counted, before = region.base_year, region.census[LATEST_CENSUS], region.census[EARLIER_CENSUS]
    projected = path_as_known_in_2010(region, draws, since=year, base=base).counts[:, -1]
    ahead = (LATEST_CENSUS - year) / (year - EARLIER_CENSUS)
    rows = []
    for ages, low, high in BROAD_AGES:
        start, first = float(base[:, low : high + 1].sum()), float(before.counts[:, _within(before.age_from, low, high)].sum())
        naives = [Naive("no_change", start), Naive("linear", start + ahead * (start - first))]
        observed = float(counted.counts[:, _within(counted.age_from, low, high)].sum())
        people = projected[:, :, low : high + 1].sum(axis=(1, 2))
        rows.append(_row(region, AGE_KEYS[ages], variant, LATEST_CENSUS, observed, people, naives, kind))
    return rows


def _within(age_from: NDArray[np.int64], low: int, high: int) -> NDArray[np.bool_]:
    return (age_from >= low) & (age_from <= high)


def _row(
    region: Region, what: str, variant: str, year: int, observed: float, by_draw: Array, naives: list[Naive], kind: Kind
) -> HoldoutRow:
    p10, p90 = quantiles(by_draw, (0.1, 0.9))
    return HoldoutRow(
        region=region.key,
        subject=SUBJECT,
        what=what,
        variant=variant,
        year=year,
        unit="persons",
        observed=observed,
        model=float(by_draw[0]),
        p10=float(p10),
        p90=float(p90),
        naives=tuple(naives),
        kind=kind,
        source=region.census[LATEST_CENSUS].source,
        note=f"population_{variant}",
    )
