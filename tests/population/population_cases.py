"""Inputs for the projection's tests: random but plausible ones, and the published cases of the reference material."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.population.engine import Projection
from sim.population.survival import survival_from_mx

SEXES = ("male", "female")
FLOWS = ("counts", "births", "deaths", "net_migration", "clipped")


def random_case(
    seed: int, draws: int = 2, intervals: int = 4, sexes: int = 2, ages: int = 30, harsh: bool = False
) -> dict[str, Any]:
    """Inputs of :func:`cohort_component`; ``harsh`` has out-migration that empties cohorts."""
    rng = np.random.default_rng(seed)
    spread = 3000.0 if harsh else 40.0
    return {
        "base": rng.uniform(0.0 if harsh else 500.0, 2000.0, (draws, sexes, ages)),
        "survival": rng.uniform(0.6, 1.0, (draws, intervals, sexes, ages)),
        "asfr": rng.uniform(0.0, 0.1, (draws, intervals, ages)),
        "srb": rng.uniform(1.0, 1.1, (draws, intervals)),
        "migration": rng.uniform(-spread, spread, (draws, intervals, sexes, ages)),
    }


def identity_gap(projection: Projection) -> float:
    """The largest ``P1 - P0 - B + D - M`` relative to the population, over draws and intervals."""
    start, end = projection.total[:, :-1], projection.total[:, 1:]
    gap = end - start - projection.births_total + projection.deaths_total - projection.net_migration_total
    return float(np.abs(gap / np.maximum(start, 1.0)).max())


class Canada:
    """Canada 1985-2020, single ages: the UN program's inputs and its own published output."""

    def __init__(self, shared: Path) -> None:
        folder = shared / "validation/demography/ccmpp_1x1_canada_un_official"
        self.folder = folder
        base = pd.read_csv(folder / "base_population_1985.csv")
        rates = pd.read_csv(folder / "rates_by_year_age.csv")
        population = pd.read_csv(folder / "expected_population.csv")
        components = pd.read_csv(folder / "expected_components.csv")
        self.years = rates.year.unique()
        self.base = base[["pop_m", "pop_f"]].to_numpy().T
        self.mx = _by_sex(rates, "mx_m", "mx_f", len(self.years))
        self.migration = _by_sex(rates, "netmig_m", "netmig_f", len(self.years))
        self.asfr = rates.asfr.to_numpy().reshape(len(self.years), -1)
        self.srb = pd.read_csv(folder / "srb_by_year.csv").srb.to_numpy()
        self.survival = survival_from_mx(self.mx, a0="coale-demeny")
        self.expected = _by_sex(population, "pop_m", "pop_f", len(self.years))
        self.births = components[["births_m", "births_f"]].to_numpy()
        self.deaths = components[["deaths_m", "deaths_f"]].to_numpy()
        self.net_migration = components[["netmig_m", "netmig_f"]].to_numpy()

    def inputs(self) -> dict[str, Any]:
        """Arguments of :func:`cohort_component`."""
        return {
            "base": self.base[None],
            "survival": self.survival[None],
            "asfr": self.asfr[None],
            "srb": self.srb[None],
            "migration": self.migration[None],
        }


def korea(shared: Path, *, mean: bool = True) -> tuple[NDArray[np.int64], dict[str, Any], NDArray[np.float64]]:
    """Korea 2023-2050 on 1 July, both sexes together (WPP 2024): years, inputs, published counts at ages 0-99.

    Births are given and enter as their survivors, at age 0 at the end of the interval. Ages above 99 are not published.

    Args:
        shared: the reference material.
        mean: average survival, births and migration of the two calendar years of an interval, or take the first year's.
    """
    folder = shared / "validation/demography/wpp2024_annual_bothsex"
    rows = pd.read_csv(folder / "kor_by_year_age.csv")
    births = pd.read_csv(folder / "kor_births_deaths.csv").births.to_numpy(float)
    grid = {name: rows[name].fillna(0).to_numpy().reshape(len(births), 100) for name in rows.columns[2:]}
    rates = np.concatenate([grid["mx_both"], grid["mx_both"][:, -1:]], axis=1)
    moves = np.pad(grid["netmig_m"] + grid["netmig_f"], ((0, 0), (0, 1)))[:, None].astype(float)

    def of_interval(v: NDArray[np.float64]) -> NDArray[np.float64]:
        return 0.5 * (v[:-1] + v[1:]) if mean else v[:-1]

    survival, migration = of_interval(survival_from_mx(rates[:, None], sexes=("both",))), of_interval(moves).copy()
    migration[:, 0, 0] += of_interval(births) * survival[:, 0, 0]
    intervals = len(births) - 1
    inputs = {
        "base": np.append(grid["pop_1july"][0], 0.0)[None, None],
        "survival": survival[None],
        "asfr": np.zeros((1, intervals, 101)),
        "srb": np.ones((1, intervals)),
        "migration": migration[None],
    }
    return rows.year.unique()[:-1], inputs, grid["pop_1july"]


def _by_sex(frame: pd.DataFrame, male: str, female: str, years: int) -> NDArray[np.float64]:
    return np.stack([frame[name].to_numpy(float).reshape(years, -1) for name in (male, female)], axis=1)


def write_inputs(folder: Path, years: NDArray[np.int64], inputs: dict[str, Any], mx: NDArray[np.float64] | None = None) -> None:
    """One draw of inputs as the CSV files of the ``project`` command; with ``mx`` as mortality, else as survival."""
    folder.mkdir(parents=True, exist_ok=True)
    base, asfr, srb = (inputs[name][0].tolist() for name in ("base", "asfr", "srb"))
    count = [f"{sex},{x},{v!r}" for sex, ages in zip(SEXES, base, strict=True) for x, v in enumerate(ages)]
    _save(folder / "base_population.csv", "sex,age,count", count)
    if mx is None:
        _save(folder / "survival.csv", "year,sex,age,sx", _sex_rows(years, inputs["survival"][0]))
    else:
        _save(folder / "mortality.csv", "year,sex,age,mx", _sex_rows(years, mx))
    _save(folder / "migration.csv", "year,sex,age,net", _sex_rows(years, inputs["migration"][0]))
    births = [f"{year},{x},{v!r}" for year, ages in zip(years, asfr, strict=True) for x, v in enumerate(ages)]
    _save(folder / "fertility.csv", "year,age,asfr", births)
    _save(folder / "sex_ratio.csv", "year,srb", [f"{year},{v!r}" for year, v in zip(years, srb, strict=True)])


def _sex_rows(years: NDArray[np.int64], values: NDArray[np.float64]) -> list[str]:
    return [
        f"{year},{sex},{x},{v!r}"
        for year, by_sex in zip(years, values.tolist(), strict=True)
        for sex, ages in zip(SEXES, by_sex, strict=True)
        for x, v in enumerate(ages)
    ]


def _save(path: Path, header: str, lines: list[str]) -> None:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
