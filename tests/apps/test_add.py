"""The story of ``/add``."""

import pytest

from wsgi import app


@pytest.fixture
def browser():
    return app.test_client()


def test_two_numbers(browser):
    browser.open("/add")
    browser.submit(number="2.5")
    browser.submit(number="-7")
    assert "-4.5" in browser.page.text


def test_what_is_no_number_is_asked_for_again(browser):
    browser.open("/add")
    browser.submit(number="")
    assert "Type a number first." in browser.page.text
    browser.submit(number="two")
    assert "such as 12" in browser.page.text
    browser.submit(number="2")
    browser.submit(number="3")
    assert "5" in browser.page.text


def test_back_and_another_second_number(browser):
    browser.open("/add")
    browser.submit(number="1000")
    browser.submit(number="1")
    assert "1001" in browser.page.text
    browser.back()
    browser.submit(number="2")
    assert "1002" in browser.page.text
    browser.back()
    browser.back()
    browser.submit(number="2000")
    browser.submit(number="3")
    assert "2003" in browser.page.text
