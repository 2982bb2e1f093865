"""healthsim: supply against norm and need, and what the verdicts mean."""

from sim.scorecard.attribution import AttributionRow, attribute, attribute_between
from sim.scorecard.audit import audit_plan
from sim.scorecard.audit_model import Finding, Severity
from sim.scorecard.fleet_need import with_ambulances
from sim.scorecard.model import Scorecard, ScorecardRow
from sim.scorecard.norms import norms_of
from sim.scorecard.score import score
from sim.scorecard.staff import WisnRow, wisn_rows
from sim.scorecard.status import SURE, Status, verdict

__all__ = [
    "SURE",
    "AttributionRow",
    "Finding",
    "Scorecard",
    "ScorecardRow",
    "Severity",
    "Status",
    "WisnRow",
    "attribute",
    "attribute_between",
    "audit_plan",
    "norms_of",
    "score",
    "verdict",
    "wisn_rows",
    "with_ambulances",
]
