"""Projection by five-year age groups in five-year steps, as the United Nations published until 2019.

The same algebra as the annual projection with a step of five years: births are five times the annual rate times the mean
of the women at both ends; survival comes from an abridged life table with ``5L0 = L0 + 4L1``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.population.engine import Projection, Timing, cohort_component
from sim.population.life_table import A0Rule, abridged_life_table
from sim.population.model import SEXES

STEP = 5


def five_year_survival(
    mx: ArrayLike,
    ages: ArrayLike,
    *,
    a0: A0Rule = "andreev-kingkade",
    ax: ArrayLike | None = None,
    sexes: tuple[str, ...] = SEXES,
) -> NDArray[np.float64]:
    """Survival ratios of five-year groups over five years from abridged death rates.

    Args:
        mx: death rates, ``[..., sex, age]`` with ages 0, 1, 5, 10, ..., the last open.
        ages: those first ages.
        a0, ax: as in :func:`sim.population.life_table.abridged_life_table`.
        sexes: names along the sex axis.

    Returns:
        ``[..., sex, group]``, groups 0-4, 5-9, ..., the last open.
    """
    rates = np.asarray(mx, dtype=float)
    given = None if ax is None else np.broadcast_to(np.asarray(ax, dtype=float), rates.shape)
    tables = [
        abridged_life_table(rates[..., i, :], ages, sex, a0=a0, ax=None if given is None else given[..., i, :])
        for i, sex in enumerate(sexes)
    ]
    return np.stack([table.survival() for table in tables], axis=-2)


def project_five_year(
    base: ArrayLike,
    survival: ArrayLike,
    asfr: ArrayLike,
    srb: ArrayLike,
    migration: ArrayLike,
    *,
    timing: Timing = "end",
    detail: bool = True,
) -> Projection:
    """Project five-year groups; axes as in :func:`sim.population.engine.cohort_component`, an interval being five years.

    Args:
        base: persons, ``[draw, sex, group]``.
        survival: ``[draw, interval, sex, group]`` (:func:`five_year_survival`).
        asfr: births per woman-year, ``[draw, interval, group]``.
        srb: male per female birth, ``[draw, interval]``.
        migration: net migrants of the five years, ``[draw, interval, sex, group]``.
        timing: ``end`` (UN code 9), ``even`` (code 0) or ``start``.
        detail: keep deaths and net migration by age.
    """
    return cohort_component(base, survival, asfr, srb, migration, timing=timing, width=STEP, detail=detail)
