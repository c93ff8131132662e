"""The story of ``/guess``."""

import pytest

import apps.guess
from wsgi import app


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setattr(apps.guess, "randint", lambda low, high: 37)
    browser = app.test_client()
    browser.open("/guess")
    return browser


def test_until_found(browser):
    browser.submit(number="50")
    assert "lower than 50" in browser.page.text
    browser.submit(number="25")
    assert "higher than 25" in browser.page.text
    browser.submit(number="37")
    assert "in 3 tries" in browser.page.text


def test_at_once(browser):
    browser.submit(number="37")
    assert "in 1 try." in browser.page.text


@pytest.mark.parametrize("number", ["", "0", "101", "thirty", "3.5"])
def test_what_is_no_guess_does_not_count(browser, number):
    browser.submit(number=number)
    assert "whole number" in browser.page.text
    assert "Try 1" in browser.page.text
    browser.submit(number="37")
    assert "in 1 try." in browser.page.text


def test_as_long_as_the_visitor_does(browser):
    for tries in range(100):
        assert f"Try {tries + 1}" in browser.page.text
        browser.submit(number="1")
    browser.submit(number="37")
    assert "in 101 tries" in browser.page.text


def test_back_takes_the_tries_back(browser):
    for number in ("1", "2", "3"):
        browser.submit(number=number)
    assert "Try 4" in browser.page.text
    browser.back()
    browser.back()
    assert "Try 2" in browser.page.text
    browser.submit(number="37")
    assert "in 2 tries" in browser.page.text
