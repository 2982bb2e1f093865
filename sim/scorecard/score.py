"""Supply against norm and need, by indicator and year: the verdict table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.demand.model import Need, Series
from sim.draws import known_quantiles
from sim.emergency.result import EmergencyResult
from sim.indicators import Indicator, dictionary, whole_up
from sim.population.model import Population
from sim.region.model import Confidence, Observation, Region
from sim.scenario import observed_in_use
from sim.scenario.model import Scenario
from sim.scorecard.emergency_rows import emergency_values
from sim.scorecard.model import Scorecard, ScorecardRow
from sim.scorecard.norms import Norm, norms_of
from sim.scorecard.provided import Provided
from sim.scorecard.status import Status, verdict
from sim.supply.model import Supply

_ORDER = list(Confidence)
_DUST = 1e-9


def score(
    region: Region,
    scenario: Scenario,
    population: Population,
    need: Need,
    supply: Supply,
    emergency: EmergencyResult | None,
) -> Scorecard:
    """One row for every indicator and year that has a supply, a norm or a need.

    Args:
        region, scenario: what is judged.
        population, need, supply, emergency: results of the earlier links of the chain.

    Returns:
        rows in dictionary order, then by year. Supply and norm are the central ones; quantiles and chances run over the
        random draws. What is simulated has rows in the simulated years alone. Per-head rows of the base year stand on the
        population of the region's baseline, which is the one behind its printed rates; all later years stand on the
        projection.
    """
    simulated: dict[tuple[str, int], Provided] = {}
    if emergency is not None:
        simulated = emergency_values(emergency, scenario)
    of_simulation = {key for key, _ in simulated}
    observed = observed_in_use(region, scenario)
    rows: list[ScorecardRow] = []
    for indicator in dictionary().values():
        norms = norms_of(indicator, region, population, scenario.years)
        of_indicator = []
        for position, year in enumerate(map(int, scenario.years)):
            projected = population.at_end_of(year).sum(axis=(1, 2))
            residents = _residents_behind_rates(region, year, projected)
            seen = observed.get(indicator.count or indicator.key, {}).get(year)
            provided = simulated.get((indicator.key, year)) or _provided(indicator, region, supply, position, residents, seen)
            if provided is None and indicator.key in of_simulation:
                continue
            needed = _needed(indicator, need, position, residents)
            if indicator.key == "population":
                of_indicator.append(_population_row(indicator, region, scenario, year, projected, seen))
            elif provided is not None or year in norms or needed is not None:
                row = _row(indicator, region, scenario, year, provided, norms.get(year), needed)
                of_indicator.append(_with_print(row, indicator, region, residents, projected))
        rows.extend(_with_first_shortfall(of_indicator))
    return Scorecard(tuple(rows))


def _residents_behind_rates(region: Region, year: int, projected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Residents of each draw behind per-head rows: in the base year those behind the printed rates, if they are known."""
    printed = region.baseline.get("population")
    if year != region.base_year or printed is None:
        return projected
    return np.full(len(projected), printed.number)


def _provided(
    indicator: Indicator,
    region: Region,
    supply: Supply,
    position: int,
    residents: NDArray[np.float64],
    seen: Observation | None,
) -> Provided | None:
    """What is provided of one indicator in one year; ``seen`` is its count as observed in a year after the base year."""
    series = supply.series.get(indicator.count or indicator.key)
    if series is None or not np.isfinite(series.values[position]):
        return _printed(indicator, region, len(residents)) if supply.years[position] == region.base_year else None
    if indicator.kind == "ratio":
        return _ratio(indicator, region, supply, position, len(residents))
    count = float(series.values[position])
    observed = seen or region.baseline.get(series.key)
    confidence = str(observed.confidence) if observed is not None else str(Confidence.SEED)
    by_draw = np.full(len(residents), count)
    if indicator.kind == "rate":
        by_draw = by_draw / residents * indicator.per
    provided = Provided(float(by_draw[0]), by_draw, series.how[position], series.source, confidence)
    if provided.how == "observed" and indicator.kind == "count" and observed is not None:
        return replace(provided, low=observed.low, high=observed.high)
    return provided


