"""What is said with responses, and what is refused by what a request says of itself."""

import base64
import hashlib
import re

import pytest


def test_headers_of_pages_of_a_flow(browser):
    start = browser.request("GET", "/add")
    shown = browser.request("GET", start.headers["Location"])
    answer = browser.request("POST", start.headers["Location"], data={"n": "5"})
    gone = browser.request("GET", start.headers["Location"][:-1])
    for page in (start, shown, answer, gone):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_headers_of_ordinary_pages(browser):
    page = browser.request("GET", "/plain")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cache-Control" not in page.headers
    assert "X-Robots-Tag" not in page.headers


def test_the_policy_fits_the_style_that_is_in_the_page(browser):
    page = browser.request("GET", "/nowhere")
    (style,) = re.findall("<style>(.*?)</style>", page.markup, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.markup
    assert "style=" not in page.markup


CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "null"},
]
SAME = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "http://LOCALHOST"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy.example"},
]


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_posts_from_other_sites_are_refused(browser, app, headers):
    url = browser.open("/add").url
    pages = app.backing.store.count().pages
    for path in (url, "/plain"):
        page = browser.request("POST", path, data={"n": "5"}, headers=headers)
        assert page.status == 403
        assert "another site" in page.text
    assert app.backing.store.count().pages == pages
    assert browser.request("GET", url, headers=headers).status == 200  # a followed link is no trouble


@pytest.mark.parametrize("headers", SAME, ids=str)
def test_posts_of_our_own_pages_are_not(browser, headers):
    url = browser.open("/add").url
    assert browser.request("POST", url, data={"n": "5"}, headers=headers).status == 303
    assert browser.request("POST", "/plain", data={"a": "5"}, headers=headers).status == 200


@pytest.mark.parametrize("origin", ["http://[", "null", "", "http://localhost@evil.example", "localhost"])
def test_an_origin_that_is_none_of_ours(browser, origin):
    url = browser.open("/add").url
    assert browser.request("POST", url, headers={"Origin": origin}, data={"n": "5"}).status == 403
