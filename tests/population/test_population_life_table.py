"""Life tables against printed ones, the UN program's output and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.population.life_table import (
    abridged_life_table,
    child_ax,
    extended_expectancy,
    infant_ax,
    life_table,
    survival_ratios,
)
from sim.population.survival import survival_from_mx

FIVE_YEAR_AGES = np.array([0, 1, *range(5, 101, 5)])
rates = st.lists(st.floats(1e-5, 0.9), min_size=4, max_size=40)


@pytest.fixture(scope="module")
def tables(shared: Path) -> Path:
    return shared / "validation/demography/lifetables"


def test_canada_1985_matches_the_un_program_s_own_life_table(root: Path) -> None:
    published = pd.read_csv(root / "tests/data/population_canada_1985.csv")
    for sex, rows in published.groupby("sex"):
        table = life_table(rows.mx.to_numpy(), sex=str(sex), a0="coale-demeny", radix=100_000)
        np.testing.assert_allclose(table.lx, rows["lx"], rtol=1e-7)
        np.testing.assert_allclose(table.ex, rows["ex"], rtol=1e-7)


def test_canada_1950_1985_2019_every_column(shared: Path) -> None:
    folder = shared / "validation/demography/ccmpp_1x1_canada_un_official"
    published = pd.read_csv(folder / "expected_lifetables_1950_1985_2019.csv")
    for (_, sex), rows in published.groupby(["year", "sex"]):
        table = life_table(rows["nMx"].to_numpy(), sex=str(sex), a0="coale-demeny", radix=100_000)
        for name in ("ax", "qx", "lx", "dx", "Lx", "Tx", "ex"):
            column = {"ax": "nAx", "qx": "nqx", "dx": "ndx", "Lx": "nLx"}.get(name, name)
            np.testing.assert_allclose(getattr(table, name), rows[column], rtol=1e-8, err_msg=column)
        np.testing.assert_allclose(table.survival(), rows["Sx"], rtol=1e-8)


def test_austria_males_1992_with_the_printed_ax(tables: Path) -> None:
    printed = pd.read_csv(tables / "preston_box3_1_austria_males_1992.csv")
    table = abridged_life_table(printed.mx.to_numpy(), printed.age_start.to_numpy(), "male", ax=printed.ax.to_numpy())
    np.testing.assert_allclose(table.ex, printed.ex, atol=1e-3)
    np.testing.assert_allclose(table.lx, printed.lx, atol=1e-5)


@pytest.mark.parametrize(("rule", "tolerance"), [("andreev-kingkade", 0.06), ("coale-demeny", 0.004)])
def test_un_1982_page_34(tables: Path, rule: str, tolerance: float) -> None:
    printed = pd.read_csv(tables / "un1982_p34_abridged.csv")
    table = abridged_life_table(printed.mx.to_numpy(), printed.age_start.to_numpy(), "male", a0=rule)
    under_65 = printed.age_start.to_numpy() < 65
    np.testing.assert_allclose(table.ex[under_65], printed.ex_published[under_65], atol=tolerance)


def test_abridged_tables_agree_with_mortcast(tables: Path) -> None:
    """MortCast gives the last closed group the slope of the one below (a MORTPAK habit WPP 2019 does not share)."""
    published = pd.read_csv(tables / "mortcast_abridged_wpp2019.csv")
    for (sex, _), rows in published.groupby(["sex", "period"]):
        name = {"M": "male", "F": "female"}[str(sex)]
        mx, ages = rows.mx.to_numpy(), rows.age.to_numpy()
        own = abridged_life_table(mx, ages, name)
        np.testing.assert_allclose(own.ex[0], rows.ex.iloc[0], atol=3e-4)
        np.testing.assert_allclose(own.lx[:-1], rows["lx"].iloc[:-1], rtol=1e-8)
        given_ax = abridged_life_table(mx, ages, name, ax=rows["ax"].to_numpy())
        for column in ("qx", "lx", "dx", "Lx", "Tx", "ex"):
            np.testing.assert_allclose(getattr(given_ax, column), rows[column], rtol=1e-8, err_msg=column)
        published_ratios = np.delete(rows.sx.to_numpy(), -1)
        np.testing.assert_allclose(given_ax.survival(), published_ratios, rtol=1e-8)


def test_a_constant_force_of_mortality_has_its_closed_form() -> None:
    """With m constant, a = 0.5 and l / m in the open group, e(x) is 1 / m at every age but for the first year's a0."""
    mx = np.full(101, 0.02)
    table = life_table(mx, sex="male", ax=np.append(np.full(100, 0.5), np.nan))
    np.testing.assert_allclose(table.ex, 50.0, rtol=1e-12)
    np.testing.assert_allclose(table.lx, (0.99 / 1.01) ** np.arange(101), rtol=1e-12)


