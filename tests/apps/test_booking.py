"""The story of ``/booking``."""

import pytest

from wsgi import app

CARD = "4000 0000 0000 0002"


@pytest.fixture
def browser():
    browser = app.test_client()
    browser.open("/booking")
    return browser


def test_a_ticket(browser):
    browser.submit(origin="Athens", destination="Lisbon")
    browser.submit(flight="CW 101")
    browser.submit(name="Kim", email="kim@example.org")
    browser.submit(card=CARD)
    for words in ("Kim", "CW 101", "13:15", "kim@example.org"):
        assert words in browser.page.text
    ticket = browser.page.text
    browser.reload()
    assert browser.page.text == ticket


def send(browser, **fields):
    """Send what the form on the page cannot."""
    browser.open(browser.request("POST", browser.page.url, data=fields).headers["Location"])


def test_what_cannot_be_booked(browser):
    browser.submit(origin="Athens", destination="Athens")
    assert "two different cities" in browser.page.text
    send(browser, origin="Athens", destination="Atlantis")
    assert "do not fly there" in browser.page.text
    browser.submit(origin="Athens", destination="Lisbon")
    browser.submit()
    assert "Choose one of these flights." in browser.page.text
    send(browser, flight="CW 133")  # a flight, but not one of these
    assert "Choose one of these flights." in browser.page.text
    browser.submit(flight="CW 100")
    browser.submit(name="", email="kim at example")
    assert "as in the passport." in browser.page.text
    assert "an e-mail address" in browser.page.text
    browser.submit(name="Kim", email="kim@example.org")
    browser.submit(card="1234")
    assert "16 digits" in browser.page.text
    assert "1234" not in browser.page.text
    browser.submit(card=CARD)
    assert "Booked" in browser.page.text


def test_each_tab_books_the_flight_that_it_shows(browser):
    browser.submit(origin="Athens", destination="Lisbon")
    tab = browser.new_tab()
    browser.submit(flight="CW 100")
    tab.submit(flight="CW 102")
    browser.submit(name="One", email="one@example.org")
    tab.submit(name="Two", email="two@example.org")
    tab.submit(card=CARD)
    browser.submit(card=CARD)
    assert "CW 100" in browser.page.text and "CW 102" not in browser.page.text
    assert "CW 102" in tab.page.text and "CW 100" not in tab.page.text


def test_paid_once(browser):
    browser.submit(origin="Athens", destination="Lisbon")
    browser.submit(flight="CW 100")
    browser.submit(name="Kim", email="kim@example.org")
    browser.submit(card=CARD)
    ticket = browser.page.text
    browser.back()
    browser.submit_twice(card=CARD)
    assert browser.page.text == ticket
