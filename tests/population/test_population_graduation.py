"""Single years from age groups: published vectors, group sums, nothing negative."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.graduation import beers_ordinary, monotone, sprague, uniform
from sim.population.pclm import pclm

# Males by five-year age with 80+ open, PAS example (US Census Bureau, Population Analysis Spreadsheets, sheet GRPOP-YB);
# the first ten single years by Sprague's and Beers' ordinary multipliers, as DemoTools prints them.
PAS_MALES = [
    642367, 515520, 357831, 275542, 268336, 278601, 242515, 198231, 165937, 122756,
    96775, 59307, 63467, 32377, 29796, 16183, 34729,
]  # fmt: skip
PAS_SPRAGUE = [133571.0128, 132203.872, 129570.072, 125839.6]

counts = st.lists(st.integers(0, 200_000), min_size=6, max_size=20)


def vectors(shared: Path) -> dict[str, tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]]:
    """By case: counts, first ages, and single years by method."""
    folder = shared / "validation" / "demography" / "graduation"
    inputs: dict[str, list[tuple[int, float]]] = {}
    with (folder / "graduation_inputs.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            inputs.setdefault(row["case"], []).append((int(row["age_start"]), float(row["value"])))
    outputs: dict[str, dict[str, list[float]]] = {}
    with (folder / "graduation_outputs.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            outputs.setdefault(row["case"], {}).setdefault(row["method"], []).append(float(row["value"]))
    return {
        case: (
            np.array([value for _, value in rows]),
            np.array([age for age, _ in rows]),
            {method: np.array(values) for method, values in outputs[case].items()},
        )
        for case, rows in inputs.items()
    }


def test_sprague_reproduces_the_published_example():
    single = sprague(np.array(PAS_MALES, dtype=float))
    assert single[:4] == pytest.approx(PAS_SPRAGUE, abs=1e-6)
    assert single[-1] == PAS_MALES[-1]


@pytest.mark.parametrize(("method", "function"), [("sprague", sprague), ("beers_ord", beers_ordinary)])
def test_multipliers_equal_the_reference_vectors(shared, method, function):
    for values, _, reference in vectors(shared).values():
        assert function(values) == pytest.approx(reference[method], rel=1e-8, abs=1e-8)


def test_monotone_and_uniform_equal_the_reference_vectors(shared):
    for values, ages, reference in vectors(shared).values():
        assert monotone(values, ages) == pytest.approx(reference["mono"], rel=1e-8, abs=1e-8)
        assert uniform(values, ages) == pytest.approx(reference["uniform"], rel=1e-12)


def test_composite_link_model_is_within_two_percent_of_the_reference(shared):
    for values, ages, reference in vectors(shared).values():
        single = pclm(values, ages, last_age=int(ages[-1]))
        assert np.abs(single / reference["pclm"] - 1.0).max() < 0.02


@pytest.mark.parametrize("function", [sprague, beers_ordinary])
@given(values=counts)
def test_multipliers_keep_group_sums(function, values):
    groups = np.array(values, dtype=float)
    sums = function(groups)[:-1].reshape(-1, 5).sum(axis=1)
    assert sums == pytest.approx(groups[:-1], rel=1e-10, abs=1e-10 * max(groups.max(), 1.0))


@given(values=counts, first=st.integers(1, 4))
def test_monotone_keeps_group_sums_of_any_width_and_is_never_negative(values, first):
    groups = np.array(values, dtype=float)
    ages = np.concatenate([[0, first], 5 * np.arange(1, len(groups) - 1)])
    single = monotone(groups, ages)
    sums = np.add.reduceat(single, ages)
    assert (single >= -1e-9 * groups.max()).all()
    assert sums == pytest.approx(groups, rel=1e-10, abs=1e-10 * max(groups.max(), 1.0))


@settings(max_examples=15, deadline=None)
@given(values=st.lists(st.integers(50, 50_000), min_size=8, max_size=12))
def test_composite_link_model_keeps_the_total_and_group_sums_when_asked(values):
    groups, ages = np.array(values, dtype=float), 5 * np.arange(len(values))
    smooth = pclm(groups, ages, last_age=int(ages[-1]) + 4, weight=10.0)
    kept = pclm(groups, ages, last_age=int(ages[-1]) + 4, weight=10.0, keep_sums=True)
    assert smooth.sum() == pytest.approx(groups.sum(), rel=1e-9)
    assert kept.reshape(-1, 5).sum(axis=1) == pytest.approx(groups, rel=1e-9)
    assert (smooth > 0).all()


def test_ages_that_do_not_ascend_are_refused():
    with pytest.raises(ValueError, match="ascend"):
        monotone(np.ones(3), np.array([0, 5, 5]))
    with pytest.raises(ValueError, match="ascend"):
        pclm(np.ones(3), np.array([0, 5, 4]), last_age=9)
    with pytest.raises(ValueError, match="at least 5"):
        sprague(np.ones(4))
