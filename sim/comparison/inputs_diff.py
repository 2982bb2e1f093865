"""``inputs_diff.csv``: what went in otherwise than in the base, value by value, with where each was set.

Rows of group ``scenario`` are resolved settings (layer and ``file:line:column`` from ``assumptions.csv``); ``baseline``,
``parameter``, ``target`` and ``projection`` are numbers of the region and reference packs, which differ only if the packs
do; parameters that neither run read are left out. An empty value means: not set (the region's own value, or nothing
planned). Defaults that one run states and the other leaves out are no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from sim.comparison.model import Member

COLUMNS = (
    "letter", "run", "scenario", "group", "key", "year", "unit", "base_value", "value", "base_layer", "layer", "base_place",
    "place", "base_source", "source",
)  # fmt: skip

_COMPARED = ("value", "low", "high", "unit", "confidence")
_Key = tuple[str, str, str, int]


def inputs_diff(members: Sequence[Member], base: int) -> pd.DataFrame:
    """One row per member other than the base and input that differs; in the order of ``assumptions.csv``."""
    against = _inputs(members[base])
    rows = [
        {"letter": member.letter, "run": member.run.name, "scenario": member.manifest["scenario"], **row}
        for position, member in enumerate(members)
        if position != base
        for row in _between(against, _inputs(member))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _inputs(member: Member) -> dict[_Key, dict[str, str]]:
    """Every input of a run as text, by group, key, year, and the how-manieth of those (a target may stand twice)."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = {}
    for row in member.run.table("assumptions").to_dict("records"):
        texts = {name: _text(value) for name, value in row.items()}
        name = (texts["group"], texts["key"], texts["year"])
        found[*name, seen[name]] = texts
        seen[name] += 1
    return found


def _between(base: dict[_Key, dict[str, str]], other: dict[_Key, dict[str, str]]) -> Iterator[dict[str, Any]]:
    keys = sorted(dict.fromkeys([*base, *other]), key=_order(base, other))
    for key in keys:
        before, after = base.get(key), other.get(key)
        if before is not None and after is not None:
            if all(before.get(name) == after.get(name) for name in _COMPARED):
                continue
        elif (before or after or {}).get("layer") == "default":
            continue
        if all((side or {"used": "false"}).get("used") == "false" for side in (before, after)):
            continue
        yield _row(key, before or {}, after or {})


def _order(base: dict[_Key, Any], other: dict[_Key, Any]) -> Any:
    """Groups as they come in the base; inside a group by key, so that the years of one setting stand together."""
    groups = {group: at for at, group in enumerate(dict.fromkeys(key[0] for key in [*base, *other]))}
    return lambda key: (groups[key[0]], key[1:])


def _row(key: _Key, before: dict[str, str], after: dict[str, str]) -> dict[str, Any]:
    return {
        "group": key[0],
        "key": key[1],
        "year": key[2],
        "unit": after.get("unit") or before.get("unit", ""),
        "base_value": _with_range(before),
        "value": _with_range(after),
        **{f"base_{name}": before.get(name, "") for name in ("layer", "place", "source")},
        **{name: after.get(name, "") for name in ("layer", "place", "source")},
    }


def _with_range(side: dict[str, str]) -> str:
    value = side.get("value", "")
    low, high = side.get("low", ""), side.get("high", "")
    return f"{value} [{low}, {high}]" if low and high else value


def _text(value: Any) -> str:
    """A field as it stands in the file: whole numbers without a point, empty for not a number."""
    if isinstance(value, float):
        if value != value:
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
