"""Which operands are kept depends on the whole source; one was taken for another."""

import pytest

from contweb.errors import ChangedCodeError
from tests.state.edits import Site

SOURCE = """
first, second = "first", "second"

def change():
    global NAMES

def together(*args):
    return args

@flow
def order():
    return together(first, second, ask("n"))
"""


def waiting(names):
    """A page of a version in which a function changes these."""
    site = Site()
    site.run(SOURCE.replace("NAMES", names), [])
    return site


def test_an_operand_that_was_not_kept_is_not_made_up():
    with pytest.raises(ChangedCodeError, match="was not kept"):
        waiting("second").go_on(SOURCE.replace("NAMES", "first"), ["answer"])


def test_one_that_was_kept_goes_on():
    changed = SOURCE.replace("NAMES", "second").replace('"second"', '"other"')
    assert waiting("first, second").go_on(changed, ["answer"]) == ("first", "second", "answer")
