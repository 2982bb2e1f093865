"""Tables of need, activity and supply, and the arrays by draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.demand.model import Need, Series
from sim.draws import known_quantiles
from sim.population.model import Population
from sim.scorecard.model import Scorecard, ScorecardRow
from sim.supply.model import Supply

_MAIN = "main"


def scorecard(card: Scorecard) -> pd.DataFrame:
    """``scorecard.csv``: the fields of the rows, in their order."""
    names = [item.name for item in fields(ScorecardRow)]
    return pd.DataFrame([astuple(row) for row in card.rows], columns=names, dtype=object)


def need(result: Need) -> pd.DataFrame:
    """``need.csv``: need by indicator and year; ``estimate`` is ``main`` or the name of a second, labelled method.

    A quantile is empty where nothing is known of the draws, or no amount suffices in so many of them.
    """
    series = [(_MAIN, item) for item in result.need.values()]
    series += [(method, item) for (_, method), item in result.second.items()]
    columns = ["year", "indicator", "estimate", "unit", "central", "p10", "p50", "p90", "method", "source"]
    rows = ((year, item.key, name, *rest) for name, item in series for year, *rest in _by_year(result.years, item))
    return pd.DataFrame(rows, columns=columns)


def activity(result: Need) -> pd.DataFrame:
    """``activity.csv``: the flows and intermediate quantities behind the need."""
    columns = ["year", "activity", "unit", "central", "p10", "p50", "p90", "method", "source"]
    rows = ((year, name, *rest) for name, item in result.activity.items() for year, *rest in _by_year(result.years, item))
    return pd.DataFrame(rows, columns=columns)


def supply(result: Supply) -> pd.DataFrame:
    """``supply.csv``: planned count of each resource and year, how it came about, and the hires it implies."""
    rows = []
    for item in result.series.values():
        for position, year in enumerate(map(int, result.years)):
            hires = item.hires[position] if item.hires is not None else None
            residents = item.planning_population.get(year)
            rows.append((year, item.key, item.values[position], item.how[position], residents, hires, item.source))
    columns = ["year", "indicator", "count", "how", "planning_population", "hires", "source"]
    return pd.DataFrame(rows, columns=columns)


def arrays_by_draw(population: Population, result: Need) -> dict[str, NDArray[np.generic]]:
    """``draws.npz``: per draw (0 central) population totals, needs and activities, so that runs can be paired by draw."""
    arrays: dict[str, NDArray[np.generic]] = {
        "population_years": population.years,
        "population_total": population.total(),
        "births": population.births.sum(axis=2),
        "deaths": population.deaths,
        "net_migration": population.net_migration,
        "years": result.years,
    }
    arrays |= {f"need/{key}": item.values for key, item in result.need.items()}  # infinite: no amount suffices
    arrays |= {f"need/{key}/{method}": item.values for (key, method), item in result.second.items()}
    arrays |= {f"activity/{name}": item.values for name, item in result.activity.items()}
    arrays |= {f"town/{name}": values for name, values in result.by_town.items()}
    return arrays


def _by_year(years: Iterable[int], series: Series) -> Iterator[tuple[object, ...]]:
    sample = series.values[1:] if len(series.values) > 1 else series.values
    for position, year in enumerate(map(int, years)):
        middle = np.array([series.values[0, position], *known_quantiles(sample[:, position])])
        if np.isfinite(middle).any():
            yield year, series.unit, *np.where(np.isfinite(middle), middle, np.nan).tolist(), series.method, series.source
