"""The reference page says what the schema says, and its example loads."""

from __future__ import annotations

import re
from collections.abc import Callable

from gallery import ROOT

from sim.scenario import Scenario
from sim.scenario.fields import keys
from sim.scenario.reference import write

PAGE = ROOT / "docs" / "scenarios.md"


def test_the_tables_of_keys_are_those_of_the_schema() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert write(page) == page, "run: python -m sim.scenario.reference docs/scenarios.md"


def test_every_key_is_described() -> None:
    assert [key for key, field in keys() if not field.description] == []


def test_the_example_of_the_page_loads(load: Callable[..., Scenario]) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert load(example, head="").body.resources["beds"].per_head == {2025: 4.5}
