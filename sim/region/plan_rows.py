"""What becomes of every line of a planning document: modelled, a lever of scenarios, or carried along as it stands.

``python -m sim.region.plan_rows docs/plan_table.md`` writes the page. A number that stands in ``baseline.yaml`` or
``plan.csv`` is an indicator's. Every other statement (``not_modelled.csv``) is looked up by its key in
``data/statement_uses.csv``, which says what the model makes of an observed and of a planned value; a key that is not listed
there is carried.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.csvfile import Column, read_csv
from sim.errors import Problems
from sim.indicators import dictionary
from sim.region.load import available_regions, load_region
from sim.region.model import Confidence, Region, Statement

MODELLED, LEVER, CARRIED = "modelled", "lever", "carried"
TREATMENTS = (MODELLED, LEVER, CARRIED)
BEGIN, END = "<!-- rows: made from the packs -->", "<!-- end of rows -->"

SUBJECTS = {
    "indicator": "a value of an indicator",
    "restated": "the same figure again in the text, or in another unit",
    "part_of_indicator": "one part of an indicator's value",
    "itemised_project": "a hospital project with beds, for scenarios",
    "observed_activity": "use of care",
    "establishment_norm": "staff by beds or by other staff",
    "lever": "how care is given",
    "outcome": "health outcome",
    "behaviour": "knowledge, behaviour, blood donation",
    "service_coverage": "share of people reached by a service",
    "quality": "grade, quality or management",
    "building_without_size": "building without beds or places",
    "institution_detail": "kind or title of institution",
    "workforce_development": "talents, disciplines, research",
    "healthy_environment": "healthy towns and communities",
    "finance": "money",
    "information": "information systems",
    "national_norm": "national norm printed beside the local target",
    "past_period": "target or growth of the past period",
    "no_number": "a target without a number",
    "base_not_given": "growth over a level that is not printed",
    "people_served_not_given": "per head of people served, whose number is not printed",
    "rule_per_institution": "rule for one institution",
    "composition": "share within a total",
    "coverage_unknown_definition": "coverage by a definition that is not printed",
    "other": "not listed",
}
"""Why a line is what it is, in words."""


@dataclass(frozen=True)
class StatementUse:
    """What the model makes of the statements of one key: a treatment for an observed value, one for a planned one."""

    observed: str
    planned: str
    model_key: str
    subject: str


@dataclass(frozen=True)
class PlanRow:
    """One line of a planning document.

    Attributes:
        region: region's key.
        key: name of the line in the pack, or the indicator's key.
        label_zh: name as printed, or the indicator's.
        year, kind: as in :class:`~sim.region.model.Statement`.
        printed: operator, value and unit as printed; the wording where there is no number.
        has_number: whether a number is printed.
        treatment: ``modelled``, ``lever`` or ``carried``.
        model_key: the indicator, parameter or scenario key that takes it; empty when carried.
        subject: key of :data:`SUBJECTS`.
    """

    region: str
    key: str
    label_zh: str
    year: int
    kind: str
    printed: str
    has_number: bool
    treatment: str
    model_key: str
    subject: str


@functools.cache
def statement_uses() -> dict[str, StatementUse]:
    """What the model makes of statements, by key."""
    problems = Problems()
    columns = (
        Column("key"),
        Column("observed", choices=TREATMENTS),
        Column("planned", choices=TREATMENTS),
        Column("model_key", blank=True),
        Column("subject", choices=tuple(SUBJECTS)),
    )
    table = read_csv(Path(__file__).parent / "data" / "statement_uses.csv", columns, problems)
    problems.raise_errors()
    return {
        row["key"]: StatementUse(row["observed"], row["planned"], row["model_key"] or "", row["subject"]) for row in table.rows
    }


def plan_rows(region: Region) -> tuple[PlanRow, ...]:
    """Every line of the region's planning document: indicators first in dictionary order, then the other statements."""
    return (*_indicator_rows(region), *(_statement_row(region, item) for item in region.not_modelled))


