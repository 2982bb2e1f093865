"""What a finished run is: the results of one scenario, and what they were computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sim.demand.model import Need
from sim.emergency.result import EmergencyResult
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import Scenario
from sim.scorecard import AttributionRow, Scorecard, WisnRow
from sim.supply.model import Supply


@dataclass(frozen=True)
class Run:
    """Everything that :func:`sim.output.write_run` needs.

    Attributes:
        scenario, region: the checked inputs.
        population, need, supply, emergency, scorecard: the results, in the order of the chain.
        timings: seconds by step, in order.
        overrides: command-line settings as ``key=value``, so that the run can be repeated.
        warnings: plain sentences to show.
        started: when the work began (UTC).
        attribution: why needs change, by factor.
        wisn: staff by WISN against what there is.
    """

    scenario: Scenario
    region: Region
    population: Population
    need: Need
    supply: Supply
    emergency: EmergencyResult
    scorecard: Scorecard
    timings: Mapping[str, float] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    started: datetime | None = None
    attribution: tuple[AttributionRow, ...] = ()
    wisn: tuple[WisnRow, ...] = ()
