"""What a projection rests on, in words, for reports: (what, value, source, confidence)."""

from __future__ import annotations

import numpy as np

from sim.population.inputs import LATEST_CENSUS, Inputs, national
from sim.population.model import SEXES
from sim.population.paths import of_variant
from sim.region import Confidence, Observation
from sim.scenario.model import PopulationSection, Variant

Line = tuple[str, str, str, str]

_NATIONAL = "beside the national 80 % bounds"


def describe(inputs: Inputs, asked: PopulationSection, last: int) -> tuple[Line, ...]:
    """The assumptions of a projection up to 1 January ``last``.

    Args:
        inputs: the region's central inputs.
        asked: the scenario's population section.
        last: last year of the projection.
    """
    return (
        *_base(inputs),
        *_fertility(inputs, asked, last),
        *_mortality(inputs, asked),
        *_migration(inputs, asked),
        *_towns(inputs),
    )


def _base(inputs: Inputs) -> list[Line]:
    region = inputs.region
    census = region.census[LATEST_CENSUS]
    start = f"{inputs.latest.sum():,.0f} residents on 1 November {LATEST_CENSUS}, taken as 1 January {LATEST_CENSUS + 1}"
    return [
        ("base population", start, census.source, census.confidence),
        (
            "single ages",
            "census groups graduated by a monotone cubic, sums kept; 85 and over split to 100+ by a stable population",
            census.source,
            Confidence.MODELLED,
        ),
    ]


def _fertility(inputs: Inputs, asked: PopulationSection, last: int) -> list[Line]:
    region = inputs.region
    year = np.array([LATEST_CENSUS])
    tfr = inputs.fertility_ratio * national(region.tables["total_fertility"], "tfr", year)[0]
    infants = inputs.latest[:, 0].sum()
    printed = region.parameters.get("demography.tfr")
    given = f"; the pack's figure is {printed.number:g}" if printed else ""
    lines = [
        (
            f"total fertility {LATEST_CENSUS}",
            f"{tfr:.3f} children per woman: what the {infants:,.0f} counted infants imply{given}",
            "CENSUS20;WPP24",
            Confidence.DERIVED,
        )
    ]
    if asked.fertility.tfr is not None:
        lines.append(("total fertility path", "set by the scenario", "scenario", Confidence.ASSUMPTION))
    else:
        lines.append(
            (
                "total fertility path",
                f"keeps {inputs.fertility_ratio:.3f} of China's {_variant(asked.fertility.variant)} path to {last - 1}",
                "WPP24",
                Confidence.ASSUMPTION,
            )
        )
    lines.append(_spread(inputs, "spread of total fertility", "population.fertility.regional_log_sd", _NATIONAL))
    lines.append(("age pattern of fertility, sex ratio at birth", "China by year", "WPP24", Confidence.ASSUMPTION))
    return lines


def _mortality(inputs: Inputs, asked: PopulationSection) -> list[Line]:
    observed = inputs.parameter("demography.life_expectancy")
    weight = inputs.parameter("population.life_expectancy.survival_weight")
    shown = inputs.published_both + inputs.survival_shows
    used = ", ".join(f"{sex} {value:.2f}" for sex, value in zip(SEXES, inputs.life_expectancy, strict=True))
    lines = [
        (
            f"published life expectancy of residents {LATEST_CENSUS}",
            f"{observed.number:g} years; {observed.note}".rstrip("; "),
            observed.source,
            observed.confidence,
        ),
        (
            f"life expectancy {LATEST_CENSUS} used",
            f"{inputs.life_expectancy_both_sexes:.2f} years ({used}); the survival of the old between the censuses shows "
            f"{shown:.2f}, taken with weight {weight.number:g} (drawn between {of_variant(weight, Variant.LOW):g} and "
            f"{of_variant(weight, Variant.HIGH):g})",
            weight.source,
            weight.confidence,
        ),
    ]
    infant = inputs.region.parameters.get("demography.infant_mortality_per_1000")
    if not np.all(inputs.slope == 1.0) and infant is not None:
        men, women = inputs.slope
        text = f"{infant.number:g} per 1000 births; slope of the relation {men:.3f} (men), {women:.3f} (women)"
        lines.append(("infant mortality of residents", text, infant.source, infant.confidence))
    else:
        text = "not observed: the age shape of China's life table"
        lines.append(("infant mortality of residents", text, "WPP24", Confidence.ASSUMPTION))
    if asked.mortality.life_expectancy is not None:
        lines.append(("life expectancy path", "set by the scenario", "scenario", Confidence.ASSUMPTION))
    else:
        path = f"gains by sex as China's {_variant(asked.mortality.variant)} path"
        lines.append(("life expectancy path", path, "WPP24", Confidence.ASSUMPTION))
    lines.append(_spread(inputs, "spread of life expectancy", "population.life_expectancy.base_sd", _NATIONAL))
    return lines


