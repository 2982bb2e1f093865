import pytest

from sim.scorecard import Status, verdict


@pytest.mark.parametrize(
    ("supply", "gap", "chance", "status"),
    [
        (None, None, None, Status.NOT_OBSERVED),
        (10.0, None, None, Status.NOT_JUDGED),
        (10.0, 1.0, 0.8, Status.MET),
        (10.0, 0.0, 0.79, Status.MET_CENTRALLY),
        (10.0, -0.1, 0.21, Status.MISSED_CENTRALLY),
        (10.0, -0.1, 0.2, Status.MISSED),
        (10.0, 0.0, None, Status.MET),
        (10.0, -1e-6, None, Status.MISSED),
    ],
)
def test_each_status_at_its_edge(supply, gap, chance, status):
    assert verdict(supply, gap, chance) is status
