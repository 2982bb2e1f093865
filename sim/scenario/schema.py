"""From the merged tree to the typed body: every fault of the schema, at the place of the layer that set the value."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problems
from sim.scenario.model import PathFault, ScenarioBody
from sim.scenario.tree import Node
from sim.scenario.wording import tell

_STAND_INS = {"schema": 1, "name": "unnamed", "title": {"zh": "-", "en": "-"}, "seed": 0}
"""Used for missing or wrong top-level values only so that the remaining checks can be made; the scenario is refused anyhow."""

_ATTEMPTS = 3


def read_body(tree: Node, problems: Problems, *, complete: bool = True) -> ScenarioBody | None:
    """Validate the tree; with ``complete=False`` (a parent could not be read) nothing is called missing.

    Every fault goes to ``problems``. A body is given even when there are faults, made from the sound values, so that the
    other checks can be made in the same go; None when too little is left (no region, no horizon).
    """
    data = tree.plain()
    for attempt in range(_ATTEMPTS):
        try:
            return ScenarioBody.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            for detail in details:
                if attempt == 0 and (complete or detail["type"] != "missing"):
                    tell(tree, detail, problems)
                _prune(data, detail)
    return None


def _prune(data: Any, detail: ErrorDetails) -> None:
    """Take the value at fault out of the data, or the section that misses something; give top-level values a stand-in."""
    address = tuple(key for key in detail["loc"] if key != "[key]")
    if address[0] in _STAND_INS:
        data[address[0]] = _STAND_INS[address[0]]
        return
    holder, key = data, address[0]
    for below in address[1:]:
        inside = holder.get(key) if isinstance(holder, dict) else None
        if not isinstance(inside, dict) or (detail["type"] == "missing" and below not in inside):
            break
        holder, key = inside, below
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, PathFault) and isinstance(holder.get(key), dict):
        for year in (*error.wrong_years, *error.wrong_numbers):
            holder[key].pop(year, None)
        if holder[key]:
            return
    if isinstance(holder, dict):
        holder.pop(key, None)
