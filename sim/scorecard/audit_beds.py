"""Beds hospital by hospital against beds per head; beds against the care given in them and the staff they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.indicators import dictionary
from sim.population.model import Population
from sim.scorecard.audit_figures import OBSERVED, PLANNED, Figure, Figures, written
from sim.scorecard.audit_model import Finding, Severity, agree, finding

_DAYS = 365


def itemised(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Listed hospitals of a class against the beds that its rate gives on the document's population."""
    people = figures.find("population", OBSERVED)
    for rule in rules["itemised"]:
        listed, rate = figures.several(rule["hospitals"], OBSERVED), figures.find(rule["rate"], OBSERVED)
        if listed is None or rate is None or people is None:
            continue
        per = dictionary()[rate.key].per
        total, beds = sum(item.value for item in listed), rate.value / per * people.value
        text = f"{_sum(listed)} = {written(total)} ↔ "
        text += f"{written(rate.value)} ÷ {written(per)} × {written(people.value)} = {written(beds)}"
        near = rate.low / per * people.value <= total <= rate.high / per * people.value
        yield finding("itemised_against_rate", agree(near), [rate, *listed], text, total, beds)


def itemised_targets(figures: Figures, rules: Any, population: Population) -> Iterator[Finding]:
    """The planned beds of listed hospitals and their target per head imply a population; the projection has another."""
    for rule in rules["itemised"]:
        listed, rate = figures.several(rule["hospitals"], PLANNED), figures.find(rule["rate"], PLANNED)
        if listed is None or rate is None:
            continue
        per, total = dictionary()[rate.key].per, sum(item.value for item in listed)
        implied = total / rate.value * per
        projected = float(population.at_end_of(rate.year)[0].sum())
        text = f"{_sum(listed)} = {written(total)}; ÷ {written(rate.value)} × {written(per)} = {written(implied)}"
        text += f" ↔ {written(projected)} ({implied / projected - 1:+.1%})"
        severity = Severity.SLACK if implied > projected else Severity.NOTE
        yield finding("itemised_imply_population", severity, [rate, *listed], text, implied, projected)


def population_in_mind(figures: Figures, rules: Any) -> float | None:
    """The population that the planned beds of a listed class imply; None where the document lists none."""
    for rule in rules["itemised"]:
        listed, rate = figures.several(rule["hospitals"], PLANNED), figures.find(rule["rate"], PLANNED)
        if rule["rate"] == rules["plan_population"] and listed is not None and rate is not None:
            return sum(item.value for item in listed) / rate.value * dictionary()[rate.key].per
    return None


def projects_against_target(figures: Figures, rules: Any, population: Population) -> Iterator[Finding]:
    """All beds that the hospital tables add to the base year's, against what the target per head asks for."""
    names = [entry["beds"] for entry in rules["hospitals"]]
    planned = figures.several(names, PLANNED)
    beds, rate = figures.find("beds", OBSERVED), figures.find("beds_per_1000", PLANNED)
    if planned is None or beds is None or rate is None:
        return
    current = [item for item in (figures.find(name, OBSERVED) for name in names) if item is not None]
    added = sum(item.value for item in planned) - sum(item.value for item in current)
    reached = beds.value + added
    asked = rate.value / 1000 * float(population.at_end_of(rate.year)[0].sum())
    text = f"{written(beds.value)} + ({written(sum(i.value for i in planned))} − {written(sum(i.value for i in current))})"
    text += f" = {written(reached)} ↔ {written(rate.value)} ÷ 1000 × {written(asked / rate.value * 1000)} = {written(asked)}"
    severity = Severity.SLACK if reached < asked else Severity.NOTE
    yield finding("projects_against_target", severity, [rate, beds, *planned], text, reached, asked)


def at_least_each(figures: Figures, rules: Any) -> Iterator[Finding]:
    """So many of at least such a size cannot be smaller together than number times size."""
    for rule in rules["at_least_each"]:
        found = figures.several([rule["number"], rule["each"], rule["total"]], PLANNED)
        if found is not None:
            number, each, total = found
            least = number.value * each.value
            text = f"{written(number.value)} × {written(each.value)} = {written(least)} ↔ {written(total.value)}"
            yield finding("at_least_each", agree(least <= total.value), [number, each, total], text, least, total.value)


