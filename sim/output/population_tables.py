"""Tables of the projection: by age and sex, totals, and towns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.draws import quantiles
from sim.population.model import SEXES, Population
from sim.region.model import Region

AGE_GROUPS = (
    ("0_2", 0, 2), ("0_14", 0, 14), ("15_59", 15, 59), ("60_plus", 60, None), ("65_plus", 65, None), ("80_plus", 80, None),
)  # fmt: skip
"""Broad age groups: name, first and last age (None = open). They overlap: 0-14, 15-59 and 60+ make up all."""


def population_by_age(population: Population) -> pd.DataFrame:
    """``population.csv``: residents on 1 January by sex and age; mean and quantiles over the random draws, and draw 0."""
    sexes, ages = population.counts.shape[2:]
    year, sex, age = np.meshgrid(population.years, np.arange(sexes), np.arange(ages), indexing="ij")
    p10, p50, p90 = (q.ravel() for q in quantiles(population.counts))
    return pd.DataFrame(
        {
            "year": year.ravel(),
            "sex": np.array(SEXES)[sex.ravel()],
            "age": age.ravel(),
            "mean": _sample(population.counts).mean(axis=0).ravel(),
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "central": population.counts[0].ravel(),
        }
    )


def population_totals(population: Population) -> pd.DataFrame:
    """``population_totals.csv``: residents on 1 January (draw 0) and the flows until the next one, each with quantiles.

    The last 1 January has no flows.
    """
    flows = {
        "births": population.births.sum(axis=2),
        "deaths": population.deaths,
        "net_migration": population.net_migration,
        "clipped": population.clipped,
    }
    total = population.total()
    frame = pd.DataFrame({"year": population.years, "total": total[0]})
    for name, values in flows.items():
        frame[name] = _with_open_end(values[0])
    for name, values in {"": total, **{f"{name}_": values for name, values in flows.items() if name != "clipped"}}.items():
        for label, quantile in zip(("p10", "p50", "p90"), quantiles(values), strict=True):
            frame[f"{name}{label}"] = quantile if not name else _with_open_end(quantile)
    return frame


def population_groups(population: Population) -> pd.DataFrame:
    """``population_groups.csv``: residents on 1 January in broad age groups and their share of all, with quantiles."""
    total = population.total()
    people = population.counts.sum(axis=2)
    frames = []
    for name, first, last in AGE_GROUPS:
        group = people[..., first : None if last is None else last + 1].sum(axis=2)
        columns: dict[str, object] = {"year": population.years, "group": name}
        for prefix, values in (("", group), ("share_", group / total)):
            columns[f"{prefix}central"] = values[0]
            for label, quantile in zip(("p10", "p50", "p90"), quantiles(values), strict=True):
                columns[f"{prefix}{label}"] = quantile
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def population_by_town(population: Population, region: Region, years: NDArray[np.int64]) -> pd.DataFrame:
    """``towns.csv``: residents on 31 December of each scorecard year by town and broad age group."""
    names = dict(zip(region.towns.ids, zip(region.towns.names_zh, region.towns.names_en, strict=True), strict=True))
    starts = population.town_age_from
    frames = []
    for year in map(int, years):
        groups = np.add.reduceat(population.at_end_of(year).sum(axis=1), starts, axis=1)
        residents = population.town_shares[:, population.index(year + 1)] * groups[:, None, :]
        measures = {"residents": residents.sum(axis=2)}
        for position, start in enumerate(starts):
            stop = int(starts[position + 1]) - 1 if position + 1 < len(starts) else None
            label = f"residents_{start}_{stop}" if stop is not None else f"residents_{start}_plus"
            measures[label] = residents[:, :, position]
        for measure, values in measures.items():
            frames.append(town_rows(year, measure, values, population.towns, names))
    return pd.concat(frames, ignore_index=True)


def town_rows(
    year: int, measure: str, values: NDArray[np.float64], towns: tuple[str, ...], names: dict[str, tuple[str, str]]
) -> pd.DataFrame:
    """Rows of ``towns.csv`` for one measure ``[draw, town]``."""
    p10, p50, p90 = quantiles(values)
    return pd.DataFrame(
        {
            "year": year,
            "town": list(towns),
            "name_zh": [names.get(town, (town, town))[0] for town in towns],
            "name_en": [names.get(town, (town, town))[1] for town in towns],
            "measure": measure,
            "central": values[0],
            "p10": p10,
            "p50": p50,
            "p90": p90,
        }
    )


def _sample(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[1:] if len(values) > 1 else values


def _with_open_end(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.append(values, np.nan)
