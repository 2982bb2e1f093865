"""The planner's scenario: reading, inheritance, checks with places, and where every value comes from.

Public: :func:`load_scenario`, :func:`check_scenario`, :func:`explain`, :func:`observed_in_use`, and the data classes of
:mod:`sim.scenario.model`.
"""

from sim.scenario.explain import ExplainedValue, explain
from sim.scenario.load import check_scenario, load_scenario
from sim.scenario.model import Scenario, ScenarioBody
from sim.scenario.observed import observed_in_use

__all__ = [
    "ExplainedValue",
    "Scenario",
    "ScenarioBody",
    "check_scenario",
    "explain",
    "load_scenario",
    "observed_in_use",
]
