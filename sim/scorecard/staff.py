"""Staff by WISN against what there is: required, available, difference and ratio, beside the norm and the main need.

A ratio under 1 means that the available carry more than the standard workload (WHO 2010, *WISN User's Manual*, step 8).
Categories overlap (TCM physicians, general practitioners and psychiatrists are physicians): their rows are not to be added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.demand.model import Need
from sim.draws import quantiles
from sim.indicators import dictionary
from sim.population.model import Population
from sim.region.model import Region
from sim.scorecard.norms import norms_of
from sim.supply.model import Supply

_METHOD = "wisn"


@dataclass(frozen=True)
class WisnRow:
    """One category in one year. Field order is the order of ``staff_wisn.csv``; None is not known.

    ``required`` is of the central draw, its quantiles are over draws; ``available`` is the planned or observed staff;
    ``difference`` is available less required (negative is short); ``norm`` is the plan's norm as a count; ``need`` the main
    need by constant productivity.
    """

    year: int
    category: str
    required: float
    required_p10: float
    required_p50: float
    required_p90: float
    available: float | None
    difference: float | None
    ratio: float | None
    norm: float | None
    need: float | None
    source: str


def wisn_rows(region: Region, population: Population, need: Need, supply: Supply) -> tuple[WisnRow, ...]:
    """WISN requirement of every category that has one, by year, in dictionary order.

    Args:
        region, population: for the norms.
        need: with the second estimates ``(category, "wisn")``.
        supply: available staff.
    """
    rows = []
    for key, indicator in dictionary().items():
        series = need.second.get((key, _METHOD))
        if series is None:
            continue
        norms = norms_of(indicator, region, population, need.years)
        spread = quantiles(series.values)
        for at, year in enumerate(map(int, need.years)):
            required = float(series.values[0, at])
            available = _known(supply.series[key].values[at]) if key in supply.series else None
            rows.append(
                WisnRow(
                    year=year,
                    category=key,
                    required=required,
                    required_p10=float(spread[0, at]),
                    required_p50=float(spread[1, at]),
                    required_p90=float(spread[2, at]),
                    available=available,
                    difference=None if available is None else available - required,
                    ratio=None if available is None or required <= 0.0 else available / required,
                    norm=norms[year].value if year in norms else None,
                    need=_known(need.need[key].values[0, at]),
                    source=series.source,
                )
            )
    return tuple(rows)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
