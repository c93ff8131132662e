"""Context variables: what a flow sets is its own, and is there after a resume; its caller sees none of it."""

import contextvars
import decimal
import threading
from contextvars import ContextVar, Token
from decimal import Decimal

import pytest

from contweb import flow, start, suspend, transient
from contweb.runtime import variables

LANG: ContextVar[str] = ContextVar("LANG", default="en")
ITEMS: ContextVar[list] = ContextVar("ITEMS")
OTHER: ContextVar[str] = ContextVar("OTHER")


def in_context(test):
    """A test that sets variables: in a context of its own."""

    def run():
        contextvars.Context().run(test)

    run.__name__ = test.__name__
    return run


@flow
def speaking():
    LANG.set("de")
    first = suspend(LANG.get())
    LANG.set(first)
    second = suspend(LANG.get())
    return first, second, LANG.get()


def test_what_is_set_is_there_after_a_resume():
    step = start(speaking).continuation.resume("fr")
    assert step.value == "fr"
    assert step.continuation.resume("x").value == ("fr", "x", "fr")


def test_the_caller_sees_none_of_it():
    before = dict(contextvars.copy_context())
    step = start(speaking)
    assert LANG.get() == "en" and dict(contextvars.copy_context()) == before
    step.continuation.resume("fr").continuation.resume()
    assert LANG.get() == "en" and dict(contextvars.copy_context()) == before


def test_nor_when_the_flow_raises():
    @flow
    def failing():
        LANG.set("de")
        suspend()
        LANG.set("fr")
        raise KeyError

    with pytest.raises(KeyError):
        start(failing).continuation.resume()
    assert LANG.get() == "en"


def test_nor_when_it_does_not_wait():
    @flow
    def at_once():
        LANG.set("de")
        return LANG.get()

    assert start(at_once).value == "de" and LANG.get() == "en"


def test_branches_do_not_disturb_each_other():
    first = start(speaking).continuation
    french, dutch = first.resume("fr").continuation, first.resume("nl").continuation
    assert dutch.resume(2).value == ("nl", 2, "nl")
    assert french.resume(1).value == ("fr", 1, "fr")
    assert first.resume("it").continuation.resume(3).value == ("it", 3, "it")


@flow
def setting_one():
    chosen = suspend()
    if chosen:
        OTHER.set(chosen)
    return OTHER.get("none"), suspend()


def test_what_one_branch_has_set_is_not_set_in_another():
    first = start(setting_one).continuation
    assert first.resume("a").continuation.resume().value == ("a", None)
    assert first.resume("").continuation.resume().value == ("none", None)


@in_context
def test_other_variables_are_those_of_who_resumes():
    @flow
    def looking():
        LANG.set("de")
        return OTHER.get("none"), suspend(), OTHER.get("none"), LANG.get()

    OTHER.set("at the start")
    LANG.set("it")
    continuation = start(looking).continuation
    OTHER.set("at the resume")
    LANG.set("nl")
    assert continuation.resume().value == ("at the start", None, "at the resume", "de")
    assert continuation.resume().value == ("at the start", None, "at the resume", "de")


@in_context
def test_a_variable_that_is_gone_where_it_is_resumed():
    @flow
    def looking():
        return OTHER.get("none"), suspend(), OTHER.get("none")

    token = OTHER.set("at the start")
    continuation = start(looking).continuation
    OTHER.reset(token)
    assert continuation.resume().value == ("at the start", None, "none")


@in_context
def test_it_stays_the_flows_where_the_caller_happens_to_have_the_same():
    @flow
    def keeping():
        LANG.set("de")
        suspend()
        suspend()
        return LANG.get()

    first = start(keeping).continuation
    LANG.set("de")
    second = first.resume().continuation
    LANG.set("nl")
    assert second.resume().value == "de"


def test_in_another_thread():
    first = start(speaking).continuation
    found = []

    def resume():
        found.append(first.resume("fr").continuation.resume().value)
        found.append(LANG.get())

    thread = threading.Thread(target=resume)
    thread.start()
    thread.join()
    assert found == [("fr", None, "fr"), "en"]


def test_the_same_objects():
    @flow
    def gathering():
        ITEMS.set([])
        ITEMS.get().append(suspend())
        return ITEMS.get()

    first = start(gathering).continuation
    assert first.resume(1).value is first.resume(2).value


def test_thrown_in():
    @flow
    def catching():
        LANG.set("de")
        try:
            suspend()
        except KeyError:
            return LANG.get()

    assert start(catching).continuation.throw(KeyError()).value == "de"


# tokens


@flow
def with_token(lang):
    token = LANG.set(lang)
    try:
        return suspend(LANG.get()), LANG.get()
    finally:
        LANG.reset(token)
        heard.append(LANG.get())


heard: list[str] = []


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_token_resets(lang):
    heard.clear()
    step = start(with_token, lang)
    assert step.value == lang
    assert step.continuation.resume(1).value == (1, lang)
    assert heard == ["en"]


