"""The planner's scenario: reading, inheritance, checks with places, and where every value comes from.

Public: :func:`load_scenario`, :func:`check_scenario`, :func:`explain`, and the data classes of :mod:`sim.scenario.model`.
"""

from sim.scenario.explain import ExplainedValue, explain
from sim.scenario.load import check_scenario, load_scenario
from sim.scenario.model import Scenario, ScenarioBody

__all__ = ["ExplainedValue", "Scenario", "ScenarioBody", "check_scenario", "explain", "load_scenario"]
