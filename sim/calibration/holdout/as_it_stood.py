"""A region without any plan or lever: the scenario under which hold-outs and back-tests are run."""

from __future__ import annotations

from sim.region.model import Region
from sim.scenario.model import Scenario, ScenarioBody


def as_it_stood(region: Region, first: int, last: int) -> Scenario:
    """The region's own assumptions from scorecard year ``first`` to ``last``; nothing is planned, nothing was observed later."""
    body = ScenarioBody.model_validate(
        {
            "schema": 1,
            "name": "holdout",
            "title": {"zh": "留出检验", "en": "Hold-out"},
            "region": region.key,
            "horizon": {"from": first, "to": last, "observed_until": first},
            "draws": 0,
            "seed": 0,
        }
    )
    return Scenario(body, {}, (), f"calibration/{region.key}")
