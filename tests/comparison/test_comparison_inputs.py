"""What differs in the inputs: exactly what was changed, with both values and places."""

from __future__ import annotations

from sim.comparison import compare_runs


def changes(comparison) -> dict[str, tuple[str, str]]:
    return {row.key: (row.base_value, row.value) for row in comparison.inputs.itertuples() if row.group == "scenario"}


def test_exactly_what_was_changed_is_listed(plan, what_if):
    assert changes(compare_runs([plan, what_if])) == {
        "resources.ambulances.per_head.2025": ("0.25", ""),
        "resources.beds.per_head.2025": ("4.6", "4"),
        "resources.beds.per_head.2035": ("5.4", ""),
        "resources.childcare_places.per_head.2025": ("4.5", ""),
        "resources.nurses.hold": ("false", "true"),
        "resources.nurses.per_head.2025": ("3.8", ""),
    }


def test_the_place_of_a_value_stands_beside_it(make, plan):
    other = make("other_beds", settings={"resources": {"beds": {"per_head": {2025: 4.0, 2035: 5.4}}}})
    table = compare_runs([plan, other]).inputs
    beds = table[table["key"] == "resources.beds.per_head.2025"].iloc[0]
    assert (beds["base_value"], beds["value"], beds["letter"]) == ("4.6", "4", "B")
    assert beds["base_place"] == "plan_2025.yaml:9:5"
    assert beds["base_layer"] == "file"


def test_defaults_that_one_run_states_are_no_difference(make, plan):
    resources = {
        "beds": {"per_head": {2025: 4.6, 2035: 5.4}}, "physicians": {"per_head": {2025: 3.2}},
        "nurses": {"per_head": {2025: 3.8}}, "ambulances": {"per_head": {2025: 0.25}},
        "childcare_places": {"per_head": {2025: 4.5}}, "psychiatrists": {},
    }  # fmt: skip
    assert changes(compare_runs([plan, make("same_again", settings={"resources": resources})])) == {}


def test_another_region_pack_is_said_and_its_files_named(make, plan):
    other = make("other_pack", pack="schema: 1\n# revised\n")
    (notice,) = compare_runs([plan, other]).notices
    assert notice.key == "pack"
    assert "calibration/samplia/baseline.yaml" in notice.text