def _ratio(indicator: Indicator, region: Region, supply: Supply, position: int, draws: int) -> Provided | None:
    """One planned count over another: the same in all of ``draws`` draws."""
    above, below = supply.series[indicator.count], supply.series.get(indicator.over)
    if below is None or not below.values[position] > 0:
        return None
    value = float(above.values[position] / below.values[position])
    grades = [region.baseline[key].confidence for key in (above.key, below.key) if key in region.baseline]
    confidence = str(max(grades, key=_ORDER.index)) if grades else str(Confidence.SEED)
    return Provided(value, np.full(draws, value), above.how[position], above.source, confidence)


def _printed(indicator: Indicator, region: Region, draws: int) -> Provided | None:
    """What the document prints for the base year of an indicator that no planned count stands behind."""
    observed = region.baseline.get(indicator.key)
    if observed is None:
        return None
    source = f"base {observed.source} ({observed.confidence})"
    by_draw = np.full(draws, observed.number)
    return Provided(observed.number, by_draw, "observed", source, str(observed.confidence), observed.low, observed.high)


def _with_print(
    row: ScorecardRow,
    indicator: Indicator,
    region: Region,
    residents: NDArray[np.float64],
    projected: NDArray[np.float64],
) -> ScorecardRow:
    """The row with the residents behind it, the document's own figure, and the rate on the projection where it differs."""
    observed = region.baseline.get(indicator.key) if row.year == region.base_year else None
    printed = observed.number if observed is not None else None
    if indicator.kind != "rate":
        return replace(row, printed=printed)
    behind, central = float(residents[0]), float(projected[0])
    other = row.supply * behind / central if row.supply is not None and round(behind) != round(central) else None
    return replace(row, printed=printed, denominator=behind, supply_on_projection=other)


def _needed(
    indicator: Indicator, need: Need, position: int, residents: NDArray[np.float64]
) -> tuple[Series, NDArray[np.float64]] | None:
    series = need.need.get(indicator.count or indicator.key) if indicator.kind != "ratio" else None
    if series is None or not np.isfinite(series.values[0, position]):
        return None
    by_draw = series.values[:, position]
    if dictionary()[series.key].whole:
        by_draw = np.ceil(np.round(by_draw, 6))
    if indicator.kind == "rate":
        by_draw = by_draw / residents * indicator.per
    return series, by_draw


def _row(
    indicator: Indicator,
    region: Region,
    scenario: Scenario,
    year: int,
    provided: Provided | None,
    norm: Norm | None,
    needed: tuple[Series, NDArray[np.float64]] | None,
) -> ScorecardRow:
    sign = 1.0 if indicator.direction == "up" else -1.0
    value = provided.value if provided is not None else None
    gap_norm = chance_norm = None
    if provided is not None and norm is not None:
        gap_norm = _gap(sign * (provided.value - norm.value))
        chance_norm = _chance(sign * (provided.by_draw - norm.by_draw))
    p10 = p50 = p90 = gap_need = chance_need = None
    if needed is not None:
        p10, p50, p90 = _interval(indicator, needed[1])  # infinite where no amount suffices in so many draws
        if provided is not None:
            gap_need = _gap(sign * (provided.value - p50))
            chance_need = _chance(sign * (provided.by_draw - needed[1]))
    status_norm = verdict(value, gap_norm, chance_norm)
    status_need = verdict(value, gap_need, chance_need)
    target = norm.target if norm is not None else None
    sources = [f"supply: {provided.source}" if provided is not None and provided.source else "supply: not observed"]
    if target is not None:
        sources.append(f"norm: {target.source} ({target.confidence})")
    if needed is not None:
        sources.append(f"need: {needed[0].source}")
    return ScorecardRow(
        region=region.key,
        scenario=scenario.body.name,
        year=year,
        indicator=indicator.key,
        unit=indicator.unit,
        basis="resident",
        supply=value,
        norm=norm.value if norm is not None else None,
        need_p10=_finite(p10),
        need_p50=_finite(p50),
        need_p90=_finite(p90),
        gap_to_norm=gap_norm,
        gap_to_need=_finite(gap_need),
        p_norm_met=chance_norm,
        p_need_met=chance_need,
        status=str(status_norm if norm is not None or needed is None else status_need),
        source="; ".join(sources),
        norm_basis=norm.basis if norm is not None else "",
        nature=target.nature if target is not None else "",
        norm_operator=target.operator if target is not None else "",
        norm_printed=target.value if target is not None else None,
        supply_how=provided.how if provided is not None else "not_observed",
        supply_low=provided.low if provided is not None else None,
        supply_high=provided.high if provided is not None else None,
        confidence=_worst(provided, norm, needed),
        need_method=needed[0].method if needed is not None else "",
        status_norm=str(status_norm),
        status_need=str(status_need),
    )


