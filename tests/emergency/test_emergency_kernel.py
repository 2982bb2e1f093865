"""The compiled engine as a program: its cache, its memory, the arrays it takes."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from emergency_worlds import one_place
from test_emergency_equality import assert_equal

from sim.emergency import jit, machine
from sim.emergency.call_table import call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.policy_machine import loop as policy_loop
from sim.emergency.scratch import Scratch
from sim.emergency.world import check_world, with_windows

PROGRAM = """
import numpy as np
from sim.emergency.travel import TravelLaw
print(TravelLaw(2.3, 0.73).minutes(3.0, 4.0))
"""


def run_program(root, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, env={**kept, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_missing_or_unusable_cache_folder_does_not_matter(root, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    expected = repr(2.3 * 5.0**0.73)
    for place in (tmp_path / "new" / "folder", blocked / "below"):
        done = run_program(root, NUMBA_CACHE_DIR=str(place))
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == expected


def test_reused_memory_gives_the_same_log():
    world = one_place(2, horizon=200.0)
    scratch = Scratch()
    first = call_table(np.arange(50.0), scene_min=7.0)
    second = call_table(np.arange(20.0), scene_min=3.0, patience_min=4.0)
    run_compiled(world, first, scratch)
    assert_equal(run_compiled(world, second, scratch), run_compiled(world, second))


def test_read_only_input_is_taken_without_another_compilation():
    world = one_place(2, horizon=200.0)
    calls = call_table(np.arange(20.0), scene_min=7.0)
    expected = run_compiled(world, calls)
    versions = len(machine.run.signatures)
    for column in (column for column in vars(calls).values() if column is not None):
        column.flags.writeable = False
    assert_equal(run_compiled(world, calls), expected)
    assert len(machine.run.signatures) == versions


def test_decision_order_is_by_time_then_row_even_when_much_disturbed():
    rng = np.random.default_rng(1)
    for ready in (np.sort(rng.random(500)), rng.random(20_000), np.zeros(50), rng.integers(0, 5, 3000).astype(float)):
        np.testing.assert_array_equal(machine.decision_order(ready), np.argsort(ready, kind="stable"))


def test_bounds_of_the_travel_law_never_exceed_it():
    rng = np.random.default_rng(2)
    for exponent in (0.5, 0.73, 1.0, 1.3):
        floors = machine.law_floors(2.3, exponent)
        for km in np.concatenate([rng.random(2000) * 150.0, np.arange(0.0, 150.0, 0.25)]):
            index = int(min(km * machine.FLOOR_BINS_PER_KM, machine.FLOOR_BINS - 1.0))
            assert floors[index] <= machine.minutes_over(km, 2.3, exponent)


def test_dispatch_order_is_by_minutes_then_number():
    rng = np.random.default_rng(3)
    minutes, station = rng.integers(0, 4, (60, 7)).astype(float), rng.integers(0, 7, 25)
    expected = [np.lexsort((np.arange(25), row[station])) for row in minutes]
    np.testing.assert_array_equal(machine.dispatch_order(minutes, station), expected)


@pytest.mark.parametrize(
    "windows",
    [[[5.0, 5.0]], [[9.0, 5.0]], [[0.0, 5.0], [5.0, 7.0]], [[0.0, 5.0], [4.0, 7.0]], [[6.0, 7.0], [0.0, 5.0]], [[np.nan, 5.0]]],
)
def test_windows_that_do_not_ascend_are_refused_by_unit(windows):
    good = np.array([[0.0, 5.0], [6.0, 7.0]])
    units = with_windows([0, 0, 0], [0, 0, 0], [good, np.array(windows), good])
    with pytest.raises(ValueError, match=r"duty windows of unit 1 overlap, touch, run backwards or are not numbers$"):
        check_world(one_place(units, horizon=100.0))
    check_world(one_place(with_windows([0, 0], [0, 0], [good, np.empty((0, 2))]), horizon=100.0))


def test_machine_code_depends_on_all_compiled_sources(root):
    """numba alone would keep what it inlined from a file that has changed since."""
    folder = root / "sim" / "emergency"
    named = {path for pattern in jit.COMPILED_SOURCES for path in folder.glob(pattern)}
    compiling = {path for path in folder.rglob("*.py") if "from sim.emergency.jit import" in path.read_text(encoding="utf-8")}
    assert compiling <= named
    stamp = machine.run._cache._cache_file._source_stamp
    assert stamp[1] == policy_loop.run._cache._cache_file._source_stamp[1] == jit._sources_digest()
