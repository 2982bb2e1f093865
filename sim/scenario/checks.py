"""Checks of a scenario by itself: horizon, years, planned levels of resources. One check is one function."""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import nearest
from sim.indicators import Indicator, dictionary, rate_of
from sim.scenario.model import Address, ByYear, ResourceSection, Section
from sim.scenario.tree import LEVEL_KEYS
from sim.scenario.view import View

_PARTS = (
    ("tcm_beds", "beds"),
    ("public_hospital_beds", "beds"),
    ("private_hospital_beds", "beds"),
    ("primary_care_beds", "beds"),
    ("tcm_physicians", "physicians"),
    ("general_practitioners", "physicians"),
    ("psychiatrists", "physicians"),
    ("physicians", "health_technical_staff"),
    ("nurses", "health_technical_staff"),
    ("pharmacists", "health_technical_staff"),
    ("monitoring_ambulances", "ambulances"),
)
"""Resources that are part of another one: there cannot be more of them."""

_SUMS = (
    (("public_hospital_beds", "private_hospital_beds", "primary_care_beds"), "beds"),
    (("physicians", "nurses", "pharmacists"), "health_technical_staff"),
)
"""Parts that do not overlap: together they cannot be more than the whole."""


def check_body(view: View) -> None:
    """All checks of this module."""
    check_horizon(view)
    check_years_of_paths(view)
    check_planning_population(view)
    check_resource_keys(view)
    known = dictionary()
    for key, section in view.body.resources.items():
        if key in known and known[key].resource:
            check_levels(view, known[key], section)
            check_projects(view, key, section)
            check_flow(view, known[key], section)
    check_parts(view)


def check_horizon(view: View) -> None:
    """The horizon runs forwards, and what was observed ends inside it."""
    horizon = view.body.horizon
    if horizon.end <= horizon.start:
        view.problems.error(
            view.place(("horizon", "to")),
            f"the horizon ends in {horizon.end} but starts in {horizon.start}",
            f"a last year after {horizon.start}",
        )
    if horizon.observed_until is not None:
        view.check_year(("horizon", "observed_until"), horizon.observed_until, f"observed_until: {horizon.observed_until}")


def check_years_of_paths(view: View) -> None:
    """Every path by year under population, demand, emergency and staff flows has its points inside the horizon."""
    sections: list[tuple[Address, Section]] = [
        (("population",), view.body.population),
        (("demand",), view.body.demand),
        (("emergency",), view.body.emergency),
    ]
    sections += [
        (("resources", key, "flow"), section.flow) for key, section in view.body.resources.items() if section.flow is not None
    ]
    for address, path in (found for at, section in sections for found in paths_in(at, section)):
        for year, _ in view.points(address, path):
            view.check_year((*address, year), year, f"{'.'.join(map(str, address))}: {year}")


def paths_in(address: Address, section: Section) -> list[tuple[Address, ByYear]]:
    """All paths by year in a section and the sections below it."""
    found: list[tuple[Address, ByYear]] = []
    for name, field in type(section).model_fields.items():
        value, here = getattr(section, name), (*address, field.alias or name)
        if isinstance(value, ByYear):
            found.append((here, value))
        elif isinstance(value, Section):
            found.extend(paths_in(here, value))
    return found


def check_planning_population(view: View) -> None:
    """Planning populations stand for years of the horizon."""
    for year in view.body.population.planning_population:
        address = ("population", "planning_population", year)
        view.check_year(address, year, f"population.planning_population: {year}")


def check_resource_keys(view: View) -> None:
    """Resources are counts of the indicator dictionary that a plan may set."""
    known = dictionary()
    settable = [key for key, indicator in known.items() if indicator.resource]
    for key in view.body.resources:
        if key in settable:
            continue
        place = view.key_place(("resources", key))
        indicator = known.get(key)
        if indicator is None:
            view.problems.unknown(place, "unknown resource", key, settable, meant=by_label(key))
        elif indicator.kind == "rate" and indicator.count in settable:
            view.problems.error(
                place,
                f"{key} is a rate, not a resource",
                f"{indicator.count}: {{per_head: {{year: number {indicator.unit}}}}}",
                indicator.count,
            )
        else:
            meant = nearest(key, settable)
            view.problems.error(place, f"{key} is an outcome, not a resource", "one of " + ", ".join(settable), meant)


def by_label(word: str) -> str:
    """The resource whose Chinese or English name is ``word`` or holds it; empty if there is none."""
    resources = [indicator for indicator in dictionary().values() if indicator.resource]
    labels = [(indicator.key, label.lower()) for indicator in resources for label in (indicator.zh, indicator.en)]
    wanted = word.lower()
    same = [key for key, label in labels if label == wanted]
    within = [key for key, label in labels if len(wanted) > 1 and wanted in label]
    return next(iter([*same, *within]), "")


