"""Audit of a plan: contradictions and slack, found by arithmetic on the figures that the pack holds.

Every rule is one function that yields findings; which figures speak of the same thing stands in ``data/audit.yaml``. A
printed figure stands for the interval that rounds to it: two figures agree when their intervals meet.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from sim.population.model import Population
from sim.region.model import Region
from sim.scorecard import audit_beds, audit_levels, audit_targets
from sim.scorecard.audit_figures import Figures
from sim.scorecard.audit_model import Finding, Severity
from sim.yamlfile import load_yaml

_ON_THE_DOCUMENT = (
    audit_levels.counts_and_rates,
    audit_levels.other_series,
    audit_levels.parts_and_wholes,
    audit_levels.ratios,
    audit_levels.growth,
    audit_levels.shares_in_the_wording,
    audit_beds.itemised,
    audit_beds.at_least_each,
    audit_beds.use_of_beds,
    audit_beds.use_of_care,
    audit_targets.looser_than_baseline,
    audit_targets.past_targets,
    audit_targets.said_twice,
    audit_targets.within_another,
    audit_targets.rule_per_institution,
    audit_targets.base_not_printed,
    audit_targets.units_in_the_wording,
)
_WITH_THE_PROJECTION = (
    audit_beds.itemised_targets,
    audit_beds.projects_against_target,
    audit_beds.establishment,
    audit_targets.deaths_of_one_year,
    audit_targets.norms_on_the_projection,
)
_ORDER = list(Severity)


def audit_plan(region: Region, population: Population) -> tuple[Finding, ...]:
    """All findings on a region's planning document, the gravest first.

    Args:
        region: baseline, targets and statements of the document.
        population: the projection, whose people the norms are for.
    """
    figures, rules = Figures(region), _rules()
    found = [item for rule in _ON_THE_DOCUMENT for item in rule(figures, rules)]
    found += [item for rule in _WITH_THE_PROJECTION for item in rule(figures, rules, population)]
    return tuple(sorted(found, key=lambda item: _ORDER.index(item.severity)))


@functools.cache
def _rules() -> Any:
    return load_yaml(Path(__file__).parent / "data" / "audit.yaml").data
