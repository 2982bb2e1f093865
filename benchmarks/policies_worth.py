"""What each emergency policy buys: a county's plan of 2025 with it and without it, on the same calls.

    python benchmarks/policies_worth.py [--replications N] [--regions kunshan,qingpu] [--only NAME,...] [--engine compiled]
                                        [--page docs/emergency_policies_worth.md] [--chart docs/policies_worth.png]

One JSON object a line: ``{"name": ..., "ratio": ..., "detail": {...}}``. ``ratio`` is the variance ratio of the mean response
in the pairs: how many times more runs independent calls would have needed for the same interval. Differences are policy minus
what it is compared with, [mean, low, high] with Student's t over runs (95 %). ``--page`` writes the tables of the page.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.draws import Draws  # noqa: E402
from sim.emergency.crew_staff import staff_table  # noqa: E402
from sim.emergency.metrics import Summary, summarise  # noqa: E402
from sim.emergency.runs import calls_of, engine_named  # noqa: E402
from sim.emergency.scenario_world import scenario_world  # noqa: E402
from sim.emergency.simulation import duties_of  # noqa: E402
from sim.emergency.statistics import paired_difference  # noqa: E402
from sim.population import project_region  # noqa: E402
from sim.population.model import Population  # noqa: E402
from sim.region import load_region  # noqa: E402
from sim.region.model import Region  # noqa: E402
from sim.scenario import load_scenario  # noqa: E402

YEAR = 2025
SHIFTS = "patterns: {{day: {{from: 8, to: 20{day}}}, night: {{from: 20, to: 8{night}}}{peak}}}"
BREAKS = (
    ", breaks: [{{due: 11, latest: 14, minutes: 30, in_turns: {turns}}}]",
    ", breaks: [{{due: 0, latest: 4, minutes: 45, in_turns: {turns}}}]",
)
PEAK = ", peak: {from: 8, to: 16, days: workdays}"
WIND_DOWN = "wind_down_min: 20, wind_down_priority: 2"
REDIRECT = "redirect: {to_priority: 1, from_priority: 2}"
COVERAGE = "by_coverage: {from_priority: 3}"


@dataclass(frozen=True)
class Variant:
    """A policy as settings on the plan, and what it is compared with."""

    settings: tuple[str, ...] = ()
    against: str = "plain"


def shifts(*more: str, breaks: str = "", peak: str = "") -> str:
    """The setting of shifts from 8 to 20 and 20 to 8 h; ``breaks``: whether they are in turns, empty = none."""
    day, night = (pause.format(turns=breaks) if breaks else "" for pause in BREAKS)
    return f"emergency.shifts={{{', '.join([SHIFTS.format(day=day, night=night, peak=peak), *more])}}}"


def variants(region: Region, crews: int) -> dict[str, Variant]:
    """The policies of the page; stations, bays and the number of crews on duty are the region's."""
    reserve = f"reserve: {{3: {crews // 2}, 4: {2 * crews // 3}}}"
    hospitals = region.hospitals
    taking = [id_ for id_, takes, status in zip(hospitals.ids, hospitals.has_emergency, hospitals.status, strict=True)
              if takes and status != "planned"]  # fmt: skip
    one_each = "{" + ", ".join(f"{id_}: 1" for id_ in taking) + "}"
    one_more = f"crews: {{{region.stations.ids[0]}: {{day: 1, night: 1, peak: 1}}}}"
    return {
        "plain": Variant(),
        "reserve": Variant((f"emergency.dispatch={{{reserve}}}",)),
        "redirect": Variant((f"emergency.dispatch={{{REDIRECT}}}",)),
        "by_coverage": Variant((f"emergency.dispatch={{{COVERAGE}}}",)),
        "move_up_table": Variant(("emergency.move_up={method: table}",)),
        "move_up_dmexclp": Variant(("emergency.move_up={method: dmexclp}",)),
        "move_up_dmexclp_30": Variant(("emergency.move_up={method: dmexclp, longest_min: 30}",)),
        "redirect_and_table": Variant((f"emergency.dispatch={{{REDIRECT}}}", "emergency.move_up={method: table}")),
        "all_together": Variant((f"emergency.dispatch={{{REDIRECT}, {COVERAGE}}}", "emergency.move_up={method: table}")),
        "shifts": Variant((shifts(),)),
        "breaks_at_once": Variant((shifts(breaks="false"),), "shifts"),
        "breaks_in_turns": Variant((shifts(breaks="true"),), "shifts"),
        "wind_down": Variant((shifts(WIND_DOWN, breaks="true"),), "breaks_in_turns"),
        "peak_crew": Variant((shifts(one_more, breaks="true", peak=PEAK),), "breaks_in_turns"),
        "one_bay_each": Variant((f"emergency.hospitals={{bays: {one_each}}}",)),
        "divert": Variant((f"emergency.hospitals={{bays: {one_each}, divert_at: {one_each}}}",), "one_bay_each"),
        "least_loaded": Variant((f"emergency.hospitals={{bays: {one_each}, choice: least_loaded}}",), "one_bay_each"),
    }


