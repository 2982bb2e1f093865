"""healthsim: what a scenario provides (planned levels, projects, staff stock and flow)."""

from sim.supply.model import Supply, SupplySeries
from sim.supply.plan import plan_supply, planning_population

__all__ = ["Supply", "SupplySeries", "plan_supply", "planning_population"]
