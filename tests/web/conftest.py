"""Apps and browsers for the tests of the web layer."""

import pytest

from contweb import App
from contweb.clock import TestClock
from tests.web.flows import flows, ran


@pytest.fixture
def clock():
    return TestClock()


@pytest.fixture
def make_app(clock):
    """Makes an app with the flows of ``tests.web.flows``, on a memory store."""
    made = []

    def make(**settings):
        app = App(
            "tests.web", **{"store": "memory:", "clock": clock, "debug": False, "name": "site", **settings}
        )
        app.include(flows)
        made.append(app)
        return app

    ran.clear()
    yield make
    for app in made:
        app.close()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.fixture
def still_works(browser):
    """Says whether the page that the browser is on can still be answered."""

    def check(url, data=(("n", "5"),)):
        page = browser.request("POST", url, data=dict(data))
        return page.status == 303 and browser.request("GET", page.headers["Location"]).status == 200

    return check
