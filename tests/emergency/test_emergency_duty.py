"""Units on duty are crews, spread over stations by a stated rule."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.emergency.duty import spread_units


def test_every_station_has_one_and_the_busiest_gets_the_rest():
    assert spread_units(6, np.array([100.0, 10.0, 10.0])).tolist() == [4, 1, 1]
    # 90 / 2 = 45 calls a unit at the first, 60 at the second: the fourth unit goes to the first, the fifth to the second.
    assert spread_units(5, np.array([90.0, 60.0, 5.0])).tolist() == [2, 2, 1]


def test_with_too_few_units_the_busiest_stations_have_them():
    assert spread_units(2, np.array([5.0, 50.0, 20.0])).tolist() == [0, 1, 1]


def test_stations_set_by_hand_keep_their_units():
    assert spread_units(6, np.array([100.0, 10.0, 10.0]), {2: 3}).tolist() == [2, 1, 3]


@given(st.lists(st.floats(0.0, 1000.0), min_size=1, max_size=12), st.integers(0, 40))
def test_units_add_up_and_nobody_is_left_without(calls, total):
    units = spread_units(total, np.array(calls))
    assert units.sum() == total
    assert (units >= 1).all() or total < len(calls)


@given(st.lists(st.floats(1.0, 1000.0), min_size=2, max_size=8), st.integers(0, 20))
def test_one_more_unit_moves_no_other(calls, extra):
    weights = np.array(calls)
    before = spread_units(len(calls) + extra, weights)
    after = spread_units(len(calls) + extra + 1, weights)
    assert (after - before).sum() == 1 and (after >= before).all()