@in_context
def test_a_token_resets_though_the_caller_has_set_other_things():
    LANG.set("en")
    step = start(with_token, "en")
    OTHER.set("x")
    LANG.set("nl")
    heard.clear()
    step.continuation.resume()
    assert heard == ["en"]


def test_a_token_is_of_use_once():
    continuation = start(with_token, "de").continuation
    continuation.resume()
    with pytest.raises((RuntimeError, ValueError), match="Token"):
        continuation.resume()


@in_context
def test_what_was_reset_is_no_longer_the_flows():
    @flow
    def resetting():
        token = OTHER.set("mine")
        suspend()
        OTHER.reset(token)
        suspend()
        return OTHER.get()

    OTHER.set("one")
    second = start(resetting).continuation.resume().continuation
    OTHER.set("two")
    assert second.resume().value == "two"


# generators run in the context of who wants an item


@flow
def counting():
    for n in range(3):
        LANG.set(f"lang {n}")
        yield suspend(n)


@flow
def over_items():
    found = []
    for item in counting():
        found.append((item, LANG.get()))
    return found


def test_a_generator():
    step = start(over_items)
    for answer in "abc":
        step = step.continuation.resume(answer)
    assert step.value == [("a", "lang 0"), ("b", "lang 1"), ("c", "lang 2")]


@in_context
def test_a_generator_outside_of_a_flow():
    @flow
    def naming():
        LANG.set("de")
        yield 1

    assert next(naming()) == 1
    assert LANG.get() == "de"


def test_a_flow_that_runs_a_flow():
    @flow
    def outer():
        LANG.set("de")
        inner = start(speaking).continuation
        suspend()
        seen = LANG.get(), inner.resume("fr").value, LANG.get()
        return seen

    assert start(outer).continuation.resume().value == ("de", "fr", "de")


# managers that are told of a suspension


class Speaking:
    def __init__(self, lang):
        self.lang = lang

    def __resume__(self):
        self.token = LANG.set(self.lang)

    def __suspend__(self):
        LANG.reset(self.token)
        self.token = None

    __enter__ = __resume__

    def __exit__(self, *how):
        self.__suspend__()


def test_a_manager_that_is_told():
    @flow
    def inside():
        with Speaking("de"):
            inside = LANG.get(), suspend(), LANG.get()
        return *inside, LANG.get()

    first = start(inside).continuation
    for _ in range(2):
        assert first.resume().value == ("de", None, "de", "en")


# decimal


@flow
def dividing():
    decimal.getcontext().prec = 5
    third = Decimal(1) / 3
    prec = suspend(str(third))
    kept = decimal.getcontext()
    if prec:
        kept.prec = prec
    return str(Decimal(2) / 3), suspend(), str(Decimal(2) / 3)


def test_the_context_of_decimal():
    step = start(dividing)
    assert step.value == "0.33333"
    assert decimal.getcontext().prec == 28
    step = step.continuation.resume(0)
    assert step.continuation.resume().value == ("0.66667", None, "0.66667")
    assert decimal.getcontext().prec == 28 and not decimal.getcontext().flags[decimal.Inexact]


def test_the_context_of_decimal_in_branches():
    first = start(dividing).continuation
    three, none = first.resume(3).continuation, first.resume(0).continuation
    assert none.resume().value == ("0.66667", None, "0.66667")
    assert three.resume().value == ("0.667", None, "0.667")


@in_context
def test_the_callers_context_of_decimal():
    @flow
    def dividing_plainly():
        suspend()
        return str(Decimal(2) / 3)

    decimal.getcontext().prec = 7
    first = start(dividing_plainly).continuation
    decimal.getcontext().prec = 4
    assert first.resume().value == "0.6667"
    assert first.resume().value == "0.6667"


@in_context
def test_the_signals_of_decimal_are_the_flows():
    @flow
    def signalling():
        decimal.getcontext().traps[decimal.Inexact] = True
        suspend()
        with pytest.raises(decimal.Inexact):
            Decimal(1) / 3
        suspend()
        return decimal.getcontext().flags[decimal.Inexact]

    second = start(signalling).continuation.resume().continuation
    assert second.resume().value is True
    assert not decimal.getcontext().traps[decimal.Inexact]


# transient variables


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.setattr(variables, "_TRANSIENT", set())
    monkeypatch.setattr(variables, "_PATTERNS", set())


@pytest.mark.parametrize("named", [LANG, "LANG", "LA*"])
def test_what_is_transient_is_not_kept(tables, named):
    transient(named, "another")
    continuation = start(speaking).continuation
    assert LANG.name == "LANG" and continuation.resume("fr").continuation.resume().value == ("fr", None, "en")


def test_tokens_have_a_missing_value():
    """What is relied on to make tokens anew."""
    token = ContextVar("unset").set(1)
    assert token.old_value is Token.MISSING
