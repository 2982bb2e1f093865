"""healthsim: supply against norm and need, and what the verdicts mean."""

from sim.scorecard.audit import audit_plan
from sim.scorecard.audit_model import Finding, Severity
from sim.scorecard.fleet_need import with_ambulances
from sim.scorecard.model import Scorecard, ScorecardRow
from sim.scorecard.norms import norms_of
from sim.scorecard.score import score
from sim.scorecard.status import SURE, Status, verdict

__all__ = [
    "SURE",
    "Finding",
    "Scorecard",
    "ScorecardRow",
    "Severity",
    "Status",
    "audit_plan",
    "norms_of",
    "score",
    "verdict",
    "with_ambulances",
]
