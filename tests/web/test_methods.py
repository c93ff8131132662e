"""What each method does, and what browsers ask for in advance."""

import pytest

from tests.web.flows import ran


def allowed(page):
    return {method.strip() for method in page.headers["Allow"].split(",")}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_a_start_is_made_by_get(browser, app, method):
    page = browser.request(method, "/add")
    assert page.status == 405
    assert allowed(page) == {"GET", "HEAD", "OPTIONS"}
    assert app.backing.store.count().pages == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
def test_a_page_is_looked_at_or_answered(browser, still_works, method):
    url = browser.open("/add").url
    page = browser.request(method, url, data="n=5")
    assert page.status == 405
    assert allowed(page) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert still_works(url)


def test_a_last_page_takes_no_answer(browser):
    browser.open("/add")
    browser.submit(n="5")
    url = browser.submit(n="7").url
    page = browser.request("POST", url, data={"n": "5"})
    assert page.status == 405
    assert allowed(page) == {"GET", "HEAD", "OPTIONS"}
    assert browser.request("GET", url).status == 200


def test_options(browser, app):
    assert allowed(browser.request("OPTIONS", "/add")) == {"GET", "HEAD", "OPTIONS"}
    assert allowed(browser.request("OPTIONS", "/plain")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert app.backing.store.count().pages == 0
    url = browser.open("/add").url
    assert allowed(browser.request("OPTIONS", url)) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_head_of_a_start_runs_nothing(browser, app):
    page = browser.request("HEAD", "/add")
    assert (page.status, page.markup) == (200, "")
    assert app.backing.store.count().pages == 0


def test_head_of_a_page_is_its_get_without_a_body(browser):
    url = browser.open("/add").url
    head, get = browser.request("HEAD", url), browser.request("GET", url)
    assert (head.status, head.markup) == (200, "")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "prefetch"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
def test_prefetch_of_a_start_runs_nothing(browser, app, headers):
    page = browser.request("GET", "/add", headers=headers)
    assert page.status == 503
    assert page.headers["Cache-Control"] == "no-store"
    assert app.backing.store.count().pages == 0
    url = browser.open("/add").url
    assert browser.request("GET", url, headers=headers).status == 200
    assert ran == []
