"""Rogers-Castro schedules and the scaling of net migration."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.population.migration import RogersCastro, scale_profile

# Rogers & Castro (1981), IIASA RR-81-30: the fundamental parameters.
FUNDAMENTAL = RogersCastro(a1=0.02, alpha1=0.1, a2=0.06, alpha2=0.1, mu2=20.0, lambda2=0.4, c=0.003)


def test_the_fundamental_schedule_has_its_published_sum_and_peak():
    rates = FUNDAMENTAL.rates(np.arange(101))
    assert rates.sum() == pytest.approx(1.056808, abs=5e-7)
    assert int(np.argmax(rates)) == 23


def test_schedules_equal_the_reference(shared):
    folder = shared / "validation" / "demography" / "migration"
    sets: dict[str, dict[str, float]] = {}
    with (folder / "rc_param_sets.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            sets.setdefault(row["set"], {})[row["param"]] = float(row["value"])
    with (folder / "rc_schedules.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 150
    for row in rows:
        assert RogersCastro(**sets[row["set"]]).rates(float(row["age"])) == pytest.approx(float(row["rate"]), abs=1e-9)


profiles = st.lists(st.floats(-50, 50), min_size=10, max_size=10).filter(lambda values: abs(sum(values)) > 1)


@given(values=profiles, total=st.floats(-500, 500))
def test_the_scaled_profile_has_the_total_and_leaves_the_other_direction_alone(values, total):
    profile = np.array(values).reshape(2, 5)
    scaled = scale_profile(profile, total)
    assert scaled.sum() == pytest.approx(total, abs=1e-9)
    other = profile <= 0 if profile.sum() >= 0 else profile >= 0
    assert scaled[other] == pytest.approx(profile[other])


def test_the_profile_at_its_own_total_is_unchanged():
    profile = np.array([[3.0, -1.0], [2.0, 4.0]])
    assert scale_profile(profile, np.array([8.0, 16.0]))[0] == pytest.approx(profile)


def test_a_losing_region_scales_its_departures():
    scaled = scale_profile(np.array([[-6.0, 1.0], [-2.0, 1.0]]), -3.0)
    assert scaled == pytest.approx(np.array([[-3.75, 1.0], [-1.25, 1.0]]))


def test_a_profile_in_which_nobody_moves_is_refused():
    with pytest.raises(ValueError, match="nobody moves"):
        scale_profile(np.zeros((2, 3)), 5.0)
