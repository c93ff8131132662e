"""A flow is edited while people are in it: each page goes on rightly, or is refused with the reason."""

import pytest

from tests.state.edited import PAGES
from tests.state.edits_page import harmless, reasons, shown, table
from tests.state.edits_table import EDITS

CASES = [(edit, page) for edit in EDITS for page in range(len(PAGES))]


@pytest.mark.parametrize(("edit", "page"), CASES, ids=[f"{edit.title}-{PAGES[page]}" for edit, page in CASES])
def test_edit(edit, page):
    goes_on, result, log = edit.expected(page)
    kind, found, effects = edit.found(page)
    assert kind == ("goes on" if goes_on else "refused"), found
    if goes_on:
        assert (found, effects) == (result, log)


def test_of_those_that_do_no_harm_nine_of_ten_go_on():
    good, all_of_them = harmless()
    assert len(EDITS) >= 60
    assert good >= 0.9 * all_of_them


def test_the_table_of_the_documentation():
    """After a change that was meant: ``python -m tests.state.edits_page``."""
    assert shown() == table(reasons())
