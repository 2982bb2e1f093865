"""Where stations would best stand: the classical location problems solved exactly, to measure a rule or a plan against.

Solved as integer programmes by HiGHS (through scipy). Sources: C. S. ReVelle and R. W. Swain (1970), Geographical Analysis
2(1) (p-median); C. Toregas et al. (1971), Operations Research 19(6) (set covering); R. Church and C. ReVelle (1974), Papers
of the Regional Science Association 32 (maximal covering); M. S. Daskin (1983), Transportation Science 17(1) (expected
covering, MEXCLP); M. B. Teitz and P. Bart (1968), Operations Research 16(5) (interchange).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_EXACT_PAIRS = 20_000
"""Demand-site pairs up to which the p-median programme is solved exactly in seconds; above, interchange is used."""


@dataclass(frozen=True)
class Location:
    """Chosen sites (indices, ascending), the value of the objective, and whether it is proven to be the best."""

    sites: tuple[int, ...]
    objective: float
    proven: bool


def set_cover(distance: NDArray[np.float64], radius: float) -> Location:
    """Fewest sites that have every demand point within ``radius`` (LSCP).

    Args:
        distance: shape ``[demand, site]``.
        radius: a distance equal to it is covered.

    Raises:
        ValueError: a demand point is out of every site's reach.
    """
    covers = (distance <= radius).astype(float)
    if (covers.sum(axis=1) == 0).any():
        raise ValueError("a demand point is out of the reach of every site")
    chosen = _solve(np.ones(distance.shape[1]), covers, np.ones(len(distance)), integer=distance.shape[1])
    return Location(_picked(chosen), float(len(_picked(chosen))), True)


def maximal_cover(weight: NDArray[np.float64], distance: NDArray[np.float64], radius: float, count: int) -> Location:
    """``count`` sites that have most demand within ``radius`` (MCLP); the objective is the covered demand."""
    covers = (distance <= radius).astype(float)
    demand, sites = distance.shape
    costs = np.concatenate([np.zeros(sites), -weight])
    # Covered demand i needs a chosen site: sum_j covers_ij x_j - z_i >= 0; sum_j x_j <= count.
    matrix = np.vstack([np.hstack([covers, -np.eye(demand)]), np.concatenate([-np.ones(sites), np.zeros(demand)])])
    lower = np.concatenate([np.zeros(demand), [-float(count)]])
    chosen = _picked(_solve(costs, matrix, lower, integer=sites)[:sites])
    return Location(chosen, covered(weight, distance, radius, chosen), True)


def expected_cover(
    weight: NDArray[np.float64], distance: NDArray[np.float64], radius: float, units: int, busy: float
) -> Location:
    """``units`` units over sites (several may share one) with most demand expected to find a free one in reach (MEXCLP).

    The k-th unit in reach adds ``(1 - busy) busy^(k-1)`` of the demand. ``sites`` names a site once per unit.
    """
    covers = (distance <= radius).astype(float)
    demand, sites = distance.shape
    gains = (1.0 - busy) * busy ** np.arange(units)
    costs = np.concatenate([np.zeros(sites), -(weight[:, None] * gains).ravel()])
    reach = np.hstack([covers, -np.kron(np.eye(demand), np.ones(units))])
    matrix = np.vstack([reach, np.concatenate([-np.ones(sites), np.zeros(demand * units)])])
    upper = np.concatenate([np.full(sites, float(units)), np.ones(demand * units)])
    solution = _solve(costs, matrix, np.concatenate([np.zeros(demand), [-float(units)]]), integer=sites, upper=upper)
    counts = np.round(solution[:sites]).astype(int)
    in_reach = covers @ counts
    value = float(weight @ (1.0 - busy**in_reach))
    return Location(tuple(int(site) for site in np.repeat(np.arange(sites), counts)), value, True)


def p_center(distance: NDArray[np.float64], count: int) -> Location:
    """``count`` sites with the smallest largest distance (bisection over the distances that occur, set covering each)."""
    radii = np.unique(distance)
    low, high = 0, len(radii) - 1
    best: Location | None = None
    while low <= high:
        middle = (low + high) // 2
        try:
            cover = set_cover(distance, float(radii[middle]))
        except ValueError:
            cover = None
        if cover is not None and len(cover.sites) <= count:
            best, high = Location(cover.sites, float(radii[middle]), True), middle - 1
        else:
            low = middle + 1
    if best is None:
        raise ValueError(f"{count} sites cannot serve all demand")
    return best


def p_median(weight: NDArray[np.float64], distance: NDArray[np.float64], count: int) -> Location:
    """``count`` sites with the smallest weighted distance; exact for small problems, by interchange for large ones."""
    demand, sites = distance.shape
    if demand * sites > _EXACT_PAIRS:
        return interchange(weight, distance, count)
    costs = np.concatenate([np.zeros(sites), (weight[:, None] * distance).ravel()])
    from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

    served = hstack([csr_array((demand, sites)), kron(eye_array(demand), np.ones((1, sites)))])
    allowed = hstack([kron(np.ones((demand, 1)), eye_array(sites)), -eye_array(demand * sites)])
    number = csr_array(np.concatenate([-np.ones(sites), np.zeros(demand * sites)])[None, :])
    lower = np.concatenate([np.ones(demand), np.zeros(demand * sites), [-float(count)]])
    chosen = _picked(_solve(costs, vstack([served, allowed, number]), lower, integer=sites)[:sites])
    return Location(chosen, walked(weight, distance, chosen), True)


def interchange(weight: NDArray[np.float64], distance: NDArray[np.float64], count: int) -> Location:
    """p-median by greedy addition and then best single swaps until none helps (Teitz and Bart); not proven to be the best."""
    loads = weight[:, None] * distance
    chosen: list[int] = []
    for _ in range(count):
        current = loads[:, chosen].min(axis=1, initial=np.inf)
        totals = np.minimum(current[:, None], loads).sum(axis=0)
        totals[chosen] = np.inf
        chosen.append(int(np.argmin(totals)))
    best = walked(weight, distance, chosen)
    while True:
        swaps = [_best_swap(loads, chosen, out) for out in range(count)]
        out = min(range(count), key=lambda index: swaps[index][0])
        value, site = swaps[out]
        if value >= best * (1.0 - 1e-12):
            return Location(tuple(sorted(chosen)), walked(weight, distance, chosen), False)
        chosen[out], best = site, value


def walked(weight: NDArray[np.float64], distance: NDArray[np.float64], sites: list[int] | tuple[int, ...]) -> float:
    """Weighted distance to the nearest of ``sites``."""
    return float(weight @ distance[:, list(sites)].min(axis=1))


def covered(
    weight: NDArray[np.float64], distance: NDArray[np.float64], radius: float, sites: list[int] | tuple[int, ...]
) -> float:
    """Weight within ``radius`` of the nearest of ``sites``."""
    return float(weight[(distance[:, list(sites)] <= radius).any(axis=1)].sum())


def _best_swap(loads: NDArray[np.float64], chosen: list[int], out: int) -> tuple[float, int]:
    kept = [site for position, site in enumerate(chosen) if position != out]
    current = loads[:, kept].min(axis=1, initial=np.inf)
    totals = np.minimum(current[:, None], loads).sum(axis=0)
    totals[kept] = np.inf
    site = int(np.argmin(totals))
    return float(totals[site]), site


def _solve(
    costs: NDArray[np.float64],
    matrix: Any,
    lower: NDArray[np.float64],
    *,
    integer: int,
    upper: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Minimise ``costs x`` with ``matrix x >= lower``, 0 <= x <= upper (1), the first ``integer`` unknowns whole."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    whole = np.zeros(len(costs))
    whole[:integer] = 1
    result = milp(
        costs,
        constraints=LinearConstraint(matrix, lb=lower),
        bounds=Bounds(0, 1 if upper is None else upper),
        integrality=whole,
        options={"mip_rel_gap": 0.0},
    )
    if result.x is None:
        raise ValueError(f"the location problem was not solved: {result.message}")
    return result.x


def _picked(solution: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(int(site) for site in np.flatnonzero(solution > 0.5))
