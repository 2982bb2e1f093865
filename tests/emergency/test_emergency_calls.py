"""The call table: exact non-homogeneous Poisson arrivals, independent streams, thinning."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.emergency import variates
from sim.emergency.call_table import call_table, check_calls
from sim.emergency.calls import (
    CallIntensity,
    Lognormal,
    ServiceLaw,
    draw_calls,
    master_intensity,
    thin,
    yearly_intensity,
)
from sim.emergency.scratch import Scratch

HOUR_SHARE = np.array([1, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 2, 2], dtype=float)
WEEKDAYS = [1.2, 1.0, 1.0, 1.0, 1.0, 0.9, 0.8]
MONTHS = [1.1, 1.0, 1.0, 0.9, 1.0, 1.0, 1.1, 1.0, 0.9, 1.0, 1.0, 1.1]


def service(**changes) -> ServiceLaw:
    given = {
        "dispatch": Lognormal(1.2, 0.5),
        "turnout_median_min": np.where(np.arange(168) % 24 < 7, 3.0, 2.0),
        "turnout_sigma": 0.4,
        "scene": Lognormal(11.0, 0.5),
        "handover": Lognormal(14.0, 0.5),
        "transport_share": np.array([0.9, 0.7]),
        "travel_sigma": 0.3,
        "travel_correlation": 0.6,
    }
    return ServiceLaw(**{**given, **changes})


def year(calls: float = 20_000.0, **changes) -> CallIntensity:
    given = {
        "calls_per_year": calls,
        "year": 2025,
        "hour_share": HOUR_SHARE,
        "weekday_factor": WEEKDAYS,
        "month_factor": MONTHS,
        "zone_share": [1.0, 3.0, 0.0, 6.0],
        "priority_share": [0.25, 0.75],
    }
    return yearly_intensity(**{**given, **changes})


def test_hour_weekday_and_month_shares_are_those_asked_for():
    intensity = year(400_000.0)
    assert intensity.hourly.sum() == pytest.approx(400_000.0, rel=1e-12)
    assert len(intensity.hourly) == 8760
    assert intensity.first_hour == 2 * 24  # 1 January 2025 was a Wednesday
    times = draw_calls(intensity, service(), 3).time_min
    assert (np.diff(times) >= 0).all()
    hours = (times // 60).astype(int)
    for group in (np.arange(8760) % 24, (np.arange(8760) // 24 + 2) % 7):
        expected = np.bincount(group, intensity.hourly)
        z = (np.bincount(group[hours]) - expected) / np.sqrt(expected)
        assert (abs(z) <= 4).all()


def test_leap_year_has_its_day_and_weekdays_follow_the_calendar():
    intensity = year(year=2024)
    assert len(intensity.hourly) == 8784
    assert intensity.first_hour == 0  # a Monday


def test_zones_priorities_and_durations_have_their_laws():
    calls = draw_calls(year(60_000.0), service(), 11)
    n = len(calls)
    for column, shares in ((calls.zone, [0.1, 0.3, 0.0, 0.6]), (calls.priority - 1, [0.25, 0.75])):
        share = np.bincount(column, minlength=len(shares)) / n
        assert (abs(share - shares) <= 4 * np.sqrt(np.array(shares) * (1 - np.array(shares)) / n) + 1e-12).all()
    for column, median, sigma in (
        (calls.dispatch_min, 1.2, 0.5),
        (calls.scene_min, 11.0, 0.5),
        (calls.handover_min, 14.0, 0.5),
        (calls.travel_error, 1.0, 0.3),
        (calls.transport_error, 1.0, 0.3),
        (calls.return_error, 1.0, 0.3),
    ):
        z = np.log(column / median) / sigma
        assert abs(z.mean()) < 4 / np.sqrt(n)
        assert abs(z.var() - 1) < 4 * np.sqrt(2 / n)
    logs = np.log([calls.travel_error, calls.transport_error, calls.return_error])
    assert np.corrcoef(logs)[0, 1:] == pytest.approx([0.6, 0.6], abs=0.02)
    night = (calls.time_min // 60 % 24) < 7
    assert np.median(calls.turnout_min[night]) == pytest.approx(3.0, rel=0.02)
    assert np.median(calls.turnout_min[~night]) == pytest.approx(2.0, rel=0.02)
    for priority, share in ((1, 0.9), (2, 0.7)):
        assert calls.transported[calls.priority == priority].mean() == pytest.approx(share, abs=0.02)


def test_overdispersion_has_the_variance_asked_for():
    days = 4000
    intensity = CallIntensity(np.full(24 * days, 2.0), np.ones(1), np.ones(1), day_variance=0.05)
    times = draw_calls(intensity, service(transport_share=np.ones(1)), 5).time_min
    counts = np.bincount((times // 1440).astype(int), minlength=days)
    assert counts.mean() == pytest.approx(48.0, rel=0.02)
    assert counts.var() == pytest.approx(48.0 + 0.05 * 48.0**2, rel=0.1)


def test_a_changed_law_moves_no_other_quantity():
    first = draw_calls(year(), service(), 1, (2025, 0))
    second = draw_calls(year(), service(turnout_sigma=0.9, travel_sigma=0.0, scene=Lognormal(5.0)), 1, (2025, 0))
    for name in ("time_min", "zone", "priority", "dispatch_min", "transported", "handover_min", "thinning"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert (second.scene_min == 5.0).all()
    other = draw_calls(year(), service(), 1, (2025, 1))
    assert len(other) != len(first) or (other.time_min != first.time_min).all()


def test_reused_memory_gives_the_same_table():
    scratch = Scratch()
    draw_calls(year(30_000.0), service(), 1, (9,), scratch)
    again, fresh = draw_calls(year(), service(), 1, (3,), scratch), draw_calls(year(), service(), 1, (3,))
    for name in vars(fresh):
        np.testing.assert_array_equal(getattr(again, name), getattr(fresh, name))


def test_thinning_keeps_common_calls_and_gives_the_wanted_process():
    few, many = year(20_000.0, zone_share=[1, 3, 0, 6]), year(30_000.0, zone_share=[3, 3, 1, 3], priority_share=[0.5, 0.5])
    master = master_intensity([few, many])
    drawn = draw_calls(master, service(), 21)
    small, large = thin(drawn, master, few), thin(drawn, master, many)
    for kept, wanted in ((small, few), (large, many)):
        total = wanted.hourly.sum()
        assert abs(len(kept) - total) <= 4 * np.sqrt(total)
        z = (np.bincount(kept.zone, minlength=4) - total * wanted.zone_share) / np.sqrt(total * wanted.zone_share + 1e-12)
        assert (abs(z) <= 4).all()
    common = np.intersect1d(small.time_min, large.time_min)
    assert len(common) > 0.7 * len(small)
    same = thin(drawn, master, master)
    assert len(same) == len(drawn)
    with pytest.raises(ValueError, match="more intense"):
        thin(drawn, few, master)


def test_a_table_that_does_not_fit_is_refused_with_all_findings():
    calls = call_table([3.0, 1.0], zone=[0, 7], priority=[1, 9], scene_min=[np.nan, -1.0], patience_min=-1.0)
    with pytest.raises(ValueError) as refusal:
        check_calls(calls, zones=2, priorities=2, needs=1, hospitals=0)
    for finding in ("out of order", "zone", "priority", "scene_min", "patience"):
        assert finding in str(refusal.value)
    with pytest.raises(ValueError, match="unknown columns zoen"):
        call_table([1.0], zoen=1)


@pytest.mark.parametrize("change", [{"hour_share": [1.0] * 23}, {"zone_share": [0.0, 0.0]}, {"month_factor": [-1.0] * 12}])
def test_weights_that_make_no_profile_are_refused(change):
    with pytest.raises(ValueError, match="weights"):
        year(**change)


def test_numbers_drawn_in_compiled_code_are_those_of_numpy():
    """A million of each reach the rare branches of the ziggurat; a new numpy or numba must not move results unseen."""
    count = 1_000_000
    drawn = np.empty(count)
    variates.lognormal(np.random.default_rng(5), 2.0, 0.5, drawn)
    expected = 0.5 * np.random.default_rng(5).standard_normal(count)
    variates.exponentials(expected, 2.0)
    assert drawn.tolist() == expected.tolist()

    one_hour = np.array([2.0 * count])
    drawn_count, _ = variates.arrival_times(np.random.default_rng(6), 0, 0.0, one_hour, one_hour, drawn)
    gaps = np.random.default_rng(6).standard_exponential(count)
    assert drawn_count == count
    assert drawn.tolist() == (60.0 * (np.cumsum(gaps) / one_hour[0])).tolist()


def test_exponentials_are_right_to_the_last_digit():
    for exact in (np.linspace(-690.0, 690.0, 100_001), 0.5 * np.random.default_rng(7).standard_normal(100_001)):
        got = exact.copy()
        variates.exponentials(got, 1.0)
        expected = np.array([math.exp(x) for x in exact])
        assert (abs(got - expected) <= np.spacing(expected)).all()
    whole = np.zeros(3)
    variates.exponentials(whole, 2.5)
    assert whole.tolist() == [2.5, 2.5, 2.5]


def test_turnout_has_the_median_of_the_hour_of_the_call():
    """Calls with hours between them without any, over the end of a week."""
    times = np.array([0.0, 59.9, 60.0, 400.0, 60.0 * 170, 60.0 * 340 + 1.0])
    medians = np.arange(168, dtype=float) + 1.0
    got = np.empty(len(times))
    variates.lognormal_by_hour(np.random.default_rng(1), times, 166, medians, 0.0, got)
    assert got.tolist() == medians[(166 + (times // 60).astype(int)) % 168].tolist()
