"""What people will need: care use, beds, staff, ambulances, childcare places, by draw and year."""

from sim.demand.compose import model_need
from sim.demand.model import Need, Series

__all__ = ["Need", "Series", "model_need"]
