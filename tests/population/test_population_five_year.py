"""Five-year projections against a textbook and the United Nations' World Population Prospects 2019."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from population_cases import identity_gap

from sim.population.five_year import five_year_survival, project_five_year
from sim.population.life_table import abridged_life_table, survival_ratios

SCHEDULES = {"China": "Family Immigration", "Korea": "Male Labor Immigration"}
"""Age patterns of total net migration: UN model families, both sexes together."""


def test_sweden_1993_to_1998_every_printed_integer(root: Path) -> None:
    box = pd.read_csv(root / "tests/data/population_box_6_2.csv")
    survival = survival_ratios(box.person_years.to_numpy(), width=5, radix=100_000)
    women = box.women_1993.to_numpy(float)
    both = [[women, women]]
    moves = np.stack([box.net_migration, box.net_migration])[None, None]
    result = project_five_year(
        both, [[[survival, survival]]], box.asfr.to_numpy()[None, None], [[1.05]], moves, timing="even"
    )
    np.testing.assert_array_equal(np.rint(result.counts[0, 1, 1]), box.women_1998)
    np.testing.assert_array_equal(np.rint(result.counts[0, 1, 0]), box.men_1998)
    assert result.births.sum() == pytest.approx(box.births.sum(), abs=4)  # each printed group is rounded
    assert identity_gap(result) <= 1e-12


@pytest.mark.parametrize(
    ("country", "variant", "wape_2035", "wape_2050", "total_2050"),
    [
        ("China", "medium", 6e-4, 1e-3, 8e-4),
        ("China", "high", 6e-4, 1e-3, 8e-4),
        ("China", "low", 6e-4, 1e-3, 8e-4),
        ("Korea", "medium", 2e-3, 2e-3, 5e-4),
        ("Korea", "high", 2e-3, 2e-3, 5e-4),
        ("Korea", "low", 2e-3, 2e-3, 5e-4),
    ],
)
def test_wpp_2019(
    shared: Path, country: str, variant: str, wape_2035: float, wape_2050: float, total_2050: float
) -> None:
    found, expected = _wpp_2019(shared, country, variant)
    total = expected.sum(axis=(1, 2))
    wape = np.abs(found - expected).sum(axis=(1, 2)) / total
    off = np.abs(found.sum(axis=(1, 2)) / total - 1)
    assert wape[:3].max() <= wape_2035
    assert wape.max() <= wape_2050
    assert off[:3].max() <= 5e-4
    assert off.max() <= total_2050
    if country == "China":
        assert np.abs(found[-1] / expected[-1] - 1).max() <= 3e-3


def _wpp_2019(shared: Path, country: str, variant: str) -> tuple[np.ndarray, np.ndarray]:
    folder = shared / "validation/demography/wpp2019_5x5"

    def read(name: str) -> pd.DataFrame:
        frame = pd.read_csv(folder / name)
        return frame[frame.country == country]

    base = read("base_population_2020.csv")[["pop_m_2020", "pop_f_2020"]].to_numpy(float).T
    rates, pattern, totals = (read(f"{n}_by_period.csv") for n in ("mx", "pasfr", "tfr_srb_migration"))
    expected = read("expected_population_2025_2050.csv")
    periods, groups = len(totals), base.shape[1]
    mx = np.stack([rates[name].to_numpy().reshape(periods, -1) for name in ("mx_m", "mx_f")], axis=1)
    asfr = np.zeros((periods, groups))
    share = pattern.pasfr_percent.to_numpy().reshape(periods, 7) / 100
    asfr[:, 3:10] = share * totals[f"tfr_{variant}"].to_numpy()[:, None] / 5
    families = pd.read_csv(shared / "validation/demography/migration/un_model_families_published_5yr_per100000.csv")
    family = families[families.Type == SCHEDULES[country]]
    schedule = np.pad(family[["Male", "Female"]].to_numpy().T, ((0, 0), (0, groups - 17)))
    moves = totals.net_migration_total_5yr.to_numpy()[:, None, None] * schedule / schedule.sum()
    survival = five_year_survival(mx, rates.age_start.unique())
    result = project_five_year(base[None], survival[None], asfr[None], totals.srb.to_numpy()[None], moves[None])
    short = {"medium": "med", "high": "high", "low": "low"}[variant]
    published = np.stack([expected[f"pop_{sex}_{short}"].to_numpy(float).reshape(periods, -1) for sex in "mf"], axis=1)
    return result.counts[0, 1:], published


def test_survival_of_five_years_is_that_of_each_sex_s_table() -> None:
    ages = np.array([0, 1, *range(5, 86, 5)])
    mx = np.stack([np.linspace(0.002, 0.2, len(ages)), np.linspace(0.001, 0.15, len(ages))])
    survival = five_year_survival(mx[None], ages)
    assert survival.shape == (1, 2, 18)
    np.testing.assert_array_equal(survival[0, 1], abridged_life_table(mx[1], ages, "female").survival())
