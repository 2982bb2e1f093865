"""Closed-form queues against exact tables and published examples."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import queueing

CLOSE = 1e-12


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_trauma_centre_with_three_bays():
    # Cachon and Terwiesch, Matching Supply with Demand, Erlang loss table: P_3(2/3) = 0.0255.
    assert round(float(queueing.erlang_b(3, 2 / 3)), 4) == 0.0255


def test_call_centre_example():
    # pyworkforce 0.1.0 README: 100 calls per 30 min of 3 min, 14 agents; R package ErlangC README: mean wait in seconds.
    assert float(queueing.erlang_c(14, 10)) == pytest.approx(0.1741319335950498, rel=CLOSE)
    assert 1 - float(queueing.wait_exceeds(14, 10, 180, 20)) == pytest.approx(0.8883500191794669, rel=CLOSE)
    assert float(queueing.mean_wait(14, 10, 180)) == pytest.approx(7.83593701177724, rel=CLOSE)


def test_erlang_b_and_c_against_exact_arithmetic(shared):
    for row in rows(shared / "validation/demography/queueing/erlang_exact.csv"):
        beds, load = int(row["beds"]), float(row["offered_load"])
        assert float(queueing.erlang_b(beds, load)) == pytest.approx(float(row["erlang_b"]), rel=1e-10)
        if row["erlang_c"]:
            assert float(queueing.erlang_c(beds, load)) == pytest.approx(float(row["erlang_c"]), rel=1e-10)
        else:
            assert float(queueing.erlang_c(beds, load)) == 1.0
    for row in rows(shared / "validation/emergency/queues/erlang_b.csv"):
        blocking = float(queueing.erlang_b(int(row["servers"]), float(row["offered_load_erlang"])))
        assert blocking == pytest.approx(float(row["blocking_probability"]), rel=CLOSE)


def test_standard_erlang_b_table(shared):
    for row in rows(shared / "validation/demography/queueing/erlang_b_standard_table.csv"):
        load = float(row["offered_erlangs_recomputed"])
        assert float(queueing.erlang_b(int(row["servers"]), load)) == pytest.approx(float(row["blocking"]), abs=1e-10)


def test_waits_of_mmc(shared):
    for row in rows(shared / "validation/emergency/queues/mmc.csv"):
        servers, service = int(row["servers"]), float(row["mean_service"])
        load = servers * float(row["rho"])
        assert float(queueing.erlang_c(servers, load)) == pytest.approx(float(row["p_wait_erlang_c"]), rel=1e-10)
        assert float(queueing.mean_wait(servers, load, service)) == pytest.approx(float(row["mean_wait"]), rel=1e-10)
        assert queueing.wait_sd(servers, load, service) == pytest.approx(float(row["sd_wait"]), rel=1e-10)
        late = float(queueing.wait_exceeds(servers, load, service, service / 2))
        assert late == pytest.approx(float(row["p_wait_gt_half_service"]), rel=1e-10)
        quantile = queueing.wait_quantile(servers, load, service, 0.9)
        assert quantile == pytest.approx(float(row["wait_q90"]), rel=1e-9, abs=1e-12)


def test_waits_by_priority(shared):
    table = rows(shared / "validation/emergency/queues/mmc_nonpreemptive_priority.csv")
    systems: dict[tuple[str, str, str, int], list[dict[str, str]]] = {}
    number = 0
    for row in table:
        number += row["class"] == "1"
        systems.setdefault((row["servers"], row["mean_service"], row["total_rho"], number), []).append(row)
    for (servers, service, _, _), classes in systems.items():
        rates = [float(row["class_arrival_rate"]) for row in classes]
        waits = queueing.priority_waits(int(servers), rates, float(service))
        np.testing.assert_allclose(waits, [float(row["mean_wait"]) for row in classes], rtol=1e-10)


def test_pollaczek_khinchine(shared):
    for row in rows(shared / "validation/emergency/queues/mg1_pollaczek_khinchine.csv"):
        service, load = float(row["mean_service"]), float(row["rho"])
        wait = queueing.mg1_mean_wait(load / service, service, float(row["scv"]))
        assert wait == pytest.approx(float(row["mean_wait"]), rel=CLOSE)


def test_time_varying_load(shared):
    for row in rows(shared / "validation/emergency/queues/mt_g_inf_sinusoidal.csv"):
        busy = queueing.sinusoidal_mean_busy(
            float(row["mean_rate_per_min"]),
            float(row["amplitude_per_min"]),
            float(row["period_min"]),
            float(row["mean_service_min"]),
            float(row["t_min"]),
        )
        assert float(busy) == pytest.approx(float(row["mean_busy_units"]), rel=1e-10)


def test_ward_sizes_and_poisson_beds(shared):
    for row in rows(shared / "validation/demography/queueing/ward_sizing_erlang_loss.csv"):
        load = float(row["admissions_per_day"]) * float(row["alos_days"])
        beds = int(queueing.servers_for_blocking(load, float(row["refusal_target"])))
        assert beds == int(row["min_beds"])
        assert float(queueing.erlang_b(beds, load)) == pytest.approx(float(row["refusal_prob"]), rel=1e-10)
    for row in rows(shared / "validation/demography/queueing/mginf_poisson_beds.csv"):
        census = float(row["mean_census_lambda_x_los"])
        assert int(queueing.beds_for_service(census, float(row["service_level"]))) == int(row["beds_poisson_quantile"])


def test_overload_has_no_steady_state():
    assert float(queueing.erlang_c(3, 3.5)) == 1.0
    assert math.isinf(float(queueing.mean_wait(3, 3.0, 1.0)))
    assert math.isinf(queueing.priority_waits(1, [0.4, 0.8], 1.0)[1])


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="load"):
        queueing.erlang_b(3, -1.0)
    with pytest.raises(ValueError, match="refusal"):
        queueing.servers_for_blocking(3.0, 1.0)


@given(st.integers(1, 60), st.floats(0.01, 80))
def test_more_servers_never_block_more(servers, load):
    assert float(queueing.erlang_b(servers + 1, load)) <= float(queueing.erlang_b(servers, load))


@given(st.lists(st.floats(0.0, 300.0), min_size=1, max_size=5), st.floats(0.001, 0.5))
def test_servers_for_blocking_is_the_smallest(loads, target):
    beds = queueing.servers_for_blocking(loads, target)
    called = np.array(loads) > 0
    assert (queueing.erlang_b(beds, loads)[called] <= target).all()
    assert (queueing.erlang_b(np.maximum(beds - 1, 0), loads)[called] > target).all()
    assert (beds[~called] == 0).all()
