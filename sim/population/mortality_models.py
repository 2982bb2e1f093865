"""Model life tables: Brass' relational logit system and the log-quadratic system of Wilmoth and others.

Sources: Brass, W. (1971), On the scale of mortality, in *Biological Aspects of Demography*; Moultrie, T. et al. (2013), *Tools
for Demographic Estimation* (IUSSP). Wilmoth, J., Zureick, S., Canudas-Romo, V., Inoue, M. & Sawyer, C. (2012), A flexible
two-dimensional mortality model for use in indirect estimation, Population Studies 66(1):1-28.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.csvfile import Column, read_csv
from sim.errors import Problems
from sim.population.life_table import A0Rule, abridged_life_table, child_ax, infant_ax, life_table

Array = NDArray[np.float64]

_LOG_QUADRATIC = Path(__file__).with_name("data") / "log_quadratic_coefficients.csv"
_BISECTIONS = 80


def logit(survivors: ArrayLike) -> Array:
    """``Y(x) = 0.5 ln((1 - l(x)) / l(x))`` of the share ``l`` alive at exact age ``x`` (0 < l < 1)."""
    share = np.asarray(survivors, dtype=float)
    return 0.5 * np.log((1.0 - share) / share)


def survivors_of(logits: ArrayLike) -> Array:
    """The share alive that has this logit: ``1 / (1 + exp(2 Y))``."""
    return 1.0 / (1.0 + np.exp(2.0 * np.asarray(logits, dtype=float)))


def fit_relation(logits: ArrayLike, standard: ArrayLike) -> tuple[float, float]:
    """Level and slope ``(alpha, beta)`` of ``Y = alpha + beta Y_standard`` by least squares over the ages given."""
    beta, alpha = np.polyfit(np.asarray(standard, dtype=float), np.asarray(logits, dtype=float), 1)
    return float(alpha), float(beta)


def relational_mx(
    alpha: ArrayLike, standard: Array, sex: str, *, beta: ArrayLike = 1.0, a0: A0Rule = "andreev-kingkade"
) -> Array:
    """Death rates of the life table ``Y(x) = alpha + beta Y_standard(x)``.

    The open age keeps its ratio to the age before it.

    Args:
        alpha, beta: level and slope, shape ``[...]``.
        standard: death rates by single age, last age open, shape ``[..., age]``.
        sex: ``male``, ``female`` or ``both``.
        a0: the rule for the first year of life.

    Returns:
        death rates by single age, shape ``[..., age]``.
    """
    table = life_table(standard, sex=sex, a0=a0)
    alpha, beta = np.asarray(alpha, dtype=float)[..., None], np.asarray(beta, dtype=float)[..., None]
    alive = survivors_of(alpha + beta * logit(table.lx[..., 1:]))
    alive = np.concatenate([np.ones((*alive.shape[:-1], 1)), alive], axis=-1)
    dying = 1.0 - alive[..., 1:] / alive[..., :-1]
    mx = dying / (1.0 - 0.5 * dying)
    mx[..., 0] = infant_rate(dying[..., 0], sex, a0)
    last = mx[..., -1:] * (standard[..., -1:] / standard[..., -2:-1])
    return np.concatenate([mx, last], axis=-1)


def infant_rate(q0: ArrayLike, sex: str, a0: A0Rule = "andreev-kingkade") -> Array:
    """Death rate ``m0`` that belongs to the probability ``q0`` of dying in the first year: ``m = q / (1 - (1 - a0(m)) q)``."""
    q0 = np.asarray(q0, dtype=float)
    m0 = q0
    for _ in range(6):  # a contraction with factor about q0
        m0 = q0 / (1.0 - (1.0 - infant_ax(m0, sex, a0)) * q0)
    return m0


def fit_level(life_expectancy: float, standard: Array, sex: str, *, beta: float = 1.0, a0: A0Rule = "andreev-kingkade") -> float:
    """The level ``alpha`` at which the relational table has this life expectancy at birth (bisection)."""

    def expectancy(alpha: float) -> float:
        return float(life_table(relational_mx(alpha, standard, sex, beta=beta, a0=a0), sex=sex, a0=a0).ex[0])

    return _falling_root(lambda alpha: expectancy(alpha) - life_expectancy, -3.0, 3.0, "life expectancy")


def fit_level_and_slope(
    life_expectancy: float, q0: float, standard: Array, sex: str, *, a0: A0Rule = "andreev-kingkade"
) -> tuple[float, float]:
    """Level and slope ``(alpha, beta)`` that reproduce a life expectancy at birth and a probability ``q0`` of infant death."""
    infant = float(logit(life_table(standard, sex=sex, a0=a0).lx[1]))
    wanted = float(logit(1.0 - q0))

    def excess(beta: float) -> float:
        # a larger slope steepens mortality from infancy to old age around the fixed infant value
        mx = relational_mx(wanted - beta * infant, standard, sex, beta=beta, a0=a0)
        return float(life_table(mx, sex=sex, a0=a0).ex[0]) - life_expectancy

    beta = _falling_root(excess, 0.2, 3.0, "life expectancy and infant mortality")
    return wanted - beta * infant, beta


@dataclass(frozen=True)
class LogQuadratic:
    """Coefficients of ``ln m(x) = a + b h + c h^2 + v k`` with ``h = ln 5q0``, arrays over ``[age group]``.

    The rates at ages 1-4 are not modelled but follow from ``5q0`` and the rate at age 0. ``ages`` are the first ages.
    """

    sex: str
    ages: NDArray[np.int64]
    a: Array
    b: Array
    c: Array
    v: Array

    def mx(self, q0_5: float, k: float = 0.0) -> Array:
        """Death rates by age group, shape ``[age group]``.

        Args:
            q0_5: probability of dying before age 5.
            k: deviation from the average shape of adult mortality.
        """
        h = np.log(q0_5)
        mx = np.exp(self.a + self.b * h + self.c * h**2 + self.v * k)
        a0 = infant_ax(mx[0], self.sex, "coale-demeny")
        q0 = mx[0] / (1.0 + (1.0 - a0) * mx[0])
        q1_4 = 1.0 - (1.0 - q0_5) / (1.0 - q0)
        mx[1] = q1_4 / (4.0 - (4.0 - child_ax(mx[0], self.sex)) * q1_4)
        return mx

    def fit_k(self, q0_5: float, life_expectancy: float) -> float:
        """The ``k`` that gives this life expectancy at birth, under-5 mortality given."""
        return _falling_root(lambda k: self._expectancy(q0_5, k) - life_expectancy, -10.0, 10.0, "life expectancy")

    def fit_q0_5(self, life_expectancy: float, k: float = 0.0) -> float:
        """The under-5 mortality that gives this life expectancy at birth, ``k`` given."""
        h = _falling_root(lambda h: self._expectancy(np.exp(h), k) - life_expectancy, -9.0, -0.7, "life expectancy")
        return float(np.exp(h))

    def _expectancy(self, q0_5: float, k: float) -> float:
        table = abridged_life_table(self.mx(q0_5, k), self.ages, self.sex, a0="coale-demeny")
        return float(table.ex[0])


@functools.cache
def log_quadratic(sex: str) -> LogQuadratic:
    """The published coefficients for ``male``, ``female`` or ``both``."""
    columns = [Column("sex"), Column("age_from", int), *(Column(name, float, blank=True) for name in "abcv")]
    problems = Problems()
    table = read_csv(_LOG_QUADRATIC, columns, problems)
    problems.raise_errors()
    rows = [row for row in table.rows if row["sex"] == sex]
    if not rows:
        raise ValueError(f"no log-quadratic coefficients for {sex!r}; there are male, female, both")
    return from_rows(sex, rows)


def from_rows(sex: str, rows: list[Mapping[str, float | None]]) -> LogQuadratic:
    """A model from rows with ``age_from, a, b, c, v`` (blank where ages 1-4 are not modelled)."""
    values = {name: np.array([row[name] or 0.0 for row in rows], dtype=float) for name in "abcv"}
    return LogQuadratic(sex, np.array([row["age_from"] for row in rows], dtype=np.int64), **values)


def _falling_root(function: Callable[[float], float], low: float, high: float, what: str) -> float:
    """Where a falling function crosses 0, by bisection.

    Raises:
        ValueError: no crossing between the bounds.
    """
    if function(low) < 0 or function(high) > 0:
        raise ValueError(f"the {what} asked for lies outside what the model can give")
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if function(middle) > 0:
            low = middle
        else:
            high = middle
        if high - low < 1e-12:
            break
    return 0.5 * (low + high)
