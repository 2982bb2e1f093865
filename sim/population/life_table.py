"""Complete and abridged life tables from death rates.

Notation of Preston, Heuveline & Guillot (2001), Demography, chapter 3: ``n`` width of an age group, ``mx`` death rate,
``ax`` mean years lived in the group by those who die in it, ``qx`` probability of dying, ``lx`` survivors, ``dx`` deaths,
``Lx`` person-years, ``Tx`` person-years above, ``ex`` remaining life expectancy. The last group is open.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
A0Rule = Literal["andreev-kingkade", "coale-demeny"]
OpenGroup = Literal["rate", "extension"]
A0_RULES: tuple[A0Rule, ...] = ("andreev-kingkade", "coale-demeny")

_COEFFICIENTS = Path(__file__).parent / "data" / "life_table_coefficients.csv"
_GREVILLE_FROM = 15
_EXTENSION_FIT_YEARS = 20
_EXTENSION_YEARS = 60


@dataclass(frozen=True)
class LifeTable:
    """The columns of a life table, each of shape ``[..., age]``.

    Attributes:
        ages: first age of each group, ascending from 0, shape ``[age]``.
        widths: years in each group, infinite for the last, shape ``[age]``.
        mx, ax, qx, lx, dx, Lx, Tx, ex: see the module; ``lx[0]`` is the radix.
    """

    ages: NDArray[np.int64]
    widths: Floats
    mx: Floats
    ax: Floats
    qx: Floats
    lx: Floats
    dx: Floats
    Lx: Floats
    Tx: Floats
    ex: Floats

    def survival(self) -> Floats:
        """Survival ratios of a projection whose step is the width of the age groups, shape ``[..., group]``.

        An abridged table has its ages 0 and 1-4 joined first (``5L0 = L0 + 4L1``); then :func:`survival_ratios`.
        """
        if len(self.ages) > 2 and self.widths[1] == 4:
            first = (self.Lx[..., 0] + self.Lx[..., 1])[..., None]
            years = np.concatenate([first, self.Lx[..., 2:]], axis=-1)
            return survival_ratios(years, width=self.widths[2], radix=self.lx[..., 0])
        return survival_ratios(self.Lx, width=self.widths[0], radix=self.lx[..., 0])


def survival_ratios(person_years: ArrayLike, *, width: float, radix: ArrayLike = 1.0) -> Floats:
    """Survival ratios from the person-years of equally wide age groups, the last open, shape ``[..., group]``.

    Entry 0 is the share of the births of an interval alive at its end, ``nL0 / (n l0)``; entry ``i`` that of the group
    ``i - 1`` at the start, ``nLi / nL(i-1)``; the last that of the last two groups together, ``T(A) / T(A-n)``. 0 above a
    table's last survivor. Source: Preston, Heuveline & Guillot (2001), Demography, section 6.2.
    """
    years = np.asarray(person_years, dtype=float)
    ratios = np.empty_like(years)
    ratios[..., 0] = years[..., 0] / (width * np.asarray(radix, dtype=float))
    ratios[..., 1:-1] = _ratio(years[..., 1:-1], years[..., :-2])
    ratios[..., -1] = _ratio(years[..., -1], years[..., -2] + years[..., -1])
    return ratios


def life_table(
    mx: ArrayLike,
    *,
    sex: str,
    a0: A0Rule = "andreev-kingkade",
    ax: ArrayLike | None = None,
    open_group: OpenGroup = "rate",
    radix: float = 1.0,
) -> LifeTable:
    """A complete (single-year) life table.

    Args:
        mx: death rates per person-year at ages 0, 1, ..., the last open, shape ``[..., age]``.
        sex: ``male``, ``female`` or ``both`` (the mean of both sexes' rules).
        a0: the rule for the first year of life; other closed ages have ``ax = 0.5``.
        ax: given values, shape broadcasting with ``mx``; NaN where the rule shall stand; at the open age ``ax`` is ``ex``.
        open_group: ``rate`` (``L = l / m``) or ``extension`` (see :func:`extended_expectancy`).
        radix: survivors at birth.
    """
    mx = np.asarray(mx, dtype=float)
    return abridged_life_table(mx, np.arange(mx.shape[-1]), sex, a0=a0, ax=ax, open_group=open_group, radix=radix)


def abridged_life_table(
    mx: ArrayLike,
    ages: ArrayLike,
    sex: str,
    *,
    a0: A0Rule = "andreev-kingkade",
    ax: ArrayLike | None = None,
    open_group: OpenGroup = "rate",
    radix: float = 1.0,
) -> LifeTable:
    """A life table over any age groups that begin at 0; arguments as in :func:`life_table`, ``ages`` the first ages.

    ``ax`` where not given: age 0 by the rule ``a0``; 1-4 Coale-Demeny; five-year groups from 15 Greville
    (:func:`greville_ax`); half the width elsewhere (2.5 at 5-14). These are the UN's choices (MORTPAK; MortCast).
    """
    mx, ages = np.asarray(mx, dtype=float), np.asarray(ages, dtype=np.int64)
    if mx.shape[-1] != len(ages) or len(ages) < 3 or ages[0] != 0 or np.any(np.diff(ages) < 1):
        raise ValueError(f"mx {mx.shape} needs at least three ascending ages from 0, got {ages}")
    widths = np.append(np.diff(ages).astype(float), np.inf)
    rule = _rule_ax(mx, ages, widths, sex, a0, open_group)
    given = np.full(1, np.nan) if ax is None else np.asarray(ax, dtype=float)
    return _table(mx, np.where(np.isnan(given), rule, given), ages, widths, radix)


def infant_ax(m0: ArrayLike, sex: str, rule: A0Rule) -> Floats:
    """Mean age at death of those who die in their first year of life, shape as ``m0``.

    ``andreev-kingkade``: three-piece linear in ``m0`` (Andreev & Kingkade 2015, also Human Mortality Database protocol,
    version 6). ``coale-demeny``: West, linear in ``q0``; with ``q0 = m0 / (1 + (1 - a0) m0)`` this is a quadratic in
    ``q0``, solved exactly; constant from ``q0 = 0.1`` on, where both pieces meet.
    """
    m0 = np.asarray(m0, dtype=float)
    if sex == "both":
        return 0.5 * (infant_ax(m0, "male", rule) + infant_ax(m0, "female", rule))
    c = _coefficients(rule, sex)
    if rule == "andreev-kingkade":
        low = c["intercept_1"] + c["slope_1"] * m0
        middle = c["intercept_2"] + c["slope_2"] * m0
        return np.where(m0 < c["bound_1"], low, np.where(m0 < c["bound_2"], middle, c["constant"]))
    bound_m0 = c["bound"] / (1.0 - (1.0 - c["constant"]) * c["bound"])
    m = np.minimum(m0, bound_m0)
    b = 1.0 + (1.0 - c["intercept"]) * m
    q0 = 2.0 * m / (b + np.sqrt(b * b - 4.0 * c["slope"] * m * m))
    return np.where(m0 < bound_m0, c["intercept"] + c["slope"] * q0, c["constant"])


def child_ax(m0: ArrayLike, sex: str) -> Floats:
    """``4a1`` by Coale-Demeny West as a function of ``m0`` (Preston et al. 2001, table 3.3), shape as ``m0``."""
    m0 = np.asarray(m0, dtype=float)
    if sex == "both":
        return 0.5 * (child_ax(m0, "male") + child_ax(m0, "female"))
    c = _coefficients("child-1-4", sex)
    return np.where(m0 < c["bound"], c["intercept"] + c["slope"] * m0, c["constant"])


def greville_ax(mx: Floats) -> Floats:
    """``5ax`` of five-year groups, given with one group before and one after: ``[..., group + 2] -> [..., group]``.

    ``ax = 2.5 - (25 / 12) (mx - k)`` with ``k = ln(m(x+5) / m(x-5)) / 10`` (Greville 1943; United Nations 1982, Model Life
    Tables for Developing Countries, page 31). Where a neighbour's rate is 0, ``k`` is 0.
    """
    before, after = mx[..., :-2], mx[..., 2:]
    known = (before > 0) & (after > 0)
    slope = np.log(np.where(known, after, 1.0) / np.where(known, before, 1.0)) / 10.0
    return 2.5 - (25.0 / 12.0) * (mx[..., 1:-1] - slope)


def extended_expectancy(mx: ArrayLike, ages: ArrayLike) -> Floats:
    """Remaining life expectancy at the open age by extending the rates below it, shape ``[...]``.

    Kannisto's logistic law ``logit(mu(x)) = a + b x`` (Thatcher, Kannisto & Vaupel 1998) is fitted by least squares to
    the closed groups of the last 20 years, at their mid-ages, and lived through year by year for 60 years. ``b`` is not
    let below 0. Better than ``1 / m`` where the open group's rate is not trusted.
    """
    mx, ages = np.asarray(mx, dtype=float), np.asarray(ages, dtype=float)
    middle = 0.5 * (ages[:-1] + ages[1:])
    fitted = middle > ages[-1] - _EXTENSION_FIT_YEARS
    rates = np.clip(mx[..., :-1][..., fitted], 1e-6, 1.0 - 1e-6)
    x = middle[fitted] - middle[fitted].mean()
    y = np.log(rates / (1.0 - rates))
    slope = np.maximum((y * x).sum(axis=-1) / (x * x).sum(), 0.0)
    beyond = ages[-1] + 0.5 + np.arange(_EXTENSION_YEARS) - middle[fitted].mean()
    hazard = 1.0 / (1.0 + np.exp(-(y.mean(axis=-1)[..., None] + slope[..., None] * beyond)))
    alive_at_end = np.exp(-np.cumsum(hazard, axis=-1))
    alive_at_start = np.concatenate([np.ones_like(alive_at_end[..., :1]), alive_at_end[..., :-1]], axis=-1)
    return ((alive_at_start - alive_at_end) / hazard).sum(axis=-1)


def _rule_ax(mx: Floats, ages: NDArray[np.int64], widths: Floats, sex: str, a0: A0Rule, open_group: OpenGroup) -> Floats:
    ax = np.empty_like(mx)
    ax[..., :-1] = 0.5 * widths[:-1]
    if widths[0] == 1:
        ax[..., 0] = infant_ax(mx[..., 0], sex, a0)
    if widths[1] == 4:
        ax[..., 1] = child_ax(mx[..., 0], sex)
    greville = np.flatnonzero((ages >= _GREVILLE_FROM) & (widths == 5))
    if len(greville):
        ax[..., greville] = greville_ax(mx[..., greville[0] - 1 : greville[-1] + 2])
    if open_group == "extension":
        ax[..., -1] = extended_expectancy(mx, ages)
    else:
        with np.errstate(divide="ignore"):
            ax[..., -1] = 1.0 / mx[..., -1]
    return ax


def _table(mx: Floats, ax: Floats, ages: NDArray[np.int64], widths: Floats, radix: float) -> LifeTable:
    n, m, a = widths[:-1], mx[..., :-1], ax[..., :-1]
    qx = np.ones(np.broadcast_shapes(mx.shape, ax.shape))
    qx[..., :-1] = np.minimum(n * m / (1.0 + (n - a) * m), 1.0)
    lx = np.full_like(qx, radix)
    lx[..., 1:] = radix * np.cumprod(1.0 - qx[..., :-1], axis=-1)
    dx = lx * qx
    years = np.empty_like(qx)
    years[..., :-1] = n * lx[..., 1:] + a * dx[..., :-1]
    years[..., -1] = lx[..., -1] * ax[..., -1]
    above = np.cumsum(years[..., ::-1], axis=-1)[..., ::-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        ex = above / lx
    return LifeTable(ages, widths, np.broadcast_to(mx, qx.shape), np.broadcast_to(ax, qx.shape), qx, lx, dx, years, above, ex)


def _ratio(upper: Floats, lower: Floats) -> Floats:
    return np.divide(upper, lower, out=np.zeros_like(upper), where=lower > 0)


@cache
def _coefficients(rule: str, sex: str) -> dict[str, float]:
    with _COEFFICIENTS.open(encoding="utf-8", newline="") as stream:
        found = {
            row["coefficient"]: float(row["value"])
            for row in csv.DictReader(stream)
            if row["rule"] == rule and row["sex"] == sex
        }
    if not found:
        raise ValueError(f"no life-table rule {rule!r} for sex {sex!r}; rules: {', '.join(A0_RULES)}; sexes: male, female, both")
    return found
