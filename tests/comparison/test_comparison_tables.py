"""The tables of a comparison against direct computations from the run folders, and the laws of differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.comparison import MEASURES, compare_runs
from sim.comparison.values import RunValues
from sim.draws import quantiles
from sim.indicators import dictionary, whole_up


@pytest.fixture(scope="module")
def comparison(plan, what_if):
    return compare_runs([plan, what_if])


def row(comparison, indicator: str, year: int, letter: str = "B"):
    table = comparison.headline
    found = table[(table["indicator"] == indicator) & (table["year"] == year) & (table["letter"] == letter)]
    assert len(found) == 1
    return found.iloc[0]


def test_figures_by_draw_are_those_of_the_scorecard(plan, what_if):
    """Quantiles of needs and chances of norms and needs, rebuilt by draw, are the scorecard's own."""
    checked = 0
    for run in (plan, what_if):
        values = RunValues(run)
        for (key, year), shown in values.rows.items():
            entry, by_draw = dictionary()[key], values.of(dictionary()[key], year)
            sign = 1.0 if entry.direction == "up" else -1.0
            if by_draw.need is not None:
                found = [whole_up(float(q)) if entry.whole else q for q in quantiles(by_draw.need)]
                assert found == pytest.approx([shown.need_p10, shown.need_p50, shown.need_p90])
            for name in ("norm", "need"):
                asked = getattr(by_draw, name)
                if asked is not None and by_draw.supply is not None:
                    margin = sign * (by_draw.supply - asked)[1:]
                    assert np.mean(margin >= -1e-9) == pytest.approx(getattr(shown, f"p_{name}_met")), (key, year, name)
                    checked += 1
    assert checked > 300


def test_own_figures_are_copied_exactly(comparison, what_if):
    card = what_if.table("scorecard").set_index(["indicator", "year"])
    shown = comparison.headline[comparison.headline["letter"] == "B"]
    assert len(shown) == len(card)
    for line in shown.itertuples():
        own = card.loc[(line.indicator, line.year)]
        for name in ("supply", "norm", "need_p10", "need_p50", "need_p90", "gap_to_norm", "gap_to_need", "status"):
            value, expected = getattr(line, name), own[name]
            assert value == expected or (value != value and expected != expected)


def test_the_difference_in_need_is_the_one_of_the_draws(comparison, plan, what_if):
    other, base = what_if.draws()["need/beds"][1:, -1], plan.draws()["need/beds"][1:, -1]
    expected = np.quantile(np.ceil(np.round(other, 6)) - np.ceil(np.round(base, 6)), [0.1, 0.5, 0.9])
    found = row(comparison, "beds", 2035)
    assert [found[f"need_difference_p{p}"] for p in (10, 50, 90)] == pytest.approx(list(expected))
    unpaired = np.quantile(other, 0.9) - np.quantile(base, 0.1)
    assert found["need_difference_p90"] - found["need_difference_p10"] < 0.2 * unpaired
    assert found["need_higher_share"] == 1.0
    assert found["need_variance_ratio"] == pytest.approx((other.var() + base.var()) / (other - base).var(), rel=0.02)


def test_the_gap_moves_by_supply_less_need(comparison, plan, what_if):
    found, base = row(comparison, "beds", 2035), row(comparison, "beds", 2035, "A")
    assert found["gap_to_need_difference"] == pytest.approx(found["gap_to_need"] - base["gap_to_need"])
    assert found["supply_difference"] == found["supply_difference_p50"] == found["supply"] - base["supply"] < 0
    assert found["gap_to_need_difference_p50"] == pytest.approx(found["supply_difference"] - found["need_difference_p50"])


def test_a_norm_per_head_moves_with_the_people_of_each_draw(comparison, plan, what_if):
    people = [run.draws()["population_total"][:, -1] for run in (plan, what_if)]
    asked = [np.ceil(np.round(4.6 * total / 1000, 6)) for total in people]
    found = row(comparison, "beds", 2034 + 1)
    assert found["norm_difference"] == asked[1][0] - asked[0][0]
    assert found["norm_difference_p50"] == pytest.approx(np.median(asked[1][1:] - asked[0][1:]))


