"""Clients that are no plain browser: one request for a step."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from contweb import App, abort, ask, forget, html, link, page, redirect
from tests.web.flows import FORM

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
clients = App(__name__)
ran = []


@dataclass
class Order:
    count: int


@dataclass
class Row:
    price: Decimal
    day: date


@clients.flow("/order")
def order():
    done = ask("into.html", into=Order)
    ran.append(done.count)
    if done.count == 13:
        abort(403, "Not thirteen.")
    ask("typed.html", typed="secret", data={"rows": [Row(Decimal("1.50"), date(2026, 1, 31))]})
    return page("typed.html", typed=done.count)


@clients.flow("/away")
def away():
    ask(FORM)
    return redirect("https://example.org/x")


@clients.flow("/door")
def door():
    ask(FORM)
    forget()
    return html("<p>the receipt</p>")


def name(word):
    return word


@clients.flow("/links")
def links():
    return html(ask(html(f'<a href="{link(name, "one")}">one</a>')))


@pytest.fixture
def browser(make_app):
    app = make_app()
    app.include(clients)
    ran.clear()
    return app.test_client()


def post(browser, url, headers, **data):
    return browser.request("POST", url, data=data, headers=headers)


def test_htmx_gets_the_next_page_at_once(browser):
    first = browser.open("/order").url
    answered = post(browser, first, HTMX, count="2")
    assert answered.status == 200
    assert "secret" in answered.text
    url = answered.headers["HX-Push-Url"]
    assert url.startswith("/order/typed~")
    assert answered.headers["Cache-Control"] == "no-store"
    assert url in answered.text  # the page sees the request that a browser would have made for it
    assert browser.open(url).markup == answered.markup
    assert "HX-Push-Url" not in browser.page.headers


def test_the_same_answer_from_either_kind_is_one_step(browser):
    first = browser.open("/order").url
    urls = {post(browser, first, HTMX, count="2").headers["HX-Push-Url"] for _ in range(2)}
    urls.add(json.loads(post(browser, first, JSON, count="2").markup)["url"])
    urls.add(post(browser, first, {}, count="2").headers["Location"])
    assert len(urls) == 1
    assert ran == [2]


def test_errors_are_422_for_scripts_only(browser):
    first = browser.open("/order").url
    assert browser.submit(count="x").status == 200
    for _ in range(2):
        for headers in (HTMX, JSON):
            wrong = post(browser, first, headers, count="x")
            assert wrong.status == 422
            assert "Type a whole number." in wrong.markup
    url = post(browser, first, HTMX, count="x").headers["HX-Push-Url"]
    assert browser.request("GET", url, headers=HTMX).status == 200
    told = json.loads(post(browser, first, JSON, count="x").markup)
    assert told["errors"] == {"count": "Type a whole number."}
    assert post(browser, told["url"], HTMX, count="3").status == 200


def test_json(browser):
    first = json.loads(browser.request("GET", "/order", headers=JSON).markup)
    assert first["step"] == "into" and first["asks"] is True and "<form" in first["page"]
    answered = post(browser, first["url"], JSON, count="2")
    assert answered.headers["Content-Type"] == "application/json"
    second = json.loads(answered.markup)
    assert second["data"] == {"rows": [{"price": "1.50", "day": "2026-01-31"}]}
    assert set(second) == {"url", "step", "asks", "data", "page"}
    shown = browser.request("GET", second["url"], headers=JSON)
    assert json.loads(shown.markup) == second
    assert "Accept" in shown.headers["Vary"]
    last = json.loads(post(browser, second["url"], JSON).markup)
    assert last["asks"] is False


@pytest.mark.parametrize(
    "accept, is_json",
    [
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/html, application/json;q=0.5", False),
        ("text/html;q=0.5, application/json", True),
        ("*/*", False),
        ("application/json;q=0, text/html", False),
        ("json", False),
    ],
)
def test_what_accept_says(browser, accept, is_json):
    first = browser.open("/order").url
    assert post(browser, first, {"Accept": accept}, count="2").status == (200 if is_json else 303)


def test_a_redirect_is_told(browser):
    url = browser.open("/away").url
    sent = post(browser, url, HTMX, n="1")
    assert (sent.status, sent.headers["HX-Redirect"]) == (200, "https://example.org/x")
    told = json.loads(post(browser, url, JSON, n="1").markup)
    assert told == {"url": "https://example.org/x", "step": None, "asks": False}


def test_a_page_behind_a_one_way_door_leads_to_the_newest(browser):
    url = browser.open("/door").url
    browser.submit(n="1")
    led = browser.request("GET", url, headers=HTMX)
    assert led.text == "the receipt"
    assert led.headers["HX-Push-Url"] == browser.page.url
    assert json.loads(browser.request("GET", url, headers=JSON).markup)["url"] == browser.page.url


def test_a_link_that_is_followed_by_htmx(browser):
    browser.open("/links")
    url = browser.page.url + browser.page.links[0].href
    followed = browser.request("GET", url, headers=HTMX)
    assert (followed.status, followed.text) == (200, "one")
    assert followed.headers["HX-Push-Url"].startswith("/links/page~")


def test_data_that_json_has_no_word_for_is_an_error_that_says_so(make_app, caplog):
    app = make_app()

    @app.route("/")
    def _home():
        return ""

    @app.flow("/odd")
    def _odd():
        ask("typed.html", typed="", data=[1j])

    browser = app.test_client()
    assert browser.open("/odd").status == 200
    assert browser.request("GET", browser.page.url, headers=JSON).status == 500
    assert "complex" in caplog.text
