"""Print the hold-outs and back-tests of all regions: one JSON object a line, or the tables of docs/backtests.md.

Usage: python benchmarks/backtests.py [--tables] [--stations] [calibration folder]

``--tables`` prints Markdown tables instead; ``--stations`` adds Qingpu's response of 2015 without each of the assumed stations,
and without each pair of them.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.calibration.holdout import HoldoutRow, holdout_rows
from sim.calibration.holdout.emergency import can_be_tested, service_of
from sim.calibration.holdout.emergency_stations import without
from sim.calibration.holdout.rows import DRAWS
from sim.draws import Draws
from sim.region import Region, available_regions, load_region
from sim.region.model import Confidence
from sim.report.holdout_words import HoldoutWords
from sim.report.wording import Wording

COLUMNS = ("region", "what", "under", "year", "observed", "model", "80 % interval", "inside", "without a model", "kind")


def main(calibration: Path, *, tables: bool, stations: bool, draws: Draws = DRAWS) -> None:
    regions = [load_region(calibration, key) for key in available_regions(calibration)]
    rows = [row for region in regions for row in holdout_rows(region, draws)]
    for line in as_tables(rows) if tables else (json.dumps(as_json(row), ensure_ascii=False) for row in rows):
        print(line)
    print(json.dumps(inside(rows)))
    if stations:
        for region in filter(can_be_tested, regions):
            print(json.dumps(fewer_stations(region), ensure_ascii=False))


def as_json(row: HoldoutRow) -> dict[str, Any]:
    """A row as the other benchmarks print theirs; ``ratio`` is model over observation."""
    ratio = row.model / row.observed if row.model is not None and row.observed else None
    detail = {
        **{name: getattr(row, name) for name in ("year", "unit", "observed", "model", "p10", "p90", "inside")},
        "naive": {naive.key: naive.value for naive in row.naives},
        "kind": row.kind.value,
        "source": row.source,
    }
    return {"name": f"{row.region}_{row.subject}_{row.what}_{row.variant}_{row.year}", "ratio": ratio, "detail": detail}


def inside(rows: list[HoldoutRow]) -> dict[str, Any]:
    """How many of the judged rows lie inside their interval, by subject and kind; ``ratio`` is the share, sound is 0.8."""
    judged = [row for row in rows if row.inside is not None]
    counts = Counter((f"{row.subject}, {row.kind}", row.inside) for row in judged)
    detail = {name: {"inside": counts[name, True], "of": counts[name, True] + counts[name, False]} for name, _ in sorted(counts)}
    return {"name": "holdouts_inside", "ratio": sum(bool(row.inside) for row in judged) / len(judged), "detail": detail}


def as_tables(rows: list[HoldoutRow]) -> Iterator[str]:
    """One Markdown table a subject."""
    words = HoldoutWords(Wording("en"))
    for subject, group in itertools.groupby(sorted(rows, key=lambda row: row.subject), key=lambda row: row.subject):
        yield f"\n{words.name('subject', subject)}\n\n| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS)
        yield from ("| " + " | ".join(cells(row, words)) + " |" for row in sorted(group, key=lambda row: row.region))


def cells(row: HoldoutRow, words: HoldoutWords) -> Iterator[str]:
    yield from (row.region, words.what(row.what), words.name("variant", row.variant), str(row.year))
    yield words.value(row.observed, row.unit)
    yield words.value(row.model, row.unit)
    yield f"{words.value(row.p10, row.unit)} to {words.value(row.p90, row.unit)}" if row.p10 is not None else "–"
    yield "–" if row.inside is None else "yes" if row.inside else "no"
    yield "; ".join(f"{words.name('naive', naive.key)} {words.value(naive.value, row.unit)}" for naive in row.naives) or "–"
    yield words.name("kind", row.kind)


def fewer_stations(region: Region) -> dict[str, Any]:
    """Central mean response of the earlier year, one crew a station, without one and without two of the assumed old stations."""
    whole = service_of(region, Draws(0, 0))
    grades = region.stations.existence_confidence
    assumed = [index for index in whole.world.plan.open_in(whole.then).tolist() if grades[index] is Confidence.ASSUMPTION]
    found = {}
    for fewer in (0, 1, 2):
        means = [earlier_response(without(region, way)) for way in itertools.combinations(assumed, fewer)]
        found[f"without_{fewer}"] = {"lowest": min(means), "highest": max(means)}
    return {"name": f"{region.key}_response_earlier_without_stations", "ratio": None, "detail": found}


def earlier_response(region: Region) -> float:
    """Fitted to the base year under central assumptions, asked for the earlier one, minutes."""
    service = service_of(region, Draws(0, 20201101))
    now, then = (service.duty(year, service.crews(year)) for year in (service.now, service.then))
    return service.mean(service.then, 0, service.multiplier(service.now, 0, now, service.observed), then)


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if not word.startswith("--")]
    main(
        Path(asked[0]) if asked else Path(__file__).resolve().parents[1] / "calibration",
        tables="--tables" in sys.argv,
        stations="--stations" in sys.argv,
    )
