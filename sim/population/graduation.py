"""From age groups to single years of age, with the sums of the groups kept.

Methods of the field: the osculatory multipliers of Sprague and of Beers (ordinary, minimised fifth differences) for
five-year groups; a monotone cubic through the cumulated counts for any groups (never negative: the default for census
tables). The penalised composite link model stands in :mod:`sim.population.pclm`.

Sources: Shryock, H. & Siegel, J. (1973), *The Methods and Materials of Demography*, appendix C (multipliers); Hyman, J.
(1983), Accurate monotonicity preserving cubic interpolation, SIAM J. Sci. Stat. Comput. 4(4):645-654 (monotone cubic).
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, read_csv
from sim.errors import Problems

Array = NDArray[np.float64]

_MULTIPLIERS = Path(__file__).with_name("data") / "graduation_multipliers.csv"


def sprague(groups: Array, *, open_group: bool = True) -> Array:
    """Single years from five-year groups by Sprague's fifth-difference multipliers.

    Args:
        groups: counts of the groups 0-4, 5-9 ..., shape ``[group]``; with ``open_group`` the last is open and is kept.
        open_group: whether the last group is open.

    Returns:
        Single years, shape ``[5 x closed groups (+ 1)]``. May be negative beside a small group.

    Raises:
        ValueError: fewer than five closed groups.
    """
    return _by_multipliers("sprague", groups, open_group)


def beers_ordinary(groups: Array, *, open_group: bool = True) -> Array:
    """Single years from five-year groups by Beers' ordinary six-term formula; arguments as :func:`sprague`."""
    return _by_multipliers("beers_ordinary", groups, open_group)


def uniform(counts: Array, age_from: NDArray[np.int64], *, last_age: int | None = None) -> Array:
    """Single years with every group spread evenly; arguments as :func:`monotone`."""
    widths, closed = _widths(counts, age_from, last_age)
    spread = np.repeat(np.asarray(counts, dtype=float)[..., :closed] / widths, widths, axis=-1)
    return np.concatenate([spread, np.asarray(counts, dtype=float)[..., closed:]], axis=-1)


def monotone(counts: Array, age_from: NDArray[np.int64], *, last_age: int | None = None) -> Array:
    """Single years by a monotone cubic through the cumulated counts: group sums kept, nothing negative.

    Args:
        counts: counts by group, shape ``[..., group]``, each >= 0.
        age_from: first age of each group, ascending, shape ``[group]``; groups may differ in width.
        last_age: last age of the last group; None: the group is open, and is kept as it is.

    Returns:
        Counts by single age from ``age_from[0]``, shape ``[..., age]`` (then the open group).

    Raises:
        ValueError: ages that do not ascend or shapes that do not match.
    """
    counts = np.asarray(counts, dtype=float)
    widths, closed = _widths(counts, age_from, last_age)
    edges = np.concatenate([[0], np.cumsum(widths)]).astype(float)
    flat = counts[..., :closed].reshape(-1, closed)
    cumulated = np.concatenate([np.zeros((len(flat), 1)), np.cumsum(flat, axis=1)], axis=1)
    ages = np.arange(int(edges[-1]) + 1, dtype=float)
    single = np.stack([np.diff(monotone_cubic(edges, row, ages)) for row in cumulated])
    single = single.reshape(*counts.shape[:-1], -1)
    return np.concatenate([single, counts[..., closed:]], axis=-1)


def monotone_cubic(x: Array, y: Array, at: Array) -> Array:
    """Monotone cubic interpolation: the cubic spline of Forsythe, Malcolm & Moler with Hyman's filter on its slopes.

    Args:
        x: knots, ascending, at least four, shape ``[knot]``.
        y: values, rising, shape ``[knot]``.
        at: where to evaluate, inside the knots.

    Source: Forsythe, G., Malcolm, M. & Moler, C. (1977), *Computer Methods for Mathematical Computations* (end conditions:
    the third derivative of the cubic through the last four knots); Hyman, J. (1983), SIAM J. Sci. Stat. Comput. 4(4):645-654.
    """
    step = np.diff(x)
    secant = np.diff(y) / step
    slope = _spline_slopes(x, step, secant)
    limit = 3 * np.minimum(np.append(secant[0], secant), np.append(secant, secant[-1]))
    slope = np.clip(slope, 0.0, limit)
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    t = (at - x[k]) / step[k]
    h00, h10 = (1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2
    h01, h11 = t**2 * (3 - 2 * t), t**2 * (t - 1)
    return h00 * y[k] + h10 * step[k] * slope[k] + h01 * y[k + 1] + h11 * step[k] * slope[k + 1]


def _spline_slopes(x: Array, step: Array, secant: Array) -> Array:
    """First derivatives of the cubic spline at the knots; the unknowns are the second derivatives over 6."""
    system = np.diag(np.concatenate([-step[:1], 2 * (step[:-1] + step[1:]), -step[-1:]]))
    system += np.diag(step, 1) + np.diag(step, -1)
    rise = np.diff(secant)
    third = np.diff(rise / (x[2:] - x[:-2]))
    first = third[0] * step[0] ** 2 / (x[3] - x[0])
    last = -third[-1] * step[-1] ** 2 / (x[-1] - x[-4])
    bend = np.linalg.solve(system, np.concatenate([[first], rise, [last]]))
    slope = secant - step * (bend[1:] + 2 * bend[:-1])
    return np.append(slope, secant[-1] + step[-1] * (bend[-2] + 2 * bend[-1]))


def _widths(counts: Array, age_from: NDArray[np.int64], last_age: int | None) -> tuple[NDArray[np.int64], int]:
    """Widths of the closed groups, and how many there are."""
    age_from = np.asarray(age_from)
    if np.shape(counts)[-1] != len(age_from):
        raise ValueError(f"{np.shape(counts)[-1]} counts for {len(age_from)} age groups")
    bounds = age_from if last_age is None else np.append(age_from, last_age + 1)
    widths = np.diff(bounds)
    if (widths <= 0).any():
        raise ValueError("the first ages of the groups do not ascend")
    return widths, len(widths)


def _by_multipliers(method: str, groups: Array, open_group: bool) -> Array:
    groups = np.asarray(groups, dtype=float)
    closed = groups[:-1] if open_group else groups
    number = len(closed)
    if number < 5:
        raise ValueError(f"{number} closed five-year groups; the multipliers need at least 5")
    panels = _panels()[method]
    single = np.empty((number, 5))
    for group in range(number):
        if group < 2:
            single[group] = panels["first" if group == 0 else "second"] @ closed[:5]
        elif group < number - 2:
            single[group] = panels["middle"] @ closed[group - 2 : group + 3]
        else:  # the last two panels mirror the first two
            panel = panels["first" if group == number - 1 else "second"]
            single[group] = (panel @ closed[-1:-6:-1])[::-1]
    return np.append(single.ravel(), groups[-1:] if open_group else [])


@functools.cache
def _panels() -> dict[str, dict[str, Array]]:
    columns = [Column("method"), Column("panel"), Column("fifth", int), *(Column(f"g{i}", float) for i in range(1, 6))]
    problems = Problems()
    table = read_csv(_MULTIPLIERS, columns, problems)
    problems.raise_errors()
    panels: dict[str, dict[str, Array]] = {}
    for row in table.rows:
        panel = panels.setdefault(row["method"], {}).setdefault(row["panel"], np.zeros((5, 5)))
        panel[row["fifth"] - 1] = [row[f"g{i}"] for i in range(1, 6)]
    return panels
