"""The story of ``/tickets``."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from contweb.web.testing import Browser
from tests.needs import need_module
from wsgi import app

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def browser():
    browser = app.test_client()
    browser.open("/tickets")
    return browser


def to_confirmation(browser, kind="adult", number=None, name="Kim"):
    browser.submit(name=name, email="kim@example.org")
    browser.submit(kind=kind)
    if number:
        browser.submit(number=number)
    assert "Is this right?" in browser.page.text
    return browser


def test_an_adult(browser):
    to_confirmation(browser).click("Book")
    for words in ("Booked", "Kim", "kim@example.org", "Adult"):
        assert words in browser.page.text
    assert "Student" not in browser.page.text
    ticket = browser.page.text
    assert browser.reload().text == ticket


def test_a_student(browser):
    to_confirmation(browser, "student", "012345").click("Book")
    assert "Student number 012345" in " ".join(browser.page.text.split())


def test_what_is_typed_wrong_is_asked_for_again(browser):
    browser.submit(name=" ", email="kim at example")
    assert "Type your name." in browser.page.text
    assert "an e-mail address" in browser.page.text
    assert browser.page.forms[0].fields[1].values == ["kim at example"]
    browser.submit(name="Kim", email="@")
    assert "an e-mail address" in browser.page.text
    assert "Type your name." not in browser.page.text
    browser.submit(email="kim@example.org")
    forged = browser.request("POST", browser.page.url, data={"kind": "king"})
    assert "Choose one of these" in browser.new_tab(forged.headers["Location"]).page.text
    browser.submit(kind="student")
    for wrong in ("", "12345", "1234567", "12345x", "١٢٣٤٥٦"):
        browser.submit(number=wrong)
        assert "six digits of your" in browser.page.text
    browser.submit(number=" 123456 ")
    assert "123456" in browser.page.text


def test_confirming_something_else_shows_the_booking_that_was_made(browser):
    to_confirmation(browser, "adult").click("Book")
    booked = browser.page.text
    browser.back()
    browser.back()
    browser.submit(kind="child")
    assert "Child" in browser.page.text
    browser.click("Book")
    assert browser.page.text == booked


def test_another_tab_shows_the_booking_that_was_made(browser):
    browser.submit(name="Kim", email="kim@example.org")
    tab = browser.new_tab()
    browser.submit(kind="adult")
    tab.submit(kind="child")
    assert tab.click("Book").text == browser.click("Book").text
    assert "Child" in tab.page.text


def test_a_double_click_books_once(browser):
    first, second = to_confirmation(browser).submit_twice()
    assert first.url == second.url
    assert "Booked" in second.text


def test_a_second_start_is_a_second_booking(browser):
    to_confirmation(browser).click("Book")
    ticket = browser.page.text
    browser.click("Book another")
    assert to_confirmation(browser).click("Book").text != ticket


def lines_of(file):
    """Lines with code in them, without the docstring of the module."""
    source = (ROOT / file).read_text()
    docstring = ast.parse(source).body[0].end_lineno
    return len([line for line in source.splitlines()[docstring:] if line.strip()])


def test_it_is_seventeen_lines():
    assert lines_of("apps/tickets/__init__.py") <= 17


def test_the_lines_that_are_said_of_it_and_of_flask():
    said = re.findall(
        r"^\| .*?`([\w/]+\.py)`.*? \| (\d+) \|$", (ROOT / "docs/saving.md").read_text(), re.MULTILINE
    )
    assert [(file, str(lines_of(file))) for file, _ in said] == said
    assert len(said) == 2


def test_by_hand_in_flask(tmp_path, monkeypatch):
    """What it is compared with does the same."""
    need_module("flask")
    monkeypatch.setenv("RIVAL_DATABASE", str(tmp_path / "rival.sqlite3"))
    by_hand = importlib.import_module("bench.tickets").app
    if "home" not in by_hand.view_functions:
        by_hand.add_url_rule("/", "home", lambda: "home")
    browser = Browser(by_hand)
    browser.open("/tickets")
    assert "Type your name." in browser.submit(name="", email="kim@example.org").text
    to_confirmation(browser, "student", "012345")
    browser.click("Book")
    booked = browser.page.text
    browser.back()
    browser.back()
    browser.back()
    browser.submit(kind="child")
    assert browser.click("Book").text == booked