def use_of_beds(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Occupancy that discharges and the stay of the region's ages imply, or the stay that occupancy implies."""
    parameters, beds = figures.region.parameters, figures.find("beds", OBSERVED)
    discharges, occupancy = (parameters.get(f"activity.{name}") for name in ("discharges_per_year", "bed_occupancy_share"))
    stay, target = (parameters.get(f"care.{name}") for name in ("schedule_length_of_stay_days", "occupancy_target"))
    if beds is None or beds.derived or discharges is None or target is None or stay is None:
        return
    year = discharges.year or figures.region.base_year
    activity = Figure("activity.discharges_per_year", discharges.number, discharges.number, discharges.number, year, OBSERVED,
                      "=", discharges.quote, discharges.source)  # fmt: skip
    if occupancy is not None:
        implied = beds.value * _DAYS * occupancy.number / discharges.number
        text = f"{written(beds.value)} × {_DAYS} × {occupancy.number:.1%} ÷ {written(discharges.number)} = {implied:.2f}"
        text += f" ↔ {stay.number:.2f}"
        yield finding("implied_stay", Severity.NOTE, [activity, beds], text, implied, stay.number)
        return
    implied = discharges.number * stay.number / (beds.value * _DAYS)
    text = f"{written(discharges.number)} × {written(stay.number)} ÷ ({written(beds.value)} × {_DAYS}) = {implied:.1%}"
    severity = Severity.SLACK if implied < target.number else Severity.NOTE
    yield finding("implied_occupancy", severity, [activity, beds], f"{text} ↔ {target.number:.0%}", implied, target.number)


def use_of_care(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Visits a physician and working day, and discharges per 100 residents, against the figures of the reference pack."""
    parameters = figures.region.parameters
    people, physicians = figures.find("population", OBSERVED), figures.find("physicians", OBSERVED)
    visits, discharges = (parameters.get(f"activity.{name}_per_year") for name in ("visits", "discharges"))
    days = parameters.get("workload.working_days_per_year")
    usual = [parameters.get(f"workload.visits_per_physician_day_2019.{kind}") for kind in ("hospital", "chc")]
    if visits is not None and physicians is not None and days is not None and None not in usual:
        value = visits.number / physicians.value / days.number
        low, high = (item.number for item in usual if item is not None)
        text = f"{written(visits.number)} ÷ {written(physicians.value)} ÷ {written(days.number)} = {value:.2f}"
        quoted = Figure("activity.visits_per_year", visits.number, visits.number, visits.number, physicians.year, OBSERVED, "=",
                        visits.quote, visits.source)  # fmt: skip
        severity = agree(low <= value <= high, Severity.NOTE)
        yield finding("visits_a_physician_day", severity, [quoted, physicians], f"{text} ↔ {low:g}–{high:g}", value, None)
    schedule = parameters.get("care.schedule_admissions_per_100")
    if discharges is not None and people is not None and schedule is not None:
        value = discharges.number / people.value * 100
        text = f"{written(discharges.number)} ÷ {written(people.value)} × 100 = {value:.2f} ↔ {schedule.number:.2f}"
        quoted = Figure("activity.discharges_per_year", discharges.number, discharges.number, discharges.number, people.year,
                        OBSERVED, "=", discharges.quote, discharges.source)  # fmt: skip
        yield finding("discharges_per_100", Severity.NOTE, [quoted, people], text, value, schedule.number)


def establishment(figures: Figures, rules: Any, population: Population) -> Iterator[Finding]:
    """Staff that the planned hospitals need by the establishment norms, against the physicians and nurses planned for all."""
    planned = figures.several([entry["beds"] for entry in rules["hospitals"]], PLANNED)
    rates = figures.several(["physicians_per_1000", "nurses_per_1000"], PLANNED)
    if planned is None or rates is None:
        return
    norms = [figures.region.parameters[entry["norm"]] for entry in rules["hospitals"]]
    ranges = [(norm.low or norm.number, norm.high or norm.number) for norm in norms]
    low, high = (sum(item.value * ends[side] for item, ends in zip(planned, ranges, strict=True)) for side in (0, 1))
    residents = float(population.at_end_of(rates[0].year)[0].sum())
    staff = sum(rate.value for rate in rates) / 1000 * residents
    beds = sum(item.value for item in planned)
    least, most = min(ends[0] for ends in ranges), max(ends[1] for ends in ranges)
    text = f"Σ {written(beds)} × {least:g}–{most:g} = {written(low)}–{written(high)} ↔ "
    text += f"({written(rates[0].value)} + {written(rates[1].value)}) ÷ 1000 × {written(residents)} = {written(staff)}"
    yield finding("establishment", Severity.NOTE, [*rates, *planned], text, low, staff)


def _sum(items: list[Figure]) -> str:
    return " + ".join(written(item.value) for item in items)
