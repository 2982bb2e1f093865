"""A user's travel times: complete, known ids, one time a pair; else every fault with its line."""

from __future__ import annotations

import numpy as np
import pytest

from sim.emergency.travel_table import read_travel_table
from sim.errors import InputError

STATIONS, ZONES = ("a", "b"), ("z1", "z2", "z3")


def written(tmp_path, rows):
    path = tmp_path / "travel.csv"
    path.write_text("zone,station,minutes\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def complete():
    return [f"{zone},{station},{10 * s + z}" for s, station in enumerate(STATIONS) for z, zone in enumerate(ZONES)]


def test_rows_in_any_order(tmp_path):
    minutes = read_travel_table(written(tmp_path, complete()[::-1]), STATIONS, ZONES)
    np.testing.assert_array_equal(minutes, [[0, 1, 2], [10, 11, 12]])


def test_holes_are_named(tmp_path):
    with pytest.raises(InputError, match="1 travel times are missing: z3 from b"):
        read_travel_table(written(tmp_path, complete()[:-1]), STATIONS, ZONES)


def test_all_faults_at_once_with_their_lines(tmp_path):
    rows = [*complete(), "z1,c,3", "z9,a,3", "z1,a,5", "z2,a,-1", "z2,a,nan"]
    with pytest.raises(InputError) as caught:
        read_travel_table(written(tmp_path, rows), STATIONS, ZONES)
    text = str(caught.value)
    assert "travel.csv:8:4: unknown station 'c'" in text
    assert "travel.csv:9:1: unknown zone 'z9'" in text
    assert "zone z1 and station a stand twice" in text
    assert ":11:" in text and ":12:" in text
