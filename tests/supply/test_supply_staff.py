import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.supply.projects import added_by, opening_date
from sim.supply.staff import implied_hires, stock_and_flow


def test_a_stock_at_rest_hires_its_leavers():
    path = np.full(5, 1000.0)
    hires = implied_hires(path, np.full(5, 0.03))
    assert np.isnan(hires[0])
    assert hires[1:] == pytest.approx(30.0)


def test_textbook_recurrence_by_hand():
    # 100 people, 10 % leave a year, 20 recruits a year: 110, 119, 127.1
    stock = stock_and_flow(100.0, np.array([0.0, 20, 20, 20]), np.full(4, 0.1))
    assert stock == pytest.approx([100, 110, 119, 127.1])


def test_constant_recruitment_tends_to_recruits_over_attrition():
    stock = stock_and_flow(10.0, np.full(2000, 50.0), np.full(2000, 0.02))
    assert stock[-1] == pytest.approx(50.0 / 0.02)


def test_a_training_lag_delays_what_is_recruited_and_keeps_a_stock_at_rest():
    attrition = np.full(8, 0.05)
    at_rest = stock_and_flow(200.0, np.full(8, 10.0), attrition, training_lag_years=3)
    assert at_rest == pytest.approx(200.0)
    more = stock_and_flow(200.0, np.full(8, 30.0), attrition, training_lag_years=3)
    assert more[:4] == pytest.approx(200.0)
    assert more[4] == pytest.approx(220.0)


@given(
    st.lists(st.floats(50, 5000), min_size=3, max_size=15),
    st.floats(0.0, 0.2),
)
def test_hiring_what_a_path_implies_reproduces_the_path_where_it_can_be_followed(levels, leaving):
    path = np.array(levels)
    attrition = np.full(len(path), leaving)
    hires = implied_hires(path, attrition)
    stock = stock_and_flow(path[0], np.nan_to_num(hires), attrition)
    followable = np.all(path[1:] >= path[:-1] * (1 - leaving) - 1e-9)
    if followable:
        assert stock == pytest.approx(path)
    assert np.all(stock >= path - 1e-6)


@given(st.floats(0.1, 1.0), st.floats(0.0, 0.2))
def test_recruiting_less_never_gives_more_staff(factor, leaving):
    path = np.linspace(1000, 2000, 8)
    attrition = np.full(8, leaving)
    full = np.nan_to_num(implied_hires(path, attrition))
    assert np.all(stock_and_flow(1000.0, factor * full, attrition) <= stock_and_flow(1000.0, full, attrition) + 1e-9)


def test_a_project_is_a_step_on_its_opening_day():
    years = np.array([2021, 2022, 2023])
    assert added_by(opening_date("2022-12-31"), 500, 0.0, years) == pytest.approx([0, 500, 500])
    assert added_by(opening_date("2023"), 500, 0.0, years) == pytest.approx([0, 0, 500])
    assert added_by(opening_date("2022"), -80, 0.0, years) == pytest.approx([0, -80, -80])


def test_a_project_ramps_up_in_a_straight_line():
    years = np.arange(2021, 2026)
    share = added_by(opening_date("2022-01"), 1.0, 2.0, years)
    assert share[0] == 0
    assert share[1] == pytest.approx(0.5, abs=0.01)
    assert share[2] == pytest.approx(1.0, abs=0.01)
    assert share[3] == 1.0


@pytest.mark.parametrize("text", ["22-01", "2022-13", "2022-02-30", "soon", "2022-01-01-01"])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(ValueError):
        opening_date(text)
