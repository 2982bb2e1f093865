"""What people will need: care use, beds, staff, ambulances, childcare places, by draw and year."""

from sim.demand.compose import model_need, need_of_mixtures
from sim.demand.factors import FACTORS, Factor
from sim.demand.model import BedClass, Need, Series

__all__ = ["FACTORS", "BedClass", "Factor", "Need", "Series", "model_need", "need_of_mixtures"]
