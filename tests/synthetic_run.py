"""A complete run of a region that does not exist (Samplia, 样例县), made from the contract dataclasses.

Figures are smooth inventions with the shape of real ones, so that writing and reporting can be tested without the models.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.demand.model import Need, Series
from sim.draws import Draws, autoregressive
from sim.emergency import crew_staff, surge_table
from sim.emergency.result import EmergencyResult
from sim.errors import Place
from sim.output import Run
from sim.population.model import Population
from sim.region.model import (
    CensusTable,
    Confidence,
    Hospitals,
    Observation,
    PlanTarget,
    Region,
    Source,
    Statement,
    Stations,
    Towns,
    Zones,
)
from sim.scenario.model import Origin, Scenario, ScenarioBody
from sim.scorecard import AttributionRow, score
from sim.supply import plan_supply

YEARS = np.arange(2020, 2036)
EMERGENCY_YEARS = (2020, 2025, 2030, 2035)
SCENARIO_TEXT = """schema: 1
name: plan_2025
region: samplia
"""


def make_run(folder: Path, draws: int = 60, seed: int = 5) -> Run:
    """A run whose input files lie in ``folder`` (``scenarios/samplia``, ``calibration/samplia``)."""
    scenario = make_scenario(folder, draws, seed)
    region = make_region(folder)
    axis = Draws(draws, seed)
    population = make_population(axis, region)
    need = make_need(axis, population)
    supply = plan_supply(region, scenario, population)
    emergency = make_emergency(region, axis)
    card = score(region, scenario, population, need, supply, emergency)
    beds = need.need["beds"].values[0]
    change = beds[-1] - beds[0]
    reasons = tuple(
        AttributionRow("beds", "beds", 2020, 2035, factor, part * change, 0.0, 2 * part * change, beds[0], beds[-1])
        for factor, part in (("size", 0.25), ("structure", 0.75))
    )
    timings = {"population": 1.25, "demand": 0.5, "supply": 0.01, "emergency": 20.0, "scorecard": 0.2}
    return Run(scenario, region, population, need, supply, emergency, card, timings, warnings=("A warning to show.",),
               attribution=reasons)  # fmt: skip


def make_scenario(folder: Path, draws: int = 60, seed: int = 5) -> Scenario:
    path = folder / "scenarios" / "samplia" / "plan_2025.yaml"
    parent = path.with_name("baseline.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    for file in (path, parent):
        if not file.exists():
            file.write_text(SCENARIO_TEXT, encoding="utf-8")
    body = ScenarioBody.model_validate(
        {
            "schema": 1,
            "name": "plan_2025",
            "title": {"zh": "样例县“十四五”规划", "en": "Samplia 14th Five-Year Plan"},
            "region": "samplia",
            "horizon": {"from": 2020, "to": 2035},
            "draws": draws,
            "seed": seed,
            "resources": {
                "beds": {"per_head": {2025: 4.6, 2035: 5.4}},
                "physicians": {"per_head": {2025: 3.2}},
                "nurses": {"per_head": {2025: 3.8}},
                "ambulances": {"per_head": {2025: 0.25}},
                "childcare_places": {"per_head": {2025: 4.5}},
            },
            "demand": {"length_of_stay_factor": {2020: 1.0, 2035: 0.9}},
        }
    )
    origins = {
        ("seed",): Origin("command line", Place("--set", 0, 0)),
        ("resources", "beds", "per_head", 2025): Origin("file", Place(path.name, 9, 5)),
        ("demand", "length_of_stay_factor"): Origin("parent", Place(parent.name, 4, 3)),
    }
    files = ((parent.name, str(parent)), (path.name, str(path)))
    return Scenario(body, origins, files, str(path))


def make_region(folder: Path) -> Region:
    baseline_file = folder / "calibration" / "samplia" / "baseline.yaml"
    baseline_file.parent.mkdir(parents=True, exist_ok=True)
    if not baseline_file.exists():
        baseline_file.write_text("schema: 1\n", encoding="utf-8")
    zones, towns = _geography()
    angle = np.linspace(0, 2 * np.pi, 60)
    wobble = 1 + 0.06 * np.sin(5 * angle) + 0.04 * np.cos(9 * angle)
    outline = np.column_stack([121.0 + 0.19 * wobble * np.cos(angle), 31.3 + 0.155 * wobble * np.sin(angle)])
    return Region(
        key="samplia",
        name_zh="样例县",
        name_en="Samplia",
        census_code="000000",
        parent="nowhere",
        base_year=2020,
        plan_year=2025,
        census={
            2020: CensusTable(2020, np.arange(0, 90, 5), np.full((2, 18), 20_000.0), "census", Confidence.SOURCED),
        },
        urban_share=0.7,
        baseline={
            "beds": _observed(3200, "beds", "plan", 2020, Confidence.SEED, baseline_file, 4),
            "physicians": _observed(2100, "persons", "plan", 2020, Confidence.SEED, baseline_file, 9),
            "nurses": _observed(2300, "persons", "plan", 2020, Confidence.SEED, baseline_file, 14),
            "ambulances": _observed(20, "vehicles", "plan", 2020, Confidence.DERIVED, baseline_file, 19),
            "beds_per_1000": _observed(4.0, "per 1000", "plan", 2020, Confidence.SEED, baseline_file, 24),
            "physicians_per_1000": _observed(2.63, "per 1000", "plan", 2020, Confidence.SEED, baseline_file, 29),
        },
        plan=(
            _target("beds_per_1000", 2025, ">=", 4.6, "per 1000", "binding", 1),
            _target("physicians_per_1000", 2025, "=", 3.2, "per 1000", "expected", 1),
            _target("nurses_per_1000", 2025, "=", 3.8, "per 1000", "expected", 1),
            _target("ambulances_per_10k", 2025, ">=", 0.25, "per 10,000", "expected", 2),
            _target("childcare_places_per_1000", 2025, ">=", 4.5, "per 1000", "expected", 1),
            _target("response_mean_min", 2025, "<=", 12, "min", "", 0, borrowed="qingpu"),
            _target("turnout_mean_min", 2025, "<", 2.5, "min", "", 1),
        ),
        parameters={
            "demography.tfr": Observation(0.95, "children per woman", "census", Confidence.ASSUMPTION, 2020, low=0.85, high=1.05),
            "care.length_of_stay_days": Observation(8.5, "days", "plan", Confidence.SEED, 2020),
            "emergency.travel.detour": Observation(1.3, "ratio", "guess", Confidence.ASSUMPTION, low=1.2, high=1.45),
            "emergency.calls.hourly": Observation((0.5, 1.0, 1.5), "relative", "guess", Confidence.ASSUMPTION),
            "workforce.attrition.nurses": Observation(0.05, "per person-year", "guess", Confidence.ASSUMPTION),
            "workforce.attrition.physicians": Observation(0.03, "per person-year", "guess", Confidence.ASSUMPTION),
        },
        tables={},
        towns=towns,
        zones=zones,
        stations=_stations(),
        hospitals=_hospitals(),
        outline=outline,
        not_modelled=(
            Statement("life_expectancy", "人均期望寿命", 2025, "target", ">=", 84.0, "岁", "", "户籍", "预期性", "plan",
                      Confidence.SEED, "人均期望寿命 户籍人口 84 岁"),
        ),
        gives=("beds", "physicians"),
        gives_not=("childcare places of 2020",),
        sources={
            "plan": Source("plan", "Samplia county, five-year health plan (invented)"),
            "census": Source("census", "Samplia census of 2020 (invented)"),
            "guess": Source("guess", "expert guess (invented)"),
        },
        files=(("samplia/baseline.yaml", str(baseline_file)),),
    )  # fmt: skip


def _observed(value: float, unit: str, source: str, year: int, grade: Confidence, file: Path, line: int) -> Observation:
    return Observation(float(value), unit, source, grade, year, basis="resident", place=Place(str(file), line, 3))


def _target(
    key: str, year: int, operator: str, value: float, unit: str, nature: str, decimals: int, borrowed: str = ""
) -> PlanTarget:
    return PlanTarget(key, year, operator, value, unit, "resident", nature, decimals, "plan", Confidence.SEED, borrowed)


def _geography() -> tuple[Zones, Towns]:
    x, y = np.meshgrid(np.arange(-17, 18), np.arange(-16, 17))
    inside = (x / 17.5) ** 2 + (y / 16.5) ** 2 < 0.96
    x, y = x[inside].astype(float), y[inside].astype(float)
    centres = np.array([[0.0, 0.0], [9.0, 5.0], [-9.0, -6.0], [3.0, -11.0]])
    distance = np.hypot(x[:, None] - centres[:, 0], y[:, None] - centres[:, 1])
    weight = np.exp(-distance[:, 0] / 4) + 0.4 * np.exp(-distance[:, 1] / 3) + 0.25 * np.exp(-distance[:, 2] / 3) + 0.01
    lon, lat = 121.0 + x / (111.32 * np.cos(np.radians(31.3))), 31.3 + y / 111.32
    town = distance.argmin(axis=1)
    people = 800_000 * weight / weight.sum()
    zones = Zones(tuple(f"z{i:04d}" for i in range(len(x))), lon, lat, x + 300, y + 3460, np.ones(len(x)), town, people)
    ids = ("centre", "east", "west", "south")
    towns = Towns(
        ids, ("城关镇", "东乡镇", "西河镇", "南湖镇"), ("Chengguan", "Dongxiang", "Xihe", "Nanhu"),
        np.array([True, True, False, False]), 121.0 + centres[:, 0] / 95.1, 31.3 + centres[:, 1] / 111.32,
        np.bincount(town, people, 4), (Confidence.MODELLED,) * 4, np.full(4, 0.2), np.full(4, np.nan),
    )  # fmt: skip
    return zones, towns


def _stations() -> Stations:
    x, y = np.array([0.0, 9.0, -9.0, 3.0, -3.0]), np.array([0.0, 5.0, -6.0, -11.0, 8.0])
    return Stations(
        tuple(f"s{i}" for i in range(5)), ("城关站", "东乡站", "西河站", "南湖站", "北门站"), 121.0 + x / 95.1, 31.3 + y / 111.32,
        x + 300, y + 3460, np.full(5, 1.0), (Confidence.SEED,) * 5, (Confidence.ASSUMPTION,) * 5, (None,) * 5, ("",) * 5,
    )  # fmt: skip


def _hospitals() -> Hospitals:
    x, y = np.array([0.5, 8.5]), np.array([0.5, 4.0])
    return Hospitals(
        ("h1", "h2"), ("样例县第一人民医院", "样例县第二人民医院"), ("三级甲等", "二级"), ("public", "public"), ("existing",) * 2,
        121.0 + x / 95.1, 31.3 + y / 111.32, x + 300, y + 3460, np.array([True, True]), np.full(2, np.nan), np.full(2, np.nan),
        (Confidence.ASSUMPTION,) * 2,
    )  # fmt: skip


def make_population(axis: Draws, region: Region) -> Population:
    ages = np.arange(101)
    shape = 1.0 + 0.9 * np.exp(-(((ages - 34) / 12) ** 2)) + 0.4 * np.exp(-(((ages - 58) / 9) ** 2))
    shape *= 1 / (1 + np.exp((ages - 78) / 6))
    base = np.stack([shape * 1.05, shape])
    base *= 800_000 / base.sum()
    time = np.arange(len(YEARS))
    path = autoregressive(axis.normal("population.fertility", len(YEARS)), 0.9) * 0.004 * np.sqrt(time)
    drift = path[:, :, None, None]
    young = np.where(ages < 20, -0.012, 0.0) + np.where(ages > 60, 0.022, 0.0)
    trend = np.exp(time[:, None] * (0.004 + young[None, :]))
    counts = base[None, None] * trend[None, :, None, :] * np.exp(drift)
    steps = len(YEARS) - 1
    births = np.full((axis.size, steps, 2), 3000.0) * (1 + drift[:, :steps, 0, :])
    deaths = np.full((axis.size, steps), 5200.0) + 60 * np.arange(steps)
    total = counts.sum(axis=(2, 3))
    migration = np.diff(total, axis=1) - births.sum(axis=2) + deaths
    split = region.towns.population / region.towns.population.sum()
    shares = np.broadcast_to(split[None, None, :, None], (axis.size, len(YEARS), 4, 5))
    assumptions = (("Open age group", "100 and over", "design", "derived"),)
    return Population(
        YEARS + 1, counts, births, deaths, migration, np.zeros((axis.size, steps)), region.towns.ids, shares.copy(),
        np.array([0, 3, 15, 60, 75]), assumptions,
    )  # fmt: skip


def make_need(axis: Draws, population: Population) -> Need:
    total = population.total()
    old = population.counts[..., 65:].sum(axis=(2, 3))
    small = population.counts[..., :3].sum(axis=(2, 3))
    level = np.exp(0.06 * axis.normal("demand.admission_level"))
    source = "assumption: length of stay"

    def series(key: str, unit: str, values: np.ndarray, method: str) -> Series:
        return Series(key, unit, values, method, source)

    beds = (0.0026 * total + 0.0115 * old) * level
    visits = (6.0 * total + 8.0 * old) * level
    doctors = 2100 * visits / visits[:, :1] * level
    need = {
        "beds": series("beds", "beds", beds, "bed-days of residents and outsiders at 85 % occupancy"),
        "physicians": series("physicians", "persons", doctors, "2020 productivity held constant"),
        "nurses": series("nurses", "persons", 1.15 * doctors, "2020 productivity held constant"),
        "ambulances": series("ambulances", "vehicles", 22 * total / total[:, :1] * level, "smallest duty fleet, times reserve"),
        "childcare_places": series("childcare_places", "places", small * 0.25 * level, "children under 3 times take-up"),
    }
    second = {("physicians", "wisn"): series("physicians", "persons", doctors * 1.1, "WISN with joint times")}
    activity = {
        "visits": series("visits", "visits per year", visits, "age-specific rates"),
        "discharges": series("discharges", "discharges per year", 0.11 * total * level, "age-specific rates"),
    }
    towns = {"children_under_3": small[:, :, None] * np.array([0.5, 0.2, 0.2, 0.1])}
    return Need(YEARS, need, second, activity, towns)


def make_emergency(region: Region, axis: Draws) -> EmergencyResult:
    means = {2020: 11.2, 2025: 11.6, 2030: 12.1, 2035: 12.8}
    return EmergencyResult(
        metrics=_metrics(means),
        replications=_replications(means, axis),
        coverage=_coverage(),
        by_draw=_emergency_draws(axis),
        distribution=_distribution(means),
        zones=_zone_table(region),
        stations=_station_table(region),
        duty_needed=pd.DataFrame(
            [
                (year, 12 + i, 16 + i, True, 12.0, 12 + i, *((11, 14, 15, 19) if i == 0 else (np.nan,) * 4), 1.0, 20)
                for i, year in enumerate(EMERGENCY_YEARS)
            ],
            columns=[
                "year", "units", "vehicles", "met", "standard_min", "units_planned", "units_p10", "units_p90", "vehicles_p10",
                "vehicles_p90", "met_share", "draws",
            ],
        ),
        warm_up=pd.DataFrame(
            [(2020, 5 * batch, 11.0, 11.1, 10, 15) for batch in range(1, 60)],
            columns=["year", "call", "mean_min", "welch_min", "replications", "dropped_calls"],
        ),
        checks=pd.DataFrame(
            [("little", "mean number of busy units", "3.2", "3.2", True, year) for year in EMERGENCY_YEARS],
            columns=["name", "what", "expected", "got", "ok", "year"],
        ),
        notices=("Five stations have no printed place.",),
        engine="reference",
        surge=pd.DataFrame([], columns=surge_table.COLUMNS),
        staff=pd.DataFrame(
            [(year, "physicians", 166_440.0, 1.0, 1848.0, 90.1, 4.74) for year in EMERGENCY_YEARS], columns=crew_staff.COLUMNS
        ),
    )


def _metrics(means: dict[int, float]) -> pd.DataFrame:
    rows = []
    for year, mean in means.items():
        for segment, factor in (("all", 1.0), ("urban", 0.9), ("rural", 1.35), ("priority_1", 0.97)):
            value = mean * factor
            share = 8 / value
            rows += [
                (year, name, segment, "min", level, level - noise, level + noise, 10, 0.92 * level, 1.1 * level, 20)
                for name, level, noise in (
                    ("response_mean_min", value, 0.1),
                    ("response_median_min", 0.9 * value, 0.1),
                    ("response_p90_min", 1.7 * value, 0.2),
                )
            ]
            rows.append(
                (year, "response_share_within_12", segment, "share", share, share - 0.01, share + 0.01, 10, 0.55, 0.8, 20)
            )
        rows += [
            (year, "dispatch_mean_min", "all", "min", 1.2, 1.19, 1.21, 10, 1.1, 1.3, 20),
            (year, "turnout_mean_min", "all", "min", 2.3, 2.28, 2.32, 10, 2.1, 2.5, 20),
            (year, "turnout_share_within_3", "all", "share", 0.93, 0.925, 0.935, 10, 0.88, 0.96, 20),
            (year, "utilisation", "all", "share", 0.27, 0.265, 0.275, 10, 0.24, 0.31, 20),
            (year, "queued_share", "all", "share", 0.004, 0.003, 0.005, 10, 0.001, 0.012, 20),
        ]
    columns = [
        "year", "metric", "segment", "unit", "mean", "ci_low", "ci_high", "replications", "param_p10", "param_p90", "draws",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _replications(means: dict[int, float], axis: Draws) -> pd.DataFrame:
    noise = axis.normal("demand.call_level", 8)
    rows = [
        (year, draw, replication, mean + 0.1 * noise[draw, replication] + 0.5 * noise[draw, 0], 0.62, 2.3, 0.93, 0.27, 0.004)
        for year, mean in means.items()
        for draw in range(min(axis.size, 21))
        for replication in range(3)
    ]
    columns = [
        "year", "draw", "replication", "response_mean_min", "response_share_within_12", "turnout_mean_min",
        "turnout_share_within_3", "utilisation", "queued_share",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _coverage() -> pd.DataFrame:
    rows = []
    for year in EMERGENCY_YEARS:
        for radius, base in ((5.0, 0.86), (10.0, 0.98)):
            for metric, factor in (("straight", 1.0), ("road", 0.85)):
                for segment, shift in (("all", 0.0), ("urban", 0.03), ("rural", -0.15)):
                    share = min(1.0, (base + shift) * factor)
                    spread = (0.97 * share, min(1.0, 1.02 * share), 0.8 * share, 0.9 * share)
                    rows.append((year, radius, metric, segment, share, share * 0.85, *spread, 20))
    columns = ["year", "radius_km", "metric", "segment", "population_share", "area_share"]
    return pd.DataFrame(rows, columns=[*columns, "population_p10", "population_p90", "area_p10", "area_p90", "draws"])


def _emergency_draws(axis: Draws) -> pd.DataFrame:
    noise = axis.normal("emergency.turnout")[:21, 0]
    rows = [
        (year, draw, 0.89 + 0.01 * score, 0.83 + 0.02 * score, True if draw == 0 else None, 12 + i, 16 + i)
        for i, year in enumerate(EMERGENCY_YEARS)
        for draw, score in enumerate(noise)
    ]
    columns = ["year", "draw", "coverage_urban_people", "coverage_rural_people", "met", "units_needed", "vehicles_needed"]
    return pd.DataFrame(rows, columns=columns)


def _distribution(means: dict[int, float]) -> pd.DataFrame:
    rows = []
    edges = np.arange(0, 41)
    for year, mean in means.items():
        for segment, factor in (("all", 1.0), ("urban", 0.9), ("rural", 1.35)):
            height = edges[:-1] * np.exp(-edges[:-1] / (mean * factor / 2))
            for low, high, share in zip(edges[:-1], edges[1:], height / height.sum(), strict=True):
                rows.append((year, segment, float(low), float(high), share))
    return pd.DataFrame(rows, columns=["year", "segment", "bin_from_min", "bin_to_min", "share"])


def _zone_table(region: Region) -> pd.DataFrame:
    zone, station = region.zones, region.stations
    distance = np.hypot(zone.x_km[:, None] - station.x_km, zone.y_km[:, None] - station.y_km)
    nearest = distance.min(axis=1)
    frames = [
        pd.DataFrame(
            {
                "year": year,
                "zone": list(zone.ids),
                "lon": zone.lon,
                "lat": zone.lat,
                "people": zone.population,
                "calls": zone.population * 0.02,
                "nearest_station": [station.ids[i] for i in distance.argmin(axis=1)],
                "distance_km": nearest,
                "response_mean_min": 4.0 + 2.3 * nearest**0.73 + 0.02 * (year - 2020),
            }
        )
        for year in (2020, 2035)
    ]
    return pd.concat(frames, ignore_index=True)


def _station_table(region: Region) -> pd.DataFrame:
    station = region.stations
    frames = [
        pd.DataFrame(
            {
                "year": year,
                "station": list(station.ids),
                "name": list(station.names_zh),
                "lon": station.lon,
                "lat": station.lat,
                "units_day": 2,
                "units_night": 1,
                "calls_answered": 3200.0,
                "utilisation": 0.27,
                "place": "assumed",
            }
        )
        for year in EMERGENCY_YEARS
    ]
    return pd.concat(frames, ignore_index=True)