def _migration(inputs: Inputs, asked: PopulationSection) -> list[Line]:
    lines = [_observed_migration(inputs)]
    elsewhere = inputs.region.parameters.get("demography.registered_elsewhere.outside_county")
    if elsewhere is not None and inputs.decade is not None:
        share = inputs.decade.residual[:, 10:].sum() / elsewhere.number
        text = f"{elsewhere.number:,.0f} residents registered outside; the decade's net arrivals aged 10+ are {share:.0%} of them"
        lines.append(("check of migration", text, elsewhere.source, elsewhere.confidence))
    if asked.migration.net_per_year is not None:
        lines.append(("net migration path", "set by the scenario", "scenario", Confidence.ASSUMPTION))
    else:
        first, last = (inputs.parameter(f"population.migration.{end}_share") for end in ("first", "last"))
        begin, end = (of_variant(share, asked.migration.variant) for share in (first, last))
        until = inputs.parameter("population.migration.decline_until").number
        text = f"{begin:.0%} of that mean in {LATEST_CENSUS + 1}, falling to {end:.0%} in {until:.0f}, then level"
        lines.append(("net migration path", text, first.source, first.confidence))
    if inputs.decade is not None:
        ages = "arrivals by the decade's ages, scaled to the total; departures at the decade's rates of those who are there"
        lines.append(("ages of net migrants", ages, "CENSUS10;CENSUS20", Confidence.MODELLED))
    lines.append(_spread(inputs, "spread of net migration", "population.migration.sd_per_1000", "correlated from year to year"))
    return lines


def _observed_migration(inputs: Inputs) -> Line:
    mean = f"{inputs.net_migration_per_year:,.0f} a year"
    if inputs.decade is None:
        given = inputs.parameter("demography.net_migration_per_year")
        return "net migration before the census", f"{mean}, on a model schedule by age", given.source, given.confidence
    residual = inputs.decade.residual
    text = (
        f"{mean}, residual between the censuses; men {residual[0].sum():,.0f}, women {residual[1].sum():,.0f} in the decade, "
        f"of these women of 50-69 {residual[1, 50:70].sum():,.0f}"
    )
    return "net migration 2011-2020", text, "CENSUS10;CENSUS20", Confidence.MODELLED


def _towns(inputs: Inputs) -> list[Line]:
    drift = inputs.parameter("population.towns.drift_sd_per_year")
    odds = inputs.parameter("population.towns.rural_age_odds")
    method = "constant share of each broad age group; the error of the towns' populations enters the draws"
    values = " ".join(f"{value:g}" for value in odds.schedule)
    return [
        ("towns", method, "TOWN_MODEL", Confidence.MODELLED),
        ("drift of towns", f"standard deviation {drift.number:g} {drift.unit}", drift.source, drift.confidence),
        ("ages in rural towns", f"{values} ({odds.unit})", odds.source, odds.confidence),
    ]


def _spread(inputs: Inputs, what: str, key: str, how: str) -> Line:
    observation: Observation = inputs.parameter(key)
    text = f"standard deviation {observation.number:g} {observation.unit}, {how}"
    return what, text, observation.source, observation.confidence


def _variant(variant: Variant) -> str:
    return "median" if variant is Variant.MEDIUM else f"{variant.value} variant"
