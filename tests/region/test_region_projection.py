"""UTM coordinates against points computed by others."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.region.projection import utm_km


def test_the_central_meridian_at_the_equator() -> None:
    assert utm_km(123.0, 0.0, 51) == pytest.approx((500.0, 0.0), abs=1e-9)


def test_a_published_point() -> None:
    # GeographicLib, manual page of GeoConvert: 33.3 N 44.4 E is 38n 444140.54 3684706.36
    assert utm_km(44.4, 33.3, 38) == pytest.approx((444.14054, 3684.70636), abs=5e-6)


@given(st.floats(0, 80))
def test_on_the_central_meridian_the_northing_is_the_meridian_arc(lat: float) -> None:
    # meridian arc by its defining integral, Simpson's rule
    a, f = 6378.137, 1 / 298.257223563
    e2 = f * (2 - f)
    steps = 400
    width = math.radians(lat) / steps
    arc = 0.0
    for i in range(steps + 1):
        weight = 1 if i in (0, steps) else 4 if i % 2 else 2
        arc += weight * a * (1 - e2) / (1 - e2 * math.sin(i * width) ** 2) ** 1.5
    x, y = utm_km(123.0, lat, 51)
    assert x == pytest.approx(500.0, abs=1e-9)
    assert y == pytest.approx(0.9996 * arc * width / 3, abs=1e-6)


@given(st.floats(-3, 3), st.floats(0, 80))
def test_east_and_west_mirror_each_other(offset: float, lat: float) -> None:
    (east, north), (west, same) = utm_km(123 + offset, lat, 51), utm_km(123 - offset, lat, 51)
    assert east - 500 == pytest.approx(500 - west, abs=1e-9)
    assert north == pytest.approx(same, abs=1e-9)


def test_zone_points_agree_with_the_projected_ones_of_the_reference_material(shared: Path) -> None:
    with (shared / "regions" / "wuzhong" / "zones.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            x, y = utm_km(float(row["lon"]), float(row["lat"]), 51)
            # longitudes are rounded to 1e-5 degrees (about 1 m), the projected columns to 1 m
            assert (1000 * x, 1000 * y) == pytest.approx((float(row["x_utm51"]), float(row["y_utm51"])), abs=1.6)