@dataclass
class Measured:
    """Figures of a variant, one entry a run; full-time people of all roles."""

    summaries: list[Summary] = field(default_factory=list)
    staff: float = 0.0

    def series(self, metric: str, segment: str = "all") -> np.ndarray:
        """A metric by run; 0 where runs without policies do not have it."""
        return np.array([summary.values[segment].get(metric, 0.0) for summary in self.summaries])


def measure(region: Region, population: Population, variant: Variant, replications: int, engine: str) -> Measured:
    """Run a variant on the first so many call tables of the scenario's seed."""
    path = ROOT / f"scenarios/{region.key}/plan_2025.yaml"
    scenario = load_scenario(path, overrides=variant.settings, data_root=ROOT)
    world = scenario_world(region, scenario, population, Draws(0, scenario.body.seed))
    duty = duties_of(world, [YEAR])[0][YEAR]
    setup = world.setup(YEAR, 0, duty)
    run, measured = engine_named(engine), Measured()
    measured.staff = float(staff_table(world, [(YEAR, duty, setup)])["people"].sum())
    for number in range(replications):
        calls = calls_of(setup, scenario.body.seed, YEAR, number)
        log = run(setup.world, calls)
        measured.summaries.append(summarise(log, calls, setup.world, urban=world.urban))
    return measured


def lines(region: str, replications: int, engine: str, only: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One object a policy."""
    pack = load_region(ROOT / "calibration", region)
    scenario = load_scenario(ROOT / f"scenarios/{region}/plan_2025.yaml", data_root=ROOT)
    population = project_region(pack, scenario, Draws(0, scenario.body.seed))
    duty = duties_of(scenario_world(pack, scenario, population, Draws(0, scenario.body.seed)), [YEAR])[0][YEAR]
    known = variants(pack, duty.largest)
    wanted = [name for name in known if not only or name in only]
    measured: dict[str, Measured] = {}
    for name in dict.fromkeys(one for want in wanted for one in ("plain", known[want].against, want)):
        measured[name] = measure(pack, population, known[name], replications, engine)
        if name == "plain":
            base = measured[name]
            levels = {
                "response_min": round(float(base.series("response_mean_min").mean()), 3),
                "response_priority_1_min": round(float(base.series("response_mean_min", "priority_1").mean()), 3),
                "within_12": round(float(base.series("response_share_within_12").mean()), 4),
                "utilisation": round(float(base.series("utilisation").mean()), 4),
                "staff": round(base.staff, 1),
                "replications": replications,
            }
            yield {"name": f"{region}.plain", "ratio": None, "detail": levels}
        elif name in wanted:
            yield _line(region, name, known[name].against, measured[name], measured[known[name].against])


def _line(region: str, name: str, against: str, one: Measured, other: Measured) -> dict[str, Any]:
    def difference(metric: str, segment: str = "all") -> list[float]:
        found = paired_difference(one.series(metric, segment), other.series(metric, segment)).difference
        return [round(value, 4) for value in (found.mean, found.low, found.high)]

    pair = paired_difference(one.series("response_mean_min"), other.series("response_mean_min"))
    missed = float(one.series("breaks_missed_share").mean())
    detail = {
        "against": against,
        "response_min": difference("response_mean_min"),
        "response_priority_1_min": difference("response_mean_min", "priority_1"),
        "response_priority_4_min": difference("response_mean_min", "priority_4"),
        "response_rural_min": difference("response_mean_min", "rural"),
        "within_12": difference("response_share_within_12"),
        "km_a_day": round(float(one.series("move_up_km").mean()), 1),
        "moves_a_day": round(float(one.series("moves").mean()), 1),
        "hospital_wait_min": round(float(one.series("hospital_wait_mean_min").mean()), 3),
        "breaks_missed": round(missed, 4) if np.isfinite(missed) else None,
        "staff": round(one.staff - other.staff, 1),
        "replications": len(one.summaries),
    }
    ratio = pair.variance_ratio
    return {"name": f"{region}.{name}", "ratio": round(ratio, 2) if np.isfinite(ratio) else None, "detail": detail}


def main() -> None:
    """Measure, print, and write the page and its chart if asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--regions", default="kunshan,qingpu")
    parser.add_argument("--only", default="")
    parser.add_argument("--engine", default="compiled", choices=("compiled", "reference"))
    parser.add_argument("--page", type=Path)
    parser.add_argument("--chart", type=Path)
    asked = parser.parse_args()
    only = [name for name in asked.only.split(",") if name]
    found = []
    for region in asked.regions.split(","):
        for line in lines(region, asked.replications, asked.engine, only):
            print(json.dumps(line), flush=True)
            found.append(line)
    if asked.page:
        from policies_worth_page import write_page

        write_page(asked.page, found)
    if asked.chart:
        from policies_worth_page import draw_chart

        draw_chart(asked.chart, found)


if __name__ == "__main__":
    main()
