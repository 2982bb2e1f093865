"""The sections of the report, in reading order: the committee's first, the analyst's after."""

from __future__ import annotations

from sim.report.context import Context
from sim.report.model import Section
from sim.report.sections import emergency, inputs, people, plan, resources, scorecard, verdict

ORDER = (
    verdict.build,
    scorecard.build,
    resources.build,
    people.build,
    emergency.build,
    plan.audit,
    plan.towns,
    inputs.changes,
    inputs.outside_the_model,
    inputs.assumptions,
    inputs.how_to_read,
    inputs.provenance,
)


def all_sections(context: Context) -> tuple[Section, ...]:
    """Every section; one without anything to show is left out."""
    sections = [build(context) for build in ORDER]
    return tuple(section for section in sections if section is not None)
