"""Putting stations whose place is not known by a stated rule: greedily, one after the other, at zone centroids.

Greedy addition is the classical first heuristic for the p-median problem (Kuehn and Hamburger 1963, Management Science
9(4)) and for maximal covering (Church and ReVelle 1974, Papers of the Regional Science Association 32). It is
deterministic, and a station once placed stays where it is when the next one opens, as real stations do.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rule = Literal["mean_distance", "uncovered_people"]

RULES: dict[Rule, str] = {
    "mean_distance": "where it lowers the mean straight distance of residents to their nearest station most",
    "uncovered_people": "where it brings most residents within the radius who are outside it",
}


def place_greedily(
    count: int,
    people: NDArray[np.float64],
    between_km: NDArray[np.float64],
    nearest_km: NDArray[np.float64],
    radius_km: NDArray[np.float64],
    rule: Rule,
) -> list[int]:
    """Zones in whose centroids the next ``count`` stations are put, in order.

    Ties go to the lower mean distance, then to the lower zone number.

    Args:
        count: how many.
        people: per zone.
        between_km: straight distances between zones, shape ``[zone, zone]``.
        nearest_km: straight distance of each zone to the nearest station there is (infinite when there is none).
        radius_km: radius that counts for each zone (urban or rural).
        rule: a key of :data:`RULES`.
    """
    current = nearest_km.copy()
    chosen: list[int] = []
    for _ in range(count):
        with_it = np.minimum(current[:, None], between_km)
        walked = people @ with_it
        if rule == "mean_distance":
            best = int(np.argmin(walked))
        else:
            outside = people @ (with_it > radius_km[:, None])
            best = int(np.lexsort((walked, outside))[0])
        chosen.append(best)
        current = with_it[:, best]
    return chosen
