"""The scorecard in a terminal: it fits, says what it leaves out, and loses no minus sign where it cannot be printed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.report.terminal_table import scorecard_table, years_to_show
from sim.report.wording import Wording

ROOT = Path(__file__).resolve().parents[2]


def printed(run, language: str, width: int) -> tuple[list[str], int]:
    console = Console(file=io.StringIO(), width=width)
    table, left_out = scorecard_table(run.table("scorecard"), Wording(language), width)
    console.print(table)
    return console.file.getvalue().splitlines(), left_out


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_fits_and_nothing_is_cut(finished, language, width):
    lines, _ = printed(finished, language, width)
    assert max(map(cell_len, lines)) <= width
    assert not any("…" in line for line in lines)


def test_a_wide_terminal_shows_a_count_and_its_rate_on_one_line(finished):
    rows = finished.table("scorecard")
    year = max(years_to_show(rows))
    count, rate = (rows[(rows["indicator"] == key) & (rows["year"] == year)].iloc[0] for key in ("beds", "beds_per_1000"))
    lines, _ = printed(finished, "en", 140)
    assert any(f"{count.supply:,.0f}" in line and f"{rate.supply:.2f}" in line for line in lines)


def test_what_nobody_judges_or_plans_is_left_out_and_counted(finished):
    rows = finished.table("scorecard")
    carried = rows[rows["indicator"] == "institutions"]
    assert carried["norm"].isna().all() and carried["need_p50"].isna().all()
    lines, left_out = printed(finished, "en", 140)
    assert left_out > 0
    assert not any("institutions" in line.lower() for line in lines)


def test_norms_that_are_not_of_a_target_year_are_marked(finished):
    rows = finished.table("scorecard")
    last = rows[(rows["indicator"] == "beds") & (rows["year"] == rows["year"].max())].iloc[0]
    lines, _ = printed(finished, "en", 140)
    assert any(f"{last.norm:,.0f}†" in line for line in lines) is (last.norm_basis == "carried_forward")


@pytest.mark.parametrize(("encoding", "minus"), [("ascii", "-"), ("utf-8", "\N{MINUS SIGN}")])
def test_a_minus_sign_is_never_lost(finished, encoding, minus):
    code = (
        "import sys; sys.stdout.reconfigure(errors='replace'); from pathlib import Path; "
        "from sim.report.terminal import print_outcome; "
        f"print_outcome(Path({str(finished.folder)!r}), reused=False, language='en', as_json=False)"
    )
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    text = done.stdout.decode(encoding)
    rows = finished.table("scorecard")
    short = rows[rows["year"].isin(years_to_show(rows)) & (rows["gap_to_need"] <= -1) & (rows["unit"] == "persons")]
    assert len(short)
    assert f"{minus}{-short.iloc[0].gap_to_need:,.0f}" in text
    assert encoding == "utf-8" or "?" not in text
