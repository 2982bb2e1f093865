"""The compiled loop: draws do not touch each other, and it works where nothing can be cached."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from population_cases import FLOWS, random_case

from sim.population.engine import TIMINGS, cohort_component


@pytest.mark.parametrize("timing", sorted(TIMINGS))
def test_a_block_of_draws_gives_the_same_bits_as_the_whole(timing: str) -> None:
    case = random_case(7, draws=9, intervals=6, ages=101, harsh=True)
    whole = cohort_component(**case, timing=timing)
    for block in (slice(0, 4), slice(4, 5), slice(5, 9)):
        part = cohort_component(**{name: value[block] for name, value in case.items()}, timing=timing)
        for name in FLOWS:
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[block])


def test_an_input_shared_by_all_draws_equals_its_copies() -> None:
    case = random_case(8, draws=5)
    for name in case:
        shared = {**case, name: case[name][:1]}
        copied = {**case, name: np.repeat(case[name][:1], 5, axis=0)}
        np.testing.assert_array_equal(cohort_component(**shared).counts, cohort_component(**copied).counts)


def test_inputs_are_left_as_they_were() -> None:
    case = random_case(9, harsh=True)
    before = {name: value.copy() for name, value in case.items()}
    for timing in TIMINGS:
        cohort_component(**case, timing=timing)
        cohort_component(**case, timing=timing, detail=False)
    for name, value in case.items():
        np.testing.assert_array_equal(value, before[name])


def test_without_a_writable_cache_the_kernel_compiles_anyway(root: Path, tmp_path: Path) -> None:
    """A copy of the package where neither the folder nor the user's cache can be written gives the same numbers."""
    program = (
        "import numba.core.caching as caching\n"
        "def refuse(*_): raise OSError('read-only')\n"
        "for locator in caching.CacheImpl._locator_classes: locator.ensure_cache_path = refuse\n"
        "import numpy as np\n"
        "from population_cases import random_case\n"
        "from sim.population.engine import cohort_component\n"
        "from sim.population.kernel import project_draws\n"
        "assert type(project_draws._cache).__name__ == 'NullCache', type(project_draws._cache)\n"
        "print(repr(cohort_component(**random_case(4)).counts.sum().item()))\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests/population'}"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == cohort_component(**random_case(4)).counts.sum().item()
