"""Fixtures for tests of a contweb app. pytest finds them by itself.

    # pyproject.toml
    [tool.pytest.ini_options]
    contweb_app = "wsgi:app"

    # test_order.py
    def test_an_order(browser, clock):
        browser.open("/order")
        browser.submit(name="Ada")
        clock.advance(3600)
        assert "still here" in browser.reload()

Each test has the app with an empty store in memory, and a clock that stands still.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contweb.cli.locate import NoApp, locate
from contweb.clock import TestClock
from contweb.web.app import App
from contweb.web.browserpage import BrowserPage
from contweb.web.testing import Browser


def pytest_addoption(parser: pytest.Parser) -> None:
    """The setting that names the app."""
    parser.addini("contweb_app", "the contweb app that is tested, as module:name", default="wsgi:app")


@pytest.fixture
def clock() -> TestClock:
    """A clock that stands still until a test moves it: ``clock.advance(seconds)``."""
    return TestClock()


@pytest.fixture
def contweb_app(request: pytest.FixtureRequest, clock: TestClock) -> Iterator[App]:
    """The app of the setting ``contweb_app``, with an empty store in memory and the test's clock."""
    target = request.config.getini("contweb_app")
    try:
        app = locate(target)
    except NoApp as error:
        pytest.fail(f"contweb_app = {target} in the settings of pytest: {error.message}", pytrace=False)
    with app.test_settings(clock=clock):
        yield app


@pytest.fixture
def browser(contweb_app: App) -> Browser:
    """A browser at the app, with no cookies and no page open."""
    return contweb_app.test_client()


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show the page when a text is not on it."""
    if isinstance(right, BrowserPage) and op in ("in", "not in"):
        there = "is not" if op == "in" else "is"
        return [f"{left!r} {there} on the page", *str(right).splitlines()]
    return None
