"""Laws that hold for every input: more people, longer stays, less refusal never ask for less."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from demand_world import population_of, region_of, scenario_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.demand import Need, model_need
from sim.draws import Draws
from sim.region import Region

DRAWS = 5
people = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(0, 100)), st.floats(1.0, 1e5), min_size=1, max_size=12
)
slow_enough = settings(max_examples=20, deadline=None)


@functools.cache
def kunshan() -> Region:
    return region_of()


def need_of(ages: dict[tuple[int, int], float], **levers: object) -> Need:
    scenario = scenario_of(start=2020, end=2022, draws=DRAWS, **levers)
    return model_need(kunshan(), scenario, population_of(ages, 2020, 2022, DRAWS), Draws(DRAWS, 3))


def beds(need: Need) -> list[np.ndarray]:
    return [need.need["beds"].values, need.second["beds", "queueing"].values]


@slow_enough
@given(people, st.integers(0, 1), st.integers(0, 100), st.floats(0.0, 1e5))
def test_more_people_of_an_age_never_need_less(ages: dict, sex: int, age: int, more: float) -> None:
    grown = {**ages, (sex, age): ages.get((sex, age), 0.0) + more}
    before, after = need_of(ages), need_of(grown)
    for key in ("beds", "physicians", "nurses", "general_practitioners", "childcare_places", "tcm_beds"):
        assert (after.need[key].values >= before.need[key].values * (1 - 1e-12)).all(), key
    assert (after.second["beds", "queueing"].values >= before.second["beds", "queueing"].values * (1 - 1e-12)).all()


@slow_enough
@given(people, st.floats(0.2, 2.0), st.floats(0.05, 1.0))
def test_shorter_stays_never_need_more(ages: dict, stay: float, shorter: float) -> None:
    long, short = need_of(ages, length_of_stay_factor=stay), need_of(ages, length_of_stay_factor=stay * shorter)
    for one, other in zip(beds(short), beds(long), strict=True):
        assert (one <= other * (1 + 1e-12)).all()
    assert (short.need["physicians"].values <= long.need["physicians"].values * (1 + 1e-12)).all()


@slow_enough
@given(people, st.floats(0.001, 0.5), st.floats(0.01, 1.0))
def test_a_lower_refusal_probability_never_needs_fewer_beds(ages: dict, refusal: float, lower: float) -> None:
    loose, strict = need_of(ages, refusal_probability=refusal), need_of(ages, refusal_probability=refusal * lower)
    assert (strict.second["beds", "queueing"].values >= loose.second["beds", "queueing"].values * (1 - 1e-12)).all()


@slow_enough
@given(people, st.floats(0.3, 1.0), st.floats(0.1, 1.0))
def test_a_lower_target_occupancy_never_needs_fewer_beds(ages: dict, occupancy: float, lower: float) -> None:
    full, airy = need_of(ages, bed_occupancy=occupancy), need_of(ages, bed_occupancy=occupancy * lower)
    assert (airy.need["beds"].values >= full.need["beds"].values * (1 - 1e-12)).all()


@slow_enough
@given(people, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_treating_more_residents_elsewhere_never_needs_more_beds(ages: dict, share: float, more: float) -> None:
    here, away = need_of(ages, treated_elsewhere_share=share), need_of(ages, treated_elsewhere_share=share + (1 - share) * more)
    assert (away.need["beds"].values <= here.need["beds"].values * (1 + 1e-12)).all()


@slow_enough
@given(people, st.floats(0.145, 1.0), st.floats(0.0, 1.0))
def test_more_day_surgery_never_needs_more_beds_and_bed_days_stay_positive(ages: dict, share: float, more: float) -> None:
    some, most = need_of(ages, day_surgery_share=share), need_of(ages, day_surgery_share=share + (1 - share) * more)
    assert (most.need["beds"].values <= some.need["beds"].values * (1 + 1e-12)).all()
    assert (most.activity["bed_days"].values > 0).all()


@slow_enough
@given(people, st.floats(0.1, 5.0))
def test_needs_are_proportional_to_people_except_where_size_pools(ages: dict, factor: float) -> None:
    one, scaled = need_of(ages), need_of({key: value * factor for key, value in ages.items()})
    for key in ("beds", "physicians", "nurses", "general_practitioners", "childcare_places"):
        np.testing.assert_allclose(scaled.need[key].values, factor * one.need[key].values, rtol=1e-10)


def test_a_refusal_of_1_is_refused() -> None:
    from sim.errors import InputError

    with pytest.raises(InputError, match="refusal_probability reaches 1"):
        need_of({(0, 50): 1.0}, refusal_probability=1.0)