def _indicator_rows(region: Region) -> Iterator[PlanRow]:
    """Printed values and targets of indicators. What was derived from a statement is that statement's line."""
    for key, indicator in dictionary().items():
        observed = region.baseline.get(key)
        if observed is not None and observed.confidence is Confidence.SEED:
            printed = f"{observed.number:.{observed.decimals or 0}f} {indicator.unit}{_as_printed(observed.note)}"
            yield PlanRow(region.key, key, indicator.zh, observed.year or region.base_year, "baseline", printed, True,
                          MODELLED, key, "indicator")  # fmt: skip
        for target in region.plan:
            if target.indicator == key and not target.borrowed_from and target.confidence is Confidence.SEED:
                printed = f"{target.operator} {target.value:.{target.decimals}f} {indicator.unit}{_as_printed(target.note)}"
                yield PlanRow(region.key, key, indicator.zh, target.year, "target", printed, True, MODELLED, key, "indicator")


def _as_printed(note: str) -> str:
    """The wording of the document where it uses another unit, from a note that begins with ``printed``."""
    return f" ({note})" if re.match(r"printed [\d.]+( per|:| %)", note) or note.startswith("printed 1:") else ""


def _statement_row(region: Region, item: Statement) -> PlanRow:
    use = statement_uses().get(item.key, StatementUse(CARRIED, CARRIED, "", "other"))
    planned = item.kind in ("target", "project")
    treatment, subject = (use.planned if planned else use.observed), use.subject
    if item.kind == "target" and item.year <= region.base_year:
        treatment, subject = CARRIED, "past_period"
    elif item.value is None and item.kind == "target":
        treatment, subject = CARRIED, "no_number"
    unit = item.unit + (f" / {item.denominator}" if item.denominator else "")
    printed = f"{item.operator} {item.value:.10g} {unit}".strip() if item.value is not None else item.quote
    model_key = use.model_key if treatment != CARRIED else ""
    return PlanRow(
        region.key, item.key, item.label_zh, item.year, item.kind, printed, item.value is not None, treatment, model_key, subject
    )


def page(regions: dict[str, Region], text: str) -> str:
    """The page with its tables made anew between the two marks."""
    lines = [BEGIN, ""]
    rows = {key: plan_rows(region) for key, region in regions.items()}
    lines += ["| region | lines | with a number | modelled | lever | carried |", "|---|---|---|---|---|---|"]
    everything = [row for of_region in rows.values() for row in of_region]
    for name, some in (*((regions[key].name_en, of_region) for key, of_region in rows.items()), ("all", everything)):
        counts = [sum(row.treatment == treatment for row in some) for treatment in TREATMENTS]
        numbers = sum(row.has_number for row in some)
        lines.append(f"| {name} | {len(some)} | {numbers} | " + " | ".join(map(str, counts)) + " |")
    lines.append("")
    for key, of_region in rows.items():
        lines += [f"## {regions[key].name_en} {regions[key].name_zh}", ""]
        lines += ["| line | key | year | kind | printed | becomes | what | why |", "|---|---|---|---|---|---|---|---|"]
        lines += [_line(row) for row in of_region]
        lines.append("")
    lines.append(END)
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    return before + "\n".join(lines) + after


def _line(row: PlanRow) -> str:
    what = f"`{row.model_key}`" if row.model_key else "-"
    why = SUBJECTS[row.subject]
    fields: list[Any] = [row.label_zh, f"`{row.key}`", row.year, row.kind, row.printed, row.treatment, what, why]
    return "| " + " | ".join(str(field).replace("|", "/") for field in fields) + " |"


def all_regions(calibration_dir: Path) -> dict[str, Region]:
    """Every pack of a folder, by key."""
    return {key: load_region(calibration_dir, key) for key in available_regions(calibration_dir)}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    folder = target.resolve().parents[1] / "calibration"
    target.write_text(page(all_regions(folder), target.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
