"""healthsim: supply against norm and need, and what the verdicts mean."""

from sim.scorecard.fleet_need import with_ambulances
from sim.scorecard.model import Scorecard, ScorecardRow
from sim.scorecard.norms import norms_of
from sim.scorecard.score import score
from sim.scorecard.status import SURE, Status, verdict

__all__ = ["SURE", "Scorecard", "ScorecardRow", "Status", "norms_of", "score", "verdict", "with_ambulances"]
