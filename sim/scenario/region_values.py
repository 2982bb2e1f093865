"""What the region gives where a scenario sets nothing: the parameters that stand behind the schema's empty defaults."""

from __future__ import annotations

from collections.abc import Iterator

from sim.indicators import dictionary
from sim.region.model import Observation, Region
from sim.scenario.model import Address, ScenarioBody

PARAMETERS: dict[Address, str] = {
    ("demand", "day_surgery_share"): "care.day_surgery_share_tertiary",
    ("demand", "primary_care_visit_share"): "need.primary_care_visit_share",
    ("demand", "treated_elsewhere_share"): "need.treated_elsewhere_share",
    ("demand", "bed_occupancy"): "care.occupancy_target",
    ("demand", "refusal_probability"): "need.refusal_probability",
    ("demand", "childcare_take_up"): "need.childcare_take_up",
    ("demand", "call_rate_growth"): "emergency.call_growth_per_year",
    ("emergency", "turnout_median_min"): "emergency.turnout.median_min",
    ("emergency", "turnout_sigma"): "emergency.turnout.sigma",
    ("emergency", "detour"): "emergency.travel.detour",
    ("emergency", "transport_share"): "emergency.transport_share",
}
_NURSE_ATTRITION, _OTHER_ATTRITION = "workforce.attrition.nurses", "workforce.attrition.physicians"


def region_values(body: ScenarioBody, region: Region) -> Iterator[tuple[Address, Observation]]:
    """The region's observation for every value that the scenario leaves to the region, if the region has it."""
    wanted = {
        address: parameter
        for address, parameter in PARAMETERS.items()
        if getattr(getattr(body, str(address[0])), str(address[1])) is None
    }
    known = dictionary()
    for key, section in body.resources.items():
        if section.flow is not None and section.flow.attrition is None and known[key].family == "staff":
            wanted["resources", key, "flow", "attrition"] = _NURSE_ATTRITION if key == "nurses" else _OTHER_ATTRITION
    for address, parameter in wanted.items():
        observation = region.parameters.get(parameter)
        if observation is not None:
            yield address, observation
