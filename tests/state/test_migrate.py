"""Flows that are moved, renamed, swapped; and authors who decide how their pages go on."""

import sys

import pytest

from contweb import Continuation
from contweb.errors import ChangedCodeError
from contweb.runtime.registry import forget_module
from tests.state.edits import Site, load, outcome

ORDER = """
@flow
def order():
    name = ask("name")
    count = ask("count")
    return name, count
"""


def after(site, new, *answers):
    try:
        return site.go_on(new, answers)
    finally:
        forget_module(site.name)
        sys.modules.pop(site.name, None)


@pytest.fixture
def counting():
    site = Site()
    site.run(ORDER, ["Ann"])
    return site


# ---------------------------------------------------------------------------- moved, renamed, swapped

PAY = '@flow\ndef pay():\n    amount = ask("amount")\n    log(("pay", amount))\n    return amount\n'
REFUND = '@flow\ndef refund():\n    amount = ask("amount")\n    log(("refund", amount))\n    return amount\n'


@pytest.mark.parametrize("function", ["pay", "refund"])
def test_two_functions_in_the_other_order(function):
    site = Site()
    site.run(PAY + REFUND, [], function)
    assert after(site, REFUND + PAY, 5) == 5
    assert site.log == [(function, 5)]


@pytest.mark.parametrize("function", ["pay", "refund"])
def test_the_bodies_of_two_functions_swapped(function):
    site = Site()
    site.run(PAY + REFUND, [], function)
    swapped = PAY.replace("def pay", "def refund") + REFUND.replace("def refund", "def pay")
    with pytest.raises(ChangedCodeError, match=r"now; if it was renamed"):
        after(site, swapped, 5)
    assert site.log == []


def test_swapped_and_edited():
    site = Site()
    site.run(PAY + REFUND, [], "pay")
    swapped = PAY.replace("def pay", "def refund") + REFUND.replace("def refund", "def pay")
    with pytest.raises(ChangedCodeError, match="refund"):
        after(site, swapped.replace("    return amount", "    return amount + 1"), 5)


def test_moved_to_another_module():
    site = Site("shop")
    site.run(ORDER, ["Ann"])
    forget_module("shop")
    del sys.modules["shop"]
    moved = Site("shop_orders")
    moved.versions, moved.record = site.versions, site.record
    named = ORDER.replace("@flow", '@flow(name="shop.order")')
    assert after(moved, named, 3) == ("Ann", 3)
    assert after(moved, named.replace("return name, count", "return count"), 3) == 3


def test_moved_without_a_word():
    site = Site("shop")
    site.run(ORDER, ["Ann"])
    load("shop", "", [])
    with pytest.raises(ChangedCodeError, match="no such flow"):
        after(site, "")


def test_two_flows_of_one_name():
    with pytest.raises(ValueError, match="two flows are stored as"):
        load(
            "shop", ORDER + ORDER.replace("@flow", '@flow(name="shop.order")').replace("order()", "buy()"), []
        )
    forget_module("shop")


# ---------------------------------------------------------------------------- the author decides

RENAMED = """
def migrate(frame):
    {}

@flow(migrate=migrate)
def order():
    name, title = ask("name"), ""
    count = int(ask("how many"))
    return title + name, count
"""


def migrated(site, body, *answers, new=RENAMED):
    return after(site, new.format(body.replace("\n", "\n    ")), *answers)


def test_without_a_word_it_is_refused(counting):
    with pytest.raises(ChangedCodeError):
        migrated(counting, "return None", "3")


def test_names_and_another_call(counting):
    body = 'return frame.go_on({**frame.names, "title": "Ms "}, at=\'ask("how many")\')'
    assert migrated(counting, body, "3") == ("Ms Ann", 3)


def test_what_the_author_is_told(counting):
    body = """log((frame.function, frame.call, frame.names, frame.reason is None, "count" in frame.source))
frame.refuse("ask again")"""
    with pytest.raises(ChangedCodeError, match="ask again"):
        migrated(counting, body, "3")
    assert counting.log == [("shop.order", "ask('count')", {"name": "Ann"}, False, True)]


def test_a_name_that_is_missing(counting):
    with pytest.raises(ChangedCodeError, match="`title` is used there, and migrate gave no value"):
        migrated(counting, "return frame.go_on(frame.names, at='ask(\"how many\")')", "3")


@pytest.mark.parametrize("call", ['ask("what")', "ask(", "int(ask('how many'))"])
def test_a_call_that_is_not_there(counting, call):
    with pytest.raises(ChangedCodeError, match="migrate says"):
        migrated(counting, f"return frame.go_on({{}}, at={call!r})", "3")


def test_names_alone():
    """Where the call is the same, names are enough."""
    new = """
def migrate(frame):
    return {**frame.names, "fee": len(frame.names["name"])}

@flow(migrate=migrate)
def order():
    name = ask("name")
    fee = len(name)
    count = ask("count")
    return name, count, fee
"""
    assert outcome(ORDER, new, ["Ann"], [3]) == ("goes on", ("Ann", 3, 3), [])


def test_an_error_of_the_author(counting):
    with pytest.raises(ZeroDivisionError):
        migrated(counting, "return 1 / 0", "3")


# ---------------------------------------------------------------------------- chains, closures, generators

CHAIN = """
class Cart:
    @flow
    def __init__(self):
        self.item = ask("item")

@flow
def order():
    taxes = []
    def tax(x):
        taxes.append(x)
        return ask("tax") + x
    cart = Cart()
    total = tax(1)
    for x in numbers(2):
        total += x
    return cart.item, total, taxes

@flow
def numbers(n):
    for i in range(n):
        yield ask("number") + i
"""
GIVEN = ["pear", 10, 100, 200]
EDITED = CHAIN.replace("    return cart.item", "    log(0)\n    return cart.item")


@pytest.mark.parametrize("page", range(4))
def test_a_chain_of_frames(page):
    expected = ("goes on", ("pear", 312, [1]), [0])
    assert outcome(CHAIN, EDITED, GIVEN[:page], GIVEN[page:]) == expected


@pytest.mark.parametrize("page", range(4))
def test_a_chain_of_frames_with_all_functions_edited(page):
    new = EDITED.replace("self.item = ask", "self.item = '' + ask").replace(
        "    yield ask", "    log(i)\n        yield ask"
    )
    new = new.replace('return ask("tax") + x', 'return x + ask("tax")')
    kind, found, _ = outcome(CHAIN, new, GIVEN[:page], GIVEN[page:])
    assert kind == "refused" or found == ("pear", 312, [1])


def test_what_is_called_is_another_function():
    new = CHAIN.replace("for x in numbers(2)", "for x in other(2)") + CHAIN[
        CHAIN.index("\n@flow\ndef numbers") :
    ].replace("numbers", "other").replace("+ i", "- i")
    assert outcome(CHAIN, new, GIVEN[:2], GIVEN[2:])[0] == "refused"


def test_an_earlier_version_that_was_not_kept(counting):
    counting.versions.clear()
    with pytest.raises(ChangedCodeError, match="the earlier source was not kept"):
        after(counting, ORDER.replace("return name, count", "return name"))


def test_back_and_forth(counting):
    """A version can come back."""
    assert after(counting, ORDER.replace("return name, count", "return count"), 3) == 3
    assert after(counting, ORDER, 3) == ("Ann", 3)
    assert isinstance(counting.record, bytes) and Continuation
