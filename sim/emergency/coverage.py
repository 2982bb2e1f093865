"""Coverage: who lives, and how much land lies, within a radius of the nearest station.

Shares are of people and of land, never of zones. Distance is from the zone's centroid, by straight line and by road
(straight line x detour), each in its own rows. Parameter draws move stations and residents; urban zones stay.
Source of the radii: the plans (Kunshan 5 km urban and 10 to 20 km rural,
Haimen 5 and 10 km) and the national guideline of September 2020 (关于进一步完善院前医疗急救服务的指导意见).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS = [
    "year", "radius_km", "metric", "segment", "population_share", "area_share",
    "people", "people_outside", "area_km2", "area_outside_km2",
    "population_p10", "population_p90", "area_p10", "area_p90", "draws",
]  # fmt: skip


def distances_km(
    x: NDArray[np.float64], y: NDArray[np.float64], to_x: NDArray[np.float64], to_y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Straight-line distances between planar points in km, shape ``[from, to]``."""
    return np.hypot(x[:, None] - to_x[None, :], y[:, None] - to_y[None, :])


def urban_zones(
    people: NDArray[np.float64], land_km2: NDArray[np.float64], urban_share: float
) -> NDArray[np.bool_]:
    """The urban zones: the densest cells, one by one, until the census urban share of the people is reached.

    Ties of density go to the lower zone number. The cell that reaches the share is the last urban one.

    Args:
        people: residents per zone.
        land_km2: land per zone, > 0.
        urban_share: census share of urban residents, 0..1.
    """
    order = np.argsort(-people / land_km2, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(people[order])[:-1]])
    urban = np.zeros(len(people), dtype=bool)
    # The comparison forgives the last bits of a sum: a share reached exactly takes no further cell.
    urban[order] = before < urban_share * people.sum() * (1.0 - 1e-12)
    return urban


def segments(
    urban: NDArray[np.bool_], town: NDArray[np.int64], town_ids: Sequence[str], others: Mapping[str, NDArray[np.bool_]]
) -> dict[str, NDArray[np.bool_]]:
    """Named groups of zones: ``all``, ``urban``, ``rural``, ``town:<id>`` and other ways to draw the urban line.

    Args:
        urban: of each zone.
        town: index of each zone's town.
        town_ids: ids of the towns.
        others: further urban rules by name; each gives ``urban_<name>`` and ``rural_<name>``.
    """
    groups = {"all": np.ones(len(urban), dtype=bool), "urban": urban, "rural": ~urban}
    for name, zones in others.items():
        groups[f"urban_{name}"] = zones
        groups[f"rural_{name}"] = ~zones
    groups.update({f"town:{id_}": town == index for index, id_ in enumerate(town_ids)})
    return groups


def coverage_rows(
    year: int,
    nearest_km: NDArray[np.float64],
    people: NDArray[np.float64],
    land_km2: NDArray[np.float64],
    groups: Mapping[str, NDArray[np.bool_]],
    radii_km: Sequence[float],
    detour: float,
) -> pd.DataFrame:
    """Coverage of one year, columns :data:`COLUMNS`: the central figures, and quantiles of the shares over the random draws.

    Args:
        year: calendar year.
        nearest_km: straight distance of each zone to its nearest open station, shape ``[draw, zone]``, draw 0 central.
        people: residents, shape ``[draw, zone]``.
        land_km2: per zone.
        groups: from :func:`segments`; a group without people or land is left out.
        radii_km: radii, each its own rows; a distance equal to the radius is inside.
        detour: road km per straight km.
    """
    rows = []
    for radius in radii_km:
        for metric, factor in (("straight", 1.0), ("road", detour)):
            inside = nearest_km * factor <= radius
            for name, zones in groups.items():
                residents, land, within = people[0, zones], land_km2[zones], inside[0, zones]
                if residents.sum() <= 0 or land.sum() <= 0:
                    continue
                of_people = _spread(inside[1:, zones], people[1:, zones])
                of_land = _spread(inside[1:, zones], np.broadcast_to(land, (len(inside) - 1, len(land))))
                rows.append(
                    (
                        year, float(radius), metric, name, *(weight[within].sum() / weight.sum() for weight in (residents, land)),
                        residents.sum(), residents[~within].sum(), land.sum(), land[~within].sum(),
                        *of_people, *of_land, len(inside) - 1,
                    )
                )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _spread(inside: NDArray[np.bool_], weight: NDArray[np.float64]) -> tuple[float, float]:
    """The 10 and 90 % quantiles over draws of the share of a weight inside, ``[draw, zone]``; NaN without draws."""
    if not len(inside):
        return np.nan, np.nan
    weight = np.ascontiguousarray(weight)  # both sums in one order: all inside is 1, not a last bit less
    low, high = np.quantile(np.where(inside, weight, 0.0).sum(axis=1) / weight.sum(axis=1), (0.1, 0.9))
    return float(low), float(high)


def people_within(
    nearest_km: NDArray[np.float64], people: NDArray[np.float64], zones: NDArray[np.bool_], radius_km: float
) -> float:
    """Share of the residents of some zones who live within a radius; NaN where nobody lives there. Arrays per zone."""
    residents = people[zones]
    return float(residents[nearest_km[zones] <= radius_km].sum() / residents.sum()) if residents.sum() > 0 else np.nan


def speed_needed_kmh(radius_km: float, standard_min: float, overhead_min: float, detour: float) -> float:
    """Door-to-door road speed that reaches ``radius_km`` (straight line) within the standard.

    ``60 x radius x detour / (standard - overhead)``: with a detour of 1.35 and 3.5 minutes of call handling and turnout, 5 km in
    12 minutes needs 48 km/h and 10 km needs 95 km/h. Infinite when the overhead alone uses the standard up.
    """
    driving = standard_min - overhead_min
    return 60.0 * radius_km * detour / driving if driving > 0 else float("inf")
