"""Every example of the gallery of errors prints what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest
from gallery import PAGE, Example, read_examples, run_example

EXAMPLES = read_examples(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_example_prints_what_the_page_says(example: Example, county: Path) -> None:
    printed, code = run_example(example, county)
    assert printed == example.printed
    assert code == (2 if " error" in printed.splitlines()[-1] else 0)


def test_the_gallery_is_not_empty() -> None:
    assert len(EXAMPLES) > 50
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)
