"""healthsim: what a scenario provides (planned levels, projects, staff stock and flow)."""

from sim.supply.model import Supply, SupplySeries
from sim.supply.plan import plan_supply, planning_population
from sim.supply.town_split import TownTarget, split_targets

__all__ = ["Supply", "SupplySeries", "TownTarget", "plan_supply", "planning_population", "split_targets"]
