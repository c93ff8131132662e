"""``contweb check``: who of those inside goes on with the code that is there."""

import sys
import textwrap

import pytest
from click.testing import CliRunner

from contweb.cli import main
from contweb.runtime.registry import forget_module

BEFORE = """
    from contweb import App, ask, html

    app = App(__name__)

    def field(text, name):
        return html(f'<form method="post">{text} <input name="{name}"></form>')

    @app.flow("/order/<sku>")
    def order(sku):
        name = ask(field("Name?", "name"), step="name")["name"]
        count = ask(field("How many?", "n"), step="count")["n"]
        return html(f"<p>{name} {count} {sku}</p>")
"""


@pytest.fixture
def folder(place_with_store):
    yield place_with_store
    forget()


def forget():
    """As in a new process."""
    forget_module("cli_shop")
    module = sys.modules.pop("cli_shop", None)
    if module is not None and hasattr(module, "app"):
        module.app.close()


def write(folder, *changes):
    forget()
    text = textwrap.dedent(BEFORE)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "cli_shop.py").write_text(text)


def load():
    __import__("cli_shop")
    return sys.modules["cli_shop"].app


def check():
    return CliRunner().invoke(main, ["check", "cli_shop:app"])


@pytest.fixture
def two_inside(folder):
    """One at the name, one at the count (whose name can be answered again)."""
    write(folder)
    browsers = [load().test_client() for _ in range(2)]
    for browser in browsers:
        browser.open("/order/A-1")
    browsers[1].submit(name="Ann")
    yield browsers


def test_nobody_inside(folder):
    write(folder)
    result = check()
    assert result.exit_code == 0, result.output
    assert "1 flow compiled.\nThere are no live continuations." in result.output


def test_the_same_code(two_inside, folder):
    write(folder)
    result = check()
    assert result.exit_code == 0, result.output
    assert "3 live continuations; 3 would go on." in result.output
    assert "2 at /order/<sku>, step name: yes" in result.output


def test_an_edit_that_does_no_harm(two_inside, folder):
    write(folder, ("How many?", "How many, please?"), ("<p>", "<p>Thank you: "))
    result = check()
    assert result.exit_code == 0, result.output
    assert "3 would go on" in result.output


def test_an_edit_that_does(two_inside, folder):
    write(
        folder,
        ('"n"), step="count")["n"]', '"n"), step="count")["n"] + str(fee)'),
        ("    name = ask", "    fee = len(sku)\n    name = ask"),
    )
    result = check()
    assert result.exit_code == 1
    assert "3 live continuations; 0 would go on." in result.output
    assert "1 at /order/<sku>, step count: no (in cli_shop.order)" in result.output
    assert "`fee` is used after" in result.output


def test_a_flow_that_is_gone(two_inside, folder):
    write(folder, ("/order/<sku>", "/buy/<sku>"))
    result = check()
    assert result.exit_code == 1
    assert "there is no flow at its path any more" in result.output


def test_a_flow_that_does_not_compile(folder):
    write(folder, ("    return html(f", "    list(ask(field(n, n)) for n in 'ab')\n    return html(f"))
    result = check()
    assert result.exit_code == 1
    assert "generator expression" in result.output


def test_a_page_that_goes_on_is_answered(two_inside, folder):
    write(folder, ("How many?", "How many, please?"), ("<p>", "<p>Thank you: "))
    page = CarriedOver(two_inside[1])
    assert "Thank you: Ann 3 A-1" in page.answer(load(), n="3")


def test_a_page_that_does_not_is_410_with_what_was_typed(two_inside, folder):
    write(folder, ("count = ask", "count = 1 if sku else ask"))
    page = CarriedOver(two_inside[1])
    shown = page.answer(load(), n="33", status=410)
    assert "earlier version" in shown
    assert "33" in shown


class CarriedOver:
    """A page that was opened with the app as it was."""

    def __init__(self, browser):
        self._url = browser.page.url

    def answer(self, app, status=200, **fields):
        browser = app.test_client()
        browser.open(self._url)
        browser.submit(**fields)
        assert browser.page.status == status
        return browser.page.text
