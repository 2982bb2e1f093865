"""The baseline as definitions: counts that the model must stand on exactly, rates at their printed decimals, estimates in range.

Supply of the base year comes from the supply model without any lever, residents from the projection. Rates divide by the
residents that the document divides by: where its population is not the census', the row of the population shows both figures.
"""

from __future__ import annotations

from sim.calibration.exposure import central_scenario
from sim.calibration.result import AnchorFit
from sim.draws import Draws
from sim.indicators import Indicator, dictionary
from sim.population import project_region
from sim.region.model import Confidence, Observation, Region
from sim.supply import plan_supply

_POPULATION = "population"


def anchors(region: Region) -> tuple[AnchorFit, ...]:
    """One row for each count, rate and ratio of the baseline, in the dictionary's order; times and shares are targets instead.

    Args:
        region: the pack.
    """
    if not region.baseline:
        return ()
    scenario = central_scenario(region, region.base_year, region.base_year + 1)
    population = project_region(region, scenario, Draws(0, 0))
    supply = plan_supply(region, scenario, population)
    residents = float(population.at_end_of(region.base_year)[0].sum())
    counts = {key: float(series.values[0]) for key, series in supply.series.items()}
    printed = region.baseline.get(_POPULATION)
    own = printed.number if printed is not None else residents
    rows = []
    for indicator in dictionary().values():
        observation = region.baseline.get(indicator.key)
        if observation is None:
            continue
        model = residents if indicator.key == _POPULATION else _model(indicator, counts, own)
        if model is not None:
            rows.append(_row(indicator, observation, model, region.base_year))
    return tuple(rows)


def _model(indicator: Indicator, counts: dict[str, float], residents: float) -> float | None:
    """What the model stands on; None where its count is not in the model."""
    if indicator.kind == "count":
        return counts.get(indicator.key)
    if indicator.kind == "rate" and indicator.count in counts and indicator.denominator in ("", "residents", "resident"):
        return counts[indicator.count] / residents * indicator.per
    if indicator.kind == "ratio" and {indicator.count, indicator.over} <= set(counts):
        return counts[indicator.count] / counts[indicator.over]
    return None


def _row(indicator: Indicator, observation: Observation, model: float, year: int) -> AnchorFit:
    observed = observation.number
    kind, tolerance = "definition", 0.0
    if indicator.kind != "count" and indicator.key != _POPULATION:
        decimals = indicator.decimals if observation.decimals is None else observation.decimals
        kind, tolerance = "printed_rate", 0.5 * 10.0**-decimals
    elif observation.confidence is Confidence.DERIVED and observation.low is not None and observation.high is not None:
        kind, tolerance = "estimate", max(observed - observation.low, observation.high - observed)
    other = indicator.key == _POPULATION and abs(model - observed) > 0.5
    shown = round(model) if indicator.key == _POPULATION and not other else model
    return AnchorFit(indicator.key, observed, float(shown), tolerance, year, kind, other, observation.source)
