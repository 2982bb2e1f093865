"""The population of 2020 as it would have been projected from the census of 2010: :mod:`sim.population.backtest` as rows."""

from __future__ import annotations

import math

from sim.calibration.holdout.model import HoldoutRow, Kind, Naive
from sim.draws import Draws
from sim.population.backtest import Outcome, back_test
from sim.population.inputs import EARLIER_CENSUS, LATEST_CENSUS
from sim.region.model import Region

SUBJECT = "population"

AGE_KEYS = {
    "all": "residents",
    "0-14": "residents_0_14",
    "15-59": "residents_15_59",
    "60+": "residents_60plus",
    "80+": "residents_80plus",
}
"""Catalogue key of each broad age group of the back-test."""


def population_rows(region: Region, draws: Draws) -> tuple[HoldoutRow, ...]:
    """Residents of the latest census by broad age, projected from the census before; none without both censuses."""
    if {EARLIER_CENSUS, LATEST_CENSUS} - set(region.census):
        return ()
    return tuple(_row(outcome, region) for outcome in back_test([region], draws))


def _row(outcome: Outcome, region: Region) -> HoldoutRow:
    naives = [Naive("no_change", outcome.no_change), Naive("no_migration", outcome.closed)]
    if not math.isnan(outcome.published):
        naives.append(Naive("published_growth", outcome.published))
    return HoldoutRow(
        region=region.key,
        subject=SUBJECT,
        what=AGE_KEYS[outcome.ages],
        variant="central",
        year=LATEST_CENSUS,
        unit="persons",
        observed=outcome.counted,
        model=outcome.central,
        p10=outcome.p10,
        p90=outcome.p90,
        naives=tuple(naives),
        kind=Kind.BACK_TEST,
        source=region.census[LATEST_CENSUS].source,
        note="population_from_2010",
    )