def check_levels(view: View, indicator: Indicator, section: ResourceSection) -> None:
    """A level is stated, in one way for each year, inside the horizon, and per head only where the dictionary has a rate."""
    key, problems = indicator.key, view.problems
    at = ("resources", key)
    points = [(kind, year) for kind in ("count", "per_head") for year in (getattr(section, kind) or {})]
    if not any(view.given((*at, kind)) and view.tree.find((*at, kind)).value for kind in LEVEL_KEYS):
        problems.error(view.key_place(at), f"{key} has no planned level", "count, per_head or hold: true")
    if points and section.hold:
        problems.error(
            view.place((*at, "hold")),
            f"{key} is held at the base year's count and has planned levels as well",
            "either hold: true or count / per_head",
        )
    for kind, year in points:
        view.check_year((*at, kind, year), year, f"{key}: {kind} {year}")
        if kind == "per_head" and year in (section.count or {}):
            problems.error(
                view.key_place((*at, kind, year)),
                f"{key} has a count and a per_head level for {year}",
                f"one of the two (count at {view.key_place((*at, 'count', year))})",
            )
    rate = rate_of(key)
    if section.per_head is not None and rate is None:
        problems.error(view.key_place((*at, "per_head")), f"{key} has no per-head rate", "count: {year: number}")
    for year, value in (section.per_head or {}).items():
        if rate is not None and value > rate.per:
            problems.error(
                view.place((*at, "per_head", year)),
                f"{key}.per_head.{year} is {value:g} {rate.unit}, more than one for each resident",
                f"a level {rate.unit} residents",
            )
    for year, value in (section.count or {}).items():
        if indicator.whole and value != int(value):
            problems.error(view.place((*at, "count", year)), f"{key}.count.{year} is {value:g}", "a whole number")


def check_projects(view: View, key: str, section: ResourceSection) -> None:
    """Projects open inside the horizon and have names of their own."""
    names: set[str] = set()
    for index, project in enumerate(section.projects):
        at = ("resources", key, "projects", index)
        if project.name in names:
            view.problems.error(view.place((*at, "name")), f"project {project.name!r} stands twice", "a name for each project")
        names.add(project.name)
        what = f"{key}: project {project.name!r} opens in {project.year}, which"
        view.check_year((*at, "opens"), project.year, what)


def check_flow(view: View, indicator: Indicator, section: ResourceSection) -> None:
    """Recruitment belongs to staff, and is stated either in persons or as a factor."""
    if section.flow is None:
        return
    at = ("resources", indicator.key, "flow")
    if indicator.family != "staff":
        staff = ", ".join(key for key, other in dictionary().items() if other.resource and other.family == "staff")
        view.problems.error(view.key_place(at), f"{indicator.key} is no staff: it has no flow", f"a flow under {staff}")
    if section.flow.recruits_per_year is not None and view.given((*at, "recruitment_factor")):
        view.problems.error(
            view.key_place((*at, "recruitment_factor")),
            f"{indicator.key}: recruits_per_year and recruitment_factor speak of the same hires",
            "one of the two",
        )


def check_parts(view: View) -> None:
    """Parts are not planned larger than the whole, alone or together, where all are planned in the same way and year."""
    for part, whole in _PARTS:
        _compare_parts(view, (part,), whole)
    for parts, whole in _SUMS:
        _compare_parts(view, parts, whole)


def _compare_parts(view: View, parts: tuple[str, ...], whole: str) -> None:
    for kind in ("count", "per_head"):
        every = _levels(view, whole, kind)
        some = {part: levels for part in parts if (levels := _levels(view, part, kind))}
        for year in sorted(every.keys() & set().union(*some.values())):
            planned = {part: levels[year] for part, levels in some.items() if year in levels}
            together = sum(level * _scale(part, whole, kind) for part, level in planned.items())
            if together > every[year] * (1 + 1e-9) and len(planned) >= min(len(parts), 2):
                name, last = " + ".join(planned), next(reversed(planned))
                view.problems.error(
                    view.place(("resources", last, kind, year)),
                    f"{name}.{kind}.{year} is {together / _scale(last, whole, kind):g}, more than the {whole} it is part of "
                    f"({every[year]:g})",
                    f"at most {every[year] / _scale(last, whole, kind):g}",
                )


def _levels(view: View, key: str, kind: str) -> Mapping[int, float]:
    section = view.body.resources.get(key)
    return (getattr(section, kind) or {}) if section is not None else {}


def _scale(part: str, whole: str, kind: str) -> float:
    """What turns a level of a part into the unit of the whole."""
    small, large = rate_of(part), rate_of(whole)
    return large.per / small.per if kind == "per_head" and small is not None and large is not None else 1.0
