"""Tables of what went in: every input with value, unit, source and grade, and what the model leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel

from sim.output.identity import plain
from sim.output.used import WatchedParameters
from sim.population.model import Population
from sim.region.model import Observation, PlanTarget, Region
from sim.scenario import observed_in_use
from sim.scenario.model import ByYear, Scenario

_COLUMNS = (
    "group", "key", "year", "value", "unit", "low", "high", "basis", "confidence", "source", "layer", "place", "quote", "note",
    "used",
)  # fmt: skip
_TEXT_KEYS = {"schema_", "name", "title", "region", "notes"}


def assumptions(scenario: Scenario, region: Region, population: Population) -> pd.DataFrame:
    """``assumptions.csv``: one row an input.

    Groups: ``scenario`` (every resolved setting with its layer), ``baseline`` (observed values of the base year),
    ``observed`` (values of later years that the run stands on), ``parameter`` (every other number of the region and
    reference packs), ``target`` (what the plan asks for) and ``projection`` (what the projection itself states about its
    inputs). ``used`` says of a parameter whether this run read it, if the region's parameters were watched
    (:func:`sim.output.watch_parameters`); every other row is in use.
    """
    watched = isinstance(region.parameters, WatchedParameters)
    parameters = region.parameters.unwatched() if watched else region.parameters
    relabel = portable_names(scenario, region)
    rows = [
        *_settings(scenario),
        *(_observed("baseline", key, item, region) for key, item in region.baseline.items()),
        *(
            _observed("observed", key, item, region)
            for key, by_year in observed_in_use(region, scenario).items()
            for item in by_year.values()
        ),
        *(
            {**_observed("parameter", key, item, region), "used": key in region.parameters.used if watched else None}
            for key, item in parameters.items()
        ),
        *(_target("target", item, region) for item in region.plan),
        *(
            {"group": "projection", "key": what, "value": value, "source": _source(source, region), "confidence": confidence}
            for what, value, source, confidence in population.assumptions
        ),
    ]
    rows = [{"used": True, **row} for row in rows]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
    for name in ("source", "place"):
        frame[name] = [relabel(text) if isinstance(text, str) else text for text in frame[name]]
    return frame


def not_modelled(region: Region) -> pd.DataFrame:
    """``not_modelled.csv``: statements of the plan that the model does not compute; carried, never dropped."""
    columns = [
        "key", "label_zh", "year", "kind", "operator", "value", "unit", "denominator", "basis", "nature", "used_as", "confidence",
        "source", "quote", "note",
    ]  # fmt: skip
    rows = [
        [_source(item.source, region) if name == "source" else str(value) if (value := getattr(item, name)) is not None else None
         for name in columns]
        for item in region.not_modelled
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)


def portable_names(scenario: Scenario, region: Region) -> Callable[[str], str]:
    """A function that names input files by their place inside ``inputs/`` where a text has their path.

    The same inputs then give the same tables from wherever the command was called.
    """
    inside = {path: f"calibration/{name}" for name, path in region.files}
    for name, path in scenario.files:
        inside[path] = name
        if Path(path).resolve() == Path(scenario.path).resolve():
            inside[scenario.path] = name
    paths = "|".join(re.escape(path) for path in sorted(inside, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w./-])(?:{paths})(?![\w/])")
    return lambda text: pattern.sub(lambda match: inside[match.group()], text)


def _settings(scenario: Scenario) -> Iterator[dict[str, Any]]:
    for path, value in _leaves(scenario.body, ()):
        origin = _origin(scenario.origins, path)
        layer, place = (origin.layer, str(origin.place)) if origin is not None else ("default", "")
        yield {
            "group": "scenario",
            "key": ".".join(str(part) for part in path),
            "value": _written(value),
            "layer": layer,
            "place": place,
        }


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every set value of a section; a list of sections counts by position. Values left to the region (None) are not listed."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if path or name not in _TEXT_KEYS:
                yield from _leaves(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for position, item in enumerate(value):
            yield from _leaves(item, (*path, position))
    elif value is not None and value != () and value != "":
        yield path, value


def _origin(origins: Mapping[tuple[str | int, ...], Any], path: tuple[str | int, ...]) -> Any:
    """Origin of a leaf: its own, else of the nearest parent, else of the first child (a path by year)."""
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return origins[path[:length]]
    return next((origin for other, origin in origins.items() if other[: len(path)] == path), None)


def _written(value: Any) -> Any:
    if isinstance(value, ByYear):
        if len(value.points) == 1:
            return value.points[0][1]
        return "; ".join(f"{year}: {number!r}" for year, number in value.points)
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in plain(value))
    return value


def _observed(group: str, key: str, item: Observation, region: Region) -> dict[str, Any]:
    value = item.value
    return {
        "group": group,
        "key": key,
        "year": item.year,
        "value": "; ".join(repr(float(number)) for number in value) if isinstance(value, tuple) else value,
        "unit": item.unit,
        "low": item.low,
        "high": item.high,
        "basis": item.basis,
        "confidence": str(item.confidence),
        "source": _source(item.source, region),
        "layer": item.layer,
        "place": str(item.place),
        "quote": item.quote,
        "note": item.note,
    }


def _target(group: str, item: PlanTarget, region: Region) -> dict[str, Any]:
    borrowed = f"borrowed from the plan of {item.borrowed_from}" if item.borrowed_from else ""
    return {
        "group": group,
        "key": item.indicator,
        "year": item.year,
        "value": f"{item.operator} {item.value:.{item.decimals}f}",
        "unit": item.unit,
        "basis": item.basis,
        "confidence": str(item.confidence),
        "source": _source(item.source, region),
        "layer": "borrowed" if borrowed else "region",
        "place": str(item.place),
        "quote": item.quote,
        "note": "; ".join(part for part in (item.nature, borrowed, item.note) if part),
    }


def _source(keys: str, region: Region) -> str:
    """The full text of one or several sources joined by ``;``."""
    texts = []
    for key in (part.strip() for part in keys.split(";")):
        source = region.sources.get(key)
        texts.append(f"{key}: {source.text}" if source is not None else key)
    return "; ".join(texts)
