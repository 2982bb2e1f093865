"""Reading ``calibration.yaml`` of a region over that of the reference pack, strictly.

Every fault is collected with file, line and column; :func:`read_specification` raises once with all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.calibration.entries import Entry, Layer, are_numbers, merged_section, read_layers
from sim.calibration.quantities import QUANTITIES, Family, Quantity
from sim.calibration.specification import FitParameter, FitTarget, Specification
from sim.errors import Place, Problems
from sim.priors import is_share
from sim.region.model import Confidence, Observation, Region

SETTINGS = ("seed", "starts", "samples", "design", "rounds", "replications", "check_replications", "place_draws")
_LEAST = {"seed": 0, "starts": 1, "samples": 256, "design": 24, "rounds": 1, "replications": 1, "check_replications": 2}
_PARAMETER_FIELDS = ("prior", "bounds", "note")
_TARGET_FIELDS = (
    *("quantity", "observed", "value", "unit", "year", "source", "confidence"),
    *("tolerance", "scale", "role", "peak_noise", "peak_years", "note"),
)
_STATED_FIELDS = ("alternatives", "note")
_PRIOR_FIELDS = ("value", "low", "high", "source", "confidence")
_SCALES, _ROLES = ("log", "absolute"), ("fit", "check")
_RESPONSE_STUDY, _RESPONSE = "activity.response_mean_min", "response_mean_min"
_CREWS = "emergency.units_on_duty_day"
_MOST_DESIGN = 100_000


def read_specification(calibration_dir: Path, region: Region) -> Specification:
    """The specification of a region.

    Raises:
        InputError: anything wrong in either file; all faults at once.
    """
    problems = Problems()
    layers = read_layers(calibration_dir, region.key, problems)
    reader = _Reader(region, problems)
    parameters = {
        key: found
        for key, entry in merged_section(layers, "parameters", _PARAMETER_FIELDS, problems).items()
        if (found := reader.parameter(entry)) is not None
    }
    targets = [reader.target(entry) for entry in merged_section(layers, "targets", _TARGET_FIELDS, problems).values()]
    found = tuple(target for target in targets if target is not None)
    reader.moved(found, parameters)
    reader.simulated(found)
    reader.contradictions(found)
    alternatives = reader.stated(merged_section(layers, "stated", _STATED_FIELDS, problems))
    settings = reader.settings(layers)
    problems.raise_errors()
    files = tuple((f"{layer.folder}/calibration.yaml", layer.document.file) for layer in layers)
    return Specification(parameters, found, tuple(reader.not_observed), alternatives, settings, files)


class _Reader:
    """Turns entries into parameters and targets; faults go to ``problems``."""

    def __init__(self, region: Region, problems: Problems) -> None:
        self.region, self.problems = region, problems
        self.not_observed: list[tuple[str, str]] = []

    def parameter(self, entry: Entry) -> FitParameter | None:
        before = len(self.problems.errors)
        bounds = self.bounds(entry)
        prior, key = self.prior(entry)
        if prior is None or bounds is None or len(self.problems.errors) > before:
            return None
        low, high = prior.low, prior.high
        if low is None or high is None or not 0.0 < low < high or not (
            low <= prior.number <= high
        ):
            self.problems.error(prior.place, f"the prior of {entry.key} has no range", "0 < low <= value <= high, low < high")
            return None
        if is_share(prior.unit) and (high >= 1.0 or bounds[1] >= 1.0):
            self.problems.error(entry.at("bounds"), f"{entry.key} is a share", "a prior and bounds below 1")
            return None
        if not bounds[0] < prior.number < bounds[1]:
            what = f"the prior of {entry.key}, {prior.number:g}, lies outside its bounds {bounds[0]:g} to {bounds[1]:g}"
            self.problems.error(entry.at("bounds"), what, "bounds around the prior")
            return None
        return FitParameter(entry.key, prior, key, bounds, entry.place)

    def bounds(self, entry: Entry) -> tuple[float, float] | None:
        given = entry.get("bounds")
        if given is None:
            self.problems.error(entry.place, f"parameter {entry.key} has no bounds", "'bounds: [lowest, highest]'")
            return None
        if are_numbers(given, 2) and 0.0 < given[0] < given[1]:
            return float(given[0]), float(given[1])
        self.problems.error(entry.at("bounds"), f"bounds of {entry.key} are {given!r}", "two numbers, 0 < lowest < highest")
        return None

    def prior(self, entry: Entry) -> tuple[Observation | None, str]:
        """The prior and its key; a level's prior is the province's where there is one."""
        given = entry.get("prior")
        if isinstance(given, dict):
            return self.written_prior(entry, given), ""
        key = str(entry.key if given is None else given)
        own = f"{key}.province_{self.region.census_code[:2]}"
        key = own if own in self.region.parameters else key
        found = self.region.parameters.get(key)
        if found is None:
            what = "unknown parameter" if given is None else "unknown prior"
            self.problems.unknown(entry.place if given is None else entry.at("prior"), what, key, self.region.parameters)
        elif isinstance(found.value, tuple):
            self.problems.error(entry.at("prior"), f"{key} is a list", "a parameter that is one number")
            found = None
        return found, key

    def written_prior(self, entry: Entry, given: Mapping[str, Any]) -> Observation | None:
        known = self.region.parameters.get(entry.key)
        if known is None:
            self.problems.unknown(entry.place, "unknown parameter", entry.key, self.region.parameters)
            return None
        before = len(self.problems.errors)
        for field in given:
            if field not in _PRIOR_FIELDS:
                self.problems.unknown(entry.at("prior", field), "unknown key", str(field), _PRIOR_FIELDS)
        for field in ("value", "low", "high"):
            if not are_numbers([given.get(field)], 1):
                self.problems.error(entry.at("prior", field), f"{field} of a prior is {given.get(field)!r}", "a finite number")
        self.source(entry.at("prior", "source"), given.get("source"), f"the prior of {entry.key}")
        grade = self.grade(entry.at("prior", "confidence"), given.get("confidence"))
        if len(self.problems.errors) > before or grade is None:
            return None
        value, low, high = (float(given[field]) for field in ("value", "low", "high"))
        return Observation(value, known.unit, given["source"], grade, low=low, high=high, place=entry.at("prior"))

    def target(self, entry: Entry) -> FitTarget | None:
        before = len(self.problems.errors)
        quantity = self.quantity(entry)
        observed, key = self.observation(entry)
        tolerance = self.number(entry, "tolerance", positive=True)
        if entry.get("tolerance") is None:
            what = f"target {entry.key} has no tolerance"
            self.problems.error(entry.place, what, "'tolerance:' above 0 (how far the model may miss it), or a parameter")
        scale = self.word(entry, "scale", _SCALES)
        role = self.word(entry, "role", _ROLES)
        noise, years = self.number(entry, "peak_noise", positive=True), self.number(entry, "peak_years", positive=True)
        if observed is None or quantity is None or tolerance is None or len(self.problems.errors) > before:
            return None
        if observed.unit.partition(",")[0] != quantity.unit:
            self.problems.error(entry.place, f"the unit of target {entry.key} is {observed.unit!r}", repr(quantity.unit))
            return None
        if observed.number <= 0.0 and scale == "log":
            self.problems.error(observed.place, f"target {entry.key} is {observed.number:g}", "a number above 0")
            return None
        if observed.year is None and not (noise and years):
            self.problems.error(observed.place, f"target {entry.key} has no year", "'year:', or peak_noise and peak_years")
            return None
        log, fitted = scale == "log", role == "fit"
        return FitTarget(
            entry.key, quantity, key, observed, tolerance, log, fitted, noise or 0.0, int(years or 0), entry.place
        )  # fmt: skip

    def quantity(self, entry: Entry) -> Quantity | None:
        given = entry.get("quantity")
        if given is None:
            wanted = "'quantity:', one of " + ", ".join(QUANTITIES)
            self.problems.error(entry.place, f"target {entry.key} names no quantity", wanted)
            return None
        if given not in QUANTITIES:
            self.problems.unknown(entry.at("quantity"), "the model does not produce", str(given), QUANTITIES)
            return None
        return QUANTITIES[given]

    def observation(self, entry: Entry) -> tuple[Observation | None, str]:
        """The observed figure: written out, or held by a parameter or the baseline; None where it is not observed here."""
        given = entry.get("observed")
        if entry.get("value") is not None:
            if given is not None:
                what = f"target {entry.key} has a value and names one"
                self.problems.error(entry.at("value"), what, "one of observed and value")
            return self.written(entry), f"target {entry.key}"
        if given is None:
            what = f"target {entry.key} has no observation"
            self.problems.error(entry.place, what, "'observed:' with a key, or value, unit, year and source")
            return None, ""
        key = str(given)
        first, _, indicator = key.partition(".")
        found = self.region.baseline.get(indicator) if first == "baseline" else self.region.parameters.get(key)
        if found is None:
            self.absent(entry, key)
        elif isinstance(found.value, tuple):
            self.problems.error(entry.at("observed"), f"{key} is a list", "one number")
            return None, key
        return found, key

    def absent(self, entry: Entry, key: str) -> None:
        """An observation that this region does not have: passed over, unless no region can have it or the region asks for it."""
        known = entry.known
        if key not in known:
            self.problems.unknown(entry.at("observed"), "unknown observation", key, known)
        elif entry.own("observed"):
            self.problems.error(entry.at("observed"), f"{key} was not observed in {self.region.key}", "a figure of this pack")
        else:
            self.not_observed.append((entry.key, key))

    def written(self, entry: Entry) -> Observation | None:
        before = len(self.problems.errors)
        value, unit, year = entry.get("value"), entry.get("unit"), entry.get("year")
        if not are_numbers([value], 1):
            self.problems.error(entry.at("value"), f"value of target {entry.key} is {value!r}", "a finite number")
        if not isinstance(unit, str):
            self.problems.error(entry.at("unit"), f"target {entry.key} has no unit", "'unit:'")
        if year is not None and (not isinstance(year, int) or isinstance(year, bool)):
            self.problems.error(entry.at("year"), f"year of target {entry.key} is {year!r}", "a whole number")
        self.source(entry.at("source"), entry.get("source"), f"target {entry.key}")
        grade = self.grade(entry.at("confidence"), entry.get("confidence") or Confidence.ASSUMPTION)
        if len(self.problems.errors) > before or grade is None:
            return None
        return Observation(float(value), str(unit), entry.get("source"), grade, year=year, place=entry.at("value"))

    def source(self, place: Place, text: Any, whose: str) -> None:
        if not isinstance(text, str) or not text:
            self.problems.error(place, f"{whose} has no source", "'source:' with an id of sources.yaml")
            return
        for identifier in text.split(";"):
            if identifier not in self.region.sources:
                self.problems.unknown(place, "unknown source", identifier, self.region.sources)

    def grade(self, place: Place, given: Any) -> Confidence | None:
        grades = [grade.value for grade in Confidence]
        if given in grades:
            return Confidence(given)
        self.problems.unknown(place, "unknown confidence", str(given), grades)
        return None

    def number(self, entry: Entry, field: str, *, positive: bool) -> float | None:
        """A number, or that of a parameter that the field names; None where the field is absent."""
        given = entry.get(field)
        if given is None:
            return None
        if isinstance(given, str):
            found = self.region.parameters.get(given)
            if found is None or isinstance(found.value, tuple):
                self.problems.unknown(entry.at(field), f"{field}: unknown parameter", given, self.region.parameters)
                return None
            given = found.number
        if not are_numbers([given], 1) or (positive and given <= 0.0):
            self.problems.error(entry.at(field), f"{field} of {entry.key} is {given!r}", "a number above 0, or a parameter's key")
            return None
        return float(given)

    def word(self, entry: Entry, field: str, known: tuple[str, ...]) -> str:
        given = entry.get(field)
        if given is None:
            return known[0]
        if given not in known:
            self.problems.unknown(entry.at(field), f"unknown {field}", str(given), known)
            return known[0]
        return str(given)

    def moved(self, targets: tuple[FitTarget, ...], parameters: Mapping[str, FitParameter]) -> None:
        """A target that is fitted must be moved by a parameter that is fitted."""
        for target in targets:
            moving = target.quantity.parameters
            if target.fitted and not any(key in parameters for key in moving):
                wanted = "'role: check', or one of these under parameters: " + ", ".join(moving) if moving else "'role: check'"
                self.problems.error(target.place, f"no fitted parameter moves the target {target.name}", wanted)

    def simulated(self, targets: tuple[FitTarget, ...]) -> None:
        """A response is simulated in one set-up: that of the year in which the pack has a mean response."""
        mean = self.region.parameters.get(_RESPONSE_STUDY) or self.region.baseline.get(_RESPONSE)
        year = None if mean is None else mean.year
        for target in targets:
            if target.quantity.family is not Family.RESPONSE or (year is not None and target.observed.year == year):
                continue
            if year is None:
                what = f"target {target.name} needs the set-up in which it was observed"
                wanted = f"a mean response with its year in the pack: {_RESPONSE_STUDY}, or {_RESPONSE} in the baseline"
            else:
                what = f"target {target.name} is of {target.observed.year}; the model produces the response of {year} alone"
                wanted = f"a figure of {year}, the year of the pack's mean response"
            self.problems.error(target.place, what, wanted)

    def contradictions(self, targets: tuple[FitTarget, ...]) -> None:
        """One quantity of one year cannot be observed twice, further apart than the tolerances allow together."""
        fitted = [target for target in targets if target.fitted]
        for at, second in enumerate(fitted):
            for first in fitted[:at]:
                same = first.quantity is second.quantity and first.observed.year == second.observed.year
                if not same:
                    continue
                log = first.log and second.log
                a, b = first.observed.number, second.observed.number
                apart = abs(math.log(a / b)) if log else abs(a - b)
                allowed = sum(t.tolerance * (t.observed.number if t.log and not log else 1.0) for t in (first, second))
                if apart > allowed:
                    both = f"{first.name} ({a:g}) and {second.name} ({b:g})"
                    what = f"targets {both} contradict each other: both are {second.quantity.key}"
                    year = "" if second.observed.year is None else f" of {second.observed.year}"
                    wanted = f"figures within {allowed:.3g} of each other{' (logarithms)' if log else ''}, or wider tolerances"
                    self.problems.error(second.place, what + year, f"{wanted} (first at {first.place})")

    def stated(self, entries: Mapping[str, Entry]) -> tuple[int, ...]:
        """Crews on duty are stated, not fitted; the alternatives are fitted beside them."""
        numbers: tuple[int, ...] = ()
        for key, entry in entries.items():
            if key != _CREWS:
                self.problems.unknown(entry.place, "not a stated input of the fit:", key, (_CREWS,))
                continue
            given = entry.get("alternatives") or []
            whole = isinstance(given, list) and all(isinstance(x, int) and not isinstance(x, bool) and x > 0 for x in given)
            if not whole:
                self.problems.error(entry.at("alternatives"), f"alternatives are {given!r}", "a list of whole numbers above 0")
                continue
            numbers = tuple(given)
        return numbers

    def settings(self, layers: Sequence[Layer]) -> dict[str, int]:
        found: dict[str, int] = {}
        for layer in layers:
            section = layer.document.data.get("settings") or {}
            if not isinstance(section, dict):
                self.problems.error(layer.document.place(("settings",)), "'settings' is no mapping", ", ".join(SETTINGS))
                continue
            for key, value in section.items():
                place = layer.document.place(("settings", key))
                if key not in SETTINGS:
                    self.problems.unknown(layer.document.key_place(("settings", key)), "unknown setting", str(key), SETTINGS)
                elif not isinstance(value, int) or isinstance(value, bool) or not _LEAST.get(key, 2) <= value <= 10**9 or (
                    key in ("design", "samples") and value > _MOST_DESIGN
                ):
                    self.problems.error(place, f"{key} is {value!r}", f"a whole number from {_LEAST.get(key, 2)} on")
                else:
                    found[str(key)] = value
        for key in SETTINGS:
            if key not in found and not self.problems.errors:
                self.problems.error(Place(layers[0].document.file), f"setting {key!r} is missing", "a whole number")
        return found
