"""``timeout=``, ``repeat=`` and ``private=``: when, how often and by whom a page can be answered."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from contweb import App
from contweb.web.testing import Browser
from tests.web.forms import forms, ran
from tests.web.test_failures import Replaced


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(forms)
    ran.clear()
    return app


@pytest.fixture
def other(app):
    """Another browser."""
    return app.test_client()


# timeout


def test_an_answer_in_time(browser, clock):
    browser.open("/seat")
    clock.advance(59)
    assert browser.submit(n="1").text == "in time: 1"
    clock.advance(60)
    browser.back()
    assert browser.page.status == 410
    assert "/seat" in browser.page.markup


def test_a_late_answer_is_for_the_flow_to_handle(browser, clock):
    url = browser.open("/seat").url
    clock.advance(60)
    browser.submit(n="1")
    assert browser.page.status == 200
    assert browser.submit(n="2").text == "too late: 1, then 2"
    assert ran == ["released"]
    assert browser.request("GET", url).status == 410


def test_all_late_answers_have_one_outcome(browser, clock):
    url = browser.open("/seat").url
    clock.advance(60)
    to = {browser.request("POST", url, data={"n": n}).headers["Location"] for n in "1231"}
    assert len(to) == 1
    assert ran == ["released"]


def test_an_answer_that_was_in_time_may_be_sent_again_late(browser, clock):
    browser.open("/seat")
    url = browser.page.url
    done = browser.submit(n="1").url
    clock.advance(60)
    assert browser.request("POST", url, data={"n": "1"}).headers["Location"] == done
    assert ran == []


def test_a_late_answer_that_the_flow_does_not_handle_is_410(browser, clock, app):
    url = browser.open("/unhandled").url
    clock.advance(60)
    pages = app.backing.store.count().pages
    page = browser.request("POST", url, data={"n": "1"})
    assert (page.status, page.title) == (410, "This page is no longer there")
    assert 'href="/unhandled"' in page.markup
    assert app.backing.store.count().pages == pages
    assert ran == ["finally"]


# repeat


def test_repeat_run_runs_again(browser):
    url = browser.open("/repeat/run").url
    to = [browser.request("POST", url, data={"n": "1"}).headers["Location"] for _ in range(3)]
    assert len(set(to)) == 3
    assert ran == ["1", "1", "1"]


def test_repeat_never_takes_one_answer(browser):
    url = browser.open("/repeat/never").url
    done = browser.submit(n="1").url
    assert browser.request("POST", url, data={"n": "1"}).headers["Location"] == done
    page = browser.request("POST", url, data={"n": "2"})
    assert (page.status, page.title) == (409, "This page was answered already")
    assert browser.request("GET", url).status == 200
    assert ran == ["1"]


def test_repeat_never_is_not_used_up_by_an_answer_that_failed(browser):
    url = browser.open("/repeat/never").url
    assert browser.request("POST", url, data={"m": "1"}).status == 400
    assert browser.request("POST", url, data={"n": "1"}).status == 303


def test_another_ask_is_another_page(browser):
    browser.open("/repeat/never")
    browser.submit(n="1")
    browser.open("/repeat/never")
    assert browser.submit(n="2").text == "2, 2"


def test_repeat_something_else_fails_at_the_ask(browser):
    assert browser.open("/repeat/twice").status == 500


# private


def test_a_private_page_is_for_one_browser(browser, other):
    browser.open("/private")
    url = browser.page.url
    for method, data in (("GET", None), ("HEAD", None), ("POST", {"n": "1"})):
        page = other.request(method, url, data=data)
        assert page.status == 403
        assert "Set-Cookie" not in page.headers
    other.open("/private")
    assert other.request("GET", url).status == 403
    second = browser.submit(n="1").url
    assert other.request("POST", url, data={"n": "1"}).status == 403
    assert browser.new_tab(url).page.status == 200
    assert other.open(second).status == 200


def test_a_browser_that_keeps_no_cookies_is_told_what_to_do(browser, other, app):
    keeps_none = Browser(app, Client(app, Response, use_cookies=False))
    shown = keeps_none.open("/private")
    assert shown.status == 403
    assert "let it keep cookies" in shown
    assert keeps_none.click("Start again").status == 403
    url = browser.open("/private").url
    other.open("/private")
    shown = other.open(url)
    assert shown.status == 403 and "only in the browser that it was opened in" in shown
    assert "cookies" not in shown.text
    assert other.click("Start again").status == 200


def test_what_was_answered_in_private_is_not_told_to_another_browser(browser, other, app):
    """Not by where the same answer leads, and nothing is held up by the try."""
    url = browser.open("/private").url
    second = browser.submit(n="1").url
    for n in ("1", "2"):
        page = other.request("POST", url, data={"n": n})
        assert (page.status, page.headers.get("Location")) == (403, None)
    assert next(app.backing.store.conversations()).owner is None
    assert browser.request("POST", url, data={"n": "1"}).headers["Location"] == second


def test_the_cookie(browser, app):
    start = browser.request("GET", "/private", environ_overrides={"wsgi.url_scheme": "https"})
    cookie = start.headers["Set-Cookie"]
    for attribute in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert attribute in cookie
    plain = app.test_client()
    plain.open("/add")
    assert "Set-Cookie" not in plain.page.headers
    plain.open("/private")
    assert "Set-Cookie" not in plain.reload().headers


@pytest.mark.parametrize("cookie", ["", "x", "=", "é", "AAAA", "A" * 3900])
def test_a_cookie_that_is_not_ours_is_none(browser, other, cookie):
    url = browser.open("/private").url
    other._client.set_cookie("contweb_browser", cookie)
    page = other.request("GET", url)
    assert page.status == 403


def test_a_flow_that_is_private(browser, other):
    first = browser.open("/all-private").url
    assert other.open(first).status == 200
    second = other.submit(n="1").url
    assert browser.request("GET", second).status == 403
    third = other.submit(n="2").url
    assert browser.request("GET", third).status == 403
    assert other.open(third).text == "1 2"


def test_an_app_that_is_private(make_app):
    app = make_app(private=True)
    app.include(forms)
    browser, other = app.test_client(), app.test_client()
    for path in ("/repeat/same", "/add"):
        assert other.request("GET", browser.open(path).url).status == 403
    assert other.request("GET", browser.open("/all-private").url).status == 200
    open_to_all = make_app(private=True)
    inner = App(__name__, name="inner", private=False)
    inner.flow("/inner")(forms._routes[-1].function)
    open_to_all.include(inner)
    url = open_to_all.test_client().open("/inner").url
    assert open_to_all.test_client().request("POST", url, data={"n": "1"}).status == 303


def test_the_rules_cannot_be_taken_away(browser, other, app):
    store = app.backing.store
    url = browser.open("/private").url
    page = store.load(url.rpartition("~")[2])
    rules = int.from_bytes(page.frames[:2], "big")
    assert rules > 0
    for changed in (
        {"shown": b"\0\0" + page.shown[2 + rules :]},
        {"frames": b"\0\0" + page.frames[2 + rules :]},
        {"shown": page.frames},
        {"frames": page.shown},
        {"frames": page.frames[:-1] + b"?"},
        {"frames": page.frames[:1], "shown": b""},
        {"frames": b"\xff\xff" + page.frames[2:], "shown": b"\xff\xff" + page.shown[2:]},
    ):
        app.backing.store = app.backing.claims._store = Replaced(store, page._replace(**changed))
        if "shown" in changed:
            assert other.request("GET", url).status == 404
        if "frames" in changed:
            assert other.request("POST", url, data={"n": "1"}).status == 404 or changed["frames"][-1:] == b"?"
            assert browser.request("POST", url, data={"n": "1"}).status == 404