def test_infant_ax_at_its_joints_and_published_values() -> None:
    assert infant_ax(0.009035454648, "male", "coale-demeny") == pytest.approx(0.068260066, abs=1e-9)
    assert infant_ax(0.5, "female", "coale-demeny") == 0.35
    assert infant_ax(0.01158, "male", "andreev-kingkade") == pytest.approx(0.126182689, abs=1e-9)
    assert infant_ax(0.2, "female", "andreev-kingkade") == 0.31411
    assert child_ax(0.01158, "male") == pytest.approx(1.61839072, abs=1e-9)
    for rule in ("andreev-kingkade", "coale-demeny"):
        for sex in ("male", "female"):
            grid = infant_ax(np.linspace(0, 0.2, 20_001), sex, rule)
            assert np.abs(np.diff(grid)).max() < 4e-4  # no jump where the pieces meet
        both = infant_ax(0.01, "both", rule)
        assert both == pytest.approx(0.5 * (infant_ax(0.01, "male", rule) + infant_ax(0.01, "female", rule)))


def test_coale_demeny_a0_and_q0_agree() -> None:
    m0 = np.linspace(0.0, 0.15, 500)
    a0 = infant_ax(m0, "female", "coale-demeny")
    q0 = m0 / (1 + (1 - a0) * m0)
    np.testing.assert_allclose(a0, np.where(q0 < 0.1, 0.05 + 3.0 * q0, 0.35), atol=1e-12)


@given(rates)
def test_a_life_table_adds_up(mx: list[float]) -> None:
    table = life_table(np.array(mx), sex="female")
    np.testing.assert_allclose(table.dx.sum(), 1.0, rtol=1e-9)
    np.testing.assert_allclose(table.dx, table.mx * table.Lx, rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(table.Lx.sum(), table.ex[0], rtol=1e-9)
    assert np.all(np.diff(table.lx) <= 0)
    assert np.all((table.survival() >= 0) & (table.survival() <= 1))


@given(rates, st.sampled_from(["andreev-kingkade", "coale-demeny"]), st.booleans())
def test_survival_without_products_equals_the_life_table(mx: list[float], rule: str, with_ax: bool) -> None:
    m = np.array([mx, mx[::-1]])
    ax = np.full(m.shape, np.nan)
    if with_ax:
        ax[:, :-1:2] = 0.3
        ax[1, -1] = 2.5
    expected = [life_table(m[i], sex=sex, a0=rule, ax=ax[i]).survival() for i, sex in enumerate(("male", "female"))]
    np.testing.assert_allclose(survival_from_mx(m, a0=rule, ax=ax), expected, rtol=1e-9, atol=1e-15)


def test_survival_in_blocks_of_draws_equals_the_whole() -> None:
    rng = np.random.default_rng(5)
    mx = rng.uniform(0.0005, 0.4, (60, 200, 2, 101))
    whole = survival_from_mx(mx)
    assert whole.shape == mx.shape
    np.testing.assert_array_equal(whole[17:18], survival_from_mx(mx[17:18]))


def test_negative_or_missing_rates_are_refused() -> None:
    for wrong in (-0.1, np.nan):
        mx = np.full((1, 2, 5), 0.1)
        mx[0, 1, 3] = wrong
        with pytest.raises(ValueError, match="death rates"):
            survival_from_mx(mx)


def test_a_population_that_nobody_leaves_survives() -> None:
    mx = np.zeros((2, 6))
    np.testing.assert_array_equal(survival_from_mx(mx), np.ones((2, 6)))


def test_extension_of_the_open_group_follows_kannisto() -> None:
    """Rates that obey Kannisto's law are extended by that law: the expectancy at 100 is its integral."""
    force = lambda x: 1 / (1 + np.exp(-(-10.0 + 0.1 * x)))  # noqa: E731
    ages = np.arange(101)
    mx = force(ages + 0.5)
    fine = np.linspace(100, 160, 600_001)
    step = fine[1] - fine[0]
    hazard = np.cumsum(force(fine)) * step
    expected = np.exp(-hazard).sum() * step
    assert extended_expectancy(mx, ages) == pytest.approx(expected, rel=3e-3)
    mx[-1] = 5.0  # a rate not to be trusted
    table = life_table(mx, sex="male", open_group="extension")
    assert table.ex[-1] == pytest.approx(expected, rel=3e-3)


def test_survival_ratios_join_the_first_two_abridged_groups() -> None:
    mx = np.full(len(FIVE_YEAR_AGES), 0.03)
    table = abridged_life_table(mx, FIVE_YEAR_AGES, "female")
    years = np.append(table.Lx[0] + table.Lx[1], table.Lx[2:])
    np.testing.assert_array_equal(table.survival(), survival_ratios(years, width=5))
    assert table.survival().shape == (21,)
