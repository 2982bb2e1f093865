"""How the care of an age parts into classes of beds.

Every sex and age group has days in hospital per person, ``rate x stay``, at a level of 1. Maternity takes what women have
more than men (:func:`maternity_share`). Of the other days psychiatry and rehabilitation take what their patients need,
relative to what the region's people of that age use in all; children's wards and TCM take shares of the rest, and general acute
care has what remains. The shares belong to the base year and are held, so that the classes add up to the whole in every
draw and year, and no class falls when people are added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.region.model import Region

TREATMENT = ("general_acute", "obstetrics", "paediatrics", "tcm", "psychiatric", "rehabilitation")
"""The classes that share the fitted discharges and bed-days."""

NURSING = "nursing"
CLASSES = (*TREATMENT, NURSING)
_FERTILE = (15, 45)
_CHILDREN_BELOW = 15


def maternity_share(age_from: NDArray[np.float64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the admissions that is maternity: what women of 15-44 have more than men of the age, shape ``[sex, group]``.

    Args:
        age_from: first ages of the groups.
        rates: admissions per person, ``[sex, group]``, men first.
    """
    share = np.zeros(rates.shape)
    fertile = (age_from >= _FERTILE[0]) & (age_from < _FERTILE[1])
    share[1, fertile] = np.maximum(1.0 - rates[0, fertile] / rates[1, fertile], 0.0)
    return share


def normalised(region: Region, age_from: NDArray[np.float64], weights: NDArray[np.float64], oldest: int) -> NDArray[np.float64]:
    """Age weights whose mean over China's residents of 2020 from an age on is 1, shape ``[group]``."""
    table = region.tables["census_2020_areas"]
    china = table["area"] == "china"
    group = np.searchsorted(age_from, table["age_from"][china].astype(float), side="right") - 1
    people = np.bincount(group, weights=table["count"][china].astype(float), minlength=len(age_from))
    people[age_from < oldest] = 0.0
    return weights * people.sum() / (weights * people).sum()


def days_by_class(
    age_from: NDArray[np.float64],
    days: NDArray[np.float64],
    special: dict[str, NDArray[np.float64]],
    children: NDArray[np.float64],
    tcm: NDArray[np.float64],
    limit: float,
) -> dict[str, NDArray[np.float64]]:
    """The days beside maternity (or the admissions) per person by class, ``[draw, sex, group]``; they add up to ``days``.

    Args:
        age_from: first ages of the groups.
        days: per person, ``[draw or 1, sex, group]``.
        special: of psychiatry and rehabilitation, ``[draw, sex, group]``; together at most ``limit`` of ``days``.
        children: share of children's wards below 15, ``[draw, 1, 1]``.
        tcm: share of TCM from 15 on, ``[draw, 1, 1]``.
        limit: see above.
    """
    asked = sum(special.values())
    ceiling = limit * days
    most = np.maximum(asked, ceiling)
    fits = np.divide(ceiling, most, out=np.ones(most.shape), where=most > 0.0)
    parts = {name: value * fits for name, value in special.items()}
    rest = days - asked * fits
    young = age_from < _CHILDREN_BELOW
    parts["paediatrics"] = np.where(young, rest * children, 0.0)
    parts["tcm"] = np.where(young, 0.0, rest * tcm)
    parts["general_acute"] = rest - parts["paediatrics"] - parts["tcm"]
    return parts