def test_slower_help_is_a_worse_gap(comparison):
    found = row(comparison, "response_mean_min", 2025)
    assert found["pairing"] == "parameter_draw"
    assert found["supply_difference_p10"] == pytest.approx(0.5)
    assert found["supply_difference_p90"] == pytest.approx(0.5)
    assert found["gap_to_norm_difference_p50"] == pytest.approx(-0.5)


def test_response_is_paired_by_replication(make, plan):
    other = make("other_noise", seed=5, minutes=0.25)
    table = compare_runs([plan, other]).emergency
    found = table[(table["metric"] == "response_mean_min") & (table["year"] == 2025) & (table["letter"] == "B")].iloc[0]
    rows = [run.table("emergency_replications") for run in (other, plan)]
    central = [frame[(frame["draw"] == 0) & (frame["year"] == 2025)]["response_mean_min"].to_numpy() for frame in rows]
    assert found["difference"] == pytest.approx(0.25)
    assert found["replications"] == len(central[0]) == 3
    assert found["ci_high"] - found["ci_low"] == pytest.approx(0.0, abs=1e-9)


def test_the_t_interval_is_that_of_a_paired_test(make, plan, tmp_path):
    from sim.comparison.emergency import _Metric

    values = RunValues(plan)
    one, other = _Metric(values, 2025, "response_mean_min"), _Metric(values, 2030, "response_mean_min")
    other.replications = np.array([11.9, 12.7, 12.2])
    found = other.difference(one)
    expected = stats.ttest_rel(other.replications, one.replications).confidence_interval(0.95)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx(tuple(expected))
    paired = (other.replications - one.replications).var(ddof=1)
    assert found["variance_ratio"] == pytest.approx((other.replications.var(ddof=1) + one.replications.var(ddof=1)) / paired)


def difference_columns(table):
    return [name for name in table.columns if "difference" in name]


def test_a_run_does_not_differ_from_itself(plan):
    same = compare_runs([plan, plan])
    others = same.headline[same.headline["letter"] == "B"]
    for measure in MEASURES:
        for part in ("difference", "difference_p10", "difference_p50", "difference_p90", "higher_share", "lower_share"):
            found = others[f"{measure}_{part}"].dropna()
            assert len(found) > 20
            assert (found == 0).all(), (measure, part)
    calls = same.emergency[same.emergency["letter"] == "B"]
    for name in (*difference_columns(calls), "ci_low", "ci_high"):
        assert (calls[name].dropna() == 0).all()
        assert calls[name].notna().any()
    assert same.inputs.empty


def test_swapping_base_and_other_flips_every_sign(comparison, plan, what_if):
    back = compare_runs([plan, what_if], base=1)
    one = comparison.headline[comparison.headline["letter"] == "B"].set_index(["indicator", "year"])
    two = back.headline[back.headline["letter"] == "A"].set_index(["indicator", "year"])
    common = one.index.intersection(two.index)
    mirrored = {"difference_p10": "difference_p90", "difference_p90": "difference_p10"}
    compared = 0
    for measure in MEASURES:
        for part in ("difference", "difference_p10", "difference_p50", "difference_p90"):
            a = one.loc[common, f"{measure}_{part}"].to_numpy(dtype=float)
            b = two.loc[common, f"{measure}_{mirrored.get(part, part)}"].to_numpy(dtype=float)
            assert np.array_equal(np.isnan(a), np.isnan(b))
            known = ~np.isnan(a)
            assert a[known] == pytest.approx(-b[known], abs=1e-9)
            compared += int(known.sum())
    assert compared > 500


def test_the_base_has_no_differences(comparison):
    base = comparison.headline[comparison.headline["letter"] == "A"]
    assert base[difference_columns(base)].isna().all().all()


def test_fewer_draws_are_paired_over_those_in_common(make, plan, what_if):
    longer = make("longer", draws=60)
    found = compare_runs([plan, longer])
    assert found.pairs == 40
    assert [notice.key for notice in found.notices] == ["draws"]
    needs = found.headline[(found.headline["letter"] == "B") & (found.headline["indicator"] == "beds")]
    assert (needs["need_difference_p90"].dropna() == 0).all()
    assert (needs["pairs"].dropna() == 40).all()
