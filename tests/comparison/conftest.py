"""Finished runs of the invented region that differ in known ways, for all tests of comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from synthetic_run import make_run

from sim.demand.model import Need
from sim.errors import Place
from sim.output import identify, load_run, write_run
from sim.output.read import LoadedRun
from sim.scenario.model import Origin, ScenarioBody
from sim.scorecard import score
from sim.supply import plan_supply

Maker = Callable[..., LoadedRun]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes a finished run: ``name`` and settings of the scenario, and factors on people, need and response.

    ``need_factor`` multiplies all needs (``need_by_draw`` each draw's), ``people_factor`` the residents after the base year,
    ``minutes`` is added to every response. ``pack`` is the text of a file of the region pack.
    """

    def maker(
        name: str = "plan_2025",
        draws: int = 40,
        seed: int = 5,
        settings: dict[str, Any] | None = None,
        need_factor: float = 1.0,
        need_by_draw: float = 0.0,
        people_factor: float = 1.0,
        minutes: float = 0.0,
        pack: str | None = None,
        region: str | None = None,
    ) -> LoadedRun:
        folder = tmp_path_factory.mktemp(name)
        if pack is not None:
            file = folder / "in" / "calibration" / "samplia" / "baseline.yaml"
            file.parent.mkdir(parents=True)
            file.write_text(pack, encoding="utf-8")
        run = make_run(folder / "in", draws=draws, seed=seed)
        title = {"zh": f"情景{name}", "en": f"Scenario {name}"}
        given = {"name": name, "title": title, "horizon": {"from": 2020, "to": 2035}, **(settings or {})}
        read = ScenarioBody.model_validate({"schema": 1, "region": "samplia", "seed": seed, **given})
        body = run.scenario.body.model_copy(update={key: getattr(read, key) for key in given})
        written = {
            ("resources", key, field): Origin("file", Place("plan_2025.yaml", line, 5))
            for line, (key, section) in enumerate(body.resources.items(), start=10)
            for field in sorted(section.model_fields_set)
        }
        scenario = replace(run.scenario, body=body, origins={**written, **run.scenario.origins})
        area = run.region if region is None else replace(run.region, key=region)
        counts = run.population.counts.copy()
        counts[:, 1:] *= people_factor
        population = replace(run.population, counts=counts)
        tilt = need_factor * (1 + need_by_draw * np.linspace(0, 1, draws + 1)[:, None])
        series = {key: replace(item, values=item.values * tilt) for key, item in run.need.need.items()}
        need = Need(run.need.years, series, run.need.second, run.need.activity, run.need.by_town)
        table = run.emergency.replications.assign(response_mean_min=run.emergency.replications["response_mean_min"] + minutes)
        emergency = replace(run.emergency, replications=table)
        supply = plan_supply(area, scenario, population)
        card = score(area, scenario, population, need, supply, emergency)
        result = replace(
            run, scenario=scenario, region=area, population=population, need=need, supply=supply, emergency=emergency,
            scorecard=card,
        )  # fmt: skip
        return load_run(write_run(result, identify(scenario, area), folder / "out"))

    return maker


@pytest.fixture(scope="session")
def plan(make: Maker) -> LoadedRun:
    """The plan."""
    return make()


@pytest.fixture(scope="session")
def what_if(make: Maker) -> LoadedRun:
    """Fewer beds, more need, fewer people, slower help."""
    beds = {"resources": {"beds": {"per_head": {2025: 4.0}}, "physicians": {"per_head": {2025: 3.2}}, "nurses": {"hold": True}}}
    return make("what_if", settings=beds, need_factor=1.05, need_by_draw=0.02, people_factor=0.97, minutes=0.5)
