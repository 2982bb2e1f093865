"""Events laid over a year: nothing of the year's own calls moves, and what is added follows the event."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import numpy as np
import pytest

from sim.emergency.call_table import CallTable
from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, draw_calls, yearly_intensity
from sim.emergency.surge import BASE, Happening, Spell, casualty_calls, minutes_in, overlaid, spell_in, strength
from sim.emergency.surge_table import Judgement, recovery_hours
from sim.scenario.emergency_policies import MassCasualty, Profile, RoadClosure
from sim.streams import generator

DAY = 1440.0
SERVICE = ServiceLaw(
    dispatch=Lognormal(1.0, 0.5),
    turnout_median_min=np.full(168, 2.0),
    turnout_sigma=0.4,
    scene=Lognormal(10.0, 0.5),
    handover=Lognormal(15.0, 0.5),
    transport_share=np.full(4, 0.8),
    travel_sigma=0.3,
)
INDEX = (2025, 0)


def intensity(per_year: float = 40_000.0, day_variance: float = 0.0) -> CallIntensity:
    return yearly_intensity(
        calls_per_year=per_year,
        year=2025,
        hour_share=np.linspace(1, 2, 24),
        weekday_factor=np.ones(7),
        month_factor=np.ones(12),
        zone_share=[0.5, 0.3, 0.2],
        priority_share=[0.1, 0.4, 0.3, 0.2],
        day_variance=day_variance,
    )


def profile(**changes) -> Profile:
    given = {"name": "flu", "from": "2025-01-11", "to": "2025-02-19", "factor": 1.5} | changes
    return Profile.model_validate(given)


def happening(event: Profile | MassCasualty | RoadClosure, **more) -> Happening:
    spell = spell_in(event, 2025, 4.0)
    assert spell is not None
    return Happening(event, spell, **more)


def lay(*happenings: Happening, law: CallIntensity | None = None) -> tuple[CallTable, CallTable, np.ndarray, np.ndarray]:
    law = law or intensity()
    base = draw_calls(law, SERVICE, 7, INDEX)
    return (base, *overlaid(base, law, SERVICE, happenings, 7, INDEX))


def test_a_day_is_meant_whole_and_a_minute_as_it_stands():
    assert spell_in(profile(), 2025, 4.0) == Spell(10 * DAY, 50 * DAY)
    exact = profile(**{"from": "2025-01-01 06:30", "to": "2025-01-01 07:00"})
    assert spell_in(exact, 2025, 4.0) == Spell(390.0, 420.0)


def test_an_event_is_cut_at_the_ends_of_the_year_and_none_of_other_years():
    over = minutes_in(dt.datetime(2024, 12, 20), dt.datetime(2025, 1, 3), 2025)
    assert over == Spell(0.0, 2 * DAY)
    assert minutes_in(dt.datetime(2024, 12, 20), dt.datetime(2025, 1, 3), 2026) is None


def test_the_years_own_calls_stay_as_they_are():
    base, calls, owner, rows = lay(happening(profile()))
    assert (rows[owner == BASE] == np.arange(len(base))).all()
    for column in fields(CallTable):
        before, after = getattr(base, column.name), getattr(calls, column.name)
        if before is not None:
            np.testing.assert_array_equal(after[owner == BASE], before)
    assert (np.diff(calls.time_min) >= 0).all()


def test_a_profile_adds_its_share_of_calls_while_it_is_on_and_none_before_or_after():
    one = happening(profile())
    _, calls, owner, _ = lay(one)
    added = calls.time_min[owner == 0]
    expected = 0.5 * 40_000 * 40 / 365
    assert one.spell.holds(added).all()
    assert abs(len(added) - expected) < 4 * np.sqrt(expected)


def test_the_days_on_which_more_people_call_have_more_calls_of_the_epidemic_too():
    law = intensity(400_000.0, day_variance=0.2)
    base, calls, owner, _ = lay(happening(profile()), law=law)
    inside = happening(profile()).spell.holds(base.time_min)
    own = np.bincount((base.time_min[inside] // DAY).astype(int), minlength=50)[10:50]
    added = np.bincount((calls.time_min[owner == 0] // DAY).astype(int), minlength=50)[10:50]
    assert np.corrcoef(own, added)[0, 1] > 0.9


def test_a_profile_of_some_priorities_and_zones_adds_only_those():
    concerned = np.array([0.0, 1.0, 0.5])
    one = happening(profile(factor=2.0, priorities=(2, 3)), concerned=concerned)
    _, calls, owner, _ = lay(one)
    added = calls.select(owner == 0)
    assert set(np.unique(added.zone)) == {1, 2}
    assert set(np.unique(added.priority)) == {2, 3}
    expected = 40_000 * 40 / 365 * (0.3 + 0.2 * 0.5) * 0.7
    assert abs(len(added) - expected) < 4 * np.sqrt(expected)


def test_a_profile_rises_and_falls_in_straight_lines():
    flu = profile(ramp_days=10.0)
    moments = np.array([9.9, 10.0, 15.0, 20.0, 30.0, 45.0, 49.99, 50.0]) * DAY
    np.testing.assert_allclose(strength(flu, Spell(10 * DAY, 50 * DAY), moments), [0, 0, 0.5, 1, 1, 0.5, 0.001, 0], atol=1e-9)


def test_a_profile_below_one_takes_calls_away_and_leaves_the_others():
    one = happening(profile(factor=0.6, priorities=(4,)))
    base, _, owner, rows = lay(one)
    assert (owner == BASE).all()
    gone = np.setdiff1d(np.arange(len(base)), rows)
    assert one.spell.holds(base.time_min[gone]).all()
    assert (base.priority[gone] == 4).all()
    there = int((one.spell.holds(base.time_min) & (base.priority == 4)).sum())
    assert abs(len(gone) - 0.4 * there) < 4 * np.sqrt(0.24 * there)


def test_another_event_moves_no_call_of_the_first():
    first = happening(profile())
    second = happening(profile(name="heat", **{"from": "2025-01-20", "to": "2025-03-01"}))
    _, alone, owner_alone, _ = lay(first)
    _, both, owner_both, _ = lay(second, first)
    np.testing.assert_array_equal(alone.time_min[owner_alone == 0], both.time_min[owner_both == 1])
    np.testing.assert_array_equal(alone.scene_min[owner_alone == 0], both.scene_min[owner_both == 1])


def crash(**changes) -> MassCasualty:
    given = {"name": "crash", "when": "2025-05-01 14:00", "town": "t", "patients": 10, "priorities": {1: 0.25, 2: 0.75}}
    return MassCasualty.model_validate(given | changes)


def test_a_mass_casualty_is_so_many_calls_at_one_moment_and_place():
    one = happening(crash(), zone=2)
    _, calls, owner, _ = lay(one)
    added = calls.select(owner == 0)
    minute = (dt.datetime(2025, 5, 1, 14) - dt.datetime(2025, 1, 1)).total_seconds() / 60
    assert len(added) == 10
    assert (added.time_min == minute).all()
    assert (added.zone == 2).all()
    # 2.5 and 7.5: equal remainders, the more urgent priority gets the call that is left.
    assert added.priority.tolist() == [1] * 3 + [2] * 7
    assert len(set(added.scene_min)) == 10


@pytest.mark.parametrize(("patients", "each", "units"), [(10, 1.0, 10), (10, 0.5, 5), (7, 0.5, 4), (3, 1.5, 5), (30, 0.1, 3)])
def test_units_of_a_mass_casualty_round_up(patients, each, units):
    assert casualty_calls(crash(patients=patients, units_per_patient=each)) == units


def test_a_closed_road_adds_no_call():
    road = RoadClosure.model_validate(
        {"name": "bridge", "from": "2025-06-01", "to": "2025-06-02", "towns": ("t",), "extra_min": 5.0}
    )
    base, calls, owner, _ = lay(happening(road))
    assert len(calls) == len(base)
    assert (owner == BASE).all()


RULE = Judgement(standard_min=12.0, bound_min=0.5, window_hours=3.0, longest_hours=24.0)


def test_recovery_is_counted_until_the_mean_extra_time_is_back_within_the_bound():
    # A call every half hour; four minutes longer in the first five hours, as without the event after them.
    times = np.arange(0.0, 24 * 60, 30.0)
    extra = np.where(times < 300, 4.0, 0.0)
    # The window from hour h holds 6 calls; those before minute 300 are 10 - 2 h: 4 (10 - 2 h) / 6 <= 0.5 from hour 5 on.
    assert recovery_hours(times, extra, 0.0, RULE) == 5.0
    assert recovery_hours(times, np.zeros(len(times)), 0.0, RULE) == 0.0
    assert recovery_hours(times, np.full(len(times), 9.0), 0.0, RULE) == 24.0
    assert recovery_hours(np.empty(0), np.empty(0), 0.0, RULE) == 0.0


def test_a_call_that_only_one_side_answered_says_nothing_of_recovery():
    times = np.array([10.0, 20.0, 30.0])
    assert recovery_hours(times, np.array([np.nan, 0.2, 0.3]), 0.0, RULE) == 0.0


def test_patience_has_its_mean_by_priority_and_a_stream_of_its_own():
    patient = ServiceLaw(**{**SERVICE.__dict__, "patience_mean_min": np.array([np.inf, np.inf, 60.0, 20.0])})
    base = draw_calls(intensity(), SERVICE, 7, INDEX)
    calls = draw_calls(intensity(), patient, 7, INDEX)
    np.testing.assert_array_equal(base.scene_min, calls.scene_min)
    assert np.isinf(calls.patience_min[calls.priority <= 2]).all()
    for priority, mean in ((3, 60.0), (4, 20.0)):
        drawn = calls.patience_min[calls.priority == priority]
        assert abs(drawn.mean() - mean) < 4 * mean / np.sqrt(len(drawn))
    expected = generator("calls.patience", 7, *INDEX).standard_exponential(len(calls))
    later = calls.priority == 4
    np.testing.assert_array_equal(calls.patience_min[later], expected[later] * 20.0)
