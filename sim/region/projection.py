"""Planar kilometres from longitude and latitude: the transverse Mercator projection of a UTM zone on WGS 84."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_SEMI_MAJOR_KM = 6378.137
_FLATTENING = 1 / 298.257223563
_SCALE = 0.9996
_FALSE_EASTING_KM = 500.0

_N = _FLATTENING / (2 - _FLATTENING)
_RECTIFYING_KM = _SEMI_MAJOR_KM / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16,
    13 * _N**2 / 48 - 3 * _N**3 / 5,
    61 * _N**3 / 240,
)


def utm_km(lon: float, lat: float, zone: int) -> tuple[float, float]:
    """Easting and northing in km of a point in the northern hemisphere (zone 51 is EPSG:32651).

    Krueger's series to third order in the third flattening, good to less than a millimetre within a zone.

    Args:
        lon, lat: degrees, WGS 84.
        zone: UTM zone, 1 to 60.

    Source: Karney, C. F. F. (2011). Transverse Mercator with an accuracy of a few nanometers. Journal of Geodesy 85,
    475-485, equations 7-11 and 35.
    """
    phi = math.radians(lat)
    lam = math.radians(lon - (6 * zone - 183))
    e = 2 * math.sqrt(_N) / (1 + _N)
    t = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
    xi = math.atan2(t, math.cos(lam))
    eta = math.asinh(math.sin(lam) / math.hypot(t, math.cos(lam)))
    x, y = eta, xi
    for order, alpha in enumerate(_ALPHA, start=1):
        x += alpha * math.cos(2 * order * xi) * math.sinh(2 * order * eta)
        y += alpha * math.sin(2 * order * xi) * math.cosh(2 * order * eta)
    return _FALSE_EASTING_KM + _SCALE * _RECTIFYING_KM * x, _SCALE * _RECTIFYING_KM * y


def utm_km_arrays(
    lon: Iterable[float], lat: Iterable[float], zone: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """:func:`utm_km` for many points, shapes ``[point]``; scalar code, so that the floats are the same everywhere."""
    points = [utm_km(a, b, zone) for a, b in zip(lon, lat, strict=True)]
    return np.array([x for x, _ in points], dtype=float), np.array([y for _, y in points], dtype=float)
