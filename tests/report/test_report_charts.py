"""Charts: valid Vega-Lite, true to scale, and with the figures of the tables."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import pytest
from synthetic_run import make_region

from sim.report import build_report
from sim.report.charts.geography import MAP_WIDTH, planar, zone_map
from sim.report.charts.theme import spread
from sim.report.draw import png, svg
from sim.report.model import Figure, Figures


@pytest.fixture(scope="module")
def figures(finished) -> dict[str, Figure]:
    report = build_report(finished, "zh")
    found = [figure for part in report.sections for block in part.blocks if isinstance(block, Figures) for figure in block.items]
    assert len({figure.key for figure in found}) == len(found)
    return {figure.key: figure for figure in found}


def rows_of(figure: Figure) -> list[dict]:
    return [row for rows in figure.spec["datasets"].values() for row in rows]


def test_every_chart_follows_the_schema(figures):
    for figure in figures.values():
        alt.Chart.from_dict(dict(figure.spec), validate=True)
        assert figure.title and figure.description


def test_the_main_charts_are_there(figures):
    assert {
        "resource-beds", "resource-physicians", "resource-nurses", "resource-ambulances", "resource-childcare_places",
        "population-path", "population-pyramid", "emergency-response", "emergency-distribution", "map-radii", "map-response",
    } <= set(figures)  # fmt: skip


def test_a_resource_chart_holds_the_scorecard(figures, finished):
    card = finished.table("scorecard")
    beds = card[(card["indicator"] == "beds") & (card["year"] == 2030)].iloc[0]
    rows = [row for row in rows_of(figures["resource-beds"]) if row.get("year") == 2030 and "role" in row and "value" in row]
    assert {row["role"]: row["value"] for row in rows} == {
        "supply": beds["supply"],
        "norm": beds["norm"],
        "need": beds["need_p50"],
    }


def test_the_pyramid_holds_every_age_of_both_years(figures, finished):
    table = finished.table("population")
    last = table[(table["year"] == 2036) & (table["sex"] == "female")].set_index("age")["central"]
    rows = [row for row in rows_of(figures["population-pyramid"]) if row["sex"] == "female" and row["year"] == 2035]
    shown = {row["age"]: row["central"] for row in rows}
    assert shown == last.to_dict()


def test_the_distribution_ends_at_all_calls(figures):
    shares = [row["share"] for row in rows_of(figures["emergency-distribution"]) if "share" in row]
    assert min(shares) == 0.0 and max(shares) == pytest.approx(1.0)


def test_degrees_become_the_zones_own_kilometres():
    """Kunshan-sized: the affine map good to a tenth of a zone over 38 x 67 km, where a degree's length varies by 0.6 %."""
    from sim.region.projection import utm_km

    lon, lat = (grid.ravel() for grid in np.meshgrid(np.linspace(120.8, 121.2, 30), np.linspace(31.0, 31.6, 30)))
    x, y = np.vectorize(lambda a, b: utm_km(a, b, 51))(lon, lat)
    project = planar(pd.DataFrame({"lon": lon, "lat": lat, "x_km": x, "y_km": y}))
    assert np.abs(np.array(project(lon, lat)) - np.array([x, y])).max() < 0.1


def test_a_kilometre_is_as_long_up_as_across(figures):
    spec = figures["map-radii"].spec
    scales = {}
    for layer in spec["layer"]:
        for channel in ("x", "y"):
            domain = layer["encoding"][channel].get("scale", {}).get("domain")
            if domain:
                scales[channel] = domain[1] - domain[0]
    assert spec["width"] / scales["x"] == pytest.approx(spec["height"] / scales["y"], rel=0.002)


def test_a_circle_has_its_radius(tmp_path):
    region = make_region(tmp_path)
    zones = pd.DataFrame({"x_km": region.zones.x_km, "y_km": region.zones.y_km, "class": "a"})
    outline = pd.DataFrame({"x_km": [280.0, 320.0, 320.0, 280.0], "y_km": [3440.0, 3440.0, 3480.0, 3480.0]})
    stations = pd.DataFrame({"x_km": [300.0], "y_km": [3460.0], "kind": ["old"]})
    words = {"legend": "", "station_old": "old", "station_new": "new", "scale": ""}
    spec = zone_map(zones, outline, stations, classes=["a"], colours=["#fff"], radius_km=5.0, words=words)
    assert spec["width"] == MAP_WIDTH
    points = [row for rows in spec["datasets"].values() for row in rows if "station" in row]
    radii = [np.hypot(row["x_km"] - 300, row["y_km"] - 3460) for row in points]
    assert len(points) > 60 and np.allclose(radii, 5.0, atol=0.01)


def test_an_exclave_is_a_ring_of_its_own():
    gap = [float("nan")]
    outline = pd.DataFrame({"x_km": [0.0, 9.0, 9.0, *gap, 20.0, 21.0, 21.0], "y_km": [0.0, 0.0, 9.0, *gap, 5.0, 5.0, 6.0]})
    frame = pd.DataFrame({"x_km": [4.0], "y_km": [4.0], "class": ["a"], "kind": ["old"]})
    words = {"legend": "", "station_old": "old", "station_new": "new", "scale": ""}
    spec = zone_map(frame, outline, frame, classes=["a"], colours=["#fff"], radius_km=None, words=words)
    points = [row for rows in spec["datasets"].values() for row in rows if "ring" in row]
    assert [(row["ring"], row["x_km"]) for row in points] == [(0, 0), (0, 9), (0, 9), (0, 0), (1, 20), (1, 21), (1, 21), (1, 20)]


def test_labels_are_moved_apart_in_their_order():
    moved = spread([10.0, 10.1, 30.0], 2.0)
    assert moved[1] - moved[0] >= 2.0 and moved[2] > moved[1]
    assert sum(moved) == pytest.approx(50.1)
    assert spread([], 1.0) == []


def test_a_picture_has_ids_of_its_own(figures):
    figure = figures["map-radii"]
    one, two = (svg(figure.spec, key, "a < b", "c & d") for key in ("one", "two"))
    assert 'id="one-title">a &lt; b</title>' in one and "c &amp; d</desc>" in one
    assert 'id="one-' in one and 'id="one-' not in two
    assert png(figure.spec).startswith(b"\x89PNG")
