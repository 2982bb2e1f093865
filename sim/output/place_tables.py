"""Tables of places: what a map of the region needs, without any base map."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.region.model import Region


def zones(region: Region) -> pd.DataFrame:
    """``zones.csv``: demand zones with their residents of the census."""
    zone = region.zones
    return pd.DataFrame(
        {
            "zone": list(zone.ids),
            "town": [region.towns.ids[index] for index in zone.town],
            "lon": zone.lon,
            "lat": zone.lat,
            "x_km": zone.x_km,
            "y_km": zone.y_km,
            "land_km2": zone.land_km2,
            "population": zone.population,
        }
    )


def places(region: Region) -> pd.DataFrame:
    """``places.csv``: the county outline (points in order), towns and hospitals. Coordinates are WGS-84."""
    columns = ["kind", "id", "name_zh", "name_en", "lon", "lat", "confidence", "note"]
    rows: list[tuple[object, ...]] = [
        ("outline", str(position), "", "", float(lon), float(lat), "", "")
        for position, (lon, lat) in enumerate(np.asarray(region.outline))
    ]
    town = region.towns
    rows += [
        ("town", *item)
        for item in zip(town.ids, town.names_zh, town.names_en, town.lon, town.lat, town.population_confidence,
                        ["" for _ in town.ids], strict=True)
    ]  # fmt: skip
    hospital = region.hospitals
    rows += [
        ("hospital", *item)
        for item in zip(hospital.ids, hospital.names_zh, hospital.names_zh, hospital.lon, hospital.lat,
                        hospital.place_confidence, hospital.status, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