def _population_row(
    indicator: Indicator,
    region: Region,
    scenario: Scenario,
    year: int,
    residents: NDArray[np.float64],
    seen: Observation | None,
) -> ScorecardRow:
    """Residents: the projection itself stands in the supply column; its quantiles are in ``population_totals.csv``."""
    census = region.census[max(region.census)]
    source = f"projection from the census of {census.year}: {census.source} ({census.confidence})"
    counted, grade = year == census.year, census.confidence if year == census.year else Confidence.MODELLED
    if seen is not None and year > census.year:
        source, counted, grade = f"observed {year}: {seen.source} ({seen.confidence})", True, seen.confidence
    return ScorecardRow(
        region=region.key,
        scenario=scenario.body.name,
        year=year,
        indicator=indicator.key,
        unit=indicator.unit,
        basis="resident",
        supply=float(residents[0]),
        status=str(Status.CONTEXT),
        source=source,
        supply_how="observed" if counted else "projected",
        printed=region.baseline[indicator.key].number if year == region.base_year and indicator.key in region.baseline else None,
        confidence=str(grade),
        status_norm=str(Status.CONTEXT),
        status_need=str(Status.CONTEXT),
    )


def _interval(indicator: Indicator, by_draw: NDArray[np.float64]) -> tuple[float | None, float, float | None]:
    """The 10, 50 and 90 % quantiles of a need over the draws in which it is known; without one its central value, no spread."""
    if np.isnan(by_draw[1:]).all():
        only = _presented(indicator, by_draw[0])
        return (only, only, only) if len(by_draw) == 1 else (None, only, None)
    low, middle, high = (_presented(indicator, value) for value in known_quantiles(by_draw[1:]))
    return low, middle, high


def _presented(indicator: Indicator, value: float) -> float:
    return whole_up(float(value)) if indicator.whole and np.isfinite(value) else float(value)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _gap(margin: float) -> float:
    """A margin without rounding dust, which would make a shortfall of nothing."""
    return 0.0 if abs(margin) < _DUST else margin


def _chance(margins: NDArray[np.float64]) -> float | None:
    """Share of the known random draws with no shortfall (rounding dust forgiven); None where only the central one is known."""
    sample = margins[1:]
    known = sample[~np.isnan(sample)]
    return float(np.mean(known >= -_DUST)) if len(known) else None


def _worst(provided: Provided | None, norm: Norm | None, needed: tuple[Series, NDArray[np.float64]] | None) -> str:
    """The worst grade of what the status rests on: the supply, and the norm or, where there is none, the need."""
    grades = [Confidence(provided.confidence)] if provided is not None else []
    if norm is not None:
        grades.append(norm.target.confidence)
    elif needed is not None:
        grades.append(_grade(needed[0].source))
    return str(max(grades, key=_ORDER.index)) if grades else ""


def _grade(source: str) -> Confidence:
    """The grade with which the source of a need begins (``assumption: length of stay``); a need is at best modelled."""
    word = source.partition(":")[0]
    stated = Confidence(word) if word in _ORDER else Confidence.MODELLED
    return max(stated, Confidence.MODELLED, key=_ORDER.index)


def _with_first_shortfall(rows: list[ScorecardRow]) -> list[ScorecardRow]:
    """Write the first year of a shortfall against norm and against need into every row of an indicator."""
    norm = next((row.year for row in rows if row.gap_to_norm is not None and row.gap_to_norm < 0), None)
    need = next((row.year for row in rows if row.gap_to_need is not None and row.gap_to_need < 0), None)
    return [replace(row, first_shortfall_norm=norm, first_shortfall_need=need) for row in rows]
