"""The page that a developer sees."""

import re

import pytest

from contweb import App, ask, flow, html, page
from tests.web.flows import FORM


@flow
def middle(n):
    inner = f"<inner {n}>"
    return divide(n, inner)


def divide(n, text):
    zero = 0
    return n / zero


@pytest.fixture
def browser():
    app = App(__name__, store="memory:", debug=True)

    @app.flow("/broken")
    def broken():
        n = int(ask(FORM)["n"])
        return html(str(middle(n)))

    @app.route("/chained")
    def chained():
        try:
            divide(1, "x")
        except ZeroDivisionError as error:
            raise LookupError("the outer one") from error

    browser = app.test_client()
    browser.open("/broken")
    return browser


def test_the_flows_own_stack(browser):
    page = browser.submit(n="7")
    assert page.status == 500
    assert page.title.startswith("ZeroDivisionError")
    for seen in ("middle", "divide", "return n / zero", "test_debug.py", "<inner 7>", "zero"):
        assert seen in page.text
    assert "<inner" not in page.markup
    assert "contweb/web/" not in page.text
    names = re.findall('<th scope="row">(.*?)</th>', page.markup)
    assert {"n", "inner", "text", "zero"} <= set(names)
    assert not any("@" in name for name in names)


def test_the_cause_is_shown(browser):
    text = browser.open("/chained").text
    assert text.index("the outer one") < text.index("It came from ZeroDivisionError")


def test_what_a_visitor_may_cause_has_its_ordinary_page(browser):
    assert browser.request("POST", browser.page.url, data={}).title == "What was sent could not be read"
    assert browser.request("GET", "/nowhere").status == 404


def test_a_template_shows_its_own_names_only():
    app = App("tests.web", store="memory:", debug=True)
    app.route("/")(lambda: page("broken.html", mine="a name of the page"))
    shown = app.test_client().open("/")
    assert shown.status == 500
    assert "a name of the page" in shown
    assert "lipsum" not in shown
    assert "url_for" not in shown


def test_of_a_deep_stack_both_ends_are_shown():
    app = App("tests.web", store="memory:", debug=True)

    def down(depth):
        return 1 // 0 if depth == 0 else down(depth - 1)

    app.route("/")(lambda: down(500))
    shown = app.test_client().open("/")
    assert shown.status == 500
    assert len(shown.markup) < 100_000
    assert "462 more" in shown
    depths = re.findall(r"depth</th><td>(\d+)<", shown.markup)
    assert (depths[0], depths[-1]) == ("500", "0")
