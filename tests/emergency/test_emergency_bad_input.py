"""What a user can get wrong in ``emergency``: an error with its place and exit code 2, or a consequence that is said."""

from __future__ import annotations

import pytest

from sim.region import load_region
from sim_cli import run_cli

QUICK = ["--year", "2020", "--replications", "2", "--set", "emergency.parameter_draws=0", "--set", "draws=0"]


def command(root, tmp_path, *settings):
    options = [part for setting in settings for part in ("--set", setting)]
    scenario = str(root / "scenarios/kunshan/baseline.yaml")
    return run_cli(["emergency", scenario, *QUICK, *options, "--out", str(tmp_path / "out")])


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("emergency.standard_min=.nan", "emergency.standard_min is the text '.nan'; expected a number"),
        ("emergency.radius_urban_km=.inf", "expected a number"),
        ("emergency.turnout_median_min=-1", "emergency.turnout_median_min is -1"),
        ("emergency.speed_factor=0", "emergency.speed_factor is 0"),
        ("emergency.transport_share=1.5", "emergency.transport_share is 1.5"),
        ("emergency.closures=[{station: kunshan_99, year: 2022}]", "unknown station of kunshan 'kunshan_99'"),
        ("emergency.units_on_duty.stations={kunshan_99: {day: 1, night: 1}}", "unknown station of kunshan 'kunshan_99'"),
        ("emergency.units_on_duty.day=0", "nobody is on duty"),
        ("emergency.units_on_duty.night=0", "nobody is on duty"),
        ("emergency.units_on_duty.day=3", "3 units on duty by day are fewer than the 14 stations"),
        ("emergency.new_stations=[{name: far, opens: 2021, lon: 110, lat: 20}]", "lies outside kunshan"),
        ("emergency.travel_table=nowhere.csv", "does not exist"),
        ("emergency.target_half_width_min=0", "emergency.target_half_width_min is 0"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(root, tmp_path, capsys, setting, message):
    assert command(root, tmp_path, setting) == 2
    said = capsys.readouterr().err
    assert said.startswith("--set:") and message in said
    assert not (tmp_path / "out").exists()


ROWS = {
    "hole": (["{zone},{station},4"], "the travel table lacks"),
    "negative": (["{zone},{station},-4"], "minutes is -4; expected a number from 0 to 1440"),
    "not a number": (["{zone},{station},nan"], "minutes is 'nan'; expected a finite number"),
    "unknown zone": (["x,{station},4"], "unknown zone of kunshan 'x'"),
    "unknown station": (["{zone},kunshan_99,4"], "unknown station of kunshan 'kunshan_99'"),
    "pair twice": (["{zone},{station},4", "{zone},{station},5"], "stands twice"),
}


@pytest.mark.parametrize("case", ROWS)
def test_wrong_travel_tables_are_refused_with_their_place(root, tmp_path, capsys, case):
    region = load_region(root / "calibration", "kunshan")
    lines, message = ROWS[case]
    table = tmp_path / "travel.csv"
    table.write_text(
        "zone,station,minutes\n"
        + "".join(line.format(zone=region.zones.ids[0], station=region.stations.ids[0]) + "\n" for line in lines)
    )
    assert command(root, tmp_path, f"emergency.travel_table={table}") == 2
    said = capsys.readouterr().err
    assert message in said
    assert not (tmp_path / "out").exists()


def test_a_night_with_few_crews_is_said_and_no_call_is_lost(root, tmp_path, capsys):
    """Three crews at night, fourteen by day: queues build up at night and are worked off by day."""
    assert command(root, tmp_path, "emergency.units_on_duty.night=3") == 0
    said = capsys.readouterr().err
    assert "11 of 14 stations have no unit on duty by night" in said
    assert "Overload" not in said
    checks = (tmp_path / "out" / "emergency_checks.csv").read_text(encoding="utf-8")
    assert "queues build up while only 3 crews are on duty" in checks
    assert ",true," in next(line for line in checks.splitlines() if line.startswith("conservation,"))


def test_overload_stands_beside_the_figure(root, tmp_path, capsys):
    """Calls that grow by half a year: the figure of the last year is printed with what it is not."""
    scenario = str(root / "scenarios/kunshan/baseline.yaml")
    settings = ["--set", "demand.call_rate_growth=0.5", "--set", "emergency.parameter_draws=0", "--set", "draws=0"]
    options = ["--year", "2025", "--replications", "2", *settings]
    assert run_cli(["emergency", scenario, *options, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert "2 replications); overload: no steady state" in said.out
    assert "Overload in 2025" in said.err
