"""Move-up, by head: 1 km is 1 minute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from policy_lines import both_engines, cover, line_world, moves

from sim.emergency.call_table import call_table
from sim.emergency.log import SentFrom
from sim.emergency.metrics import summarise
from sim.emergency.policies import MoveUpMethod, Policies
from sim.emergency.world import with_windows

STATIONS = (0.0, 10.0)


def by_table(table, units=(0, 1), stations=STATIONS, *, zones=(0.0, 5.0, 10.0), **rules):
    policies = Policies(move_up=moves(MoveUpMethod.TABLE, stations, table, **rules))
    return line_world(list(units), policies, stations=stations, zones=zones)


def table_of(log):
    return [tuple(row) for row in zip(*(column.tolist() for column in vars(log.policy.moves).values()), strict=True)]


@both_engines
def test_the_unit_that_is_left_moves_to_the_station_that_matters_most(run):
    """Unit 0 leaves station 0 at 20; unit 1 moves there, 20 -> 30. Unit 0 is free at 0 at 61: two units, stations 0 and 1
    are to be held, unit 0 is the lowest at post 0, so unit 1 moves back, 61 -> 71."""
    world = by_table([[0, -1], [0, 1]])
    calls = call_table([20.0], zone=0, scene_min=41.0)
    log = run(world, calls)
    assert table_of(log) == [(1, 0, 20.0, 30.0, 10.0), (1, 1, 61.0, 71.0, 10.0)]
    figures = summarise(log, calls, world)
    assert figures.get("moves") == pytest.approx(2 * 1440.0 / 1000.0)
    assert figures.get("move_up_km") == pytest.approx(20 * 1440.0 / 1000.0)


@both_engines
def test_a_unit_on_the_move_is_sent_from_where_it_is(run):
    """At 24 it is at 6 on its way from 10 to 0: 1 km to the zone at 5, and no more turnout."""
    calls = call_table([20.0, 24.0], zone=[0, 1], scene_min=100.0, turnout_min=[0.0, 2.0])
    log = run(by_table([[0, -1], [0, 1]]), calls)
    assert table_of(log)[0] == (1, 0, 20.0, 24.0, 4.0)
    assert (log.unit[1], log.sent_from[1], log.arrived[1]) == (1, SentFrom.WAY_BACK, 25.0)


@both_engines
def test_a_unit_that_was_moved_goes_home_after_its_next_call(run):
    """Unit 1, moved to 0, serves the zone at 5 from there, and is then on its way home, until it is moved again at once."""
    world = by_table([[0, -1], [0, 1]], zones=(0.0, 5.0))
    log = run(world, call_table([20.0, 40.0], zone=[0, 1], scene_min=[200.0, 10.0]))
    assert log.free[1] == 55.0
    assert log.back[1] == 55.0  # its way home ends where the move to station 0 begins
    assert table_of(log)[1][:4] == (1, 0, 55.0, 60.0)


@both_engines
def test_no_move_is_longer_than_the_longest(run):
    assert table_of(run(by_table([[0, -1], [0, 1]], longest_min=9.9), call_table([20.0], scene_min=41.0))) == []
    assert len(table_of(run(by_table([[0, -1], [0, 1]], longest_min=10.0), call_table([20.0], scene_min=41.0)))) == 2


@pytest.mark.parametrize("most, expected", [(1, [(1, 1)]), (2, [(1, 1), (2, 2)])])
@both_engines
def test_so_many_units_are_moved_at_one_moment(run, most, expected):
    """Units 0 to 2 at station 0. When unit 0 leaves, stations 1 and 2 are to be held: the lowest of equally near ones goes."""
    world = by_table([[0, 1, 2], [1, 2, -1], [0, 0, 0]], (0, 0, 0), (0.0, 10.0, 20.0), most_moves=most)
    log = run(world, call_table([20.0], zone=0, scene_min=900.0))
    assert [row[:2] for row in table_of(log) if row[2] == 20.0] == expected


@both_engines
def test_nobody_moves_before_anything_has_changed(run):
    log = run(by_table([[0, -1], [0, 0]]), call_table([20.0], zone=0, scene_min=2000.0))
    assert table_of(log) == [(1, 0, 20.0, 30.0, 10.0)]


def dmexclp(busy=0.5, weight=(0.5, 0.2, 0.3), longest=np.inf):
    """Station 0 covers zones 0 and 1, station 1 covers zones 1 and 2."""
    policies = Policies(
        move_up=moves(MoveUpMethod.DMEXCLP, STATIONS, longest_min=longest), coverage=cover([[1, 1, 0], [0, 1, 1]], weight, busy)
    )
    return line_world([0, 0], policies)


@both_engines
def test_dmexclp_goes_where_a_unit_adds_most(run):
    """When unit 0 becomes free at the zone at 5, unit 1 stands at 0. At home it adds 0.5 x 0.5 x 0.5 + 0.2 x 0.5 x 0.5 = 0.175,
    at station 1 0.2 x 0.25 + 0.3 x 0.5 = 0.2: it goes there, 5 km."""
    world = dmexclp()
    log = run(world, call_table([20.0], zone=1, scene_min=10.0, return_error=2.0))
    assert (log.unit[0], log.free[0], log.back[0]) == (0, 35.0, 45.0)
    assert table_of(log) == [(0, 1, 35.0, 45.0, 5.0)]


@both_engines
def test_dmexclp_stays_at_home_where_that_adds_more(run):
    """Zones 0 and 2 change weights: at home 0.6 x 0.25 + 0.2 x 0.25 = 0.2, at station 1 0.2 x 0.25 + 0.2 x 0.5 = 0.15."""
    log = run(dmexclp(weight=(0.6, 0.2, 0.2)), call_table([20.0], zone=1, scene_min=10.0))
    assert table_of(log) == []
    assert log.back[0] == 40.0


@both_engines
def test_dmexclp_takes_the_nearest_of_equally_good_stations_and_none_too_far(run):
    """0.5 x 0.25 + 0.1 x 0.25 = 0.1 x 0.25 + 0.25 x 0.5. At zone 2 station 1 is nearer than home, 10 km away."""
    even = dmexclp(weight=(0.5, 0.1, 0.25))
    assert table_of(run(even, call_table([20.0], zone=2, scene_min=10.0))) == [(0, 1, 40.0, 40.0, 0.0)]
    assert table_of(run(even, call_table([20.0], zone=1, scene_min=10.0))) == []  # equally near: the lowest number
    assert table_of(run(dmexclp(longest=4.9), call_table([20.0], zone=1, scene_min=10.0))) == []


@both_engines
def test_a_unit_whose_shift_ends_on_a_move_begins_the_next_one_at_home(run):
    units = with_windows([0, 0], [0, 0], [np.array([[0.0, 38.0], [60.0, 1000.0]]), np.array([[0.0, 1000.0]])])
    world = replace(dmexclp(), units=units)
    log = run(world, call_table([20.0, 36.0, 60.0], zone=[1, 0, 0], scene_min=[10.0, 500.0, 5.0]))
    assert table_of(log)[0] == (0, 1, 35.0, 38.0, 3.0)
    assert log.unit.tolist() == [0, 1, 0]
    assert (log.sent_from[2], log.arrived[2]) == (SentFrom.BASE, 60.0)
