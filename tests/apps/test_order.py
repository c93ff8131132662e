"""The story of ``/order``."""

import pytest

from wsgi import app


@pytest.fixture
def browser():
    browser = app.test_client()
    browser.open("/order")
    return browser


def test_everything_typed_is_on_the_last_page(browser):
    browser.submit(name="Kim")
    browser.submit(address="1 Main St")
    browser.submit(quantity="3")
    browser.click("Place the order")
    for typed in ("Kim", "1 Main St", "3"):
        assert typed in browser.page.text
    browser.reload()
    assert browser.page.status == 200
    assert "Thank you, Kim." in browser.page.text


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1.5", "many", "1000", "9" * 5000, "²"])
def test_a_quantity_that_is_none(browser, quantity):
    browser.submit(name="Kim")
    browser.submit(address="Here")
    browser.submit(quantity=quantity)
    assert "whole number" in browser.page.text
    browser.submit(quantity="3")
    assert "Is this right?" in browser.page.text


def test_a_name_that_is_too_long(browser):
    browser.submit(name="x" * 301)
    assert "At most 300" in browser.page.text


def test_change_something(browser):
    browser.submit(name="Kim")
    browser.submit(address="Here")
    browser.submit(quantity="3")
    browser.click("Change something")
    browser.submit()  # what was typed stands there
    browser.submit(address="There")
    browser.submit()
    browser.click("Place the order")
    assert "Kim" in browser.page.text
    assert "There" in browser.page.text


def test_two_orders_from_one_name(browser):
    browser.submit(name="Kim")
    tab = browser.new_tab()
    for each, address in ((browser, "Here"), (tab, "There")):
        each.submit(address=address)
    for each, address in ((tab, "There"), (browser, "Here")):
        each.submit(quantity="1")
        each.click("Place the order")
        assert address in each.page.text


def test_double_click(browser):
    browser.submit(name="Kim")
    browser.submit(address="Here")
    browser.submit(quantity="3")
    browser.submit_twice(confirm="yes")
    assert "Thank you, Kim." in browser.page.text
