"""Small worlds for the tests of the emergency engine."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sim.emergency.call_table import CallTable, call_table
from sim.emergency.travel import Metric, TravelLaw
from sim.emergency.world import (
    Places,
    ReturnDispatch,
    RoadTiming,
    Rules,
    SceneTimes,
    Units,
    World,
    always_on,
    by_hour_of_week,
    places,
    with_windows,
)

HORIZON = 400.0


def one_place(units: Units | int, *, horizon: float, priorities: int = 1, rules: Rules | None = None) -> World:
    """Everything at one point, no travel: a queue with ``units`` servers."""
    if isinstance(units, int):
        units = always_on(np.zeros(units, dtype=int))
    point = places([0.0], [0.0])
    zero = np.zeros((1, 1))
    return World(
        zones=point,
        stations=point,
        hospitals=point,
        units=units,
        expected=SceneTimes(zero),
        actual=SceneTimes(zero),
        to_hospital=zero,
        scene_to_station=zero,
        hospital_to_station=zero,
        capable=np.ones((1, 1), dtype=bool),
        suitable=np.ones((priorities, 2), dtype=bool),
        law=TravelLaw(0.0),
        travel_factor=by_hour_of_week(1.0),
        expected_turnout_min=by_hour_of_week(0.0),
        rules=rules or Rules(),
        first_hour=0,
        horizon_min=horizon,
    )


def coarse(high: float, *, low: float = 0.0) -> st.SearchStrategy[float]:
    """Times and places on a coarse grid, so that ties are common, with odd numbers between."""
    grid = st.integers(int(low * 2), int(high * 2)).map(lambda n: n / 2)
    return st.one_of(grid, st.floats(low, high, allow_nan=False, allow_subnormal=False))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """1-6 units, 1-4 zones, 1-3 stations, 0-3 hospitals, any rule; hospitals may be closed, shifts may leave nobody."""
    zones, stations, hospitals = draw(_points(1, 4)), draw(_points(1, 3)), draw(_points(0, 3))
    count = draw(st.integers(1, 6))
    homes = draw(st.lists(st.integers(0, len(stations) - 1), min_size=count, max_size=count))
    types = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    units = with_windows(homes, types, [draw(_shifts()) for _ in range(count)])
    needs, priorities = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    capable = np.array(draw(_table(len(hospitals), needs, st.booleans())), dtype=bool).reshape(len(hospitals), needs)
    suitable = np.array(draw(_table(priorities, 2, st.sampled_from([True, True, True, False]))), dtype=bool)
    law = TravelLaw(
        draw(st.sampled_from([0.0, 1.0, 2.3])),
        draw(st.sampled_from([1.0, 0.73])),
        draw(st.sampled_from(list(Metric))),
    )
    road = draw(st.sampled_from(list(RoadTiming)))
    rules = Rules(
        return_dispatch=draw(st.sampled_from(list(ReturnDispatch))),
        queue_by_priority=draw(st.booleans()),
        road_turnout_share=draw(st.sampled_from([0.0, 0.5, 1.0])),
    )
    common = {
        "zones": zones,
        "stations": stations,
        "hospitals": hospitals,
        "units": units,
        "capable": capable,
        "suitable": suitable,
        "law": law,
        "travel_factor": np.tile(draw(st.lists(st.sampled_from([1.0, 0.85, 1.25]), min_size=12, max_size=12)), 14),
        "expected_turnout_min": by_hour_of_week(draw(st.sampled_from([0.0, 2.0]))),
        "rules": rules,
        "first_hour": draw(st.integers(0, 167)),
        "horizon_min": HORIZON,
        "road": road,
    }
    if draw(st.booleans()) and road is RoadTiming.LAW:
        times = SceneTimes(law.table(stations.x_km, stations.y_km, zones.x_km, zones.y_km))
        tables = (
            law.table(zones.x_km, zones.y_km, hospitals.x_km, hospitals.y_km),
            law.table(zones.x_km, zones.y_km, stations.x_km, stations.y_km),
            law.table(hospitals.x_km, hospitals.y_km, stations.x_km, stations.y_km),
        )
        expected = actual = times
    else:
        expected, actual = draw(_scene_times(stations, hospitals, zones)), draw(_scene_times(stations, hospitals, zones))
        shapes = ((len(zones), len(hospitals)), (len(zones), len(stations)), (len(hospitals), len(stations)))
        tables = tuple(np.array(draw(_table(*shape, coarse(20.0)))).reshape(shape) for shape in shapes)
    return World(
        **common,
        expected=expected,
        actual=actual,
        to_hospital=tables[0],
        scene_to_station=tables[1],
        hospital_to_station=tables[2],
        nodes=Places(
            np.concatenate([zones.x_km, stations.x_km, hospitals.x_km]),
            np.concatenate([zones.y_km, stations.y_km, hospitals.y_km]),
        ),
        zone_node=np.arange(len(zones)),
        hospital_node=len(zones) + len(stations) + np.arange(len(hospitals)),
    )


@st.composite
def tables_for(draw: st.DrawFn, world: World) -> CallTable:
    """0-60 calls: from a quiet day to a hopeless one, many at the same moment."""
    count = draw(st.integers(0, 60))
    latest = draw(st.sampled_from([0.0, 40.0, HORIZON]))

    def column(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=count, max_size=count))

    return call_table(
        np.sort(column(coarse(latest))),
        zone=column(st.integers(0, len(world.zones) - 1)),
        priority=column(st.integers(1, world.n_priorities)),
        need=column(st.integers(0, world.capable.shape[1] - 1)),
        dispatch_min=column(st.one_of(st.just(0.0), coarse(4.0))),
        turnout_min=column(st.one_of(st.just(0.0), coarse(3.0))),
        travel_error=column(st.sampled_from([1.0, 1.0, 0.7, 1.3])),
        scene_min=column(st.one_of(st.just(0.0), coarse(30.0))),
        transported=column(st.booleans()),
        hospital=column(st.integers(-1, len(world.hospitals) - 1)),
        transport_min=column(st.one_of(st.just(np.nan), coarse(20.0))),
        transport_error=column(st.sampled_from([1.0, 0.8])),
        handover_min=column(coarse(15.0)),
        return_error=column(st.sampled_from([1.0, 1.2])),
        patience_min=column(st.one_of(st.just(np.inf), coarse(30.0))),
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[World, CallTable]:
    """A world with calls."""
    world = draw(worlds())
    return world, draw(tables_for(world))


def _points(least: int, most: int) -> st.SearchStrategy[Places]:
    point = st.tuples(coarse(8.0), coarse(8.0))
    return st.lists(point, min_size=least, max_size=most).map(
        lambda rows: places([row[0] for row in rows], [row[1] for row in rows])
    )


def _table(rows: int, columns: int, value: st.SearchStrategy) -> st.SearchStrategy[list]:
    row = st.lists(value, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def _scene_times(stations: Places, hospitals: Places, zones: Places) -> st.SearchStrategy[SceneTimes]:
    nodes = len(zones) + len(stations) + len(hospitals)
    return st.builds(
        lambda station, node: SceneTimes(np.array(station), np.array(node)),
        _table(len(stations), len(zones), coarse(20.0)),
        _table(nodes, len(zones), coarse(20.0)),
    )


def _shifts() -> st.SearchStrategy[np.ndarray]:
    """Day and night, or some spells that neither overlap nor touch, or none at all."""
    edges = st.lists(coarse(HORIZON), max_size=6, unique=True).map(
        lambda moments: np.array(sorted(moments)[: len(moments) // 2 * 2]).reshape(-1, 2)
    )
    return st.one_of(st.just(np.array([[0.0, np.inf]])), edges)
