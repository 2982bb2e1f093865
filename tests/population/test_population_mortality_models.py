"""Relational and log-quadratic life tables against printed examples, and the region's fit."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.life_table import life_table
from sim.population.mortality import relational_rates, slopes_of_infant_mortality
from sim.population.mortality_models import (
    fit_level,
    fit_level_and_slope,
    fit_relation,
    from_rows,
    infant_rate,
    log_quadratic,
    logit,
    relational_mx,
    survivors_of,
)

# Timaeus & Moultrie, Tools for Demographic Estimation / PAPP course 103 (IUSSP): survivors of 100,000 at ages 5, 10 ... 85 in
# Princeton West (e0 30) and the UN Latin American model (e0 60) and their logits as printed.
WEST_30 = [
    61196, 58141, 55864, 53002, 49614, 46072, 42361, 38624, 34968, 31396, 27280, 22764, 17384, 12025, 6931, 3073, 937,
]  # fmt: skip
WEST_30_LOGIT = [
    -0.2278, -0.1643, -0.1178, -0.0601, 0.0077, 0.0787, 0.154, 0.2316, 0.3102, 0.3908, 0.4902, 0.6109, 0.7793, 0.9951,
    1.2987, 1.7256, 2.3302,
]  # fmt: skip
LATIN_60 = [
    85881, 84901, 84480, 83900, 83204, 82423, 81472, 80293, 78743, 76609, 73294, 68218, 60627, 50383, 37619, 23960, 12350,
]  # fmt: skip
LATIN_60_LOGIT = [
    -0.9027, -0.8634, -0.8472, -0.8254, -0.8001, -0.7727, -0.7405, -0.7024, -0.6548, -0.5932, -0.5048, -0.3819, -0.2158,
    -0.0077, 0.2529, 0.5774, 0.9799,
]  # fmt: skip


def gompertz(level: float = 2.5e-5) -> np.ndarray:
    """A plausible schedule: infant mortality and Gompertz adult mortality."""
    mx = level * np.exp(0.1 * np.arange(101))
    mx[0] = 0.006
    return mx


def test_logits_of_the_printed_example():
    assert logit(np.array(WEST_30) / 1e5) == pytest.approx(WEST_30_LOGIT, abs=3e-4)
    assert logit(np.array(LATIN_60) / 1e5) == pytest.approx(LATIN_60_LOGIT, abs=3e-4)


def test_relation_of_the_printed_example_by_least_squares():
    assert fit_relation(LATIN_60_LOGIT, WEST_30_LOGIT) == pytest.approx((-0.814342, 0.774528), abs=1e-6)


@given(share=st.floats(1e-6, 1 - 1e-6))
def test_logit_and_back(share):
    assert survivors_of(logit(share)) == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_the_relation_with_level_0_is_the_standard_itself(sex):
    standard = gompertz()
    assert relational_mx(0.0, standard, sex) == pytest.approx(standard, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(wanted=st.floats(65, 90), sex=st.sampled_from(["male", "female"]))
def test_level_gives_the_life_expectancy(wanted, sex):
    alpha = fit_level(wanted, gompertz(), sex)
    assert life_table(relational_mx(alpha, gompertz(), sex), sex=sex).ex[0] == pytest.approx(wanted, abs=1e-8)


def test_level_and_slope_give_life_expectancy_and_infant_mortality():
    alpha, beta = fit_level_and_slope(82.0, 0.0028, gompertz(), "female")
    table = life_table(relational_mx(alpha, gompertz(), "female", beta=beta), sex="female")
    assert table.ex[0] == pytest.approx(82.0, abs=1e-8)
    assert 1.0 - table.lx[1] == pytest.approx(0.0028, rel=1e-8)


def test_a_life_expectancy_out_of_reach_is_refused():
    with pytest.raises(ValueError, match="lies outside"):
        fit_level(140.0, gompertz(), "male")


@given(q0=st.floats(1e-4, 0.1))
def test_infant_rate_gives_the_probability_back(q0):
    mx = gompertz()
    mx[0] = infant_rate(q0, "male")
    assert life_table(mx, sex="male").qx[0] == pytest.approx(q0, rel=1e-8)


def test_rates_of_many_draws_have_the_life_expectancies_asked_for():
    standard = np.stack([gompertz(), gompertz(1.7e-5)])[None].repeat(3, axis=0)
    wanted = np.linspace(70, 90, 12).reshape(2, 3, 2)
    slope = slopes_of_infant_mortality(standard[0], np.array([78.0, 83.0]), 0.003)
    mx = relational_rates(standard, slope, wanted)
    for index, sex in enumerate(("male", "female")):
        assert life_table(mx[:, :, index], sex=sex).ex[..., 0] == pytest.approx(wanted[:, :, index], abs=2e-3)


def test_log_quadratic_equals_the_reference_for_given_coefficients(shared):
    folder = shared / "validation" / "demography" / "lifetables"
    names = {"m": "male", "f": "female", "b": "both"}
    rows: dict[str, list[dict[str, float]]] = {}
    with (folder / "logquad_coefficients_demotools_refit.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            values = {name: float(row[name + "x"]) for name in "abcv"}
            first = float(row["age_start"].strip("[").split(",")[0].rstrip("+)"))
            rows.setdefault(row["sex"], []).append({"age_from": first, **values})
    compared = 0
    with (folder / "logquad_outputs.csv").open(encoding="utf-8") as stream:
        outputs = list(csv.DictReader(stream))
    for sex, name in names.items():
        model = from_rows(name, rows[sex])
        for inputs in {row["inputs"] for row in outputs}:
            reference = [row for row in outputs if row["sex"] == sex and row["inputs"] == inputs]
            mx = model.mx(float(reference[0]["q0_5"]), float(reference[0]["k"]))
            for row in reference[:-1]:
                age = int(row["Age"])
                if age != 1:
                    position = int(np.flatnonzero(model.ages == age)[0])
                    assert mx[position] == pytest.approx(float(row["nMx"]), rel=1e-7)
                    compared += 1
    assert compared > 100


def test_log_quadratic_with_the_published_coefficients(shared):
    path = shared / "validation" / "demography" / "lifetables" / "logquad_mortcast_published_coef.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for sex in ("male", "female"):
        for expectancy in ("70", "80"):
            reference = {int(r["age_start"]): float(r["mx"]) for r in rows if r["sex"] == sex and r["e0"] == expectancy}
            model = log_quadratic(sex)
            mx = dict(zip(model.ages.tolist(), model.mx(model.fit_q0_5(float(expectancy))), strict=True))
            for age, value in reference.items():
                if age != 1 and age < 100:
                    assert mx[age] == pytest.approx(value, rel=5e-3), (sex, expectancy, age)


@settings(max_examples=15, deadline=None)
@given(expectancy=st.floats(70, 84), sex=st.sampled_from(["male", "female", "both"]))
def test_log_quadratic_fits(expectancy, sex):
    model = log_quadratic(sex)
    q0_5 = model.fit_q0_5(expectancy)
    assert model.fit_k(q0_5, expectancy) == pytest.approx(0.0, abs=1e-6)
    assert model.fit_k(q0_5, expectancy + 0.5) < 0
